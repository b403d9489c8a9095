//! Who is in a room, for those who are about to come in.

use std::sync::Arc;

use socketioxide::extract::{AckSender, SocketRef};
use visavis_protocol::{Reply, RoomId, limits};

use super::{Guest, Signaling, refusals};
use crate::rooms::NotJoined;

impl Signaling {
    pub(super) fn on_card(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, card: String, ack: AckSender) {
        let reply = if card.len() > limits::CARD_CHARS {
            Reply::Error(refusals::too_large(limits::CARD_CHARS))
        } else {
            let set = self.hub().rooms.set_card(guest.connection, card);
            set.map_err(|NotJoined| refusals::not_joined()).into()
        };
        self.answer(guest, socket, ack, &reply);
    }

    pub(super) fn on_look(
        self: &Arc<Self>,
        guest: &Guest,
        socket: &SocketRef,
        room: &RoomId,
        ack: AckSender,
    ) {
        let inside = self.hub().rooms.look(room);
        self.answer(guest, socket, ack, &Reply::Ok(inside));
    }
}
