//! Files that people give each other in a call, as a plain state machine: inputs in, effects out.
//!
//! Whoever offers a file keeps it; whoever takes it asks for its blocks, of who offers it or of others who have some of
//! them, and verifies each as it comes. So pausing is not to ask, resuming is to ask for what is missing, and what one has
//! got another need not get from the first. [`Files::handle`] is synchronous and total. There is no clock in here, no disk,
//! no browser and no randomness (the seed is part of [`Config`]).
//!
//! ```text
//! channels, disk, Intent, Timer ──► Files::handle ──► Vec<Effect>
//!                                        └──────────► Files::view ──► the page
//! ```
//!
//! Bytes never come in here: the shell carries them from disk to channel and from channel to disk.

mod block;
mod feed;
mod files;
mod incoming;
mod input;
mod outgoing;
mod set;
mod view;
mod word;

pub use block::{BLOCK_BYTES, Hash, MOST_BYTES, blocks_of, extent};
pub use feed::Head;
pub use files::Files;
pub use input::{Config, Effect, Input, Intent, Kept, Picked, Source, StoreOutcome, Timer, Unread};
pub use view::{FileProblem, FileState, FileView, FilesView, TakerState, TakerView};
pub use word::{FileId, NOTHING_OFFERED};
