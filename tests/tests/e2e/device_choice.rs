//! Devices that are chosen, come and go, and are taken away by the system, in the middle of a call.

use std::time::Duration;

use anyhow::{Result, ensure};
use serde_json::json;
use visavis_e2e::{
    Devices, Expect, Outcome, Person, Setup, all_see_and_hear_each_other, perform, wait::until, watch::Moment,
};

/// The labels of the tracks that are sent, sound first, without those of screens.
const SENT: &str = "return window.__recorded.peers.filter(peer => peer.connectionState === 'connected')\
     .flatMap(peer => peer.getSenders()).map(sender => sender.track)\
     .filter(track => track && !track.getSettings().displaySurface)\
     .sort((a, b) => a.kind.localeCompare(b.kind)).map(track => track.label);";

/// How often a description was applied.
const NEGOTIATIONS: &str = "return window.__recorded.peers.flatMap(peer => peer.told ?? [])\
     .filter(line => / set(Local|Remote)Description /.test(line)).length;";

/// Does to the track that is sent of this kind what a system does.
const SYSTEM: &str = "const track = window.__recorded.peers.flatMap(peer => peer.getSenders())\
     .map(sender => sender.track).find(track => track?.kind === arguments[0]);\
     if (arguments[1] === 'ended') track.stop();\
     track.dispatchEvent(new Event(arguments[1])); return track.id;";

/// The id of the track that is sent of this kind.
const SENT_ID: &str = "return window.__recorded.peers.flatMap(peer => peer.getSenders())\
     .map(sender => sender.track).find(track => track?.kind === arguments[0])?.id ?? '';";

/// From now on these are the only devices that are listed, by parts of their labels.
const LIST: &str = "const devices = navigator.mediaDevices;\
     window.__list ??= devices.enumerateDevices.bind(devices); const wanted = arguments[0];\
     devices.enumerateDevices = async () => (await window.__list())\
     .filter(device => wanted.some(label => device.label.includes(label)));\
     devices.dispatchEvent(new Event('devicechange'));";

/// Through which devices others are heard.
const SINKS: &str = "return [...document.querySelectorAll('video')]\
     .filter(video => !video.muted && video.srcObject).map(video => video.sinkId);";

async fn waits_to_send(person: &Person, wanted: [&str; 2]) -> Result<()> {
    person
        .expect(&format!("sends {wanted:?}"), async || {
            let sent: Vec<String> = person.read(SENT).await?;
            let is_it = sent.len() == 2 && sent.iter().zip(wanted).all(|(label, part)| label.contains(part));
            ensure!(is_it, "it sends {sent:?}");
            Ok(())
        })
        .await
}

/// Waits until another track of this kind is sent than before.
async fn sends_another(person: &Person, kind: &str, before: &str) -> Result<()> {
    person
        .expect(&format!("sends other {kind}"), async || {
            let now: String = person.run_for(SENT_ID, vec![json!(kind)]).await?;
            ensure!(!now.is_empty() && now != before, "it is still {now}");
            Ok(())
        })
        .await
}

/// Waits until this camera is not offered any more: the page asks the browser what is there, and could open it until it knows.
async fn waits_to_lose(person: &Person, label: &str) -> Result<()> {
    const OFFERED: &str = "return [...document.querySelectorAll('[data-testid=select-camera] option')].map(option => option.textContent);";
    person
        .expect(&format!("is not offered {label}"), async || {
            let offered: Vec<String> = person.read(OFFERED).await?;
            ensure!(offered.iter().all(|one| !one.contains(label)), "it is offered {offered:?}");
            Ok(())
        })
        .await
}

async fn list(person: &Person, labels: &[&str]) -> Result<()> {
    person.run_for(LIST, vec![json!(labels)]).await
}

async fn opens_settings(person: &Person) -> Result<()> {
    person.click("open-settings").await?;
    person.sees("select-camera").await
}

/// Bob sees no gap of half a second more than he saw before, while somebody changes something.
async fn without_a_gap(bob: &Person, change: impl AsyncFnOnce() -> Result<()>) -> Result<()> {
    const HALF: Duration = Duration::from_millis(500);
    let before = Moment::now()?;
    let steady = until("two seconds of pictures", async || {
        let now = Moment::now()?;
        ensure!(now.since(before) > Duration::from_secs(2));
        Ok(bob.watched().await?.longest_gap(before, now))
    })
    .await?;
    let from = Moment::now()?;
    change().await?;
    bob.frames_after(Moment::now()?).await?;
    let gap = bob.watched().await?.longest_gap(from, Moment::now()?);
    ensure!(gap < HALF + steady, "a gap of {gap:?}, where {steady:?} was usual");
    Ok(())
}

