//! What goes of a file to one person: over a channel, and over more where there is much of it.

use std::collections::VecDeque;

use visavis_files::{FileId, Hash, Head, Input, Unread};
use visavis_protocol::PeerId;

use super::{lines::Key, wire::Wire};
use crate::browser::buffers::Part;

/// A block that has been read.
struct Block {
    number: u32,
    hash: Hash,
    part: Part,
}

/// One of the channels.
struct Way {
    line: Key,
    key: Key,
    wire: Wire,
    open: bool,
    /// The block that goes over it, and how much of it has gone; nothing if it was not announced.
    going: Option<(Block, Option<usize>)>,
}

pub(super) struct Outlet {
    pub(super) to: PeerId,
    pub(super) file: FileId,
    /// More channels were asked for.
    pub(super) wide: bool,
    ways: Vec<Way>,
    /// What goes next, over whichever channel takes it first.
    ready: VecDeque<Block>,
}

impl Outlet {
    pub(super) fn new(to: PeerId, file: FileId) -> Self {
        Self { to, file, wide: false, ways: Vec::new(), ready: VecDeque::new() }
    }

    /// There is one more channel.
    pub(super) fn add_way(&mut self, line: Key, key: Key, wire: Wire) {
        self.ways.push(Way { line, key, wire, open: false, going: None });
    }

    /// The keys of the channels, each with that of its connection.
    pub(super) fn keys(&self) -> impl Iterator<Item = (Key, Key)> {
        self.ways.iter().map(|way| (way.key, way.line))
    }

    /// Whether this is one of the channels.
    pub(super) fn has(&self, key: Key) -> bool {
        self.ways.iter().any(|way| way.key == key)
    }

    fn way(&mut self, key: Key) -> Option<&mut Way> {
        self.ways.iter_mut().find(|way| way.key == key)
    }

    /// This channel is open.
    pub(super) fn on_open(&mut self, key: Key) -> Vec<Input> {
        if let Some(way) = self.way(key) {
            way.open = true;
        }
        let mut inputs = vec![Input::Open(self.to.clone(), self.file.clone())];
        inputs.extend(self.pump());
        inputs
    }

    /// A block has been read.
    pub(super) fn add(&mut self, number: u32, hash: Hash, part: Part) -> Vec<Input> {
        self.ready.push_back(Block { number, hash, part });
        self.pump()
    }

    /// Little waits in this channel any longer.
    pub(super) fn on_drained(&mut self, key: Key) -> Vec<Input> {
        if let Some(way) = self.way(key) {
            way.wire.on_drained();
        }
        self.pump()
    }

    /// Gives the channels as much as they take, the emptiest first.
    fn pump(&mut self) -> Vec<Input> {
        let mut sent = Vec::new();
        loop {
            let some = !self.ready.is_empty();
            let takes = |way: &&mut Way| way.open && (some || way.going.is_some()) && way.wire.takes();
            let way = self.ways.iter_mut().filter(takes).min_by_key(|way| way.wire.waiting());
            let Some(way) = way else { return sent };
            let going = way.going.take().or_else(|| self.ready.pop_front().map(|block| (block, None)));
            let Some((block, gone)) = going else { return sent };
            let bytes = block.part.bytes();
            let now = if let Some(from) = gone {
                way.wire.send_piece(bytes, from)
            } else {
                let head = Head { block: block.number, hash: block.hash };
                way.wire.send(&head.encode()).then_some(0)
            };
            if now.is_some_and(|end| end >= bytes.len()) {
                let (to, file) = (self.to.clone(), self.file.clone());
                sent.push(Input::Sent { to, file, block: block.number, hash: block.hash });
                continue;
            }
            way.going = Some((block, now.or(gone)));
            if now.is_none() {
                // It is tried again when the channel has drained; if it is closed, that is told.
                return sent;
            }
        }
    }

    /// This channel is closed. One that was never open is done without, if there is another; else what was sent over it last may
    /// be lost, and they ask for it anew once they know: by all being closed.
    pub(super) fn does_without(&mut self, key: Key) -> bool {
        let spare = self.ways.len() > 1 && self.way(key).is_some_and(|way| !way.open);
        if spare {
            self.ways.retain(|way| way.key != key);
            self.wide = false;
        }
        spare
    }

    /// It is closed.
    pub(super) fn close(self) -> Vec<Input> {
        let Self { to, file, ways, ready, .. } = self;
        let going = ways.into_iter().filter_map(|way| way.going).map(|(block, _)| block);
        let unsent = going.chain(ready).map(|block| Input::Unsent {
            to: to.clone(),
            file: file.clone(),
            block: block.number,
            why: Unread::Cut,
        });
        unsent.chain([Input::Closed(to.clone(), file.clone())]).collect()
    }
}
