//! Pages that sleep, tabs that are closed, machines that vanish: what the others see of it, and when.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Outcome, Setup, all_see_and_hear_each_other, perform_in_lab};

const SLEEP: Duration = Duration::from_secs(20);
const SOON: Duration = Duration::from_secs(1);
/// Whose socket says nothing for so long has lost it, and the grace period begins: a ping every 5 s, and 5 s for a pong.
const MISSED_WITHIN: Duration = Duration::from_secs(10);
/// For so long after it a tile may be there.
const GONE_WITHIN: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_page_that_slept_is_back_in_its_place() -> Outcome {
    perform_in_lab("lab_asleep", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let machine = bob.clone();
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        try_join(alice.watch(), bob.watch()).await?;

        let begin = Moment::now()?;
        let sleep = machine.suspend()?;
        alice.wait_for_tile("bob", "is not there", |tile| tile.link == "interrupted").await?;
        // The rest of the night.
        tokio::time::sleep(SLEEP.saturating_sub(Moment::now()?.since(begin))).await;
        drop(sleep);
        let awake = Moment::now()?;
        let back = try_join(alice.frames_after(awake), bob.frames_after(awake)).await?;
        let mut table = Table::new("media back after a sleep of");
        table.add("20 s", back.0.max(back.1));
        println!("{table}");
        table.save("lab_asleep-table")?;
        try_join(alice.wait_for_state("in-call"), bob.wait_for_state("in-call")).await?;
        all_see_and_hear_each_other(&people).await?;
        for person in &people {
            let most = person.watched().await?.most_tiles(begin);
            ensure!(most == 2, "{} has seen {most} tiles", person.name());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_closed_tab_is_gone_at_once() -> Outcome {
    perform_in_lab("lab_closed_tab", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.watch().await?;
        let closing = bob.close_tab().await?;
        let took = alice.tiles_after(closing, 1).await?;
        println!("gone after {took:?}");
        ensure!(took <= SOON, "the tile was there for {took:?}");
        alice.wait_for_connections(0).await
    })
    .await
}

#[tokio::test]
async fn a_vanished_machine_is_gone_after_its_grace_period() -> Outcome {
    const GRACE: Duration = Duration::from_secs(5);
    perform_in_lab("lab_vanished", async |stage, lab| {
        let server = stage.server_in(lab, &["--grace-period", &GRACE.as_secs().to_string()]).await?;
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let cable = bob.link();
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, _] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.watch().await?;
        let end = Moment::now()?;
        cable.cut();
        let took = alice.tiles_after(end, 1).await?;
        println!("gone after {took:?}, of which {GRACE:?} are grace");
        ensure!(took >= GRACE, "bob was given up after {took:?}");
        ensure!(took <= MISSED_WITHIN + GRACE + GONE_WITHIN, "the tile was there for {took:?}");
        alice.wait_for_connections(0).await
    })
    .await
}
