//! One other participant: the connection to them, how it does, and what they said of themselves.
//!
//! ```text
//!                 carries                      none carries
//!   Connecting ────────────────► Connected ────────────────────► Interrupted
//!       │ time-out                 ▲   ▲                          │      │ restart, relay only,
//!       └─► Failed ────────────────┘   └──────────────────────────┘      ▼ a newer connection
//! ```
//!
//! The newcomer begins the first connection. When a link cannot be made or mended, either side begins a newer one;
//! of two begun at once the greater [`ConnectionId`] stays. The one before serves until the newer one does.

mod connection;
mod healing;
mod look;
mod signaling;

use visavis_protocol::PeerId;

use self::connection::{Connection, names_relay};
use self::healing::{AWAIT_OFFER, Repairs};
pub(crate) use self::signaling::Way;
use crate::effect::{Effect, IceConfig, PeerCommand, Timer};
use crate::input::{ConnectionId, ConnectionState, Operation, PeerEvent, Source, TrackId};
use crate::negotiation;
use crate::outbox::Outbox;
use crate::seat::Life;
use crate::signal::{Presence, Signal};
use crate::view::{Link, Trouble};

/// More connections than two peers make in a lifetime; a number beyond it is made up.
pub(crate) const MOST_GENERATION: u32 = u32::MAX / 2;

/// Where they stand with the server, as far as we know.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Standing {
    /// It lists them.
    Listed,
    /// It lists them, but they do not hear it: their last signal was passed on by others, or ours did not reach them.
    CutOff,
    /// It does not list them, yet the link holds.
    Absent,
}

/// Whether the picture of a camera that is on is to be expected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Picture {
    Due,
    /// We do not see it, or they said that they do not send it for now.
    Withheld,
}

/// The other participant.
#[derive(Debug)]
pub(crate) struct Peer {
    /// What we call them, for as long as we know them.
    pub(crate) id: PeerId,
    /// What the server calls them now: one that has forgotten us all gives everybody a new id.
    pub(crate) address: PeerId,
    /// What they believe that the server calls us.
    knows_us_as: PeerId,
    /// They said that the server calls them so now.
    moves_to: Option<PeerId>,
    link: Link,
    /// The newest.
    connection: Option<Connection>,
    /// An earlier one that has carried the link, until the newest does.
    serving: Option<Connection>,
    /// The greatest generation of any connection seen or made.
    generation: u32,
    /// Links begun since the last one that came up.
    attempts: u32,
    repairs: Repairs,
    /// Why the last attempt came to nothing.
    trouble: Option<Trouble>,
    /// A connection of our making is wanted; it is begun when its turn comes.
    waits: bool,
    presence: Option<Presence>,
    pub(crate) picture: Picture,
    /// The sequence number of the last signal taken from the server.
    sequence: u64,
    /// Signals refused: broken seal, replayed, or unreadable.
    refused: u64,
    pub(crate) standing: Standing,
    /// They took another way to us although the link works here: it may not work for them.
    deaf: bool,
    /// They said goodbye.
    pub(crate) gone: bool,
}

impl Peer {
    /// `known` is what is remembered of them: the number of their last signal, and the generation of the last connection.
    pub(crate) fn new(id: PeerId, me: &PeerId, known: (u64, u32), life: Life) -> Self {
        let (sequence, generation) = known;
        Self {
            address: id.clone(),
            id,
            knows_us_as: me.clone(),
            moves_to: None,
            link: Link::Connecting,
            connection: None,
            serving: None,
            generation: life.first_generation().max(generation),
            attempts: 0,
            repairs: Repairs::default(),
            trouble: None,
            waits: false,
            presence: None,
            picture: Picture::Due,
            sequence,
            refused: 0,
            standing: Standing::Listed,
            deaf: false,
            gone: false,
        }
    }

    pub(crate) fn is_absent(&self) -> bool {
        self.standing == Standing::Absent
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.link == Link::Connected
    }

    /// Whether there is no link, and to make one has taken longer than it should.
    pub(crate) fn is_broken(&self) -> bool {
        matches!(self.link, Link::Interrupted | Link::Failed)
    }

    /// Whether there is a link that holds, or may come back by itself or by what is done first.
    pub(crate) fn has_link(&self) -> bool {
        self.is_connected() || (self.link == Link::Interrupted && self.repairs.may_help())
    }

    /// Whether both descriptions are through and ICE or DTLS is at work: the server is not needed any more.
    pub(crate) fn is_coming_up(&self) -> bool {
        self.connection.as_ref().is_some_and(|current| current.state == ConnectionState::Connecting)
    }

