//! A video element that counts what it shows.

use wasm_bindgen::prelude::*;
use web_sys::{HtmlVideoElement, MediaStream};

#[wasm_bindgen(inline_js = "
export function count_frames(video) {
    let frames = 0;
    const next = () => { frames += 1; video.requestVideoFrameCallback(next); };
    video.requestVideoFrameCallback(next);
    return () => frames;
}")]
extern "C" {
    /// Counts presented frames from now on; the decoder's own count stays 0 in headless Firefox.
    fn count_frames(video: &HtmlVideoElement) -> js_sys::Function;
}

/// An element in the page; taken out when dropped.
pub(crate) struct Screen {
    pub(crate) video: HtmlVideoElement,
    frames: js_sys::Function,
}

impl Screen {
    pub(crate) fn new() -> Self {
        let document = web_sys::window().unwrap().document().unwrap();
        let video: HtmlVideoElement = document.create_element("video").unwrap().unchecked_into();
        video.set_autoplay(true);
        document.body().unwrap().append_child(&video).unwrap();
        let frames = count_frames(&video);
        Self { video, frames }
    }

    /// One that plays a stream without its sound.
    pub(crate) fn showing(stream: &MediaStream) -> Self {
        let screen = Self::new();
        screen.video.set_muted(true);
        screen.video.set_src_object(Some(stream));
        screen
    }

    /// How many frames it has shown.
    pub(crate) fn frames(&self) -> f64 {
        let frames = self.frames.call0(&JsValue::UNDEFINED).unwrap();
        frames.as_f64().unwrap()
    }
}

impl Drop for Screen {
    fn drop(&mut self) {
        self.video.set_src_object(None);
        self.video.remove();
    }
}
