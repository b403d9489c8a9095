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

use self::handshake::Part;
use crate::input::{Candidate, Description, SdpKind};

/// Which side gives way when both offer at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Role {
    /// Takes its own offer back.
    Polite,
    /// Ignores the other's offer.
    Impolite,
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
    /// `exchange` is the number its offerer gave the exchange.
    RemoteDescription {
        exchange: u32,
        description: Description,
    },
    RemoteCandidate(Candidate),
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Action {
    SetLocal,
    SetRemote(Description),
    AddCandidate(Candidate),
    SendDescription { exchange: u32, description: Description },
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
    /// Our part in the DTLS handshake, once an answer has given it to us.
    part: Option<Part>,
    /// A negotiation was asked for while another exchange was under way.
    wanted: bool,
    /// Ours, found before our description was sent: it must go first.
    held_local: Vec<Candidate>,
    /// Theirs, come before their first description: it must be applied first.
    held_remote: Vec<Candidate>,
    /// A remote description is applied or on its way into the browser.
    described: bool,
}

/// No connection has more candidates before its first description than this.
const HELD_CANDIDATES: usize = 64;

impl Negotiation {
    pub(crate) fn new(role: Role, initiator: bool) -> Self {
        Self {
            role,
            signaling: if initiator { Signaling::Stable } else { Signaling::AwaitingOffer },
            exchange: 0,
            open: Vec::new(),
            part: None,
            wanted: false,
            held_local: Vec::new(),
            held_remote: Vec::new(),
            described: false,
        }
    }

