//! The words of every refusal.

use visavis_protocol::{DecodeError, ErrorCode, PROTOCOL_VERSION, Refusal};

use crate::rooms::{HostError, JoinError, SignalError};

/// The longest reason that is told to a client, in characters.
const REASON_CHARS: usize = 200;

/// A request that needs a room came before `join`.
pub(super) fn not_joined() -> Refusal {
    Refusal::new(ErrorCode::NotJoined, "Join a room first.")
}

/// The event is unknown, of another version, or its payload malformed.
pub(super) fn unreadable(error: &DecodeError) -> Refusal {
    let code = match error {
        DecodeError::OtherVersion => return other_version(),
        DecodeError::UnknownEvent(_) => ErrorCode::UnknownEvent,
        DecodeError::Payload(_) => ErrorCode::BadRequest,
    };
    Refusal::new(code, error.to_string().chars().take(REASON_CHARS).collect::<String>())
}

/// A join that [`crate::rooms::Rooms`] refused.
pub(super) fn not_admitted(error: JoinError) -> Refusal {
    match error {
        JoinError::AlreadyJoined => Refusal::new(ErrorCode::AlreadyJoined, "This socket has joined already."),
        JoinError::Removed => Refusal::new(ErrorCode::Removed, "The host has removed you from the room."),
        JoinError::RoomLocked => Refusal::new(ErrorCode::RoomLocked, "The room is locked."),
        JoinError::RoomFull => Refusal::new(ErrorCode::RoomFull, "The room is full."),
        JoinError::TooManyRooms => Refusal::new(ErrorCode::TooManyRequests, "The server has too many rooms."),
        JoinError::TooManySeats => {
            Refusal::new(ErrorCode::TooManyRequests, "Too many people have joined from this address.")
        }
    }
}

/// A signal that [`crate::rooms::Rooms`] refused.
pub(super) fn not_relayed(error: SignalError) -> Refusal {
    match error {
        SignalError::NotJoined => not_joined(),
        SignalError::NoSuchPeer => no_such_peer(),
    }
}

/// What only a host may do, and [`crate::rooms::Rooms`] refused.
pub(super) fn not_hosted(error: HostError) -> Refusal {
    match error {
        HostError::NotJoined => not_joined(),
        HostError::NotHost => Refusal::new(ErrorCode::NotHost, "Only the host of the room can do this."),
        HostError::NoSuchPeer => no_such_peer(),
    }
}

fn no_such_peer() -> Refusal {
    Refusal::new(ErrorCode::PeerGone, "No such peer in this room.")
}

/// A payload or card is longer than its limit.
pub(super) fn too_large(limit: usize) -> Refusal {
    Refusal::new(ErrorCode::TooLarge, format!("This has {limit} characters at most."))
}

/// The client speaks another version.
fn other_version() -> Refusal {
    let words = format!("This server speaks version {PROTOCOL_VERSION} of the protocol: reload the page.");
    Refusal::new(ErrorCode::ProtocolMismatch, words)
}

/// The socket speaks too fast.
pub(super) fn too_fast() -> Refusal {
    Refusal::new(ErrorCode::TooManyRequests, "Too many events: slow down.")
}

/// The server is on its way down.
pub(super) fn closing() -> Refusal {
    Refusal::new(ErrorCode::Closing, "The server is shutting down.")
}

/// The token is not one of ours for this room and peer.
pub(super) fn bad_token() -> Refusal {
    Refusal::new(ErrorCode::BadToken, "The token does not fit room and peer.")
}

/// No fault of the client.
pub(super) fn internal(words: &str) -> Refusal {
    Refusal::new(ErrorCode::Internal, words)
}
