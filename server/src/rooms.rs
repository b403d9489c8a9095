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

mod arrival;
mod errors;
mod room;

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::net::IpAddr;

use visavis_protocol::{
    Delivery, Inside, LeftReason, PeerId, RoomId, Seated, ServerEvent, SignalIn, SignalOut,
};

pub use self::arrival::{Admission, Arrival};
pub use self::errors::{HostError, JoinError, NotJoined, SignalError};
use self::room::{Member, Presence, Room};

/// One socket of one client, as long as it is connected. The caller never uses a number twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ConnectionId(pub u64);

/// An event and the socket it goes to.
pub type Outgoing = (ConnectionId, ServerEvent);

/// The fate of a signal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Relay {
    /// What the sender is told.
    pub delivery: Delivery,
    /// The signal for the receiver, if it is present.
    pub outgoing: Option<Outgoing>,
}

/// A peer that the host has removed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Removal {
    /// Its socket, which has no seat any more, if it is present.
    pub removed: Option<ConnectionId>,
    /// What it and the others are told.
    pub outgoing: Vec<Outgoing>,
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
    open: HashMap<RoomId, Room>,
    seats: HashMap<ConnectionId, Seat>,
    absences: u64,
    most_seats: u32,
    held: HashMap<IpAddr, u32>,
}

#[derive(Debug, Clone)]
struct Seat {
    room: RoomId,
    peer: PeerId,
}

impl Rooms {
    /// No room yet; each may hold so many peers, and one at least.
    pub fn new(capacity: usize) -> Self {
        Self {
            capacity: capacity.max(1),
            bound: usize::MAX,
            open: HashMap::new(),
            seats: HashMap::new(),
            absences: 0,
            most_seats: u32::MAX,
            held: HashMap::new(),
        }
    }

    /// The same with a bound on the number of rooms.
    #[must_use]
    pub fn with_most_rooms(mut self, most_rooms: usize) -> Self {
        self.bound = most_rooms;
        self
    }

    /// The same with a bound on the seats of one address.
    #[must_use]
    pub fn with_most_seats_per_address(mut self, most_seats: u32) -> Self {
        self.most_seats = most_seats;
        self
    }

    /// As [`Rooms::admit`], for somebody new or somebody the room knows.
    pub fn join(
        &mut self,
        connection: ConnectionId,
        room: &RoomId,
        peer: &PeerId,
    ) -> Result<Admission, JoinError> {
        self.admit(room, Arrival::new(connection, peer.clone()))
    }

    /// A socket enters a room as this peer.
    ///
    /// A peer that the room knows always fits and nobody hears of it. Any other peer counts against the capacity
    /// and is announced, also when it comes back after the room forgot it.
    pub fn admit(&mut self, id: &RoomId, arrival: Arrival) -> Result<Admission, JoinError> {
        let Arrival { connection, address, .. } = arrival;
        if self.seats.get(&connection).is_some_and(|seat| seat.room != *id || seat.peer != arrival.peer) {
            return Err(JoinError::AlreadyJoined);
        }
        let room = self.open.get(id);
        if room.is_none() && self.open.len() >= self.bound {
            return Err(JoinError::TooManyRooms);
        }
        if room.is_some_and(|room| room.has_removed(&arrival.peer)) {
            return Err(JoinError::Removed);
        }
        let is_known = room.is_some_and(|room| room.member(&arrival.peer).is_some());
        if !is_known {
            if room.is_some_and(|room| !room.lets_in(&arrival)) {
                return Err(JoinError::RoomLocked);
            }
            if address.is_some_and(|address| self.held_by(address) >= self.most_seats) {
                return Err(JoinError::TooManySeats);
            }
            if room.is_some_and(|room| room.members.len() >= self.capacity) {
                return Err(JoinError::RoomFull);
            }
            if let Some(address) = address {
                *self.held.entry(address).or_default() += 1;
            }
        }
        let seat = Seat { room: id.clone(), peer: arrival.peer.clone() };
        self.seats.insert(connection, seat);
        let admission = self.open.entry(id.clone()).or_default().admit(arrival);
        if let Some(older) = admission.replaced {
            self.seats.remove(&older);
        }
        Ok(admission)
    }

    /// A socket passes a payload to another peer of its room.
    pub fn signal(&self, connection: ConnectionId, signal: SignalOut) -> Result<Relay, SignalError> {
        let seat = self.seats.get(&connection).ok_or(SignalError::NotJoined)?;
        let receiver = self
            .open
            .get(&seat.room)
            .and_then(|room| room.member(&signal.to))
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
        Ok(self.unseat(&room, &peer, LeftReason::Left))
    }

