//! When things happened on a page, to a twentieth of a second: frames that arrived, and states it went through.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::person::Person;

/// A moment on the clock of the machine, which tests and pages share: milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd, Deserialize)]
#[serde(transparent)]
pub struct Moment(f64);

impl Moment {
    /// Now.
    pub fn now() -> Result<Self> {
        Ok(Self(SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs_f64() * 1_000.0))
    }

    /// So much later.
    #[must_use]
    pub fn after(self, time: Duration) -> Self {
        Self(self.0 + time.as_secs_f64() * 1_000.0)
    }

    /// The time from an earlier moment to this one; nothing if it is not earlier.
    pub fn since(self, earlier: Self) -> Duration {
        Duration::try_from_secs_f64((self.0 - earlier.0) / 1_000.0).unwrap_or_default()
    }
}

/// What a watched page has noted.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Watched {
    /// When frames were seen to grow.
    pub frames: Vec<Moment>,
    /// When the page came into which state.
    pub states: Vec<(Moment, String)>,
}

impl Watched {
    /// The longest time without a new frame between two moments.
    pub fn longest_gap(&self, from: Moment, to: Moment) -> Duration {
        let within = self.frames.iter().copied().filter(|&moment| from < moment && moment < to);
        let ends: Vec<Moment> = std::iter::once(from).chain(within).chain([to]).collect();
        let gaps = ends.iter().zip(ends.iter().skip(1)).map(|(&one, &next)| next.since(one));
        gaps.max().unwrap_or_default()
    }
}

impl Person {
    /// Begins to watch the page, which has its instruments.
    pub async fn watch(&self) -> Result<()> {
        self.read(include_str!("scripts/watch.js")).await
    }

    /// What has been noted since.
    pub async fn watched(&self) -> Result<Watched> {
        self.read("return window.__watched;").await
    }

    /// Waits until frames grow after this moment, and tells how long that took.
    pub async fn frames_after(&self, moment: Moment) -> Result<Duration> {
        self.expect("receives new frames", async || {
            let watched = self.watched().await?;
            let next = watched.frames.iter().find(|&&frame| frame > moment);
            next.map(|next| next.since(moment)).context("there is none")
        })
        .await
    }

    /// Waits until the page is in this state after this moment, and tells how long that took.
    pub async fn state_after(&self, moment: Moment, wanted: &str) -> Result<Duration> {
        self.expect(&format!("comes into state {wanted}"), async || {
            let Watched { states, .. } = self.watched().await?;
            let (reached, state) = states.last().context("there is none")?;
            ensure!(state == wanted, "the states are {states:?}");
            Ok(reached.since(moment))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_gap_reaches_from_frame_to_frame_and_to_both_ends() {
        let watched = Watched { frames: [10.0, 60.0, 400.0, 450.0].map(Moment).into(), states: Vec::new() };
        let gap = |from, to| watched.longest_gap(Moment(from), Moment(to)).as_millis();
        assert_eq!(gap(0.0, 500.0), 340);
        assert_eq!(gap(0.0, 300.0), 240);
        assert_eq!(gap(420.0, 1_000.0), 550);
        assert_eq!(gap(500.0, 600.0), 100);
    }
}
