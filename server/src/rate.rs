//! How fast one socket may speak: a token bucket, and a patience that is used up by refusals and comes back with time.
//!
//! Pure: the time of each event is a parameter.

use std::time::Instant;

/// Refusals at once that a socket survives.
const PATIENCE: f64 = 200.0;
/// Refusals that are forgiven while one event is allowed: who asks for three times the rate for long is cut.
const FORGIVEN: f64 = 2.0;

/// What a socket may do in a second and at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Events per second, sustained.
    pub per_second: u32,
    /// Events at once.
    pub burst: u32,
}

/// What to do with an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// Carry it out.
    Pass,
    /// Refuse it.
    Refuse,
    /// Disconnect: this socket keeps flooding.
    Cut,
}

/// The state of one socket.
#[derive(Debug)]
pub struct Bucket {
    rate: Rate,
    tokens: f64,
    /// Refusals that are not forgiven yet.
    refused: f64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket.
    pub fn new(rate: Rate, now: Instant) -> Self {
        Self { rate, tokens: f64::from(rate.burst), refused: 0.0, filled: now }
    }

    /// One event at this time.
    pub fn take(&mut self, now: Instant) -> Verdict {
        let since = now.saturating_duration_since(self.filled).as_secs_f64();
        self.filled = now;
        let earned = since * f64::from(self.rate.per_second);
        self.tokens = f64::from(self.rate.burst).min(self.tokens + earned);
        self.refused = (self.refused - FORGIVEN * earned).max(0.0);
        if self.tokens >= 1.0 {
            self.tokens -= 1.0;
            return Verdict::Pass;
        }
        self.refused += 1.0;
        if self.refused > PATIENCE { Verdict::Cut } else { Verdict::Refuse }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    const RATE: Rate = Rate { per_second: 10, burst: 3 };

    #[test]
    fn a_burst_passes_and_the_rest_waits_for_time() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        let at_once: Vec<_> = (0..4).map(|_| bucket.take(start)).collect();
        assert_eq!(at_once, [Verdict::Pass, Verdict::Pass, Verdict::Pass, Verdict::Refuse]);
        let later = start + Duration::from_millis(100);
        assert_eq!(bucket.take(later), Verdict::Pass);
        assert_eq!(bucket.take(later), Verdict::Refuse);
    }

    #[test]
    fn an_idle_hour_fills_the_bucket_only_to_the_brim() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        let later = start + Duration::from_hours(1);
        let passed = (0..10).filter(|_| bucket.take(later) == Verdict::Pass).count();
        assert_eq!(passed, 3);
    }

    #[test]
    fn patience_ends() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        let verdicts: Vec<_> = (0..400).map(|_| bucket.take(start)).collect();
        assert_eq!(verdicts.iter().filter(|verdict| **verdict == Verdict::Refuse).count(), 200);
        assert_eq!(verdicts.last(), Some(&Verdict::Cut));
    }

    #[test]
    fn patience_ends_however_slowly_a_flood_is_read() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        let mut moments = (0..10_000).map(|n| start + Duration::from_millis(25 * n));
        assert!(moments.any(|now| bucket.take(now) == Verdict::Cut), "40 a second, 10 allowed");
    }

    #[test]
    fn who_slows_down_is_forgiven() {
        let start = Instant::now();
        let mut bucket = Bucket::new(RATE, start);
        for second in 0..1000 {
            let now = start + Duration::from_secs(second);
            let verdicts: Vec<_> = (0..20).map(|_| bucket.take(now)).collect();
            assert!(!verdicts.contains(&Verdict::Cut));
        }
    }
}
