//! What really arrives: decoded frames and audible sound, from the statistics of the recorded peer connections.

use std::collections::BTreeMap;
use std::time::Instant;

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::person::Person;

/// What shall arrive over every link.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Expect {
    /// Decoded frames grow.
    pub video: bool,
    /// Audio energy grows.
    pub audio: bool,
}

impl Expect {
    /// Picture and sound.
    pub const BOTH: Self = Self { video: true, audio: true };
    /// A picture, no sound asked for.
    pub const VIDEO: Self = Self { video: true, audio: false };
    /// Sound, no picture asked for.
    pub const AUDIO: Self = Self { video: false, audio: true };
}

/// What one peer connection has received so far.
#[derive(Debug, Clone, Copy, PartialEq, Deserialize)]
pub struct Received {
    /// Its place among all that the page has made.
    pub index: usize,
    /// Decoded video frames.
    pub frames: u64,
    /// The sum of `totalAudioEnergy`.
    pub energy: f64,
    /// The sum of `totalSamplesReceived`.
    pub samples: u64,
    /// The sum of `concealedSamples`: of those, what was made up because it had not come in time.
    pub concealed: u64,
}

/// How picture and sound have come for a while, over all connections.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quality {
    /// Decoded frames in a second.
    pub frames: f64,
    /// The share of the sound that was made up.
    pub concealed: f64,
}

/// A measurement of [`Quality`] that has begun.
#[derive(Debug)]
pub struct Listening {
    since: Instant,
    before: Vec<Received>,
}

#[derive(Deserialize)]
struct Link {
    state: String,
    #[serde(flatten)]
    received: Received,
}

#[derive(Deserialize)]
struct Links {
    links: Vec<Link>,
}

/// So many more frames are a flowing video, not a single picture that got through.
const MORE_FRAMES: u64 = 5;

impl Person {
    /// Begins to measure how picture and sound come.
    pub async fn listen(&self) -> Result<Listening> {
        let before = self.links().await?.into_iter().map(|link| link.received).collect();
        Ok(Listening { since: Instant::now(), before })
    }

    /// How they have come since it began. Connections that were made or closed meanwhile do not count.
    pub async fn heard(&self, listening: &Listening) -> Result<Quality> {
        let now: Vec<Received> = self.links().await?.into_iter().map(|link| link.received).collect();
        let seconds = listening.since.elapsed().as_secs_f64();
        let both = listening
            .before
            .iter()
            .filter_map(|before| Some((before, now.iter().find(|received| received.index == before.index)?)));
        let (mut frames, mut samples, mut concealed) = (0, 0, 0);
        for (before, now) in both {
            frames += now.frames.saturating_sub(before.frames);
            samples += now.samples.saturating_sub(before.samples);
            concealed += now.concealed.saturating_sub(before.concealed);
        }
        #[expect(clippy::cast_precision_loss, reason = "counts of some seconds")]
        let quality =
            Quality { frames: frames as f64 / seconds, concealed: concealed as f64 / samples.max(1) as f64 };
        Ok(quality)
    }

    /// Waits until exactly `others` peer connections are open and over each of them more and more arrives.
    pub async fn wait_for_media(&self, others: usize, expect: Expect) -> Result<()> {
        let mut first: BTreeMap<usize, Received> = BTreeMap::new();
        self.expect(&format!("receives media from {others}: {expect:?}"), async || {
            let links = self.links().await?;
            ensure!(links.len() == others, "{} peer connections are open", links.len());
            for Link { state, received } in links {
                ensure!(state == "connected", "peer connection {} is {state}", received.index);
                let before = first.entry(received.index).or_insert(received);
                let frames = !expect.video || received.frames >= before.frames + MORE_FRAMES;
                let sound =
                    !expect.audio || (received.energy > before.energy && received.samples > before.samples);
                ensure!(frames && sound, "from {before:?} to {received:?}");
            }
            Ok(())
        })
        .await
    }

    /// Waits until over at least `speakers` of the open peer connections sound is heard.
    pub async fn wait_for_voices(&self, speakers: usize) -> Result<()> {
        let mut first: BTreeMap<usize, Received> = BTreeMap::new();
        self.expect(&format!("hears {speakers} people"), async || {
            let mut heard = 0;
            for Link { received, .. } in self.links().await? {
                let before = first.entry(received.index).or_insert(received);
                heard += usize::from(received.energy > before.energy);
            }
            ensure!(heard >= speakers, "{heard} are heard");
            Ok(())
        })
        .await
    }

    /// Waits until the open peer connections receive no sound but silence between two looks a second apart.
    pub async fn wait_for_silence(&self) -> Result<()> {
        let mut before: Vec<Received> = Vec::new();
        self.expect("hears nothing", async || {
            let now: Vec<Received> = self.links().await?.into_iter().map(|link| link.received).collect();
            // Two seconds of samples hold at least one beep of a fake microphone.
            let listened =
                |(a, b): (&Received, &Received)| b.samples >= a.samples + 96_000 || b.samples == a.samples;
            let enough = before.len() == now.len() && before.iter().zip(&now).all(listened);
            let silent = before.iter().zip(&now).all(|(a, b)| b.energy - a.energy < 1e-6);
            let seen = format!("from {before:?} to {now:?}");
            if enough && silent && !now.is_empty() {
                return Ok(());
            }
            if before.len() != now.len() || !silent {
                before = now;
            }
            anyhow::bail!(seen)
        })
        .await
    }

    /// How many of the device tracks the page ever got are still live, by kind (`audio`, `video`).
    pub async fn live_tracks(&self, kind: &str) -> Result<usize> {
        let script = "return window.__recorded.tracks.filter(t => t.kind === arguments[0] && t.readyState === 'live').length;";
        self.run_for(script, vec![kind.into()]).await
    }

    /// Waits until the page holds this many live device tracks of a kind.
    pub async fn wait_for_live_tracks(&self, kind: &str, wanted: usize) -> Result<()> {
        self.expect(&format!("holds {wanted} live {kind} tracks"), async || {
            let live = self.live_tracks(kind).await?;
            ensure!(live == wanted, "{live} are live");
            Ok(())
        })
        .await
    }

    /// How many peer connections the page has ever made.
    pub async fn connections_made(&self) -> Result<usize> {
        self.read("return window.__recorded.peers.length;").await
    }

    /// Waits until this many peer connections are open.
    pub async fn wait_for_connections(&self, wanted: usize) -> Result<()> {
        self.expect(&format!("has {wanted} open peer connections"), async || {
            let open = self.links().await?.len();
            ensure!(open == wanted, "{open} are open");
            Ok(())
        })
        .await
    }

    async fn links(&self) -> Result<Vec<Link>> {
        let value = self.run_async(include_str!("scripts/links.js"), Vec::new()).await?;
        Ok(serde_json::from_value::<Links>(value)?.links)
    }
}
