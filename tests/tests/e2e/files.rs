//! Files that people give each other.

use anyhow::{Context as _, ensure};
use futures_util::future::try_join_all;
use visavis_e2e::file_loops::costs::Meter;
use visavis_e2e::{Kind, Outcome, Setup, TestFile, all_see_and_hear_each_other, perform};

const MIB: u64 = 1024 * 1024;

/// One gives the other a file, and gets one back.
async fn give_and_take(scene: &'static str, setups: [Setup; 2]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let [one, other] = setups;
        let (_, [alice, bob]) = stage.call(&server, [("alice", one), ("bob", other)]).await?;
        for person in [&alice, &bob] {
            person.open_panel().await?;
            person.catch_saved().await?;
            person.count_given_channels().await?;
        }
        let first = TestFile::new("first.bin", 1, 9 * MIB + 7);
        alice.give(std::slice::from_ref(&first)).await?;
        let offered = bob.wait_for_file("first.bin", "offered").await?;
        ensure!(offered.from == "alice" && offered.bytes == 0 && !offered.private, "{offered:?}");
        bob.screenshots(&format!("{scene}-offered-en")).await?;
        ensure!(bob.card("first.bin").await?.state == "offered", "nothing flows before it is accepted");
        bob.press_on("first.bin", "file-accept").await?;
        let got = bob.wait_for_file("first.bin", "done").await?;
        ensure!(got.bytes == first.size, "{got:?}");
        alice
            .wait_for_card("first.bin", "is there", |card| {
                card.takers == ["bob has it"] && card.state == "done"
            })
            .await?;
        bob.has_saved(&first).await?;

        // Another way, dropped and pasted, some at once.
        let more = [TestFile::new("dropped.bin", 2, 3 * MIB), TestFile::new("empty.txt", 3, 0)];
        bob.drop_files(&more).await?;
        let pasted = TestFile::new("pasted.png", 4, 300_000);
        bob.paste_files(std::slice::from_ref(&pasted)).await?;
        for file in more.iter().chain([&pasted]) {
            alice.press_on(&file.name, "file-accept").await?;
        }
        for file in more.iter().chain([&pasted]) {
            alice.wait_for_file(&file.name, "done").await?;
            alice.has_saved(file).await?;
        }
        alice.screenshots(&format!("{scene}-done-en")).await?;
        for person in [&alice, &bob] {
            // One for each file that is not empty. Chromium gives channels to Workers; where a browser does not, they stay on the page.
            let given = person.given_channels().await?;
            ensure!(
                given >= 3 || person.browser().kind() == Kind::Firefox,
                "{given} channels are in the Worker"
            );
        }

        // What is removed is not kept.
        ensure!(alice.drawers().await?.len() == 3, "{:?}", alice.drawers().await?);
        for file in more.iter().chain([&pasted]) {
            alice.press_on(&file.name, "file-forget").await?;
        }
        alice
            .expect("keeps nothing", async || {
                let kept = alice.drawers().await?;
                ensure!(kept.is_empty(), "it keeps {kept:?}");
                Ok(())
            })
            .await
    })
    .await
}

#[tokio::test]
async fn files_go_both_ways_in_chromium() -> Outcome {
    let setup = || Setup::chromium().with_small_media_at(10);
    give_and_take("files", [setup(), setup()]).await
}

#[tokio::test]
async fn files_go_from_chromium_to_firefox() -> Outcome {
    give_and_take("files_firefox", [Setup::chromium().with_small_media_at(10), Setup::firefox()]).await
}

