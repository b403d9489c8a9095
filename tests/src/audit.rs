//! Whether everybody can use a page, as far as a program can tell: axe-core looks at it.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;
use serde_json::json;

use crate::person::Person;

/// A rule that is broken.
#[derive(Debug, Clone, Deserialize)]
pub struct Finding {
    /// Its name with axe-core.
    pub rule: String,
    /// How bad that is: minor, moderate, serious or critical.
    pub impact: String,
    /// What it asks for.
    pub help: String,
    /// CSS selectors of the elements.
    pub places: Vec<String>,
}

impl Person {
    /// Nothing that is serious is wrong with the page in light and in dark. Chromium only.
    ///
    /// # Errors
    ///
    /// What is, and where.
    pub async fn find_page_accessible(&self, page: &str) -> Result<()> {
        for scheme in ["light", "dark"] {
            // While something fades in or out it has not the colours that it is read in.
            let features = json!({"features": [
                {"name": "prefers-color-scheme", "value": scheme},
                {"name": "prefers-reduced-motion", "value": "reduce"},
            ]});
            self.browser().command("Emulation.setEmulatedMedia", features).await?;
            let findings = self.audit().await?;
            let bad: Vec<&Finding> =
                findings.iter().filter(|found| !["minor", "moderate"].contains(&&*found.impact)).collect();
            ensure!(bad.is_empty(), "{}'s {page} in {scheme}: {bad:#?}", self.name());
        }
        Ok(())
    }

    /// What axe-core finds on the page as it is now.
    async fn audit(&self) -> Result<Vec<Finding>> {
        let path = std::env::var_os("VISAVIS_AXE")
            .context("VISAVIS_AXE names no axe-core; run the tests by `cargo xtask test e2e`")?;
        let axe = std::fs::read_to_string(path).context("reading axe-core")?;
        let mut answer =
            self.run_async(&format!("{axe}\n{}", include_str!("scripts/audit.js")), Vec::new()).await?;
        Ok(serde_json::from_value(answer["findings"].take())?)
    }
}