    /// What is to be remembered of them: the number of the last signal taken from them, and the greatest generation.
    pub(crate) fn memory(&self) -> (u64, u32) {
        (self.sequence, self.generation)
    }

    /// Whether they can tell us by themselves what the server calls them.
    pub(crate) fn can_announce(&self) -> bool {
        self.is_absent() && self.passes()
    }

    /// Whether they hear what we say directly.
    pub(crate) fn passes(&self) -> bool {
        self.is_connected() && self.control().is_some()
    }

    /// Tells them directly, or hands them a signal of somebody else.
    pub(crate) fn tell(&self, signal: &Signal, out: &mut Outbox) {
        self.send_control(signal, out);
    }

    /// What the server calls them now, if they have just said so.
    pub(crate) fn take_move(&mut self) -> Option<PeerId> {
        self.moves_to.take()
    }

    /// Tells them, if they can be told directly, what the server calls us now.
    pub(crate) fn announce(&mut self, out: &mut Outbox) {
        let moved = out.me.clone().filter(|me| *me != self.knows_us_as && self.control().is_some());
        if let Some(me) = moved {
            self.knows_us_as = me.clone();
            self.send_control(&Signal::Moved { peer: me }, out);
        }
    }

    /// Whether ours is the greater id of the two; both compare the same.
    fn is_greater(&self, out: &Outbox) -> bool {
        out.me.as_ref().is_none_or(|me| *me >= self.address)
    }

    /// They came in after us: greet them and await their offer, with the connection that it will most likely be for.
    pub(crate) fn await_offer(&mut self, out: &mut Outbox) {
        self.send_presence(out);
        if self.connection.is_none() {
            self.reach(self.generation.saturating_add(1), out);
            let greater = !self.is_greater(out);
            self.open(ConnectionId { generation: self.generation, greater }, false, out);
            out.push(Effect::SetTimer { timer: Timer::Establish(self.id.clone()), after: AWAIT_OFFER });
        }
    }

    /// Greets them and wants a connection of our making, in its turn.
    pub(crate) fn wait_for_turn(&mut self, out: &mut Outbox) {
        self.send_presence(out);
        self.waits = true;
    }

    /// Whether a connection of our making is wanted and can be begun.
    pub(crate) fn waits_for_turn(&self) -> bool {
        self.waits && !self.is_absent()
    }

    /// Whether the browser makes the first offer of a connection. One that fails again and again delays nobody.
    pub(crate) fn is_offering(&self) -> bool {
        let connection = self.connection.as_ref();
        self.attempts <= 1 && connection.is_some_and(|current| current.negotiation.is_making_first_offer())
    }

    /// Begins a connection of our own making, in place of any earlier one.
    pub(crate) fn initiate(&mut self, out: &mut Outbox) {
        self.reach(self.generation.saturating_add(1), out);
        let id = ConnectionId { generation: self.generation, greater: self.is_greater(out) };
        self.open(id, true, out);
        // The browser will ask for it, but only once the page has been drawn.
        self.negotiate(id, negotiation::Input::NegotiationNeeded, out);
    }

    /// A connection of this generation is made, or was.
    fn reach(&mut self, generation: u32, out: &mut Outbox) {
        self.generation = generation;
        out.life = out.life.reached(generation);
    }

    /// Tells them, if they can be told directly, that we leave.
    pub(crate) fn say_goodbye(&mut self, out: &mut Outbox) {
        self.send_control(&Signal::Goodbye {}, out);
    }

    /// Closes what is open and stops the timers: they are gone, or we are.
    pub(crate) fn close(&mut self, out: &mut Outbox) {
        for connection in [self.connection.take(), self.serving.take()].into_iter().flatten() {
            self.close_connection(&connection, out);
        }
        out.push(Effect::ClearTimer(Timer::Establish(self.id.clone())));
        out.push(Effect::ClearTimer(Timer::Mend(self.id.clone())));
        out.push(Effect::ClearTimer(Timer::Enlarge(self.id.clone())));
    }