#[tokio::test]
async fn folders_are_given_with_all_that_is_in_them() -> Outcome {
    perform("files_folders", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, [alice, bob]) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        let disk = tempfile::tempdir()?;
        let trip = disk.path().join("trip");
        std::fs::create_dir_all(trip.join("photos/empty"))?;
        let single = disk.path().join("single.txt");
        std::fs::write(&single, "one")?;
        std::fs::write(trip.join("plan.txt"), "a plan")?;
        // A browser gives no more than a hundred entries of a folder at a time.
        for at in 0..120 {
            std::fs::write(trip.join(format!("photos/{at:03}.jpg")), [0; 10])?;
        }
        alice.drop_from_disk(&[&single, &trip]).await?;
        bob.wait_for_file("trip_plan.txt", "offered").await?;
        bob.expect("sees all that was dropped", async || {
            let cards = bob.cards().await?;
            ensure!(cards.len() == 122, "it is offered {}: {cards:?}", cards.len());
            Ok(())
        })
        .await?;
        bob.screenshots("files_folders-en").await?;
        bob.click("accept-all").await?;
        bob.expect("has all that was dropped", async || {
            let cards = bob.cards().await?;
            let missing: Vec<_> = cards.iter().filter(|card| card.state != "done").collect();
            ensure!(missing.is_empty(), "{} of {} have not come: {missing:?}", missing.len(), cards.len());
            Ok(())
        })
        .await?;
        for (name, bytes) in [("single.txt", 3), ("trip_plan.txt", 6), ("trip_photos_119.jpg", 10)] {
            ensure!(bob.card(name).await?.bytes == bytes, "{:?}", bob.card(name).await?);
        }
        let hidden = "return document.querySelector('[data-testid=\"files-offered\"]').hidden;";
        ensure!(bob.run_for::<bool>(hidden, Vec::new()).await?, "there is nothing to accept any more");
        bob.screenshots("files_folders_taken-en").await
    })
    .await
}

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
        bob.press_on("large.bin", "file-accept").await?;
        bob.wait_for_card("large.bin", "comes", |card| card.state == "coming" && card.bytes > MIB).await?;
        bob.limit_storage(MIB).await?;
        let full = bob.wait_for_file("large.bin", "ended").await?;
        ensure!(full.words.contains("not enough space"), "{full:?}");
        bob.screenshots("files_full-en").await?;

        // There is room again: it goes on where it was.
        bob.limit_storage(2048 * MIB).await?;
        bob.press_on("large.bin", "file-accept").await?;
        let done = bob.wait_for_file("large.bin", "done").await?;
        ensure!(done.bytes == file.size, "{done:?}");
        bob.catch_saved().await?;
        bob.has_saved(&file).await?;
        all_see_and_hear_each_other(&people).await
    })
    .await
}

#[tokio::test]
async fn files_are_declined_stopped_and_withdrawn() -> Outcome {
    perform("files_stopped", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, [alice, bob]) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        bob.catch_saved().await?;

        // Declined, and wanted after all.
        let small = TestFile::new("small.bin", 1, MIB);
        alice.give(std::slice::from_ref(&small)).await?;
        bob.press_on("small.bin", "file-decline").await?;
        bob.wait_for_file("small.bin", "declined").await?;
        alice.wait_for_card("small.bin", "is declined", |card| card.takers == ["bob declined"]).await?;
        bob.press_on("small.bin", "file-accept").await?;
        bob.wait_for_file("small.bin", "done").await?;
        bob.has_saved(&small).await?;

        // Paused by who takes it, then by who gives it.
        let large = TestFile::new("large.bin", 2, 400 * MIB);
        alice.give(std::slice::from_ref(&large)).await?;
        bob.press_on("large.bin", "file-accept").await?;
        bob.wait_for_card("large.bin", "comes", |card| card.state == "coming" && card.bytes > 0).await?;
        bob.press_on("large.bin", "file-pause").await?;
        let paused = bob.wait_for_file("large.bin", "paused").await?;
        bob.press_on("large.bin", "file-resume").await?;
        bob.wait_for_card("large.bin", "goes on", |card| card.bytes > paused.bytes + MIB).await?;
        alice.press_on("large.bin", "file-pause").await?;
        bob.wait_for_file("large.bin", "held").await?;
        alice.press_on("large.bin", "file-resume").await?;
        bob.wait_for_file("large.bin", "coming").await?;

        // Not any longer.
        bob.press_on("large.bin", "file-decline").await?;
        alice.wait_for_card("large.bin", "is declined", |card| card.takers == ["bob declined"]).await?;
        bob.press_on("large.bin", "file-accept").await?;
        bob.wait_for_file("large.bin", "coming").await?;
        alice.press_on("large.bin", "file-withdraw").await?;
        let ended = bob.wait_for_file("large.bin", "ended").await?;
        ensure!(ended.words.contains("Not offered any more"), "{ended:?}");
        bob.expect("keeps the small one alone", async || {
            let kept = bob.drawers().await?;
            ensure!(kept.len() == 1, "it keeps {kept:?}");
            Ok(())
        })
        .await
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

/// What three take of one they get from each other as well.
#[tokio::test]
async fn one_file_for_three_goes_up_about_once() -> Outcome {
    perform("files_three", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(5);
        let cast = [("alice", setup()), ("bob", setup()), ("carol", setup()), ("dave", setup())];
        let (_, people) = stage.call(&server, cast).await?;
        try_join_all(people.iter().map(|person| person.open_panel())).await?;
        let file = TestFile::new("shared.bin", 6, 60 * MIB);
        let [alice, takers @ ..] = &people;
        alice.give(std::slice::from_ref(&file)).await?;
        let before = alice.sent_bytes().await?;
        try_join_all(takers.iter().map(|taker| taker.press_on("shared.bin", "file-accept"))).await?;
        try_join_all(takers.iter().map(|taker| taker.wait_for_file("shared.bin", "done"))).await?;
        let sent = alice.sent_bytes().await? - before;
        println!("{} % of the file sent", sent * 100 / file.size);
        ensure!(sent >= file.size && sent < file.size * 3 / 2, "alice has sent {sent} of {}", file.size);
        for taker in takers {
            taker.catch_saved().await?;
            taker.has_saved(&file).await?;
        }
        alice
            .wait_for_card("shared.bin", "is there three times", |card| {
                card.takers.len() == 3 && card.takers.iter().all(|taker| taker.ends_with("has it"))
            })
            .await?;
        alice.screenshots("files_three-en").await
    })
    .await
}

