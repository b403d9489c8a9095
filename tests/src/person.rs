//! A participant: opens a link, gives a name, joins, presses buttons and reads the page.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context as _, Result, bail, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use thirtyfour::action_chain::ActionChain;
use thirtyfour::{By, Key};

use crate::browser::{Browser, Setup};
use crate::wait::until;
use crate::watch::Moment;

const INSTRUMENTS: &str = include_str!("scripts/instruments.js");

/// Somebody before a browser of their own.
#[derive(Debug)]
pub struct Person {
    name: String,
    setup: Setup,
    browser: Browser,
}

impl Person {
    /// Starts the browser.
    pub async fn arrive(name: &str, setup: Setup) -> Result<Self> {
        let browser = Browser::launch(&setup).await.with_context(|| format!("{name} has no browser"))?;
        Ok(Self { name: name.to_owned(), setup, browser })
    }

    /// The name they join with.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What they brought.
    pub fn setup(&self) -> &Setup {
        &self.setup
    }

    /// Their browser.
    pub fn browser(&self) -> &Browser {
        &self.browser
    }

    /// Ends the browser.
    pub async fn depart(self) {
        self.browser.quit().await;
    }

    /// Loads an address as typed into the address bar, without instruments.
    pub async fn visit(&self, address: &str) -> Result<()> {
        self.browser.session().goto(address).await.with_context(|| format!("{} visits {address}", self.name))
    }

    /// Loads the home page and puts the instruments in.
    pub async fn open_home(&self, address: &str) -> Result<()> {
        self.visit(address).await?;
        self.wait_for_state("home").await?;
        self.run(INSTRUMENTS, vec![self.instruments_for()]).await?;
        Ok(())
    }

    fn instruments_for(&self) -> Value {
        json!({"small_media": self.setup.small_media, "no_websocket": self.setup.no_websocket})
    }

    /// The page crashes and is loaded again, with its instruments. Gives them before the page that has come back, and is
    /// not there before it any more. Chromium only.
    pub async fn crash(&self) -> Result<Self> {
        let script = format!("(function () {{ {INSTRUMENTS}\n }})({});", self.instruments_for());
        let browser = self.browser.crash(&script).await.with_context(|| format!("{} crashes", self.name))?;
        Ok(Self { name: self.name.clone(), setup: self.setup.clone(), browser })
    }

    /// Loads the home page, puts the instruments in, then follows the link within the page, up to the lobby.
    pub async fn open_lobby(&self, link: &str) -> Result<()> {
        let (home, secret) = link.split_once('#').context("a link has a fragment")?;
        self.open_home(home).await?;
        self.run("location.hash = arguments[0];", vec![json!(secret)]).await?;
        self.wait_for_state("lobby").await
    }

    /// From the lobby into the call, under their name.
    pub async fn join(&self) -> Result<()> {
        self.join_as(&self.name).await
    }

    /// From the lobby into the call, under another name.
    pub async fn join_as(&self, name: &str) -> Result<()> {
        self.write("name", name).await?;
        self.click("join").await?;
        self.wait_for_state("in-call").await
    }

    /// From nowhere into the call.
    pub async fn enter(&self, link: &str) -> Result<()> {
        self.open_lobby(link).await?;
        self.join().await
    }

    /// Leaves the call by its button.
    pub async fn leave(&self) -> Result<()> {
        self.click("leave").await?;
        self.wait_for_state("left").await
    }

    /// Closes the tab the call is in; the browser lives on. Gives the moment just before.
    pub async fn close_tab(&self) -> Result<Moment> {
        let session = self.browser.session();
        let call = session.window().await?;
        let other = session.new_tab().await?;
        session.switch_to_window(call).await?;
        let closing = Moment::now()?;
        session.close_window().await?;
        session.switch_to_window(other).await?;
        Ok(closing)
    }

    /// Waits until the page is in this state.
    pub async fn wait_for_state(&self, wanted: &str) -> Result<()> {
        self.expect(&format!("is in state {wanted}"), async || {
            let state = self.state().await?;
            ensure!(state == wanted, "state is {state:?}, notices are {:?}", self.notices().await?);
            Ok(())
        })
        .await
    }

    /// The page's state, empty while there is none.
    pub async fn state(&self) -> Result<String> {
        self.read("return document.querySelector('[data-testid=\"app\"]')?.dataset.state ?? '';").await
    }

