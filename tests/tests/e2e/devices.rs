//! Microphones and cameras: missing, refused, switched off, and switched faster than anyone can follow.

use anyhow::ensure;
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::{Devices, Expect, Outcome, Setup, all_see_and_hear_each_other, perform};

/// The kinds of the tracks that each element of somebody else's has to play.
const PLAYED: &str = "return [...document.querySelectorAll('video')].filter(video => !video.muted && video.srcObject) \
     .map(video => video.srcObject.getTracks().map(track => track.kind));";

const TOGGLES: [&str; 2] = ["toggle-microphone", "toggle-camera"];

#[tokio::test]
async fn without_devices_one_still_sees_and_hears_the_others() -> Outcome {
    perform("no_devices", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let cast = [("alice", Setup::chromium().with_devices(Devices::Missing)), ("bob", Setup::chromium())];
        let [alice, bob] = stage.people(cast).await?;
        alice.open_lobby(&link).await?;
        alice.wait_for_notice(&["camera-missing"]).await?;
        alice.wait_for_notice(&["microphone-missing"]).await?;
        alice.screenshots("lobby-no-devices-en").await?;
        try_join(alice.join(), bob.enter(&link)).await?;
        try_join(alice.wait_for_others(&["bob"]), bob.wait_for_others(&["alice"])).await?;
        alice.wait_for_media(1, Expect::BOTH).await?;
        bob.wait_for_tile("alice", "is silent and unseen", |tile| tile.audio == "off" && tile.video == "off")
            .await?;
        // Sound that never comes would keep the loudspeakers awake.
        let played: Vec<Vec<String>> = bob.read(PLAYED).await?;
        ensure!(played == [Vec::<String>::new()], "bob has {played:?} of alice to play");
        alice
            .wait_for_tile("alice", "shows that she sends nothing", |tile| tile.own && tile.video == "off")
            .await?;
        Ok(())
    })
    .await
}

async fn a_refused_camera_is_told_and_the_microphone_works(scene: &'static str, refused: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [alice, bob] = stage.people([("alice", refused), ("bob", Setup::chromium())]).await?;
        alice.open_lobby(&link).await?;
        alice.wait_for_notice(&["camera-refused"]).await?;
        let notices = alice.notices().await?;
        ensure!(!notices.iter().any(|notice| notice.starts_with("microphone-")), "notices are {notices:?}");
        alice.screenshots(&format!("lobby-{scene}-en")).await?;
        try_join(alice.join(), bob.enter(&link)).await?;
        try_join(alice.wait_for_others(&["bob"]), bob.wait_for_others(&["alice"])).await?;
        bob.wait_for_tile("alice", "is heard, not seen", |tile| tile.audio == "on" && tile.video == "off")
            .await?;
        alice.wait_for_media(1, Expect::BOTH).await?;
        bob.wait_for_media(1, Expect::AUDIO).await
    })
    .await
}

#[tokio::test]
async fn a_camera_refused_in_chromium_is_told_and_the_microphone_works() -> Outcome {
    let setup = Setup::chromium().with_devices(Devices::CameraRefused);
    a_refused_camera_is_told_and_the_microphone_works("camera_refused_chromium", setup).await
}

#[tokio::test]
async fn a_camera_refused_in_firefox_is_told_and_the_microphone_works() -> Outcome {
    let setup = Setup::firefox().with_devices(Devices::CameraRefused);
    a_refused_camera_is_told_and_the_microphone_works("camera_refused_firefox", setup).await
}

#[tokio::test]
async fn what_is_off_is_silent_dark_and_released() -> Outcome {
    perform("devices_off", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.click("toggle-camera").await?;
        bob.wait_for_tile("alice", "is unseen", |tile| tile.audio == "on" && tile.video == "off").await?;
        alice.wait_for_live_tracks("video", 0).await?;
        alice.click("toggle-microphone").await?;
        bob.wait_for_tile("alice", "is muted", |tile| tile.audio == "off" && tile.video == "off").await?;
        bob.wait_for_silence().await?;
        for toggle in TOGGLES {
            alice.wait_for_toggle(toggle, false).await?;
            alice.click(toggle).await?;
            alice.wait_for_toggle(toggle, true).await?;
        }
        bob.wait_for_tile("alice", "is back", |tile| {
            tile.audio == "on" && tile.video == "on" && tile.playing
        })
        .await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

#[tokio::test]
async fn a_choice_of_the_lobby_holds_in_the_call() -> Outcome {
    perform("off_in_lobby", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [alice, bob] = stage.people([("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        alice.open_lobby(&link).await?;
        for toggle in TOGGLES {
            alice.wait_for_toggle(toggle, true).await?;
            alice.click(toggle).await?;
            alice.wait_for_toggle(toggle, false).await?;
        }
        try_join(alice.join(), bob.enter(&link)).await?;
        bob.wait_for_others(&["alice"]).await?;
        bob.wait_for_tile("alice", "is silent and unseen", |tile| tile.audio == "off" && tile.video == "off")
            .await?;
        alice.wait_for_live_tracks("video", 0).await?;
        for toggle in TOGGLES {
            alice.click(toggle).await?;
        }
        bob.wait_for_tile("alice", "is heard and seen", |tile| tile.audio == "on" && tile.video == "on")
            .await?;
        bob.wait_for_media(1, Expect::BOTH).await
    })
    .await
}

async fn hasty_toggles_end_alike_on_both_sides(scene: &'static str, alice: Setup, bob: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", bob)]).await?;
        // After an even number of presses everything is on again, after an odd number off.
        for (presses, on, state) in [(50, true, "on"), (25, false, "off"), (25, true, "on")] {
            try_join_all(people.iter().map(|person| person.toggle_often(&TOGGLES, presses))).await?;
            for person in &people {
                for toggle in TOGGLES {
                    person.wait_for_toggle(toggle, on).await?;
                }
                person.wait_for_live_tracks("video", usize::from(on)).await?;
                for shown in &people {
                    let matches = |tile: &visavis_e2e::Tile| tile.audio == state && tile.video == state;
                    person.wait_for_tile(shown.name(), &format!("is {state}"), matches).await?;
                }
            }
            if on {
                all_see_and_hear_each_other(&people).await?;
            }
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn hasty_toggles_end_alike_in_chromium() -> Outcome {
    hasty_toggles_end_alike_on_both_sides("hasty_toggles_chromium", Setup::chromium(), Setup::chromium())
        .await
}

#[tokio::test]
async fn hasty_toggles_end_alike_in_chromium_and_firefox() -> Outcome {
    hasty_toggles_end_alike_on_both_sides("hasty_toggles_mixed", Setup::chromium(), Setup::firefox()).await
}