#[tokio::test]
async fn ten_files_come_at_once_and_some_go() -> Outcome {
    perform("files_ten", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let [alice, bob] = &people;
        for person in &people {
            person.open_panel().await?;
            person.catch_saved().await?;
        }
        let files = |who: &str, count: u32| -> Vec<TestFile> {
            let size = |at: u32| u64::from(at) * MIB + u64::from(at);
            (1..=count).map(|at| TestFile::new(&format!("{who}-{at}.bin"), at, size(at))).collect()
        };
        let (ten, three) = (files("alice", 10), files("bob", 3));
        alice.give(&ten).await?;
        bob.give(&three).await?;
        let all = ten.iter().map(|file| (bob, file)).chain(three.iter().map(|file| (alice, file)));
        for (taker, file) in all.clone() {
            taker.press_on(&file.name, "file-accept").await?;
        }
        for (taker, file) in all.clone() {
            taker.wait_for_file(&file.name, "done").await?;
            taker.has_saved(file).await?;
        }
        bob.screenshots("files_ten-en").await
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

/// However large a file is, the page does not grow with it, and what was going on goes on.
#[tokio::test]
async fn memory_stays_flat_while_a_file_comes() -> Outcome {
    perform("files_memory", async |stage| {
        let server = stage.server(&[]).await?;
        let setup = || Setup::chromium().with_small_media_at(10);
        let (_, people) = stage.call(&server, [("alice", setup()), ("bob", setup())]).await?;
        let [alice, bob] = &people;
        try_join_all([alice.open_panel(), bob.open_panel()]).await?;
        // Whatever is made once is made by the first.
        for (name, size) in [("first.bin", 20 * MIB), ("large.bin", 500 * MIB)] {
            alice.give(&[TestFile::new(name, 8, size)]).await?;
            bob.wait_for_file(name, "offered").await?;
            let meters = try_join_all(people.iter().map(|person| Meter::start(person))).await?;
            bob.press_on(name, "file-accept").await?;
            bob.wait_for_file(name, "done").await?;
            for (person, meter) in people.iter().zip(meters) {
                let grown = meter.read(person).await?.page.context("the pages are counted")? / MIB;
                println!("{}'s page has grown by {grown} MiB", person.name());
                ensure!(size < 100 * MIB || grown < 64, "{}'s page has grown by {grown} MiB", person.name());
            }
        }
        all_see_and_hear_each_other(&people).await
    })
    .await
}