    /// The problems the page tells of now, by their codes.
    pub async fn notices(&self) -> Result<Vec<String>> {
        self.read(
            "return Array.from(document.querySelectorAll('[data-testid=\"notice\"]'), n => n.dataset.problem ?? '');",
        )
        .await
    }

    /// Waits until the page tells of one of these problems, and gives its code.
    pub async fn wait_for_notice(&self, wanted: &[&str]) -> Result<String> {
        self.expect(&format!("is told one of {wanted:?}"), async || {
            let notices = self.notices().await?;
            let found = notices.iter().find(|notice| wanted.contains(&notice.as_str()));
            found.cloned().with_context(|| format!("notices are {notices:?}"))
        })
        .await
    }

    /// Waits until the page tells of none of these problems.
    pub async fn wait_without_notice(&self, unwanted: &[&str]) -> Result<()> {
        self.expect(&format!("is told none of {unwanted:?}"), async || {
            let notices = self.notices().await?;
            ensure!(
                !notices.iter().any(|notice| unwanted.contains(&notice.as_str())),
                "notices are {notices:?}"
            );
            Ok(())
        })
        .await
    }

    /// Clicks the element once it is there and enabled.
    pub async fn click(&self, testid: &str) -> Result<()> {
        self.expect(&format!("clicks {testid}"), async || {
            let element = self.browser.session().find(By::Css(selector(testid))).await?;
            ensure!(element.is_enabled().await?, "it is disabled");
            element.scroll_into_view().await?;
            // Controls that hid themselves show up, and stay as long as the pointer rests on them.
            let hand = self.hand();
            hand.move_to_element_with_offset(&element, 1, 1)
                .move_to_element_center(&element)
                .perform()
                .await?;
            Ok(element.click().await?)
        })
        .await
    }

    /// Moves the pointer a little in an empty corner, so that controls that hid themselves show up.
    pub async fn stir(&self) -> Result<()> {
        Ok(self.hand().move_to(1, 1).move_to(2, 2).perform().await?)
    }

    fn hand(&self) -> ActionChain {
        self.browser.session().action_chain_with_delay(Some(Duration::ZERO), Some(Duration::ZERO))
    }

    /// Replaces the content of a field, as pasting does. (WebDriver's keys know no emoji in Chromium.)
    pub async fn write(&self, testid: &str, text: &str) -> Result<()> {
        const WRITE: &str = "const field = document.querySelector(arguments[0]); if (!field) return null; \
             field.focus(); field.select(); document.execCommand('insertText', false, arguments[1]); return field.value;";
        self.expect(&format!("writes {text:?} into {testid}"), async || {
            let written: Option<String> =
                self.run_for(WRITE, vec![json!(selector(testid)), json!(text)]).await?;
            ensure!(written.as_deref() == Some(text), "the field holds {written:?}");
            Ok(())
        })
        .await
    }

    /// Chooses a file on the disk in a field for files, which may be hidden.
    pub async fn choose_file(&self, testid: &str, file: &Path) -> Result<()> {
        let path = file.to_str().context("the file's path is no text")?;
        self.expect(&format!("chooses {path}"), async || {
            let field = self.browser.session().find(By::Css(selector(testid))).await?;
            Ok(field.send_keys(path).await?)
        })
        .await
    }

    /// Presses a key, wherever the focus is.
    pub async fn press(&self, key: Key) -> Result<()> {
        Ok(self.browser.session().action_chain().send_keys(key).perform().await?)
    }

    /// Waits until the element is there.
    pub async fn sees(&self, testid: &str) -> Result<()> {
        self.expect(&format!("sees {testid}"), async || {
            self.browser.session().find(By::Css(selector(testid))).await?;
            Ok(())
        })
        .await
    }

    /// Holds the space bar down, wherever the focus is, or lets go of it.
    pub async fn hold_space(&self, held: bool) -> Result<()> {
        let hand = self.hand();
        let hand = if held { hand.key_down(' ') } else { hand.key_up(' ') };
        Ok(hand.perform().await?)
    }

