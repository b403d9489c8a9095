//! How long from pressing Join to the first remote frame, beside the least the same browser needs in the same run.
//!
//! One person is in the call already; another comes in again and again, each time on a fresh page whose lobby is
//! ready. The floor is two bare peer connections in one page. Both medians and their ratio are printed; as the
//! machine decides over the milliseconds, the ratio is what can be compared.
//!
//! `cargo run -p visavis-e2e --bin first-frame [chromium|firefox] [rounds]`

use std::io::Write as _;

use anyhow::{Context as _, Result, bail, ensure};
use serde_json::json;
use visavis_e2e::{Person, Server, Setup};

const ROUNDS: usize = 20;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let mut arguments = std::env::args().skip(1);
    let setup = match arguments.next().as_deref() {
        None | Some("chromium") => Setup::chromium(),
        Some("firefox") => Setup::firefox(),
        Some(other) => bail!("{other:?} is no browser: say chromium or firefox"),
    };
    let rounds = match arguments.next() {
        None => ROUNDS,
        Some(rounds) => rounds.parse().context("the number of rounds is a number")?,
    };
    ensure!(rounds > 0, "the number of rounds is at least 1");

    let server = Server::start("first_frame", &[]).await?;
    let host = Person::arrive("host", setup.clone()).await?;
    let guest = Person::arrive("guest", setup).await?;
    let measured = measure(&server, &host, &guest, rounds).await;
    host.depart().await;
    guest.depart().await;
    let (floor, joined) = measured?;

    let (floor_median, joined_median) = (median(&floor)?, median(&joined)?);
    let mut out = std::io::stdout().lock();
    writeln!(out, "floor, two bare peer connections: median {floor_median:.0} ms of {}", list(&floor))?;
    writeln!(out, "from Join to the first remote frame: median {joined_median:.0} ms of {}", list(&joined))?;
    writeln!(out, "ratio: {:.2}", joined_median / floor_median)?;
    Ok(())
}

/// The floor's times, half of them taken before and half after, and the times of joining.
async fn measure(
    server: &Server,
    host: &Person,
    guest: &Person,
    rounds: usize,
) -> Result<(Vec<f64>, Vec<f64>)> {
    let half = rounds.div_ceil(2);
    guest.open_home(&server.url()).await?;
    let mut floor = guest.bare_floor(half).await?;
    let link = server.new_link();
    host.enter(&link).await?;
    let mut joined = Vec::new();
    for _ in 0..rounds {
        joined.push(join_once(guest, &link).await?);
        guest.leave().await?;
        host.wait_for_others(&[]).await?;
    }
    host.leave().await?;
    if rounds > half {
        floor.extend(guest.bare_floor(rounds - half).await?);
    }
    Ok((floor, joined))
}

async fn join_once(guest: &Person, link: &str) -> Result<f64> {
    guest.open_lobby(link).await?;
    for toggle in ["toggle-microphone", "toggle-camera"] {
        guest.wait_for_toggle(toggle, true).await?;
    }
    guest.wait_for_live_tracks("video", 1).await?;
    guest.join().await?;
    guest
        .expect("has a first remote frame", async || {
            let join = mark(guest, "visavis:join").await?;
            Ok(mark(guest, "visavis:first-remote-frame").await? - join)
        })
        .await
}

async fn mark(person: &Person, name: &str) -> Result<f64> {
    let script = "return performance.getEntriesByName(arguments[0])[0]?.startTime ?? null;";
    let time: Option<f64> = person.run_for(script, vec![json!(name)]).await?;
    time.with_context(|| format!("there is no mark {name}"))
}

fn median(times: &[f64]) -> Result<f64> {
    let mut sorted = times.to_vec();
    sorted.sort_by(f64::total_cmp);
    let (low, high) = (sorted.get((sorted.len() - 1) / 2), sorted.get(sorted.len() / 2));
    let (low, high) = low.zip(high).context("nothing was measured")?;
    Ok(f64::midpoint(*low, *high))
}

fn list(times: &[f64]) -> String {
    let times: Vec<String> = times.iter().map(|time| format!("{time:.0}")).collect();
    times.join(", ")
}
