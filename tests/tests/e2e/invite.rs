//! How others are invited: from an empty stage, and while somebody is there.

use anyhow::{Result, ensure};
use visavis_e2e::{Outcome, Person, Setup, perform};

/// Where the card is, and what stands in it: left, top, width and height of each, in CSS pixels.
async fn card(person: &Person) -> Result<Vec<[i32; 4]>> {
    const MEASURE: &str = "return ['.invite', '.invite .field', '.invite [data-testid=copy-link]'].map(selector => { \
         const { x, y, width, height } = document.querySelector(selector).getBoundingClientRect(); \
         return [x, y, width, height].map(Math.round); });";
    person.read(MEASURE).await
}

#[tokio::test]
async fn what_comes_into_the_invitation_moves_nothing() -> Outcome {
    perform("invite", async |stage| {
        let server = stage.server(&[]).await?;
        for (name, viewport) in [("desktop", (1280, 800)), ("phone", (390, 844)), ("low", (844, 390))] {
            let alice = stage.person("alice", Setup::chromium().with_viewport(viewport)).await?;
            alice.block(&["*visavis-more*"]).await?;
            alice.enter(&server.new_link()).await?;
            alice.sees("copy-link").await?;
            let before = card(&alice).await?;
            alice.block(&[]).await?;
            alice.sees("invite-code").await?;
            alice.sees("invite-mail").await?;
            let after = card(&alice).await?;
            ensure!(after == before, "on a {name} it moved from {before:?} to {after:?}");
            alice.screenshot(&format!("invite-{name}")).await?;
            stage.dismiss(alice).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn others_are_invited_while_somebody_is_there() -> Outcome {
    perform("invite_more", async |stage| {
        let server = stage.server(&[]).await?;
        let (link, [alice, _]) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        alice.click("open-settings").await?;
        alice.click("invite-copy").await?;
        alice
            .expect("has copied the link", async || {
                let copied: Vec<String> = alice.read("return window.__recorded.copied;").await?;
                ensure!(copied == [link.as_str()], "copied is {copied:?}");
                Ok(())
            })
            .await?;
        alice.screenshots("invite_more").await?;
        let carol = stage.person("carol", Setup::chromium()).await?;
        carol.enter(&link).await?;
        carol.wait_for_others(&["alice", "bob"]).await
    })
    .await
}
