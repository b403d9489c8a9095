//! Files that people give each other: whoever has one can be asked whether it is whole.

use std::collections::BTreeMap;
use std::path::Path;

use anyhow::{Context as _, Result, ensure};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::person::Person;

const FILES: &str = include_str!("scripts/files.js");

/// A file whose content is told by a seed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TestFile {
    /// Its name.
    pub name: String,
    /// Its content.
    pub seed: u32,
    /// Bytes.
    pub size: u64,
    /// Its media type.
    #[serde(rename = "type")]
    pub kind: &'static str,
}

impl TestFile {
    /// One of no particular type.
    pub fn new(name: &str, seed: u32, size: u64) -> Self {
        Self { name: name.to_owned(), seed, size, kind: "application/octet-stream" }
    }
}

/// A card of a file, as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Card {
    /// The name of the file.
    pub name: String,
    /// Who offers it.
    pub from: String,
    /// They do themselves.
    pub own: bool,
    /// It is for one alone.
    pub private: bool,
    /// How it does.
    pub state: String,
    /// What is said of that.
    pub words: String,
    /// Bytes that are there.
    pub bytes: u64,
    /// Who takes it, and how far that is.
    pub takers: Vec<String>,
}

impl Person {
    async fn files(&self, what: &str, given: Vec<Value>) -> Result<Value> {
        let arguments = [vec![json!(what)], given].concat();
        self.run_async(FILES, arguments).await
    }

    /// Opens the panel with messages and files.
    pub async fn open_panel(&self) -> Result<()> {
        self.click("open-chat").await?;
        self.expect("sees the panel", async || {
            let open: bool =
                self.read("return !!document.querySelector('[data-testid=\"file-input\"]');").await?;
            ensure!(open, "it is closed");
            Ok(())
        })
        .await
    }

    /// Gives files to whom the panel says, as if they were chosen in the browser's dialogue.
    pub async fn give(&self, files: &[TestFile]) -> Result<()> {
        self.files("give", vec![json!(files)]).await.map(drop)
    }

    /// Drops files onto the page.
    pub async fn drop_files(&self, files: &[TestFile]) -> Result<()> {
        self.files("drop", vec![json!(files)]).await.map(drop)
    }

    /// Drops what lies on the machine's disk onto the page, as somebody drags it there out of a window of folders.
    /// Chromium only.
    pub async fn drop_from_disk(&self, paths: &[&Path]) -> Result<()> {
        let data = json!({"items": [], "files": paths, "dragOperationsMask": 1});
        for step in ["dragEnter", "dragOver", "drop"] {
            let event = json!({"type": step, "x": 200, "y": 200, "data": data});
            self.browser().command("Input.dispatchDragEvent", event).await?;
        }
        Ok(())
    }

    /// Lets the page store no more than this, in bytes. Chromium only.
    pub async fn limit_storage(&self, most: u64) -> Result<()> {
        let origin: String = self.read("return location.origin;").await?;
        let quota = json!({"origin": origin, "quotaSize": most});
        self.browser().command("Storage.overrideQuotaForOrigin", quota).await.map(drop)
    }

    /// The bytes that the page may still store, as the browser tells it.
    pub async fn storage_told(&self) -> Result<u64> {
        let script = "navigator.storage.estimate().then(told => arguments[0](told.quota - told.usage));";
        Ok(serde_json::from_value(self.run_async(script, Vec::new()).await?)?)
    }

    /// Pastes files into the page.
    pub async fn paste_files(&self, files: &[TestFile]) -> Result<()> {
        self.files("paste", vec![json!(files)]).await.map(drop)
    }

    /// All cards of files.
    pub async fn cards(&self) -> Result<Vec<Card>> {
        let answer = self.files("cards", Vec::new()).await?;
        Ok(serde_json::from_value(answer["cards"].clone())?)
    }

    /// The card of a file.
    pub async fn card(&self, name: &str) -> Result<Card> {
        let cards = self.cards().await?;
        let found = cards.iter().find(|card| card.name == name);
        found.cloned().with_context(|| format!("there is no {name:?} among {cards:?}"))
    }

    /// Waits until the card of a file is as wanted.
    pub async fn wait_for_card(&self, name: &str, what: &str, fits: impl Fn(&Card) -> bool) -> Result<Card> {
        self.expect(&format!("sees that {name:?} {what}"), async || {
            let card = self.card(name).await?;
            ensure!(fits(&card), "it is {card:?}");
            Ok(card)
        })
        .await
    }

