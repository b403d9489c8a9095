//! From the link into the call and out of it without a mouse.

use anyhow::{Result, ensure};
use thirtyfour::Key;
use visavis_e2e::{Outcome, Person, Setup, perform};

/// Presses Tab until the focus is on `wanted`.
async fn tab_to(person: &Person, wanted: &str) -> Result<()> {
    const MANY: usize = 30;
    let mut passed = Vec::new();
    while passed.len() < MANY {
        person.press(Key::Tab).await?;
        let focus = person.focus().await?;
        let found = focus == wanted;
        passed.push(focus);
        if found {
            return Ok(());
        }
    }
    anyhow::bail!("Tab does not reach {wanted}; it passes {passed:?}")
}

/// The focus does not get lost with the page it was on: Tab goes on from the start of the new one.
async fn wait_at_the_start(person: &Person) -> Result<()> {
    person
        .expect("has the focus at the start of the page", async || {
            let focus: String = person.read("return document.activeElement.tagName;").await?;
            ensure!(focus == "MAIN", "the focus is on {focus}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn the_keyboard_is_enough_to_join_and_leave() -> Outcome {
    perform("keyboard", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        alice.open_home(&server.url()).await?;
        tab_to(&alice, "new-call").await?;
        alice.press(Key::Enter).await?;
        alice.wait_for_state("lobby").await?;
        wait_at_the_start(&alice).await?;
        tab_to(&alice, "name").await?;
        alice.type_text("alice").await?;
        tab_to(&alice, "join").await?;
        alice.press(Key::Enter).await?;
        alice.wait_for_state("in-call").await?;
        wait_at_the_start(&alice).await?;
        alice.wait_for_tile("alice", "has the typed name", |tile| tile.own).await?;
        for toggle in ["toggle-microphone", "toggle-camera"] {
            tab_to(&alice, toggle).await?;
            alice.press(Key::Space).await?;
            alice.wait_for_toggle(toggle, false).await?;
        }
        tab_to(&alice, "leave").await?;
        alice.press(Key::Enter).await?;
        alice.wait_for_state("left").await?;
        wait_at_the_start(&alice).await
    })
    .await
}

#[tokio::test]
async fn enter_in_the_name_joins() -> Outcome {
    perform("enter_joins", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        alice.open_lobby(&server.new_link()).await?;
        alice.write("name", "alice").await?;
        alice.press(Key::Enter).await?;
        alice.wait_for_state("in-call").await
    })
    .await
}
