//! How much is sent goes by who sees it, and the panel tells how the links do.

use anyhow::{Result, ensure};
use futures_util::future::try_join;
use visavis_e2e::{Outcome, Person, Setup, all_see_and_hear_each_other, perform};

/// Lets the page believe that it is hidden, or shown again.
async fn hide(person: &Person, hidden: bool) -> Result<()> {
    let script = format!(
        "Object.defineProperty(document, 'hidden', {{ configurable: true, get: () => {hidden} }});\
         document.dispatchEvent(new Event('visibilitychange'));"
    );
    person.read(&script).await
}

async fn the_picture_goes_by_who_sees_it(scene: &'static str, setups: [Setup; 2]) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let [one, other] = setups;
        let (_, people) = stage.call(&server, [("alice", one), ("bob", other)]).await?;
        let [alice, bob] = &people;
        all_see_and_hear_each_other(&people).await?;

        // A tile that is moved out of sight stops the encoder of who is on it, and theirs alone.
        bob.style_tile("alice", "translate", "300vw 0").await?;
        alice.wait_for_rest(6).await?;
        bob.wait_for_frames_sent().await?;
        let links = try_join(alice.connections_made(), bob.connections_made()).await?;
        // For longer than it takes to miss a picture and to begin another connection.
        alice.wait_for_rest(25).await?;
        ensure!(try_join(alice.connections_made(), bob.connections_made()).await? == links, "it was missed");
        bob.style_tile("alice", "translate", "none").await?;
        alice.wait_for_frames_sent().await?;

        // So does a page that is hidden.
        hide(alice, true).await?;
        bob.wait_for_rest(6).await?;
        hide(alice, false).await?;
        bob.wait_for_frames_sent().await?;
        all_see_and_hear_each_other(&people).await?;

        // A small tile gets a small picture, and a large one a large one.
        for (size, what, wanted) in [
            ("80px", "small", (|width| width > 0 && width <= 400) as fn(u32) -> bool),
            ("2000px", "large", |width| width >= 500),
        ] {
            for property in ["width", "height", "min-width", "min-height", "max-width", "max-height"] {
                bob.style_tile("alice", property, size).await?;
            }
            alice.wait_for_sent_width(what, wanted).await?;
        }
        Ok(())
    })
    .await
}

#[tokio::test]
async fn the_picture_goes_by_who_sees_it_in_chromium() -> Outcome {
    the_picture_goes_by_who_sees_it("quality", [Setup::chromium(), Setup::chromium()]).await
}

#[tokio::test]
async fn the_picture_goes_by_who_sees_it_in_firefox_and_chromium() -> Outcome {
    the_picture_goes_by_who_sees_it("quality_firefox", [Setup::firefox(), Setup::chromium()]).await
}

#[tokio::test]
async fn the_panel_has_figures_and_saves_them() -> Outcome {
    perform("quality_panel", async |stage| {
        let server = stage.server(&[]).await?;
        let (_, people) =
            stage.call(&server, [("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let [alice, _] = &people;
        all_see_and_hear_each_other(&people).await?;
        // What would be saved is kept instead.
        alice
            .read::<()>(
                "const make = URL.createObjectURL;\
                 URL.createObjectURL = blob => { blob.text().then(text => { window.__saved = text; }); return make(blob); };",
            )
            .await?;
        alice.click("open-settings").await?;
        let text = async |testid: &str| {
            let script = "return document.querySelector(`[data-testid=${arguments[0]}]`)?.textContent ?? '';";
            alice.run_for::<String>(script, vec![testid.into()]).await
        };
        alice
            .expect("sees how the link does", async || {
                let (picture, rate, way) =
                    (text("link-picture").await?, text("link-bitrate").await?, text("way").await?);
                let figures = picture.matches("fps").count() == 2 && rate.contains("kbit/s");
                ensure!(figures && way == "direct", "{picture}; {rate}; {way}");
                Ok(())
            })
            .await?;
        alice.screenshots("quality_panel-en").await?;
        alice
            .expect("has saved what was measured", async || {
                alice.click("export-quality").await?;
                let saved: serde_json::Value =
                    alice.read("return window.__saved ? JSON.parse(window.__saved) : null;").await?;
                let link = &saved["links"][0];
                let samples = link["samples"].as_array().map_or(0, Vec::len);
                ensure!(link["name"] == "bob" && samples > 2, "{samples} samples of {}", link["name"]);
                let came = link["samples"][samples - 1]["received"]["camera"]["bps"].as_u64();
                ensure!(came > Some(10_000), "{came:?} bits came");
                Ok(())
            })
            .await
    })
    .await
}
