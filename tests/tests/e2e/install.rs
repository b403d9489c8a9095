//! The page as a program of its own: it can be installed, opens without its server, and stays of one version.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde::Deserialize;
use serde_json::{Value, json};
use visavis_e2e::edition::Edition;
use visavis_e2e::{Outcome, Person, Setup, perform};

/// What the browser has of the service worker.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
struct Worker {
    /// The page's files come from it.
    serves: bool,
    /// Another one waits to take over.
    waits: bool,
    /// How many versions are kept.
    kept: usize,
}

async fn worker(person: &Person) -> Result<Worker> {
    const READ: &str = "const done = arguments[arguments.length - 1]; (async () => { \
         const known = await navigator.serviceWorker.getRegistration(); \
         const kept = (await caches.keys()).length; \
         const serves = known?.active?.state === 'activated' && Boolean(navigator.serviceWorker.controller); \
         done({ serves, waits: Boolean(known?.waiting), kept }); \
         })().catch(error => done({ failed: String(error) }));";
    Ok(serde_json::from_value(person.run_async(READ, Vec::new()).await?)?)
}

async fn wait_for_worker(person: &Person, what: &str, wanted: impl Fn(&Worker) -> bool) -> Result<()> {
    person
        .expect(what, async || {
            let worker = worker(person).await?;
            ensure!(wanted(&worker), "it is {worker:?}");
            Ok(())
        })
        .await
}

/// Opens the home page and waits until this version of it is kept.
async fn keep(person: &Person, home: &str) -> Result<()> {
    person.open_home(home).await?;
    wait_for_worker(person, "has the page kept", |worker| worker.serves).await
}

/// Lets the browser look for a newer version, as it does whenever a page is opened, and waits until that waits.
async fn find_newer(person: &Person) -> Result<()> {
    const UPDATE: &str = "const done = arguments[arguments.length - 1]; navigator.serviceWorker.getRegistration() \
         .then(known => known.update()).then(() => done({}), error => done({ failed: String(error) }));";
    person.run_async(UPDATE, Vec::new()).await?;
    wait_for_worker(person, "has a newer version waiting", |worker| worker.waits).await
}

async fn title(person: &Person) -> Result<String> {
    person.read("return document.title;").await
}

async fn wait_for_title(person: &Person, wanted: &str) -> Result<()> {
    person
        .expect(&format!("has the page {wanted:?}"), async || {
            let title = title(person).await?;
            ensure!(title == wanted, "it is {title:?}, and has {:?}", worker(person).await?);
            Ok(())
        })
        .await
}

