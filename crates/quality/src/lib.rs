//! How much of our picture and sound is sent to whom, how each link does, and who or what is at fault where it does badly. A
//! plain state machine: inputs in, effects out.
//!
//! Once a second it is given what every connection has counted. Each receiver tells over a channel of its own ([`CHANNEL`]) how
//! large it shows us and what arrives there; the sender shares one uplink among all. [`Quality::handle`] is synchronous and
//! total; time comes in with each look.
//!
//! ```text
//! counts of connections, tiles, words ──► Quality::handle ──► Vec<Effect>
//!                                               └───────────► Quality::view ──► bars, panel
//!
//!   counts ─► rates ─► throttle (what gets through) ─┐
//!   words ──► wish (how large, whether seen) ────────┼─► budget ─► limits
//!   encoders ─► cpu ─────────────────────────────────┘
//! ```

mod budget;
mod cpu;
mod doctor;
mod export;
mod history;
mod ladder;
mod limit;
mod link;
mod quality;
mod rates;
mod report;
mod throttle;
mod view;
mod word;

pub use doctor::{Verdict, Whose};
pub use history::{History, KEPT};
pub use limit::{FULL_SIZE, Limit, Limits};
pub use quality::{Effect, Input, Quality};
pub use rates::{Flow, Sample};
pub use report::{Codec, Counts, Limited, Report, Sources, Way};
pub use view::{LinkView, QualityView};
pub use word::{Cause, Fares, Gets, Motion, Sees, Sent, Size, Word};

/// Label and id of the channel: negotiated, unordered, without retransmissions (webrtc-pc §6.2). Channels that are announced in
/// band take the lowest free ids of their side (RFC 8832 §6), and some may be there before this one.
pub const CHANNEL: (&str, u16) = ("quality", 99);
