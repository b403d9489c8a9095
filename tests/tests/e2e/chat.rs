//! What people write to each other.

use anyhow::{Result, ensure};
use futures_util::future::{try_join, try_join_all};
use serde::Deserialize;
use visavis_e2e::{Outcome, Person, Setup, perform};

/// A message as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Message {
    from: String,
    text: String,
    own: bool,
    private: bool,
    state: String,
}

async fn open_chat(person: &Person) -> Result<()> {
    person.click("open-chat").await?;
    person
        .expect("sees the chat", async || {
            let open: bool =
                person.read("return !!document.querySelector('[data-testid=\"chat-input\"]');").await?;
            ensure!(open, "it is closed");
            Ok(())
        })
        .await
}

async fn say(person: &Person, text: &str) -> Result<()> {
    person.write("chat-input", text).await?;
    person.click("chat-send").await
}

async fn messages(person: &Person) -> Result<Vec<Message>> {
    const READ: &str = "return Array.from(document.querySelectorAll('[data-testid=\"chat-message\"]'), message => ({\
         from: message.dataset.from, text: message.querySelector('.text').innerText.trim(),\
         own: message.dataset.own === 'true', private: message.dataset.private === 'true', state: message.dataset.state}));";
    person.read(READ).await
}

/// Waits until somebody sees exactly these, by writer and text.
async fn reads(person: &Person, wanted: &[(&str, &str)]) -> Result<()> {
    person
        .expect(&format!("reads {wanted:?}"), async || {
            let messages = messages(person).await?;
            let found: Vec<_> =
                messages.iter().map(|message| (message.from.as_str(), message.text.as_str())).collect();
            ensure!(found == wanted, "it is {found:?}");
            Ok(())
        })
        .await
}

/// Lets them write to one person alone, by name; to everybody if there is no name.
async fn address(person: &Person, to: &str) -> Result<()> {
    let script = format!(
        "const list = document.querySelector('[data-testid=\"chat-to\"]');\
         const option = Array.from(list.options).find(option => option.text === '{to}' || (!'{to}' && !option.value));\
         if (!option) return false; list.value = option.value;\
         list.dispatchEvent(new Event('change', {{bubbles: true}})); return true;"
    );
    person
        .expect(&format!("chooses {to:?}"), async || {
            let found: bool = person.read(&script).await?;
            ensure!(found, "there is nobody of that name");
            Ok(())
        })
        .await
}

