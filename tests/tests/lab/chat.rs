//! What is written while the network is down.

use std::{rc::Rc, time::Duration};

use anyhow::{Result, ensure};
use futures_util::future::{try_join, try_join_all};
use visavis_e2e::{Access, Outcome, Person, Setup, all_see_and_hear_each_other, perform_in_lab};

/// Who wrote what, as somebody reads it.
async fn read_by(person: &Person) -> Result<Vec<(String, String)>> {
    Ok(person.messages().await?.into_iter().map(|message| (message.from, message.text)).collect())
}

/// Waits until everybody reads the same in the same order, and gives that.
async fn all_read(people: &[Rc<Person>], count: usize) -> Result<Vec<(String, String)>> {
    let [first, others @ ..] = people else { return Ok(Vec::new()) };
    first
        .expect(&format!("reads the same {count} messages as all others"), async || {
            let (mine, theirs) =
                try_join(read_by(first), try_join_all(others.iter().map(|other| read_by(other)))).await?;
            ensure!(mine.len() == count, "{mine:?}");
            ensure!(theirs.iter().all(|their| *their == mine), "{mine:?} here, and there {theirs:?}");
            Ok(mine)
        })
        .await
}

/// A short cut is survived by the connection; after a long one it is mended, or there is another.
#[tokio::test]
async fn what_is_written_over_a_cut_link_comes_once_and_in_one_order() -> Outcome {
    perform_in_lab("lab_chat", async |stage, lab| {
        let server = stage.server_in(lab, &[]).await?;
        let [alices, bobs, carols] = ["alice", "bob", "carol"].map(|name| lab.host(name, Access::PUBLIC));
        let (alices, bobs, carols) = (alices?, bobs?, carols?);
        let setup = |host: &_| Setup::chromium().with_small_media_at(10).at(host, &server);
        let cast = [("alice", setup(&alices)), ("bob", setup(&bobs)), ("carol", setup(&carols))];
        let (_, people) = stage.call(&server, cast).await?;
        let [alice, bob, carol] = &people;
        all_see_and_hear_each_other(&people).await?;
        try_join_all(people.iter().map(|person| person.open_panel())).await?;
        alice.say("before").await?;
        all_read(&people, 1).await?;
        let mut expected = vec![("alice".to_owned(), "before".to_owned())];
        for seconds in [3, 45] {
            alices.link().cut();
            let text = move |number: u32| format!("{number} in {seconds} s");
            for (person, number) in [(alice, 1), (bob, 2), (alice, 3), (carol, 4)] {
                person.say(&text(number)).await?;
                expected.push((person.name().to_owned(), text(number)));
            }
            let reached = [bob, carol];
            // Who is not cut off reads at once what the others write who are not.
            try_join_all(reached.map(|person| async move {
                person
                    .expect("reads on", async || {
                        let read = read_by(person).await?;
                        let has = |number| read.iter().any(|(_, read)| *read == text(number));
                        ensure!(has(2) && has(4) && !has(1) && !has(3), "{read:?}");
                        Ok(())
                    })
                    .await
            }))
            .await?;
            // No wait for anything: it is the cut.
            tokio::time::sleep(Duration::from_secs(seconds)).await;
            alices.link().restore();
            let read = all_read(&people, expected.len()).await?;
            let mut sorted = (read.clone(), expected.clone());
            sorted.0.sort();
            sorted.1.sort();
            ensure!(sorted.0 == sorted.1, "{read:?}");
            all_see_and_hear_each_other(&people).await?;
        }

        // None of it comes once more, and all of it is still read in that order by who loads the page again.
        let read = all_read(&people, expected.len()).await?;
        alice.browser().session().refresh().await?;
        alice.wait_for_state("in-call").await?;
        alice.open_panel().await?;
        ensure!(all_read(&people, expected.len()).await? == read, "it was {read:?}");
        Ok(())
    })
    .await
}
