//! Offer and answer for one peer connection: perfect negotiation (webrtc-pc §10.7) as a state machine.
//!
//! It knows neither how messages travel nor what else a peer is. The shell runs the operations it asks for one at a
//! time and in order, so an operation always meets the signaling state this machine expects.
//!
//! ```text
//!            NegotiationNeeded            LocalSet                    answer
//!   Stable ────────────────────► Offering ────────► AwaitingAnswer ────────► ApplyingAnswer ─► Stable
//!      │                            │ offer, polite        │ offer, polite      │ offer
//!      └── offer ──► Answering ◄────┴──────────────────────┴────────────────────┘
//!                        └── LocalSet ──► Stable
//! ```

mod handshake;
mod sdp;

use self::handshake::Part;
use self::sdp::{belongs, session, tells_candidates_late, without_candidates};
use crate::input::{Candidate, Description, SdpKind};

/// Which side gives way when both offer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Takes its own offer back.
    Polite,
    /// Ignores the other's offer.
    Impolite,
}

impl Role {
    /// Who began the connection gives way. Where Chromium (148) takes back the first offer of a side that has only answered so
    /// far, it shows no picture of the other any more, for as long as the connection lasts.
    pub(crate) fn of(initiator: bool) -> Self {
        if initiator { Self::Polite } else { Self::Impolite }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Signaling {
    /// The first offer is the other side's to make.
    AwaitingOffer,
    /// Nothing in flight.
    Stable,
    /// The browser makes our offer.
    Offering,
    /// Our offer is with the other side.
    AwaitingAnswer,
    /// The browser applies their answer; as good as stable when offers collide.
    ApplyingAnswer,
    /// The browser applies their offer and makes our answer.
    Answering { exchange: u32 },
}

#[derive(Debug)]
pub(crate) enum Input {
    NegotiationNeeded,
    LocalSet(Description),
    RemoteSet,
    LocalCandidate(Candidate),
    RemoteDescription(Told),
    RemoteCandidate(Candidate),
}

/// A description on its way from one side to the other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Told {
    /// The number that the offerer gave the exchange.
    pub(crate) exchange: u32,
    /// With an offer: the latest exchange of the other side that the sender has answered. With an answer: the latest
    /// that the sender has begun itself; it and all before it are void or over.
    pub(crate) other: u32,
    pub(crate) description: Description,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    SetLocal,
    SetRemote(Description),
    AddCandidate(Candidate),
    SendDescription(Told),
    SendCandidate(Candidate),
}

#[derive(Debug)]
pub(crate) struct Negotiation {
    role: Role,
    signaling: Signaling,
    /// The number of our latest offer: an answer to an earlier one is stale.
    exchange: u32,
    /// Our latest offer and its candidates, for as long as it has no answer: they may have been lost.
    open: Vec<Action>,
    /// The number of their latest offer that we answered.
    answered: u32,
    /// That answer and its candidates: they may have been lost.
    answer: Vec<Action>,
    /// Offers of theirs up to this one are void.
    voided: u32,
    /// The latest of theirs that was ignored in favour of ours.
    ignored: u32,
    /// Our part in the DTLS handshake, once an answer has given it to us.
    part: Option<Part>,
    /// A negotiation was asked for while another exchange was under way.
    wanted: bool,
    /// Ours, found before our description was sent, which must go first; or before they have answered our latest offer, if it
    /// is one of [`tells_candidates_late`].
    held_local: Vec<Candidate>,
    /// It is.
    keeps_local: bool,
    /// Theirs, come before the description that they belong to, or whose description was passed over.
    held_remote: Vec<Candidate>,
    /// The latest description of theirs that is applied or on its way into the browser.
    remote: Option<String>,
}

/// No description has more candidates than this.
const HELD_CANDIDATES: usize = 64;

impl Negotiation {
    pub(crate) fn new(role: Role, initiator: bool) -> Self {
        Self {
            role,
            signaling: if initiator { Signaling::Stable } else { Signaling::AwaitingOffer },
            exchange: 0,
            open: Vec::new(),
            answered: 0,
            answer: Vec::new(),
            voided: 0,
            ignored: 0,
            part: None,
            wanted: false,
            held_local: Vec::new(),
            keeps_local: false,
            held_remote: Vec::new(),
            remote: None,
        }
    }