    /// Takes an event of a connection; one of a connection that was closed is late.
    pub(crate) fn on_event(&mut self, id: ConnectionId, event: PeerEvent, out: &mut Outbox) {
        let Some(connection) = self.at(id) else {
            return out.log("late event of a closed connection");
        };
        match event {
            PeerEvent::NegotiationNeeded => self.negotiate(id, negotiation::Input::NegotiationNeeded, out),
            PeerEvent::LocalSet(description) => {
                connection.relayed.ours |= names_relay(&description.sdp);
                self.negotiate(id, negotiation::Input::LocalSet(description), out);
            }
            PeerEvent::RemoteSet => self.negotiate(id, negotiation::Input::RemoteSet, out),
            PeerEvent::LocalCandidate(candidate) => {
                connection.relayed.ours |= names_relay(&candidate.candidate);
                self.negotiate(id, negotiation::Input::LocalCandidate(candidate), out);
            }
            PeerEvent::State(state) => self.on_state(id, state, out),
            PeerEvent::Traffic(traffic) => self.on_traffic(id, traffic, out),
            PeerEvent::ControlOpen => {
                connection.control_open = true;
                self.announce(out);
                self.catch_up(id, out);
                self.hand_over(out);
            }
            PeerEvent::ControlClosed => {
                connection.control_open = false;
                self.interrupt(id, out);
            }
            PeerEvent::Control(text) => self.on_control(&text, out),
            PeerEvent::Track(Source::Microphone | Source::Camera) => connection.brought.stream = true,
            PeerEvent::Track(Source::Screen | Source::ScreenSound) => connection.brought.screen = true,
            PeerEvent::Failed { operation, error } => self.on_failed(id, operation, &error, out),
        }
    }

    /// Lets this track (or none) be sent from now on.
    pub(crate) fn replace_track(&mut self, source: Source, track: Option<TrackId>, out: &mut Outbox) {
        for connection in self.connections() {
            self.command(connection, PeerCommand::ReplaceTrack { source, track }, out);
        }
    }

    fn open(&mut self, id: ConnectionId, initiator: bool, out: &mut Outbox) {
        if let Some(last) = self.connection.take() {
            let closed = if last.has_carried() { self.serving.replace(last) } else { Some(last) };
            if let Some(closed) = closed {
                self.close_connection(&closed, out);
            }
        }
        self.waits = false;
        self.attempts = self.attempts.saturating_add(1);
        self.connection = Some(Connection::new(id, initiator));
        // Whatever has failed so far, the relay alone is something else.
        let relay_only = initiator && self.attempts.is_multiple_of(2) && out.has_relay();
        out.push(Effect::OpenPeer {
            peer: self.id.clone(),
            connection: id,
            initiator,
            ice: IceConfig { servers: out.ice.clone(), relay_only },
            tracks: out.tracks.clone(),
        });
        self.arm_establish(out);
    }

    fn close_connection(&self, connection: &Connection, out: &mut Outbox) {
        out.push(Effect::ClosePeer { peer: self.id.clone(), connection: connection.id });
    }

    fn on_failed(&mut self, id: ConnectionId, operation: Operation, error: &str, out: &mut Outbox) {
        out.log(format!("{operation:?} of connection {} failed: {error}", id.generation));
        match operation {
            Operation::ReplaceTrack | Operation::SendControl => {}
            Operation::Open | Operation::SetLocal | Operation::SetRemote => {
                let newest = self.connection.as_ref().is_some_and(|newest| newest.id == id);
                let known = self.at(id).is_none_or(|spoiled| std::mem::replace(&mut spoiled.spoiled, true));
                if newest && !known {
                    self.replace_spoiled(out);
                }
            }
        }
    }

    fn command(&self, connection: ConnectionId, command: PeerCommand, out: &mut Outbox) {
        out.push(Effect::Peer { peer: self.id.clone(), connection, command });
    }

    /// The connection of this id, if it is open.
    fn at(&mut self, id: ConnectionId) -> Option<&mut Connection> {
        [&mut self.connection, &mut self.serving].into_iter().flatten().find(|connection| connection.id == id)
    }

    /// The ids of what is open, newest first.
    fn connections(&self) -> impl Iterator<Item = ConnectionId> + use<> {
        [&self.connection, &self.serving].map(|slot| slot.as_ref().map(|open| open.id)).into_iter().flatten()
    }

    /// The connection whose control channel takes messages: best one that carries, and of these the newest.
    fn control(&self) -> Option<ConnectionId> {
        let open = || [&self.connection, &self.serving].into_iter().flatten().filter(|it| it.control_open);
        open().find(|it| it.carries()).or_else(|| open().next()).map(|it| it.id)
    }

    fn send_control(&self, signal: &Signal, out: &mut Outbox) {
        if let Some(connection) = self.control() {
            self.command(connection, PeerCommand::SendControl(signal.encode()), out);
        }
    }
}
