//! How loud everyone is.

use gloo_events::EventListener;
use visavis_call::StreamId;
use web_sys::{AnalyserNode, AudioContext, AudioContextState, MediaStream, MediaStreamAudioSourceNode};

use super::error::BrowserError;

/// How loud everyone is, from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    own: f32,
    remote: Vec<(StreamId, f32)>,
}

impl Levels {
    /// The levels of these amplitudes: our microphone's and those of the remote streams.
    pub fn new(own: f32, remote: impl Iterator<Item = (StreamId, f32)>) -> Self {
        Self { own: loudness(own), remote: remote.map(|(id, amplitude)| (id, loudness(amplitude))).collect() }
    }

    /// The user's own microphone.
    pub fn own(&self) -> f32 {
        self.own
    }

    /// A remote stream's loudness; 0 for any other.
    pub fn of(&self, stream: &StreamId) -> f32 {
        self.remote.iter().find(|(id, _)| id == stream).map_or(0.0, |(_, loudness)| *loudness)
    }
}

/// About as loud as it sounds, in twentieths: a silent room changes nothing.
fn loudness(amplitude: f32) -> f32 {
    ((amplitude.sqrt() * 1.4).min(1.0) * 20.0).round() / 20.0
}

/// Measures our own microphone. There is one audio context; it exists from the first microphone on.
#[derive(Debug, Default)]
pub struct Meter {
    context: Option<Context>,
    source: Option<Source>,
}

#[derive(Debug)]
struct Context {
    audio: AudioContext,
    analyser: AnalyserNode,
    _gestures: [EventListener; 2],
}

#[derive(Debug)]
struct Source(MediaStreamAudioSourceNode);

impl Meter {
    /// Measures this stream from now on, or none.
    pub fn measure(&mut self, stream: Option<&MediaStream>) -> Result<(), BrowserError> {
        self.source = None;
        let Some(stream) = stream else { return Ok(()) };
        if self.context.is_none() {
            self.context = Some(Context::new()?);
        }
        if let Some(Context { audio, analyser, .. }) = &self.context {
            let source = Source(audio.create_media_stream_source(stream)?);
            source.0.connect_with_audio_node(analyser)?;
            self.source = Some(source);
        }
        Ok(())
    }

    /// Whether it measures something: browsers start it only after the user did something on the page.
    pub fn is_running(&self) -> bool {
        let runs = |context: &Context| context.audio.state() == AudioContextState::Running;
        self.source.is_some() && self.context.as_ref().is_some_and(runs)
    }

    /// The amplitude of the last moment (root mean square).
    pub fn amplitude(&self) -> f32 {
        let (Some(context), Some(_)) = (&self.context, &self.source) else { return 0.0 };
        let mut samples = [0.0_f32; 1024];
        context.analyser.get_float_time_domain_data(&mut samples);
        let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
        (energy / 1024.0).sqrt()
    }
}

impl Context {
    fn new() -> Result<Self, BrowserError> {
        let audio = AudioContext::new()?;
        let analyser = audio.create_analyser()?;
        analyser.set_fft_size(1024);
        let window = web_sys::window().ok_or_else(|| BrowserError::unsupported("there is no window"))?;
        let listen = |event| {
            let audio = audio.clone();
            EventListener::new(&window, event, move |_| {
                // Browsers start it only after the user did something on the page.
                // WebKit interrupts one for a phone call, which is a state of its own.
                if audio.state() != AudioContextState::Running {
                    let _ = audio.resume();
                }
            })
        };
        let gestures = [listen("click"), listen("keydown")];
        Ok(Self { audio, analyser, _gestures: gestures })
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        let _ = self.audio.close();
    }
}

impl Drop for Source {
    fn drop(&mut self) {
        let _ = self.0.disconnect();
    }
}
