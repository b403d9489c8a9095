//! What people write to each other.

use anyhow::ensure;
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::{Outcome, Setup, perform};

async fn three_write(scene: &'static str, setups: [Setup; 3]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [one, other, third] = setups;
        let people = stage.people([("alice", one), ("bob", other), ("carol", third)]).await?;
        let [alice, bob, carol] = &people;
        try_join(alice.enter(&link), bob.enter(&link)).await?;
        try_join(alice.open_panel(), bob.open_panel()).await?;
        alice.say("hello <b>all</b>").await?;
        bob.reads(&[("alice", "hello <b>all</b>")]).await?;
        bob.say("see https://a.example/b").await?;
        alice.address("bob").await?;
        alice.say("between us").await?;
        let all =
            [("alice", "hello <b>all</b>"), ("bob", "see https://a.example/b"), ("alice", "between us")];
        try_join(alice.reads(&all), bob.reads(&all)).await?;
        ensure!(bob.messages().await?[2].private, "it is marked");

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
        carol.open_panel().await?;
        carol.reads(&all[..2]).await?;
        carol.screenshots(&format!("{scene}-late-en")).await?;

        // The server is gone, and nobody misses it.
        server.kill();
        try_join_all(people.iter().map(|person| person.wait_for_state("reconnecting"))).await?;
        carol.say("without a server").await?;
        let more = [all[0], all[1], all[2], ("carol", "without a server")];
        try_join(alice.reads(&more), bob.reads(&more)).await?;
        server.start_again().await?;
        try_join_all(people.iter().map(|person| person.wait_for_state("in-call"))).await?;

        // What was said is changed, and taken back.
        bob.click("chat-edit").await?;
        bob.say("see nothing").await?;
        let changed = "see nothing edited";
        carol.reads(&[all[0], ("bob", changed), more[3]]).await?;
        carol.click("chat-delete").await?;
        let last = [all[0], ("bob", changed), all[2], ("carol", "Message deleted")];
        try_join(alice.reads(&last), bob.reads(&last)).await?;
        ensure!(alice.messages().await?[1].state == "edited", "it is marked");

        // The page is loaded again: what was read is there, and what is written comes.
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        bob.open_panel().await?;
        bob.reads(&last).await?;
        alice.address("").await?;
        alice.say("welcome back").await?;
        for person in &people {
            person
                .expect("reads the last", async || {
                    let last = person.messages().await?.pop();
                    ensure!(last.as_ref().is_some_and(|last| last.text == "welcome back"), "it is {last:?}");
                    Ok(())
                })
                .await?;
        }
        ensure!(bob.messages().await?.iter().filter(|message| message.own).count() == 1, "bob's own is his");
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
        alice.open_panel().await?;
        alice.say("a secret word").await?;
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
        alice.say("another").await?;
        bob.open_panel().await?;
        bob.reads(&[("alice", "a secret word"), ("alice", "another")]).await?;
        ensure!(stored(0).await?.is_empty(), "nothing is kept");
        alice.click("clear-chat").await?;
        alice.reads(&[]).await?;
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        bob.open_panel().await?;
        bob.reads(&[("alice", "a secret word"), ("alice", "another")]).await?;
        bob.say("still here").await?;
        alice.reads(&[("bob", "still here")]).await
    })
    .await
}
