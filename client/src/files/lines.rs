//! The connections to others, on the page. Several may lead to one person for a while, and beside each there are lanes while much
//! is sent over it.

use visavis_files::FileId;
use visavis_protocol::PeerId;

use super::porter::{Inbox, Message};
use crate::browser::{
    channels::{Arrivals, Connection, Unheard},
    lane::Lane,
    page,
};

/// Tells a connection, or a channel, apart from all others.
pub(super) type Key = u32;

/// What a channel is called over which a lane is negotiated.
pub(super) const LANE: &str = "lane";

/// Lanes of ours beside a connection.
const LANES: usize = 2;

/// The most lanes that we make in all: each costs the browser something even if nothing goes over it.
const MOST_LANES: usize = 6;

struct Line {
    key: Key,
    peer: PeerId,
    connection: Connection,
    /// The channel for words is open.
    open: bool,
    lanes: Vec<Side>,
    _arrivals: Arrivals,
}

/// A lane beside a line.
struct Side {
    key: Key,
    /// We have made it, so what we send goes over it.
    ours: bool,
    up: bool,
    /// What is to go over it once it is up.
    files: Vec<FileId>,
    lane: Lane,
    _arrivals: Arrivals,
}

/// A channel for a file over this connection.
pub(super) struct Made {
    pub(super) line: Key,
    pub(super) peer: PeerId,
    pub(super) file: FileId,
    pub(super) channel: Unheard,
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
        let key = self.next_key();
        let arrivals = arrivals(key, &peer, &connection, inbox);
        self.all.push(Line { key, peer, connection, open: false, lanes: Vec::new(), _arrivals: arrivals });
    }

    fn next_key(&mut self) -> Key {
        self.next += 1;
        self.next
    }

    /// The channel for words over this connection is open, or not any more.
    pub(super) fn set_open(&mut self, connection: &Connection, open: bool) {
        for line in self.all.iter_mut().filter(|line| line.connection == *connection) {
            line.open = open;
        }
    }

    /// This connection is closed; gives its key, and those of its lanes.
    pub(super) fn remove(&mut self, connection: &Connection) -> Vec<Key> {
        let Some(at) = self.all.iter().position(|line| line.connection == *connection) else {
            return Vec::new();
        };
        let line = self.all.remove(at);
        std::iter::once(line.key).chain(line.lanes.iter().map(|side| side.key)).collect()
    }

    /// Makes a channel to them for this file, over the newest connection that is open.
    pub(super) fn announce(&self, to: &PeerId, file: &FileId) -> Option<Made> {
        let line = self.all.iter().rev().find(|line| line.peer == *to && line.open)?;
        made(line.key, to, file, &line.connection)
    }

    /// Makes more channels to them for this file, over the lanes beside that connection. If there are none they are made, and the
    /// channels follow when they are up.
    pub(super) fn widen(&mut self, to: &PeerId, file: &FileId, inbox: &Inbox) -> Vec<Made> {
        let Some(at) = self.all.iter().rposition(|line| line.peer == *to && line.open) else {
            return Vec::new();
        };
        let count = |line: &Line| line.lanes.iter().filter(|side| side.ours).count();
        if count(&self.all[at]) == 0 {
            let made: usize = self.all.iter().map(count).sum();
            for _ in 0..LANES.min(MOST_LANES.saturating_sub(made)) {
                let signals = Unheard::announced(&self.all[at].connection, LANE);
                let _ = signals.map(|signals| self.add_lane(at, signals, true, inbox));
            }
        }
        let mut channels = Vec::new();
        for side in self.all[at].lanes.iter_mut().filter(|side| side.ours) {
            if side.up {
                channels.extend(made(side.key, to, file, side.lane.connection()));
            } else if !side.files.contains(file) {
                side.files.push(file.clone());
            }
        }
        channels
    }

    fn add_lane(&mut self, at: usize, signals: Unheard, ours: bool, inbox: &Inbox) {
        let key = self.next_key();
        let beside = &mut self.all[at];
        let events = inbox.clone();
        let lane = Lane::new(&beside.connection, signals, ours, move |event| {
            let _ = events.unbounded_send(Message::Lane(key, event));
        });
        match lane {
            Ok(lane) => {
                let arrivals = arrivals(key, &beside.peer, lane.connection(), inbox);
                let files = Vec::new();
                beside.lanes.push(Side { key, ours, up: false, files, lane, _arrivals: arrivals });
            }
            Err(error) => page::log_error(&error.to_string()),
        }
    }

    /// They make a lane beside this line. That those before are closed may be heard after it.
    pub(super) fn on_lane(&mut self, line: Key, signals: Unheard, inbox: &Inbox) {
        let at = self.all.iter().position(|known| known.key == line);
        let room = |at: &usize| self.all[*at].lanes.iter().filter(|side| !side.ours).count() < 2 * LANES;
        if let Some(at) = at.filter(room) {
            self.add_lane(at, signals, false, inbox);
        } else {
            drop(signals.hear(|_| ()));
        }
    }

    /// This lane is up: makes the channels that wait for it.
    pub(super) fn on_up(&mut self, key: Key) -> Vec<Made> {
        let mut all = Vec::new();
        for line in &mut self.all {
            for side in line.lanes.iter_mut().filter(|side| side.key == key) {
                side.up = true;
                for file in std::mem::take(&mut side.files) {
                    all.extend(made(key, &line.peer, &file, side.lane.connection()));
                }
            }
        }
        all
    }

    /// This lane carries nothing any more, and if it did, those beside it will not for long: they take the same way. Gives the
    /// keys of those that are gone; they are made anew for what goes on.
    pub(super) fn remove_lane(&mut self, key: Key) -> Vec<Key> {
        let mut gone = Vec::new();
        for line in &mut self.all {
            let fell = line.lanes.iter().any(|side| side.key == key && side.ours && side.up);
            line.lanes.retain(|side| {
                let stays = side.key != key && !(fell && side.ours);
                if !stays {
                    gone.push(side.key);
                }
                stays
            });
        }
        gone
    }

    /// Nothing is sent to them for now: our lanes are not needed.
    pub(super) fn narrow(&mut self, to: &PeerId) {
        for line in self.all.iter_mut().filter(|line| line.peer == *to) {
            line.lanes.retain(|side| !side.ours);
        }
    }
}

fn arrivals(key: Key, peer: &PeerId, connection: &Connection, inbox: &Inbox) -> Arrivals {
    let (peer, inbox) = (peer.clone(), inbox.clone());
    Arrivals::new(connection, move |channel| {
        let _ = inbox.unbounded_send(Message::Arrived(peer.clone(), key, channel));
    })
}

fn made(line: Key, peer: &PeerId, file: &FileId, connection: &Connection) -> Option<Made> {
    let channel = Unheard::announced(connection, file.as_str()).ok()?;
    Some(Made { line, peer: peer.clone(), file: file.clone(), channel })
}
