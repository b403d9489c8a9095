//! What is said between us and another participant: presence, descriptions and candidates, on whichever way there is.

use super::connection::{Connection, SETTLES, names_relay};
use super::{MOST_GENERATION, Peer, Standing};
use crate::effect::PeerCommand;
use crate::input::{ConnectionId, DeviceKind, SdpKind};
use crate::negotiation::{self, Action, Told};
use crate::outbox::Outbox;
use crate::signal::Signal;

/// How a sealed signal came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Way {
    /// From the server.
    Served,
    /// Over the link to somebody else, who reaches its sender.
    Passed,
}

impl Peer {
    /// Takes a sealed payload as the server gave it, or as somebody else passed it on; says whether it was good.
    pub(crate) fn on_sealed(&mut self, way: Way, sequence: u64, payload: &str, out: &mut Outbox) -> bool {
        let Some(me) = out.me.clone() else { return false };
        if way == Way::Passed && sequence <= self.sequence {
            return false; // It came by two ways.
        }
        let text = out.seal.open(&self.address, &me, sequence, payload);
        let fresh = text.ok().filter(|_| sequence > self.sequence);
        let Some(signal) = fresh.and_then(|text| Signal::decode(&text)) else {
            self.refuse(out);
            return false;
        };
        self.standing = match way {
            Way::Served => Standing::Listed,
            Way::Passed if self.is_absent() => Standing::Absent,
            Way::Passed => Standing::CutOff,
        };
        self.sequence = sequence;
        // Presence and candidates may only be late; who negotiates this way has no other.
        if matches!(signal, Signal::Description { .. }) {
            self.deaf = self.passes();
        }
        self.on_signal(signal, out);
        true
    }

    /// Takes a message of the control channel.
    pub(super) fn on_control(&mut self, text: &str, out: &mut Outbox) {
        match Signal::decode(text.as_bytes()) {
            Some(Signal::Moved { peer }) => self.moves_to = Some(peer),
            Some(Signal::Pass { to, seq, payload }) => out.pass_on(&self.address, to, seq, payload),
            Some(Signal::Passed { from, seq, payload }) => out.passed.push((from, seq, payload)),
            Some(order @ (Signal::Mute {} | Signal::Removed { .. } | Signal::Host { .. })) => {
                out.orders.push((self.id.clone(), order));
            }
            Some(signal) => {
                // With the server at hand they take this way only if the link works for them.
                self.deaf &= self.standing != Standing::Listed;
                self.on_signal(signal, out);
            }
            None => self.refuse(out),
        }
    }

    pub(crate) fn send_presence(&mut self, out: &mut Outbox) {
        let presence = Signal::Presence(out.presence.clone());
        self.send(&presence, out);
    }

    pub(super) fn on_signal(&mut self, signal: Signal, out: &mut Outbox) {
        match signal {
            Signal::Presence(presence) => {
                let known = self.presence.as_ref().map_or(0, |known| known.revision);
                if presence.revision > known {
                    self.presence = Some(presence);
                }
            }
            Signal::Description { connection, exchange, other, description } => {
                let offer = description.kind == SdpKind::Offer;
                // What waits for a first offer of theirs was made on the guess of its id.
                let unknown = |newest: &Connection| {
                    let awaits = newest.negotiation.awaits_offer() && exchange != 1;
                    newest.id < connection || (newest.id == connection && awaits)
                };
                if offer && self.connection.as_ref().is_none_or(unknown) {
                    // The first offer of its maker, and no other, begins a connection.
                    if exchange == 1 { self.adopt(connection, out) } else { self.outbid(connection, out) }
                }
                if let Some(current) = self.at(connection) {
                    current.relayed.theirs |= names_relay(&description.sdp);
                    if current.negotiation.is_restarted_by(&description.sdp) {
                        current.settles = SETTLES;
                    }
                }
                self.negotiate(
                    connection,
                    negotiation::Input::RemoteDescription(Told { exchange, other, description }),
                    out,
                );
            }
            Signal::Candidate { connection, candidate } => {
                if let Some(current) = self.at(connection) {
                    current.relayed.theirs |= names_relay(&candidate.candidate);
                }
                self.negotiate(connection, negotiation::Input::RemoteCandidate(candidate), out);
            }
            Signal::Refresh { kind } => self.refresh(kind, out),
            Signal::Goodbye {} => self.gone = true,
            Signal::Mute {}
            | Signal::Removed { .. }
            | Signal::Host { .. }
            | Signal::Moved { .. }
            | Signal::Pass { .. }
            | Signal::Passed { .. } => self.refuse(out),
        }
    }

