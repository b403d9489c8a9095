//! A channel over which blocks of a file come: before each a text that says which, then its bytes in pieces.

use visavis_files::{FileId, Hash, Head, Input, StoreOutcome, extent};
use visavis_protocol::PeerId;

use super::{clerk::Asked, lines::Key, wire::Wire};
use crate::{
    browser::{
        channels::ArrayBuffer,
        store::{Load, append},
    },
    disk::word::Request,
};

/// A block that comes, and is wanted.
struct Coming {
    store: FileId,
    block: u32,
    size: u64,
    hash: Hash,
    /// What has come of it.
    bytes: Vec<u8>,
    /// How many bytes it has.
    length: u64,
}

pub(super) struct Inlet {
    from: PeerId,
    file: FileId,
    line: Key,
    key: Key,
    wire: Wire,
    coming: Option<Coming>,
}

impl Inlet {
    pub(super) fn new(from: PeerId, file: FileId, line: Key, key: Key, wire: Wire) -> Self {
        Self { from, file, line, key, wire, coming: None }
    }

    /// The key of its connection.
    pub(super) fn line(&self) -> Key {
        self.line
    }

    /// Tells it apart from all others.
    pub(super) fn key(&self) -> Key {
        self.key
    }

    fn end(&mut self, outcome: StoreOutcome) -> Option<Input> {
        let block = self.coming.take()?.block;
        Some(Input::Stored { from: self.from.clone(), file: self.file.clone(), block, outcome })
    }

    /// A block is announced; the one before is not whole if it has not ended.
    pub(super) fn on_head(&mut self, text: &str) -> Vec<Input> {
        let cut = self.end(StoreOutcome::Damaged);
        let head = Head::decode(text).map(|Head { block, hash }| Input::Coming {
            from: self.from.clone(),
            file: self.file.clone(),
            block,
            hash,
        });
        // What is announced is expected by the last of these inputs.
        cut.into_iter().chain(head).collect()
    }

    /// It is wanted.
    pub(super) fn expect(&mut self, room: Vec<u8>, store: FileId, block: u32, size: u64, hash: Hash) {
        let length = extent(size, block).1;
        self.coming = Some(Coming { store, block, size, hash, bytes: room, length });
    }

    /// A piece has come; gives what is to be asked of the disk when it was the last, or what it means if there is more than
    /// there should be.
    pub(super) fn on_bytes(&mut self, bytes: &ArrayBuffer) -> Result<Option<(Asked, Request, Load)>, Input> {
        let Some(coming) = &mut self.coming else { return Ok(None) };
        let there = coming.bytes.len() as u64 + u64::from(bytes.byte_length());
        if there > coming.length {
            return self.end(StoreOutcome::Damaged).map_or(Ok(None), Err);
        }
        append(bytes, &mut coming.bytes);
        self.wire.free(bytes);
        if there < coming.length {
            return Ok(None);
        }
        let Some(Coming { store, block, size, hash, bytes, .. }) = self.coming.take() else {
            return Ok(None);
        };
        let asked = Asked::Store { from: self.from.clone(), file: self.file.clone(), block };
        Ok(Some((asked, Request::Store { store, block, size, hash }, Load::Block(bytes))))
    }

    /// Nothing comes any more.
    pub(super) fn close(mut self) -> Vec<Input> {
        let cut = self.end(StoreOutcome::Cut);
        cut.into_iter().chain([Input::Closed(self.from.clone(), self.file.clone())]).collect()
    }
}
