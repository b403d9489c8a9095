//! How blocks come: who is asked for which, what becomes of each, and who is told of it.

use visavis_protocol::PeerId;

use super::holder::{self, MOST_STRIKES, PATIENCE};
use super::{BATCH, Incoming, State, is_among};
use crate::block::Hash;
use crate::input::{Effect, StoreOutcome};
use crate::outgoing::say;
use crate::set::Run;
use crate::view::FileProblem;
use crate::word::Word;

/// The most blocks of a file that is not taken for which it is kept who has which: 16 GiB. Of one whose size is a lie nothing is
/// to be had, and it is not to cost memory.
const MOST_BLOCKS_AHEAD: u32 = 1 << 16;

/// What an incoming file needs to know of the world.
pub(crate) struct Around<'a> {
    /// Those to whom there is a channel.
    pub(crate) linked: &'a [PeerId],
    pub(crate) room: &'a str,
    pub(crate) random: u32,
}

impl Incoming {
    /// A channel to them is open, or one more.
    pub(crate) fn on_linked(&mut self, peer: &PeerId, effects: &mut Vec<Effect>) {
        self.give_back(|holder| holder == peer);
        if self.is_given() && *peer != self.from {
            self.tell_have(peer, effects);
        }
    }

    /// What they were asked for will not come over what was open.
    pub(crate) fn on_closed(&mut self, peer: &PeerId) {
        self.give_back(|holder| holder == peer);
    }

    pub(crate) fn lose(&mut self, peer: &PeerId) {
        self.give_back(|holder| holder == peer);
        self.holders.retain(|holder| holder.peer != *peer);
    }

    /// What these were asked for, and is not coming, is missing again.
    pub(super) fn give_back(&mut self, whose: impl Fn(&PeerId) -> bool) {
        for holder in self.holders.iter_mut().filter(|holder| whose(&holder.peer)) {
            holder.anew = true;
            for block in std::mem::take(&mut holder.asked) {
                if !is_among(&self.coming, block) && !self.got.has(block) {
                    self.missing.insert(block);
                }
            }
        }
    }

    pub(crate) fn on_have(&mut self, peer: &PeerId, runs: &[Run]) {
        let may_be_taken = self.is_open() || self.state == State::Preparing;
        let keeps = self.is_taken() || (may_be_taken && self.blocks() <= MOST_BLOCKS_AHEAD);
        if self.offer.shared && *peer != self.from && keeps {
            let holder = self.holder(peer);
            if !holder.is_refused() {
                holder.has.extend(runs);
            }
        }
    }

