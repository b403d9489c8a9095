//! Whether what the page says has room on it, in windows of several sizes.

use anyhow::{Result, ensure};

use crate::person::Person;

/// Width and height of a desktop's window, a phone's, and the narrowest that the page is for. Firefox makes none that narrow.
const WINDOWS: [(u32, u32); 3] = [(1280, 800), (390, 844), (320, 568)];

impl Person {
    /// Nothing is wider than the page, and no words are cut, in any window.
    ///
    /// # Errors
    ///
    /// What has no room.
    pub async fn find_page_fits(&self, page: &str) -> Result<()> {
        for window in WINDOWS {
            self.browser().resize(window).await?;
            self.stir().await?;
            self.expect(&format!("has room for the {page} at {window:?}"), async || {
                let problems: Vec<String> = self.read(include_str!("scripts/fit.js")).await?;
                ensure!(problems.is_empty(), "{problems:#?}");
                Ok(())
            })
            .await?;
        }
        self.browser().resize(self.setup().viewport).await
    }
}
