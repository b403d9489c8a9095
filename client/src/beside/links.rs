//! The connections to others, and the channels that are ours over each.
//!
//! Several may lead to one person for a while.

use visavis_protocol::PeerId;

use super::{Inbox, Message};
use crate::browser::channels::{Channel, ChannelEvent, Connection};

/// The channels that every connection has, both sides making them with these ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Which {
    Chat,
    Files,
    Live,
}

impl Which {
    fn label_and_id(self) -> (&'static str, u16) {
        match self {
            Self::Chat => ("chat", 2),
            Self::Files => ("files", 3),
            Self::Live => visavis_live::CHANNEL,
        }
    }
}

/// Bytes that may wait in the channel of what is of this moment alone.
const MOST_WAITING: u32 = 4096;

/// Tells a connection apart from all others.
pub(super) type Key = u32;

/// What happens on which channel.
#[derive(Debug)]
pub(super) struct LinkEvent(pub(super) Which, pub(super) ChannelEvent);

struct Line {
    key: Key,
    peer: PeerId,
    connection: Connection,
    chat: Channel,
    files: Channel,
    live: Channel,
}

impl Line {
    /// What would have to wait is not said at all.
    fn tell_live(&self, text: &str) -> bool {
        self.live.waiting() < MOST_WAITING && self.live.send(text)
    }

    fn channel(&self, which: Which) -> &Channel {
        match which {
            Which::Chat => &self.chat,
            Which::Files => &self.files,
            Which::Live => &self.live,
        }
    }
}

pub(super) struct Links {
    inbox: Inbox,
    /// In the order in which they came.
    lines: Vec<Line>,
    next: Key,
}

impl Links {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self { inbox, lines: Vec::new(), next: 0 }
    }

    /// There is a connection to them; it may be closed already.
    pub(super) fn add(&mut self, peer: PeerId, connection: Connection) {
        self.next += 1;
        let key = self.next;
        let channel = |which: Which| {
            let (inbox, peer) = (self.inbox.clone(), peer.clone());
            let sink = move |event| {
                // Nobody hears it any more once the call has ended.
                let _ = inbox.unbounded_send(Message::Link(peer.clone(), key, LinkEvent(which, event)));
            };
            Channel::negotiated(&connection, which.label_and_id(), which != Which::Live, sink)
        };
        let channels = (channel(Which::Chat), channel(Which::Files), channel(Which::Live));
        let (Ok(chat), Ok(files), Ok(live)) = channels else { return };
        self.lines.push(Line { key, peer, connection, chat, files, live });
    }

    /// This connection is closed; false if it was not known.
    pub(super) fn remove(&mut self, connection: &Connection) -> bool {
        let before = self.lines.len();
        self.lines.retain(|line| line.connection != *connection);
        self.lines.len() < before
    }

    /// The connection of this key.
    pub(super) fn connection(&self, key: Key) -> Option<&Connection> {
        self.lines.iter().find(|line| line.key == key).map(|line| &line.connection)
    }

    /// Whether a connection to them has this channel open.
    pub(super) fn is_open(&self, peer: &PeerId, which: Which) -> bool {
        self.lines.iter().any(|line| line.peer == *peer && line.channel(which).is_open())
    }

    /// Says something; nothing if no channel is open.
    pub(super) fn say(&self, to: &PeerId, which: Which, text: &str) {
        let mut lines = self.lines.iter().filter(|line| line.peer == *to);
        // What one does not take the next does. Words about files must not overtake each other while there are two ways,
        // so they keep to the one that was there first; when that is closed, all is said again.
        let _ = match which {
            Which::Chat => lines.rev().any(|line| line.chat.send(text)),
            Which::Files => lines.any(|line| line.files.send(text)),
            Which::Live => lines.any(|line| line.tell_live(text)),
        };
    }

    /// Says something of this moment to everybody. Over two ways to one person the second that comes is dropped there.
    pub(super) fn tell_all(&self, text: &str) {
        for line in &self.lines {
            line.tell_live(text);
        }
    }
}
