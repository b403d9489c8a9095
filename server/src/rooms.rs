//! Who is in which room, and who hears what: pure.
//!
//! Every method takes what happened and hands out what follows: the answer to the one who asked and the events for the
//! others, in the order in which they must be sent. There is no clock, no randomness and no network in here: peer ids
//! are minted and tokens checked outside, and the end of a grace period is an input like any other.
//!
//! ```text
//!             join                lost                   grace_expired
//!   (absent) ──────► present ───────────► away ─────────────────────────► (absent)
//!       ▲               │  ▲               │                 peer-left: lost
//!       └───────────────┘  └───────────────┘
//!     leave: peer-left       join again: silent
//! ```

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use visavis_protocol::{Delivery, LeftReason, PeerId, RoomId, ServerEvent, SignalIn, SignalOut};

/// One socket of one client, as long as it is connected. The caller never uses a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// An event and the socket it goes to.
pub type Outgoing = (ConnectionId, ServerEvent);

/// A join that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The other peers of the room, in the order in which they came, those who are away included.
    pub peers: Vec<PeerId>,
    /// The older socket of the same peer: it has lost its seat, so disconnect it.
    pub replaced: Option<ConnectionId>,
    /// What the others hear of it: nothing if the peer was known.
    pub outgoing: Vec<Outgoing>,
}

/// Why a join was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// This socket is in a room already, as another peer or in another room.
    #[error("this socket has joined already")]
    AlreadyJoined,
    /// The room holds as many peers as it may.
    #[error("the room is full")]
    RoomFull,
    /// The server holds as many rooms as it may.
    #[error("there are too many rooms")]
    TooManyRooms,
    /// Those who came from the same host hold as many seats as one host may, in all rooms and away included.
    #[error("there are too many peers from this host")]
    TooManySeats,
}

/// A request that only a peer in a room can make came from a socket that is in none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("this socket has not joined a room")]
pub struct NotJoined;

/// Why a signal was not relayed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum SignalError {
    /// The sender is in no room.
    #[error("this socket has not joined a room")]
    NotJoined,
    /// No other peer of the sender's room has this id.
    #[error("no such peer in this room")]
    NoSuchPeer,
}

/// The fate of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// What the sender is told.
    pub delivery: Delivery,
    /// The signal for the receiver, if it is present.
    pub outgoing: Option<Outgoing>,
}

/// A peer whose socket was lost: hand it to [`Rooms::grace_expired`] when the grace period is over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    room: RoomId,
    peer: PeerId,
    number: u64,
}

/// All rooms of a server.
#[derive(Debug)]
pub struct Rooms {
    capacity: usize,
    bound: usize,
    members: HashMap<RoomId, Vec<Member>>,
    seats: HashMap<ConnectionId, Seat>,
    absences: u64,
    most_seats: u32,
    hosts: HashMap<IpAddr, u32>,
}

#[derive(Debug)]
struct Seat {
    room: RoomId,
    peer: PeerId,
}

