//! Those who have some of a file, and what each is asked for.

use std::collections::BTreeSet;

use visavis_protocol::PeerId;

use super::{Around, Incoming};
use crate::input::Effect;
use crate::outgoing::say;
use crate::set::{BlockSet, runs};
use crate::word::{FileId, Word};

/// The most blocks that one is asked for at a time: 8 MiB.
const WINDOW: usize = 32;
/// The fewest.
const LEAST_WINDOW: usize = 2;

#[derive(Debug)]
pub(super) struct Holder {
    pub(super) peer: PeerId,
    pub(super) has: BlockSet,
    /// What they were asked for and have not given.
    pub(super) asked: BTreeSet<u32>,
    /// What they were asked for before does not count any more.
    pub(super) anew: bool,
    /// Ticks since they last gave something, while they were asked.
    pub(super) idle: u32,
    /// How often what they gave was not what it should be.
    pub(super) strikes: u32,
}

impl Holder {
    pub(super) fn new(peer: PeerId, blocks: u32) -> Self {
        Self { peer, has: BlockSet::none(blocks), asked: BTreeSet::new(), anew: true, idle: 0, strikes: 0 }
    }

    /// The wish for these blocks.
    pub(super) fn want(&mut self, file: &FileId, blocks: &[u32]) -> Word {
        let anew = std::mem::take(&mut self.anew) || blocks.is_empty();
        Word::Want { file: file.clone(), anew, blocks: runs(blocks.iter().copied()) }
    }
}

/// Asks everybody who has what is missing, each for other blocks. Who offers a shared file is not asked for what somebody else
/// has: what they send should be sent once.
pub(super) fn ask(file: &mut Incoming, around: &Around<'_>, effects: &mut Vec<Effect>) {
    let shared = file.offer.shared;
    // The less is asked of one at a time, the more can be got from others by then.
    let share = (file.blocks() as usize) / 16;
    let window = if shared { share.clamp(LEAST_WINDOW, WINDOW / 2) } else { WINDOW };
    let helps = |holder: &Holder| holder.peer != file.from && around.linked.contains(&holder.peer);
    let elsewhere: Vec<u64> = if shared {
        let words = 0..(file.blocks() as usize).div_ceil(64);
        let helpers: Vec<&Holder> = file.holders.iter().filter(|holder| helps(holder)).collect();
        words.map(|at| helpers.iter().fold(0, |any, helper| any | helper.has.word(at))).collect()
    } else {
        Vec::new()
    };
    let count = file.blocks().max(1);
    let mut from = around.random % count;
    for holder in &mut file.holders {
        if !around.linked.contains(&holder.peer) || holder.asked.len() > window / 2 {
            continue;
        }
        let is_source = holder.peer == file.from;
        if is_source && !file.offered {
            continue;
        }
        let mut blocks = Vec::new();
        while holder.asked.len() < window {
            let start = if shared { from } else { 0 };
            let fits = |at: usize| {
                let hashed = file.hashed.word(at);
                let elsewhere = elsewhere.get(at).copied().unwrap_or_default();
                if is_source { !(elsewhere & hashed) } else { holder.has.word(at) & hashed }
            };
            let Some(block) = file.missing.next(start, fits) else { break };
            file.missing.remove(block);
            holder.asked.insert(block);
            blocks.push(block);
            // Far from what others ask for.
            from = from.wrapping_mul(0x9E37_79B1).wrapping_add(0x7F4A_7C15) % count;
        }
        if !blocks.is_empty() {
            blocks.sort_unstable();
            let word = holder.want(&file.offer.file, &blocks);
            say(&holder.peer, &word, effects);
        }
    }
}
