//! A short sound, to hear which speaker is in use.

use wasm_bindgen::JsCast;
use web_sys::{AudioContext, HtmlMediaElement, MediaStreamAudioDestinationNode, OscillatorNode};

use super::{
    bindings::{MediaElement, settle},
    error::BrowserError,
    page,
};

/// Two tones, a fifth apart: frequency in hertz, and from when to when in seconds.
const TONES: [(f32, f64, f64); 2] = [(523.25, 0.05, 0.3), (783.99, 0.3, 0.8)];

/// Milliseconds until all of it is heard.
const LENGTH: u32 = 1000;

/// Plays it through this device, by id; the empty one is the browser's choice.
pub async fn play(speaker: String) {
    if let Err(error) = try_to_play(&speaker).await {
        page::log(&format!("the test sound does not play: {error}"));
    }
}

async fn try_to_play(speaker: &str) -> Result<(), BrowserError> {
    let audio = AudioContext::new()?;
    let played = through(&audio, speaker).await;
    let _ = audio.close();
    played
}

async fn through(audio: &AudioContext, speaker: &str) -> Result<(), BrowserError> {
    let destination: MediaStreamAudioDestinationNode = audio.create_media_stream_destination()?;
    for (frequency, from, to) in TONES {
        let (tone, volume): (OscillatorNode, _) = (audio.create_oscillator()?, audio.create_gain()?);
        tone.frequency().set_value(frequency);
        volume.gain().set_value_at_time(0.0, 0.0)?;
        let begin = audio.current_time() + from;
        volume.gain().linear_ramp_to_value_at_time(0.25, begin + 0.03)?;
        volume.gain().linear_ramp_to_value_at_time(0.0, audio.current_time() + to)?;
        tone.connect_with_audio_node(&volume)?;
        volume.connect_with_audio_node(&destination)?;
        tone.start_with_when(begin)?;
        tone.stop_with_when(audio.current_time() + to)?;
    }
    let window = web_sys::window().and_then(|window| window.document());
    let document = window.ok_or_else(|| BrowserError::unsupported("there is no document"))?;
    let element: HtmlMediaElement = document.create_element("audio")?.unchecked_into();
    element.set_src_object(Some(&destination.stream()));
    if !speaker.is_empty() {
        let through: &MediaElement = element.unchecked_ref();
        settle(through.set_sink_id(speaker)?).await?;
    }
    settle(element.play()?).await?;
    gloo_timers::future::TimeoutFuture::new(LENGTH).await;
    element.set_src_object(None);
    Ok(())
}
