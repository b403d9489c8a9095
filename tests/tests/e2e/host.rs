//! Who made the room locks it, asks somebody to mute, and removes somebody.

use std::rc::Rc;

use anyhow::{Result, ensure};
use serde_json::json;
use visavis_e2e::{Outcome, Person, Server, Setup, Stage, perform};

/// Alice, who is the host because she comes first, and the others.
async fn alice_and<const N: usize>(
    stage: &Stage,
    server: &Server,
    others: [&str; N],
) -> Result<(String, Rc<Person>, [Rc<Person>; N])> {
    let link = server.new_link();
    let small = || Setup::chromium().with_small_media();
    let alice = stage.person("alice", small()).await?;
    let people = stage.people(others.map(|name| (name, small()))).await?;
    for person in std::iter::once(&alice).chain(&people) {
        person.enter(&link).await?;
    }
    alice.wait_for_others(&others).await?;
    Ok((link, alice, people))
}

/// Opens the settings, where the people are.
async fn open_people(person: &Person) -> Result<()> {
    person.click("open-settings").await?;
    person.sees("people").await
}

/// Presses a button beside somebody's name.
async fn press_beside(person: &Person, name: &str, testid: &str) -> Result<()> {
    const PRESS: &str = "const rows = [...document.querySelectorAll('[data-testid=person]')]; \
         const row = rows.find(row => row.querySelector('bdi').textContent === arguments[0]); \
         const button = row?.querySelector(`[data-testid=${arguments[1]}]`); \
         if (!button || button.disabled) return false; button.click(); return true;";
    person
        .expect(&format!("presses {testid} beside {name}"), async || {
            let pressed: bool = person.run_for(PRESS, vec![json!(name), json!(testid)]).await?;
            ensure!(pressed, "it cannot be pressed");
            Ok(())
        })
        .await
}

async fn has(person: &Person, testid: &str) -> Result<bool> {
    let script = "return document.querySelector(`[data-testid=${arguments[0]}]`) !== null;";
    person.run_for(script, vec![json!(testid)]).await
}

/// Waits until the text of an element contains this.
async fn reads(person: &Person, testid: &str, words: &str) -> Result<()> {
    let script = "return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent ?? '';";
    person
        .expect(&format!("reads {words:?} in {testid}"), async || {
            let text: String = person.run_for(script, vec![json!(testid)]).await?;
            ensure!(text.contains(words), "it says {text:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn a_locked_call_takes_nobody_new_and_everybody_who_was_there() -> Outcome {
    perform("locked", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, alice, [bob]) = alice_and(stage, &server, ["bob"]).await?;
        open_people(&bob).await?;
        ensure!(!has(&bob, "lock-room").await?, "bob is not the host");
        open_people(&alice).await?;
        alice.click("lock-room").await?;
        for person in [&alice, &bob] {
            reads(person, "lock-state", "The call is locked").await?;
        }
        alice.screenshots("people-host").await?;
        let carol = stage.person("carol", Setup::chromium().with_small_media()).await?;
        carol.open_lobby(&link).await?;
        carol.write("name", "carol").await?;
        carol.click("join").await?;
        carol.wait_for_notice(&["room-locked"]).await?;
        reads(&carol, "notice", "Ask the person who invited you").await?;
        carol.wait_for_state("lobby").await?;
        // Whoever was there comes back, and the host is the host still.
        for (person, other) in [(&bob, "alice"), (&alice, "bob")] {
            person.browser().session().refresh().await?;
            person.wait_for_state("in-call").await?;
            person.wait_for_others(&[other]).await?;
        }
        open_people(&alice).await?;
        reads(&alice, "lock-state", "The call is locked").await?;
        alice.click("lock-room").await?;
        reads(&alice, "lock-state", "Whoever has the link").await?;
        carol.click("join").await?;
        carol.wait_for_others(&["alice", "bob"]).await
    })
    .await
}

#[tokio::test]
async fn who_is_asked_to_mute_is_muted_and_reads_why() -> Outcome {
    perform("asked_to_mute", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, alice, [bob, carol]) = alice_and(stage, &server, ["bob", "carol"]).await?;
        open_people(&alice).await?;
        press_beside(&alice, "bob", "ask-mute").await?;
        bob.wait_for_toggle("toggle-microphone", false).await?;
        bob.wait_for_notice(&["asked-to-mute"]).await?;
        reads(&bob, "notice", "alice asked you to mute").await?;
        for person in [&alice, &carol] {
            person.wait_for_tile("bob", "is muted", |tile| tile.audio == "off").await?;
            person.wait_for_tile("bob", "is still seen", |tile| tile.video == "on").await?;
        }
        ensure!(carol.is_on("toggle-microphone").await?, "carol was not asked");
        bob.click("toggle-microphone").await?;
        carol.wait_for_tile("bob", "speaks again", |tile| tile.audio == "on").await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_is_removed_is_out_for_everybody() -> Outcome {
    perform("removed", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, alice, [bob, carol]) = alice_and(stage, &server, ["bob", "carol"]).await?;
        open_people(&alice).await?;
        press_beside(&alice, "bob", "remove-person").await?;
        alice.wait_for_others(&["bob", "carol"]).await?;
        press_beside(&alice, "bob", "remove-person").await?;
        bob.wait_for_state("left").await?;
        reads(&bob, "app", "You were removed from the call.").await?;
        bob.screenshots("removed").await?;
        bob.wait_for_connections(0).await?;
        bob.wait_for_live_tracks("video", 0).await?;
        alice.wait_for_others(&["carol"]).await?;
        carol.wait_for_others(&["alice"]).await?;
        alice.click("lock-room").await?;
        reads(&alice, "lock-state", "The call is locked").await?;
        bob.click("rejoin").await?;
        bob.wait_for_notice(&["room-locked"]).await?;
        alice.click("lock-room").await?;
        reads(&alice, "lock-state", "Whoever has the link").await?;
        bob.click("join").await?;
        for (person, others) in
            [(&alice, ["bob", "carol"]), (&bob, ["alice", "carol"]), (&carol, ["alice", "bob"])]
        {
            person.wait_for_others(&others).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_is_removed_while_the_server_is_away_stays_out() -> Outcome {
    perform("removed_without_server", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, alice, [bob, carol]) = alice_and(stage, &server, ["bob", "carol"]).await?;
        // The program that draws the people comes from the server.
        open_people(&alice).await?;
        server.kill();
        for person in [&alice, &bob, &carol] {
            person.wait_for_state("reconnecting").await?;
        }
        for _ in 0..2 {
            press_beside(&alice, "bob", "remove-person").await?;
        }
        bob.wait_for_state("left").await?;
        carol.wait_for_others(&["alice"]).await?;
        server.start_again().await?;
        for person in [&alice, &carol] {
            person.wait_for_state("in-call").await?;
        }
        alice.wait_for_others(&["carol"]).await?;
        carol.wait_for_others(&["alice"]).await
    })
    .await
}

#[tokio::test]
async fn who_made_the_call_is_its_host_in_another_tab_too() -> Outcome {
    perform("host_again", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, alice, [bob]) = alice_and(stage, &server, ["bob"]).await?;
        alice.leave().await?;
        bob.wait_for_others(&[]).await?;
        alice.enter(&link).await?;
        alice.wait_for_others(&["bob"]).await?;
        open_people(&alice).await?;
        alice.sees("lock-room").await?;
        open_people(&bob).await?;
        reads(&bob, "host", "Host").await?;
        ensure!(!has(&bob, "lock-room").await?, "bob did not make the call");
        Ok(())
    })
    .await
}
