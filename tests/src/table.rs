//! Times of repeated measurements, as a table for people.

use std::fmt::{self, Display, Formatter};
use std::time::Duration;

use anyhow::{Context as _, Result};

use crate::tool;

/// How often a report measures: `VISAVIS_LAB_REPEATS` times, or once, as a test does.
pub fn repeats() -> Result<u32> {
    match std::env::var("VISAVIS_LAB_REPEATS") {
        Ok(times) => times.parse().context("VISAVIS_LAB_REPEATS is a number"),
        Err(_) => Ok(1),
    }
}

/// Rows of measured times, in the order in which they came up.
#[derive(Debug, Default)]
pub struct Table {
    title: String,
    rows: Vec<(String, Vec<Duration>)>,
}

impl Table {
    /// An empty one.
    pub fn new(title: &str) -> Self {
        Self { title: title.to_owned(), rows: Vec::new() }
    }

    /// Adds a time to the row of this name.
    pub fn add(&mut self, name: &str, time: Duration) {
        match self.rows.iter_mut().find(|(row, _)| row == name) {
            Some((_, times)) => times.push(time),
            None => self.rows.push((name.to_owned(), vec![time])),
        }
    }

    /// Saves it as `target/e2e/<name>.md`.
    pub fn save(&self, name: &str) -> Result<()> {
        Ok(std::fs::write(tool::report_dir()?.join(format!("{name}.md")), self.to_string())?)
    }
}

impl Display for Table {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        writeln!(f, "| {} | times | p50 | p95 |\n| --- | --: | --: | --: |", self.title)?;
        for (name, times) in &self.rows {
            let mut sorted = times.clone();
            sorted.sort_unstable();
            let [half, most] = [50, 95].map(|percent| percentile(&sorted, percent).as_secs_f64());
            writeln!(f, "| {name} | {} | {half:.2} s | {most:.2} s |", times.len())?;
        }
        Ok(())
    }
}

/// The least of these sorted times that so many percent do not exceed.
fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(rank).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn percentiles_are_of_the_nearest_rank() {
        let times: Vec<Duration> = (1..=20).map(Duration::from_secs).collect();
        assert_eq!(percentile(&times, 50), Duration::from_secs(10));
        assert_eq!(percentile(&times, 95), Duration::from_secs(19));
        assert_eq!(percentile(&times[..1], 95), Duration::from_secs(1));
        assert_eq!(percentile(&[], 50), Duration::ZERO);
    }

    #[test]
    fn rows_keep_their_order() {
        let mut table = Table::new("back after");
        for (name, millis) in [("30 s", 250), ("2 s", 90), ("30 s", 350)] {
            table.add(name, Duration::from_millis(millis));
        }
        let shown = "| back after | times | p50 | p95 |\n| --- | --: | --: | --: |\n\
                     | 30 s | 2 | 0.25 s | 0.35 s |\n| 2 s | 1 | 0.09 s | 0.09 s |\n";
        assert_eq!(table.to_string(), shown);
    }
}
