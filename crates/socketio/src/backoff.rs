//! How long to wait before the next attempt: exponential, capped, with jitter. Knows neither clock nor random source: the
//! seed is given.

use std::time::Duration;

/// The shape of the delays between attempts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BackoffConfig {
    /// The first delay, before jitter.
    pub first: Duration,
    /// No delay is longer than this.
    pub max: Duration,
    /// Each delay is this many times the one before.
    pub factor: u32,
    /// How far a delay may stray to either side, in percent of itself (at most 100).
    pub jitter_percent: u32,
}

impl Default for BackoffConfig {
    fn default() -> Self {
        Self { first: Duration::from_millis(500), max: Duration::from_secs(5), factor: 2, jitter_percent: 50 }
    }
}

/// The delays of one client: each call of [`Backoff::next_delay`] is longer than the last, until [`Backoff::reset`].
#[derive(Debug, Clone)]
pub struct Backoff {
    config: BackoffConfig,
    failures: u32,
    random: u64,
}

impl Backoff {
    /// Starts at the first delay. Clients with different seeds stray differently.
    pub fn new(config: BackoffConfig, seed: u64) -> Self {
        Self { config, failures: 0, random: seed }
    }

    /// Back to the first delay: the connection stands.
    pub fn reset(&mut self) {
        self.failures = 0;
    }

    /// How long to wait now.
    pub fn next_delay(&mut self) -> Duration {
        let max = millis(self.config.max);
        let grown = u64::from(self.config.factor)
            .saturating_pow(self.failures)
            .saturating_mul(millis(self.config.first));
        self.failures = self.failures.saturating_add(1);
        let nominal = grown.min(max);
        let spread = nominal.saturating_mul(u64::from(self.config.jitter_percent.min(100))) / 100;
        let width = spread.saturating_mul(2).saturating_add(1);
        let delay = nominal.saturating_sub(spread).saturating_add(self.random() % width);
        Duration::from_millis(delay.min(max))
    }

    /// `SplitMix64`: one addition and two multiplications are plenty to keep clients from marching in step.
    fn random(&mut self) -> u64 {
        self.random = self.random.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.random;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }
}

fn millis(duration: Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn delays(backoff: &mut Backoff, count: usize) -> Vec<u128> {
        (0..count).map(|_| backoff.next_delay().as_millis()).collect()
    }

    #[test]
    fn doubles_from_half_a_second_to_five_seconds() {
        let mut backoff = Backoff::new(BackoffConfig { jitter_percent: 0, ..BackoffConfig::default() }, 0);
        assert_eq!(delays(&mut backoff, 6), [500, 1000, 2000, 4000, 5000, 5000]);
        backoff.reset();
        assert_eq!(delays(&mut backoff, 2), [500, 1000]);
    }

    #[test]
    fn jitter_stays_within_half_and_never_passes_the_cap() {
        for seed in 0..200 {
            let mut backoff = Backoff::new(BackoffConfig::default(), seed);
            for (delay, nominal) in
                delays(&mut backoff, 6).into_iter().zip([500, 1000, 2000, 4000, 5000, 5000])
            {
                assert!(delay >= nominal / 2 && delay <= (nominal * 3 / 2).min(5000), "{delay} of {nominal}");
            }
        }
    }

    #[test]
    fn seeds_stray_differently() {
        let of = |seed| delays(&mut Backoff::new(BackoffConfig::default(), seed), 4);
        assert_eq!(of(1), of(1));
        assert_ne!(of(1), of(2));
    }

    #[test]
    fn ten_thousand_failures_do_not_overflow() {
        let mut backoff = Backoff::new(BackoffConfig::default(), 3);
        let last = delays(&mut backoff, 10_000).pop();
        assert!(last.is_some_and(|last| (2500..=5000).contains(&last)));
    }
}
