//! How the contestants compare, as a table for people.

use std::fmt::{self, Display, Formatter};

use anyhow::Result;

use super::costs::Cost;
use super::{Carried, Contestant};

/// What became of each round of a contestant.
#[derive(Debug)]
pub struct Row {
    /// Who carried.
    pub contestant: Contestant,
    /// The rounds in their order; those that failed have no numbers.
    pub rounds: Vec<Result<Carried>>,
}

/// All rows. The ratio to the bare loop is the median of what it is round by round.
#[derive(Debug)]
pub struct Score(pub Vec<Row>);

impl Display for Score {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(
            "| contestant | MB/s | of bare | MB/s by round \
             | taker: peak growth | processor | main thread | giver: peak growth | processor | main thread |\n\
             | --- | --: | --: | --- | --: | --: | --: | --: | --: | --: |\n",
        )?;
        let bare = self.0.iter().find(|row| row.contestant == Contestant::Bare);
        self.0.iter().try_for_each(|row| row.write(f, bare))
    }
}

impl Row {
    fn write(&self, f: &mut Formatter<'_>, bare: Option<&Self>) -> fmt::Result {
        let speed = median(self.carried().map(|carried| carried.speed / 1e6));
        let ratio = median(bare.into_iter().flat_map(|bare| self.ratios(bare)));
        write!(
            f,
            "| {} | {} | {} | {} |",
            self.contestant,
            shown(speed, 1, ""),
            shown(ratio, 2, ""),
            self.by_round()
        )?;
        for side in [|carried: &Carried| carried.taker, |carried: &Carried| carried.giver] {
            let cost = |of: fn(Cost) -> Option<f64>| median(self.carried().filter_map(|one| of(side(one))));
            let memory = cost(|cost| cost.memory.map(mebibytes));
            let [processor, main_thread] = [cost(|cost| cost.processor), cost(|cost| cost.main_thread)];
            write!(
                f,
                " {} | {} | {} |",
                shown(memory, 0, " MiB"),
                shown(processor, 2, " s"),
                shown(main_thread, 2, " s")
            )?;
        }
        writeln!(f)
    }

    fn carried(&self) -> impl Iterator<Item = &Carried> {
        self.rounds.iter().flatten()
    }

    fn by_round(&self) -> String {
        let round = |round: &Result<Carried>| match round {
            Ok(carried) => format!("{:.1}", carried.speed / 1e6),
            Err(_) => "failed".to_owned(),
        };
        self.rounds.iter().map(round).collect::<Vec<_>>().join(", ")
    }

    /// To another row, of the rounds that both have.
    fn ratios(&self, other: &Self) -> impl Iterator<Item = f64> {
        let both = self.rounds.iter().zip(&other.rounds);
        both.filter_map(|(own, other)| Some(own.as_ref().ok()?.speed / other.as_ref().ok()?.speed))
    }
}

fn shown(value: Option<f64>, decimals: usize, unit: &str) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.decimals$}{unit}"))
}

#[expect(clippy::cast_precision_loss, reason = "memory in mebibytes without decimals")]
fn mebibytes(bytes: u64) -> f64 {
    bytes as f64 / 1024.0 / 1024.0
}

fn median(values: impl Iterator<Item = f64>) -> Option<f64> {
    let mut sorted: Vec<f64> = values.collect();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get(sorted.len().checked_sub(1)? / 2)?, sorted.get(sorted.len() / 2)?);
    Some(f64::midpoint(*low, *high))
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use anyhow::anyhow;

    use super::*;

    fn row(contestant: Contestant, speeds: &[Option<f64>]) -> Row {
        let round = |speed: &Option<f64>| {
            speed.map_or_else(
                || Err(anyhow!("lost")),
                |speed| {
                    let giver = Cost { memory: Some(3 << 20), ..Cost::default() };
                    let taker = Cost { processor: Some(1.5), main_thread: Some(0.25), ..Cost::default() };
                    Ok(Carried { time: Duration::from_secs(1), speed, stages: Vec::new(), giver, taker })
                },
            )
        };
        Row { contestant, rounds: speeds.iter().map(round).collect() }
    }

    #[test]
    fn everybody_is_compared_round_by_round() {
        let bare = row(Contestant::Bare, &[Some(100e6), Some(40e6), Some(50e6)]);
        let own = row(Contestant::Visavis, &[Some(50e6), None, Some(40e6)]);
        let shown = Score(vec![bare, own]).to_string();
        let lines: Vec<&str> = shown.lines().skip(2).collect();
        assert_eq!(
            lines,
            [
                "| bare | 50.0 | 1.00 | 100.0, 40.0, 50.0 | - | 1.50 s | 0.25 s | 3 MiB | - | - |",
                "| visavis | 45.0 | 0.65 | 50.0, failed, 40.0 | - | 1.50 s | 0.25 s | 3 MiB | - | - |",
            ]
        );
    }

    #[test]
    fn without_rounds_and_without_the_bare_loop_there_are_no_numbers() {
        let shown = Score(vec![row(Contestant::MiroTalk, &[None])]).to_string();
        assert!(shown.ends_with("| mirotalk | - | - | failed | - | - | - | - | - | - |\n"), "{shown}");
        assert_eq!(median([3.0, 1.0, 2.0, 10.0].into_iter()), Some(2.5));
    }
}
