//! What a scene leaves for people to look at: screenshots, and a report of the page when it fails.

use std::fmt::Write as _;

use anyhow::{Context as _, Result};

use crate::person::Person;
use crate::tool;

/// So many lines of its log tell what a page did last.
const LAST_LINES: usize = 20;

#[expect(clippy::print_stdout, reason = "who has only the output of a run sees it there, as that of a test")]
pub(crate) fn tell(text: &str) {
    println!("{text}");
}

/// Removes what earlier runs of a scene have left, which would tell of another time.
pub fn discard(scene: &str) -> Result<()> {
    let prefix = format!("{scene}-");
    for entry in std::fs::read_dir(tool::report_dir()?)? {
        let entry = entry?;
        if entry.file_name().to_string_lossy().starts_with(&prefix) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

impl Person {
    /// Saves what the page looks like now, at rest and with its controls, as `target/e2e/<name>.png`.
    pub async fn screenshot(&self, name: &str) -> Result<()> {
        self.stir().await?;
        self.run_async(include_str!("scripts/at_rest.js"), Vec::new()).await?;
        self.picture(name).await
    }

    /// Saves picture, HTML and console of the page as `target/e2e/<name>.png`, `.html` and `.log`. As the page may be
    /// broken, each is tried on its own and what fails is written down instead. How its connections do, and what it did last,
    /// is printed as well, for whoever has only the output.
    pub async fn report(&self, name: &str) -> Result<()> {
        let folder = tool::report_dir()?;
        let mut log = self.complaints().await;
        match self.run_async(include_str!("scripts/peers.js"), Vec::new()).await {
            Ok(peers) => {
                let lines =
                    peers["lines"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str);
                let open = lines.filter(|line| !line.contains("connection closed"));
                log.extend(open.map(|line| format!("{line}\n")));
            }
            Err(error) => writeln!(log, "no peers: {error:#}")?,
        }
        match self.log().await {
            Ok(lines) => {
                let last = lines.len().saturating_sub(LAST_LINES);
                let line = |(at, line): &(_, String)| format!("{at:?} {line}\n");
                let last: String = lines[last..].iter().map(line).collect();
                tell(&format!("{}'s page:\n{log}{last}", self.name()));
                log.extend(lines.iter().map(line));
            }
            Err(error) => writeln!(log, "no log: {error:#}")?,
        }
        if let Err(error) = self.picture(name).await {
            writeln!(log, "no picture: {error:#}")?;
        }
        match self.browser().session().source().await {
            Ok(html) => std::fs::write(folder.join(format!("{name}.html")), html)?,
            Err(error) => writeln!(log, "no page: {error}")?,
        }
        std::fs::write(folder.join(format!("{name}.log")), log)?;
        Ok(())
    }

    /// Saves the page as at `name` in a desktop's and in a phone's size: `<name>-1280x800.png`, `<name>-390x844.png`.
    pub async fn screenshots(&self, name: &str) -> Result<()> {
        const PHONE: (u32, u32) = (390, 844);
        let desktop = self.setup().viewport;
        self.screenshot(&format!("{name}-{}x{}", desktop.0, desktop.1)).await?;
        self.browser().resize(PHONE).await?;
        self.screenshot(&format!("{name}-{}x{}", PHONE.0, PHONE.1)).await?;
        self.browser().resize(desktop).await
    }

    /// Uncaught errors, panics and violations of the page's own policy since it has instruments.
    pub async fn faults(&self) -> Vec<String> {
        let is_fault = |line: &String| {
            let fault =
                ["uncaught: ", "unhandled rejection: ", "policy: "].iter().any(|kind| line.starts_with(kind));
            fault || line.contains("panicked at")
        };
        // A closed tab has nothing to say.
        let lines: Vec<String> = self.recorded_complaints().await.unwrap_or_default();
        lines.into_iter().filter(is_fault).collect()
    }

    /// What the peer connections of the page refused to do in the state they were in, and what the console says of it.
    pub async fn wrong_states(&self) -> Result<Vec<String>> {
        let is_one = |line: &String| line.contains("InvalidStateError") || line.contains("wrong state");
        Ok(self.recorded_complaints().await?.into_iter().filter(is_one).collect())
    }

    /// What the peer connections of the page refused to do, for whatever reason.
    pub async fn refusals(&self) -> Result<Vec<String>> {
        let lines = self.recorded_complaints().await?.into_iter();
        Ok(lines.filter(|line| line.starts_with("refused: ")).collect())
    }

    async fn recorded_complaints(&self) -> Result<Vec<String>> {
        self.read("return window.__recorded?.complaints ?? [];").await
    }

    /// What the page complained of since it has instruments, and Chromium's own console log.
    async fn complaints(&self) -> String {
        let recorded = self.recorded_complaints().await;
        let mut lines = recorded.unwrap_or_else(|error| vec![format!("no complaints: {error:#}")]);
        if let Ok(entries) = self.browser().session().browser_log().await {
            lines.extend(entries.into_iter().map(|entry| format!("{} {}", entry.level, entry.message)));
        }
        lines.into_iter().map(|line| line + "\n").collect()
    }

    /// Saves what the page looks like at this moment, as `target/e2e/<name>.png`.
    pub async fn picture(&self, name: &str) -> Result<()> {
        let path = tool::report_dir()?.join(format!("{name}.png"));
        self.browser().session().screenshot(&path).await.with_context(|| format!("{}'s picture", self.name()))
    }
}
