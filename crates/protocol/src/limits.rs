//! The bounds both sides keep to.

/// Peers in one room unless the server is told otherwise.
pub const ROOM_CAPACITY: u32 = 8;

/// The longest sealed payload of a signal, in characters of its base64url text.
pub const PAYLOAD_CHARS: usize = 64 * 1024;

/// The longest card: a name of the greatest length in the longest characters, sealed, is half of it.
pub const CARD_CHARS: usize = 512;

/// The largest WebSocket message or POST body the server takes, in bytes.
pub const MESSAGE_BYTES: usize = 96 * 1024;

/// Events a peer may send per second, sustained.
pub const EVENTS_PER_SECOND: u32 = 50;

/// Events a peer may send at once before the rate applies: enough to greet a full room.
pub const EVENTS_BURST: u32 = 400;
