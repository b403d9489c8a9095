//! What is of this moment: who types, reactions, raised hands, and pointers on a shared screen.

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use visavis_e2e::{Outcome, Person, Setup, perform};

async fn live<T: DeserializeOwned>(person: &Person, act: &[Value]) -> Result<T> {
    person.run_for(include_str!("../../src/scripts/live.js"), act.to_vec()).await
}

/// Waits until they see that these type, in the panel's words.
async fn sees_typing(person: &Person, words: &str) -> Result<()> {
    person
        .expect(&format!("sees {words:?}"), async || {
            let found: String = person
                .read("return document.querySelector('[data-testid=\"typing\"]').innerText.trim();")
                .await?;
            ensure!(found == words, "it is {found:?}");
            Ok(())
        })
        .await
}

/// Waits until exactly these hands are up, in this order.
async fn sees_hands(person: &Person, names: &[&str]) -> Result<()> {
    const HANDS: &str = "return Array.from(document.querySelectorAll('[data-testid=\"tile\"]'))\
         .filter(tile => tile.dataset.hand).sort((one, other) => one.dataset.hand - other.dataset.hand)\
         .map(tile => tile.dataset.name);";
    person
        .expect(&format!("sees the hands of {names:?}"), async || {
            let found: Vec<String> = person.read(HANDS).await?;
            ensure!(found == names, "they are {found:?}");
            Ok(())
        })
        .await
}

async fn press_hand(person: &Person) -> Result<()> {
    person.click("react").await?;
    person.click("raise-hand").await
}

async fn react(person: &Person, emoji: &str) -> Result<()> {
    person.click("react").await?;
    let script = format!("document.querySelector('button[value=\"{emoji}\"]').click(); return true;");
    person.read::<bool>(&script).await.map(drop)
}

/// Waits until they have seen this reaction over the tile of its author.
async fn has_seen(person: &Person, emoji: &str, name: &str) -> Result<()> {
    person
        .expect(&format!("has seen {emoji} over {name}"), async || {
            let seen: Vec<(String, String)> = live(person, &[json!("reactions")]).await?;
            ensure!(seen == [(emoji.to_owned(), name.to_owned())], "it is {seen:?}");
            Ok(())
        })
        .await
}

/// All have heard of each other in the chat: the channels beside it are open as well.
async fn greet(people: &[&Person]) -> Result<()> {
    for person in people {
        person.say(&format!("{} is here", person.name())).await?;
    }
    for person in people {
        person
            .expect("has read all", async || {
                let read: usize = person
                    .read("return document.querySelectorAll('[data-testid=\"chat-message\"]').length;")
                    .await?;
                ensure!(read == people.len(), "{read} messages");
                Ok(())
            })
            .await?;
    }
    Ok(())
}

async fn what_is_of_this_moment_is_seen(scene: &'static str, setups: [Setup; 3]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let [one, other, third] = setups;
        let (link, people) = stage.call(&server, [("alice", one), ("bob", other)]).await?;
        let [alice, bob] = &people;
        try_join_all(people.iter().map(|person| person.open_panel())).await?;
        greet(&[alice, bob]).await?;

        alice.write("chat-input", "I think").await?;
        sees_typing(bob, "alice is typing…").await?;
        bob.screenshots(&format!("{scene}-typing-en")).await?;
        alice.click("chat-send").await?;
        sees_typing(bob, "").await?;
        alice.write("chat-input", "no, wait").await?;
        sees_typing(bob, "alice is typing…").await?;
        sees_typing(bob, "").await?; // She has gone away in the middle of it.

        for person in &people {
            live::<bool>(person, &[json!("watch")]).await?;
        }
        react(alice, "👏").await?;
        has_seen(bob, "👏", "alice").await?;
        has_seen(alice, "👏", "alice").await?;

        press_hand(bob).await?;
        for person in &people {
            sees_hands(person, &["bob"]).await?;
        }
        press_hand(alice).await?;
        for person in &people {
            sees_hands(person, &["bob", "alice"]).await?;
        }
        // Whoever comes later sees them in the same order, and comes after them.
        let carol = stage.person("carol", third).await?;
        carol.enter(&link).await?;
        sees_hands(&carol, &["bob", "alice"]).await?;
        press_hand(&carol).await?;
        for person in [alice, bob, &carol] {
            sees_hands(person, &["bob", "alice", "carol"]).await?;
        }
        bob.screenshots(&format!("{scene}-hands-en")).await?;
        press_hand(bob).await?;
        for person in [alice, bob, &carol] {
            sees_hands(person, &["alice", "carol"]).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn what_is_of_this_moment_is_seen_in_chromium() -> Outcome {
    what_is_of_this_moment_is_seen("live", [Setup::chromium(), Setup::chromium(), Setup::chromium()]).await
}

#[tokio::test]
async fn what_is_of_this_moment_is_seen_in_firefox_and_chromium() -> Outcome {
    let setups = [Setup::firefox(), Setup::chromium(), Setup::chromium()];
    what_is_of_this_moment_is_seen("live_firefox", setups).await
}

#[tokio::test]
async fn who_presses_on_a_screen_points_for_all_who_see_it() -> Outcome {
    perform("pointers", async |stage| {
        let server = stage.server(&[]).await?;
        let cast = [("alice", Setup::chromium()), ("bob", Setup::chromium()), ("carol", Setup::chromium())];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob, carol] = &people;
        try_join_all(people.iter().map(|person| person.open_panel())).await?;
        greet(&[alice, bob, carol]).await?;
        try_join_all([bob, carol].map(|person| person.click("close-chat"))).await?;
        alice.click("share-screen").await?;
        try_join_all([bob, carol].map(|person| person.wait_for_screens(&["alice"]))).await?;
        let points_at = async |x: u32, y: u32| {
            carol
                .expect("sees where bob points", async || {
                    let seen: Vec<(String, u32, u32)> = live(carol, &[json!("pointers")]).await?;
                    let [(name, left, top)] = &seen[..] else { anyhow::bail!("they are {seen:?}") };
                    let near = left.abs_diff(x) <= 2 && top.abs_diff(y) <= 2;
                    ensure!(name == "bob" && near, "they are {seen:?}");
                    Ok(())
                })
                .await
        };
        live::<bool>(bob, &[json!("point"), json!("pointerdown"), json!(0.25), json!(0.75)]).await?;
        points_at(25, 75).await?;
        live::<bool>(bob, &[json!("point"), json!("pointermove"), json!(0.6), json!(0.1)]).await?;
        points_at(60, 10).await?;
        carol.screenshots("pointers-en").await?;
        live::<bool>(bob, &[json!("point"), json!("pointerup"), json!(0.6), json!(0.1)]).await?;
        carol
            .expect("sees no pointer any more", async || {
                let seen: Vec<Value> = live(carol, &[json!("pointers")]).await?;
                ensure!(seen.is_empty(), "they are {seen:?}");
                Ok(())
            })
            .await
    })
    .await
}