    /// Whether the first offer is theirs to make, and has not come.
    pub(crate) fn awaits_offer(&self) -> bool {
        self.signaling == Signaling::AwaitingOffer
    }

    /// Whether a description of theirs has come.
    pub(crate) fn is_described(&self) -> bool {
        self.remote.is_some()
    }

    /// Whether this description of theirs begins another ICE session than that of the one before.
    pub(crate) fn is_restarted_by(&self, sdp: &str) -> bool {
        self.remote.as_deref().is_some_and(|remote| session(remote) != session(sdp))
    }

    /// Whether the browser makes the first offer.
    pub(crate) fn is_making_first_offer(&self) -> bool {
        self.signaling == Signaling::Offering && self.exchange == 0
    }

    pub(crate) fn handle(&mut self, input: Input) -> Vec<Action> {
        match input {
            Input::NegotiationNeeded => {
                // Before the first offer their offer will carry what we need; if it does not, the browser asks again. It
                // asks in the stable state only, so while it makes our offer it has asked for what is in there.
                self.wanted |= !matches!(self.signaling, Signaling::AwaitingOffer | Signaling::Offering);
                self.offer_if_wanted()
            }
            Input::LocalSet(description) => self.on_local_set(description),
            Input::RemoteSet => {
                if self.signaling != Signaling::ApplyingAnswer {
                    return Vec::new();
                }
                self.signaling = Signaling::Stable;
                self.keeps_local = false;
                let mut actions = self.offer_if_wanted();
                actions.extend(self.held_local.drain(..).map(Action::SendCandidate));
                actions
            }
            Input::LocalCandidate(candidate) => self.on_local_candidate(candidate),
            Input::RemoteDescription(told) => match told.description.kind {
                SdpKind::Offer => self.on_offer(told),
                SdpKind::Answer => self.on_answer(told),
            },
            Input::RemoteCandidate(candidate) => self.on_remote_candidate(candidate),
        }
    }

    fn offer_if_wanted(&mut self) -> Vec<Action> {
        if !self.wanted || self.signaling != Signaling::Stable {
            return Vec::new();
        }
        self.wanted = false;
        self.signaling = Signaling::Offering;
        vec![Action::SetLocal]
    }

    fn on_local_set(&mut self, mut description: Description) -> Vec<Action> {
        let (exchange, other) = match (self.signaling, description.kind) {
            (Signaling::Offering, SdpKind::Offer) => {
                self.signaling = Signaling::AwaitingAnswer;
                self.exchange += 1;
                if let Some(part) = self.part {
                    description.sdp = part.kept_in(&description.sdp);
                }
                self.keeps_local = self.remote.is_some() && tells_candidates_late(&description.sdp);
                if self.keeps_local {
                    description.sdp = without_candidates(&description.sdp);
                }
                (self.exchange, self.answered)
            }
            (Signaling::Answering { exchange }, SdpKind::Answer) => {
                self.signaling = Signaling::Stable;
                self.keeps_local = false;
                self.part = Part::of_answerer(&description.sdp).or(self.part);
                (exchange, self.exchange)
            }
            _ => return Vec::new(), // An offer that a collision has made void.
        };
        let mut actions = vec![Action::SendDescription(Told { exchange, other, description })];
        if !self.keeps_local {
            actions.extend(self.held_local.drain(..).map(Action::SendCandidate));
        }
        self.open.clear();
        if self.signaling == Signaling::AwaitingAnswer {
            self.open.clone_from(&actions);
        } else {
            self.answered = exchange;
            self.answer.clone_from(&actions);
        }
        actions.extend(self.offer_if_wanted());
        actions
    }