    /// A block is about to come: whether it is wanted. Who offers the file tells its hash so; of others it was asked for.
    pub(crate) fn on_coming(&mut self, from: &PeerId, block: u32, hash: Hash, effects: &mut Vec<Effect>) {
        if !self.is_taken() || block >= self.blocks() {
            return;
        }
        let is_source = *from == self.from;
        let known = self.hash(block);
        let unwanted = self.got.has(block) || is_among(&self.coming, block) || self.doubtful.has(block);
        let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) else { return };
        let asked = holder.asked.contains(&block);
        if is_source && known.is_some_and(|known| known != hash) && !self.doubtful.has(block) {
            return self.end(FileProblem::Changed, effects);
        }
        if unwanted || !(is_source || (asked && known == Some(hash))) {
            holder.forget(block);
            if asked && !unwanted {
                // It is not what it should be.
                holder.strikes += 1;
                holder.has.remove(block);
                self.missing.insert(block);
            }
            return;
        }
        holder.idle = 0;
        self.set_hash(block, hash);
        self.missing.remove(block);
        self.coming.push((block, from.clone()));
        effects.push(Effect::Store {
            from: from.clone(),
            file: self.offer.file.clone(),
            store: self.store.clone(),
            block,
            size: self.offer.size,
            hash,
        });
    }

    pub(crate) fn on_stored(
        &mut self,
        from: &PeerId,
        block: u32,
        outcome: StoreOutcome,
        effects: &mut Vec<Effect>,
    ) {
        let coming = self.coming.len();
        self.coming.retain(|(coming, of)| *coming != block || of != from);
        if self.coming.len() == coming {
            return;
        }
        if !self.is_taken() {
            return;
        }
        let is_source = *from == self.from;
        let mut again = false;
        if let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) {
            holder.forget(block);
            holder.idle = 0;
            if outcome == StoreOutcome::Stored {
                holder.late = 0;
            }
            if outcome == StoreOutcome::Damaged {
                holder.strikes += 1;
                again = holder.strikes >= MOST_STRIKES;
                if !is_source {
                    holder.has.remove(block);
                }
            }
        }
        if outcome == StoreOutcome::Stored {
            self.got.insert(block);
            self.news.insert(block);
            for holder in &mut self.holders {
                holder.forget(block);
            }
            return;
        }
        // Nobody else was asked for it.
        self.missing.insert(block);
        match outcome {
            StoreOutcome::Damaged if again && is_source => self.end(FileProblem::Damaged, effects),
            StoreOutcome::Damaged if again => self.refuse(from),
            StoreOutcome::Stored | StoreOutcome::Cut | StoreOutcome::Damaged => {}
            StoreOutcome::Full => self.pause_for(FileProblem::Full, effects),
            StoreOutcome::Failed => self.pause_for(FileProblem::NotStored, effects),
        }
    }

    /// Others are asked for what this one has. What they still send is not waited for.
    fn refuse(&mut self, peer: &PeerId) {
        self.give_back(|holder| holder == peer);
        if let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *peer) {
            holder.has.clear();
        }
    }

    fn pause_for(&mut self, problem: FileProblem, effects: &mut Vec<Effect>) {
        if self.is_taken() {
            self.pause(true, effects);
            self.problem = Some(problem);
        }
    }

    /// Asks for what is missing, and ends when nothing is.
    pub(crate) fn pump(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        if !self.is_taken() {
            return;
        }
        if self.got.is_all() && self.coming.is_empty() {
            let all: Vec<Hash> = self.hashes.iter().flatten().copied().collect();
            let root = Hash::of_file(&all);
            if self.root.is_some_and(|known| known != root) {
                return self.end(FileProblem::Damaged, effects);
            }
            self.root = Some(root);
            self.tell_news(around, effects);
            self.state = State::Done;
            if self.has_earlier_place() {
                effects.push(self.place(around.room, false));
            }
            return effects.push(Effect::Finish(self.store.clone()));
        }
        // Others need not get it from who offers it.
        if self.offer.shared && around.linked.len() > 1 {
            self.tell_news(around, effects);
        }
        if self.paused || self.held {
            return;
        }
        holder::ask(self, around, effects);
    }

    /// Half a second has passed.
    pub(crate) fn tick(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        self.tell_news(around, effects);
        let mut late = Vec::new();
        for holder in &mut self.holders {
            let is_source = holder.peer == self.from;
            let sends = self.coming.iter().any(|(_, from)| *from == holder.peer);
            let asked = !holder.asked.is_empty();
            let waits = if is_source { asked && !sends && !self.held } else { asked || sends };
            holder.idle = if waits { holder.idle + 1 } else { 0 };
            if holder.idle >= PATIENCE {
                holder.idle = 0;
                late.push(holder.peer.clone());
                if !is_source {
                    // They say so again when they have more.
                    holder.late += 1;
                    holder.has.clear();
                }
            }
        }
        // Who stops in the middle of a block would keep it from coming; but there is nobody but who offers it to give all.
        let stuck: Vec<u32> = self
            .coming
            .iter()
            .filter(|(_, from)| late.contains(from) && *from != self.from)
            .map(|(block, _)| *block)
            .collect();
        for block in stuck {
            self.coming.retain(|(coming, _)| *coming != block);
            self.missing.insert(block);
        }
        self.give_back(|peer| late.contains(peer));
    }

    /// Tells who offers it, and those who may want it, what has come.
    fn tell_news(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        if self.news.count() == 0 {
            return;
        }
        let blocks = self.news.runs();
        self.news.clear();
        let others = around.linked.iter().filter(|peer| self.offer.shared && **peer != self.from);
        for to in std::iter::once(&self.from).chain(others) {
            for piece in blocks.chunks(BATCH) {
                say(to, &Word::Have { file: self.offer.file.clone(), blocks: piece.to_vec() }, effects);
            }
        }
    }

    pub(super) fn tell_have(&self, to: &PeerId, effects: &mut Vec<Effect>) {
        for piece in self.got.runs().chunks(BATCH) {
            say(to, &Word::Have { file: self.offer.file.clone(), blocks: piece.to_vec() }, effects);
        }
    }
}
