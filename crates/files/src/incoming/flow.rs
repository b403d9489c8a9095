//! How blocks come: who is asked for which, what becomes of each, and who is told of it.

use visavis_protocol::PeerId;

use super::{BATCH, Incoming, MOST_STRIKES, PATIENCE, State, holder};
use crate::block::Hash;
use crate::input::{Effect, StoreOutcome};
use crate::outgoing::say;
use crate::set::{Run, runs};
use crate::view::FileProblem;
use crate::word::Word;

/// What an incoming file needs to know of the world.
pub(crate) struct Around<'a> {
    /// Those to whom there is a channel.
    pub(crate) linked: &'a [PeerId],
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
                if !self.coming.contains_key(&block) && !self.got.has(block) {
                    self.missing.insert(block);
                }
            }
        }
    }

    pub(crate) fn on_have(&mut self, peer: &PeerId, runs: &[Run]) {
        if self.offer.shared && *peer != self.from {
            self.holder(peer).has.extend(runs);
        }
    }

    /// Who offers it tells hashes.
    pub(crate) fn on_hashes(&mut self, from: u32, hashes: &[Hash]) {
        for (block, hash) in (from..self.blocks()).zip(hashes) {
            if let Some(was) = self.doubtful.remove(&block) {
                if was == *hash {
                    self.got.insert(block)
                } else {
                    self.missing.insert(block)
                };
            } else if self.hash(block).is_some() {
                continue;
            }
            self.set_hash(block, *hash);
        }
    }

    pub(crate) fn on_root(&mut self, root: Hash) {
        self.root = Some(root);
    }

    /// A block is about to come: whether it is wanted.
    pub(crate) fn on_coming(&mut self, from: &PeerId, block: u32, hash: Hash, effects: &mut Vec<Effect>) {
        let is_source = *from == self.from;
        let known = self.hash(block);
        let unwanted = !self.is_taken()
            || block >= self.blocks()
            || self.got.has(block)
            || self.coming.contains_key(&block)
            || self.doubtful.contains_key(&block);
        let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) else { return };
        holder.idle = 0;
        if unwanted || known.map_or(!is_source, |known| known != hash) {
            if holder.asked.remove(&block) && !unwanted {
                // It is not what it should be.
                holder.has.remove(block);
                self.missing.insert(block);
            }
            if known.is_some_and(|known| known != hash) && is_source {
                self.end(FileProblem::Changed, effects);
            }
            return;
        }
        self.set_hash(block, hash);
        self.missing.remove(block);
        self.coming.insert(block, from.clone());
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
        if self.coming.get(&block) != Some(from) {
            return;
        }
        self.coming.remove(&block);
        let is_source = *from == self.from;
        if let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) {
            holder.asked.remove(&block);
            holder.idle = 0;
            if outcome == StoreOutcome::Damaged {
                holder.strikes += 1;
                if !is_source {
                    holder.has.remove(block);
                }
            }
        }
        if outcome == StoreOutcome::Stored {
            self.got.insert(block);
            self.news.push(block);
            return;
        }
        // Nobody else was asked for it.
        self.missing.insert(block);
        match outcome {
            StoreOutcome::Stored | StoreOutcome::Cut => {}
            StoreOutcome::Damaged => {
                let worst = self.holders.iter().find(|holder| holder.strikes >= MOST_STRIKES);
                match worst.map(|holder| holder.peer.clone()) {
                    Some(peer) if peer == self.from => self.end(FileProblem::Damaged, effects),
                    Some(peer) => {
                        self.lose(&peer);
                    }
                    None => {}
                }
            }
            StoreOutcome::Full => self.pause_for(FileProblem::Full, effects),
            StoreOutcome::Failed => self.pause_for(FileProblem::NotStored, effects),
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
            return effects.push(Effect::Finish(self.store.clone()));
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
            holder.idle = if holder.asked.is_empty() { 0 } else { holder.idle + 1 };
            if holder.idle >= PATIENCE {
                holder.idle = 0;
                late.push(holder.peer.clone());
                if holder.peer != self.from {
                    // They say so again when they have more.
                    holder.has.clear();
                }
            }
        }
        self.give_back(|peer| late.contains(peer));
    }

    /// Tells who offers it, and those who may want it, what has come.
    fn tell_news(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        let mut news = std::mem::take(&mut self.news);
        if news.is_empty() {
            return;
        }
        news.sort_unstable();
        let blocks = runs(news);
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
