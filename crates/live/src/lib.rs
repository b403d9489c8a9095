//! What is of this moment alone: who types, reactions, and pointers on a shared screen. A plain state machine: inputs in,
//! effects out.
//!
//! It goes from peer to peer over a channel that loses and overtakes ([`CHANNEL`]). What is lost is not sent again, what comes
//! late is dropped: of everybody and each kind the newest word counts. [`Live::handle`] is synchronous and total.
//!
//! ```text
//! channels, keys, pointer, Timer ──► Live::handle ──► Vec<Effect>
//!                                        └──────────► Live::view ──► the page
//! ```

mod live;
mod view;
mod word;

pub use live::{Effect, Input, Live, Timer};
pub use view::{LiveView, Pointer, Reaction};
pub use word::{Point, SCALE};

/// Label and id of the channel: negotiated, unordered, without retransmissions (webrtc-pc §6.2).
pub const CHANNEL: (&str, u16) = ("live", 1);
