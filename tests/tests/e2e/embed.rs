//! A call in a frame of another page: that of docs/EMBEDDING.md.

use anyhow::{Result, ensure};
use serde_json::{Value, json};
use visavis_e2e::site::{Answer, Site};
use visavis_e2e::{Expect, Outcome, Person, Setup, perform};

const EXAMPLE: &str = include_str!("../../../docs/embedding.html");

/// A page of another origin, with a frame of the server's.
async fn example() -> Result<Site> {
    Site::serve(|_| Answer::found("text/html", EXAMPLE)).await
}

/// The example's address for a link.
fn page_of(site: &Site, link: &str) -> String {
    let (server, secret) = link.split_once('#').unwrap_or_default();
    format!("{}embedding.html?server={server}#{secret}", site.url())
}

/// The last message of this type that the page was told.
const TOLD: &str = "return document.getElementById('log').textContent.split('\\n').filter(Boolean) \
     .map(line => JSON.parse(line)).find(message => message.type === arguments[0]) ?? {};";

/// Waits until the frame has told this last, in a message of this type.
async fn wait_for_told(person: &Person, kind: &str, key: &str, wanted: Value) -> Result<()> {
    person
        .expect(&format!("is told {key} {wanted} by the frame"), async || {
            let told: Value = person.run_for(TOLD, vec![json!(kind)]).await?;
            ensure!(told[key] == wanted, "{kind} is {told}");
            Ok(())
        })
        .await
}

async fn press(person: &Person, id: &str) -> Result<()> {
    person.run_for("document.getElementById(arguments[0]).click();", vec![json!(id)]).await
}

async fn call_me(person: &Person, name: &str) -> Result<()> {
    person.run_for("document.getElementById('name').value = arguments[0];", vec![json!(name)]).await
}

/// How often the frame has said this, in whichever message.
async fn times_said(person: &Person, words: &str) -> Result<usize> {
    person
        .run_for(
            "return document.getElementById('log').textContent.split(arguments[0]).length - 1;",
            vec![json!(words)],
        )
        .await
}

async fn a_page_leads_a_call_in_its_frame(scene: &'static str, setup: Setup) -> Outcome {
    perform(scene, async |stage| {
        let site = example().await?;
        let server = stage.server(&["--embed-origin", site.url()]).await?;
        let link = server.new_link();
        let [alice, bob] = stage.people([("alice", setup), ("bob", Setup::chromium())]).await?;
        bob.enter(&link).await?;

        alice.visit(&page_of(&site, &link)).await?;
        wait_for_told(&alice, "state", "state", json!("lobby")).await?;
        wait_for_told(&alice, "people", "count", json!(0)).await?;
        call_me(&alice, "alice").await?;
        press(&alice, "join").await?;
        wait_for_told(&alice, "state", "state", json!("in-call")).await?;
        wait_for_told(&alice, "people", "names", json!(["alice", "bob"])).await?;
        wait_for_told(&alice, "camera", "state", json!("on")).await?;
        bob.wait_for_others(&["alice"]).await?;
        bob.wait_for_media(1, Expect::BOTH).await?;

        press(&alice, "microphone").await?;
        wait_for_told(&alice, "microphone", "on", json!(false)).await?;
        bob.wait_for_tile("alice", "is muted", |tile| tile.audio == "off" && tile.video == "on").await?;
        press(&alice, "microphone").await?;
        press(&alice, "camera").await?;
        bob.wait_for_tile("alice", "is heard alone", |tile| tile.audio == "on" && tile.video == "off")
            .await?;
        call_me(&alice, "Ana").await?;
        press(&alice, "rename").await?;
        wait_for_told(&alice, "people", "names", json!(["Ana", "bob"])).await?;
        bob.wait_for_others(&["Ana"]).await?;

        // In the frame the user does the same, and the page is told.
        alice.enter_frame().await?;
        alice.click("toggle-camera").await?;
        alice.leave_frame().await?;
        wait_for_told(&alice, "camera", "on", json!(true)).await?;
        alice.screenshot(&format!("{scene}-1280x800")).await?;

        press(&alice, "leave").await?;
        wait_for_told(&alice, "state", "state", json!("left")).await?;
        wait_for_told(&alice, "people", "count", json!(0)).await?;
        bob.wait_for_others(&[]).await?;
        press(&alice, "join").await?;
        bob.wait_for_others(&["Ana"]).await
    })
    .await
}

