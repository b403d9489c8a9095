//! A file that is stored, block after block, with a log of which were written.

use visavis_files::{BLOCK_BYTES, Hash, MOST_BYTES, extent};

use crate::browser::{error::BrowserError, store::Drawer};

/// Blocks after which what was written is made to last.
const LASTS: usize = 64;

/// A record of the log: the number of a block, and its hash.
const RECORD: usize = 36;

/// Records of the largest file, in bytes.
const MOST_LOG: u64 = (MOST_BYTES / BLOCK_BYTES) * RECORD as u64;

/// A file that is stored.
#[derive(Debug)]
pub(super) struct Stored {
    /// The name of its drawer.
    pub(super) drawer: String,
    /// While it is written; it is locked for others meanwhile.
    pub(super) open: Option<Drawer>,
    /// Records in the log.
    records: u64,
    /// Blocks written since it was last made to last.
    fresh: usize,
}

impl Stored {
    pub(super) fn new(drawer: String, open: Drawer, records: u64) -> Self {
        Self { drawer, open: Some(open), records, fresh: 0 }
    }

    /// Makes what was written last. The data first: what the log tells is there.
    pub(super) fn settle(&mut self) {
        self.fresh = 0;
        if let Some(drawer) = &self.open {
            drawer.data.flush();
            drawer.log.flush();
        }
    }

    /// Writes a block, and that it is there; false if nothing is written any more.
    pub(super) fn write(
        &mut self,
        block: u32,
        from: u64,
        hash: Hash,
        bytes: &[u8],
    ) -> Result<bool, BrowserError> {
        let Some(drawer) = &self.open else { return Ok(false) };
        let mut record = [0; RECORD];
        record[..4].copy_from_slice(&block.to_le_bytes());
        record[4..].copy_from_slice(hash.as_bytes());
        drawer.data.write(from, bytes)?;
        drawer.log.write(self.records * RECORD as u64, &record)?;
        self.records += 1;
        self.fresh += 1;
        if self.fresh >= LASTS {
            self.settle();
        }
        Ok(true)
    }
}

/// The number of records of a drawer's log, and the blocks that it has. The last of them may not have been made to last before
/// the machine stopped, so they are read and hashed.
pub(super) fn recall_blocks(drawer: &Drawer, size: u64) -> (u64, Vec<(u32, Hash)>) {
    let length = drawer.log.size().unwrap_or_default();
    let Ok(log) = drawer.log.read(0, length.min(MOST_LOG)) else { return (0, Vec::new()) };
    let record = |record: &[u8; RECORD]| {
        let (number, hash) = record.split_first_chunk::<4>()?;
        Some((u32::from_le_bytes(*number), Hash::from_bytes(hash.try_into().ok()?)))
    };
    let mut blocks: Vec<(u32, Hash)> = log.as_chunks::<RECORD>().0.iter().filter_map(record).collect();
    let records = blocks.len() as u64;
    let doubtful = blocks.split_off(blocks.len().saturating_sub(2 * LASTS));
    for (number, hash) in doubtful {
        let (from, length) = extent(size, number);
        if length > 0
            && let Ok(bytes) = drawer.data.read(from, length)
            && bytes.len() as u64 == length
            && Hash::of_block(size, number, &bytes) == hash
        {
            blocks.push((number, hash));
        }
    }
    (records, blocks)
}
