//! Signals that are passed on by whoever is linked to both, while there is no server.

use anyhow::ensure;
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::table::Table;
use visavis_e2e::watch::Moment;
use visavis_e2e::{Access, Outcome, Screen, Setup, all_see_and_hear_each_other, perform_in_lab};

/// Counts the signals of others that somebody passes on from now on.
const COUNT_PASSED: &str = "const send = RTCDataChannel.prototype.send; window.__passed = 0; \
     RTCDataChannel.prototype.send = function (message) { \
     if (String(message).startsWith('{\"passed\":')) window.__passed += 1; return send.call(this, message); };";

#[tokio::test]
async fn without_a_server_a_third_one_passes_on_what_mends_a_link() -> Outcome {
    perform_in_lab("lab_passed_on", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let [alices, bobs, carols] = ["alice", "bob", "carol"].map(|name| lab.host(name, Access::PUBLIC));
        let (alices, bobs, carols) = (alices?, bobs?, carols?);
        let setup = |host: &_| Setup::chromium().with_small_media_at(10).at(host, &server);
        let cast = [("alice", setup(&alices)), ("bob", setup(&bobs)), ("carol", setup(&carols))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob, carol] = &people;
        all_see_and_hear_each_other(&people).await?;
        try_join_all(people.iter().map(|person| person.watch())).await?;
        carol.read::<()>(COUNT_PASSED).await?;
        server.kill();
        try_join_all(people.iter().map(|person| person.wait_for_state("reconnecting"))).await?;

        // What the two have sent each other until now gets through no more, and new sockets of theirs do.
        let begin = Moment::now()?;
        let before = alice.socket_at(bobs.address()).await?;
        alices.link().screen(&[Screen::Socket(before)]);
        // Whoever notices it first mends it, maybe before the other notices.
        alice
            .expect("or bob has restarted ICE", async || {
                let (alices, bobs) = try_join(alice.repairs(), bob.repairs()).await?;
                ensure!(
                    alices.iter().chain(&bobs).any(|step| step == "ICE restarted"),
                    "nobody has done anything"
                );
                Ok(())
            })
            .await?;
        try_join(alice.wait_for_link("bob", "connected"), bob.wait_for_link("alice", "connected")).await?;
        all_see_and_hear_each_other(&people).await?;
        let mut table = Table::new("longest freeze of a link mended without a server");
        let end = Moment::now()?;
        for person in [alice, bob] {
            let froze = person.watched().await?.longest_freeze(begin, end);
            table.add("by signals that a third one passed on", froze);
        }
        println!("{table}");
        table.save("lab_passed_on-table")?;

        let passed: u32 = carol.read("return window.__passed;").await?;
        ensure!(passed > 0, "carol has passed nothing on");
        let after = alice.socket_at(bobs.address()).await?;
        ensure!(after != before, "bob is still at {after}");
        let (alices, bobs) = try_join(alice.repairs(), bob.repairs()).await?;
        let restarted = alices.iter().chain(&bobs).any(|step| step == "ICE restarted");
        ensure!(restarted, "alice's page has done {alices:?}, bob's {bobs:?}");
        for person in &people {
            ensure!(person.state().await? == "reconnecting", "{} has a server", person.name());
            person.has_seen_no_more_than(people.len(), begin).await?;
        }
        Ok(())
    })
    .await
}