    /// Whether a description of theirs has come.
    pub(crate) fn is_described(&self) -> bool {
        self.described
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
                self.offer_if_wanted()
            }
            Input::LocalCandidate(candidate) => self.on_local_candidate(candidate),
            Input::RemoteDescription { exchange, description } => match description.kind {
                SdpKind::Offer => self.on_offer(exchange, description),
                SdpKind::Answer => self.on_answer(exchange, description),
            },
            Input::RemoteCandidate(candidate) if self.described => vec![Action::AddCandidate(candidate)],
            Input::RemoteCandidate(candidate) => {
                if self.held_remote.len() < HELD_CANDIDATES {
                    self.held_remote.push(candidate);
                }
                Vec::new()
            }
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
        let exchange = match (self.signaling, description.kind) {
            (Signaling::Offering, SdpKind::Offer) => {
                self.signaling = Signaling::AwaitingAnswer;
                self.exchange += 1;
                if let Some(part) = self.part {
                    description.sdp = part.kept_in(&description.sdp);
                }
                self.exchange
            }
            (Signaling::Answering { exchange }, SdpKind::Answer) => {
                self.signaling = Signaling::Stable;
                self.part = Part::of_answerer(&description.sdp).or(self.part);
                exchange
            }
            _ => return Vec::new(), // An offer that a collision has made void.
        };
        let mut actions = vec![Action::SendDescription { exchange, description }];
        actions.extend(self.held_local.drain(..).map(Action::SendCandidate));
        self.open.clear();
        if self.signaling == Signaling::AwaitingAnswer {
            self.open.clone_from(&actions);
        }
        actions.extend(self.offer_if_wanted());
        actions
    }

    /// Says an offer again that has no answer; nothing if there is none.
    pub(crate) fn repeat(&self) -> Vec<Action> {
        if self.signaling == Signaling::AwaitingAnswer { self.open.clone() } else { Vec::new() }
    }

    fn on_local_candidate(&mut self, candidate: Candidate) -> Vec<Action> {
        if matches!(self.signaling, Signaling::Offering | Signaling::Answering { .. }) {
            self.held_local.push(candidate);
            return Vec::new();
        }
        if self.signaling == Signaling::AwaitingAnswer && self.open.len() < HELD_CANDIDATES {
            self.open.push(Action::SendCandidate(candidate.clone()));
        }
        vec![Action::SendCandidate(candidate)]
    }

    fn on_offer(&mut self, exchange: u32, offer: Description) -> Vec<Action> {
        let collision = matches!(self.signaling, Signaling::Offering | Signaling::AwaitingAnswer);
        if collision && self.role == Role::Impolite {
            // They would not have made one, had they had ours.
            return self.repeat();
        }
        if collision {
            self.wanted = true; // What our void offer was for is still to be negotiated.
        }
        self.signaling = Signaling::Answering { exchange };
        let mut actions = self.set_remote(offer);
        actions.push(Action::SetLocal);
        actions
    }

    fn on_answer(&mut self, exchange: u32, answer: Description) -> Vec<Action> {
        if self.signaling != Signaling::AwaitingAnswer || exchange != self.exchange {
            return Vec::new(); // Answers nothing that is still open.
        }
        self.signaling = Signaling::ApplyingAnswer;
        self.part = Part::of_answerer(&answer.sdp).map(Part::opposite).or(self.part);
        self.set_remote(answer)
    }

    fn set_remote(&mut self, description: Description) -> Vec<Action> {
        self.described = true;
        let mut actions = vec![Action::SetRemote(description)];
        actions.extend(self.held_remote.drain(..).map(Action::AddCandidate));
        actions
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn offer(sdp: &str) -> Description {
        Description { kind: SdpKind::Offer, sdp: sdp.into() }
    }

    fn answer(sdp: &str) -> Description {
        Description { kind: SdpKind::Answer, sdp: sdp.into() }
    }

    fn candidate(text: &str) -> Candidate {
        Candidate { candidate: text.into(), sdp_mid: None, sdp_m_line_index: None, username_fragment: None }
    }

    fn offering(role: Role) -> Negotiation {
        let mut machine = Negotiation::new(role, true);
        assert_eq!(machine.handle(Input::NegotiationNeeded), [Action::SetLocal]);
        machine
    }

    #[test]
    fn local_candidates_wait_for_the_description() {
        let mut machine = offering(Role::Polite);
        assert_eq!(machine.handle(Input::LocalCandidate(candidate("a"))), []);
        assert_eq!(
            machine.handle(Input::LocalSet(offer("o"))),
            [
                Action::SendDescription { exchange: 1, description: offer("o") },
                Action::SendCandidate(candidate("a"))
            ]
        );
        assert_eq!(
            machine.handle(Input::LocalCandidate(candidate("b"))),
            [Action::SendCandidate(candidate("b"))]
        );
    }

    #[test]
    fn remote_candidates_wait_for_the_description() {
        let mut machine = Negotiation::new(Role::Impolite, false);
        assert_eq!(machine.handle(Input::RemoteCandidate(candidate("a"))), []);
        let input = Input::RemoteDescription { exchange: 1, description: offer("o") };
        assert_eq!(
            machine.handle(input),
            [Action::SetRemote(offer("o")), Action::AddCandidate(candidate("a")), Action::SetLocal]
        );
    }

    #[test]
    fn only_the_polite_side_gives_way() {
        let theirs = || Input::RemoteDescription { exchange: 1, description: offer("theirs") };
        let mut impolite = offering(Role::Impolite);
        assert_eq!(impolite.handle(theirs()), []);
        let mut polite = offering(Role::Polite);
        assert_eq!(polite.handle(theirs()), [Action::SetRemote(offer("theirs")), Action::SetLocal]);
        assert_eq!(polite.handle(Input::LocalSet(offer("void"))), [], "the void offer is not sent");
        assert_eq!(
            polite.handle(Input::LocalSet(answer("a"))),
            [Action::SendDescription { exchange: 1, description: answer("a") }, Action::SetLocal],
            "and what it was for is offered again"
        );
    }

    #[test]
    fn an_answer_to_an_earlier_offer_is_dropped() {
        let mut machine = offering(Role::Impolite);
        machine.handle(Input::LocalSet(offer("one")));
        assert_eq!(machine.handle(Input::RemoteDescription { exchange: 9, description: answer("x") }), []);
        let right = Input::RemoteDescription { exchange: 1, description: answer("y") };
        assert_eq!(machine.handle(right), [Action::SetRemote(answer("y"))]);
        let twice = Input::RemoteDescription { exchange: 1, description: answer("y") };
        assert_eq!(machine.handle(twice), []);
    }

    #[test]
    fn who_begins_the_handshake_is_left_open_once() {
        let (open, active, passive) = ("a=setup:actpass\r\n", "a=setup:active\r\n", "a=setup:passive\r\n");
        let mut offerer = offering(Role::Impolite);
        let mut answerer = Negotiation::new(Role::Polite, false);
        let sent = Action::SendDescription { exchange: 1, description: offer(open) };
        assert_eq!(offerer.handle(Input::LocalSet(offer(open))), [sent]);
        answerer.handle(Input::RemoteDescription { exchange: 1, description: offer(open) });
        answerer.handle(Input::LocalSet(answer(active)));
        offerer.handle(Input::RemoteDescription { exchange: 1, description: answer(active) });
        offerer.handle(Input::RemoteSet);
        for (mut machine, exchange, part) in [(offerer, 2, passive), (answerer, 1, active)] {
            machine.handle(Input::NegotiationNeeded);
            let sent = Action::SendDescription { exchange, description: offer(part) };
            assert_eq!(machine.handle(Input::LocalSet(offer(open))), [sent]);
        }
    }

    #[test]
    fn who_awaits_the_first_offer_does_not_make_one() {
        let mut machine = Negotiation::new(Role::Impolite, false);
        assert_eq!(machine.handle(Input::NegotiationNeeded), []);
    }

    #[test]
    fn an_offer_in_the_making_carries_what_was_asked_for_before() {
        let mut machine = offering(Role::Impolite);
        assert_eq!(machine.handle(Input::NegotiationNeeded), []);
        machine.handle(Input::LocalSet(offer("one")));
        machine.handle(Input::RemoteDescription { exchange: 1, description: answer("a") });
        assert_eq!(machine.handle(Input::RemoteSet), []);
    }

    #[test]
    fn a_wish_during_an_exchange_is_kept() {
        let mut machine = offering(Role::Impolite);
        machine.handle(Input::LocalSet(offer("one")));
        assert_eq!(machine.handle(Input::NegotiationNeeded), []);
        machine.handle(Input::RemoteDescription { exchange: 1, description: answer("a") });
        assert_eq!(machine.handle(Input::RemoteSet), [Action::SetLocal]);
    }
}
