//! What time it is for others: the system's clock, or one that a test turns by hand.

use std::fmt;
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

/// Tells the time; a clone is the same clock.
#[derive(Clone)]
pub(crate) struct Clock(Arc<dyn Fn() -> u64 + Send + Sync>);

impl Clock {
    /// The clock of this machine.
    pub(crate) fn system() -> Self {
        Self(Arc::new(|| SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_secs()))
    }

    /// Seconds since 1970.
    pub(crate) fn unix(&self) -> u64 {
        self.0()
    }

    /// A clock that shows what the number says.
    #[cfg(test)]
    pub(crate) fn by_hand(start: u64) -> (Self, Arc<std::sync::atomic::AtomicU64>) {
        use std::sync::atomic::{AtomicU64, Ordering};
        let hand = Arc::new(AtomicU64::new(start));
        let shown = hand.clone();
        (Self(Arc::new(move || shown.load(Ordering::SeqCst))), hand)
    }
}

impl fmt::Debug for Clock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Clock({})", self.unix())
    }
}
