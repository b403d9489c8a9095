//! What the files' program tells the one beside the call, to be shown, and what the user wants of files.

use serde::{Deserialize, Serialize};
use visavis_files::{FileId, FileView};
use visavis_protocol::PeerId;

use crate::{
    browser::picked::Parcel,
    words::{pack, unpack},
};

/// All files of the call, and what is stored of others.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct FilesShown {
    /// In the order of their times.
    pub files: Vec<FileShown>,
    /// What is stored of other rooms.
    pub others: Vec<Other>,
    /// How many are offered and were not seen.
    pub unseen: usize,
}

impl FilesShown {
    /// As one program of the page tells it another.
    pub fn encode(&self) -> String {
        pack(self)
    }

    /// Reads what [`FilesShown::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        unpack(text)
    }
}

/// One of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileShown {
    /// As its machine sees it.
    pub view: FileView,
    /// It is offered, and the user has not seen it.
    pub is_new: bool,
    /// The user has saved it.
    pub is_saved: bool,
    /// Bytes per second, of late.
    pub rate: u64,
    /// Where its picture is, if the user looks at it.
    pub picture: Option<String>,
}

/// Something of a file that came in another room.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Other {
    /// Where it is.
    pub drawer: String,
    /// The name of the file.
    pub name: String,
    /// Bytes on the disk.
    pub bytes: u64,
}

/// What the user wants of files.
#[derive(Debug, Clone)]
pub enum FileWish {
    /// Offer these to everybody, or to one person alone.
    Offer {
        /// Which.
        files: Parcel,
        /// Whom alone.
        to: Option<PeerId>,
    },
    /// What is done to each of these.
    Do(Deed, Vec<FileId>),
    /// See what is stored of other rooms.
    ListOthers,
    /// Delete what is stored of another room: its [`Other::drawer`].
    DeleteOther(String),
}

/// What can be done to a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Deed {
    /// Take it.
    Accept,
    /// Do not take it, or not any longer.
    Decline,
    /// Let it not flow for a while.
    Pause,
    /// Let it flow again.
    Resume,
    /// Offer it no longer.
    Withdraw,
    /// Forget it, and what is stored of it.
    Forget,
    /// Save it.
    Save,
    /// Save it with others in one folder.
    SaveAll,
    /// Look at it.
    Look,
}

impl Deed {
    const ALL: [(Self, &str); 9] = [
        (Self::Accept, "accept"),
        (Self::Decline, "decline"),
        (Self::Pause, "pause"),
        (Self::Resume, "resume"),
        (Self::Withdraw, "withdraw"),
        (Self::Forget, "forget"),
        (Self::Save, "save"),
        (Self::SaveAll, Self::SAVE_ALL),
        (Self::Look, "look"),
    ];

    /// As [`Deed::SaveAll`] is told.
    pub(super) const SAVE_ALL: &str = "save-all";

    /// As it is told.
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(deed, _)| *deed == self).map(|(_, name)| *name).unwrap_or_default()
    }

    /// The one that is told so.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|(_, known)| *known == name).map(|(deed, _)| *deed)
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_told_is_read() {
        let other = Other { drawer: "d".into(), name: "Ünï 文件.pdf".into(), bytes: 1 << 40 };
        let shown = FilesShown { files: Vec::new(), others: vec![other], unseen: 300 };
        assert_eq!(FilesShown::decode(&shown.encode()), Some(shown));
        for text in ["", "\u{100}", "nonsense"] {
            assert_eq!(FilesShown::decode(text), None, "{text:?}");
        }
    }

    #[test]
    fn deeds_have_names() {
        for (deed, name) in Deed::ALL {
            assert_eq!((Deed::parse(name), deed.name()), (Some(deed), name));
        }
        assert_eq!(Deed::parse("dance"), None);
    }
}
