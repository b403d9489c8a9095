//! How a peer comes in, and what follows from it.

use std::net::IpAddr;

use visavis_protocol::PeerId;

use super::{ConnectionId, Outgoing};

/// A peer that wants to come in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Arrival {
    /// Its socket.
    pub connection: ConnectionId,
    /// A newly minted one, or one whose token was found good.
    pub peer: PeerId,
    /// Where it comes from, if that is known.
    pub address: Option<IpAddr>,
    /// It has been in here, and has proved it.
    pub resumes: bool,
    /// Since when it is host of this room, as it has proved.
    pub hosts_since: Option<u64>,
    /// Since when it is host if it makes this room; none if that does not make it host.
    pub makes_at: Option<u64>,
}

impl Arrival {
    /// Somebody new, who is host from the beginning of time if they make the room.
    pub fn new(connection: ConnectionId, peer: PeerId) -> Self {
        Self { connection, peer, address: None, resumes: false, hosts_since: None, makes_at: Some(0) }
    }
}

/// A join that was granted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Admission {
    /// The other peers of the room, in the order in which they came, those who are away included.
    pub peers: Vec<PeerId>,
    /// Who is the host of the room, if anybody in it is.
    pub host: Option<PeerId>,
    /// Since when the peer is host itself, as far as nobody in the room has been for longer.
    pub hosts_since: Option<u64>,
    /// Whether nobody new is let in.
    pub locked: bool,
    /// The older socket of the same peer: it has lost its seat, so disconnect it.
    pub replaced: Option<ConnectionId>,
    /// What the others hear of it: nothing if the peer was known and the host is who it was.
    pub outgoing: Vec<Outgoing>,
}
