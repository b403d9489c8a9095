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
        bob.click("all-at-once").await?;
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
        bob.screenshots("files_folders_taken-en").await?;
        // The folder that they choose; it has a file of the same name.
        bob.choose_folder(&[("single.txt", "mine")]).await?;
        bob.click("all-at-once").await?;
        bob.expect("has saved all of them", async || {
            let saved = bob.chosen_folder().await?;
            ensure!(saved.len() == 123, "there are {} files: {saved:?}", saved.len());
            for (name, text) in
                [("single.txt", "mine"), ("single (2).txt", "one"), ("trip_plan.txt", "a plan")]
            {
                ensure!(
                    saved.get(name).is_some_and(|saved| saved == text),
                    "{name} is {:?}",
                    saved.get(name)
                );
            }
            Ok(())
        })
        .await?;
        let hidden = "return document.querySelector('[data-testid=\"files-together\"]').hidden;";
        ensure!(bob.run_for::<bool>(hidden, Vec::new()).await?, "there is nothing to save any more");
        Ok(())
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
        let before: u64 = alice.sent_bytes().await?.iter().sum();
        try_join_all(takers.iter().map(|taker| taker.press_on("shared.bin", "file-accept"))).await?;
        try_join_all(takers.iter().map(|taker| taker.wait_for_file("shared.bin", "done"))).await?;
        let sent = alice.sent_bytes().await?.iter().sum::<u64>() - before;
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
