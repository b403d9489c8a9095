//! What is said between us and another participant: presence, descriptions and candidates, on whichever way there is.

use super::{MOST_GENERATION, Peer};
use crate::effect::PeerCommand;
use crate::input::{ConnectionId, SdpKind};
use crate::negotiation::{self, Action, Role};
use crate::outbox::Outbox;
use crate::signal::Signal;

impl Peer {
    /// Takes a sealed payload as the server gave it; says whether it was good.
    pub(crate) fn on_sealed(&mut self, sequence: u64, payload: &str, out: &mut Outbox) -> bool {
        let Some(me) = out.me.clone() else { return false };
        let text = out.seal.open(&self.address, &me, sequence, payload);
        let fresh = text.ok().filter(|_| sequence > self.sequence);
        let Some(signal) = fresh.and_then(|text| Signal::decode(&text)) else {
            self.refuse(out);
            return false;
        };
        self.absent = false;
        self.sequence = sequence;
        self.on_signal(signal, out);
        true
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
            Signal::Description { connection, exchange, description } => {
                let offer = description.kind == SdpKind::Offer;
                if offer && self.connection.as_ref().is_none_or(|current| current.id < connection) {
                    self.adopt(connection, out);
                }
                let input = negotiation::Input::RemoteDescription { exchange, description };
                self.negotiate_for(connection, input, out);
            }
            Signal::Candidate { connection, candidate } => {
                self.negotiate_for(connection, negotiation::Input::RemoteCandidate(candidate), out);
            }
            Signal::Goodbye {} => self.gone = true,
            Signal::Moved { .. } => self.refuse(out),
        }
    }

    /// They have begun a newer connection.
    fn adopt(&mut self, connection: ConnectionId, out: &mut Outbox) {
        let theirs = connection.impolite != (self.role(out) == Role::Impolite);
        if theirs && (self.generation..MOST_GENERATION).contains(&connection.generation) {
            self.generation = connection.generation;
            self.open(connection, false, out);
        }
    }

    fn negotiate_for(&mut self, connection: ConnectionId, input: negotiation::Input, out: &mut Outbox) {
        if self.connection.as_ref().is_some_and(|current| current.id == connection) {
            self.negotiate(input, out);
        } else {
            out.log("signal for another connection");
        }
    }

    pub(super) fn negotiate(&mut self, input: negotiation::Input, out: &mut Outbox) {
        let Some(current) = &mut self.connection else { return };
        let connection = current.id;
        for action in current.negotiation.handle(input) {
            match action {
                Action::SetLocal => self.command(PeerCommand::SetLocal, out),
                Action::SetRemote(description) => self.command(PeerCommand::SetRemote(description), out),
                Action::AddCandidate(candidate) => self.command(PeerCommand::AddCandidate(candidate), out),
                Action::SendDescription { exchange, description } => {
                    self.send(&Signal::Description { connection, exchange, description }, out);
                }
                Action::SendCandidate(candidate) => {
                    self.send(&Signal::Candidate { connection, candidate }, out);
                }
            }
        }
    }

    /// Over the control channel while the link holds, else over the server, else over whatever is left.
    fn send(&mut self, signal: &Signal, out: &mut Outbox) {
        if self.control_open() && (self.is_connected() || !out.present) {
            self.command(PeerCommand::SendControl(signal.encode()), out);
        } else {
            out.relay(&self.address, signal);
        }
    }

    pub(super) fn refuse(&mut self, out: &mut Outbox) {
        self.refused += 1;
        out.log(format!("signal refused, {} so far", self.refused));
    }
}
