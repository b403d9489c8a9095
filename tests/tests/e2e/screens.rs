//! Screens that people show.

use anyhow::{Result, ensure};
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::{Kind, Outcome, Person, Setup, all_see_and_hear_each_other, perform};

const SHARE: &str = "share-screen";

/// Shares by a click; Chromium has a made-up screen of its own to choose.
async fn share(person: &Person) -> Result<()> {
    if person.setup().kind == Kind::Firefox {
        person.give_screen().await?;
    }
    person.click(SHARE).await?;
    person.wait_for_toggle(SHARE, true).await
}

/// What the bar of a Chromium does: the track ends without the page's doing.
async fn stop_from_the_browsers_bar(person: &Person) -> Result<()> {
    const STOP: &str = "const track = window.__recorded.peers.flatMap(peer => peer.getSenders())\
         .map(sender => sender.track).find(track => track?.getSettings().displaySurface);\
         track.stop(); track.dispatchEvent(new Event('ended'));";
    person.read(STOP).await
}

async fn screens_come_and_go(scene: &'static str, setups: [Setup; 3]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [one, other, third] = setups;
        let people = stage.people([("alice", one), ("bob", other), ("carol", third)]).await?;
        let [alice, bob, carol] = &people;
        try_join(alice.enter(&link), bob.enter(&link)).await?;
        let both = [alice.clone(), bob.clone()];
        all_see_and_hear_each_other(&both).await?;

        share(alice).await?;
        bob.wait_for_screens(&["alice"]).await?;
        ensure!(alice.screens().await?.is_empty(), "nobody sees their own");
        all_see_and_hear_each_other(&both).await?;
        let screen = bob.screens().await?.remove(0);
        let faces = bob.tiles().await?;
        ensure!(faces.iter().all(|face| face.width < screen.width / 2), "{screen:?} beside {faces:?}");
        bob.screenshots(&format!("{scene}-one-en")).await?;

        // Who comes later sees it too, and several show theirs at the same time.
        carol.enter(&link).await?;
        carol.wait_for_screens(&["alice"]).await?;
        share(bob).await?;
        alice.wait_for_screens(&["bob"]).await?;
        carol.wait_for_screens(&["alice", "bob"]).await?;
        all_see_and_hear_each_other(&people).await?;
        carol.screenshots(&format!("{scene}-two-en")).await?;

        alice.click(SHARE).await?;
        try_join(bob.wait_for_screens(&[]), carol.wait_for_screens(&["bob"])).await?;
        stop_from_the_browsers_bar(bob).await?;
        bob.wait_for_toggle(SHARE, false).await?;
        try_join(alice.wait_for_screens(&[]), carol.wait_for_screens(&[])).await?;

        // Once more, now that there is a sender for it.
        share(alice).await?;
        try_join_all([bob, carol].map(|person| person.wait_for_screens(&["alice"]))).await?;
        all_see_and_hear_each_other(&people).await?;
        for person in &people {
            let wrong = person.wrong_states().await?;
            ensure!(wrong.is_empty(), "{}'s page asked at the wrong time: {wrong:?}", person.name());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn screens_come_and_go_beside_the_faces() -> Outcome {
    screens_come_and_go("screens", [Setup::chromium(), Setup::chromium(), Setup::chromium()]).await
}

#[tokio::test]
async fn screens_come_and_go_between_firefox_and_chromium() -> Outcome {
    screens_come_and_go("screens_firefox", [Setup::firefox(), Setup::chromium(), Setup::firefox()]).await
}

#[tokio::test]
async fn screens_are_shared_although_the_server_is_gone() -> Outcome {
    perform("screen_without_server", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        server.kill();
        try_join(alice.wait_for_state("reconnecting"), bob.wait_for_state("reconnecting")).await?;
        try_join(share(alice), share(bob)).await?;
        try_join(alice.wait_for_screens(&["bob"]), bob.wait_for_screens(&["alice"])).await?;
        server.start_again().await?;
        try_join(alice.wait_for_state("in-call"), bob.wait_for_state("in-call")).await?;
        try_join(alice.wait_for_screens(&["bob"]), bob.wait_for_screens(&["alice"])).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}
