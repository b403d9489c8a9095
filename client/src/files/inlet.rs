//! A channel over which blocks of a file come: before each a text that says which, then its bytes in pieces.

use visavis_files::{FileId, Hash, Head, Input, StoreOutcome, extent};
use visavis_protocol::PeerId;

use super::{clerk::Asked, lines::Key, wire::Wire};
use crate::{
    browser::{
        buffers::{Load, Spent, put},
        channels::ArrayBuffer,
    },
    disk::word::Request,
};

/// A block that comes, and is wanted.
struct Coming {
    store: FileId,
    block: u32,
    size: u64,
    hash: Hash,
    /// Room for all of it.
    room: Vec<u8>,
    /// So many bytes have come.
    there: usize,
}

pub(super) struct Inlet {
    from: PeerId,
    file: FileId,
    line: Key,
    key: Key,
    /// As long as it is here it is open.
    _wire: Wire,
    spent: Spent,
    coming: Option<Coming>,
}

impl Inlet {
    pub(super) fn new(from: PeerId, file: FileId, line: Key, key: Key, wire: Wire) -> Self {
        Self { from, file, line, key, _wire: wire, spent: Spent::default(), coming: None }
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
    pub(super) fn expect(&mut self, mut room: Vec<u8>, store: FileId, block: u32, size: u64, hash: Hash) {
        // What a block before has left in it costs nothing.
        room.resize(usize::try_from(extent(size, block).1).unwrap_or_default(), 0);
        self.coming = Some(Coming { store, block, size, hash, room, there: 0 });
    }

    /// A piece has come; gives what is to be asked of the disk when it was the last, or what it means if there is more than
    /// there should be.
    pub(super) fn on_bytes(&mut self, bytes: &ArrayBuffer) -> Result<Option<(Asked, Request, Load)>, Input> {
        let Some(coming) = &mut self.coming else { return Ok(None) };
        let there = coming.there + bytes.byte_length() as usize;
        if there > coming.room.len() {
            return self.end(StoreOutcome::Damaged).map_or(Ok(None), Err);
        }
        put(bytes, &mut coming.room, coming.there);
        self.spent.add(bytes);
        coming.there = there;
        if there < coming.room.len() {
            return Ok(None);
        }
        let Some(Coming { store, block, size, hash, room, .. }) = self.coming.take() else {
            return Ok(None);
        };
        let asked = Asked::Store { from: self.from.clone(), file: self.file.clone(), block };
        Ok(Some((asked, Request::Store { store, block, size, hash }, Load::Block(room))))
    }

    /// Nothing comes any more.
    pub(super) fn close(mut self) -> Vec<Input> {
        let cut = self.end(StoreOutcome::Cut);
        cut.into_iter().chain([Input::Cut(self.from.clone(), self.file.clone())]).collect()
    }
}
