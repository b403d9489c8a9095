//! Screenshots of every page for people to look at, in both languages, on a desktop and on a phone.

use anyhow::ensure;
use visavis_e2e::{Outcome, Person, Setup, perform};

/// Waits until the lobby's preview shows the camera's picture.
async fn see_preview(person: &Person) -> anyhow::Result<()> {
    const WIDTH: &str = "return document.querySelector('[data-testid=\"preview\"] video, video[data-testid=\"preview\"]')\
         ?.videoWidth ?? 0;";
    person
        .expect("sees the preview", async || {
            let width: u32 = person.read(WIDTH).await?;
            ensure!(width > 0, "there is no picture");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn every_page_is_pictured_in_both_languages() -> Outcome {
    perform("pictures", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let usual = Setup::chromium;
        let cast = [("alice", usual()), ("李梅", usual().speaking("zh-CN")), ("carol", usual())];
        let [alice, mei, carol] = stage.people(cast).await?;
        for (person, language) in [(&alice, "en"), (&mei, "zh")] {
            person.open_home(&server.url()).await?;
            let page: String = person.read("return document.documentElement.lang;").await?;
            ensure!(page.starts_with(language), "{}'s page is in {page:?}", person.name());
            person.screenshots(&format!("home-{language}")).await?;
            person.open_lobby(&link).await?;
            see_preview(person).await?;
            person.screenshots(&format!("lobby-{language}")).await?;
        }
        alice.join().await?;
        alice.sees("invite-code").await?;
        alice.screenshots("call-1-en").await?;
        mei.join().await?;
        for (person, other, name) in [(&alice, "李梅", "call-2-en"), (&mei, "alice", "call-2-zh")] {
            person.wait_for_tile(other, "plays", |tile| tile.playing).await?;
            person.screenshots(name).await?;
            person.click("react").await?;
            person.screenshots(&format!("reactions-{name}")).await?;
            person.click("raise-hand").await?;
        }
        carol.enter(&link).await?;
        carol.click("toggle-camera").await?;
        carol.click("toggle-microphone").await?;
        for (person, other, name) in [(&alice, "李梅", "call-3-en"), (&mei, "alice", "call-3-zh")] {
            person.wait_for_tile(other, "plays", |tile| tile.playing).await?;
            person
                .wait_for_tile("carol", "is off", |tile| tile.video == "off" && tile.audio == "off")
                .await?;
            person.screenshots(name).await?;
        }
        for (person, name) in [(&alice, "left-en"), (&mei, "left-zh")] {
            person.leave().await?;
            person.screenshots(name).await?;
        }
        Ok(())
    })
    .await
}
