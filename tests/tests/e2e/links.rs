//! Links that lead into a room, links that lead nowhere, and names that try to be more than names.

use anyhow::{Context as _, ensure};
use futures_util::future::try_join;
use visavis_e2e::{Outcome, Setup, Tile, perform};

#[tokio::test]
async fn a_malformed_link_leads_home_and_says_so() -> Outcome {
    perform("malformed_link", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        let good = server.new_link();
        let short = good.strip_suffix(|_: char| true).context("a link is not empty")?;
        let markup = format!("{}#<img src=x onerror=alert(1)>", server.url());
        let wrong_alphabet = format!("{}#{}", server.url(), "l".repeat(26));
        for link in [short, &markup, &wrong_alphabet] {
            // Another page between them, or only the fragment would change.
            alice.visit("about:blank").await?;
            alice.visit(link).await?;
            alice.wait_for_state("home").await?;
            alice.wait_for_notice(&["bad-link"]).await?;
        }
        alice.visit("about:blank").await?;
        alice.visit(&good).await?;
        alice.wait_for_state("lobby").await?;
        alice.wait_without_notice(&["bad-link"]).await
    })
    .await
}

#[tokio::test]
async fn a_new_call_has_a_link_that_others_can_paste() -> Outcome {
    perform("new_call", async |stage| {
        let server = stage.server(&[]).await?;
        let [alice, bob, carol] =
            stage.people(["alice", "bob", "carol"].map(|name| (name, Setup::chromium()))).await?;
        alice.open_home(&server.url()).await?;
        alice.click("new-call").await?;
        alice.wait_for_state("lobby").await?;
        alice.join().await?;
        alice.click("copy-link").await?;
        let link: String = alice
            .expect("has copied the link", async || {
                let copied: Vec<String> = alice.read("return window.__recorded.copied;").await?;
                copied.last().cloned().context("nothing is copied")
            })
            .await?;
        let address = alice.browser().session().current_url().await?;
        ensure!(link == address.as_str(), "copied {link}, the page is {address}");
        // bob follows the link as a stranger does, carol pastes it at home.
        bob.visit(&link).await?;
        bob.wait_for_state("lobby").await?;
        carol.open_home(&server.url()).await?;
        carol.write("link-input", &link).await?;
        carol.click("open-link").await?;
        carol.wait_for_state("lobby").await?;
        try_join(bob.join(), carol.join()).await?;
        alice.wait_for_others(&["bob", "carol"]).await?;
        bob.wait_for_others(&["alice", "carol"]).await?;
        bob.wait_for_tile("alice", "plays", |tile| tile.playing).await?;
        Ok(())
    })
    .await
}

#[tokio::test]
async fn names_are_plain_text_in_every_script() -> Outcome {
    const MARKUP: &str = "<img src=x onerror=alert(1)><b>bob</b>";
    const MIXED: &str = "🦊 שלום عمر 李 &amp; </p>";
    perform("names", async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let [alice, bob] = stage.people([("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        try_join(alice.open_lobby(&link), bob.open_lobby(&link)).await?;
        try_join(alice.join_as(MIXED), bob.join_as(MARKUP)).await?;
        for (person, own, other) in [(&alice, MIXED, MARKUP), (&bob, MARKUP, MIXED)] {
            person.wait_for_others(&[other]).await?;
            // One's own tile may say "You" instead.
            let as_written = |tile: &Tile| tile.own || tile.text.contains(&tile.name);
            for name in [own, other] {
                let tile = person.wait_for_tile(name, "has a name as written", as_written).await?;
                ensure!(!tile.elements.iter().any(|element| element == "img" || element == "b"), "{tile:?}");
            }
            let injected: usize =
                person.read("return document.querySelectorAll('img[src=\"x\"]').length;").await?;
            ensure!(injected == 0, "{injected} elements are injected");
        }
        alice.screenshots("call-names-en").await
    })
    .await
}

#[tokio::test]
async fn who_has_come_by_a_link_finds_home_even_after_it_could_not_be_had() -> Outcome {
    perform("home_by_link", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        alice.visit(&server.new_link()).await?;
        alice.wait_for_state("lobby").await?;
        alice.click("go-home").await?;
        alice.wait_for_state("home").await?;
        let focus: String = alice.read("return document.activeElement.tagName;").await?;
        ensure!(focus == "MAIN", "the focus is on {focus}");

        // As after an upgrade of the server: what the page knows is not there.
        alice.visit("about:blank").await?;
        alice.visit(&server.new_link()).await?;
        alice.wait_for_state("lobby").await?;
        alice.block(&["*visavis-home*"]).await?;
        alice.click("go-home").await?;
        alice.wait_for_state("").await?;
        alice.block(&[]).await?;
        alice.wait_for_state("home").await
    })
    .await
}
