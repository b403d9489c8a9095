//! What it costs six people to be in a call, and what they get for it: with the page as it is, and with the same page that
//! does not adapt what it sends. Both in one run, one after the other and back again.
//!
//! `cargo run -p visavis-e2e --bin adaptation [people] [seconds]`

use std::io::Write as _;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::try_join_all;
use serde::Deserialize;
use serde_json::json;
use visavis_e2e::{Person, Server, Setup};

const PEOPLE: usize = 6;
const SECONDS: u64 = 60;
/// How long a call runs before it is measured: by then who adapts has found its measure.
const SETTLES: Duration = Duration::from_secs(40);
/// As the machine changes its mind, each is measured before and after the other.
const ORDER: [Mode; 4] = [Mode::Adapts, Mode::Sends, Mode::Sends, Mode::Adapts];
/// `USER_HZ`: ticks of /proc/stat in a second.
const TICKS: f64 = 100.0;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mode {
    /// The page as it is.
    Adapts,
    /// The part that watches over links does not come.
    Sends,
}

/// What a page tells.
#[derive(Debug, Clone, Copy, Deserialize)]
struct Counts {
    /// Bytes.
    sent: f64,
    frames: f64,
    freezes: f64,
    /// Seconds.
    frozen: f64,
    links: usize,
    /// Milliseconds.
    gap: f64,
}

/// A call, for each person or link.
#[derive(Debug, Clone, Copy)]
struct Measured {
    /// Mbit/s of each person: mean, and of who sends most.
    uplink: [f64; 2],
    /// Of the whole machine, in a minute.
    cpu_seconds: f64,
    /// Of each picture.
    frames_per_second: f64,
    /// Of all pictures, in a minute.
    freezes: f64,
    /// Seconds of all pictures, in a minute.
    frozen: f64,
    /// Seconds; the longest that a picture stood still.
    longest: f64,
}

type Figure = fn(&Measured) -> f64;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let people = arguments.next().map_or(Ok(PEOPLE), |people| people.parse()).context("how many people")?;
    let seconds =
        arguments.next().map_or(Ok(SECONDS), |seconds| seconds.parse()).context("how many seconds")?;
    ensure!((2..=8).contains(&people), "two to eight people are in a call");

    let server = Server::start("adaptation", &[]).await?;
    let names: Vec<String> = (1..=people).map(|number| format!("person-{number}")).collect();
    let all = try_join_all(names.iter().map(|name| Person::arrive(name, Setup::chromium()))).await?;
    let mut measured = Vec::new();
    for mode in ORDER {
        measured.push((mode, call(&server, &all, mode, Duration::from_secs(seconds)).await));
    }
    for person in all {
        person.depart().await;
    }

    let mut out = std::io::stdout().lock();
    writeln!(out, "{people} people, {seconds} s each; both ends and the server on this machine")?;
    writeln!(out, "{:44}{:>10}{:>10}{:>8}", "", "adapts", "does not", "ratio")?;
    let mean = |mode: Mode, of: Figure| -> Result<f64> {
        let mut values = Vec::new();
        for (measured_mode, measured) in &measured {
            if *measured_mode == mode {
                values.push(of(measured.as_ref().map_err(|error| anyhow::anyhow!("{error:#}"))?));
            }
        }
        #[expect(clippy::cast_precision_loss, reason = "two")]
        let count = values.len().max(1) as f64;
        Ok(values.iter().sum::<f64>() / count)
    };
    let rows: [(&str, Figure); 7] = [
        ("uplink of a person, Mbit/s", |one| one.uplink[0]),
        ("uplink of who sends most, Mbit/s", |one| one.uplink[1]),
        ("CPU seconds of the machine in a minute", |one| one.cpu_seconds),
        ("frames a second of a picture", |one| one.frames_per_second),
        ("freezes of all pictures in a minute", |one| one.freezes),
        ("seconds frozen of all pictures in a minute", |one| one.frozen),
        ("longest that a picture stood still, s", |one| one.longest),
    ];
    for (name, of) in rows {
        let (adapts, sends) = (mean(Mode::Adapts, of)?, mean(Mode::Sends, of)?);
        writeln!(out, "{name:44}{adapts:>10.2}{sends:>10.2}{:>8.2}", adapts / sends)?;
    }
    Ok(())
}

