//! The state under the lock of the signalling, and the sending that must happen under it.

use std::collections::HashMap;
use std::sync::{Arc, Weak};

use socketioxide::SocketIo;
use socketioxide::socket::Sid;
use visavis_protocol::ServerEvent;

use crate::rooms::{ConnectionId, Outgoing, Rooms};
use crate::session::{Backlog, Session};

/// What the lock holds.
#[derive(Debug)]
pub(super) struct Hub {
    pub(super) rooms: Rooms,
    pub(super) lines: HashMap<ConnectionId, Line>,
    pub(super) closing: bool,
}

/// The way to the socket of a peer in a room.
#[derive(Debug)]
pub(super) struct Line {
    pub(super) sid: Sid,
    pub(super) session: Weak<Session>,
    backlog: Backlog,
}

impl Line {
    /// The way to this socket of this session.
    pub(super) fn new(sid: Sid, session: &Arc<Session>) -> Self {
        Self { sid, session: Arc::downgrade(session), backlog: Backlog::default() }
    }
}

impl Hub {
    /// No one is connected yet.
    pub(super) fn new(rooms: Rooms) -> Self {
        Self { rooms, lines: HashMap::new(), closing: false }
    }

    /// Enqueues events in order; names the sockets that do not keep up.
    pub(super) fn send(
        &mut self,
        io: &SocketIo,
        outgoing: impl IntoIterator<Item = Outgoing>,
    ) -> Vec<ConnectionId> {
        let mut slow = Vec::new();
        for (connection, event) in outgoing {
            let Some(line) = self.lines.get_mut(&connection) else { continue };
            let socket = io.of("/").and_then(|all| all.get_socket(line.sid));
            let written = line.session.upgrade().map(|session| session.written());
            let kept_up = written.is_none_or(|written| line.backlog.queue(least_bytes(&event), written));
            let sent = kept_up && socket.is_some_and(|s| s.emit(event.name(), &event.payload()).is_ok());
            if !sent {
                slow.push(connection);
            }
        }
        slow
    }
}

/// A lower bound of an event's size on the wire.
fn least_bytes(event: &ServerEvent) -> u64 {
    match event {
        ServerEvent::Signal(signal) => 60 + signal.payload.len() as u64,
        ServerEvent::PeerJoined(_) | ServerEvent::PeerLeft(..) => 40,
        ServerEvent::Host(_) | ServerEvent::Locked(_) | ServerEvent::Removed | ServerEvent::Closing(_) => 15,
    }
}
