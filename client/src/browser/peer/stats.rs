//! What a connection counts (webrtc-stats).

use js_sys::{Map, Reflect};
use visavis_call::Traffic;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{MediaStream, RtcPeerConnection};

use crate::browser::error::BrowserError;

/// What has come in. The sum of every `bytesReceived` stands still only if nothing at all does; the sound and the picture
/// of the screen are not among those of microphone and camera.
pub(super) async fn traffic(
    connection: &RtcPeerConnection,
    screen: &MediaStream,
) -> Result<Traffic, BrowserError> {
    let report: Map = JsFuture::from(connection.get_stats()).await?.unchecked_into();
    let [bytes, sound, frames, kind, sort, track] =
        ["bytesReceived", "packetsReceived", "framesDecoded", "kind", "type", "trackIdentifier"]
            .map(JsValue::from_str);
    let mut sums = [0.0; 3];
    report.for_each(&mut |entry, _| {
        let value = |name| Reflect::get(&entry, name).unwrap_or_default();
        let is = |value: JsValue, wanted| value.as_string().is_some_and(|text| text == wanted);
        // What they have had of our sound is told there too (`remote-inbound-rtp`).
        let is_sound = is(value(&kind), "audio") && is(value(&sort), "inbound-rtp");
        let track = value(&track).as_string();
        let is_screen = track.is_some_and(|track| screen.get_track_by_id(&track).is_some());
        for (sum, name) in sums.iter_mut().zip([&bytes, &sound, &frames]) {
            // Packets are counted for every kind and way.
            if *name == bytes || !is_screen && (*name != sound || is_sound) {
                *sum += value(name).as_f64().unwrap_or_default();
            }
        }
    });
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sums of counts")]
    let [bytes, sound, frames] = sums.map(|sum| sum as u64);
    Ok(Traffic { bytes, sound, frames })
}