    /// Waits until a file is in this state.
    pub async fn wait_for_file(&self, name: &str, state: &str) -> Result<Card> {
        self.wait_for_card(name, state, |card| card.state == state).await
    }

    /// Presses a button of a file's card, once it is there.
    pub async fn press_on(&self, name: &str, button: &str) -> Result<()> {
        self.expect(&format!("presses {button} of {name:?}"), async || {
            let answer = self.files("press", vec![json!(name), json!(button)]).await?;
            ensure!(answer["pressed"] == json!(true), "there is no such button: {:?}", self.cards().await?);
            Ok(())
        })
        .await
    }

    /// From now on what they save can be looked at with [`Person::has_saved`].
    pub async fn catch_saved(&self) -> Result<()> {
        self.files("catch", Vec::new()).await.map(drop)
    }

    /// From now on they save where there is no more room than the page itself may have ([`Person::limit_storage`]).
    pub async fn save_within_limit(&self) -> Result<()> {
        self.files("place", Vec::new()).await.map(drop)
    }

    /// From now on Chromium does not get what is at addresses like these (`*` is anything), but for those it has.
    pub async fn block(&self, addresses: &[&str]) -> Result<()> {
        self.browser().command("Network.enable", json!({})).await?;
        // A service worker would answer with what it has kept.
        let bypass = json!({"bypass": !addresses.is_empty()});
        self.browser().command("Network.setBypassServiceWorker", bypass).await?;
        self.browser().command("Network.setBlockedURLs", json!({"urls": addresses})).await.map(drop)
    }

    /// From now on they choose the same folder whenever they are asked for one; it has these files, by name and text.
    pub async fn choose_folder(&self, files: &[(&str, &str)]) -> Result<()> {
        self.files("choose", vec![json!(files)]).await.map(drop)
    }

    /// What that folder has, by name and text.
    pub async fn chosen_folder(&self) -> Result<BTreeMap<String, String>> {
        Ok(serde_json::from_value(self.files("chosen", Vec::new()).await?["files"].take())?)
    }

    /// From now on [`Person::given_channels`] counts.
    pub async fn count_given_channels(&self) -> Result<()> {
        self.files("count", Vec::new()).await.map(drop)
    }

    /// The script of the page's next Worker does not come, as while the server is away.
    pub async fn lose_worker(&self) -> Result<()> {
        self.files("lose", Vec::new()).await.map(drop)
    }

    /// How many channels their page has given to its Worker.
    pub async fn given_channels(&self) -> Result<u64> {
        self.files("given", Vec::new()).await?["channels"].as_u64().context("channels are counted")
    }

    /// Saves a file and compares it with what was given, byte by byte.
    pub async fn has_saved(&self, file: &TestFile) -> Result<()> {
        self.press_on(&file.name, "file-save").await?;
        self.expect(&format!("has saved {:?}", file.name), async || {
            let given = vec![json!(file.name), json!(file.seed), json!(file.size)];
            let answer = self.files("saved", given).await?;
            ensure!(answer["wrong"].is_null(), "{}", answer["wrong"]);
            Ok(())
        })
        .await
    }

    /// From now on [`Person::say_of_files`] can speak in place of the page; to be called before it has channels.
    pub async fn tap_channels(&self) -> Result<()> {
        self.files("tap", Vec::new()).await.map(drop)
    }

    /// Says what no page of ours would say of files.
    pub async fn say_of_files(&self, words: &[String]) -> Result<()> {
        self.files("say", vec![json!(words)]).await.map(drop)
    }

    /// Sends texts and numbers of bytes over a channel of this label, as if they were blocks of a file.
    pub async fn stream(&self, label: &str, messages: &[Value]) -> Result<()> {
        self.files("stream", vec![json!(label), json!(messages)]).await.map(drop)
    }

    /// Bytes that the page has sent over each of its connections, media and all, in the order in which it made them.
    pub async fn sent_bytes(&self) -> Result<Vec<u64>> {
        let answer = self.files("sent", Vec::new()).await?;
        serde_json::from_value(answer["bytes"].clone()).context("bytes are counted")
    }

    /// The names of what the page has on its private disk.
    pub async fn drawers(&self) -> Result<Vec<String>> {
        let answer = self.files("drawers", Vec::new()).await?;
        Ok(serde_json::from_value(answer["names"].clone())?)
    }
}
