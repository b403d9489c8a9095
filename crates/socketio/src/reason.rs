//! Why things failed: one variant per thing a caller can tell apart.

use thiserror::Error;

/// Why a connection ended, or why an attempt to make one failed.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum DisconnectReason {
    /// This side asked for it.
    #[error("disconnected by this side")]
    ClientDisconnect,
    /// The server left the namespace (a DISCONNECT packet).
    #[error("disconnected by the server")]
    ServerDisconnect,
    /// The server ended the session (an Engine.IO CLOSE packet).
    #[error("session closed by the server")]
    SessionClosed,
    /// The server refused CONNECT; [`Output::Refused`](crate::Output::Refused) tells its words.
    #[error("refused by the server")]
    Refused,
    /// No ping came within the server's interval and time-out.
    #[error("no ping from the server in time")]
    PingTimeout,
    /// No session was opened in time.
    #[error("the server did not answer in time")]
    OpenTimeout,
    /// CONNECT was not answered in time.
    #[error("the namespace did not answer in time")]
    ConnectTimeout,
    /// The WebSocket closed, or a polling request failed; the shell's words.
    #[error("transport closed: {0}")]
    TransportClosed(String),
    /// A polling request was answered by this HTTP status.
    #[error("HTTP status {0}")]
    HttpStatus(u16),
    /// The server sent something that is no packet, or one that does not fit here.
    #[error("invalid packet: {0}")]
    InvalidPacket(#[from] ParseError),
}

/// Why an event, or the acknowledgement it asked for, failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
pub enum EmitError {
    /// There is no connection now; it was not sent and will not be.
    #[error("not connected")]
    NotConnected,
    /// The connection died before the acknowledgement; the server may or may not have seen the event.
    #[error("connection lost before the acknowledgement")]
    ConnectionLost,
    /// No acknowledgement came in time; one that comes later is dropped.
    #[error("no acknowledgement in time")]
    TimedOut,
    /// It is larger than what the server takes; it was not sent.
    #[error("{size} bytes are more than the {max} allowed")]
    TooLarge {
        /// Bytes of the packet or attachment.
        size: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Too much waits to be sent ([`Limits::outgoing`](crate::Limits::outgoing)); it was not sent.
    #[error("too much waits to be sent")]
    OutgoingFull,
    /// Too many acknowledgements are awaited ([`Limits::pending`](crate::Limits::pending)); it was not sent.
    #[error("too many acknowledgements are awaited")]
    TooManyPending,
    /// The name belongs to Socket.IO itself (`connect`, `disconnect`, …); it was not sent.
    #[error("reserved event name")]
    ReservedName,
    /// Too many attachments, or a placeholder that names none of them; it was not sent.
    #[error("attachments and placeholders do not match")]
    BadAttachments,
}

/// Why bytes from the network are no packet.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
pub enum ParseError {
    /// Nothing at all.
    #[error("empty packet")]
    Empty,
    /// The first character names no packet type, or one that has no place here.
    #[error("unexpected packet type {0:?}")]
    PacketType(char),
    /// The session's first packet is not a usable handshake.
    #[error("invalid handshake")]
    Handshake,
    /// More bytes than the limit.
    #[error("{size} bytes are more than the {max} allowed")]
    TooLarge {
        /// Bytes received.
        size: usize,
        /// Bytes allowed.
        max: usize,
    },
    /// Binary data inside a text payload is not base64.
    #[error("invalid base64")]
    Base64,
    /// The number of attachments is missing or malformed.
    #[error("invalid number of attachments")]
    AttachmentCount,
    /// More attachments, or more bytes in them, than the limit.
    #[error("too many attachments")]
    TooManyAttachments,
    /// A placeholder names no attachment of its packet.
    #[error("placeholder without attachment")]
    Placeholder,
    /// The acknowledgement id is malformed or missing.
    #[error("invalid acknowledgement id")]
    AckId,
    /// The payload is not JSON.
    #[error("invalid JSON")]
    Json,
    /// The payload is nested deeper than the limit.
    #[error("JSON nested too deep")]
    TooDeep,
    /// The payload is JSON of the wrong shape for its packet type.
    #[error("payload does not fit the packet type")]
    Shape,
    /// Text came while attachments were due, or the reverse.
    #[error("attachments out of place")]
    OutOfPlace,
    /// The attachments of a packet did not come in time.
    #[error("attachments did not come")]
    MissingAttachments,
}
