//! Two to eight people see and hear each other: decoded frames and audible sound, not just "connected".

use std::rc::Rc;

use futures_util::future::try_join_all;
use visavis_e2e::{Expect, Outcome, Setup, all_see_and_hear_each_other, all_see_each_other, perform};

async fn two_see_and_hear_each_other(scene: &'static str, alice: Setup, bob: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", bob)]).await?;
        all_see_and_hear_each_other(&people).await?;
        let [alice, bob] = people;
        alice.wait_for_tile("alice", "is shown to herself", |tile| tile.own && tile.playing).await?;
        alice.wait_for_tile("bob", "plays", |tile| !tile.own && tile.playing).await?;
        bob.wait_for_tile("alice", "plays", |tile| !tile.own && tile.playing).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn chromium_and_chromium_see_and_hear_each_other() -> Outcome {
    two_see_and_hear_each_other("chromium_chromium", Setup::chromium(), Setup::chromium()).await
}

#[tokio::test]
async fn firefox_and_firefox_see_and_hear_each_other() -> Outcome {
    two_see_and_hear_each_other("firefox_firefox", Setup::firefox(), Setup::firefox()).await
}

#[tokio::test]
async fn chromium_and_firefox_see_and_hear_each_other() -> Outcome {
    two_see_and_hear_each_other("chromium_firefox", Setup::chromium(), Setup::firefox()).await
}

#[tokio::test]
async fn three_people_in_chromium_and_firefox_see_and_hear_each_other() -> Outcome {
    perform("three_people", async |stage| {
        let server = stage.server(&[]).await?;
        let cast = [("alice", Setup::chromium()), ("bob", Setup::chromium()), ("carol", Setup::firefox())];
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

/// Two speak and six listen, as in most calls of that size; 56 streams of sound on one small machine would try the
/// machine. Small pictures and windows for the same reason.
#[tokio::test]
async fn eight_people_see_and_hear_each_other() -> Outcome {
    perform("eight_people", async |stage| {
        let server = stage.server(&[]).await?;
        let seen = || Setup::chromium().with_small_media();
        let small = || seen().with_viewport((400, 300));
        let listeners = ["bob", "carol", "dave", "erin", "frank", "grace"].map(|name| (name, small()));
        let speakers = stage.people([("alice", seen()), ("李梅", seen().speaking("zh-CN"))]).await?;
        let listeners = stage.people(listeners).await?;
        let link = server.new_link();
        for listener in &listeners {
            // The page remembers it, so that in the lobby after this one the microphone is not even opened.
            listener.open_lobby(&link).await?;
            listener.click("toggle-microphone").await?;
            listener.wait_for_toggle("toggle-microphone", false).await?;
            listener.visit("about:blank").await?;
        }
        let everybody = [speakers.as_slice(), listeners.as_slice()].concat();
        for (before, person) in everybody.iter().enumerate() {
            person.enter(&link).await?;
            all_see_each_other(&everybody[..=before]).await?;
        }
        try_join_all(everybody.iter().map(async |person| {
            person.wait_for_media(7, Expect::VIDEO).await?;
            let speaks = speakers.iter().any(|speaker| Rc::ptr_eq(speaker, person));
            person.wait_for_voices(if speaks { 1 } else { 2 }).await
        }))
        .await?;
        let [alice, mei] = &speakers;
        try_join_all([alice.screenshots("call-8-en"), mei.screenshots("call-8-zh")]).await?;
        Ok(())
    })
    .await
}
