//! The server: its real `Rooms`, and a model of sockets and tokens around it.

use std::collections::HashMap;

use serde_json::{Value, json};
use visavis_protocol::{
    ClientEvent, ErrorCode, HostToken, Ice, Join, Joined, Limits, PeerId, Refusal, Reply, ServerEvent, Token,
};
use visavis_server::rooms::{Absence, Arrival, ConnectionId, HostError, JoinError, Rooms, SignalError};

use super::random::Random;

#[derive(Debug)]
pub(crate) struct Server {
    rooms: Rooms,
    tokens: HashMap<PeerId, Token>,
    /// Which host tokens it believes.
    key: [u8; 32],
    joins: u64,
    pub(crate) absences: Vec<Absence>,
}

/// Events for sockets, in order.
pub(crate) type Outgoing = Vec<(ConnectionId, ServerEvent)>;

impl Server {
    pub(crate) fn new() -> Self {
        Self { rooms: Rooms::new(8), tokens: HashMap::new(), key: [0; 32], joins: 0, absences: Vec::new() }
    }

    /// Another one, which knows nobody, and believes no token.
    pub(crate) fn replace(&mut self) {
        let mut key = self.key;
        key[0] = key[0].wrapping_add(1);
        *self = Self { key, ..Self::new() };
    }

    /// The same without its memory, but with its key.
    pub(crate) fn restart(&mut self) {
        self.rooms = Rooms::new(8);
        self.absences.clear();
    }

    pub(crate) fn handle(
        &mut self,
        from: ConnectionId,
        event: ClientEvent,
        random: &mut Random,
    ) -> (Value, Outgoing) {
        match event {
            ClientEvent::Join(join) => match self.join(from, join, random) {
                Ok((joined, outgoing)) => (ok(&joined), outgoing),
                Err(code) => (refusal(code), Vec::new()),
            },
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
            ClientEvent::Card(card) => match self.rooms.set_card(from, card) {
                Ok(()) => (json!({"ok": null}), Vec::new()),
                Err(_) => (refusal(ErrorCode::NotJoined), Vec::new()),
            },
            ClientEvent::Look(room) => (ok(&self.rooms.look(&room)), Vec::new()),
            ClientEvent::Lock(locked) => hosted(self.rooms.lock(from, locked)),
            ClientEvent::Remove(peer) => {
                hosted(self.rooms.remove(from, &peer).map(|removal| removal.outgoing))
            }
        }
    }

    fn join(
        &mut self,
        from: ConnectionId,
        join: Join,
        random: &mut Random,
    ) -> Result<(Joined, Outgoing), ErrorCode> {
        let resumes = join.resume.is_some();
        let peer = match join.resume {
            Some(resume) if self.tokens.get(&resume.peer) == Some(&resume.token) => resume.peer,
            Some(_) => return Err(ErrorCode::BadToken),
            None => PeerId::from_bytes(random.bytes()),
        };
        let token =
            self.tokens.entry(peer.clone()).or_insert_with(|| Token::from_bytes(random.bytes())).clone();
        self.joins += 1;
        let host_token = join.host_token.filter(|token| *token == self.host_token(token.since().unwrap()));
        let arrival = Arrival {
            resumes,
            hosts_since: host_token.and_then(|token| token.since()),
            makes_at: (!resumes && !join.returns).then_some(self.joins),
            ..Arrival::new(from, peer.clone())
        };
        let admission = self.rooms.admit(&join.room, arrival).map_err(|error| match error {
            JoinError::AlreadyJoined => ErrorCode::AlreadyJoined,
            JoinError::Removed => ErrorCode::Removed,
            JoinError::RoomLocked => ErrorCode::RoomLocked,
            JoinError::RoomFull | JoinError::TooManyRooms | JoinError::TooManySeats => ErrorCode::RoomFull,
        })?;
        let joined = Joined {
            peer,
            token,
            peers: admission.peers,
            ice: Ice::default(),
            limits: Limits::default(),
            host: admission.host,
            host_token: admission.hosts_since.map(|since| self.host_token(since)),
            locked: admission.locked,
        };
        Ok((joined, admission.outgoing))
    }

    fn host_token(&self, since: u64) -> HostToken {
        HostToken::new(since, self.key)
    }

    pub(crate) fn lost(&mut self, connection: ConnectionId) {
        self.absences.extend(self.rooms.lost(connection));
    }

    pub(crate) fn grace_expired(&mut self, index: usize) -> Outgoing {
        let absence = self.absences.swap_remove(index);
        self.rooms.grace_expired(&absence)
    }
}

fn hosted(told: Result<Outgoing, HostError>) -> (Value, Outgoing) {
    match told {
        Ok(outgoing) => (json!({"ok": null}), outgoing),
        Err(HostError::NotJoined) => (refusal(ErrorCode::NotJoined), Vec::new()),
        Err(HostError::NotHost) => (refusal(ErrorCode::NotHost), Vec::new()),
        Err(HostError::NoSuchPeer) => (refusal(ErrorCode::PeerGone), Vec::new()),
    }
}

fn ok<T: serde::Serialize>(value: &T) -> Value {
    json!({"ok": value})
}

fn refusal(code: ErrorCode) -> Value {
    serde_json::to_value(Reply::<()>::Error(Refusal::new(code, "no"))).unwrap()
}
