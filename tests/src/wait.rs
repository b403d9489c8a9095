//! Waiting for a condition, with patience for a busy machine and a message that tells what was last seen.

use std::time::{Duration, Instant};

use anyhow::Result;

/// How long a condition may take. It is long because the machine may be slow; a passing test never waits it out.
pub const PATIENCE: Duration = Duration::from_mins(1);

/// The pauses between two looks grow: whoever waits long should not also keep the machine busy.
const FIRST_PAUSE: Duration = Duration::from_millis(100);
const LONGEST_PAUSE: Duration = Duration::from_secs(1);

/// Asks `probe` again and again until it succeeds; its error says what was seen instead of the awaited.
///
/// # Errors
///
/// After [`PATIENCE`]: what was awaited, and the last error of the probe.
pub async fn until<T>(what: &str, probe: impl AsyncFnMut() -> Result<T>) -> Result<T> {
    until_within(PATIENCE, what, probe).await
}

/// As [`until`], with an own patience.
///
/// # Errors
///
/// After `patience`: what was awaited, and the last error of the probe.
pub async fn until_within<T>(
    patience: Duration,
    what: &str,
    mut probe: impl AsyncFnMut() -> Result<T>,
) -> Result<T> {
    let start = Instant::now();
    let mut pause = FIRST_PAUSE;
    loop {
        match probe().await {
            Ok(value) => return Ok(value),
            Err(seen) if start.elapsed() >= patience => {
                let waited = start.elapsed().as_secs();
                return Err(seen.context(format!("{what}: not within {waited} s; last seen")));
            }
            Err(_) => {
                tokio::time::sleep(pause).await;
                pause = (pause * 5 / 4).min(LONGEST_PAUSE);
            }
        }
    }
}
