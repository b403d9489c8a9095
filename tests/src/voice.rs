//! A made-up voice: somebody who talks without an end, for browsers that take a file for their microphone.

use std::f32::consts::TAU;
use std::path::PathBuf;

use anyhow::Result;

use crate::tool;

/// Samples in a second.
const RATE: u32 = 48_000;

/// What is said before it begins again.
const SECONDS: u32 = 8;

/// Samples of a syllable, of which the last sixth is a pause.
const SYLLABLE: u32 = RATE * 18 / 100;

/// A WAVE file (RIFF, PCM of 16 bits, one channel) with that voice.
///
/// # Errors
///
/// If it cannot be written.
pub fn file() -> Result<PathBuf> {
    let path = tool::report_dir()?.join("voice.wav");
    std::fs::write(&path, wave(&samples()))?;
    Ok(path)
}

/// Syllables whose pitch goes up and down, each rising and fading: what a noise suppressor takes for speech.
fn samples() -> Vec<i16> {
    let mut phase = 0.0_f32;
    let mut samples = Vec::new();
    for at in 0..RATE * SECONDS {
        let (syllable, within) = (at / SYLLABLE, at % SYLLABLE);
        let pitch = [140, 190, 165, 230, 150, 205, 120][syllable as usize % 7];
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let (pitch, share) = (pitch as f32, within as f32 / SYLLABLE as f32);
        #[expect(clippy::cast_precision_loss, reason = "a small number")]
        let step = TAU * pitch / RATE as f32;
        phase = (phase + step) % TAU;
        let loudness = if share > 0.83 { 0.0 } else { (share / 0.83 * TAU / 2.0).sin() };
        let tone =
            phase.sin() + 0.6 * (2.0 * phase).sin() + 0.4 * (3.0 * phase).sin() + 0.3 * (7.0 * phase).sin();
        #[expect(clippy::cast_possible_truncation, reason = "below 1")]
        samples.push((tone * loudness * 9000.0) as i16);
    }
    samples
}

fn wave(samples: &[i16]) -> Vec<u8> {
    let length = u32::try_from(2 * samples.len()).unwrap_or(u32::MAX);
    let mut file = Vec::new();
    file.extend(b"RIFF");
    file.extend((36 + length).to_le_bytes());
    file.extend(b"WAVEfmt ");
    file.extend(16_u32.to_le_bytes());
    for word in [1_u16, 1] {
        file.extend(word.to_le_bytes());
    }
    file.extend(RATE.to_le_bytes());
    file.extend((2 * RATE).to_le_bytes());
    for word in [2_u16, 16] {
        file.extend(word.to_le_bytes());
    }
    file.extend(b"data");
    file.extend(length.to_le_bytes());
    file.extend(samples.iter().flat_map(|sample| sample.to_le_bytes()));
    file
}
