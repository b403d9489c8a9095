//! Those who have some of a file, and what each is asked for.

use visavis_protocol::PeerId;

use super::{Around, Incoming, is_among};
use crate::input::Effect;
use crate::outgoing::say;
use crate::set::BlockSet;
use crate::word::{FileId, Word};

/// The most blocks that one is asked for at a time: 8 MiB.
const WINDOW: usize = 32;
/// The fewest.
const LEAST_WINDOW: usize = 2;
/// Times that somebody gives what is not what it should be.
pub(super) const MOST_STRIKES: u32 = 3;
/// Ticks after which who gives nothing is not waited for.
pub(super) const PATIENCE: u32 = 40;
/// Ticks after which what somebody has and does not give is asked of who offers it.
const SLOW: u32 = 4;

#[derive(Debug)]
pub(super) struct Holder {
    pub(super) peer: PeerId,
    pub(super) has: BlockSet,
    /// What they were asked for and have not given.
    pub(super) asked: Vec<u32>,
    /// What they were asked for before does not count any more.
    pub(super) anew: bool,
    /// Ticks since they last gave something, while they were asked.
    pub(super) idle: u32,
    /// How often what they gave was not what it should be.
    pub(super) strikes: u32,
    /// How often in a row they were waited for in vain.
    pub(super) late: u32,
}

impl Holder {
    pub(super) fn new(peer: PeerId, blocks: u32) -> Self {
        Self {
            peer,
            has: BlockSet::none(blocks),
            asked: Vec::new(),
            anew: true,
            idle: 0,
            strikes: 0,
            late: 0,
        }
    }

    /// Whether nothing is to be had from them, whatever they say. Does not hold for who offers the file: there is no other.
    pub(super) fn is_refused(&self) -> bool {
        self.strikes >= MOST_STRIKES || self.late >= MOST_STRIKES
    }

    /// The wish for these blocks.
    pub(super) fn want(&mut self, file: &FileId, blocks: &BlockSet) -> Word {
        let anew = std::mem::take(&mut self.anew) || blocks.count() == 0;
        Word::Want { file: file.clone(), anew, blocks: blocks.runs() }
    }

    /// They have given this block, or will not.
    pub(super) fn forget(&mut self, block: u32) {
        self.asked.retain(|asked| *asked != block);
    }
}

/// Asks everybody who has what is missing, each for other blocks. Who offers a shared file is not asked for what somebody else
/// has: what they send should be sent once.
pub(super) fn ask(file: &mut Incoming, around: &Around<'_>, effects: &mut Vec<Effect>) {
    // With nobody else in the call it comes from beginning to end, which disks like best.
    let shared = file.offer.shared && around.linked.iter().any(|peer| *peer != file.from);
    // The less is asked of one at a time, the more can be got from others by then.
    let share = (file.blocks() as usize) / 32;
    let window = if shared { share.clamp(LEAST_WINDOW, WINDOW / 2) } else { WINDOW };
    if shared {
        reroute(file, around);
    }
    let source = &file.from;
    let is_free = |holder: &Holder| {
        let gives = if holder.peer == *source { file.offered } else { !holder.is_refused() };
        gives && around.linked.contains(&holder.peer) && holder.asked.len() <= window / 2
    };
    let free: Vec<bool> = file.holders.iter().map(is_free).collect();
    if !free.contains(&true) {
        return;
    }
    let elsewhere: Vec<u64> = if shared {
        let words = 0..(file.blocks() as usize).div_ceil(64);
        let helpers: Vec<&Holder> =
            file.holders.iter().filter(|holder| helps(holder, source, around)).collect();
        words.map(|at| helpers.iter().fold(0, |any, helper| any | helper.has.word(at))).collect()
    } else {
        Vec::new()
    };
    let count = file.blocks().max(1);
    let mut from = around.random % count;
    for (holder, _) in file.holders.iter_mut().zip(free).filter(|(_, free)| *free) {
        let is_source = holder.peer == file.from;
        let mut blocks = BlockSet::none(count);
        while holder.asked.len() < window {
            let start = if shared { from } else { 0 };
            let fits = |at: usize| {
                let hashed = file.hashed.word(at);
                let elsewhere = elsewhere.get(at).copied().unwrap_or_default();
                if is_source { !(elsewhere & hashed) } else { holder.has.word(at) & hashed }
            };
            let Some(block) = file.missing.next(start, fits) else { break };
            file.missing.remove(block);
            holder.forget(block);
            holder.asked.push(block);
            blocks.insert(block);
            // Far from what others ask for.
            from = from.wrapping_mul(0x9E37_79B1).wrapping_add(0x7F4A_7C15) % count;
        }
        if blocks.count() > 0 {
            let word = holder.want(&file.offer.file, &blocks);
            say(&holder.peer, &word, effects);
        }
    }
}

/// Whether this one gives what the source need not give.
fn helps(holder: &Holder, source: &PeerId, around: &Around<'_>) -> bool {
    holder.peer != *source
        && around.linked.contains(&holder.peer)
        && !holder.is_refused()
        && holder.idle < SLOW
}

/// What was asked of who offers it, and somebody else has by now, is asked of them as well: who offers it sends it last of
/// all, and hears when it has come.
fn reroute(file: &mut Incoming, around: &Around<'_>) {
    let (helpers, sources): (Vec<&Holder>, Vec<&Holder>) =
        file.holders.iter().partition(|holder| holder.peer != file.from);
    for block in sources.iter().flat_map(|source| &source.asked).copied() {
        let is_had = helpers.iter().any(|helper| helps(helper, &file.from, around) && helper.has.has(block));
        let is_asked = helpers.iter().any(|helper| helper.asked.contains(&block));
        if is_had && !is_asked && file.hashed.has(block) && !is_among(&file.coming, block) {
            file.missing.insert(block);
        }
    }
}
