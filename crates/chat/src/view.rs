//! The chat as the page shows it.

use std::sync::Arc;

use visavis_protocol::PeerId;

use crate::entry::{Author, Place, Stream};
use crate::log::Log;

/// What is written in the call.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ChatView {
    /// The messages, in the order that everybody sees.
    pub messages: Arc<Vec<MessageView>>,
    /// How many of them the user has not seen.
    pub unread: usize,
    /// Whether earlier ones had to go.
    pub shortened: bool,
    /// Whom one can write to alone, by id and name.
    pub people: Vec<(PeerId, String)>,
    /// Whether it is kept on this device.
    pub kept: bool,
}

impl ChatView {
    /// The longest message, in characters.
    pub const MESSAGE_CHARS: usize = Log::TEXT_CHARS;
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MessageView {
    /// Which.
    pub id: MessageId,
    /// Who wrote it, as they were called then.
    pub name: String,
    /// Whether the user did.
    pub own: bool,
    /// The name of whom alone it is for; none if it is for everybody.
    pub to: Option<String>,
    /// When, in milliseconds since 1970, by the clocks of those who write.
    pub at: u64,
    /// Plain text of one or more lines; empty if it was deleted.
    pub text: String,
    /// Differs after every change.
    pub revision: Revision,
    /// What became of it.
    pub state: MessageState,
}

/// Tells the states of a message apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub struct Revision(pub(crate) Option<Place>);

/// What became of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MessageState {
    /// It is as it was written.
    Written,
    /// Its writer changed it.
    Edited,
    /// Its writer took it back.
    Deleted,
}

/// Tells messages apart.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct MessageId {
    pub(crate) stream: Stream,
    pub(crate) seq: u64,
}

impl MessageId {
    /// The message of this number that somebody wrote to everybody.
    pub fn new(author: PeerId, seq: u64) -> Self {
        Self { stream: Stream { from: Author(author), life: 0, to: None }, seq }
    }

    /// Whether both are by one person and for the same people.
    pub fn is_of_the_stream_of(&self, other: &Self) -> bool {
        self.stream.is_akin_to(&other.stream)
    }
}
