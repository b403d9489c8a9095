//! Files are divided into blocks, each with a hash of its own: what comes is verified as it comes, from whomever.

use std::fmt;

use blake3::hazmat::{HasherExt, Mode, merge_subtrees_non_root, merge_subtrees_root};
use serde::{Deserialize, Serialize};

/// Bytes of every block but the last.
pub const BLOCK_BYTES: u64 = 256 * 1024;

/// The largest file: 1 TiB.
pub const MOST_BYTES: u64 = 1 << 40;

/// How many blocks a file of this size has; one of no size has none.
pub fn blocks_of(size: u64) -> u32 {
    u32::try_from(size.div_ceil(BLOCK_BYTES)).unwrap_or(u32::MAX)
}

/// Where a block lies in a file of this size: offset and length in bytes.
pub fn extent(size: u64, block: u32) -> (u64, u64) {
    let from = u64::from(block) * BLOCK_BYTES;
    (from, size.saturating_sub(from).min(BLOCK_BYTES))
}

/// A BLAKE3 hash. That of a block is the chaining value of its subtree in the tree of the whole file, so that those of all
/// blocks give the hash of the file; that of an only block is the hash of the file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Hash([u8; 32]);

impl Hash {
    /// The hash of a block of a file of this size.
    pub fn of_block(size: u64, block: u32, bytes: &[u8]) -> Self {
        if blocks_of(size) <= 1 {
            return Self(*blake3::hash(bytes).as_bytes());
        }
        let mut hasher = blake3::Hasher::new();
        hasher.set_input_offset(extent(size, block).0);
        Self(hasher.update(bytes).finalize_non_root())
    }

    /// The hash of the file that has blocks of these hashes.
    pub(crate) fn of_file(blocks: &[Self]) -> Self {
        match blocks {
            [] => Self(*blake3::hash(b"").as_bytes()),
            [only] => *only,
            blocks => {
                let (left, right) = blocks.split_at(left_of(blocks.len()));
                Self(*merge_subtrees_root(&subtree(left), &subtree(right), Mode::Hash).as_bytes())
            }
        }
    }

    /// Out of its bytes.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Its bytes.
    pub fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits.
    pub fn parse(text: &str) -> Option<Self> {
        let (pairs, []) = text.as_bytes().as_chunks::<2>() else { return None };
        let mut bytes = [0; 32];
        if pairs.len() != bytes.len() {
            return None;
        }
        for (byte, pair) in bytes.iter_mut().zip(pairs) {
            let digits = pair.map(|digit| char::from(digit).to_digit(16));
            *byte = u8::try_from(digits[0]? << 4 | digits[1]?).ok()?;
        }
        Some(Self(bytes))
    }
}

/// How many blocks the left half of a tree has.
fn left_of(blocks: usize) -> usize {
    blocks.next_power_of_two() / 2
}

fn subtree(blocks: &[Hash]) -> [u8; 32] {
    match blocks {
        [] => [0; 32], // There is no empty half.
        [only] => only.0,
        blocks => {
            let (left, right) = blocks.split_at(left_of(blocks.len()));
            merge_subtrees_non_root(&subtree(left), &subtree(right), Mode::Hash)
        }
    }
}

impl fmt::Display for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Hash {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

impl From<Hash> for String {
    fn from(hash: Hash) -> Self {
        hash.to_string()
    }
}

impl TryFrom<String> for Hash {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text).ok_or("a hash has 64 hexadecimal digits")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn content(size: u64) -> Vec<u8> {
        (0..size).map(|at| u8::try_from(at * 31 % 251).unwrap()).collect()
    }

    #[test]
    fn the_hashes_of_all_blocks_give_that_of_the_file() {
        let blocks = |blocks: u64, bytes: u64| blocks * BLOCK_BYTES + bytes;
        for size in [
            0,
            1,
            BLOCK_BYTES,
            blocks(1, 1),
            blocks(2, 0),
            blocks(2, 5),
            blocks(4, 0),
            blocks(4, 1025),
            blocks(7, 9),
        ] {
            let content = content(size);
            let hashes: Vec<_> = (0..blocks_of(size))
                .map(|block| {
                    let (from, bytes) = extent(size, block);
                    let (from, bytes) = (usize::try_from(from).unwrap(), usize::try_from(bytes).unwrap());
                    Hash::of_block(size, block, &content[from..from + bytes])
                })
                .collect();
            assert_eq!(
                Hash::of_file(&hashes).to_string(),
                blake3::hash(&content).to_string(),
                "{size} bytes"
            );
        }
    }

    #[test]
    fn a_hash_is_read_as_it_is_written() {
        let hash = Hash::of_block(3, 0, b"abc");
        assert_eq!(Hash::parse(&hash.to_string()), Some(hash));
        for no_hash in [
            "",
            "ab",
            "zz",
            &hash.to_string()[1..],
            &format!("{hash}00"),
            &format!("+1{}", &hash.to_string()[2..]),
        ] {
            assert_eq!(Hash::parse(no_hash), None, "{no_hash}");
        }
    }

    #[test]
    fn the_last_block_is_what_is_left() {
        assert_eq!((blocks_of(BLOCK_BYTES), extent(BLOCK_BYTES, 0)), (1, (0, BLOCK_BYTES)));
        assert_eq!((blocks_of(BLOCK_BYTES + 7), extent(BLOCK_BYTES + 7, 1)), (2, (BLOCK_BYTES, 7)));
        assert_eq!(extent(5, 9).1, 0, "there is no such block");
    }
}