    /// What is shown of a peer to those who look into the room.
    pub fn set_card(&mut self, connection: ConnectionId, card: String) -> Result<(), NotJoined> {
        let Seat { room, peer } = self.seats.get(&connection).ok_or(NotJoined)?;
        let member = self.open.get_mut(room).and_then(|room| room.member_mut(peer)).ok_or(NotJoined)?;
        member.card = Some(card);
        Ok(())
    }

    /// Who is in a room. One that nobody is in looks like any other that is empty.
    pub fn look(&self, room: &RoomId) -> Inside {
        let room = self.open.get(room);
        let members = room.map_or(&[][..], |room| &room.members);
        let seated = |member: &Member| Seated { peer: member.peer.clone(), card: member.card.clone() };
        Inside {
            people: members.iter().map(seated).collect(),
            locked: room.is_some_and(Room::is_locked),
            capacity: u32::try_from(self.capacity).unwrap_or(u32::MAX),
        }
    }

    /// The host lets nobody new in, or does again.
    pub fn lock(&mut self, connection: ConnectionId, locked: bool) -> Result<Vec<Outgoing>, HostError> {
        let (seat, room) = self.hosted(connection)?;
        let claim = room.member(&seat.peer).and_then(|member| member.claim);
        let changes = room.set_lock(claim.filter(|_| locked));
        Ok(if changes { room.tell(&ServerEvent::Locked(locked)) } else { Vec::new() })
    }

    /// The host removes another peer of the room, which does not come back as who it was.
    pub fn remove(&mut self, connection: ConnectionId, peer: &PeerId) -> Result<Removal, HostError> {
        let (seat, room) = self.hosted(connection)?;
        let member = room.member(peer).filter(|_| *peer != seat.peer).ok_or(HostError::NoSuchPeer)?;
        let removed = match member.presence {
            Presence::Here(removed) => Some(removed),
            Presence::Away(_) => None,
        };
        room.remember_removed(peer);
        let mut outgoing: Vec<Outgoing> = removed.map(|to| (to, ServerEvent::Removed)).into_iter().collect();
        outgoing.extend(self.unseat(&seat.room, peer, LeftReason::Removed));
        if let Some(removed) = removed {
            self.seats.remove(&removed);
        }
        Ok(Removal { removed, outgoing })
    }

    /// A socket is gone without a word. If it had a seat, its peer is away from now on.
    pub fn lost(&mut self, connection: ConnectionId) -> Option<Absence> {
        let Seat { room, peer } = self.seats.remove(&connection)?;
        let member = self.open.get_mut(&room)?.member_mut(&peer)?;
        self.absences += 1;
        member.presence = Presence::Away(self.absences);
        Some(Absence { room, peer, number: self.absences })
    }

    /// A grace period is over: a peer that did not come back has left. Empty if it did.
    pub fn grace_expired(&mut self, absence: &Absence) -> Vec<Outgoing> {
        let member = self.open.get(&absence.room).and_then(|room| room.member(&absence.peer));
        let still_away = member.is_some_and(|member| member.presence == Presence::Away(absence.number));
        if still_away { self.unseat(&absence.room, &absence.peer, LeftReason::Lost) } else { Vec::new() }
    }

    /// Where a socket sits.
    pub fn seat(&self, connection: ConnectionId) -> Option<(&RoomId, &PeerId)> {
        self.seats.get(&connection).map(|seat| (&seat.room, &seat.peer))
    }

    /// How many rooms there are.
    pub fn rooms(&self) -> usize {
        self.open.len()
    }

    /// How many peers are in all rooms, those who are away included.
    pub fn peers(&self) -> usize {
        self.open.values().map(|room| room.members.len()).sum()
    }

    /// How many seats those who came from this address hold.
    pub fn held_by(&self, address: IpAddr) -> u32 {
        self.held.get(&address).copied().unwrap_or_default()
    }

    /// Where this socket sits, if it is the host there.
    fn hosted(&mut self, connection: ConnectionId) -> Result<(Seat, &mut Room), HostError> {
        let seat = self.seats.get(&connection).cloned().ok_or(HostError::NotJoined)?;
        let room = self.open.get_mut(&seat.room).filter(|room| room.host() == Some(&seat.peer));
        Ok((seat, room.ok_or(HostError::NotHost)?))
    }

    fn unseat(&mut self, id: &RoomId, peer: &PeerId, reason: LeftReason) -> Vec<Outgoing> {
        let Some(room) = self.open.get_mut(id) else { return Vec::new() };
        let (left, outgoing) = room.dismiss(peer, reason);
        for address in left.into_iter().filter_map(|member| member.address) {
            if let Entry::Occupied(mut held) = self.held.entry(address) {
                *held.get_mut() -= 1;
                if *held.get() == 0 {
                    held.remove();
                }
            }
        }
        if room.members.is_empty() {
            self.open.remove(id);
        }
        outgoing
    }
}

#[cfg(test)]
mod tests;
