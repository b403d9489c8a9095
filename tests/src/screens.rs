//! The screens that people show each other.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::person::Person;

/// A screen on the stage, as read from the page at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Screen {
    /// Whose, by name.
    pub name: String,
    /// Frames presented since it was first looked at.
    pub frames: u64,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
}

impl Person {
    /// All screens that are shown to them.
    pub async fn screens(&self) -> Result<Vec<Screen>> {
        self.read(include_str!("scripts/screens.js")).await
    }

    /// Waits until the screens of exactly these people are shown, each with moving pictures.
    pub async fn wait_for_screens(&self, names: &[&str]) -> Result<()> {
        let mut before: Vec<Screen> = Vec::new();
        self.expect(&format!("sees the screens of {names:?}"), async || {
            let now = self.screens().await?;
            let mut shown: Vec<&str> = now.iter().map(|screen| screen.name.as_str()).collect();
            shown.sort_unstable();
            ensure!(shown == names, "the screens are {now:?}");
            if before.len() != now.len() {
                before.clone_from(&now);
            }
            let grow = before.iter().zip(&now).all(|(before, now)| now.frames >= before.frames + 5);
            ensure!(grow, "the screens were {before:?} and are {now:?}");
            Ok(())
        })
        .await
    }

    /// From now on their browser has a made-up screen and does not ask; for those that have none, or no one to click.
    pub async fn give_screen(&self) -> Result<()> {
        self.read(include_str!("scripts/made_up_screen.js")).await
    }
}
