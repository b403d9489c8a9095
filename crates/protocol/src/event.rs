//! The events of each direction, one enum per direction.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::read::read;

use crate::{Ice, PROTOCOL_VERSION, PeerId, RoomId, Token, limits};

/// What a client asks of the server; each is answered by a [`crate::Reply`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ClientEvent {
    /// Enter a room, or come back to it; answered with [`Joined`].
    Join(Join),
    /// Pass a sealed payload to one peer of the room; answered with [`Delivery`].
    Signal(SignalOut),
    /// Fresh ICE servers; answered with [`Ice`].
    Ice,
    /// Leave the room for good; answered with `null`.
    Leave,
}

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

/// Why a peer is no longer in the room.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeftReason {
    /// It said so.
    Left,
    /// Its socket was lost and it did not come back within the grace period.
    Lost,
    /// A reason from a newer server.
    #[serde(other)]
    Other,
}

/// What the server tells a client.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ServerEvent {
    /// A peer came in. It will make the offer.
    PeerJoined(PeerId),
    /// A peer is gone for good.
    PeerLeft(PeerId, LeftReason),
    /// A peer sent us a sealed payload.
    Signal(SignalIn),
    /// The server shuts down; reconnect after this many milliseconds.
    Closing(u32),
}

/// Why an event of the other side cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DecodeError {
    /// No event of this direction has this name.
    #[error("no event is called {0:?}")]
    UnknownEvent(String),
    /// A `join` of another version of the protocol, whatever else it holds.
    #[error("this speaks another version of the protocol")]
    OtherVersion,
    /// The payload does not fit the event.
    #[error("the payload of this event is malformed: {0}")]
    Payload(String),
}

#[derive(Serialize, Deserialize)]
struct PeerJoinedPayload {
    peer: PeerId,
}

#[derive(Serialize, Deserialize)]
struct PeerLeftPayload {
    peer: PeerId,
    reason: LeftReason,
}

#[derive(Serialize, Deserialize)]
struct ClosingPayload {
    after: u32,
}

impl ClientEvent {
    /// Every name of this direction.
    pub const NAMES: [&str; 4] = ["join", "signal", "ice", "leave"];

    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Join(_) => "join",
            Self::Signal(_) => "signal",
            Self::Ice => "ice",
            Self::Leave => "leave",
        }
    }

    /// The payload on the wire.
    pub fn payload(&self) -> Value {
        match self {
            Self::Join(join) => encode(join),
            Self::Signal(signal) => encode(signal),
            Self::Ice | Self::Leave => Value::Object(serde_json::Map::new()),
        }
    }

    /// Reads an event of a client.
    pub fn decode(name: &str, payload: Value) -> Result<Self, DecodeError> {
        match name {
            "join" => {
                // Read first: what another version puts beside it is not ours to judge.
                let version = payload.get("protocol").and_then(Value::as_u64);
                if version.is_some_and(|version| version != u64::from(PROTOCOL_VERSION)) {
                    return Err(DecodeError::OtherVersion);
                }
                decode(payload).map(Self::Join)
            }
            "signal" => decode(payload).map(Self::Signal),
            "ice" => Ok(Self::Ice),
            "leave" => Ok(Self::Leave),
            _ => Err(DecodeError::UnknownEvent(name.to_owned())),
        }
    }
}

impl ServerEvent {
    /// Every name of this direction.
    pub const NAMES: [&str; 4] = ["peer-joined", "peer-left", "signal", "closing"];

    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PeerJoined(_) => "peer-joined",
            Self::PeerLeft(..) => "peer-left",
            Self::Signal(_) => "signal",
            Self::Closing(_) => "closing",
        }
    }

    /// The payload on the wire.
    pub fn payload(&self) -> Value {
        match self {
            Self::PeerJoined(peer) => encode(&PeerJoinedPayload { peer: peer.clone() }),
            Self::PeerLeft(peer, reason) => encode(&PeerLeftPayload { peer: peer.clone(), reason: *reason }),
            Self::Signal(signal) => encode(signal),
            Self::Closing(after) => encode(&ClosingPayload { after: *after }),
        }
    }

    /// Reads an event of the server.
    pub fn decode(name: &str, payload: Value) -> Result<Self, DecodeError> {
        let event = match name {
            "peer-joined" => read::<PeerJoinedPayload>(payload).map(|p| Self::PeerJoined(p.peer)),
            "peer-left" => read::<PeerLeftPayload>(payload).map(|p| Self::PeerLeft(p.peer, p.reason)),
            "signal" => read(payload).map(Self::Signal),
            "closing" => read::<ClosingPayload>(payload).map(|p| Self::Closing(p.after)),
            _ => return Err(DecodeError::UnknownEvent(name.to_owned())),
        };
        event.map_err(|error| DecodeError::Payload(error.to_string()))
    }
}

fn encode<T: Serialize>(payload: &T) -> Value {
    // Structs of strings and numbers always convert.
    serde_json::to_value(payload).unwrap_or_default()
}

fn decode<T: serde::de::DeserializeOwned>(payload: Value) -> Result<T, DecodeError> {
    serde_json::from_value(payload).map_err(|error| DecodeError::Payload(error.to_string()))
}

#[cfg(test)]
mod tests;
