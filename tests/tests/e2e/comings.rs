//! People leave, come back, vanish, and find the room full.

use std::rc::Rc;

use anyhow::{Context as _, ensure};
use futures_util::future::try_join;
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Expect, Outcome, Setup, all_see_and_hear_each_other, perform};

enum Way {
    Button,
    Link,
}

#[tokio::test]
async fn leaving_and_coming_back_leaves_no_ghost() -> Outcome {
    perform("leave_and_rejoin", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        for way in [Way::Button, Way::Button, Way::Link] {
            bob.leave().await?;
            bob.wait_for_connections(0).await?;
            bob.wait_for_live_tracks("video", 0).await?;
            bob.wait_for_live_tracks("audio", 0).await?;
            alice.wait_for_others(&[]).await?;
            alice.wait_for_connections(0).await?;
            match way {
                Way::Button => bob.click("rejoin").await?,
                Way::Link => {
                    bob.open_lobby(&link).await?;
                    let remembered = bob.value("name").await?;
                    ensure!(remembered == "bob", "the lobby remembers {remembered:?}");
                    bob.join().await?;
                }
            }
            all_see_and_hear_each_other(&people).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn coming_back_under_another_name_shows_the_new_name() -> Outcome {
    perform("new_name", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, [alice, bob]) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        bob.leave().await?;
        bob.open_lobby(&link).await?;
        bob.join_as("Robert").await?;
        alice.wait_for_others(&["Robert"]).await?;
        bob.wait_for_others(&["alice"]).await
    })
    .await
}

#[tokio::test]
async fn closing_the_tab_removes_the_tile() -> Outcome {
    perform("closed_tab", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, [alice, bob]) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        bob.close_tab().await?;
        alice.wait_for_others(&[]).await?;
        alice.wait_for_connections(0).await
    })
    .await
}

#[tokio::test]
async fn a_full_room_says_so_and_takes_the_next_when_somebody_leaves() -> Outcome {
    perform("room_full", async |stage| {
        let server = stage.server(&["--room-capacity", "2"]).await?;
        let (link, [alice, bob]) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let carol = stage.person("carol", Setup::chromium()).await?;
        carol.open_lobby(&link).await?;
        carol.write("name", "carol").await?;
        carol.click("join").await?;
        carol.wait_for_notice(&["room-full"]).await?;
        carol.wait_for_state("lobby").await?;
        alice.wait_for_others(&["bob"]).await?;
        bob.leave().await?;
        alice.wait_for_others(&[]).await?;
        carol.join().await?;
        carol.wait_without_notice(&["room-full"]).await?;
        carol.wait_for_others(&["alice"]).await?;
        carol.wait_for_media(1, Expect::BOTH).await
    })
    .await
}

async fn who_loads_the_page_again_is_the_same(scene: &'static str, bob: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let cast = [("alice", Setup::chromium()), ("bob", bob), ("carol", Setup::chromium())];
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let [alice, bob, carol] = &people;
        let shown = async || -> anyhow::Result<Vec<(String, String)>> {
            Ok(alice.tiles().await?.into_iter().map(|tile| (tile.name, tile.peer)).collect())
        };
        let before = shown().await?;
        for _ in 0..2 {
            bob.browser().session().refresh().await?;
            bob.wait_for_state("in-call").await?;
            bob.wait_for_others(&["alice", "carol"]).await?;
            for name in ["alice", "carol"] {
                bob.wait_for_tile(name, "moves", |tile| tile.playing).await?;
            }
            for person in [alice, carol] {
                person.wait_for_connections(2).await?;
                person.wait_for_media(2, Expect::BOTH).await?;
            }
            let after = shown().await?;
            ensure!(after == before, "alice saw {before:?}, and now {after:?}");
        }
        bob.leave().await?;
        bob.browser().session().refresh().await?;
        bob.wait_for_state("lobby").await
    })
    .await
}

#[tokio::test]
async fn whose_page_crashes_is_the_same_when_it_is_back() -> Outcome {
    perform("crashed", async |stage| {
        let server = stage.server(&[]).await?;
        let cast = ["alice", "bob", "carol"].map(|name| (name, Setup::chromium().with_small_media_at(10)));
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let [alice, bob, carol] = people;
        let shown = async || -> anyhow::Result<Vec<(String, String)>> {
            Ok(alice.tiles().await?.into_iter().map(|tile| (tile.name, tile.peer)).collect())
        };
        let before = shown().await?;
        try_join(alice.watch(), carol.watch()).await?;
        let crash = Moment::now()?;
        let bob = stage.crash(&bob).await?;
        bob.wait_for_state("in-call").await?;
        all_see_and_hear_each_other(&[Rc::clone(&alice), bob, Rc::clone(&carol)]).await?;
        let after = shown().await?;
        ensure!(after == before, "alice saw {before:?}, and now {after:?}");
        let mut table = Table::new("whose page crashes and is loaded again");
        for person in [&alice, &carol] {
            person.has_seen_no_more_than(3, crash).await?;
            let back = person.watched().await?.first_of_a_new_link(crash).context("there is no new link")?;
            table.add("first picture after the crash", back.since(crash));
        }
        table.save("crashed-table")
    })
    .await
}

#[tokio::test]
async fn who_loads_the_page_again_is_the_same_in_chromium() -> Outcome {
    who_loads_the_page_again_is_the_same("loaded_again", Setup::chromium()).await
}

#[tokio::test]
async fn who_loads_the_page_again_is_the_same_in_firefox() -> Outcome {
    who_loads_the_page_again_is_the_same("loaded_again_in_firefox", Setup::firefox()).await
}
