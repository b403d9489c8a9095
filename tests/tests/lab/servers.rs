//! Servers that die in a call, and come back.

use std::time::Duration;

use anyhow::ensure;
use futures_util::future::try_join;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Outcome, Setup, all_see_and_hear_each_other, perform_in_lab};

/// For so long the picture is watched before and after the server dies.
const WATCH: Duration = Duration::from_secs(10);
const LONGEST_FREEZE: Duration = Duration::from_millis(500);
const LONGEST_WAY_BACK: Duration = Duration::from_secs(10);

#[tokio::test]
async fn a_killed_server_freezes_nothing_and_is_found_again() -> Outcome {
    perform_in_lab("lab_server_killed", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let alice = lab.host("alice", Access::PUBLIC)?;
        let bob = lab.host("bob", Access::PUBLIC)?;
        let cast =
            [("alice", Setup::chromium().at(&alice, &server)), ("bob", Setup::chromium().at(&bob, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let [alice, bob] = &people;
        try_join(alice.watch(), bob.watch()).await?;

        let begin = Moment::now()?;
        tokio::time::sleep(WATCH).await;
        let death = Moment::now()?;
        server.kill();
        tokio::time::sleep(WATCH).await;
        let end = Moment::now()?;
        let mut table = Table::new("a server that dies");
        for person in &people {
            let watched = person.watched().await?;
            let (before, after) = (watched.longest_gap(begin, death), watched.longest_gap(death, end));
            table.add("longest freeze before", before);
            table.add("longest freeze after", after);
            // A machine that stumbles by itself is not the server's fault.
            let allowed = LONGEST_FREEZE.max(2 * before);
            ensure!(after <= allowed, "{}'s picture froze for {after:?}, {before:?} before", person.name());
        }
        try_join(alice.wait_for_state("reconnecting"), bob.wait_for_state("reconnecting")).await?;

        server.start_again().await?;
        let back = Moment::now()?;
        let ways = try_join(alice.state_after(back, "in-call"), bob.state_after(back, "in-call")).await?;
        for way in [ways.0, ways.1] {
            table.add("in the room again", way);
            ensure!(way <= LONGEST_WAY_BACK, "the way back into the room took {way:?}");
        }
        println!("{table}");
        table.save("lab_server_killed-table")?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}
