//! The events of each direction, one enum per direction.

mod payload;

use serde::Serialize;
use serde_json::Value;

use self::payload::{
    CardPayload, ClosingPayload, HostPayload, LockedPayload, LookPayload, PeerLeftPayload, PeerPayload,
};
pub use self::payload::{
    Delivery, Inside, Join, Joined, LeftReason, Limits, Resume, Seated, SignalIn, SignalOut,
};
use crate::from_json::{FromJson, member, optional};
use crate::{PROTOCOL_VERSION, PeerId, RoomId};

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
    /// What the server shows of us to those who look into the room: our name, sealed; answered with `null`.
    Card(String),
    /// Who is in a room, for somebody who is in none; answered with [`Inside`].
    Look(RoomId),
    /// The host lets nobody new in, or does again; answered with `null`.
    Lock(bool),
    /// The host removes a peer from the room; answered with `null`.
    Remove(PeerId),
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
    /// Who is the host from now on, if anybody is.
    Host(Option<PeerId>),
    /// Whether nobody new is let in from now on.
    Locked(bool),
    /// The host has removed us from the room.
    Removed,
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

impl ClientEvent {
    /// Every name of this direction.
    pub const NAMES: [&str; 8] = ["join", "signal", "ice", "leave", "card", "look", "lock", "remove"];

    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Join(_) => "join",
            Self::Signal(_) => "signal",
            Self::Ice => "ice",
            Self::Leave => "leave",
            Self::Card(_) => "card",
            Self::Look(_) => "look",
            Self::Lock(_) => "lock",
            Self::Remove(_) => "remove",
        }
    }

    /// The payload on the wire.
    pub fn payload(&self) -> Value {
        match self {
            Self::Join(join) => encode(join),
            Self::Signal(signal) => encode(signal),
            Self::Ice | Self::Leave => empty(),
            Self::Card(card) => text("card", card),
            Self::Look(room) => text("room", room.as_str()),
            Self::Lock(locked) => encode(&LockedPayload { locked: *locked }),
            Self::Remove(peer) => text("peer", peer.as_str()),
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
            "card" => decode::<CardPayload>(payload).map(|p| Self::Card(p.card)),
            "look" => decode::<LookPayload>(payload).map(|p| Self::Look(p.room)),
            "lock" => decode::<LockedPayload>(payload).map(|p| Self::Lock(p.locked)),
            "remove" => decode::<PeerPayload>(payload).map(|p| Self::Remove(p.peer)),
            _ => Err(DecodeError::UnknownEvent(name.to_owned())),
        }
    }
}

impl ServerEvent {
    /// Every name of this direction.
    pub const NAMES: [&str; 7] =
        ["peer-joined", "peer-left", "signal", "host", "locked", "removed", "closing"];

    /// The name on the wire.
    pub fn name(&self) -> &'static str {
        match self {
            Self::PeerJoined(_) => "peer-joined",
            Self::PeerLeft(..) => "peer-left",
            Self::Signal(_) => "signal",
            Self::Host(_) => "host",
            Self::Locked(_) => "locked",
            Self::Removed => "removed",
            Self::Closing(_) => "closing",
        }
    }

    /// The payload on the wire.
    pub fn payload(&self) -> Value {
        match self {
            Self::PeerJoined(peer) => encode(&PeerPayload { peer: peer.clone() }),
            Self::PeerLeft(peer, reason) => encode(&PeerLeftPayload { peer: peer.clone(), reason: *reason }),
            Self::Signal(signal) => encode(signal),
            Self::Host(peer) => encode(&HostPayload { peer: peer.clone() }),
            Self::Locked(locked) => encode(&LockedPayload { locked: *locked }),
            Self::Removed => empty(),
            Self::Closing(after) => encode(&ClosingPayload { after: *after }),
        }
    }

    /// Reads an event of the server.
    pub fn decode(name: &str, payload: &Value) -> Result<Self, DecodeError> {
        let read = match name {
            "peer-joined" => member(payload, "peer").map(Self::PeerJoined),
            "peer-left" => {
                member(payload, "peer").zip(member(payload, "reason")).map(|(p, r)| Self::PeerLeft(p, r))
            }
            "signal" => SignalIn::from_json(payload).map(Self::Signal),
            "host" => payload.as_object().and(optional(payload, "peer")).map(Self::Host),
            "locked" => member(payload, "locked").map(Self::Locked),
            "removed" => Some(Self::Removed),
            "closing" => member(payload, "after").map(Self::Closing),
            _ => return Err(DecodeError::UnknownEvent(name.to_owned())),
        };
        read.ok_or_else(|| DecodeError::Payload("not of the stated form".to_owned()))
    }
}

fn empty() -> Value {
    Value::Object(serde_json::Map::new())
}

/// An object with one text.
fn text(name: &str, text: &str) -> Value {
    Value::Object([(name.to_owned(), Value::String(text.to_owned()))].into_iter().collect())
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
