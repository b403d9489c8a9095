//! What happens, and what is to be done.

use std::time::Duration;

use serde::{Deserialize, Serialize};
use visavis_protocol::PeerId;

use crate::block::Hash;
use crate::word::FileId;

/// How it begins.
#[derive(Debug, Clone)]
pub struct Config {
    /// The room's id.
    pub room: String,
    /// Random; spreads what several people ask of one over the whole file.
    pub seed: u64,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// The user wants something.
    Intent(Intent),
    /// The channel `files` to this peer is open; perhaps one more, or another.
    Linked(PeerId),
    /// None is any more; what was said over it last may be lost.
    Unlinked(PeerId),
    /// They go by this name.
    Named(PeerId, String),
    /// They are not in the call any more.
    Gone(PeerId),
    /// This came over the channel `files` to them.
    Heard(PeerId, String),
    /// The channel for what we send of a file, which [`Effect::Open`] asked for, is open.
    Open(PeerId, FileId),
    /// That channel is closed, or could not be made.
    Closed(PeerId, FileId),
    /// A channel of theirs over which this file came is closed; what was sent over it last may be lost.
    Cut(PeerId, FileId),
    /// A block that [`Effect::Send`] asked for is on its way, and the channel takes more.
    Sent {
        /// To whom.
        to: PeerId,
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// Its hash.
        hash: Hash,
    },
    /// It could not be read.
    Unsent {
        /// To whom.
        to: PeerId,
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// Why not.
        why: Unread,
    },
    /// A block that [`Effect::Hash`] asked for has this hash, or could not be read.
    Hashed(FileId, u32, Result<Hash, Unread>),
    /// The [`Head`](crate::Head) of a block has come over the channel for this file; its bytes follow. They are received if
    /// [`Effect::Store`] asks for it, else skipped.
    Coming {
        /// From whom.
        from: PeerId,
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// The hash it is said to have.
        hash: Hash,
    },
    /// What became of a block that [`Effect::Store`] asked for: it comes once for each.
    Stored {
        /// From whom.
        from: PeerId,
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// What became of it.
        outcome: StoreOutcome,
    },
    /// There is room for a file that [`Effect::Create`] asked for; or there is not, and why.
    Created(FileId, Result<(), StoreOutcome>),
    /// What was on this device when the page was loaded.
    Recalled(Vec<Kept>),
    /// A timer has run out.
    Timer(Timer),
}

/// What the user wants.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Intent {
    /// Offer files to everybody, or to one person alone.
    Offer {
        /// Which.
        files: Vec<Picked>,
        /// Whom alone.
        to: Option<PeerId>,
        /// In milliseconds since 1970.
        now: u64,
    },
    /// Take a file that is offered.
    Accept(FileId),
    /// Do not take it, or not any longer: nothing of it is kept.
    Decline(FileId),
    /// Let it not flow for a while, or flow again. It may be the user's own or one that comes.
    Pause(FileId, bool),
    /// Offer a file no longer.
    Withdraw(FileId),
    /// Forget a file that does not come any more, and what is stored of it.
    Forget(FileId),
}

/// A file that the user has picked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Picked {
    /// A random id, under which the shell finds it.
    pub file: FileId,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Its media type; may be empty.
    pub kind: String,
    /// A small picture of it, as a data URL.
    pub thumbnail: Option<String>,
}

/// Something of a file on this device.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Kept {
    /// As [`Effect::Create`] gave it.
    pub about: String,
    /// The blocks that were stored, and their hashes, in the order in which they were.
    pub blocks: Vec<(u32, Hash)>,
}

/// What became of a block or of a file's place on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StoreOutcome {
    /// It is stored.
    Stored,
    /// Its bytes do not have the hash.
    Damaged,
    /// Its bytes have not all come.
    Cut,
    /// There is no room.
    Full,
    /// The browser does not let us, or the disk fails.
    Failed,
}

/// Why something could not be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Unread {
    /// The file is not what it was, or is gone.
    Changed,
    /// The channel has closed before it was sent.
    Cut,
}

/// Where bytes are read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Source {
    /// The file that the user has picked.
    Picked(FileId),
    /// What was stored under this id.
    Stored(FileId),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// Send this over the channel `files` to them; nothing if there is none.
    Say {
        /// To whom.
        to: PeerId,
        /// A text message.
        text: String,
    },
    /// Make a channel for what we send of this file; [`Input::Open`] or [`Input::Closed`] follows.
    Open(PeerId, FileId),
    /// Close it.
    Close(PeerId, FileId),
    /// Read a block and send it, if it has the hash; [`Input::Sent`] or [`Input::Unsent`] follows.
    Send {
        /// To whom.
        to: PeerId,
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// The size of the file, in bytes.
        size: u64,
        /// Where it is read.
        source: Source,
        /// The hash it had, if that is known.
        hash: Option<Hash>,
    },
    /// Read a block of a picked file and tell its hash; [`Input::Hashed`] follows.
    Hash {
        /// Of which file.
        file: FileId,
        /// Which.
        block: u32,
        /// The size of the file, in bytes.
        size: u64,
    },
    /// Make a place on the disk under this id; [`Input::Created`] follows.
    Create {
        /// For which file.
        file: FileId,
        /// Where: there may be something already.
        store: FileId,
        /// Bytes.
        size: u64,
        /// What is to be known of it when the page is loaded again.
        about: String,
    },
    /// Verify and store the block that comes; [`Input::Stored`] follows.
    Store {
        /// From whom.
        from: PeerId,
        /// Of which file.
        file: FileId,
        /// Where.
        store: FileId,
        /// Which.
        block: u32,
        /// The size of the file, in bytes.
        size: u64,
        /// The hash it must have.
        hash: Hash,
    },
    /// All of it is stored.
    Finish(FileId),
    /// Delete what is stored under this id.
    Delete(FileId),
    /// Let go of the file that was picked.
    Release(FileId),
    /// Start a timer, or start it over.
    SetTimer {
        /// Which.
        timer: Timer,
        /// It fires as [`Input::Timer`] after this long.
        after: Duration,
    },
    /// Write a line to the console's debug log. Holds no name.
    Log(String),
}

/// What a timer is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// Others are told what has come, and who gives nothing is asked no more.
    Tick,
}
