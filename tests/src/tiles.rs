//! What the tiles of a call show.

use anyhow::{Context as _, Result, ensure};
use serde::Deserialize;

use crate::person::Person;

/// One tile, as read from the page at one moment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tile {
    /// The peer's id.
    pub peer: String,
    /// The name it stands for.
    pub name: String,
    /// Whether it is one's own.
    pub own: bool,
    /// `connecting`, `connected`, `interrupted` or `failed`; one's own may have none.
    pub link: String,
    /// `on` or `off`.
    pub audio: String,
    /// `on` or `off`.
    pub video: String,
    /// Its visible text.
    pub text: String,
    /// The names of all elements within.
    pub elements: Vec<String>,
    /// Whether its video has a picture and is not paused.
    pub playing: bool,
    /// How many frames it has presented since it was first looked at.
    pub frames: u64,
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
}

impl Person {
    /// All tiles.
    pub async fn tiles(&self) -> Result<Vec<Tile>> {
        self.read(include_str!("scripts/tiles.js")).await
    }

    /// Waits until exactly these others are shown, connected.
    pub async fn wait_for_others(&self, names: &[&str]) -> Result<()> {
        let mut wanted = names.to_vec();
        wanted.sort_unstable();
        self.expect(&format!("sees {wanted:?} connected"), async || {
            let tiles = self.tiles().await?;
            let others = || tiles.iter().filter(|tile| !tile.own);
            let mut shown: Vec<&str> = others().map(|tile| tile.name.as_str()).collect();
            shown.sort_unstable();
            let connected = others().all(|tile| tile.link == "connected");
            ensure!(shown == wanted && connected, "the tiles are {}", summary(&tiles));
            Ok(())
        })
        .await
    }

    /// Waits until the tile of this name says that the link is in this state.
    pub async fn wait_for_link(&self, name: &str, link: &str) -> Result<Tile> {
        self.wait_for_tile(name, &format!("is {link}"), |tile| tile.link == link).await
    }

    /// Waits until the tile of this name is as wanted, and gives it.
    pub async fn wait_for_tile(
        &self,
        name: &str,
        what: &str,
        wanted: impl Fn(&Tile) -> bool,
    ) -> Result<Tile> {
        self.expect(&format!("sees that {name} {what}"), async || {
            let tiles = self.tiles().await?;
            let found = tiles.iter().find(|tile| tile.name == name && wanted(tile));
            found.cloned().with_context(|| format!("the tiles are {}", summary(&tiles)))
        })
        .await
    }
}

fn summary(tiles: &[Tile]) -> String {
    let parts: Vec<String> = tiles
        .iter()
        .map(|Tile { name, own, link, audio, video, playing, .. }| {
            let own = if *own { " (own)" } else { "" };
            format!("{name:?}{own} {link} audio {audio} video {video} playing {playing}")
        })
        .collect();
    format!("[{}]", parts.join("; "))
}
