//! A call of two in which a third comes and goes again and again, and nobody's page may grow of it.
//!
//! `VISAVIS_SOAK_ROUNDS` says how often they come (20), `VISAVIS_SOAK_MINUTES` for how long at least (0).

use std::io::Write as _;
use std::rc::Rc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, ensure};
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::gauge::Gauge;
use visavis_e2e::{Outcome, Person, Setup, all_see_and_hear_each_other, perform, tool};

/// After so many rounds (or half of them, if there are fewer) all has been made that is made once.
const WARM_UP: u32 = 20;
/// So often the pages are gauged, and noted down.
const EVERY: u32 = 10;
/// What a heap may have gained since: caches, compiled code, holes.
const HEAP_NOISE: u64 = 128 * 1024;
/// Pages of 64 KiB: memory of WASM never shrinks, so that one unlucky moment stays to be seen.
const WASM_NOISE: u64 = 2 * 64 * 1024;
const NODE_NOISE: u64 = 100;
const LISTENER_NOISE: u64 = 10;
/// So many more frames are a flowing picture.
const MORE_FRAMES: u64 = 5;

fn setting(name: &str, usual: u32) -> Result<u32> {
    match std::env::var(name) {
        Ok(value) => value.parse().with_context(|| format!("{name} is a number")),
        Err(_) => Ok(usual),
    }
}

async fn click(person: &Person, testid: &str) -> Result<()> {
    let script = format!(
        "const button = document.querySelector('[data-testid=\"{testid}\"]'); \
         if (!button || button.disabled) return false; button.click(); return true;"
    );
    person
        .expect(&format!("clicks {testid}"), async || {
            let clicked: bool = person.peek(&script).await?;
            ensure!(clicked, "it is not there, or disabled");
            Ok(())
        })
        .await
}

/// Waits until each of these people sees exactly the others, connected.
async fn all_see_each_other(people: &[Rc<Person>]) -> Result<()> {
    const OTHERS: &str = "return Array.from(document.querySelectorAll('[data-testid=\"tile\"]'))\
         .filter(tile => tile.dataset.self !== 'true')\
         .map(tile => `${tile.dataset.name} ${tile.dataset.link}`).sort();";
    try_join_all(people.iter().map(async |person| {
        let others = people.iter().filter(|other| other.name() != person.name());
        let mut wanted: Vec<String> = others.map(|other| format!("{} connected", other.name())).collect();
        wanted.sort_unstable();
        person
            .expect(&format!("sees {wanted:?}"), async || {
                let others: Vec<String> = person.peek(OTHERS).await?;
                ensure!(others == wanted, "the others are {others:?}");
                Ok(())
            })
            .await
    }))
    .await?;
    Ok(())
}

/// Waits until more pictures come in over the one connection that is open.
async fn frames_grow(person: &Person) -> Result<()> {
    const FRAMES: &str = "const open = window.__recorded.peers.filter(peer => peer.connectionState !== 'closed');\
         if (open.length !== 1) return null; let frames = 0;\
         (await open[0].getStats()).forEach(entry => { frames += entry.framesDecoded || 0; }); return frames;";
    let mut first = None;
    person
        .expect("receives more pictures", async || {
            let frames: Option<u64> = person.peek(FRAMES).await?;
            let frames = frames.context("there is not one open connection")?;
            let before = *first.get_or_insert(frames);
            ensure!(frames >= before + MORE_FRAMES, "from {before} to {frames}");
            Ok(())
        })
        .await
}

/// Notes down what the pages hold, also past the test runner, for who waits.
async fn gauges(people: &[Rc<Person>], round: u32, log: &mut String) -> Result<Vec<Gauge>> {
    let gauges = try_join_all(people.iter().map(|person| person.gauge())).await?;
    for (person, gauge) in people.iter().zip(&gauges) {
        let line = format!("{round} rounds, {}: {gauge}\n", person.name());
        std::io::stderr().write_all(line.as_bytes())?;
        log.push_str(&line);
    }
    std::fs::write(tool::report_dir()?.join("soak-gauges.log"), log)?;
    Ok(gauges)
}

fn judge(person: &Person, open: u64, before: Gauge, after: Gauge) -> Result<()> {
    let name = person.name();
    ensure!(after.connections == open, "{name}'s page holds {} peer connections", after.connections);
    for (what, before, after, noise) in [
        ("JavaScript heap", before.heap, after.heap, HEAP_NOISE),
        ("WASM memory", before.wasm, after.wasm, WASM_NOISE),
        ("number of nodes", before.nodes, after.nodes, NODE_NOISE),
        ("number of listeners", before.listeners, after.listeners, LISTENER_NOISE),
    ] {
        ensure!(after <= before + noise, "{name}'s {what} grew from {before} to {after}");
    }
    Ok(())
}

#[tokio::test]
async fn who_comes_and_goes_leaves_nothing_behind() -> Outcome {
    perform("soak", async |stage| {
        let rounds = setting("VISAVIS_SOAK_ROUNDS", 20)?;
        let time = Duration::from_mins(setting("VISAVIS_SOAK_MINUTES", 0)?.into());
        let warm_up = WARM_UP.min(rounds / 2);
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (link, [alice, bob]) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let carol = stage.person("carol", setup()).await?;
        carol.enter(&link).await?;
        let (two, three) = ([alice.clone(), bob.clone()], [alice.clone(), bob.clone(), carol.clone()]);
        all_see_and_hear_each_other(&three).await?;

        let (mut log, mut warm, begin, mut round) = (String::new(), None, Instant::now(), 0);
        while round < rounds || begin.elapsed() < time {
            if round > 0 {
                click(&carol, "rejoin").await?;
            }
            all_see_each_other(&three).await?;
            click(&carol, "leave").await?;
            all_see_each_other(&two).await?;
            try_join(frames_grow(&alice), frames_grow(&bob)).await?;
            round += 1;
            if round == warm_up {
                warm = Some(gauges(&three, round, &mut log).await?);
            } else if round % EVERY == 0 {
                gauges(&three, round, &mut log).await?;
            }
        }
        all_see_and_hear_each_other(&two).await?;
        let warm = warm.context("VISAVIS_SOAK_ROUNDS is at least 2")?;
        let end = gauges(&three, round, &mut log).await?;
        for ((person, open), (before, after)) in three.iter().zip([1, 1, 0]).zip(warm.into_iter().zip(end)) {
            judge(person, open, before, after)?;
        }
        Ok(())
    })
    .await
}
