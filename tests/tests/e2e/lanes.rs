//! Large files, which go over more connections than the call's.

use anyhow::ensure;
use visavis_e2e::{Outcome, Person, Setup, TestFile, all_see_and_hear_each_other, perform};

const MIB: u64 = 1024 * 1024;

/// The states of the page's connections, in the order in which it made them.
async fn states(person: &Person) -> anyhow::Result<Vec<String>> {
    person.read("return window.__recorded.peers.map((peer) => peer.connectionState);").await
}

async fn wait_for_states(person: &Person, wanted: &[&str]) -> anyhow::Result<()> {
    person
        .expect(&format!("has connections that are {}", wanted.join(", ")), async || {
            let states = states(person).await?;
            ensure!(states == wanted, "they are {states:?}");
            Ok(())
        })
        .await
}

/// One gives the other a large file, and gets one.
async fn give_large_files(scene: &'static str, setups: [Setup; 2]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let [one, other] = setups;
        let (_, people) = stage.call(&server, [("alice", one), ("bob", other)]).await?;
        let [alice, bob] = &people;
        for person in &people {
            person.open_panel().await?;
            person.catch_saved().await?;
        }
        for (giver, taker, name) in [(alice, bob, "there.bin"), (bob, alice, "back.bin")] {
            let file = TestFile::new(name, 7, 60 * MIB + 5);
            let before = giver.sent_bytes().await?;
            giver.give(std::slice::from_ref(&file)).await?;
            taker.press_on(name, "file-accept").await?;
            // Two are new, and nothing went over them before.
            let fair = file.size / 20;
            let carry = async || {
                let sent = giver.sent_bytes().await?;
                let lanes = sent.get(before.len()..).unwrap_or_default();
                ensure!(
                    lanes.len() == 2 && lanes.iter().all(|bytes| *bytes > fair),
                    "they carried {lanes:?}"
                );
                Ok(())
            };
            giver.expect("has two lanes that carry their part", carry).await?;
            taker.wait_for_file(name, "done").await?;
            taker.has_saved(&file).await?;
        }
        // They are not kept for nothing.
        for person in &people {
            wait_for_states(person, &["connected", "closed", "closed", "closed", "closed"]).await?;
        }
        all_see_and_hear_each_other(&people).await
    })
    .await
}

#[tokio::test]
async fn large_files_go_over_lanes() -> Outcome {
    let setup = || Setup::chromium().with_small_media_at(10);
    give_large_files("lanes_chromium", [setup(), setup()]).await
}

#[tokio::test]
async fn large_files_go_over_lanes_between_chromium_and_firefox() -> Outcome {
    let setups = [Setup::chromium().with_small_media_at(10), Setup::firefox()];
    give_large_files("lanes_firefox", setups).await
}

/// Whatever was on its way over it comes over others.
#[tokio::test]
async fn a_file_outlives_its_lanes() -> Outcome {
    perform("lanes_cut", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let [alice, bob] = &people;
        for person in &people {
            person.open_panel().await?;
        }
        bob.catch_saved().await?;
        let file = TestFile::new("large.bin", 9, 400 * MIB);
        alice.give(std::slice::from_ref(&file)).await?;
        bob.press_on("large.bin", "file-accept").await?;
        for (person, which, part) in [(bob, 1, 10), (alice, 2, 30)] {
            let come = |card: &visavis_e2e::Card| card.bytes > file.size * part / 100;
            let card = bob.wait_for_card("large.bin", &format!("has come by {part} %"), come).await?;
            ensure!(card.state == "coming", "{card:?}");
            let made = states(alice).await?;
            println!("{} closes a lane of {made:?}", person.name());
            let close = format!("window.__recorded.peers.at(-{which}).close();");
            person.run_for::<()>(&close, Vec::new()).await?;
        }
        bob.wait_for_file("large.bin", "done").await?;
        bob.has_saved(&file).await?;
        let states = states(alice).await?;
        ensure!(states.len() > 3, "none was made anew: {states:?}");
        all_see_and_hear_each_other(&people).await
    })
    .await
}
