//! What is shown.

use visavis_protocol::PeerId;

use crate::word::Point;

/// All of it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LiveView {
    /// Who types, in the order in which they began.
    pub typing: Vec<PeerId>,
    /// The oldest first.
    pub reactions: Vec<Reaction>,
    /// One of each person at most.
    pub pointers: Vec<Pointer>,
}

/// A reaction, for a moment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Reaction {
    /// Tells it apart from all others.
    pub id: u32,
    /// Whose; none if it is the user's own.
    pub peer: Option<PeerId>,
    /// An emoji.
    pub emoji: String,
}

/// Where somebody points.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pointer {
    /// Who.
    pub peer: PeerId,
    /// Where.
    pub point: Point,
}