#[tokio::test]
async fn a_page_leads_a_call_in_its_frame_in_chromium() -> Outcome {
    a_page_leads_a_call_in_its_frame("embed", Setup::chromium()).await
}

#[tokio::test]
async fn a_page_leads_a_call_in_its_frame_in_firefox() -> Outcome {
    a_page_leads_a_call_in_its_frame("embed_firefox", Setup::firefox()).await
}

#[tokio::test]
async fn a_frame_survives_nonsense_and_hears_nobody_but_the_page_around_it() -> Outcome {
    const NONSENSE: &str = "for (const what of [null, 7, 'join', [], {}, { type: 'join' }, { visavis: 1 }, \
         { visavis: 2, type: 'join' }, { visavis: 1, type: 'join', name: { toString: 7 } }, \
         { visavis: 1, type: 'microphone', on: 'no' }, { visavis: 1, type: '__proto__' }]) \
         frame.contentWindow.postMessage(what, server.origin);";
    perform("embed_nonsense", async |stage| {
        let site = example().await?;
        let server = stage.server(&["--embed-origin", site.url()]).await?;
        let link = server.new_link();
        let alice = stage.person("alice", Setup::chromium()).await?;
        alice.visit(&page_of(&site, &link)).await?;
        wait_for_told(&alice, "state", "state", json!("lobby")).await?;

        alice.read::<()>(NONSENSE).await?;
        // Messages are heard in order: once this one is answered, those before it are.
        alice.read::<()>("tell({ type: 'rename' });").await?;
        let last = "`name` is missing or of the wrong kind";
        alice
            .expect("is told of the last mistake", async || {
                ensure!(times_said(&alice, last).await? == 2, "not yet");
                Ok(())
            })
            .await?;
        for (code, times) in [("wrong-version", 1), ("unknown-type", 2), ("wrong-value", 3)] {
            let said = times_said(&alice, code).await?;
            ensure!(said == times, "{code} was said {said} times");
        }

        alice.enter_frame().await?;
        alice.read::<()>("postMessage({ visavis: 1, type: 'join' }, '*');").await?;
        alice.leave_frame().await?;
        // Wishes are heard in order, too.
        press(&alice, "microphone").await?;
        wait_for_told(&alice, "microphone", "on", json!(false)).await?;
        let joined = times_said(&alice, "joining").await?;
        ensure!(joined == 0, "the frame has heard itself");
        wait_for_told(&alice, "state", "state", json!("lobby")).await
    })
    .await
}

#[tokio::test]
async fn a_page_that_was_not_named_cannot_frame_a_call() -> Outcome {
    perform("embed_refused", async |stage| {
        let (named, other) = (example().await?, example().await?);
        let server = stage.server(&["--embed-origin", named.url()]).await?;
        let link = server.new_link();
        let alice = stage.person("alice", Setup::chromium()).await?;
        alice.visit(&page_of(&other, &link)).await?;
        alice.enter_frame().await?;
        alice
            .expect("sees that the frame is refused", async || {
                let address: String = alice.read("return document.URL;").await?;
                ensure!(address.starts_with("chrome-error:"), "the frame shows {address}");
                Ok(())
            })
            .await?;
        ensure!(alice.state().await?.is_empty(), "there is a call in the frame");
        alice.leave_frame().await?;
        ensure!(times_said(&alice, "ready").await? == 0, "the frame speaks");
        alice.visit(&page_of(&named, &link)).await?;
        wait_for_told(&alice, "state", "state", json!("lobby")).await
    })
    .await
}
