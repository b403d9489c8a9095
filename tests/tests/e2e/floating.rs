//! The call in a small window above all others.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;
use visavis_e2e::{Outcome, Person, Setup, all_see_and_hear_each_other, perform};

/// A face in the window.
#[derive(Debug, Deserialize)]
struct Face {
    name: String,
    /// Its picture moves.
    plays: bool,
    /// Some part of it is in the window.
    seen: bool,
}

/// Who is in the window; nothing if there is none.
async fn faces(person: &Person) -> Result<Option<Vec<Face>>> {
    const READ: &str = "const page = documentPictureInPicture.window; if (!page) return null; \
         return [...page.document.querySelectorAll('[data-floats]')].map(face => { \
         const video = face.querySelector('video'), box = face.getBoundingClientRect(); \
         const before = video.before ?? 0; video.before = video.currentTime; \
         return { name: face.dataset.name, plays: video.videoWidth > 0 && video.currentTime > before, \
         seen: box.width > 20 && box.height > 20 && box.right <= page.innerWidth && box.bottom <= page.innerHeight }; });";
    person.read(READ).await
}

async fn wait_for_faces(person: &Person, names: &[&str]) -> Result<()> {
    person
        .expect(&format!("has {names:?} in the small window"), async || {
            let faces = faces(person).await?.context("there is none")?;
            let there: Vec<_> = faces.iter().map(|face| face.name.as_str()).collect();
            ensure!(there == names && faces.iter().all(|face| face.plays && face.seen), "it has {faces:?}");
            Ok(())
        })
        .await
}

/// Presses a button in the window.
async fn press(person: &Person, testid: &str) -> Result<()> {
    let script =
        "documentPictureInPicture.window.document.querySelector(`[data-testid=${arguments[0]}]`).click();";
    person.run_for(script, vec![json!(testid)]).await
}

/// When the window was opened, in milliseconds since 1970; 0 while there is none.
const OPENED: &str = "return documentPictureInPicture.window?.performance.timeOrigin ?? 0;";

/// Lets the page believe that it is hidden, as it is while the user looks at something else.
async fn hide(person: &Person) -> Result<()> {
    let script = "Object.defineProperty(document, 'hidden', { configurable: true, get: () => true }); \
         document.dispatchEvent(new Event('visibilitychange'));";
    person.read(script).await
}

#[tokio::test]
async fn a_call_goes_on_in_a_small_window() -> Outcome {
    perform("floating", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.click("open-settings").await?;
        alice.click("float").await?;
        wait_for_faces(alice, &["bob"]).await?;
        // Asked for once more there is still one.
        let first: f64 = alice.read(OPENED).await?;
        alice.click("float").await?;
        alice
            .expect("has another small window", async || {
                let now: f64 = alice.read(OPENED).await?;
                ensure!(now > first, "it is the one of before");
                Ok(())
            })
            .await?;
        wait_for_faces(alice, &["bob"]).await?;

        // It does not need the panel, and follows who comes and goes.
        alice.click("close-settings").await?;
        let carol = stage.person("carol", Setup::chromium().with_small_media()).await?;
        carol.enter(&link).await?;
        wait_for_faces(alice, &["bob", "carol"]).await?;
        carol.leave().await?;
        wait_for_faces(alice, &["bob"]).await?;

        // Who is seen there is sent, though the page is hidden.
        hide(alice).await?;
        press(alice, "floating-microphone").await?;
        bob.wait_for_tile("alice", "is muted", |tile| tile.audio == "off").await?;
        press(alice, "floating-camera").await?;
        bob.wait_for_tile("alice", "shows no picture", |tile| tile.video == "off").await?;
        bob.wait_for_frames_sent().await?;
        wait_for_faces(alice, &["bob"]).await?;
        alice.read::<()>("documentPictureInPicture.window.close();").await?;
        bob.wait_for_rest(6).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_small_window_goes_with_the_call() -> Outcome {
    perform("floating_ends", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media();
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let [alice, bob] = &people;
        alice.click("open-settings").await?;
        alice.click("float").await?;
        wait_for_faces(alice, &["bob"]).await?;
        press(alice, "floating-leave").await?;
        alice.wait_for_state("left").await?;
        alice
            .expect("has no small window any more", async || {
                let faces = faces(alice).await?;
                ensure!(faces.is_none(), "it has {faces:?}");
                Ok(())
            })
            .await?;
        bob.wait_for_others(&[]).await
    })
    .await
}

#[tokio::test]
async fn a_small_window_is_offered_where_there_is_one_in_firefox() -> Outcome {
    perform("floating_firefox", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::firefox().with_small_media()).await?;
        alice.enter(&server.new_link()).await?;
        alice.click("open-settings").await?;
        alice.sees("layout-grid").await?;
        let [offered, there_is]: [bool; 2] = alice
            .read(
                "return [document.querySelector('[data-testid=float]') !== null, \
                 Boolean(document.pictureInPictureEnabled) || 'documentPictureInPicture' in window];",
            )
            .await?;
        ensure!(offered == there_is, "offered: {offered}, there is one: {there_is}");
        Ok(())
    })
    .await
}