    /// Says an offer again that has no answer; nothing if there is none.
    pub(crate) fn repeat(&self) -> Vec<Action> {
        if self.signaling == Signaling::AwaitingAnswer { self.open.clone() } else { Vec::new() }
    }

    fn on_local_candidate(&mut self, candidate: Candidate) -> Vec<Action> {
        if self.keeps_local || matches!(self.signaling, Signaling::Offering | Signaling::Answering { .. }) {
            self.held_local.push(candidate);
            return Vec::new();
        }
        let awaiting = self.signaling == Signaling::AwaitingAnswer;
        let said = if awaiting { &mut self.open } else { &mut self.answer };
        if !said.is_empty() && said.len() < HELD_CANDIDATES {
            said.push(Action::SendCandidate(candidate.clone()));
        }
        vec![Action::SendCandidate(candidate)]
    }

    /// A browser refuses a candidate of an ICE session that no description has named (webrtc-pc §4.4.2).
    fn on_remote_candidate(&mut self, candidate: Candidate) -> Vec<Action> {
        if self.remote.as_deref().is_some_and(|sdp| belongs(&candidate, sdp)) {
            return vec![Action::AddCandidate(candidate)];
        }
        if self.held_remote.len() == HELD_CANDIDATES {
            self.held_remote.remove(0);
        }
        self.held_remote.push(candidate);
        Vec::new()
    }

    fn on_offer(&mut self, Told { exchange, other, description }: Told) -> Vec<Action> {
        if exchange == self.answered {
            // Said again, for they lack our answer. To apply it once more would undo what has been agreed on since.
            return [self.answer.clone(), self.repeat()].concat();
        }
        let taken = match self.signaling {
            Signaling::Answering { exchange } => exchange,
            Signaling::AwaitingOffer
            | Signaling::Stable
            | Signaling::Offering
            | Signaling::AwaitingAnswer
            | Signaling::ApplyingAnswer => self.answered,
        };
        if exchange <= taken.max(self.voided) {
            return Vec::new(); // It took another way, and longer.
        }
        let collision = matches!(self.signaling, Signaling::Offering | Signaling::AwaitingAnswer);
        if collision && self.role == Role::Impolite {
            // They would not have made one, had they had ours.
            let again = std::mem::replace(&mut self.ignored, exchange) != exchange;
            return if again { self.repeat() } else { Vec::new() };
        }
        if self.signaling == Signaling::AwaitingAnswer && other >= self.exchange {
            return self.repeat(); // They have answered ours, and the answer was lost: theirs stands on it.
        }
        if collision {
            self.wanted = true; // What our void offer was for is still to be negotiated.
        }
        self.signaling = Signaling::Answering { exchange };
        let mut actions = self.set_remote(description);
        actions.push(Action::SetLocal);
        actions
    }

    fn on_answer(&mut self, Told { exchange, other, description }: Told) -> Vec<Action> {
        self.voided = self.voided.max(other);
        if self.signaling != Signaling::AwaitingAnswer || exchange != self.exchange {
            return Vec::new(); // Answers nothing that is still open.
        }
        self.signaling = Signaling::ApplyingAnswer;
        self.part = Part::of_answerer(&description.sdp).map(Part::opposite).or(self.part);
        self.set_remote(description)
    }

    fn set_remote(&mut self, description: Description) -> Vec<Action> {
        let held = std::mem::take(&mut self.held_remote);
        let (now, later): (Vec<_>, _) =
            held.into_iter().partition(|candidate| belongs(candidate, &description.sdp));
        self.held_remote = later;
        self.remote = Some(description.sdp.clone());
        let mut actions = vec![Action::SetRemote(description)];
        actions.extend(now.into_iter().map(Action::AddCandidate));
        actions
    }
}

#[cfg(test)]
mod tests;