#[tokio::test]
async fn the_page_can_be_installed() -> Outcome {
    const ICONS: &str = "const done = arguments[arguments.length - 1]; (async () => { \
         const manifest = await (await fetch('manifest.webmanifest')).json(); const sizes = []; \
         for (const { src } of manifest.icons) { const image = new Image(); image.src = src; await image.decode(); \
         sizes.push(src.endsWith('svg') ? 'any' : `${image.naturalWidth}x${image.naturalHeight}`); } \
         done({ sizes, told: manifest.icons.map(icon => icon.sizes) }); })() \
         .catch(error => done({ failed: String(error) }));";
    perform("install", async |stage| {
        let server = stage.server(&[]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        keep(&alice, &server.url()).await?;
        let manifest = alice.browser().command("Page.getAppManifest", json!({})).await?;
        ensure!(manifest["errors"] == json!([]), "the manifest has errors: {manifest}");
        let told: Value =
            serde_json::from_str(manifest["data"].as_str().unwrap_or_default()).unwrap_or_default();
        ensure!(told["name"] == "Visavis" && told["display"] == "standalone", "the manifest is {manifest}");
        let obstacles = alice.browser().command("Page.getInstallabilityErrors", json!({})).await?;
        ensure!(obstacles["installabilityErrors"] == json!([]), "it cannot be installed: {obstacles}");
        let icons = alice.run_async(ICONS, Vec::new()).await?;
        ensure!(icons["sizes"] == icons["told"], "the icons are {icons}");
        Ok(())
    })
    .await
}

async fn the_page_opens_without_its_server(scene: &'static str, setup: Setup) -> Outcome {
    perform(scene, async |stage| {
        let server = stage.server(&[]).await?;
        let link = server.new_link();
        let alice = stage.person("alice", setup.speaking("de-DE")).await?;
        keep(&alice, &server.url()).await?;
        server.kill();
        alice.visit("about:blank").await?;
        alice.visit(&server.url()).await?;
        alice.wait_for_state("home").await?;
        let words: String =
            alice.read("return document.querySelector('[data-testid=new-call]').innerText;").await?;
        ensure!(words == "Neuer Anruf", "its words are {words:?}");
        alice.visit("about:blank").await?;
        alice.visit(&link).await?;
        alice.wait_for_state("lobby").await?;
        alice.click("open-devices").await?;
        alice.sees("select-camera").await?;
        // What is not of the page is not answered by anybody else than the server.
        let health: String = alice
            .read("return fetch('healthz').then(answer => String(answer.status), () => 'gone');")
            .await?;
        ensure!(health == "gone", "somebody else answers {health}");
        server.start_again().await?;
        alice.join().await
    })
    .await
}

#[tokio::test]
async fn the_page_opens_without_its_server_in_chromium() -> Outcome {
    the_page_opens_without_its_server("install_offline", Setup::chromium()).await
}

#[tokio::test]
async fn the_page_opens_without_its_server_in_firefox() -> Outcome {
    the_page_opens_without_its_server("install_offline_firefox", Setup::firefox()).await
}

#[tokio::test]
async fn a_call_stays_of_its_version_and_home_gets_the_next() -> Outcome {
    perform("install_upgrade", async |stage| {
        let edition = Edition::built()?;
        let server = stage.server(&["--dist", edition.path()?]).await?;
        let [alice, bob] = stage.people([("alice", Setup::chromium()), ("bob", Setup::chromium())]).await?;
        let link = server.new_link();
        bob.enter(&link).await?;
        keep(&alice, &server.url()).await?;
        alice.enter(&link).await?;
        alice.wait_for_others(&["bob"]).await?;

        edition.change(2)?;
        let begun: f64 = alice.read("return performance.timeOrigin;").await?;
        find_newer(&alice).await?;
        // A part that was not loaded before, and is no more at the server.
        alice.click("open-settings").await?;
        alice.sees("select-camera").await?;
        alice.wait_without_notice(&["panel-not-loaded"]).await?;
        let now: f64 = alice.read("return performance.timeOrigin;").await?;
        ensure!((now - begun).abs() < 1.0, "the page was loaded again");
        alice.wait_for_others(&["bob"]).await?;
        ensure!(title(&alice).await? == "Visavis", "the page is another");

        alice.leave().await?;
        alice.visit(&server.url()).await?;
        wait_for_title(&alice, "Visavis 2").await?;
        alice.wait_for_state("home").await?;
        wait_for_worker(&alice, "has the older version no more", |worker| {
            worker == &Worker { serves: true, waits: false, kept: 1 }
        })
        .await?;
        alice.enter(&link).await?;
        alice.wait_for_others(&["bob"]).await
    })
    .await
}

#[tokio::test]
async fn a_newer_version_waits_as_long_as_a_page_of_the_older_is_there() -> Outcome {
    perform("install_waits", async |stage| {
        let edition = Edition::built()?;
        let server = stage.server(&["--dist", edition.path()?]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        keep(&alice, &server.url()).await?;
        alice.enter(&server.new_link()).await?;
        edition.change(2)?;
        find_newer(&alice).await?;

        let session = alice.browser().session();
        let (call, home) = (session.window().await?, session.new_tab().await?);
        session.switch_to_window(home).await?;
        alice.open_home(&server.url()).await?;
        let begun = Instant::now();
        alice
            .expect("has the older home page for a second", async || {
                ensure!(title(&alice).await? == "Visavis" && worker(&alice).await?.waits, "it was replaced");
                ensure!(begun.elapsed() >= Duration::from_secs(1), "it is too early to tell");
                Ok(())
            })
            .await?;
        session.switch_to_window(call.clone()).await?;
        ensure!(alice.state().await? == "in-call", "the call is over");
        session.close_window().await?;
        let home = session.windows().await?.into_iter().find(|window| *window != call);
        session.switch_to_window(home.unwrap_or(call)).await?;
        wait_for_title(&alice, "Visavis 2").await
    })
    .await
}

/// As the remedy of a page that the server cannot understand any more does.
#[tokio::test]
async fn who_cannot_do_with_the_older_version_has_the_newer_at_once() -> Outcome {
    perform("install_renew", async |stage| {
        let edition = Edition::built()?;
        let server = stage.server(&["--dist", edition.path()?]).await?;
        let alice = stage.person("alice", Setup::chromium()).await?;
        keep(&alice, &server.url()).await?;
        alice.visit(&server.new_link()).await?;
        alice.wait_for_state("lobby").await?;
        edition.change(2)?;
        // A page that is only loaded again stays what it is.
        alice.browser().session().refresh().await?;
        alice.wait_for_state("lobby").await?;
        ensure!(title(&alice).await? == "Visavis", "it was not kept");

        alice.read::<()>("visavisRenew();").await?;
        wait_for_title(&alice, "Visavis 2").await?;
        alice.wait_for_state("lobby").await?;
        keep(&alice, &server.url()).await?;
        wait_for_worker(&alice, "has the older version no more", |worker| worker.kept == 1).await?;
        ensure!(title(&alice).await? == "Visavis 2", "the older version is back");
        Ok(())
    })
    .await
}
