//! The media streams that the view names by id, and the elements that play them.
//!
//! [`Streams`] is a `Copy` handle that lives as long as the component that made it. It does not know whose streams
//! they are.

use gloo_events::EventListener;
use js_sys::{Function, Promise};
use leptos::prelude::*;
use visavis_call::StreamId;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{HtmlMediaElement, HtmlVideoElement, MediaStream};

use super::{
    bindings::{MediaElement, Video, settle},
    error::BrowserError,
    page, same,
};

const FIRST_REMOTE_FRAME: &str = "visavis:first-remote-frame";

/// The streams of one call.
#[derive(Debug, Clone, Copy)]
pub struct Streams {
    held: StoredValue<Held, LocalStorage>,
    autoplay_blocked: RwSignal<bool>,
}

#[derive(Debug, Default)]
struct Held {
    streams: Vec<(StreamId, MediaStream)>,
    /// Elements that play what others send.
    playing: Vec<HtmlMediaElement>,
    /// Through which device, by id; empty for the browser's choice.
    speaker: String,
    /// Elements that may not play their sound before the user does something.
    silenced: Vec<HtmlMediaElement>,
    gestures: Vec<EventListener>,
    /// Set from joining until the first remote frame is seen.
    first_frame: Option<Vec<FrameWatch>>,
}

impl Held {
    fn stream(&self, id: &StreamId) -> Option<MediaStream> {
        self.streams.iter().find(|(of, _)| of == id).map(|(_, stream)| same(stream))
    }
}

impl Streams {
    /// An empty registry, which lives as long as the calling component.
    pub fn new() -> Self {
        Self { held: StoredValue::new_local(Held::default()), autoplay_blocked: RwSignal::new(false) }
    }

    /// Whether the browser waits for a click or a key before it plays sound.
    pub fn autoplay_blocked(&self) -> ReadSignal<bool> {
        self.autoplay_blocked.read_only()
    }

    /// Lets an element show and play a stream, or nothing; the user's own makes no sound. An element that has this
    /// stream already is left alone. Call it from an `Effect` that reads the element's `NodeRef` and the stream's id:
    /// a stream is here before its id is in the view.
    pub fn attach(&self, video: &HtmlVideoElement, stream: Option<&StreamId>) {
        let wanted = stream.and_then(|id| self.held.try_with_value(|held| held.stream(id)).flatten());
        if video.src_object() == wanted {
            return;
        }
        video.set_src_object(wanted.as_ref());
        let is_remote = matches!(stream, Some(StreamId::Remote(..) | StreamId::Screen(..)));
        self.held.try_update_value(|held| {
            held.playing.retain(|playing| playing != &**video);
            if is_remote && wanted.is_some() {
                held.playing.push(HtmlMediaElement::clone(video));
                if !held.speaker.is_empty() {
                    play_through(video, held.speaker.clone());
                }
            }
        });
        if wanted.is_none() {
            return;
        }
        video.set_muted(!is_remote);
        if is_remote {
            self.watch_first_frame(video);
        }
        let (streams, video) = (*self, video.clone());
        spawn_local(async move { streams.play(video.unchecked_into()).await });
    }

    /// Holds a stream under an id.
    pub fn insert(&self, id: StreamId, stream: MediaStream) {
        self.held.try_update_value(|held| {
            held.streams.retain(|(of, _)| *of != id);
            held.streams.push((id, stream));
        });
    }

    /// Forgets a stream.
    pub fn remove(&self, id: &StreamId) {
        self.held.try_update_value(|held| held.streams.retain(|(of, _)| of != id));
    }

    /// Plays through this device from now on; `None` is the browser's choice.
    pub fn play_through(&self, speaker: Option<String>) {
        self.held.try_update_value(|held| {
            held.speaker = speaker.unwrap_or_default();
            for element in &held.playing {
                play_through(element, held.speaker.clone());
            }
        });
    }

    /// From now on the next remote frame is the first one.
    pub fn expect_first_frame(&self) {
        self.held.try_update_value(|held| held.first_frame = Some(Vec::new()));
    }

