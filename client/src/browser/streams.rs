//! The media streams that the view names by id. Being written.

use leptos::prelude::*;
use visavis_call::StreamId;

/// The streams of one call.
#[derive(Debug, Clone, Copy)]
pub struct Streams {
    autoplay_blocked: RwSignal<bool>,
}

impl Streams {
    /// An empty registry, which lives as long as the calling component.
    pub fn new() -> Self {
        Self { autoplay_blocked: RwSignal::new(false) }
    }

    /// Whether the browser waits for a click before it plays sound.
    pub fn autoplay_blocked(&self) -> ReadSignal<bool> {
        self.autoplay_blocked.read_only()
    }

    /// Lets an element show and play a stream, or nothing. The user's own is muted. Call it from an `Effect` that
    /// tracks the element's `NodeRef` and a memo of the stream's id: it also follows the stream's coming and going.
    pub fn attach(&self, _video: &web_sys::HtmlVideoElement, _stream: Option<&StreamId>) {}
}

impl Default for Streams {
    fn default() -> Self {
        Self::new()
    }
}
