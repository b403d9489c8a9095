//! Who is large: whoever speaks, what is pinned, what is shown.

use std::rc::Rc;

use anyhow::{Result, ensure};
use serde_json::json;
use visavis_e2e::{Devices, Outcome, Person, Setup, all_see_and_hear_each_other, perform};

const MICROPHONE: &str = "toggle-microphone";

/// Presses a button on the tile of this person.
const PRESS: &str =
    "document.querySelector(`[data-testid=tile][data-name=\"${arguments[0]}\"] [data-testid=pin]`).click();";

/// How the stage is shared, in one word.
async fn layout(person: &Person) -> Result<String> {
    person.read("return document.querySelector('main').dataset.layout;").await
}

/// Presses the pin on the screen of this person.
const PRESS_SCREEN: &str = "document.querySelector(`[data-testid=screen][data-name=\"${arguments[0]}\"] [data-testid=pin]`).click();";

async fn wait_for_layout(person: &Person, wanted: &str) -> Result<()> {
    person
        .expect(&format!("sees the {wanted}"), async || {
            let now = layout(person).await?;
            ensure!(now == wanted, "it is the {now}");
            Ok(())
        })
        .await
}

/// This face is by far the largest.
async fn wait_for_large(person: &Person, name: &str) -> Result<()> {
    person
        .expect(&format!("sees {name} large"), async || {
            let tiles = person.tiles().await?;
            let width = |wanted: bool| {
                tiles.iter().filter(move |tile| (tile.name == name) == wanted).map(|tile| tile.width)
            };
            let (large, other) = (width(true).max(), width(false).max());
            ensure!(large > other.map(|other| 2 * other), "the widths are {large:?} and {other:?}");
            Ok(())
        })
        .await
}

async fn choose_in_settings(person: &Person, choices: &[&str]) -> Result<()> {
    person.click("open-settings").await?;
    for choice in choices {
        person.sees(choice).await?;
        person.click(choice).await?;
    }
    person.click("close-settings").await
}

async fn three(stage: &visavis_e2e::Stage) -> Result<[Rc<Person>; 3]> {
    let server = stage.server(&[]).await?;
    let small = || Setup::chromium().with_small_media().with_devices(Devices::Voice);
    let (_, people) = stage.call(&server, [("alice", small()), ("bob", small()), ("carol", small())]).await?;
    Ok(people)
}

#[tokio::test]
async fn whoever_speaks_is_large() -> Outcome {
    perform("layout_speaker", async |stage| {
        let people = three(stage).await?;
        let [alice, bob, carol] = &people;
        all_see_and_hear_each_other(&people).await?;
        carol.click(MICROPHONE).await?;
        wait_for_layout(alice, "grid").await?;
        choose_in_settings(alice, &["layout-speaker"]).await?;
        wait_for_layout(alice, "spotlight").await?;
        alice.click(MICROPHONE).await?;
        wait_for_large(alice, "bob").await?;
        bob.click(MICROPHONE).await?;
        carol.click(MICROPHONE).await?;
        wait_for_large(alice, "carol").await?;
        carol.click(MICROPHONE).await?;
        bob.click(MICROPHONE).await?;
        wait_for_large(alice, "bob").await?;
        alice.screenshots("layout-speaker-en").await?;
        wait_for_layout(bob, "grid").await?;

        // It is remembered.
        choose_in_settings(alice, &["hide-own"]).await?;
        let own: bool =
            alice.read("return document.querySelector('[data-self=true]').checkVisibility();").await?;
        ensure!(!own, "alice sees herself");
        alice.leave().await?;
        alice.click("rejoin").await?;
        alice.wait_for_others(&["bob", "carol"]).await?;
        wait_for_layout(alice, "spotlight").await?;
        choose_in_settings(alice, &["layout-grid", "hide-own"]).await?;
        wait_for_layout(alice, "grid").await
    })
    .await
}

#[tokio::test]
async fn what_is_pinned_is_large_for_whoever_pins_it() -> Outcome {
    perform("layout_pinned", async |stage| {
        let people = three(stage).await?;
        let [alice, bob, carol] = &people;
        all_see_and_hear_each_other(&people).await?;
        alice.run_for::<()>(PRESS, vec![json!("carol")]).await?;
        wait_for_large(alice, "carol").await?;
        wait_for_layout(bob, "grid").await?;

        // A screen that comes does not take the place of what was pinned, and takes it when that is over.
        bob.click("share-screen").await?;
        alice.wait_for_screens(&["bob"]).await?;
        wait_for_layout(alice, "spotlight").await?;
        wait_for_layout(carol, "screens").await?;
        alice.run_for::<()>(PRESS, vec![json!("carol")]).await?;
        wait_for_layout(alice, "screens").await?;
        for size in [(390, 844), (844, 390), (1280, 800)] {
            alice.browser().resize(size).await?;
            alice.find_seated(&format!("the call at {size:?}")).await?;
        }

        carol.click("share-screen").await?;
        alice.wait_for_screens(&["bob", "carol"]).await?;
        // They stand in the order in which their owners came, which is not always the same.
        alice.run_for::<()>(PRESS_SCREEN, vec![json!("bob")]).await?;
        wait_for_layout(alice, "screen").await?;
        alice.screenshots("layout-screen-en").await?;
        bob.click("share-screen").await?;
        alice.wait_for_screens(&["carol"]).await?;
        wait_for_layout(alice, "screens").await?;

        // All of it can be seen, and closer.
        let wide = "const video = document.querySelector('[data-testid=screen] video'); \
             return video.clientWidth / video.closest('.picture').clientWidth;";
        for times in [2.0, 3.0, 1.0] {
            alice.click("zoom").await?;
            alice
                .expect(&format!("sees it {times} times as large"), async || {
                    let now: f64 = alice.read(wide).await?;
                    ensure!((now - times).abs() < 0.01, "it is {now} times as large");
                    Ok(())
                })
                .await?;
        }
        alice.click("full-screen").await?;
        alice
            .expect("sees it on the whole screen", async || {
                let full: String =
                    alice.read("return document.fullscreenElement?.dataset.testid ?? '';").await?;
                ensure!(full == "screen", "{full:?} is");
                Ok(())
            })
            .await
    })
    .await
}