    /// Plays an element; where sound is refused, the picture alone.
    async fn play(self, element: HtmlMediaElement) {
        let Err(error) = play(&element).await else { return };
        // `AbortError`: the element got another stream in the meantime.
        if error.name != "NotAllowedError" {
            return;
        }
        element.set_muted(true);
        self.wait_for_gesture(element.clone());
        if let Err(error) = play(&element).await {
            page::log(&format!("a stream does not play: {error}"));
        }
    }

    fn wait_for_gesture(self, element: HtmlMediaElement) {
        let Some(document) = web_sys::window().and_then(|window| window.document()) else { return };
        let gesture = move |_: &web_sys::Event| {
            // In a task of its own: a listener must not be dropped while it runs.
            spawn_local(async move {
                let silenced = self.held.try_update_value(|held| {
                    held.gestures.clear();
                    std::mem::take(&mut held.silenced)
                });
                self.autoplay_blocked.try_set(false);
                let silenced = silenced.unwrap_or_default();
                // Who has left meanwhile has nothing to play: that would be waited for without an end.
                for element in silenced.into_iter().filter(|element| element.src_object().is_some()) {
                    element.set_muted(false);
                    spawn_local(self.play(element));
                }
            });
        };
        self.held.try_update_value(|held| {
            held.silenced.push(element);
            if held.gestures.is_empty() {
                let listen = |event| EventListener::new(&document, event, gesture);
                // A finger that is put down is none yet (HTML, "activation triggering input event").
                held.gestures = vec![listen("click"), listen("keydown")];
            }
        });
        self.autoplay_blocked.try_set(true);
    }

    fn watch_first_frame(self, video: &HtmlVideoElement) {
        if !self.held.try_with_value(|held| held.first_frame.is_some()).unwrap_or(false) {
            return;
        }
        let (watch, frame) = FrameWatch::new(video);
        self.held.try_update_value(|held| held.first_frame.get_or_insert_default().push(watch));
        spawn_local(async move {
            // A watch that was given up resolves to nothing.
            let seen = JsFuture::from(frame).await.is_ok_and(|time| !time.is_undefined());
            if seen && self.held.try_update_value(|held| held.first_frame.take()).flatten().is_some() {
                page::mark(FIRST_REMOTE_FRAME);
            }
        });
    }
}

impl Default for Streams {
    fn default() -> Self {
        Self::new()
    }
}

/// Lets an element be heard through this device. One that is gone meanwhile is taken off the list soon.
pub(crate) fn play_through(element: &HtmlMediaElement, speaker: String) {
    let element: MediaElement = element.clone().unchecked_into();
    spawn_local(async move {
        let set = async { settle(element.set_sink_id(&speaker)?).await };
        if let Err(error) = set.await {
            page::log(&format!("a speaker is not used: {error}"));
        }
    });
}

async fn play(element: &HtmlMediaElement) -> Result<(), BrowserError> {
    JsFuture::from(element.play()?).await?;
    Ok(())
}

/// Waits for an element to present a frame; dropping it settles the promise with nothing, so that its task ends.
#[derive(Debug)]
struct FrameWatch {
    resolve: Function,
}

impl FrameWatch {
    fn new(video: &HtmlVideoElement) -> (Self, Promise) {
        // `Function::default()` is an `eval`, which the page's security policy forbids.
        let mut resolve = None;
        let promise = Promise::new(&mut |resolved, _| resolve = Some(resolved));
        let resolve: Function = resolve.unwrap_or_else(|| JsValue::UNDEFINED.unchecked_into());
        let video: &Video = video.unchecked_ref();
        if video.request_video_frame_callback(&resolve).is_err() {
            let _ = video.add_event_listener_with_callback("loadeddata", &resolve);
        }
        (Self { resolve }, promise)
    }
}

impl Drop for FrameWatch {
    fn drop(&mut self) {
        let _ = self.resolve.call1(&JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
}
