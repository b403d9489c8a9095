//! The harness itself, proven on a page of its own: a call of two peer connections within one page.

use anyhow::{Result, ensure};
use visavis_e2e::site::{Answer, Site};
use visavis_e2e::{Devices, Expect, Outcome, Person, Setup, perform};

/// A request at the wrong time, of which the page makes nothing.
const WRONG_STATE: &str = "const done = arguments[0]; \
     new RTCPeerConnection().createAnswer().catch(() => null).then(() => done({}));";

async fn sees_and_hears_through_the_instruments(scene: &'static str, setup: Setup) -> Outcome {
    perform(scene, async |stage| {
        let site = Site::serve(|path| match path {
            "/" => Answer::found("text/html", include_str!("harness.html")),
            "/harness.js" => Answer::found("text/javascript", include_str!("harness.js")),
            _ => Answer::refused("404 Not Found"),
        })
        .await?;
        let alice = stage.person("alice", setup).await?;
        alice.enter(&format!("{}#anything", site.url())).await?;
        alice.wait_for_others(&["echo"]).await?;
        alice.wait_for_tile("alice", "is shown to herself", |tile| tile.own && tile.playing).await?;
        alice.wait_for_tile("echo", "plays", |tile| !tile.own && tile.playing).await?;
        alice.wait_for_media(2, Expect::BOTH).await?;
        alice.wait_for_live_tracks("video", 1).await?;
        let floor = alice.bare_floor(2).await?;
        ensure!(floor.len() == 2 && floor.iter().all(|&time| time > 0.0), "the floor is {floor:?}");
        ensure!(alice.notices().await? == ["bad-link"]);
        ensure!(alice.wrong_states().await?.is_empty(), "{:?}", alice.wrong_states().await?);
        alice.run_async(WRONG_STATE, Vec::new()).await?;
        ensure!(alice.wrong_states().await?.len() == 1, "{:?}", alice.wrong_states().await?);
        alice.report(&format!("{scene}-alice")).await
    })
    .await
}

#[tokio::test]
async fn harness_sees_and_hears_in_chromium() -> Outcome {
    sees_and_hears_through_the_instruments("harness_chromium", Setup::chromium()).await
}

#[tokio::test]
async fn harness_sees_and_hears_in_firefox() -> Outcome {
    sees_and_hears_through_the_instruments("harness_firefox", Setup::firefox()).await
}

/// What the page gets when it asks for a microphone, then for a camera: `given` or the name of the error.
async fn answers_to_requests(person: &Person) -> Result<Vec<String>> {
    const ASK: &str = "const done = arguments[0]; const ask = constraints => navigator.mediaDevices.getUserMedia(constraints)\
         .then(() => 'given', error => error.name); (async () => { const microphone = await ask({ audio: true }); \
         return [microphone, await ask({ video: true })]; })().then(answers => done({ answers }));";
    let value = person.run_async(ASK, Vec::new()).await?;
    Ok(serde_json::from_value(value["answers"].clone())?)
}

async fn everybody_has_what_their_setup_says(scene: &'static str, usual: fn() -> Setup) -> Outcome {
    perform(scene, async |stage| {
        let site = Site::serve(|_| Answer::found("text/html", include_str!("harness.html"))).await?;
        let cast = [
            ("refused", usual().with_devices(Devices::CameraRefused)),
            ("missing", usual().with_devices(Devices::Missing)),
            ("李梅", usual().speaking("zh-CN")),
        ];
        let [refused, missing, mei] = stage.people(cast).await?;
        for person in [&refused, &missing, &mei] {
            person.open_home(site.url()).await?;
        }
        ensure!(answers_to_requests(&refused).await? == ["given", "NotAllowedError"]);
        ensure!(answers_to_requests(&missing).await? == ["NotFoundError", "NotFoundError"]);
        ensure!(answers_to_requests(&mei).await? == ["given", "given"]);
        let languages: Vec<String> = mei.read("return [...navigator.languages];").await?;
        ensure!(languages.first().is_some_and(|first| first == "zh-CN"), "the languages are {languages:?}");
        Ok(())
    })
    .await
}

#[tokio::test]
async fn setups_hold_in_chromium() -> Outcome {
    everybody_has_what_their_setup_says("setups_chromium", Setup::chromium).await
}

#[tokio::test]
async fn setups_hold_in_firefox() -> Outcome {
    everybody_has_what_their_setup_says("setups_firefox", Setup::firefox).await
}
