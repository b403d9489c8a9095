//! The last minutes of a link, a sample a second.

use std::collections::VecDeque;

use crate::rates::Sample;

/// As many samples are kept: five minutes.
pub const KEPT: usize = 300;

/// See the module.
#[derive(Debug, Clone, Default)]
pub struct History(VecDeque<Sample>);

impl History {
    pub(crate) fn push(&mut self, sample: Sample) {
        if self.0.len() >= KEPT {
            self.0.pop_front();
        }
        self.0.push_back(sample);
    }

    /// The oldest first.
    pub fn samples(&self) -> impl DoubleEndedIterator<Item = &Sample> {
        self.0.iter()
    }

    /// The newest.
    pub fn last(&self) -> Option<&Sample> {
        self.0.back()
    }

    /// The newest so many, the newest first.
    pub(crate) fn newest(&self, count: usize) -> impl Iterator<Item = &Sample> {
        self.0.iter().rev().take(count)
    }

    /// The mean of the newest so many samples.
    pub(crate) fn mean(&self, count: usize, of: impl Fn(&Sample) -> u32) -> u32 {
        let (sum, found) = self
            .newest(count)
            .fold((0_u64, 0_u64), |(sum, found), sample| (sum + u64::from(of(sample)), found + 1));
        u32::try_from(sum.checked_div(found).unwrap_or_default()).unwrap_or(u32::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_five_minutes_are_kept() {
        let mut history = History::default();
        for at in 0..400 {
            history.push(Sample { at, ..Sample::default() });
        }
        let kept: Vec<u64> = history.samples().map(|sample| sample.at).collect();
        assert_eq!(kept, (100..400).collect::<Vec<_>>());
        assert_eq!(history.mean(4, |sample| u32::try_from(sample.at).unwrap()), 397);
        assert_eq!(History::default().mean(4, |_| 1), 0);
    }
}
