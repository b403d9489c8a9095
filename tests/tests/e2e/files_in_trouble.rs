//! Files when something goes wrong: the disk, the Worker, a page that is loaded again, and who says nonsense.

use std::time::{Duration, Instant};

use anyhow::ensure;
use futures_util::future::try_join_all;
use thirtyfour::Key;
use visavis_e2e::{Outcome, Setup, TestFile, all_see_and_hear_each_other, perform};

const MIB: u64 = 1024 * 1024;

#[tokio::test]
async fn a_worker_that_does_not_come_is_started_again() -> Outcome {
    perform("files_worker", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        for person in &people {
            person.open_panel().await?;
            person.lose_worker().await?;
        }
        let [alice, bob] = &people;
        let file = TestFile::new("first.bin", 1, 9 * MIB + 7);
        alice.give(std::slice::from_ref(&file)).await?;
        bob.press_on("first.bin", "file-accept").await?;
        bob.wait_for_file("first.bin", "done").await?;
        bob.catch_saved().await?;
        bob.has_saved(&file).await?;
        for person in &people {
            let lost =
                person.log().await?.iter().filter(|(_, line)| line.contains("worker does not work")).count();
            ensure!(lost == 1, "{} has lost {lost} Workers", person.name());
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn who_opens_a_panel_that_does_not_come_is_told() -> Outcome {
    perform("panel_lost", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let people = stage.people([("alice", setup()), ("李梅", setup().speaking("zh-CN"))]).await?;
        for (person, language) in people.iter().zip(["en", "zh"]) {
            person.block(&["*visavis-beside*"]).await?;
            person.enter(&server.new_link()).await?;
            person.click("open-chat").await?;
            person.wait_for_notice(&["panel-not-loaded"]).await?;
            person.screenshots(&format!("panel_lost-{language}")).await?;

            person.block(&[]).await?;
            person.open_panel().await?;
            person.wait_without_notice(&["panel-not-loaded"]).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn a_panel_that_does_not_come_leaves_the_others_alone() -> Outcome {
    perform("panel_alone", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium().with_small_media_at(10)).await?;
        alice.block(&["*visavis-more*"]).await?;
        alice.enter(&server.new_link()).await?;
        alice.click("open-settings").await?;
        alice.wait_for_notice(&["panel-not-loaded"]).await?;
        alice.open_panel().await?;
        alice.wait_without_notice(&["panel-not-loaded"]).await?;
        // It was tried again every five seconds, and what was open closed with every time.
        let begun = Instant::now();
        alice
            .expect("has the chat for seven seconds", async || {
                ensure!(alice.notices().await?.is_empty(), "something closed");
                alice.sees("chat-input").await?;
                ensure!(begun.elapsed() >= Duration::from_secs(7), "it is too early to tell");
                Ok(())
            })
            .await?;
        alice.block(&[]).await?;
        alice.click("open-settings").await?;
        alice.sees("select-camera").await?;
        alice.press(Key::Escape).await
    })
    .await
}

/// A disk may become full although there was room when a file was accepted.
#[tokio::test]
async fn a_disk_that_becomes_full_is_told_of_and_can_be_freed() -> Outcome {
    perform("files_full", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let [alice, bob] = &people;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        let file = TestFile::new("large.bin", 6, 400 * MIB);
        alice.give(std::slice::from_ref(&file)).await?;
        bob.wait_for_file("large.bin", "offered").await?;
        // The browser does not tell of the limit: there is room when the file is accepted, and none for all of it.
        bob.limit_storage(200 * MIB).await?;
        let told = bob.storage_told().await?;
        ensure!(told > file.size, "the browser tells of the limit: {told} bytes are free");
        bob.press_on("large.bin", "file-accept").await?;
        let full = bob.wait_for_file("large.bin", "ended").await?;
        ensure!(full.words.contains("not enough space"), "{full:?}");
        ensure!((MIB..file.size).contains(&full.bytes), "{full:?}");
        bob.screenshots("files_full-en").await?;

        // There is room again: it goes on where it was.
        bob.limit_storage(2048 * MIB).await?;
        bob.press_on("large.bin", "file-accept").await?;
        let done = bob.wait_for_file("large.bin", "done").await?;
        ensure!(done.bytes == file.size, "{done:?}");

        // But not for a second one of its size.
        bob.limit_storage(500 * MIB).await?;
        bob.save_within_limit().await?;
        bob.press_on("large.bin", "file-save").await?;
        bob.wait_for_notice(&["file-not-saved"]).await?;
        bob.screenshots("files_not_saved-en").await?;
        bob.catch_saved().await?;
        bob.has_saved(&file).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

#[tokio::test]
async fn what_was_not_whole_goes_on_after_a_reload() -> Outcome {
    perform("files_reload", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, [alice, bob]) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        let file = TestFile::new("large.bin", 5, 300 * MIB);
        alice.give(std::slice::from_ref(&file)).await?;
        bob.press_on("large.bin", "file-accept").await?;
        bob.wait_for_card("large.bin", "comes", |card| card.bytes > 20 * MIB).await?;

        // Who takes it: what has come is on the disk.
        bob.browser().session().refresh().await?;
        bob.wait_for_state("in-call").await?;
        bob.open_panel().await?;
        bob.wait_for_card("large.bin", "goes on where it was", |card| card.bytes > 20 * MIB).await?;
        bob.wait_for_card("large.bin", "comes", |card| card.bytes > 60 * MIB).await?;

        // Who gives it: they pick it again.
        alice.browser().session().refresh().await?;
        alice.wait_for_state("in-call").await?;
        alice.open_panel().await?;
        bob.wait_for_file("large.bin", "waiting").await?;
        alice.give(std::slice::from_ref(&file)).await?;
        bob.wait_for_file("large.bin", "done").await?;
        bob.catch_saved().await?;
        bob.has_saved(&file).await
    })
    .await
}

/// Somebody says about files what no page of ours says; an honest file comes all the same.
#[tokio::test]
async fn who_says_nonsense_about_files_hurts_nobody() -> Outcome {
    perform("files_hostile", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let people = stage.people([("alice", setup()), ("bob", setup()), ("mallory", setup())]).await?;
        let [alice, bob, mallory] = &people;
        let link = server.new_link();
        alice.enter(&link).await?;
        bob.enter(&link).await?;
        mallory.open_lobby(&link).await?;
        mallory.tap_channels().await?;
        mallory.join().await?;
        try_join_all(people.iter().map(|person| person.open_panel())).await?;
        bob.catch_saved().await?;
        let file = TestFile::new("honest.bin", 7, 50 * MIB);
        alice.give(std::slice::from_ref(&file)).await?;
        bob.wait_for_file("honest.bin", "offered").await?;
        mallory.wait_for_file("honest.bin", "offered").await?;

        let id = |at: u32| format!("{at:0>16}").replace(['0', '1'], "2");
        let offer = |at: u32, name: &str, size: &str| {
            format!(
                "{{\"offer\":{{\"file\":\"{}\",\"name\":{},\"size\":{size},\"at\":{at},\"shared\":true}}}}",
                id(at),
                serde_json::Value::from(name)
            )
        };
        let mut words = vec![
            "{\"offers\":{\"answer\":true,\"files\":[]}}".to_owned(),
            offer(22, "../../../etc/passwd", "10"),
            offer(23, "invoice\u{202e}fdp.exe", "10"),
            offer(24, &"long ".repeat(2000), "10"),
            offer(25, "huge.bin", "18446744073709551615"),
            offer(26, "negative.bin", "-5"),
            offer(27, "half.bin", "1.5"),
            offer(28, "CON", "1099511627776"),
            "not even JSON".to_owned(),
            "[".repeat(60_000),
            format!(
                "{{\"want\":{{\"file\":\"{}\",\"anew\":true,\"blocks\":[[0,4294967295],[4294967295,1]]}}}}",
                id(22)
            ),
        ];
        words.extend((300..1000).map(|at| offer(at, "flood.bin", "1")));
        mallory.say_of_files(&words).await?;
        mallory.stream("no file at all", &["x".into(), 10.into()]).await?;
        let head = format!("{{\"block\":0,\"hash\":\"{}\"}}", "0".repeat(64));
        mallory
            .stream(&id(22), &[head.clone().into(), 200_000.into(), 200_000.into(), head.into(), 1.into()])
            .await?;

        bob.wait_for_card("_.._.._etc_passwd", "is a name", |card| card.from == "mallory").await?;
        let cards = bob.cards().await?;
        let named = |name: &str| cards.iter().any(|card| card.name == name);
        ensure!(named("invoicefdp.exe") && named("_CON"), "{cards:?}");
        ensure!(!named("huge.bin") && !named("negative.bin") && !named("half.bin"), "{cards:?}");
        ensure!(cards.iter().all(|card| card.name.chars().count() <= 200), "{cards:?}");
        ensure!(cards.len() <= 501, "{} cards", cards.len());

        // One byte of a terabyte, and none of what was said.
        bob.press_on("_CON", "file-accept").await?;
        let full = bob.wait_for_file("_CON", "ended").await?;
        ensure!(full.words.contains("not enough space"), "{full:?}");
        bob.press_on("honest.bin", "file-accept").await?;
        bob.wait_for_file("honest.bin", "done").await?;
        bob.has_saved(&file).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}