#[derive(Debug)]
struct Member {
    peer: PeerId,
    presence: Presence,
    /// Where it first came from: its seat counts there until it has left, wherever it comes back from.
    host: Option<IpAddr>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Presence {
    Here(ConnectionId),
    /// The number tells this absence from an earlier one of the same peer.
    Away(u64),
}

impl Rooms {
    /// No room yet; each may hold so many peers, and one at least.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            bound: usize::MAX,
            members: HashMap::new(),
            seats: HashMap::new(),
            absences: 0,
            most_seats: u32::MAX,
            hosts: HashMap::new(),
        }
    }

    /// The same with a bound on the number of rooms.
    #[must_use]
    pub fn with_most_rooms(mut self, most_rooms: usize) -> Self {
        self.bound = most_rooms;
        self
    }

    /// The same with a bound on the seats of one host.
    #[must_use]
    pub fn with_most_seats_per_host(mut self, most_seats: u32) -> Self {
        self.most_seats = most_seats;
        self
    }

    /// As [`Rooms::join_from`], from a host that is not known.
    pub fn join(
        &mut self,
        connection: ConnectionId,
        room: &RoomId,
        peer: &PeerId,
    ) -> Result<Admission, JoinError> {
        self.join_from(None, connection, room, peer)
    }

    /// A socket enters a room as this peer: a newly minted one, or one whose token was found good.
    ///
    /// A peer that the room knows always fits and nobody hears of it. Any other peer counts against the capacity
    /// and is announced, also when it comes back after the room forgot it.
    pub fn join_from(
        &mut self,
        host: Option<IpAddr>,
        connection: ConnectionId,
        room: &RoomId,
        peer: &PeerId,
    ) -> Result<Admission, JoinError> {
        if self.seats.get(&connection).is_some_and(|seat| seat.room != *room || seat.peer != *peer) {
            return Err(JoinError::AlreadyJoined);
        }
        if !self.members.contains_key(room) && self.members.len() >= self.bound {
            return Err(JoinError::TooManyRooms);
        }
        let is_known = self.members.get(room).is_some_and(|members| members.iter().any(|m| m.peer == *peer));
        if !is_known && host.is_some_and(|host| self.held_by(host) >= self.most_seats) {
            return Err(JoinError::TooManySeats);
        }
        let members = self.members.entry(room.clone()).or_default();
        let (mut replaced, mut outgoing) = (None, Vec::new());
        if let Some(member) = members.iter_mut().find(|member| member.peer == *peer) {
            if let Presence::Here(older) = member.presence
                && older != connection
            {
                self.seats.remove(&older);
                replaced = Some(older);
            }
            member.presence = Presence::Here(connection);
        } else if members.len() < self.capacity {
            outgoing = tell(members, &ServerEvent::PeerJoined(peer.clone()));
            members.push(Member { peer: peer.clone(), presence: Presence::Here(connection), host });
            if let Some(host) = host {
                *self.hosts.entry(host).or_default() += 1;
            }
        } else {
            return Err(JoinError::RoomFull);
        }
        let peers = members.iter().filter(|m| m.peer != *peer).map(|m| m.peer.clone()).collect();
        self.seats.insert(connection, Seat { room: room.clone(), peer: peer.clone() });
        Ok(Admission { peers, replaced, outgoing })
    }

    /// A socket passes a payload to another peer of its room.
    pub fn signal(&self, connection: ConnectionId, signal: SignalOut) -> Result<Relay, SignalError> {
        let seat = self.seats.get(&connection).ok_or(SignalError::NotJoined)?;
        let receiver = self
            .members
            .get(&seat.room)
            .and_then(|members| members.iter().find(|member| member.peer == signal.to))
            .filter(|member| member.peer != seat.peer)
            .ok_or(SignalError::NoSuchPeer)?;
        Ok(match receiver.presence {
            Presence::Here(to) => {
                let SignalOut { seq, payload, .. } = signal;
                let event = ServerEvent::Signal(SignalIn { from: seat.peer.clone(), seq, payload });
                Relay { delivery: Delivery::Delivered, outgoing: Some((to, event)) }
            }
            Presence::Away(_) => Relay { delivery: Delivery::Gone, outgoing: None },
        })
    }

    /// A peer leaves for good; the socket may join another room.
    pub fn leave(&mut self, connection: ConnectionId) -> Result<Vec<Outgoing>, NotJoined> {
        let Seat { room, peer } = self.seats.remove(&connection).ok_or(NotJoined)?;
        Ok(self.remove(&room, &peer, LeftReason::Left))
    }

    /// A socket is gone without a word. If it had a seat, its peer is away from now on.
    pub fn lost(&mut self, connection: ConnectionId) -> Option<Absence> {
        let Seat { room, peer } = self.seats.remove(&connection)?;
        let member = self.members.get_mut(&room)?.iter_mut().find(|member| member.peer == peer)?;
        self.absences += 1;
        member.presence = Presence::Away(self.absences);
        Some(Absence { room, peer, number: self.absences })
    }

    /// A grace period is over: a peer that did not come back has left. Empty if it did.
    pub fn grace_expired(&mut self, absence: &Absence) -> Vec<Outgoing> {
        let still_away = self.members.get(&absence.room).is_some_and(|members| {
            members.iter().any(|m| m.peer == absence.peer && m.presence == Presence::Away(absence.number))
        });
        if still_away { self.remove(&absence.room, &absence.peer, LeftReason::Lost) } else { Vec::new() }
    }

    /// Where a socket sits.
    pub fn seat(&self, connection: ConnectionId) -> Option<(&RoomId, &PeerId)> {
        self.seats.get(&connection).map(|seat| (&seat.room, &seat.peer))
    }

    /// How many rooms there are.
    pub fn rooms(&self) -> usize {
        self.members.len()
    }

    /// How many peers are in all rooms, those who are away included.
    pub fn peers(&self) -> usize {
        self.members.values().map(Vec::len).sum()
    }

    /// How many seats those who came from this host hold.
    pub fn held_by(&self, host: IpAddr) -> u32 {
        self.hosts.get(&host).copied().unwrap_or_default()
    }

    fn remove(&mut self, room: &RoomId, peer: &PeerId, reason: LeftReason) -> Vec<Outgoing> {
        let Some(members) = self.members.get_mut(room) else { return Vec::new() };
        for member in members.extract_if(.., |member| member.peer == *peer) {
            let Some(host) = member.host else { continue };
            if let Entry::Occupied(mut held) = self.hosts.entry(host) {
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
        let outgoing = tell(members, &ServerEvent::PeerLeft(peer.clone(), reason));
        if members.is_empty() {
            self.members.remove(room);
        }
        outgoing
    }
}

/// The event for everyone who is present.
fn tell(members: &[Member], event: &ServerEvent) -> Vec<Outgoing> {
    members
        .iter()
        .filter_map(|member| match member.presence {
            Presence::Here(connection) => Some((connection, event.clone())),
            Presence::Away(_) => None,
        })
        .collect()
}

#[cfg(test)]
mod tests;
