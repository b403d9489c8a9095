//! A file's ways from one browser to another: the page's own, and three that need no product around them.
//!
//! Those three are a data channel of the tests' own between two pages at home, over which a bare loop or the loop of
//! another product runs, remade from what is publicly known of it. What a way costs is in `costs`, how
//! all compare in `score`.

pub mod costs;
pub mod score;

use std::fmt::{self, Display, Formatter};
use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use futures_util::future::try_join;
use serde::Deserialize;
use serde_json::{Value, json};

use crate::person::{Person, selector};
use costs::{Cost, Meter};

/// Who carries the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Contestant {
    /// The bare loop: 64 KiB a message out of a file that is read one slice ahead, between two marks of what waits to
    /// be sent; the other side counts the bytes. All others are compared with it.
    Bare,
    /// The same out of memory: what reading the file costs is the difference.
    BareMemory,
    /// As `MiroTalk` P2P does: read 1 KiB, send it, read the next; the other side gathers all in memory for a blob.
    MiroTalk,
    /// As `PairDrop` does: 64,000 bytes a message, and after each megabyte the sender waits to hear that it has arrived;
    /// the other side gathers all in memory for a blob.
    PairDrop,
    /// Visavis: the page's own way, from the click on its button until everything is verified and on the disk.
    Visavis,
}

impl Contestant {
    /// All of them, in the order in which they take their turns.
    pub const ALL: [Self; 5] = [Self::Bare, Self::BareMemory, Self::MiroTalk, Self::PairDrop, Self::Visavis];

    /// Its name on the command line and in the script.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bare => "bare",
            Self::BareMemory => "bare-memory",
            Self::MiroTalk => "mirotalk",
            Self::PairDrop => "pairdrop",
            Self::Visavis => "visavis",
        }
    }
}

impl Display for Contestant {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What the page measured of a file that has arrived.
#[derive(Debug, Clone, Deserialize)]
struct Arrival {
    bytes: u64,
    ms: f64,
    /// The states the page's card went through, and milliseconds from the click until each.
    stages: Vec<(String, f64)>,
}

/// A file that has arrived.
#[derive(Debug, Clone)]
pub struct Carried {
    /// From the wish to have it until all of it is there.
    pub time: Duration,
    /// Bytes in a second.
    pub speed: f64,
    /// The states the page showed on the way, with the time until each.
    pub stages: Vec<(String, Duration)>,
    /// What it cost who gave.
    pub giver: Cost,
    /// What it cost who took.
    pub taker: Cost,
}

/// Two people between whom files go, always in this direction.
#[derive(Debug, Clone, Copy)]
pub struct Pair<'a> {
    /// Has the files.
    pub giver: &'a Person,
    /// Gets them.
    pub taker: &'a Person,
}

impl Pair<'_> {
    /// Carries the file over a channel of our own: both pages are at home.
    pub async fn carry(&self, contestant: Contestant, file: &Path, bytes: u64) -> Result<Carried> {
        step(self.giver, "ask", Value::Null).await?;
        self.giver.choose_file("loops-file", file).await?;
        self.link().await?;
        let carried = self.carry_linked(contestant, bytes).await;
        try_join(step(self.giver, "close", Value::Null), step(self.taker, "close", Value::Null)).await?;
        carried
    }

    async fn link(&self) -> Result<()> {
        let Self { giver, taker } = self;
        try_join(step(giver, "open", Value::Null), step(taker, "open", Value::Null)).await?;
        let offer = step(giver, "offer", Value::Null).await?;
        let answer = step(taker, "answer", offer).await?;
        step(giver, "accept", answer).await?;
        try_join(step(giver, "opened", Value::Null), step(taker, "opened", Value::Null)).await?;
        Ok(())
    }

    async fn carry_linked(&self, contestant: Contestant, bytes: u64) -> Result<Carried> {
        step(self.giver, "give", json!(contestant.name())).await?;
        let meters = try_join(Meter::start(self.giver), Meter::start(self.taker)).await?;
        step(self.taker, "take", json!({"bytes": bytes, "name": contestant.name()})).await?;
        match outcome(self.taker).await {
            Ok(arrival) => self.carried(arrival, meters, bytes).await,
            // Who gives knows better why nothing comes any more.
            Err(failed) => match failure(self.giver).await {
                Some(reason) => Err(failed.context(reason)),
                None => Err(failed),
            },
        }
    }

    /// Carries the file through the page: both are in a call, with its chat open.
    pub async fn carry_by_page(&self, file: &Path, bytes: u64) -> Result<Carried> {
        self.giver.choose_file("file-input", file).await?;
        wait_for(self.taker, "file-accept").await?;
        let meters = try_join(Meter::start(self.giver), Meter::start(self.taker)).await?;
        step(self.taker, "takeByPage", Value::Null).await?;
        let arrival = outcome(self.taker).await?;
        self.carried(arrival, meters, bytes).await
    }

    async fn carried(&self, arrival: Arrival, meters: (Meter, Meter), bytes: u64) -> Result<Carried> {
        ensure!(arrival.bytes == bytes, "{} of {bytes} bytes have arrived", arrival.bytes);
        let (giver, taker) = try_join(meters.0.read(self.giver), meters.1.read(self.taker)).await?;
        let since_click = |ms: f64| Duration::from_secs_f64(ms / 1000.0);
        let time = since_click(arrival.ms);
        let stages = arrival.stages.into_iter().map(|(state, ms)| (state, since_click(ms))).collect();
        let speed = precise(bytes) / time.as_secs_f64();
        Ok(Carried { time, speed, stages, giver, taker })
    }
}

/// Waits until the page has this element.
async fn wait_for(person: &Person, testid: &str) -> Result<()> {
    person
        .expect(&format!("has {testid}"), async || {
            let there: bool = person
                .run_for("return !!document.querySelector(arguments[0]);", vec![json!(selector(testid))])
                .await?;
            ensure!(there, "it is not there");
            Ok(())
        })
        .await
}

/// How long a file may take in all.
const PATIENCE: Duration = Duration::from_mins(10);

/// The end of what goes on in the page. One question takes ten seconds there, so that asking costs nothing.
async fn outcome(person: &Person) -> Result<Arrival> {
    let wait = async {
        loop {
            if let Some(answer) = ask(person).await? {
                return anyhow::Ok(answer);
            }
        }
    };
    let mut answer = tokio::time::timeout(PATIENCE, wait).await.context("nothing has come of it")??;
    if let Some(reason) = answer.get("reason") {
        bail!("{}: {reason}", person.name());
    }
    Ok(serde_json::from_value(answer["value"].take())?)
}

/// Why what goes on in the page has failed, if it has.
async fn failure(person: &Person) -> Option<String> {
    let answer = ask(person).await.ok()??;
    Some(format!("{}: {}", person.name(), answer.get("reason")?))
}

async fn ask(person: &Person) -> Result<Option<Value>> {
    let answer = step(person, "outcome", Value::Null).await?;
    Ok(if answer.is_null() { None } else { Some(answer) })
}

async fn step(person: &Person, name: &str, given: Value) -> Result<Value> {
    let mut answer =
        person.run_async(include_str!("scripts/file_loops.js"), vec![json!(name), given]).await?;
    Ok(answer.get_mut("value").with_context(|| format!("{name} has no answer"))?.take())
}

/// A count as a number to compute with.
#[expect(clippy::cast_precision_loss, reason = "files have less than 2^53 bytes")]
fn precise(count: u64) -> f64 {
    count as f64
}
