//! Refusals: a typed code for a program and a sentence for a person.

use serde::{Deserialize, Serialize};

/// Why the server refused a request. A code this build does not know reads as [`ErrorCode::Other`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The request is not of the form docs/PROTOCOL.md gives.
    BadRequest,
    /// The event has no meaning here.
    UnknownEvent,
    /// The client speaks another version of the protocol.
    ProtocolMismatch,
    /// The room holds as many peers as it may.
    RoomFull,
    /// The host has locked the room: nobody new is let in.
    RoomLocked,
    /// The host has removed this peer: it does not come back as who it was.
    Removed,
    /// A request that only the host can make came from somebody else.
    NotHost,
    /// The token does not fit room and peer, or another server's key made it.
    BadToken,
    /// A request that needs a room came before `join`.
    NotJoined,
    /// This socket has joined already.
    AlreadyJoined,
    /// Nobody else in this room has this id. (A peer that is away is no error: see [`crate::Delivery::Gone`].)
    PeerGone,
    /// A payload is longer than the limit.
    TooLarge,
    /// Too many events, sockets or rooms from here.
    TooManyRequests,
    /// The server is shutting down.
    Closing,
    /// The server failed; trying again later may help.
    Internal,
    /// A code from a newer server.
    #[serde(other)]
    Other,
}

/// The `error` half of a reply.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// For a program.
    pub code: ErrorCode,
    /// One sentence for a person.
    pub message: String,
}

impl Refusal {
    /// A refusal with its sentence.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What every acknowledgement holds: `{"ok": …}` or `{"error": {"code": …, "message": …}}`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reply<T> {
    /// The request was carried out.
    Ok(T),
    /// The request was refused and changed nothing.
    Error(Refusal),
}

impl<T> From<Result<T, Refusal>> for Reply<T> {
    fn from(result: Result<T, Refusal>) -> Self {
        match result {
            Ok(value) => Self::Ok(value),
            Err(refusal) => Self::Error(refusal),
        }
    }
}

impl<T> From<Reply<T>> for Result<T, Refusal> {
    fn from(reply: Reply<T>) -> Self {
        match reply {
            Reply::Ok(value) => Ok(value),
            Reply::Error(refusal) => Err(refusal),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replies_read_as_the_protocol_says() {
        let ok: Reply<u32> = Reply::Ok(3);
        assert_eq!(serde_json::to_string(&ok).unwrap(), r#"{"ok":3}"#);
        let refused: Reply<u32> = Reply::Error(Refusal::new(ErrorCode::RoomFull, "The room is full."));
        let text = r#"{"error":{"code":"room_full","message":"The room is full."}}"#;
        assert_eq!(serde_json::to_string(&refused).unwrap(), text);
        assert_eq!(serde_json::from_str::<Reply<u32>>(text).unwrap(), refused);
    }

    #[test]
    fn a_code_of_tomorrow_is_other() {
        assert_eq!(serde_json::from_str::<ErrorCode>("\"quota_spent\"").unwrap(), ErrorCode::Other);
    }
}
