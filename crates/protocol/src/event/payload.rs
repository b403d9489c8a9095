//! What the events hold.

use serde::{Deserialize, Serialize};

use crate::{HostToken, Ice, PeerId, RoomId, Token, limits};

/// The payload of `join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Join {
    /// Where to.
    pub room: RoomId,
    /// [`crate::PROTOCOL_VERSION`] of the client.
    pub protocol: u32,
    /// Who we were before the socket was lost.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resume: Option<Resume>,
    /// What proves that we are the host of this room.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_token: Option<HostToken>,
    /// We were in this room under a server that had another key: to find it empty does not make us its host.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub returns: bool,
}

/// A claim to be a peer that this room knew.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Resume {
    /// The id of the first join.
    pub peer: PeerId,
    /// The token that came with it.
    pub token: Token,
}

/// The answer to `join`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Joined {
    /// Our id.
    pub peer: PeerId,
    /// What proves that the id is ours when we come back.
    pub token: Token,
    /// Who else is in the room, in the order in which they came.
    pub peers: Vec<PeerId>,
    /// Servers for ICE.
    pub ice: Ice,
    /// The bounds of this server.
    pub limits: Limits,
    /// The host of the room, if it is there; it may be us.
    #[serde(default)]
    pub host: Option<PeerId>,
    /// What proves, in a later join, that we are the host; only if we are or have been.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub host_token: Option<HostToken>,
    /// Whether nobody new is let in.
    #[serde(default)]
    pub locked: bool,
}

/// The bounds of a server that a client should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// Peers in a room.
    pub capacity: u32,
    /// Characters of a sealed payload.
    pub payload: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            capacity: limits::ROOM_CAPACITY,
            payload: u32::try_from(limits::PAYLOAD_CHARS).unwrap_or(u32::MAX),
        }
    }
}

/// The payload of `signal` to the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalOut {
    /// The receiver.
    pub to: PeerId,
    /// Counts up from 1; sealed into the payload as well.
    pub seq: u64,
    /// base64url without padding; opaque to the server.
    pub payload: String,
}

/// The payload of `signal` from the server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignalIn {
    /// The sender.
    pub from: PeerId,
    /// As the sender gave it.
    pub seq: u64,
    /// As the sender gave it.
    pub payload: String,
}

/// The answer to `signal`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Delivery {
    /// It was handed to the receiver's socket.
    Delivered,
    /// The receiver is away; nothing is kept for it.
    Gone,
}

/// The answer to `look`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Inside {
    /// Who is in the room, in the order in which they came, those away included.
    pub people: Vec<Seated>,
    /// Whether nobody new is let in.
    pub locked: bool,
    /// How many the room holds.
    pub capacity: u32,
}

/// Somebody in a room, as those see them who look into it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seated {
    /// Who.
    pub peer: PeerId,
    /// Their name, sealed, once they have given it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub card: Option<String>,
}

/// Why a peer is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// It said so.
    Left,
    /// Its socket was lost and it did not come back within the grace period.
    Lost,
    /// The host removed it.
    Removed,
    /// A reason from a newer server.
    #[serde(other)]
    Other,
}

/// Of `remove` and `peer-joined`.
#[derive(Serialize, Deserialize)]
pub(super) struct PeerPayload {
    pub(super) peer: PeerId,
}

#[derive(Deserialize)]
pub(super) struct CardPayload {
    pub(super) card: String,
}

#[derive(Deserialize)]
pub(super) struct LookPayload {
    pub(super) room: RoomId,
}

/// Of `lock` and `locked`.
#[derive(Serialize, Deserialize)]
pub(super) struct LockedPayload {
    pub(super) locked: bool,
}

#[derive(Serialize, Deserialize)]
pub(super) struct HostPayload {
    pub(super) peer: Option<PeerId>,
}

#[derive(Serialize, Deserialize)]
pub(super) struct PeerLeftPayload {
    pub(super) peer: PeerId,
    pub(super) reason: LeftReason,
}

#[derive(Serialize, Deserialize)]
pub(super) struct ClosingPayload {
    pub(super) after: u32,
}