    /// Chooses from a menu by the text of the choice.
    pub async fn choose(&self, testid: &str, text: &str) -> Result<()> {
        const CHOOSE: &str = "const menu = document.querySelector(arguments[0]); \
             const choice = [...menu?.options ?? []].find(choice => choice.text === arguments[1]); \
             if (!choice) return [...menu?.options ?? []].map(choice => choice.text); \
             menu.value = choice.value; menu.dispatchEvent(new Event('change', { bubbles: true })); return null;";
        self.expect(&format!("chooses {text:?} from {testid}"), async || {
            let others: Option<Vec<String>> =
                self.run_for(CHOOSE, vec![json!(selector(testid)), json!(text)]).await?;
            ensure!(others.is_none(), "it is not among {others:?}");
            Ok(())
        })
        .await
    }

    /// The text of what is chosen in a menu; empty while there is none.
    pub async fn chosen(&self, testid: &str) -> Result<String> {
        let script = "return document.querySelector(arguments[0])?.selectedOptions[0]?.text ?? '';";
        self.run_for(script, vec![json!(selector(testid))]).await
    }

    /// Types at the keyboard, wherever the focus is.
    pub async fn type_text(&self, text: &str) -> Result<()> {
        Ok(self.browser.session().action_chain().send_keys(text).perform().await?)
    }

    /// The stable name of the element that has the focus, empty if it has none.
    pub async fn focus(&self) -> Result<String> {
        self.read("return document.activeElement?.dataset?.testid ?? '';").await
    }

    /// What a field holds.
    pub async fn value(&self, testid: &str) -> Result<String> {
        self.run_for(
            "return document.querySelector(arguments[0])?.value ?? '';",
            vec![json!(selector(testid))],
        )
        .await
    }

    /// Whether a toggle says that its device is on.
    pub async fn is_on(&self, toggle: &str) -> Result<bool> {
        let script = "return document.querySelector(arguments[0])?.getAttribute('aria-pressed') ?? 'gone';";
        let pressed: String = self.run_for(script, vec![json!(selector(toggle))]).await?;
        match pressed.as_str() {
            "true" => Ok(true),
            "false" => Ok(false),
            other => bail!("aria-pressed of {toggle} is {other:?}"),
        }
    }

    /// Waits until a toggle says that its device is on, or off.
    pub async fn wait_for_toggle(&self, toggle: &str, on: bool) -> Result<()> {
        self.expect(&format!("has {toggle} on: {on}"), async || {
            ensure!(self.is_on(toggle).await? == on, "it is not");
            Ok(())
        })
        .await
    }

    /// Presses each of these toggles many times, quickly and in a mixed order.
    pub async fn toggle_often(&self, toggles: &[&str], times: u32) -> Result<()> {
        self.run_async(include_str!("scripts/toggle_often.js"), vec![json!(toggles), json!(times)]).await?;
        Ok(())
    }

    /// Presses each of these toggles many times, quickly and in a mixed order, and keeps restarting ICE meanwhile.
    /// Gives the number of restarts.
    pub async fn storm(&self, toggles: &[&str], times: u32, seed: u32) -> Result<u64> {
        // Longer than WebDriver grants a script by itself.
        self.browser.session().set_script_timeout(Duration::from_mins(5)).await?;
        let arguments = vec![json!(toggles), json!(times), json!(seed)];
        let answer = self.run_async(include_str!("scripts/storm.js"), arguments).await?;
        answer["restarts"].as_u64().context("restarts are counted")
    }

    /// Waits for a condition about this person.
    pub async fn expect<T>(&self, what: &str, probe: impl AsyncFnMut() -> Result<T>) -> Result<T> {
        until(&format!("{} {what}", self.name), probe).await
    }

    /// Runs a script for its value.
    pub async fn read<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        self.run_for(script, Vec::new()).await
    }

    /// Runs a script with arguments for its value.
    pub async fn run_for<T: DeserializeOwned>(&self, script: &str, arguments: Vec<Value>) -> Result<T> {
        Ok(serde_json::from_value(self.run(script, arguments).await?)?)
    }

    /// Runs a script that ends by calling its last argument with an object; `failed` in it is an error.
    pub async fn run_async(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        let value = self.browser.session().execute_async(script, arguments).await?.json().clone();
        match value.get("failed") {
            Some(reason) => bail!("{}'s page says {reason}", self.name),
            None => Ok(value),
        }
    }

    async fn run(&self, script: &str, arguments: Vec<Value>) -> Result<Value> {
        Ok(self.browser.session().execute(script, arguments).await?.json().clone())
    }
}

/// The CSS selector of a stable name.
pub fn selector(testid: &str) -> String {
    format!("[data-testid=\"{testid}\"]")
}
