//! Why a request is refused.

/// Why a join was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum JoinError {
    /// This socket is in a room already, as another peer or in another room.
    #[error("this socket has joined already")]
    AlreadyJoined,
    /// The host has removed this peer from the room.
    #[error("this peer was removed")]
    Removed,
    /// The host lets nobody new in.
    #[error("the room is locked")]
    RoomLocked,
    /// The room holds as many peers as it may.
    #[error("the room is full")]
    RoomFull,
    /// The server holds as many rooms as it may.
    #[error("there are too many rooms")]
    TooManyRooms,
    /// Those who came from the same address hold as many seats as one address may, in all rooms and away included.
    #[error("there are too many peers from this address")]
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

/// Why what only a host may do was not done.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HostError {
    /// Who asks is in no room.
    #[error("this socket has not joined a room")]
    NotJoined,
    /// Who asks is not the host of their room.
    #[error("this peer is not the host")]
    NotHost,
    /// No other peer of the room has this id.
    #[error("no such peer in this room")]
    NoSuchPeer,
}
