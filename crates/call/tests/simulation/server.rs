//! The server: its real `Rooms`, and a model of sockets and tokens around it.

use std::collections::HashMap;

use serde_json::{Value, json};
use visavis_protocol::{
    ClientEvent, ErrorCode, Ice, Joined, Limits, PeerId, Refusal, Reply, ServerEvent, Token,
};
use visavis_server::rooms::{Absence, ConnectionId, JoinError, Rooms, SignalError};

use super::random::Random;

#[derive(Debug)]
pub(crate) struct Server {
    rooms: Rooms,
    tokens: HashMap<PeerId, Token>,
    pub(crate) absences: Vec<Absence>,
}

/// Events for sockets, in order.
pub(crate) type Outgoing = Vec<(ConnectionId, ServerEvent)>;

impl Server {
    pub(crate) fn new() -> Self {
        Self { rooms: Rooms::new(8), tokens: HashMap::new(), absences: Vec::new() }
    }

    pub(crate) fn handle(
        &mut self,
        from: ConnectionId,
        event: ClientEvent,
        random: &mut Random,
    ) -> (Value, Outgoing) {
        match event {
            ClientEvent::Join(join) => {
                let peer = match join.resume {
                    Some(resume) if self.tokens.get(&resume.peer) == Some(&resume.token) => resume.peer,
                    Some(_) => return (refusal(ErrorCode::BadToken), Vec::new()),
                    None => PeerId::from_bytes(random.bytes()),
                };
                let token =
                    self.tokens.entry(peer.clone()).or_insert_with(|| Token::from_bytes(random.bytes()));
                match self.rooms.join(from, &join.room, &peer) {
                    Ok(admission) => {
                        let joined = Joined {
                            peer,
                            token: token.clone(),
                            peers: admission.peers,
                            ice: Ice::default(),
                            limits: Limits::default(),
                        };
                        (ok(&joined), admission.outgoing)
                    }
                    Err(JoinError::AlreadyJoined) => (refusal(ErrorCode::AlreadyJoined), Vec::new()),
                    Err(JoinError::RoomFull | JoinError::TooManyRooms | JoinError::TooManySeats) => {
                        (refusal(ErrorCode::RoomFull), Vec::new())
                    }
                }
            }
            ClientEvent::Signal(signal) => match self.rooms.signal(from, signal) {
                Ok(relay) => (ok(&relay.delivery), relay.outgoing.into_iter().collect()),
                Err(SignalError::NotJoined) => (refusal(ErrorCode::NotJoined), Vec::new()),
                Err(SignalError::NoSuchPeer) => (refusal(ErrorCode::PeerGone), Vec::new()),
            },
            ClientEvent::Ice => (ok(&Ice::default()), Vec::new()),
            ClientEvent::Leave => match self.rooms.leave(from) {
                Ok(outgoing) => (json!({"ok": null}), outgoing),
                Err(_) => (refusal(ErrorCode::NotJoined), Vec::new()),
            },
        }
    }

    pub(crate) fn lost(&mut self, connection: ConnectionId) {
        self.absences.extend(self.rooms.lost(connection));
    }

    pub(crate) fn grace_expired(&mut self, index: usize) -> Outgoing {
        let absence = self.absences.swap_remove(index);
        self.rooms.grace_expired(&absence)
    }
}

fn ok<T: serde::Serialize>(value: &T) -> Value {
    json!({"ok": value})
}

fn refusal(code: ErrorCode) -> Value {
    serde_json::to_value(Reply::<()>::Error(Refusal::new(code, "no"))).unwrap()
}
