//! Sets of blocks, and how they travel.

use std::ops::Range;

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
        for (at, mask) in masks(runs, self.of) {
            let word = &mut self.words[at];
            self.count += (mask & !*word).count_ones();
            *word |= mask;
        }
    }

    /// Takes these blocks out.
    pub(crate) fn subtract(&mut self, runs: &[Run]) {
        for (at, mask) in masks(runs, self.of) {
            let word = &mut self.words[at];
            self.count -= (mask & *word).count_ones();
            *word &= !mask;
        }
    }

    /// The first block from this one on, and then from the first on, that is in here and for which `fits` is true of the
    /// 64 blocks around it, given as the index of their word.
    pub(crate) fn next(&self, from: u32, fits: impl Fn(usize) -> u64) -> Option<u32> {
        let start = from as usize / 64;
        let before = !0_u64 << (from % 64);
        let find = |(at, mask): (usize, u64)| {
            let word = self.words.get(at)? & mask & fits(at);
            (word != 0).then(|| index(at) + word.trailing_zeros())
        };
        let later = (start..self.words.len()).map(|at| (at, if at == start { before } else { !0 }));
        let earlier =
            (0..self.words.len().min(start + 1)).map(|at| (at, if at == start { !before } else { !0 }));
        later.chain(earlier).find_map(find)
    }

    /// How many words it has.
    pub(crate) fn words(&self) -> usize {
        self.words.len()
    }

    /// The 64 blocks of this index, a bit each.
    pub(crate) fn word(&self, at: usize) -> u64 {
        self.words.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = u32> + '_ {
        (0..self.words.len()).flat_map(|at| bits(at, self.word(at)))
    }

    pub(crate) fn runs(&self) -> Vec<Run> {
        let mut runs = Vec::new();
        for (at, word) in self.words.iter().enumerate() {
            let mut rest = *word;
            while rest != 0 {
                let first = rest.trailing_zeros();
                let count = (rest >> first).trailing_ones();
                push(&mut runs, Run(index(at) + first, count));
                rest &= !ones(first, first + count);
            }
        }
        runs
    }
}

/// The first of the 64 blocks of a word.
fn index(at: usize) -> u32 {
    u32::try_from(at).unwrap_or(u32::MAX / 64) * 64
}

/// The bits from this one on and before that one.
fn ones(from: u32, to: u32) -> u64 {
    let below = |bit: u32| 1_u64.checked_shl(bit).map_or(!0, |bit| bit - 1);
    below(to) & !below(from)
}

/// The blocks of a word.
pub(crate) fn bits(at: usize, word: u64) -> impl Iterator<Item = u32> {
    (0..64).filter(move |bit| word >> bit & 1 == 1).map(move |bit| index(at) + bit)
}

fn push(runs: &mut Vec<Run>, run: Run) {
    match runs.last_mut() {
        Some(Run(first, count)) if *first + *count == run.0 => *count += run.1,
        _ => runs.push(run),
    }
}

/// Blocks in ascending order, as runs.
pub(crate) fn runs(blocks: impl IntoIterator<Item = u32>) -> Vec<Run> {
    let mut runs = Vec::new();
    blocks.into_iter().for_each(|block| push(&mut runs, Run(block, 1)));
    runs
}

/// These runs, as far as a file of so many blocks has them. One that begins before another has ended is left out: so no words
/// make more work than the file has blocks, and who means well says none.
fn within(runs: &[Run], of: u32) -> impl Iterator<Item = Range<u32>> + '_ {
    let mut end = 0;
    runs.iter().filter_map(move |Run(first, count)| {
        let range = *first..first.saturating_add(*count).min(of);
        let fits = !range.is_empty() && range.start >= end;
        end = if fits { range.end } else { end };
        fits.then_some(range)
    })
}

/// These runs, word by word.
fn masks(runs: &[Run], of: u32) -> impl Iterator<Item = (usize, u64)> + '_ {
    within(runs, of).flat_map(|range| {
        (range.start / 64..range.end.div_ceil(64)).map(move |at| {
            let (from, to) = (range.start.max(at * 64), range.end.min(at * 64 + 64));
            (at as usize, ones(from - at * 64, to - at * 64))
        })
    })
}

/// The blocks of these runs, as far as a file of so many blocks has them.
pub(crate) fn blocks(runs: &[Run], of: u32) -> impl Iterator<Item = u32> + '_ {
    within(runs, of).flatten()
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
    fn runs_are_blocks_however_they_lie() {
        for (first, count) in [(0, 1), (0, 64), (5, 59), (63, 2), (1, 190), (0, 300), (299, 1), (64, 128)] {
            let (mut fast, mut slow) = (BlockSet::none(300), BlockSet::none(300));
            fast.extend(&[Run(first, count)]);
            (first..first + count).for_each(|block| assert!(slow.insert(block)));
            assert_eq!(fast, slow);
            assert_eq!(fast.runs(), [Run(first, count)]);
            assert_eq!(fast.iter().collect::<Vec<_>>(), (first..first + count).collect::<Vec<_>>());
            let mut rest = BlockSet::all(300);
            rest.subtract(&[Run(first, count)]);
            assert_eq!(rest.count(), 300 - count);
            assert!((0..300).all(|block| rest.has(block) != slow.has(block)));
        }
    }

    #[test]
    fn the_same_is_not_said_many_times() {
        let hostile = vec![Run(0, u32::MAX); 10_000];
        assert_eq!(blocks(&hostile, 4 << 20).count(), 4 << 20);
        assert_eq!(within(&[Run(5, 5), Run(0, 9), Run(8, 1), Run(10, 0), Run(12, 3)], 14).count(), 2);
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
