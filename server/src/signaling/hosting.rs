//! What only the host of a room may ask for.

use std::sync::Arc;

use socketioxide::extract::{AckSender, SocketRef};
use visavis_protocol::{PeerId, Reply};

use super::{Guest, Signaling, refusals};
use crate::rooms::{HostError, Outgoing};

impl Signaling {
    pub(super) fn on_lock(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, locked: bool, ack: AckSender) {
        let mut hub = self.hub();
        let told = hub.rooms.lock(guest.connection, locked);
        let (reply, outgoing) = answer(told);
        let slow = hub.send(&self.io, outgoing);
        drop(hub);
        self.answer(guest, socket, ack, &reply);
        self.disconnect_slow(&slow);
    }

    pub(super) fn on_remove(
        self: &Arc<Self>,
        guest: &Guest,
        socket: &SocketRef,
        peer: &PeerId,
        ack: AckSender,
    ) {
        let mut hub = self.hub();
        let removal = hub.rooms.remove(guest.connection, peer);
        let removed = removal.as_ref().ok().and_then(|removal| removal.removed);
        let (reply, outgoing) = answer(removal.map(|removal| removal.outgoing));
        let slow = hub.send(&self.io, outgoing);
        if let Some(removed) = removed {
            // Its socket stays connected, as one does that has left.
            hub.lines.remove(&removed);
        }
        drop(hub);
        tracing::info!(
            connection = guest.connection.0,
            refused = matches!(reply, Reply::Error(_)),
            "host removes"
        );
        self.answer(guest, socket, ack, &reply);
        self.disconnect_slow(&slow);
    }
}

fn answer(told: Result<Vec<Outgoing>, HostError>) -> (Reply<()>, Vec<Outgoing>) {
    match told {
        Ok(outgoing) => (Reply::Ok(()), outgoing),
        Err(error) => (Reply::Error(refusals::not_hosted(error)), Vec::new()),
    }
}
