//! What is shown of the links.

use serde::{Deserialize, Serialize};
use visavis_protocol::PeerId;

use crate::doctor::Verdict;
use crate::rates::Sample;
use crate::report::{Codec, Sources};
use crate::word::Sent;

/// The bars of a link that is fine.
pub(crate) const FINE: u8 = 4;

/// All of them.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct QualityView {
    /// In the order in which they came.
    pub links: Vec<LinkView>,
}

/// How one link does.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkView {
    /// Whose.
    pub peer: PeerId,
    /// From 0, nothing comes, to 4, fine.
    pub bars: u8,
    /// What is wrong, what matters most first.
    pub verdicts: Vec<Verdict>,
    /// How much of our camera, and of our screen, we send.
    pub sends: [Sent; 2],
    /// How much of theirs they send; nothing if they have not told.
    pub gets: Option<[Sent; 2]>,
    /// How it is encoded, what is sent and what comes.
    pub codecs: [Sources<Option<Codec>>; 2],
    /// The newest sample, if there is one.
    pub now: Option<Sample>,
}
