//! What is sent of our picture, and how large others are shown.

use std::time::{Duration, Instant};

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::person::Person;
use crate::wait::{PATIENCE, until_within};

/// What one peer connection has sent of the camera so far.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
pub struct SentPicture {
    /// Frames encoded.
    pub frames: u64,
    /// Of the last frame, in pixels.
    pub width: u32,
    /// Whether somebody watches over the link: its sender keeps to a limit.
    pub is_limited: bool,
}

impl Person {
    /// What is sent over the only open connection of the camera's picture.
    pub async fn sent_picture(&self) -> Result<SentPicture> {
        let value = self.run_async(include_str!("scripts/sent_picture.js"), Vec::new()).await?;
        Ok(serde_json::from_value(value)?)
    }

    /// Waits until somebody watches over the link.
    pub async fn wait_for_watch(&self) -> Result<()> {
        self.expect("keeps to a limit", async || {
            ensure!(self.sent_picture().await?.is_limited, "it knows no limit");
            Ok(())
        })
        .await
    }

    /// Waits until no frame is encoded between two looks that are as many seconds apart.
    pub async fn wait_for_rest(&self, seconds: u64) -> Result<()> {
        let mut since = (Instant::now(), u64::MAX);
        self.expect(&format!("encodes nothing for {seconds} s"), async || {
            let now = self.sent_picture().await?.frames;
            if now != since.1 {
                since = (Instant::now(), now);
            }
            ensure!(since.0.elapsed().as_secs() >= seconds, "{now} frames are encoded");
            Ok(())
        })
        .await
    }

    /// Waits until more frames are encoded.
    pub async fn wait_for_frames_sent(&self) -> Result<SentPicture> {
        self.wait_for_frames_within(PATIENCE).await
    }

    /// The same, for so long at most.
    pub async fn wait_for_frames_within(&self, patience: Duration) -> Result<SentPicture> {
        let before = self.sent_picture().await?.frames;
        until_within(patience, &format!("{} encodes frames", self.name()), async || {
            let now = self.sent_picture().await?;
            ensure!(now.frames > before + 5, "{before} and now {} frames are encoded", now.frames);
            Ok(now)
        })
        .await
    }

    /// Waits until the width of the picture that is sent is as wanted.
    pub async fn wait_for_sent_width(&self, what: &str, wanted: impl Fn(u32) -> bool) -> Result<()> {
        self.expect(&format!("sends a picture that is {what}"), async || {
            let SentPicture { width, .. } = self.sent_picture().await?;
            ensure!(wanted(width), "it is {width} wide");
            Ok(())
        })
        .await
    }

    /// Styles the tile of somebody else, past the page's own rules.
    pub async fn style_tile(&self, name: &str, property: &str, value: &str) -> Result<()> {
        let script = "const [name, property, value] = arguments;\
            document.querySelector(`[data-testid=tile][data-name=\"${name}\"]`).style.setProperty(property, value, 'important');";
        self.run_for(script, vec![name.into(), property.into(), value.into()]).await
    }
}
