//! A server that refuses, vanishes and comes back, and a network that lets no WebSocket through.

use std::rc::Rc;

use anyhow::{Result, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::{
    Expect, Gateway, Outcome, Person, Setup, all_see_and_hear_each_other, all_see_each_other, perform,
};

async fn a_refusing_server_is_named(scene: &'static str, setup: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        // Behind this proxy the page's origin is not the server's.
        let gateway = Gateway::before(server.port()).await?;
        let link = server.new_link().replace(&server.url(), gateway.url());
        let alice = stage.person("alice", setup).await?;
        alice.open_lobby(&link).await?;
        alice.write("name", "alice").await?;
        alice.click("join").await?;
        alice.wait_for_notice(&["server-refused"]).await?;
        alice.screenshots("server-refused-en").await?;
        // The page still answers.
        for toggle in ["toggle-camera", "toggle-microphone"] {
            let before = alice.is_on(toggle).await?;
            alice.click(toggle).await?;
            alice.wait_for_toggle(toggle, !before).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_refusing_server_is_named_and_nothing_hangs() -> Outcome {
    a_refusing_server_is_named("server_refuses", Setup::chromium()).await
}

#[tokio::test]
async fn a_refusing_server_is_named_and_nothing_hangs_in_firefox() -> Outcome {
    a_refusing_server_is_named("server_refuses_firefox", Setup::firefox()).await
}

#[tokio::test]
async fn a_server_that_comes_back_is_found_from_the_lobby() -> Outcome {
    perform("server_returns", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [alice, bob] = stage.people([("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        alice.open_lobby(&link).await?;
        server.kill();
        alice.write("name", "alice").await?;
        alice.click("join").await?;
        alice.wait_for_notice(&["server-unreachable"]).await?;
        server.start_again().await?;
        alice.wait_for_state("in-call").await?;
        alice.wait_without_notice(&["server-unreachable"]).await?;
        bob.enter(&link).await?;
        all_see_and_hear_each_other(&[alice, bob]).await
    })
    .await
}

#[tokio::test]
async fn a_call_outlives_its_server() -> Outcome {
    perform("server_dies", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, bob] = &people;
        server.kill();
        alice.wait_for_state("reconnecting").await?;
        bob.wait_for_state("reconnecting").await?;
        all_see_and_hear_each_other(&people).await?;
        alice.click("toggle-camera").await?;
        bob.wait_for_tile("alice", "is unseen", |tile| tile.audio == "on" && tile.video == "off").await?;
        alice.click("toggle-camera").await?;
        bob.wait_for_tile("alice", "is seen again", |tile| tile.audio == "on" && tile.video == "on").await?;
        server.start_again().await?;
        alice.wait_for_state("in-call").await?;
        bob.wait_for_state("in-call").await?;
        alice.wait_without_notice(&["connection-lost", "server-unreachable"]).await?;
        all_see_and_hear_each_other(&people).await?;
        let carol = stage.person("carol", Setup::chromium()).await?;
        carol.enter(&link).await?;
        all_see_each_other(&[people.as_slice(), &[Rc::clone(&carol)]].concat()).await?;
        carol.wait_for_media(2, Expect::BOTH).await
    })
    .await
}

/// Who is who, they tell each other: the new server calls everybody otherwise.
#[tokio::test]
async fn a_server_that_lost_its_key_tears_nothing_down() -> Outcome {
    perform("server_forgets", async |stage| {
        let server = stage.server(&[]).await?;
        let cast = ["alice", "bob", "carol"].map(|name| (name, Setup::chromium()));
        let (link, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let made = try_join_all(people.iter().map(|person| person.connections_made())).await?;
        server.kill();
        try_join_all(people.iter().map(|person| person.wait_for_state("reconnecting"))).await?;
        server.forget_key()?;
        server.start_again().await?;
        try_join_all(people.iter().map(|person| person.wait_for_state("in-call"))).await?;
        // One more comes in: when they are seen by all, whatever the others had to sort out is sorted out.
        let dave = stage.person("dave", Setup::chromium()).await?;
        dave.enter(&link).await?;
        let everybody = [people.as_slice(), &[dave]].concat();
        all_see_and_hear_each_other(&everybody).await?;
        for (person, before) in people.iter().zip(made) {
            let after = person.connections_made().await?;
            ensure!(after == before + 1, "{} made {} connections more", person.name(), after - before);
        }
        Ok(())
    })
    .await
}

/// What the page fetched by long-polling, and how many of its sockets ever opened.
async fn ways_to_the_server(person: &Person) -> Result<(usize, usize)> {
    const COUNT: &str = "return [performance.getEntriesByType('resource')\
         .filter(e => e.name.includes('/socket.io/') && e.name.includes('transport=polling')).length, \
         window.__recorded.sockets.filter(s => s.opened).length];";
    person.read(COUNT).await
}

#[tokio::test]
async fn long_polling_alone_is_enough() -> Outcome {
    perform("polling_only", async |stage| {
        let server = stage.server(&[]).await?;
        let cast = [("alice", Setup::chromium().without_websocket()), ("bob", Setup::chromium())];
        let (_, people) = stage.call(&server, cast).await?;
        all_see_and_hear_each_other(&people).await?;
        let [alice, bob] = &people;
        let (polls, sockets) = ways_to_the_server(alice).await?;
        ensure!(polls > 2 && sockets == 0, "alice made {polls} polls and opened {sockets} sockets");
        let (_, sockets) = ways_to_the_server(bob).await?;
        ensure!(sockets > 0, "bob opened no socket");
        alice.leave().await?;
        bob.wait_for_others(&[]).await
    })
    .await
}
