//! The files as the page shows them.

use serde::{Deserialize, Serialize};
use visavis_protocol::PeerId;

use crate::block::Hash;
use crate::word::FileId;

/// All files of the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilesView {
    /// In the order of their times.
    pub files: Vec<FileView>,
}

/// One file.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Which.
    pub file: FileId,
    /// Under which id it is stored.
    pub store: FileId,
    /// Its name; safe to show and to give to a file.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Its media type, as its sender says.
    pub kind: String,
    /// A small picture of it, as a data URL.
    pub thumbnail: Option<String>,
    /// When it was offered, in milliseconds since 1970.
    pub at: u64,
    /// Whether the user offers it.
    pub own: bool,
    /// The name of who offers it.
    pub from: String,
    /// The name of whom alone it is for, if it is the user's; none if it is for everybody.
    pub to: Option<String>,
    /// Whether it is for everybody.
    pub shared: bool,
    /// How it does.
    pub state: FileState,
    /// Bytes that are here, verified.
    pub done: u64,
    /// The hash of the whole, once it is known.
    pub hash: Option<Hash>,
    /// Who takes it of the user, or does not.
    pub takers: Vec<TakerView>,
}

/// How a file does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileState {
    /// It is offered.
    Offered,
    /// The user does not want it, but it can still be had.
    Declined,
    /// A place on the disk is made for it.
    Preparing,
    /// It comes.
    Coming,
    /// It would come, but who offers it is not linked, or has to pick it again.
    Waiting,
    /// The user has paused it.
    Paused,
    /// Who offers it has paused it.
    Held,
    /// It is here, or all who wanted the user's file have it.
    Done,
    /// It comes no more.
    Ended(FileProblem),
}

/// Why a file does not come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum FileProblem {
    /// There is no room; the user can make some and go on.
    Full,
    /// It cannot be stored; perhaps later.
    NotStored,
    /// Its sender's copy is not what it was.
    Changed,
    /// What came was not what was said, again and again.
    Damaged,
    /// It is not offered any more.
    Withdrawn,
}

/// Somebody to whom the user's file is offered.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TakerView {
    /// Who.
    pub peer: PeerId,
    /// Their name.
    pub name: String,
    /// What they do.
    pub state: TakerState,
    /// Bytes that they have, as they say.
    pub done: u64,
}

/// What somebody does with the user's file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum TakerState {
    /// They have not said.
    Asked,
    /// They take it.
    Taking,
    /// They have it.
    Done,
    /// They do not take it.
    Declined,
}
