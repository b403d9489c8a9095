//! Both sides change everything at the same time, a thousand times.

use anyhow::{Result, ensure};
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::{Access, Outcome, Person, Setup, Tile, all_see_and_hear_each_other, perform_in_lab};

const TOGGLES: [&str; 2] = ["toggle-microphone", "toggle-camera"];
const SHARE: &str = "share-screen";
/// Of each toggle and each person. An even number: in the end everything is on again.
const PRESSES: u32 = 250;

/// What distinguishes one ICE session from the next, for each open peer connection.
async fn ice_sessions(person: &Person) -> Result<Vec<String>> {
    const READ: &str = "return window.__recorded.peers.filter(peer => peer.connectionState !== 'closed')\
         .map(peer => /ice-ufrag:(\\S+)/.exec(peer.localDescription.sdp)[1]);";
    person.read(READ).await
}

async fn everybody_is_there_after_a_storm(scene: &'static str, setups: [Setup; 2]) -> Outcome {
    perform_in_lab(scene, async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let (alice, bob) = (lab.host("alice", Access::PUBLIC)?, lab.host("bob", Access::PUBLIC)?);
        let [one, other] = setups;
        let cast = [("alice", one.at(&alice, &server)), ("bob", other.at(&bob, &server))];
        let people = stage.people(cast).await?;
        let [alice, bob] = &people;
        let link = server.new_link();
        for person in &people {
            person.open_lobby(&link).await?;
            // Firefox has none to share on pages without HTTPS.
            person.give_screen().await?;
            person.join().await?;
        }
        all_see_and_hear_each_other(&people).await?;
        let before = try_join_all(people.iter().map(|person| ice_sessions(person))).await?;
        let pressed = [TOGGLES[0], TOGGLES[1], SHARE];
        let restarts = try_join(alice.storm(&pressed, PRESSES, 1), bob.storm(&pressed, PRESSES, 2)).await?;
        ensure!(restarts.0 > 10 && restarts.1 > 10, "ICE was restarted {restarts:?} times");
        for person in &people {
            for toggle in TOGGLES {
                person.wait_for_toggle(toggle, true).await?;
            }
            // Whether they end up sharing is left to chance: a press while the browser asks what to share ends the asking.
            if !person.is_on(SHARE).await? {
                person.click(SHARE).await?;
            }
            person.wait_for_toggle(SHARE, true).await?;
        }
        for person in &people {
            let is_back = |tile: &Tile| tile.audio == "on" && tile.video == "on" && tile.playing;
            try_join_all(people.iter().map(async |shown| {
                let before = person.wait_for_tile(shown.name(), "is on", is_back).await?.frames;
                let moves = |tile: &Tile| tile.frames > before;
                person.wait_for_tile(shown.name(), "moves", moves).await
            }))
            .await?;
        }
        all_see_and_hear_each_other(&people).await?;
        try_join(alice.wait_for_screens(&["bob"]), bob.wait_for_screens(&["alice"])).await?;
        for (person, before) in people.iter().zip(before) {
            let after = ice_sessions(person).await?;
            ensure!(before.len() == 1 && before != after, "ICE went from {before:?} to {after:?}");
            let wrong = person.wrong_states().await?;
            ensure!(wrong.is_empty(), "{}'s page asked at the wrong time: {wrong:?}", person.name());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_storm_of_toggles_and_restarts_is_weathered() -> Outcome {
    everybody_is_there_after_a_storm("lab_storm", [Setup::chromium(), Setup::chromium()]).await
}

#[tokio::test]
async fn a_storm_of_toggles_and_restarts_is_weathered_in_firefox_and_chromium() -> Outcome {
    everybody_is_there_after_a_storm("lab_storm_firefox", [Setup::firefox(), Setup::chromium()]).await
}
