//! One other participant: the connection to them, how it does, and what they said of themselves.
//!
//! ```text
//!                 connected                    disconnected, channel closed
//!   Connecting ────────────────► Connected ────────────────────────────────► Interrupted
//!       ▲  │ time-out                ▲                                      restart │ │ failed
//!       │  └─► Failed                └──────────────────────────────────────────────┘ │
//!       └───────┴──────────────── a newer connection ◄────────────────────────────────┘
//! ```
//!
//! The newcomer begins the first connection. When a link cannot be made or mended, either side begins a newer one;
//! of two begun at once the greater [`ConnectionId`] stays.

mod healing;
mod signaling;

use visavis_protocol::PeerId;

use self::healing::AWAIT_OFFER;
use crate::effect::{Effect, Mark, PeerCommand, Timer};
use crate::input::{ConnectionId, ConnectionState, DeviceKind, Operation, PeerEvent, TrackId};
use crate::negotiation::{self, Negotiation, Role};
use crate::outbox::Outbox;
use crate::signal::{Presence, Signal};
use crate::view::{Link, StreamId, TileView};

/// More connections than two peers make in a lifetime; a number beyond it is made up.
const MOST_GENERATION: u32 = u32::MAX / 2;

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
    connection: Option<Connection>,
    /// The greatest generation of any connection seen or made.
    generation: u32,
    /// Links begun since the last one that came up.
    attempts: u32,
    /// A connection of our making is wanted; it is begun when its turn comes.
    waits: bool,
    presence: Option<Presence>,
    /// The sequence number of the last signal taken from the server.
    sequence: u64,
    /// Signals refused: broken seal, replayed, or unreadable.
    refused: u64,
    /// The server no longer lists them, yet the link holds.
    pub(crate) absent: bool,
    /// They said goodbye.
    pub(crate) gone: bool,
}

#[derive(Debug)]
struct Connection {
    id: ConnectionId,
    negotiation: Negotiation,
    state: ConnectionState,
    control_open: bool,
    has_stream: bool,
    /// Bytes received so far, and for how many seconds that has not changed.
    received: u64,
    still: u32,
}

impl Peer {
    /// `sequence` is the number of the last signal known of them, 0 for somebody new.
    pub(crate) fn new(id: PeerId, me: &PeerId, sequence: u64) -> Self {
        Self {
            address: id.clone(),
            id,
            knows_us_as: me.clone(),
            moves_to: None,
            link: Link::Connecting,
            connection: None,
            generation: 0,
            attempts: 0,
            waits: false,
            presence: None,
            sequence,
            refused: 0,
            absent: false,
            gone: false,
        }
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.link == Link::Connected
    }

    /// Whether there is a link that holds or may come back by itself.
    pub(crate) fn has_link(&self) -> bool {
        matches!(self.link, Link::Connected | Link::Interrupted)
    }

    /// Whether both descriptions are through and ICE or DTLS is at work: the server is not needed any more.
    pub(crate) fn is_coming_up(&self) -> bool {
        self.connection.as_ref().is_some_and(|current| current.state == ConnectionState::Connecting)
    }

    /// What must be known of them when they are gone: the last signal, if there was one.
    pub(crate) fn remembered(&self) -> Option<(PeerId, u64)> {
        (self.sequence > 0).then(|| (self.address.clone(), self.sequence))
    }

    /// Whether they can tell us by themselves what the server calls them.
    pub(crate) fn can_announce(&self) -> bool {
        self.absent && self.is_connected() && self.control_open()
    }

    /// What the server calls them now, if they have just said so.
    pub(crate) fn take_move(&mut self) -> Option<PeerId> {
        self.moves_to.take()
    }

    /// Tells them, if they can be told directly, what the server calls us now.
    pub(crate) fn announce(&mut self, out: &mut Outbox) {
        let moved = out.me.clone().filter(|me| *me != self.knows_us_as && self.control_open());
        if let Some(me) = moved {
            self.knows_us_as = me.clone();
            self.command(PeerCommand::SendControl(Signal::Moved { peer: me }.encode()), out);
        }
    }

    /// Who of us two gives way when both offer; both compare the same two ids.
    fn role(&self, out: &Outbox) -> Role {
        if out.me.as_ref().is_some_and(|me| *me < self.address) { Role::Polite } else { Role::Impolite }
    }

    pub(crate) fn tile(&self) -> TileView {
        let presence = self.presence.as_ref();
        let stream = self.connection.as_ref().filter(|connection| connection.has_stream);
        TileView {
            peer: self.id.clone(),
            name: presence.map(|presence| presence.name.clone()).unwrap_or_default(),
            is_self: false,
            link: self.link,
            microphone: presence.is_some_and(|presence| presence.microphone),
            camera: presence.is_some_and(|presence| presence.camera),
            stream: stream.map(|connection| StreamId::Remote(self.id.clone(), connection.id)),
        }
    }

