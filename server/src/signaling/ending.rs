//! How sockets end: lost, slow, flooding, replaced, or because the server shuts down.

use std::sync::{Arc, Weak};
use std::time::Duration;

use serde::Serialize;
use socketioxide::extract::{AckSender, SocketRef};
use socketioxide::operators::BroadcastOperators;
use socketioxide::socket::Sid;
use visavis_protocol::{Reply, ServerEvent};

use super::hub::Line;
use super::{Guest, Signaling};
use crate::rooms::ConnectionId;

/// How long a socket that was replaced may take to close by itself.
const LINGER: Duration = Duration::from_secs(1);
/// How often the lines are checked against the sessions.
const SWEEP: Duration = Duration::from_secs(30);

impl Signaling {
    /// Tells every socket to come back in a while, and admits no one from now on.
    pub(crate) fn announce_closing(&self) {
        let mut hub = self.hub();
        hub.closing = true;
        for socket in self.io.of("/").map(BroadcastOperators::sockets).unwrap_or_default() {
            let event = ServerEvent::Closing(return_after());
            // Who cannot be told learns it when the connection ends.
            socket.emit(event.name(), &event.payload()).ok();
        }
    }

    /// Ends every session.
    pub(crate) async fn close(&self) {
        self.io.close().await;
    }

    pub(super) fn answer<T: Serialize>(
        self: &Arc<Self>,
        guest: &Guest,
        socket: &SocketRef,
        ack: AckSender,
        reply: &Reply<T>,
    ) {
        if ack.send(reply).is_err() {
            tracing::warn!(connection = guest.connection.0, "socket does not read its answers: disconnected");
            self.cut(guest, socket);
        }
    }

    /// Ends a socket that misbehaves, at once.
    pub(super) fn cut(self: &Arc<Self>, guest: &Guest, socket: &SocketRef) {
        guest.session.cut();
        socket.clone().disconnect().ok();
        // If the queue was full, it was not disconnected.
        self.on_lost(guest.connection);
    }

    /// Ends the sockets that do not read what is sent to them: to drop a message would break their call in silence.
    pub(super) fn disconnect_slow(self: &Arc<Self>, slow: &[ConnectionId]) {
        for connection in slow {
            let line = self.hub().lines.remove(connection);
            tracing::warn!(connection = connection.0, "slow reader: disconnected");
            if let Some(session) = line.and_then(|line| line.session.upgrade()) {
                session.cut();
            }
            // Socket.IO notices later, and cannot tell the client: its queue is full.
            self.on_lost(*connection);
        }
    }

    /// Ends a socket whose peer has come back on another one.
    pub(super) fn dismiss(&self, line: Line) {
        if let Some(socket) = self.socket(line.sid) {
            socket.disconnect().ok();
        }
        tokio::spawn(async move {
            tokio::time::sleep(LINGER).await;
            if let Some(session) = line.session.upgrade() {
                session.cut();
            }
        });
    }

    /// A last resort: whose session is gone is lost, even if Socket.IO never said so.
    pub(super) async fn sweep(signaling: Weak<Self>) {
        let mut ticks = tokio::time::interval(SWEEP);
        loop {
            ticks.tick().await;
            let Some(signaling) = signaling.upgrade() else { return };
            let dead: Vec<_> = signaling
                .hub()
                .lines
                .iter()
                .filter(|(_, line)| line.session.strong_count() == 0)
                .map(|(connection, _)| *connection)
                .collect();
            for connection in dead {
                signaling.on_lost(connection);
            }
        }
    }

    pub(super) fn on_lost(self: &Arc<Self>, connection: ConnectionId) {
        let mut hub = self.hub();
        hub.lines.remove(&connection);
        let Some(absence) = hub.rooms.lost(connection) else { return };
        drop(hub);
        tracing::info!(connection = connection.0, "peer away");
        let signaling = Arc::downgrade(self);
        let grace = self.grace;
        tokio::spawn(async move {
            tokio::time::sleep(grace).await;
            let Some(signaling) = signaling.upgrade() else { return };
            let mut hub = signaling.hub();
            let outgoing = hub.rooms.grace_expired(&absence);
            let slow = hub.send(&signaling.io, outgoing);
            drop(hub);
            signaling.disconnect_slow(&slow);
        });
    }

    fn socket(&self, sid: Sid) -> Option<SocketRef> {
        self.io.of("/")?.get_socket(sid)
    }
}

/// When a client should come back, in milliseconds: spread out, so that they do not all come at once.
fn return_after() -> u32 {
    500 + getrandom::u32().unwrap_or_default() % 1500
}