/// Everybody in a call of this mode.
async fn call(server: &Server, all: &[Person], mode: Mode, time: Duration) -> Result<Measured> {
    let link = server.new_link();
    for person in all {
        let browser = person.browser();
        browser.command("Network.enable", json!({})).await?;
        browser.command("Network.setBypassServiceWorker", json!({"bypass": true})).await?;
        let kept_away: &[&str] = if mode == Mode::Sends { &["*visavis-quality*"] } else { &[] };
        browser.command("Network.setBlockedURLs", json!({"urls": kept_away})).await?;
    }
    try_join_all(all.iter().map(|person| person.enter(&link))).await?;
    for person in all {
        let others: Vec<&str> = all.iter().map(Person::name).filter(|name| *name != person.name()).collect();
        person.wait_for_others(&others).await?;
    }
    tokio::time::sleep(SETTLES).await;

    let (begun, busy_before) = (Instant::now(), busy()?);
    let before = try_join_all(all.iter().map(|person| counts(person, true))).await?;
    tokio::time::sleep(time).await;
    let after = try_join_all(all.iter().map(|person| counts(person, false))).await?;
    let (seconds, busy_after) = (begun.elapsed().as_secs_f64(), busy()?);
    for person in all {
        person.leave().await?;
    }

    let links: usize = after.iter().map(|counts| counts.links).sum();
    ensure!(links == all.len() * (all.len() - 1), "{links} ends of links are open");
    let grown = |of: fn(&Counts) -> f64| -> Vec<f64> {
        before.iter().zip(&after).map(|(before, after)| of(after) - of(before)).collect()
    };
    let sum = |of: fn(&Counts) -> f64| grown(of).iter().sum::<f64>();
    #[expect(clippy::cast_precision_loss, reason = "a handful")]
    let (people, links) = (all.len() as f64, links as f64);
    let minutes = seconds / 60.0;
    let uplinks = grown(|counts| counts.sent * 8.0 / 1e6);
    Ok(Measured {
        uplink: [
            uplinks.iter().sum::<f64>() / people / seconds,
            uplinks.iter().copied().fold(0.0, f64::max) / seconds,
        ],
        cpu_seconds: (busy_after - busy_before) / minutes,
        frames_per_second: sum(|counts| counts.frames) / links / seconds,
        freezes: sum(|counts| counts.freezes) / minutes,
        frozen: sum(|counts| counts.frozen) / minutes,
        longest: after.iter().map(|counts| counts.gap / 1000.0).fold(0.0, f64::max),
    })
}

/// What a page has counted; `anew` forgets the longest that a picture stood still.
async fn counts(person: &Person, anew: bool) -> Result<Counts> {
    let value = person.run_async(include_str!("../scripts/uplink.js"), vec![json!(anew)]).await?;
    serde_json::from_value(value).with_context(|| format!("{} counts", person.name()))
}

/// How long the machine's processors have worked since it was started, in seconds (`proc_stat(5)`).
fn busy() -> Result<f64> {
    let stat = std::fs::read_to_string("/proc/stat").context("reading /proc/stat")?;
    let line = stat.lines().next().context("/proc/stat has a first line")?;
    let ticks: Vec<f64> = line.split_whitespace().skip(1).map_while(|field| field.parse().ok()).collect();
    let total: f64 = ticks.iter().take(8).sum();
    let idle: f64 = ticks.iter().skip(3).take(2).sum();
    Ok((total - idle) / TICKS)
}
