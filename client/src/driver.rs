//! Owns a call and everything the browser holds for it. Being written.

use futures_channel::{mpsc, oneshot};
use leptos::prelude::*;
use visavis_call::{Call, CallView, Effect, Input};

use crate::browser::{levels::Levels, streams::Streams};

/// Where the wish for the microphone is remembered.
pub const MICROPHONE_KEY: &str = "visavis:microphone";
/// Where the wish for the camera is remembered.
pub const CAMERA_KEY: &str = "visavis:camera";

/// What a driver starts with.
#[expect(missing_debug_implementations, reason = "being written")]
pub struct Parts {
    /// The call.
    pub call: Call,
    /// What it wants first.
    pub effects: Vec<Effect>,
    /// Where inputs are put.
    pub inbox: mpsc::UnboundedSender<Input>,
    /// Where they are taken.
    pub inputs: mpsc::UnboundedReceiver<Input>,
    /// Ends when the owner is gone.
    pub owner_gone: oneshot::Receiver<()>,
    /// Where the view is published.
    pub set_view: WriteSignal<CallView>,
    /// Where the levels are published.
    pub set_levels: WriteSignal<Levels>,
    /// The streams.
    pub streams: Streams,
}

/// Runs a call.
pub async fn run(mut parts: Parts) {
    use futures_util::StreamExt;
    while let Some(input) = parts.inputs.next().await {
        let _effects = parts.call.handle(input);
        parts.set_view.try_set(parts.call.view());
    }
}
