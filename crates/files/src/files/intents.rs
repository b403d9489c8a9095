//! What the user wants of files.

use visavis_protocol::PeerId;

use super::{Files, MOST_OFFERS};
use crate::input::{Effect, Intent, Picked};
use crate::outgoing::Outgoing;
use crate::view::FileProblem;
use crate::word::{FileId, Offer};

impl Files {
    pub(super) fn on_intent(&mut self, intent: Intent) {
        match intent {
            Intent::Offer { files, to, now } => {
                for file in files {
                    self.offer(file, to.clone(), now);
                }
            }
            Intent::Accept(file) => self.accept(&file),
            Intent::Decline(file) => {
                if let Some(at) = self.theirs(&file) {
                    self.incoming[at].decline(&mut self.effects);
                }
            }
            Intent::Pause(file, paused) => {
                if let Some(at) = self.own(&file) {
                    self.outgoing[at].hold(paused, &mut self.effects);
                } else if let Some(at) = self.theirs(&file) {
                    self.incoming[at].pause(paused, &mut self.effects);
                }
            }
            Intent::Withdraw(file) => {
                if let Some(at) = self.own(&file) {
                    self.outgoing[at].end(FileProblem::Withdrawn, &mut self.effects);
                }
            }
            Intent::Forget(file) => self.forget(&file),
        }
    }

    fn offer(&mut self, picked: Picked, to: Option<PeerId>, now: u64) {
        let Picked { file, name, size, kind, thumbnail } = picked;
        let offer = Offer { file, name, size, kind, thumbnail, at: now, shared: to.is_none() };
        let open = self.outgoing.iter().filter(|own| !own.is_ended()).count();
        let Some(offer) = offer.tidy().filter(|_| open < MOST_OFFERS) else {
            return self.effects.push(Effect::Log(format!("file not offered: {size} bytes, {open} offered")));
        };
        let to = to.map(|to| (to.clone(), self.name_of(&to)));
        let mut own = Outgoing::new(offer, to);
        for other in self.others.iter().filter(|other| other.linked) {
            if own.is_for(&other.id) {
                own.offer_to(&other.id, &other.name, &mut self.effects);
            }
        }
        self.outgoing.push(own);
    }

    pub(super) fn accept(&mut self, file: &FileId) {
        let Some(at) = self.theirs(file) else { return };
        if self.incoming[at].is_stuck() {
            return self.incoming[at].pause(false, &mut self.effects);
        }
        if !self.incoming[at].is_open() {
            return;
        }
        let offer = &self.incoming[at].offer;
        let rest = self.incoming.iter().position(|rest| rest.is_rest_of(offer));
        if let Some(rest) = rest
            && !self.incoming[rest].yield_place(&mut self.effects)
        {
            return self.incoming[at].want();
        }
        let rest = rest.map(|rest| self.incoming.remove(rest));
        let Some(at) = self.theirs(file) else { return };
        self.incoming[at].accept(rest, &self.room, &mut self.effects);
    }

    fn forget(&mut self, file: &FileId) {
        if let Some(at) = self.own(file) {
            self.outgoing[at].end(FileProblem::Withdrawn, &mut self.effects);
            self.outgoing.remove(at);
        } else if let Some(at) = self.theirs(file) {
            self.incoming[at].decline(&mut self.effects);
            self.incoming.remove(at);
        }
    }
}
