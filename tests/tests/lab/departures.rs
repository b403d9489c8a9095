//! Pages that sleep, tabs that are closed, machines that vanish: what the others see of it, and when.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Outcome, Setup, all_see_and_hear_each_other, perform_in_lab};

const SLEEP: Duration = Duration::from_secs(20);
/// For so long after the server has given somebody up their tile may be there.
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
    // Whoever did not say goodbye would be there for so long.
    const GRACE: Duration = Duration::from_secs(30);
    perform_in_lab("lab_closed_tab", async |stage, lab| {
        let server = stage.server_in(lab, &["--grace-period", &GRACE.as_secs().to_string()]).await?;
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.watch().await?;
        let closing = bob.close_tab().await?;
        let took = alice.tiles_after(closing, 1).await?;
        let mut table = Table::new("the tile is gone");
        table.add("after the tab was closed", took);
        println!("{table}");
        table.save("lab_closed_tab-table")?;
        ensure!(took < GRACE, "bob was waited for, {took:?} long");
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
        let machine = bob.clone();
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, _] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.watch().await?;
        let end = Moment::now()?;
        machine.link().cut();
        machine.crash()?;
        let took = alice.tiles_after(end, 1).await?;
        let told = alice.told_after(end, "peer-left").await?;
        let mut table = Table::new("a vanished machine");
        table.add("its server gives it up, 5 s after it was missed, after", told);
        let longer = took.saturating_sub(told);
        table.add("the tile is gone after that, after", longer);
        println!("{table}");
        table.save("lab_vanished-table")?;
        ensure!(GRACE <= told && told <= took, "bob was given up after {told:?}, and gone after {took:?}");
        ensure!(longer <= GONE_WITHIN, "the tile was there for {longer:?} longer");
        alice.wait_for_connections(0).await
    })
    .await
}
