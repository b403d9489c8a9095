//! Sets of blocks, and how they travel.

use serde::{Deserialize, Serialize};

/// Blocks that follow each other: the first, and how many.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Run(pub(crate) u32, pub(crate) u32);

/// Some blocks of a file.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct BlockSet {
    /// How many blocks the file has.
    of: u32,
    words: Vec<u64>,
    count: u32,
}

impl BlockSet {
    pub(crate) fn none(of: u32) -> Self {
        Self { of, words: vec![0; of.div_ceil(64) as usize], count: 0 }
    }

    pub(crate) fn all(of: u32) -> Self {
        let mut set = Self::none(of);
        set.extend(&[Run(0, of)]);
        set
    }

    pub(crate) fn count(&self) -> u32 {
        self.count
    }

    pub(crate) fn is_all(&self) -> bool {
        self.count == self.of
    }

    pub(crate) fn has(&self, block: u32) -> bool {
        self.words.get(block as usize / 64).is_some_and(|word| word >> (block % 64) & 1 == 1)
    }

    /// Adds a block of the file; says whether it was not there.
    pub(crate) fn insert(&mut self, block: u32) -> bool {
        let new = block < self.of && !self.has(block);
        if new {
            self.words[block as usize / 64] |= 1 << (block % 64);
            self.count += 1;
        }
        new
    }

    /// Takes a block out; says whether it was there.
    pub(crate) fn remove(&mut self, block: u32) -> bool {
        let known = self.has(block);
        if known {
            self.words[block as usize / 64] &= !(1 << (block % 64));
            self.count -= 1;
        }
        known
    }

    pub(crate) fn clear(&mut self) {
        self.words.fill(0);
        self.count = 0;
    }

    /// Adds those of these blocks that the file has.
    pub(crate) fn extend(&mut self, runs: &[Run]) {
        for block in blocks(runs, self.of) {
            self.insert(block);
        }
    }

    /// The first block from this one on, and then from the first on, that is in here and for which `fits` is true of the
    /// 64 blocks around it, given as the index of their word.
    pub(crate) fn next(&self, from: u32, fits: impl Fn(usize) -> u64) -> Option<u32> {
        let start = from as usize / 64;
        let before = !0_u64 << (from % 64);
        let find = |(at, mask): (usize, u64)| {
            let word = self.words.get(at)? & mask & fits(at);
            (word != 0).then(|| u32::try_from(at).unwrap_or(u32::MAX) * 64 + word.trailing_zeros())
        };
        let later = (start..self.words.len()).map(|at| (at, if at == start { before } else { !0 }));
        let earlier =
            (0..self.words.len().min(start + 1)).map(|at| (at, if at == start { !before } else { !0 }));
        later.chain(earlier).find_map(find)
    }

    /// The 64 blocks of this index, a bit each.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.of).filter(|block| self.has(*block))
    }

    pub(crate) fn runs(&self) -> Vec<Run> {
        runs(self.iter())
    }
}

/// Blocks in ascending order, as runs.
pub(crate) fn runs(blocks: impl IntoIterator<Item = u32>) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for block in blocks {
        match runs.last_mut() {
            Some(Run(first, count)) if *first + *count == block => *count += 1,
            _ => runs.push(Run(block, 1)),
        }
    }
    runs
}

/// The blocks of these runs, as far as a file of so many blocks has them.
pub(crate) fn blocks(runs: &[Run], of: u32) -> impl Iterator<Item = u32> + '_ {
    runs.iter().flat_map(move |Run(first, count)| *first..first.saturating_add(*count).min(of))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_blocks_of_the_file_are_in_a_set() {
        let mut set = BlockSet::none(70);
        set.extend(&[Run(0, 2), Run(68, u32::MAX), Run(u32::MAX, 7)]);
        assert_eq!(set.runs(), [Run(0, 2), Run(68, 2)]);
        assert!(!set.insert(70) && !set.insert(0) && set.insert(5) && set.remove(5) && !set.remove(5));
        assert_eq!(set.count(), 4);
        assert!(BlockSet::all(70).is_all() && BlockSet::none(0).is_all());
    }

    #[test]
    fn the_next_is_sought_all_around() {
        let mut set = BlockSet::none(200);
        set.extend(&[Run(3, 1), Run(130, 1)]);
        let all = |_| !0;
        assert_eq!(set.next(0, all), Some(3));
        assert_eq!(set.next(4, all), Some(130));
        assert_eq!(set.next(130, all), Some(130));
        assert_eq!(set.next(131, all), Some(3));
        assert_eq!(set.next(131, |at| if at == 0 { 0 } else { !0 }), Some(130));
        assert_eq!(BlockSet::none(200).next(7, all), None);
    }
}
