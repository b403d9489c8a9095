//! The connections to others, on the page. Several may lead to one person for a while.

use visavis_protocol::PeerId;

use super::porter::{Inbox, Message};
use crate::browser::channels::{Arrivals, Connection, Unheard};

/// Tells a connection, or a channel, apart from all others.
pub(super) type Key = u32;

struct Line {
    key: Key,
    peer: PeerId,
    connection: Connection,
    /// The channel for words is open.
    open: bool,
    _arrivals: Arrivals,
}

#[derive(Default)]
pub(super) struct Lines {
    /// In the order in which they came.
    all: Vec<Line>,
    next: Key,
}

impl Lines {
    /// There is a connection to them; the inbox gets the channels that they make.
    pub(super) fn add(&mut self, peer: PeerId, connection: Connection, inbox: &Inbox) {
        self.next += 1;
        let (key, whose, inbox) = (self.next, peer.clone(), inbox.clone());
        let arrivals = Arrivals::new(&connection, move |channel| {
            let _ = inbox.unbounded_send(Message::Arrived(whose.clone(), key, channel));
        });
        self.all.push(Line { key, peer, connection, open: false, _arrivals: arrivals });
    }

    /// The channel for words over this connection is open, or not any more.
    pub(super) fn set_open(&mut self, connection: &Connection, open: bool) {
        for line in self.all.iter_mut().filter(|line| line.connection == *connection) {
            line.open = open;
        }
    }

    /// This connection is closed; gives its key.
    pub(super) fn remove(&mut self, connection: &Connection) -> Option<Key> {
        let at = self.all.iter().position(|line| line.connection == *connection)?;
        Some(self.all.remove(at).key)
    }

    /// Makes a channel to them of this label, over the newest connection that is open; gives the key of that as well.
    pub(super) fn announce(&self, to: &PeerId, label: &str) -> Option<(Key, Unheard)> {
        let line = self.all.iter().rev().find(|line| line.peer == *to && line.open)?;
        Some((line.key, Unheard::announced(&line.connection, label).ok()?))
    }
}
