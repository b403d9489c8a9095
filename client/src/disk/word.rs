//! What is asked of the disk, and what it answers, with the bytes of files beside it.

use visavis_files::{FileId, Hash, Kept, Source, StoreOutcome, Unread};

use crate::files::word::Other;

/// What is asked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Request {
    /// What is kept of this room, and of others: [`Answer::Recalled`].
    Recall {
        /// Its id.
        room: String,
    },
    /// The file that comes along is read under this id.
    Pick {
        /// Which.
        file: FileId,
    },
    /// It is not read any more.
    Release {
        /// Which.
        file: FileId,
    },
    /// Read a block: [`Answer::Read`].
    Read {
        /// Where.
        source: Source,
        /// Which.
        block: u32,
        /// The size of the file, in bytes.
        size: u64,
        /// Whether its bytes are wanted, not its hash alone.
        gives: bool,
    },
    /// Make a place: [`Answer::Done`].
    Create {
        /// Under which id; there may be something already.
        store: FileId,
        /// Bytes.
        size: u64,
        /// What is to be known of it the next time.
        about: String,
    },
    /// Verify and write the block that comes along: [`Answer::Done`], and its room comes back.
    Store {
        /// Where.
        store: FileId,
        /// Which.
        block: u32,
        /// The size of the file, in bytes.
        size: u64,
        /// The hash it must have.
        hash: Hash,
    },
    /// All is written.
    Finish {
        /// Where.
        store: FileId,
    },
    /// Delete what is stored.
    Delete {
        /// Where.
        store: FileId,
    },
    /// Delete what [`Answer::Recalled`] told of another room.
    DeleteOther {
        /// [`Other::drawer`].
        drawer: String,
    },
    /// Give the file as a whole: [`Answer::Fetched`].
    Fetch {
        /// Which.
        source: Source,
    },
}

/// What is answered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// To [`Request::Recall`].
    Recalled {
        /// Of this room.
        kept: Vec<Kept>,
        /// Of others.
        others: Vec<Other>,
    },
    /// To [`Request::Read`]; the bytes come along.
    Read(Result<Hash, Unread>),
    /// What became of it.
    Done(StoreOutcome),
    /// Whether the file comes along.
    Fetched(bool),
}
