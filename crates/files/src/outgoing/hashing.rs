//! The hashes of a file that the user offers: how they become known, and who is told.

use super::{Outgoing, Taker, say};
use crate::block::Hash;
use crate::input::{Effect, Unread};
use crate::set::{BlockSet, Run, bits, runs};
use crate::view::{FileProblem, TakerState};
use crate::word::Word;
use visavis_protocol::PeerId;

/// Blocks that are hashed at once.
const AT_ONCE: usize = 4;
/// Hashes in one message.
const BATCH: usize = 400;
/// Hashes that one person is told between two ticks, whatever they ask.
pub(super) const ALLOWANCE: usize = 16 * BATCH;

impl Outgoing {
    pub(crate) fn hash(&self, block: u32) -> Option<Hash> {
        self.hashes.get(block as usize).copied().flatten()
    }

    /// They want to know the hashes of blocks that they had.
    pub(crate) fn on_check(&mut self, peer: &PeerId, runs: &[Run], effects: &mut Vec<Effect>) {
        let Some(taker) = self.takers.iter_mut().find(|taker| taker.peer == *peer) else { return };
        taker.checks = true;
        taker.due.extend(runs);
        self.unhashed.extend(runs);
        self.tell_hashes(effects);
    }

    /// A block has been read.
    pub(crate) fn on_hash(&mut self, block: u32, hash: Result<Hash, Unread>, effects: &mut Vec<Effect>) {
        match hash {
            Ok(hash) if self.hash(block).is_none_or(|known| known == hash) => {
                self.unhashed.remove(block);
                if !self.hashed.insert(block) {
                    return;
                }
                if let Some(slot) = self.hashes.get_mut(block as usize) {
                    *slot = Some(hash);
                }
                self.fresh += 1;
                if self.hashed.is_all() {
                    self.tell_hashes(effects);
                    let all: Vec<Hash> = self.hashes.iter().flatten().copied().collect();
                    let root = Hash::of_file(&all);
                    self.root = Some(root);
                    self.tell(&Word::Root { file: self.offer.file.clone(), hash: root }, effects);
                } else if self.fresh >= BATCH || self.is_spread() {
                    self.tell_hashes(effects);
                }
            }
            Ok(_) | Err(Unread::Changed) => self.end(FileProblem::Changed, effects),
            Err(Unread::Cut) => {}
        }
    }

    pub(crate) fn on_hashed(&mut self, block: u32, hash: Result<Hash, Unread>, effects: &mut Vec<Effect>) {
        self.hashing = self.hashing.saturating_sub(1);
        self.on_hash(block, hash, effects);
    }

    /// What others gave them we have not read: the hash of the whole wants all.
    pub(super) fn hash_all(&mut self) {
        self.unhashed.extend(&[Run(0, self.blocks())]);
    }

    /// Lets blocks be hashed whose hashes somebody wants.
    pub(crate) fn pump(&mut self, effects: &mut Vec<Effect>) {
        while self.ended.is_none()
            && self.hashing < AT_ONCE
            && self.unhashed.count() > 0
            && let Some(block) = self.unhashed.next(self.next_hash, |_| !0)
        {
            self.unhashed.remove(block);
            self.next_hash = block;
            if self.hash(block).is_none() {
                self.hashing += 1;
                let (file, size) = (self.offer.file.clone(), self.offer.size);
                effects.push(Effect::Hash { file, block, size });
            }
        }
    }

    /// Half a second has passed.
    pub(crate) fn tick(&mut self, effects: &mut Vec<Effect>) {
        for taker in &mut self.takers {
            taker.allowance = ALLOWANCE;
        }
        self.tell_hashes(effects);
    }

    /// Several take it, so that each can have from the others whatever they know the hash of: the sooner they know it, the
    /// less is sent more than once.
    fn is_spread(&self) -> bool {
        self.offer.shared && self.takers.iter().filter(|taker| taker.has_some()).count() > 1
    }

    /// Tells the hashes that are known to whom they are of use.
    pub(super) fn tell_hashes(&mut self, effects: &mut Vec<Effect>) {
        self.fresh = 0;
        let spread = self.is_spread();
        for taker in &mut self.takers {
            if taker.state == TakerState::Taking && (taker.checks || spread) {
                for Run(first, count) in taker.told_now(&self.hashed) {
                    let all: Vec<u32> = (first..first + count).collect();
                    for piece in all.chunks(BATCH) {
                        let known = |block: &u32| self.hashes.get(*block as usize).copied().flatten();
                        let hashes = piece.iter().filter_map(known).collect();
                        let from = piece.first().copied().unwrap_or_default();
                        let word = Word::Hashes { file: self.offer.file.clone(), from, hashes };
                        say(&taker.peer, &word, effects);
                    }
                }
            }
        }
    }
}

impl Taker {
    /// The blocks whose hashes they are told now.
    fn told_now(&mut self, hashed: &BlockSet) -> Vec<Run> {
        let words = (0..self.due.words()).map(|at| (at, self.due.word(at) & hashed.word(at)));
        let blocks = words.filter(|(_, word)| *word != 0).flat_map(|(at, word)| bits(at, word));
        let told = runs(blocks.take(self.allowance));
        self.due.subtract(&told);
        self.allowance -= told.iter().map(|Run(_, count)| *count as usize).sum::<usize>();
        told
    }
}
