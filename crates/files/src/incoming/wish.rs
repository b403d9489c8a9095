//! What the user wants of a file that somebody else offers.

use super::{About, BATCH, Incoming, State};
use crate::input::{Effect, StoreOutcome};
use crate::outgoing::say;
use crate::set::BlockSet;
use crate::view::FileProblem;
use crate::word::Word;

impl Incoming {
    /// The user wants it; what is left of an earlier attempt may be used.
    pub(crate) fn accept(&mut self, rest: Option<Self>, room: &str, effects: &mut Vec<Effect>) {
        if !self.is_open() {
            return;
        }
        self.state = State::Preparing;
        self.problem = None;
        if let Some(mut rest) = rest {
            rest.doubt();
            self.doubtful = rest.doubtful;
            self.were = rest.were;
            self.store = rest.store;
        }
        effects.push(self.place(room, self.has_earlier_place()));
    }

    /// Whether it goes where there was something of another offer.
    pub(super) fn has_earlier_place(&self) -> bool {
        self.store != self.offer.file
    }

    /// A place for it; in doubt: what is there already may be of another file.
    pub(super) fn place(&self, room: &str, doubt: bool) -> Effect {
        let about = About {
            room: room.to_owned(),
            from: self.from.clone(),
            name: self.from_name.clone(),
            offer: self.offer.clone(),
            store: self.store.clone(),
            doubt,
        };
        let (file, store) = (self.offer.file.clone(), self.store.clone());
        Effect::Create { file, store, size: self.offer.size, about: about.encode() }
    }

    pub(crate) fn on_created(&mut self, outcome: Result<(), StoreOutcome>, effects: &mut Vec<Effect>) {
        if self.state != State::Preparing {
            return;
        }
        match outcome {
            Ok(()) => {
                self.state = State::Taking;
                // Not before: a size that lies has no place on the disk.
                self.make_room();
                self.missing.subtract(&self.doubtful.runs());
                self.take(effects);
            }
            Err(outcome) => {
                self.state = State::Offered;
                self.problem = Some(if outcome == StoreOutcome::Full {
                    FileProblem::Full
                } else {
                    FileProblem::NotStored
                });
            }
        }
    }

    /// What is here is from now on in doubt.
    pub(super) fn doubt(&mut self) {
        if self.doubtful.count() == 0 {
            self.doubtful = BlockSet::none(self.blocks());
        }
        self.were.resize(self.hashes.len(), None);
        for block in self.got.iter() {
            let hash = self.hash(block);
            if let Some(slot) = self.were.get_mut(block as usize) {
                *slot = hash;
                self.doubtful.insert(block);
            }
        }
        self.got.clear();
    }

    /// Tells who offers it that we take it, what we have, and what we want to know.
    pub(super) fn take(&mut self, effects: &mut Vec<Effect>) {
        let file = self.offer.file.clone();
        say(&self.from, &Word::Take { file: file.clone() }, effects);
        self.tell_have(&self.from.clone(), effects);
        for piece in self.doubtful.runs().chunks(BATCH) {
            say(&self.from, &Word::Check { file: file.clone(), blocks: piece.to_vec() }, effects);
        }
        let (from, all) = (self.from.clone(), BlockSet::all(self.blocks()));
        self.holder(&from).has = all;
    }

    /// The user does not want it, or not any longer.
    pub(crate) fn decline(&mut self, effects: &mut Vec<Effect>) {
        if self.is_stored() {
            effects.push(Effect::Delete(self.store.clone()));
        }
        self.stop(effects);
        say(&self.from, &Word::Leave { file: self.offer.file.clone() }, effects);
        let (offer, from, name) = (self.offer.clone(), self.from.clone(), self.from_name.clone());
        let (offered, holders) = (self.offered, std::mem::take(&mut self.holders));
        *self = Self { state: State::Declined, offered, holders, ..Self::new(offer, from, name) };
    }

    /// Nobody is to send any more of it.
    pub(super) fn stop(&mut self, effects: &mut Vec<Effect>) {
        for holder in &mut self.holders {
            if !holder.asked.is_empty() {
                let nothing = holder.want(&self.offer.file, &BlockSet::default());
                say(&holder.peer, &nothing, effects);
            }
        }
        self.give_back(|_| true);
    }

    /// The user wants it, once nothing comes any more of what is left of an earlier attempt.
    pub(crate) fn want(&mut self) {
        self.state = State::Wanted;
    }

    /// It is asked for no more, and another offer goes on with it; whether nothing is coming.
    pub(crate) fn yield_place(&mut self, effects: &mut Vec<Effect>) -> bool {
        self.held = true;
        self.stop(effects);
        self.coming.is_empty()
    }

    pub(crate) fn pause(&mut self, paused: bool, effects: &mut Vec<Effect>) {
        self.paused = paused;
        self.problem = None;
        if paused {
            self.stop(effects);
        }
    }
}
