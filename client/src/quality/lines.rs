//! The connections to others, and our channel over each. Several may lead to one person for a while.

use visavis_protocol::PeerId;
use visavis_quality::CHANNEL;

use super::{Inbox, Message};
use crate::browser::{
    channels::{Channel, Connection},
    counts,
};

/// Bytes that may wait in a channel: what would come late is said again anyway.
const MOST_WAITING: u32 = 2048;

/// Tells a connection apart from all others.
pub(super) type Key = u32;

struct Line {
    key: Key,
    peer: PeerId,
    connection: Connection,
    /// Nothing once it is closed.
    channel: Option<Channel>,
}

pub(super) struct Lines {
    inbox: Inbox,
    /// In the order in which they came.
    open: Vec<Line>,
    next: Key,
}

impl Lines {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self { inbox, open: Vec::new(), next: 0 }
    }

    /// There is a connection to them; it may be closed already.
    pub(super) fn add(&mut self, peer: PeerId, connection: Connection) {
        self.next += 1;
        let key = self.next;
        let (inbox, whose) = (self.inbox.clone(), peer.clone());
        let sink = move |event| {
            // Nobody hears it any more once the call has ended.
            let _ = inbox.unbounded_send(Message::Line(whose.clone(), key, event));
        };
        if let Ok(channel) = Channel::negotiated(&connection, CHANNEL, false, sink) {
            self.open.push(Line { key, peer, connection, channel: Some(channel) });
        }
    }

    /// This connection is closed.
    pub(super) fn remove(&mut self, connection: &Connection) {
        self.open.retain(|line| line.connection != *connection);
    }

    /// This connection's channel is.
    pub(super) fn close(&mut self, key: Key) {
        self.open.iter_mut().filter(|line| line.key == key).for_each(|line| line.channel = None);
    }

    /// For each person the newest connection that works.
    pub(super) fn in_use(&self) -> Vec<(PeerId, Key, Connection)> {
        let mut found: Vec<(PeerId, Key, Connection)> = Vec::new();
        for line in self.open.iter().rev().filter(|line| counts::is_up(&line.connection)) {
            if found.iter().all(|(peer, ..)| *peer != line.peer) {
                found.push((line.peer.clone(), line.key, line.connection.clone()));
            }
        }
        found.reverse();
        found
    }

    /// Says it over every way there is: the second that comes is dropped there.
    pub(super) fn say(&self, to: &PeerId, text: &str) {
        for channel in
            self.open.iter().filter(|line| line.peer == *to).filter_map(|line| line.channel.as_ref())
        {
            let _ = channel.waiting() < MOST_WAITING && channel.send(text);
        }
    }
}
