//! The harness itself, proven on a page of its own: a call of two peer connections within one page.

use anyhow::ensure;
use visavis_e2e::site::{Answer, Site};
use visavis_e2e::{Expect, Outcome, Setup, perform};

async fn sees_and_hears_through_the_instruments(scene: &'static str, setup: Setup) -> Outcome {
    perform(scene, async |stage| {
        let site = Site::serve(|path| match path {
            "/" => Answer::found("text/html", include_str!("harness.html")),
            "/harness.js" => Answer::found("text/javascript", include_str!("harness.js")),
            _ => Answer::refused("404 Not Found"),
        })
        .await?;
        let alice = stage.person("alice", setup).await?;
        alice.enter(&format!("{}#anything", site.url())).await?;
        alice.wait_for_others(&["echo"]).await?;
        alice.wait_for_tile("alice", "is shown to herself", |tile| tile.own && tile.playing).await?;
        alice.wait_for_tile("echo", "plays", |tile| !tile.own && tile.playing).await?;
        alice.wait_for_media(2, Expect::BOTH).await?;
        alice.wait_for_live_tracks("video", 1).await?;
        ensure!(alice.notices().await? == ["bad-link"]);
        alice.report(&format!("{scene}-alice")).await
    })
    .await
}

#[tokio::test]
async fn harness_sees_and_hears_in_chromium() -> Outcome {
    sees_and_hears_through_the_instruments("harness_chromium", Setup::chromium()).await
}

#[tokio::test]
async fn harness_sees_and_hears_in_firefox() -> Outcome {
    sees_and_hears_through_the_instruments("harness_firefox", Setup::firefox()).await
}
