//! What the Visavis client and server say to each other: ids, events, replies, limits and error codes.
//!
//! Plain data and its checks; it knows neither Socket.IO nor WebRTC nor what a sealed payload holds.
//! `docs/PROTOCOL.md` tells the same in prose.

mod error;
mod event;
mod from_json;
mod ice;
mod id;
pub mod limits;
mod name;
mod read;

pub use error::{ErrorCode, Refusal, Reply};
pub use event::{
    ClientEvent, DecodeError, Delivery, Inside, Join, Joined, LeftReason, Limits, Resume, Seated,
    ServerEvent, SignalIn, SignalOut,
};
pub use from_json::{FromJson, member, optional};
pub use ice::{Ice, IceServer};
pub use id::{HostToken, IdError, PeerId, RoomId, Token, encode_base32};
pub use name::{NAME_CHARS, tidy_name};
pub use read::{Unreadable, read, read_text};

/// The version of this protocol; a server refuses a client that speaks another one.
pub const PROTOCOL_VERSION: u32 = 1;
