//! Links that no ICE restart mends: a new connection takes their place.

use anyhow::ensure;
use futures_util::future::try_join;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Outcome, Screen, Setup, all_see_and_hear_each_other, perform_in_lab};

/// From now on the connections that are open only seem to restart ICE.
const DEAF_TO_RESTARTS: &str = "for (const peer of window.__recorded.peers) peer.restartIce = () => {};";
/// The newest connection is closed, and nobody tells the page.
const CLOSE_NEWEST: &str = "window.__recorded.peers.at(-1).close();";

async fn a_new_connection_helps(scene: &'static str, setups: [Setup; 2]) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let (alices, bobs) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let [one, other] = setups;
        let cast = [("alice", one.at(&alices, &server)), ("bob", other.at(&bobs, &server))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        try_join(alice.watch(), bob.watch()).await?;
        let mut table = Table::new("longest gap until a new connection took the place of one that");

        let begin = Moment::now()?;
        try_join(alice.read::<()>(DEAF_TO_RESTARTS), bob.read::<()>(DEAF_TO_RESTARTS)).await?;
        // What the two have sent each other until now gets through no more, and new sockets of theirs do.
        alices.link().screen(&[Screen::Socket(alice.socket_at(bobs.address()).await?)]);
        for link in ["interrupted", "connected"] {
            try_join(alice.wait_for_link("bob", link), bob.wait_for_link("alice", link)).await?;
        }
        all_see_and_hear_each_other(&people).await?;
        let end = Moment::now()?;
        for person in &people {
            table.add("restarted ICE in vain", person.watched().await?.longest_gap(begin, end));
        }
        let (by_alice, by_bob) = try_join(alice.repairs(), bob.repairs()).await?;
        for step in ["ICE restarted", "a new connection"] {
            let taken = by_alice.iter().chain(&by_bob).any(|taken| taken == step);
            ensure!(taken, "alice's page has done {by_alice:?}, bob's {by_bob:?}");
        }

        let (closing, made) = (Moment::now()?, bob.connections_made().await?);
        bob.read::<()>(CLOSE_NEWEST).await?;
        bob.expect("makes a new connection", async || {
            let now = bob.connections_made().await?;
            ensure!(now > made, "{now} were made");
            Ok(())
        })
        .await?;
        all_see_and_hear_each_other(&people).await?;
        let end = Moment::now()?;
        for person in &people {
            table.add("was closed behind the page's back", person.watched().await?.longest_gap(closing, end));
            person.has_seen_no_more_than(people.len(), begin).await?;
        }
        table.save(&format!("{scene}-table"))
    })
    .await
}

#[tokio::test]
async fn what_no_restart_mends_is_made_anew() -> Outcome {
    a_new_connection_helps("lab_anew", [Setup::chromium(), Setup::chromium()]).await
}

#[tokio::test]
async fn what_no_restart_mends_is_made_anew_in_firefox_and_chromium() -> Outcome {
    a_new_connection_helps("lab_anew_firefox", [Setup::firefox(), Setup::chromium()]).await
}
