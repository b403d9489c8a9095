//! When things happened on a page, to a twentieth of a second: frames that arrived, and states it went through.

use std::collections::BTreeSet;
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
    /// When frames were seen to grow, and over which of the peer connections that the page has made.
    pub frames: Vec<(Moment, usize)>,
    /// When the page came into which state.
    pub states: Vec<(Moment, String)>,
    /// When it began to show how many tiles.
    pub tiles: Vec<(Moment, usize)>,
}

impl Watched {
    /// The longest time without a new frame between two moments, over whichever peer connection.
    pub fn longest_gap(&self, from: Moment, to: Moment) -> Duration {
        longest_gap(self.frames.iter().map(|&(moment, _)| moment), from, to)
    }

    /// The longest time between two moments for which any of the peer connections that had given frames before gave
    /// none.
    pub fn longest_freeze(&self, from: Moment, to: Moment) -> Duration {
        let before = self.frames.iter().filter(|&&(moment, _)| moment < from);
        let links: BTreeSet<usize> = before.map(|&(_, link)| link).collect();
        let of = |link| self.frames.iter().filter(move |frame| frame.1 == link).map(|&(moment, _)| moment);
        links.into_iter().map(|link| longest_gap(of(link), from, to)).max().unwrap_or_default()
    }

    /// When the first frame after this moment came over a peer connection that had given none before.
    pub fn first_of_a_new_link(&self, since: Moment) -> Option<Moment> {
        let old: BTreeSet<usize> =
            self.frames.iter().filter(|frame| frame.0 <= since).map(|&(_, link)| link).collect();
        self.frames.iter().find(|(_, link)| !old.contains(link)).map(|&(moment, _)| moment)
    }

    /// The most tiles that were shown at the same time since this moment.
    pub fn most_tiles(&self, from: Moment) -> usize {
        let until = self.tiles.iter().skip(1).map(|&(moment, _)| Some(moment)).chain([None]);
        let shown = self.tiles.iter().zip(until).filter(|(_, until)| until.is_none_or(|until| until > from));
        shown.map(|(&(_, tiles), _)| tiles).max().unwrap_or_default()
    }
}

fn longest_gap(frames: impl Iterator<Item = Moment>, from: Moment, to: Moment) -> Duration {
    let within = frames.filter(|&moment| from < moment && moment < to);
    let ends: Vec<Moment> = std::iter::once(from).chain(within).chain([to]).collect();
    let gaps = ends.iter().zip(ends.iter().skip(1)).map(|(&one, &next)| next.since(one));
    gaps.max().unwrap_or_default()
}

impl Person {
    /// Begins to watch the page, which has its instruments.
    pub async fn watch(&self) -> Result<()> {
        self.read(include_str!("scripts/watch.js")).await
    }

    /// Of so many people, none was shown twice since this moment.
    pub async fn has_seen_no_more_than(&self, people: usize, since: Moment) -> Result<()> {
        let most = self.watched().await?.most_tiles(since);
        ensure!(most <= people, "{} has seen {most} tiles", self.name());
        Ok(())
    }

    /// What has been noted since.
    pub async fn watched(&self) -> Result<Watched> {
        self.read("return window.__watched;").await
    }

    /// Waits until frames grow after this moment, and tells how long that took.
    pub async fn frames_after(&self, moment: Moment) -> Result<Duration> {
        self.expect("receives new frames", async || {
            let watched = self.watched().await?;
            let next = watched.frames.iter().find(|frame| frame.0 > moment);
            next.map(|next| next.0.since(moment)).context("there is none")
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

    /// Waits until the server tells the page of this event over its WebSocket, and tells how long after this moment.
    pub async fn told_after(&self, moment: Moment, wanted: &str) -> Result<Duration> {
        self.expect(&format!("is told {wanted}"), async || {
            let events: Vec<(Moment, String)> = self.read("return window.__recorded.events;").await?;
            let found = events.iter().find(|(at, event)| *at > moment && event == wanted);
            found.map(|(at, _)| at.since(moment)).with_context(|| format!("the events are {events:?}"))
        })
        .await
    }

    /// Waits until the page shows this many tiles after this moment, and tells how long that took.
    pub async fn tiles_after(&self, moment: Moment, wanted: usize) -> Result<Duration> {
        self.expect(&format!("sees {wanted} tiles"), async || {
            let Watched { tiles, .. } = self.watched().await?;
            let (reached, shown) = tiles.last().context("there are none")?;
            ensure!(*shown == wanted, "it is {shown}");
            Ok(reached.since(moment))
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn watched(frames: &[(f64, usize)], tiles: &[(f64, usize)]) -> Watched {
        let noted = |list: &[(f64, usize)]| list.iter().map(|&(time, what)| (Moment(time), what)).collect();
        Watched { frames: noted(frames), states: Vec::new(), tiles: noted(tiles) }
    }

    #[test]
    fn one_frozen_link_is_not_hidden_by_another() {
        let watched = watched(&[(10.0, 0), (20.0, 1), (110.0, 0), (210.0, 0), (220.0, 1), (310.0, 2)], &[]);
        let freeze = |from, to| watched.longest_freeze(Moment(from), Moment(to)).as_millis();
        assert_eq!(freeze(15.0, 230.0), 100, "the other link had given nothing yet");
        assert_eq!(freeze(25.0, 230.0), 195);
        assert_eq!(freeze(25.0, 1_000.0), 790);
        assert_eq!(freeze(0.0, 5.0), 0);
    }

    #[test]
    fn a_new_link_is_one_that_had_given_nothing_before() {
        let watched = watched(&[(10.0, 0), (20.0, 1), (40.0, 0), (50.0, 2), (60.0, 3)], &[]);
        assert_eq!(watched.first_of_a_new_link(Moment(30.0)), Some(Moment(50.0)));
        assert_eq!(watched.first_of_a_new_link(Moment(60.0)), None);
    }

    #[test]
    fn the_most_tiles_are_those_of_the_time_asked_for() {
        let watched = watched(&[], &[(10.0, 3), (20.0, 4), (30.0, 2)]);
        let most = |from| watched.most_tiles(Moment(from));
        assert_eq!((most(5.0), most(25.0), most(35.0)), (4, 4, 2));
    }

    #[test]
    fn a_gap_reaches_from_frame_to_frame_and_to_both_ends() {
        let watched = watched(&[(10.0, 0), (60.0, 0), (400.0, 1), (450.0, 0)], &[]);
        let gap = |from, to| watched.longest_gap(Moment(from), Moment(to)).as_millis();
        assert_eq!(gap(0.0, 500.0), 340);
        assert_eq!(gap(0.0, 300.0), 240);
        assert_eq!(gap(420.0, 1_000.0), 550);
        assert_eq!(gap(500.0, 600.0), 100);
    }
}
