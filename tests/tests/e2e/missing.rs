//! What somebody says to send, and does not: it is missed, asked for, and comes.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde_json::{Value, json};
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Expect, Kind, Outcome, Person, Setup, all_see_and_hear_each_other, perform};

/// Behind the page's back nothing of a kind is sent any more.
const TAKE: &str = "for (const peer of window.__recorded.peers) for (const sender of peer.getSenders()) \
     if (sender.track?.kind === arguments[0]) sender.replaceTrack(null);";
/// The same, and no other track can be sent over these connections.
const TAKE_FOR_GOOD: &str = "for (const peer of window.__recorded.peers) for (const sender of peer.getSenders()) \
     if (sender.track?.kind === arguments[0]) { sender.replaceTrack(null); sender.replaceTrack = async () => {}; }";

const ASKED: &str = "sent anew";

/// How often somebody has asked for something to be sent anew.
async fn times_asked(person: &Person) -> Result<usize> {
    Ok(person.repairs().await?.iter().filter(|step| *step == ASKED).count())
}

/// What can be taken from a browser: where Firefox has no picture to send, it sends a black one every second.
fn takable(setup: &Setup) -> &'static [&'static str] {
    match setup.kind {
        Kind::Chromium => &["video", "audio"],
        Kind::Firefox => &["audio"],
    }
}

async fn what_is_missed_is_sent_anew(scene: &'static str, alice: Setup, bob: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", bob)]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        try_join_all(people.iter().map(|person| person.watch())).await?;
        let made = try_join_all(people.iter().map(|person| person.connections_made())).await?;
        let mut table = Table::new("what is missed comes after");
        for (sender, receiver) in [(alice, bob), (bob, alice)] {
            for &kind in takable(sender.setup()) {
                let (begin, asked) = (Moment::now()?, times_asked(receiver).await?);
                sender.run_for::<Value>(TAKE, vec![json!(kind)]).await?;
                receiver
                    .expect(&format!("asks for {kind}"), async || {
                        let now = times_asked(receiver).await?;
                        ensure!(now == asked + 1, "it has asked {now} times");
                        Ok(())
                    })
                    .await?;
                receiver.wait_for_media(1, Expect::BOTH).await?;
                if kind == "video" {
                    let gap = receiver.watched().await?.longest_gap(begin, Moment::now()?);
                    table.add(&format!("a picture, in {:?}", receiver.setup().kind), gap);
                }
            }
        }
        table.save(&format!("{scene}-table"))?;
        all_see_and_hear_each_other(&people).await?;
        for ((person, other), before) in people.iter().zip(people.iter().rev()).zip(made) {
            let (steps, after) = (person.repairs().await?, person.connections_made().await?);
            let missed = takable(other.setup()).len();
            ensure!(steps == vec![ASKED; missed], "{}'s page has done {steps:?}", person.name());
            ensure!(after == before, "{} made {} connections more", person.name(), after - before);
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_missed_is_sent_anew_in_chromium() -> Outcome {
    what_is_missed_is_sent_anew("missed", Setup::chromium(), Setup::chromium()).await
}

#[tokio::test]
async fn what_is_missed_is_sent_anew_in_chromium_and_firefox() -> Outcome {
    what_is_missed_is_sent_anew("missed_firefox", Setup::chromium(), Setup::firefox()).await
}

async fn what_is_still_missed_comes_over_a_new_connection(
    scene: &'static str,
    alice: Setup,
    kind: &str,
) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) = stage.call(&server, [("alice", alice), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;
        bob.watch().await?;
        let begin = Moment::now()?;
        let made = bob.connections_made().await?;
        alice.run_for::<Value>(TAKE_FOR_GOOD, vec![json!(kind)]).await?;
        bob.wait_for_repairs(&[ASKED, "ICE restarted", "a new connection"]).await?;
        all_see_and_hear_each_other(&people).await?;
        ensure!(bob.connections_made().await? == made + 1, "it was not mended at once");
        let (watched, end) = (bob.watched().await?, Moment::now()?);
        let mut table = Table::new("what is still missed comes after all steps");
        table.add(kind, end.since(begin));
        table.save(&format!("{scene}-table"))?;
        let most = watched.most_tiles(begin);
        ensure!(most == 2, "bob has seen {most} tiles");
        let steps = alice.repairs().await?;
        ensure!(
            steps.is_empty(),
            "alice missed nothing and has done {steps:?}; her page says {:?}",
            alice.log().await?
        );
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_picture_that_is_still_missed_comes_over_a_new_connection() -> Outcome {
    what_is_still_missed_comes_over_a_new_connection("missed_still", Setup::chromium(), "video").await
}

#[tokio::test]
async fn sound_from_firefox_that_is_still_missed_comes_over_a_new_connection() -> Outcome {
    what_is_still_missed_comes_over_a_new_connection("missed_still_firefox", Setup::firefox(), "audio").await
}
