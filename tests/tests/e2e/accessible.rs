//! Every page can be used by everybody, as far as a program can tell.

use futures_util::future::try_join_all;
use visavis_e2e::{Outcome, Setup, TestFile, perform};

#[tokio::test]
async fn nothing_serious_is_wrong_with_any_page() -> Outcome {
    perform("accessible", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let usual = || Setup::chromium().with_small_media_at(10);
        let people = stage.people([("alice", usual()), ("李梅", usual().speaking("zh-CN"))]).await?;
        let [alice, mei] = &people;
        for person in &people {
            person.open_home(&server.url()).await?;
            person.find_page_accessible("home page").await?;
            person.open_lobby(&link).await?;
            person.find_page_accessible("lobby").await?;
            person.click("open-devices").await?;
            person.sees("select-camera").await?;
            person.find_page_accessible("lobby with the choice of devices").await?;
        }
        alice.join().await?;
        alice.sees("invite-code").await?;
        alice.find_page_accessible("call with nobody else").await?;
        mei.join().await?;
        alice.click("react").await?;
        alice.find_page_accessible("call with the choice of reactions").await?;
        alice.click("raise-hand").await?;
        for (person, other) in [(alice, "李梅"), (mei, "alice")] {
            person.wait_for_tile(other, "plays", |tile| tile.playing).await?;
            person.find_page_accessible("call").await?;
        }
        try_join_all([alice.open_panel(), mei.open_panel()]).await?;
        mei.find_page_accessible("empty chat").await?;
        alice.say("see https://example.org").await?;
        alice.give(&[TestFile::new("plan.pdf", 3, 1000)]).await?;
        mei.wait_for_file("plan.pdf", "offered").await?;
        for person in &people {
            person.find_page_accessible("chat").await?;
        }
        mei.press_on("plan.pdf", "file-accept").await?;
        mei.wait_for_file("plan.pdf", "done").await?;
        for person in &people {
            person.find_page_accessible("chat with a file that has come").await?;
        }
        for person in &people {
            person.click("open-settings").await?;
            person.sees("shortcuts").await?;
            person.find_page_accessible("settings").await?;
        }
        for person in &people {
            person.leave().await?;
            person.find_page_accessible("page after a call").await?;
        }
        Ok(())
    })
    .await
}
