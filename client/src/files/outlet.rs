//! A channel over which blocks of a file go to one person.

use std::collections::VecDeque;

use visavis_files::{FileId, Hash, Head, Input, Unread};
use visavis_protocol::PeerId;

use super::{lines::Key, wire::Wire};
use crate::browser::buffers::Part;

struct Going {
    block: u32,
    hash: Hash,
    part: Part,
    /// Nothing if it was not announced.
    sent: Option<usize>,
}

pub(super) struct Outlet {
    pub(super) to: PeerId,
    pub(super) file: FileId,
    pub(super) line: Key,
    key: Key,
    wire: Wire,
    queue: VecDeque<Going>,
}

impl Outlet {
    pub(super) fn new(to: PeerId, file: FileId, line: Key, key: Key, wire: Wire) -> Self {
        Self { to, file, line, key, wire, queue: VecDeque::new() }
    }

    /// Tells it apart from all others.
    pub(super) fn key(&self) -> Key {
        self.key
    }

    pub(super) fn opened(&self) -> Input {
        Input::Open(self.to.clone(), self.file.clone())
    }

    /// A block has been read.
    pub(super) fn add(&mut self, block: u32, hash: Hash, part: Part) {
        self.queue.push_back(Going { block, hash, part, sent: None });
    }

    /// Little waits any longer.
    pub(super) fn on_drained(&mut self) -> Vec<Input> {
        self.wire.on_drained();
        self.pump()
    }

    /// Gives the channel as much as it takes.
    pub(super) fn pump(&mut self) -> Vec<Input> {
        let mut sent = Vec::new();
        while let Some(going) = self.queue.front_mut().filter(|_| self.wire.takes()) {
            let Some(from) = going.sent else {
                let head = Head { block: going.block, hash: going.hash };
                if !self.wire.send(&head.encode()) {
                    break;
                }
                going.sent = Some(0);
                continue;
            };
            // What it does not take now is tried again when it has drained; if it is closed, that is told.
            let Some(end) = self.wire.send_piece(going.part.bytes(), from) else { break };
            going.sent = Some(end);
            if end >= going.part.bytes().len() {
                let (block, hash) = (going.block, going.hash);
                self.queue.pop_front();
                let (to, file) = (self.to.clone(), self.file.clone());
                sent.push(Input::Sent { to, file, block, hash });
            }
        }
        sent
    }

    /// It is closed.
    pub(super) fn close(self) -> Vec<Input> {
        let Self { to, file, queue, .. } = self;
        let unsent = queue.into_iter().map(|going| Input::Unsent {
            to: to.clone(),
            file: file.clone(),
            block: going.block,
            why: Unread::Cut,
        });
        unsent.chain([Input::Closed(to.clone(), file.clone())]).collect()
    }
}