#[tokio::test]
async fn devices_are_changed_without_a_gap_or_a_negotiation() -> Outcome {
    perform("device_choice", async |stage| {
        let server = stage.server(&[]).await?;
        let several = Setup::chromium().with_devices(Devices::SeveralCameras);
        let (_, people) = stage.call(&server, [("alice", several), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        opens_settings(alice).await?;
        alice.screenshots("settings-en").await?;
        let negotiated: usize = alice.read(NEGOTIATIONS).await?;
        bob.watch().await?;
        for camera in ["fake_device_2", "fake_device_0"] {
            without_a_gap(bob, async || {
                alice.choose("select-camera", camera).await?;
                waits_to_send(alice, ["", camera]).await
            })
            .await?;
        }
        alice.choose("select-microphone", "Fake Audio Input 2").await?;
        waits_to_send(alice, ["Fake Audio Input 2", "fake_device_0"]).await?;
        alice.choose("select-camera", "fake_device_2").await?;
        waits_to_send(alice, ["Fake Audio Input 2", "fake_device_2"]).await?;
        alice.wait_for_live_tracks("video", 1).await?;
        all_see_and_hear_each_other(&people).await?;
        let now: usize = alice.read(NEGOTIATIONS).await?;
        ensure!(now == negotiated, "{} descriptions were applied for it", now - negotiated);

        alice.choose("select-speaker", "Fake Audio Output 2").await?;
        let through = alice.value("select-speaker").await?;
        alice
            .expect("hears bob through the other speaker", async || {
                let sinks: Vec<String> = alice.read(SINKS).await?;
                ensure!(sinks == [through.clone()], "it is {sinks:?}");
                Ok(())
            })
            .await?;
        alice.click("test-speaker").await?;

        // All of it is as it was when she comes again.
        alice.read::<()>("location.reload();").await?;
        alice.wait_for_state("in-call").await?;
        bob.wait_for_others(&["alice"]).await?;
        opens_settings(alice).await?;
        for (menu, wanted) in [
            ("select-microphone", "Fake Audio Input 2"),
            ("select-camera", "fake_device_2"),
            ("select-speaker", "Fake Audio Output 2"),
        ] {
            alice
                .expect(&format!("has {wanted} in {menu}"), async || {
                    let chosen = alice.chosen(menu).await?;
                    ensure!(chosen == wanted, "it is {chosen:?}");
                    Ok(())
                })
                .await?;
        }
        bob.wait_for_media(1, Expect::BOTH).await
    })
    .await
}

async fn the_sound_is_processed_otherwise(scene: &'static str, alice: Setup, bob: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", bob)]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        let negotiated: usize = alice.read(NEGOTIATIONS).await?;
        let before: String = alice.run_for(SENT_ID, vec![json!("audio")]).await?;
        opens_settings(alice).await?;
        alice.click("noise-suppression").await?;
        sends_another(alice, "audio", &before).await?;
        let processed: (bool, bool) = alice
            .read(
                "const asked = window.__recorded.peers.flatMap(peer => peer.getSenders())\
                 .map(sender => sender.track).find(track => track?.kind === 'audio').getConstraints();\
                 return [asked.echoCancellation, asked.noiseSuppression];",
            )
            .await?;
        ensure!(processed == (true, false), "echo and noise are taken away: {processed:?}");
        alice.wait_for_live_tracks("audio", 1).await?;
        bob.wait_for_voices(1).await?;
        let now: usize = alice.read(NEGOTIATIONS).await?;
        ensure!(now == negotiated, "{} descriptions were applied for it", now - negotiated);
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_microphones_sound_is_processed_otherwise_in_chromium() -> Outcome {
    the_sound_is_processed_otherwise("processing_chromium", Setup::chromium(), Setup::chromium()).await
}

#[tokio::test]
async fn the_microphones_sound_is_processed_otherwise_in_firefox() -> Outcome {
    the_sound_is_processed_otherwise("processing_firefox", Setup::firefox(), Setup::chromium()).await
}

#[tokio::test]
async fn a_device_that_goes_is_replaced_and_one_that_comes_is_offered() -> Outcome {
    perform("plugged", async |stage| {
        let server = stage.server(&[]).await?;
        let several = Setup::chromium().with_devices(Devices::SeveralCameras);
        let (_, people) = stage.call(&server, [("alice", several), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        opens_settings(alice).await?;
        alice.choose("select-camera", "fake_device_2").await?;
        waits_to_send(alice, ["", "fake_device_2"]).await?;

        // Pulled out: its track ends, and it is not listed any more.
        let rest = ["fake_device_0", "Fake Audio Input 1", "Fake Audio Output 1"];
        bob.watch().await?;
        list(alice, &rest).await?;
        waits_to_lose(alice, "fake_device_2").await?;
        alice.run_for::<String>(SYSTEM, vec![json!("video"), json!("ended")]).await?;
        alice.wait_for_notice(&["camera-gone"]).await?;
        alice.screenshots("camera-gone-en").await?;
        waits_to_send(alice, ["", "fake_device_0"]).await?;
        bob.frames_after(Moment::now()?).await?;

        // There again: it is what she has chosen.
        let rest = [&rest[..], &["fake_device_2"]].concat();
        list(alice, &rest).await?;
        alice.wait_for_notice(&["camera-back"]).await?;
        waits_to_send(alice, ["", "fake_device_2"]).await?;

        // Another microphone, which she has never used.
        list(alice, &[&rest[..], &["Fake Audio Input 2"]].concat()).await?;
        alice.wait_for_notice(&["microphone-found"]).await?;
        alice.screenshots("microphone-found-en").await?;
        alice.click("remedy").await?;
        waits_to_send(alice, ["Fake Audio Input 2", "fake_device_2"]).await?;
        alice.wait_without_notice(&["microphone-found"]).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

async fn what_the_system_takes_is_taken_back(scene: &'static str, alice: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        // A camera whose track ends without its being gone.
        bob.watch().await?;
        let ended: String = alice.run_for(SYSTEM, vec![json!("video"), json!("ended")]).await?;
        sends_another(alice, "video", &ended).await?;
        bob.frames_after(Moment::now()?).await?;

        // A microphone that the system mutes is opened anew; when that one is muted as well, both are told.
        let muted: String = alice.run_for(SYSTEM, vec![json!("audio"), json!("mute")]).await?;
        sends_another(alice, "audio", &muted).await?;
        bob.wait_for_voices(1).await?;
        ensure!(alice.notices().await?.is_empty(), "it has worked");
        alice.run_for::<String>(SYSTEM, vec![json!("audio"), json!("mute")]).await?;
        alice.wait_for_notice(&["microphone-muted"]).await?;
        bob.wait_for_tile("alice", "is muted", |tile| tile.audio == "off").await?;
        alice.screenshots(&format!("{scene}-muted-en")).await?;
        alice.run_for::<String>(SYSTEM, vec![json!("audio"), json!("unmute")]).await?;
        alice.wait_without_notice(&["microphone-muted"]).await?;
        bob.wait_for_tile("alice", "is heard", |tile| tile.audio == "on").await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

#[tokio::test]
async fn what_the_system_takes_is_taken_back_in_chromium() -> Outcome {
    what_the_system_takes_is_taken_back("taken_chromium", Setup::chromium()).await
}

#[tokio::test]
async fn what_the_system_takes_is_taken_back_in_firefox() -> Outcome {
    what_the_system_takes_is_taken_back("taken_firefox", Setup::firefox()).await
}

async fn space_talks(scene: &'static str, alice: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        // The focus stays on the button that was clicked last: space must not click it once more.
        alice.click("toggle-microphone").await?;
        bob.wait_for_tile("alice", "is muted", |tile| tile.audio == "off").await?;
        alice.hold_space(true).await?;
        bob.wait_for_tile("alice", "is heard", |tile| tile.audio == "on").await?;
        alice.wait_for_toggle("toggle-microphone", true).await?;
        alice.hold_space(false).await?;
        bob.wait_for_tile("alice", "is muted again", |tile| tile.audio == "off").await?;
        alice.wait_for_toggle("toggle-microphone", false).await?;
        for (key, toggle, on) in
            [("m", "toggle-microphone", true), ("c", "toggle-camera", false), ("c", "toggle-camera", true)]
        {
            alice.type_text(key).await?;
            alice.wait_for_toggle(toggle, on).await?;
        }
        alice.type_text("h").await?;
        bob.wait_for_tile("alice", "has her hand up", |tile| tile.text.contains('1')).await?;
        alice.type_text("h").await?;
        bob.wait_for_tile("alice", "has it down", |tile| !tile.text.contains('1')).await?;
        alice.type_text("?").await?;
        alice.sees("shortcuts").await?;
        alice.type_text("?").await
    })
    .await
}

#[tokio::test]
async fn space_talks_and_keys_do_what_buttons_do_in_chromium() -> Outcome {
    space_talks("space_chromium", Setup::chromium()).await
}

#[tokio::test]
async fn space_talks_and_keys_do_what_buttons_do_in_firefox() -> Outcome {
    space_talks("space_firefox", Setup::firefox()).await
}