    /// They came in after us: greet them and await their offer, with the connection that it will most likely be for.
    pub(crate) fn await_offer(&mut self, out: &mut Outbox) {
        self.send_presence(out);
        if self.connection.is_none() {
            self.generation = self.generation.saturating_add(1);
            let impolite = self.role(out) == Role::Polite;
            self.open(ConnectionId { generation: self.generation, impolite }, false, out);
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
        self.waits && !self.absent
    }

    /// Whether the browser makes the first offer of a connection. One that fails again and again delays nobody.
    pub(crate) fn is_offering(&self) -> bool {
        let connection = self.connection.as_ref();
        self.attempts <= 1 && connection.is_some_and(|current| current.negotiation.is_making_first_offer())
    }

    /// Begins a connection of our own making, in place of any earlier one.
    pub(crate) fn initiate(&mut self, out: &mut Outbox) {
        self.generation = self.generation.saturating_add(1);
        let id = ConnectionId { generation: self.generation, impolite: self.role(out) == Role::Impolite };
        self.open(id, true, out);
        // The browser will ask for it, but only once the page has been drawn.
        self.negotiate(negotiation::Input::NegotiationNeeded, out);
    }

    /// Tells them, if they can be told directly, that we leave.
    pub(crate) fn say_goodbye(&mut self, out: &mut Outbox) {
        if self.control_open() {
            self.command(PeerCommand::SendControl(Signal::Goodbye {}.encode()), out);
        }
    }

    /// Closes the connection and stops the timers: they are gone, or we are.
    pub(crate) fn close(&mut self, out: &mut Outbox) {
        self.close_connection(out);
        out.push(Effect::ClearTimer(Timer::Establish(self.id.clone())));
        out.push(Effect::ClearTimer(Timer::Mend(self.id.clone())));
        out.push(Effect::ClearTimer(Timer::Enlarge(self.id.clone())));
    }

    /// Takes an event of a connection; one of an earlier connection is late.
    pub(crate) fn on_event(&mut self, connection: ConnectionId, event: PeerEvent, out: &mut Outbox) {
        if self.connection.as_ref().is_none_or(|current| current.id != connection) {
            return out.log("late event of a closed connection");
        }
        match event {
            PeerEvent::NegotiationNeeded => self.negotiate(negotiation::Input::NegotiationNeeded, out),
            PeerEvent::LocalSet(it) => self.negotiate(negotiation::Input::LocalSet(it), out),
            PeerEvent::RemoteSet => self.negotiate(negotiation::Input::RemoteSet, out),
            PeerEvent::LocalCandidate(it) => self.negotiate(negotiation::Input::LocalCandidate(it), out),
            PeerEvent::State(state) => self.on_state(state, out),
            PeerEvent::Traffic(received) => self.on_traffic(received, out),
            PeerEvent::ControlOpen => {
                self.set_control(true);
                self.announce(out);
                self.send_presence(out);
            }
            PeerEvent::ControlClosed => {
                self.set_control(false);
                self.interrupt(out);
            }
            PeerEvent::Control(text) => match Signal::decode(text.as_bytes()) {
                Some(Signal::Moved { peer }) => self.moves_to = Some(peer),
                Some(signal) => self.on_signal(signal, out),
                None => self.refuse(out),
            },
            PeerEvent::Track(_) => {
                if let Some(current) = &mut self.connection {
                    current.has_stream = true;
                }
            }
            PeerEvent::Failed { operation, error } => self.on_failed(operation, &error, out),
        }
    }

    /// Lets this track (or none) be sent from now on.
    pub(crate) fn replace_track(&mut self, kind: DeviceKind, track: Option<TrackId>, out: &mut Outbox) {
        self.command(PeerCommand::ReplaceTrack { kind, track }, out);
    }

    fn open(&mut self, id: ConnectionId, initiator: bool, out: &mut Outbox) {
        self.close_connection(out);
        self.waits = false;
        if self.is_connected() {
            self.link = Link::Interrupted;
            out.push(Effect::Mark(Mark::LinkInterrupted));
        }
        let negotiation = Negotiation::new(self.role(out), initiator);
        let state = ConnectionState::New;
        self.connection = Some(Connection {
            id,
            negotiation,
            state,
            control_open: false,
            has_stream: false,
            received: 0,
            still: 0,
        });
        out.push(Effect::OpenPeer {
            peer: self.id.clone(),
            connection: id,
            initiator,
            ice: out.ice.clone(),
            tracks: out.tracks.clone(),
        });
        self.attempts = self.attempts.saturating_add(1);
        self.arm_establish(out);
    }

    fn close_connection(&mut self, out: &mut Outbox) {
        if let Some(current) = self.connection.take() {
            out.push(Effect::ClosePeer { peer: self.id.clone(), connection: current.id });
        }
    }

    fn on_failed(&mut self, operation: Operation, error: &str, out: &mut Outbox) {
        out.log(format!("{operation:?} failed: {error}"));
        match operation {
            Operation::ReplaceTrack | Operation::SendControl => {}
            Operation::Open | Operation::SetLocal | Operation::SetRemote => self.begin_anew(out),
        }
    }

    fn command(&self, command: PeerCommand, out: &mut Outbox) {
        if let Some(current) = &self.connection {
            out.push(Effect::Peer { peer: self.id.clone(), connection: current.id, command });
        }
    }

    fn control_open(&self) -> bool {
        self.connection.as_ref().is_some_and(|current| current.control_open)
    }

    fn set_control(&mut self, open: bool) {
        if let Some(current) = &mut self.connection {
            current.control_open = open;
        }
    }
}
