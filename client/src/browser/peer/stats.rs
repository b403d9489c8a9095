//! What a connection counts (webrtc-stats).

use js_sys::{Map, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::RtcPeerConnection;

use crate::browser::error::BrowserError;

/// The sum of every `bytesReceived` of the report: it stands still only if nothing at all comes in.
pub(super) async fn received(connection: &RtcPeerConnection) -> Result<u64, BrowserError> {
    let report: Map = JsFuture::from(connection.get_stats()).await?.unchecked_into();
    let name = JsValue::from_str("bytesReceived");
    let mut sum = 0.0;
    report.for_each(&mut |entry, _| {
        sum += Reflect::get(&entry, &name).ok().and_then(|bytes| bytes.as_f64()).unwrap_or_default();
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a sum of counts")]
    Ok(sum as u64)
}
