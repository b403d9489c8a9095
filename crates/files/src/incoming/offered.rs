//! What who offers a file says of it as a whole.

use visavis_protocol::PeerId;

use super::{Incoming, State};
use crate::block::Hash;
use crate::input::Effect;
use crate::outgoing::say;
use crate::view::FileProblem;
use crate::word::Word;

impl Incoming {
    pub(crate) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// They offer it, or go on offering it.
    pub(crate) fn on_offered(&mut self, from: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        self.offered = true;
        self.from = from.clone();
        name.clone_into(&mut self.from_name);
        if self.is_taken() {
            self.give_back(|holder| holder == from);
            self.take(effects);
        } else if self.is_done() {
            say(from, &Word::Take { file: self.offer.file.clone() }, effects);
            self.tell_have(from, effects);
        } else if self.state == State::Declined {
            say(from, &Word::Leave { file: self.offer.file.clone() }, effects);
        }
    }

    /// They do not offer it any more, but perhaps will again; whether it is to be kept.
    pub(crate) fn on_not_offered(&mut self) -> bool {
        self.offered = false;
        let from = self.from.clone();
        self.lose(&from);
        !self.is_open()
    }

    /// They will not offer it again; whether it is to be kept in the list.
    pub(crate) fn on_withdrawn(&mut self, changed: bool, effects: &mut Vec<Effect>) -> bool {
        self.offered = false;
        match self.state {
            State::Offered | State::Declined | State::Wanted => false,
            State::Done | State::Ended(_) => true,
            State::Preparing | State::Taking => {
                self.end(if changed { FileProblem::Changed } else { FileProblem::Withdrawn }, effects);
                true
            }
        }
    }

    /// It comes no more, and what is of no use is not kept.
    pub(super) fn end(&mut self, problem: FileProblem, effects: &mut Vec<Effect>) {
        self.stop(effects);
        self.state = State::Ended(problem);
        effects.push(Effect::Delete(self.store.clone()));
    }

    /// They tell hashes: those of blocks in doubt decide about them, others that are known stay as they are.
    pub(crate) fn on_hashes(&mut self, from: u32, hashes: &[Hash]) {
        if !self.is_taken() {
            return;
        }
        for (block, hash) in (from..self.blocks()).zip(hashes) {
            if self.doubtful.remove(block) {
                if self.were.get(block as usize) == Some(&Some(*hash)) {
                    self.got.insert(block);
                    self.news.insert(block);
                } else {
                    self.missing.insert(block);
                }
            } else if self.hash(block).is_some() {
                continue;
            }
            self.set_hash(block, *hash);
        }
    }

    /// They tell the hash of the whole.
    pub(crate) fn on_root(&mut self, root: Hash) {
        if self.is_taken() {
            self.root = Some(root);
        }
    }
}
