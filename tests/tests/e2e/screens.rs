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

/// What is sent of the screen: its hint, and the codec.
async fn sent_screen(person: &Person) -> Result<(String, String)> {
    const READ: &str = "const done = arguments[arguments.length - 1]; (async () => { \
         const sender = window.__recorded.peers.flatMap(peer => peer.getSenders()) \
             .find(sender => sender.track?.getSettings().displaySurface); \
         const stats = [...(await sender.getStats()).values()]; \
         const codec = stats.find(one => one.type === 'outbound-rtp' && one.framesEncoded > 0)?.codecId; \
         return [sender.track.contentHint, stats.find(one => one.id === codec)?.mimeType ?? '']; })().then(done);";
    Ok(serde_json::from_value(person.run_async(READ, Vec::new()).await?)?)
}

#[tokio::test]
async fn a_screen_keeps_its_text_sharp_unless_it_is_to_move() -> Outcome {
    perform("screen_hint", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        share(alice).await?;
        bob.wait_for_screens(&["alice"]).await?;
        let sends = async |wanted: (&str, &str)| {
            let what = format!("sends {wanted:?}");
            alice
                .expect(&what, async || {
                    let sent = sent_screen(alice).await?;
                    ensure!((sent.0.as_str(), sent.1.as_str()) == wanted, "it is {sent:?}");
                    Ok(())
                })
                .await
        };
        sends(("text", "video/AV1")).await?;
        alice.click("open-settings").await?;
        alice.sees("screen-motion").await?;
        alice.click("screen-motion").await?;
        sends(("motion", "video/AV1")).await?;
        alice.click(SHARE).await?;
        bob.wait_for_screens(&[]).await?;
        share(alice).await?;
        bob.wait_for_screens(&["alice"]).await?;
        sends(("motion", "video/AV1")).await
    })
    .await
}