async fn three_write(scene: &'static str, setups: [Setup; 3]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [one, other, third] = setups;
        let people = stage.people([("alice", one), ("bob", other), ("carol", third)]).await?;
        let [alice, bob, carol] = &people;
        try_join(alice.enter(&link), bob.enter(&link)).await?;
        try_join(open_chat(alice), open_chat(bob)).await?;
        say(alice, "hello <b>all</b>").await?;
        reads(bob, &[("alice", "hello <b>all</b>")]).await?;
        say(bob, "see https://a.example/b").await?;
        address(alice, "bob").await?;
        say(alice, "between us").await?;
        let all =
            [("alice", "hello <b>all</b>"), ("bob", "see https://a.example/b"), ("alice", "between us")];
        try_join(reads(alice, &all), reads(bob, &all)).await?;
        ensure!(messages(bob).await?[2].private, "it is marked");

        // Who comes later reads what was for everybody.
        carol.enter(&link).await?;
        carol
            .expect("is told of two", async || {
                const UNREAD: &str =
                    "return document.querySelector('[data-testid=\"open-chat\"] .count').textContent;";
                let unread: String = carol.read(UNREAD).await?;
                ensure!(unread == "2", "of {unread}");
                Ok(())
            })
            .await?;
        open_chat(carol).await?;
        reads(carol, &all[..2]).await?;
        carol.screenshots(&format!("{scene}-late-en")).await?;

        // The server is gone, and nobody misses it.
        server.kill();
        try_join_all(people.iter().map(|person| person.wait_for_state("reconnecting"))).await?;
        say(carol, "without a server").await?;
        let more = [all[0], all[1], all[2], ("carol", "without a server")];
        try_join(reads(alice, &more), reads(bob, &more)).await?;
        server.start_again().await?;
        try_join_all(people.iter().map(|person| person.wait_for_state("in-call"))).await?;

        // What was said is changed, and taken back.
        bob.click("chat-edit").await?;
        say(bob, "see nothing").await?;
        let changed = "see nothing edited";
        reads(carol, &[all[0], ("bob", changed), more[3]]).await?;
        carol.click("chat-delete").await?;
        let last = [all[0], ("bob", changed), all[2], ("carol", "Message deleted")];
        try_join(reads(alice, &last), reads(bob, &last)).await?;
        ensure!(messages(alice).await?[1].state == "edited", "it is marked");

        // The page is loaded again: what was read is there, and what is written comes.
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        open_chat(bob).await?;
        reads(bob, &last).await?;
        address(alice, "").await?;
        say(alice, "welcome back").await?;
        for person in &people {
            person
                .expect("reads the last", async || {
                    let last = messages(person).await?.pop();
                    ensure!(last.as_ref().is_some_and(|last| last.text == "welcome back"), "it is {last:?}");
                    Ok(())
                })
                .await?;
        }
        ensure!(messages(bob).await?.iter().filter(|message| message.own).count() == 1, "bob's own is his");
        alice.screenshots(&format!("{scene}-en")).await
    })
    .await
}

#[tokio::test]
async fn what_is_written_is_read_by_all_and_by_who_comes_later() -> Outcome {
    let setup = || Setup::chromium().with_small_media_at(10);
    three_write("chat", [setup(), setup(), setup()]).await
}

#[tokio::test]
async fn what_is_written_is_read_in_firefox_and_chromium() -> Outcome {
    let setup = || Setup::chromium().with_small_media_at(10);
    three_write("chat_firefox", [setup(), Setup::firefox(), setup()]).await
}

const STORED: &str = "return Object.entries(localStorage).filter(([key]) => key.startsWith('visavis:chat:'))\
     .map(([, value]) => value);";
const ANOTHER_CHAT: &str = "localStorage.setItem('visavis:chat:another', 'sealed');\
     localStorage.setItem('visavis:chats', localStorage.getItem('visavis:chats') + ' another');";
const UNFOLD: &str = "document.querySelector('.keeping').open = true; return true;";

#[tokio::test]
async fn nothing_is_kept_that_the_user_does_not_want_kept() -> Outcome {
    perform("chat_kept", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (link, [alice, bob]) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        open_chat(&alice).await?;
        say(&alice, "a secret word").await?;
        let stored = async |count: usize| {
            alice
                .expect(&format!("keeps {count}"), async || {
                    let stored: Vec<String> = alice.read(STORED).await?;
                    ensure!(stored.len() == count, "it keeps {}", stored.len());
                    Ok(stored)
                })
                .await
        };
        let kept = stored(1).await?.remove(0);
        ensure!(!kept.contains("secret") && !link.contains(&kept), "it is sealed");
        alice.read::<()>(ANOTHER_CHAT).await?;
        let _: bool = alice.read(UNFOLD).await?;
        alice.click("keep-chat").await?;
        stored(0).await?;
        say(&alice, "another").await?;
        open_chat(&bob).await?;
        reads(&bob, &[("alice", "a secret word"), ("alice", "another")]).await?;
        ensure!(stored(0).await?.is_empty(), "nothing is kept");
        alice.click("clear-chat").await?;
        reads(&alice, &[]).await?;
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        open_chat(&bob).await?;
        reads(&bob, &[("alice", "a secret word"), ("alice", "another")]).await?;
        say(&bob, "still here").await?;
        reads(&alice, &[("bob", "still here")]).await
    })
    .await
}
