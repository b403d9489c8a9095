//! The lobby shows who is in the call already.

use anyhow::{Result, ensure};
use visavis_e2e::{Outcome, Person, Setup, perform};

/// Waits until the lobby says this.
async fn is_told(person: &Person, words: &str) -> Result<()> {
    person
        .expect(&format!("reads {words:?} in the lobby"), async || {
            let told: String = person
                .read("return document.querySelector('[data-testid=inside]')?.textContent ?? '';")
                .await?;
            ensure!(told == words, "it says {told:?}");
            Ok(())
        })
        .await
}

#[tokio::test]
async fn lobby_shows_who_is_in() -> Outcome {
    perform("lobby_shows_who_is_in", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let cast = ["alice", "bob", "carol"].map(|name| (name, Setup::chromium().with_small_media()));
        let [alice, bob, carol] = stage.people(cast).await?;
        carol.open_lobby(&link).await?;
        is_told(&carol, "Nobody is here yet.").await?;
        alice.open_lobby(&link).await?;
        alice.join_as("Ana").await?;
        is_told(&carol, "Ana is here.").await?;
        bob.enter(&link).await?;
        is_told(&carol, "Ana and bob are here.").await?;
        carol.screenshots("lobby-inside").await?;
        // Who looks on is not there.
        alice.wait_for_others(&["bob"]).await?;
        bob.leave().await?;
        is_told(&carol, "Ana is here.").await?;
        carol.join().await?;
        carol.wait_for_others(&["Ana"]).await
    })
    .await
}
