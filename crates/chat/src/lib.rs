//! What people write to each other, as a plain state machine: inputs in, effects out.
//!
//! It goes from peer to peer over a channel of its own beside the call's, so that the call need not know of it and a page
//! need not load it to be in the call. [`Chat::handle`] is synchronous and total. There is no clock in here (time comes with
//! intents, and as [`Input::Timer`]), no randomness (the seed is part of [`Config`]) and no browser.
//!
//! ```text
//! channels, names, Intent, Timer ──► Chat::handle ──► Vec<Effect>
//!                                        └─────────► Chat::view ──► the page
//! ```

mod chat;
mod entry;
mod gossip;
mod log;
mod view;

pub use chat::{Chat, Config, Effect, Input, Intent, Timer};
pub use entry::Seat;
pub use view::{ChatView, MessageId, MessageState, MessageView, Revision};
