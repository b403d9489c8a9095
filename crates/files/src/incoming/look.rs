//! An incoming file as the page shows it, and as it is remembered.

use serde::{Deserialize, Serialize};
use visavis_protocol::PeerId;

use super::{Incoming, State};
use crate::block::BLOCK_BYTES;
use crate::view::{FileState, FileView};
use crate::word::{FileId, Offer};

impl Incoming {
    pub(crate) fn view(&self, is_linked: bool) -> FileView {
        let nobody = self.holders.iter().all(|holder| holder.asked.is_empty()) && self.coming.is_empty();
        let state = match (self.state, self.problem) {
            (State::Offered | State::Taking, Some(problem)) | (State::Ended(problem), _) => {
                FileState::Ended(problem)
            }
            (State::Offered, None) => FileState::Offered,
            (State::Declined, _) => FileState::Declined,
            (State::Wanted | State::Preparing, _) => FileState::Preparing,
            (State::Taking, None) if self.paused => FileState::Paused,
            (State::Taking, None) if self.held => FileState::Held,
            (State::Taking, None) if nobody && !(self.offered && is_linked) => FileState::Waiting,
            (State::Taking, None) => FileState::Coming,
            (State::Done, _) => FileState::Done,
        };
        let Offer { file, name, size, kind, thumbnail, at, shared } = self.offer.clone();
        let rest = u64::from(self.blocks().saturating_sub(self.got.count())) * BLOCK_BYTES;
        let done = if self.got.is_all() { size } else { size.saturating_sub(rest) };
        FileView {
            file,
            store: self.store.clone(),
            name,
            size,
            kind,
            thumbnail,
            at,
            own: false,
            from: self.from_name.clone(),
            to: None,
            shared,
            state,
            done: if self.is_open() || self.state == State::Preparing { 0 } else { done },
            hash: self.root.filter(|_| self.is_done()),
            takers: Vec::new(),
        }
    }
}

/// What is to be known of a file when the page is loaded again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct About {
    pub(crate) room: String,
    pub(crate) from: PeerId,
    pub(crate) name: String,
    pub(crate) offer: Offer,
    /// Under which id it is stored.
    pub(crate) store: FileId,
    /// There was something already, whose hashes were to be checked; what is there may be of another file.
    pub(crate) doubt: bool,
}

impl About {
    pub(super) fn encode(&self) -> String {
        // Texts and numbers always convert.
        serde_json::to_string(self).unwrap_or_default()
    }
}