    /// They lack what we send: a track that comes anew begins with a key frame.
    fn refresh(&mut self, kind: DeviceKind, out: &mut Outbox) {
        let source = kind.into();
        let track = out.tracks.iter().find(|track| track.source == source).copied();
        if track.is_some() {
            self.replace_track(source, None, out);
            self.replace_track(source, track, out);
        }
    }

    /// They have begun a newer connection.
    fn adopt(&mut self, connection: ConnectionId, out: &mut Outbox) {
        let theirs = connection.greater != self.is_greater(out);
        if theirs && (self.generation..MOST_GENERATION).contains(&connection.generation) {
            self.reach(connection.generation, out);
            self.on_outdone(out);
            self.open(connection, false, out);
        }
    }

    /// They go on with a connection that we do not know: it was to our page before it was loaded again. They take a newer one.
    fn outbid(&mut self, connection: ConnectionId, out: &mut Outbox) {
        if (self.generation..MOST_GENERATION).contains(&connection.generation) {
            self.reach(connection.generation, out);
            self.initiate(out);
        }
    }

    pub(super) fn negotiate(
        &mut self,
        connection: ConnectionId,
        input: negotiation::Input,
        out: &mut Outbox,
    ) {
        let Some(current) = self.at(connection) else {
            return out.log("signal for another connection");
        };
        let actions = current.negotiation.handle(input);
        self.act(connection, actions, out);
    }

    pub(super) fn act(&mut self, connection: ConnectionId, actions: Vec<Action>, out: &mut Outbox) {
        for action in actions {
            match action {
                Action::SetLocal => self.command(connection, PeerCommand::SetLocal, out),
                Action::SetRemote(description) => {
                    self.command(connection, PeerCommand::SetRemote(description), out);
                }
                Action::AddCandidate(candidate) => {
                    self.command(connection, PeerCommand::AddCandidate(candidate), out);
                }
                Action::SendDescription(Told { exchange, other, description }) => {
                    self.send(&Signal::Description { connection, exchange, other, description }, out);
                }
                Action::SendCandidate(candidate) => {
                    self.send(&Signal::Candidate { connection, candidate }, out);
                }
            }
        }
    }

    /// Over the control channel while the link holds at both ends, else over the server, else over whatever and whoever is
    /// left.
    pub(super) fn send(&mut self, signal: &Signal, out: &mut Outbox) {
        let holds = self.passes();
        let served = out.present && !self.is_absent();
        let passed = out.helped && (!served || self.standing == Standing::CutOff);
        if holds || !served {
            self.send_control(signal, out);
        }
        if holds && !self.deaf {
            return;
        }
        if !served && !passed {
            return out.log("signal kept from the server and from others: neither is there");
        }
        let Some(sealed) = out.seal(&self.address, signal) else { return };
        if passed {
            out.ask_to_pass(sealed.clone());
        }
        if served {
            out.relay(sealed);
        }
    }

    /// Whether anything that we say now can reach them.
    pub(super) fn is_within_reach(&self, out: &Outbox) -> bool {
        (out.present && !self.is_absent()) || out.helped || self.control().is_some()
    }

    pub(super) fn refuse(&mut self, out: &mut Outbox) {
        self.refused += 1;
        out.log(format!("signal refused, {} so far", self.refused));
    }
}
