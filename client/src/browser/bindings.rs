//! Bindings that web-sys lacks, or hides behind its unstable switch.

use js_sys::{Array, Function, Object, Promise};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::error::BrowserError;

#[wasm_bindgen]
extern "C" {
    /// More members of `RTCPeerConnection`.
    #[wasm_bindgen(extends = web_sys::RtcPeerConnection, extends = web_sys::EventTarget, extends = Object, js_name = RTCPeerConnection)]
    #[derive(Clone, Debug)]
    pub type PeerConnection;

    /// `restartIce()` (webrtc-pc §4.4.2).
    #[wasm_bindgen(method, js_name = restartIce)]
    pub fn restart_ice(this: &PeerConnection);

    /// `setLocalDescription()`: makes the description that fits the signaling state (webrtc-pc §4.4.2).
    #[wasm_bindgen(method, js_name = setLocalDescription)]
    pub fn set_local_description_implicitly(this: &PeerConnection) -> Promise;

    /// `createDataChannel(label, init)` (webrtc-pc §6.1); throws if the connection is closed or the id taken.
    #[wasm_bindgen(method, catch, js_name = createDataChannel)]
    pub fn create_data_channel(
        this: &PeerConnection,
        label: &str,
        init: &web_sys::RtcDataChannelInit,
    ) -> Result<web_sys::RtcDataChannel, JsValue>;

    /// More members of `RTCRtpSender`.
    #[wasm_bindgen(extends = web_sys::RtcRtpSender, extends = Object, js_name = RTCRtpSender)]
    #[derive(Clone, Debug)]
    pub type Sender;

    /// `setStreams(stream)`: what is in one stream is kept in sync (webrtc-pc §5.2).
    #[wasm_bindgen(method, catch, js_name = setStreams)]
    pub fn set_streams(this: &Sender, stream: &web_sys::MediaStream) -> Result<(), JsValue>;

    /// `RTCRtpSender.getCapabilities(kind)` (webrtc-pc §5.2).
    #[wasm_bindgen(catch, js_namespace = RTCRtpSender, js_name = getCapabilities)]
    pub fn sendable(kind: &str) -> Result<Capabilities, JsValue>;

    /// `RTCRtpReceiver.getCapabilities(kind)` (webrtc-pc §5.3).
    #[wasm_bindgen(catch, js_namespace = RTCRtpReceiver, js_name = getCapabilities)]
    pub fn receivable(kind: &str) -> Result<Capabilities, JsValue>;

    /// `RTCRtpCapabilities` (webrtc-pc §5.2.9).
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone, Debug)]
    pub type Capabilities;

    /// `codecs`.
    #[wasm_bindgen(method, getter)]
    pub fn codecs(this: &Capabilities) -> Array;

    /// `RTCRtpCodec` (webrtc-pc §5.2.8).
    #[wasm_bindgen(extends = Object)]
    #[derive(Clone, Debug)]
    pub type Codec;

    /// `mimeType`.
    #[wasm_bindgen(method, getter, js_name = mimeType)]
    pub fn mime_type(this: &Codec) -> String;

    /// More members of `RTCRtpTransceiver`.
    #[wasm_bindgen(extends = web_sys::RtcRtpTransceiver, extends = Object, js_name = RTCRtpTransceiver)]
    #[derive(Clone, Debug)]
    pub type Transceiver;

    /// `setCodecPreferences(codecs)` (webrtc-pc §5.4).
    #[wasm_bindgen(method, catch, js_name = setCodecPreferences)]
    pub fn set_codec_preferences(this: &Transceiver, codecs: &Array) -> Result<(), JsValue>;

    /// More members of `MediaStreamTrack`.
    #[wasm_bindgen(extends = web_sys::MediaStreamTrack, extends = web_sys::EventTarget, extends = Object, js_name = MediaStreamTrack)]
    #[derive(Clone, Debug)]
    pub type Track;

    /// `contentHint` (mst-content-hint §3); does nothing where there is none.
    #[wasm_bindgen(method, setter, js_name = contentHint)]
    pub fn set_content_hint(this: &Track, hint: &str);

    /// More members of `HTMLMediaElement`.
    #[wasm_bindgen(extends = web_sys::HtmlMediaElement, extends = web_sys::EventTarget, extends = Object, js_name = HTMLMediaElement)]
    #[derive(Clone, Debug)]
    pub type MediaElement;

    /// `setSinkId(id)`: plays through this device, the empty one is the browser's choice (audio-output §2.1).
    #[wasm_bindgen(method, catch, js_name = setSinkId)]
    pub fn set_sink_id(this: &MediaElement, id: &str) -> Result<Promise, JsValue>;

    /// More members of `Navigator`.
    #[wasm_bindgen(extends = web_sys::Navigator, extends = Object, js_name = Navigator)]
    #[derive(Clone, Debug)]
    pub type NavigatorWithWakeLock;

    /// `navigator.wakeLock`; `undefined` where there is none.
    #[wasm_bindgen(method, getter, js_name = wakeLock)]
    pub fn wake_lock(this: &NavigatorWithWakeLock) -> Option<WakeLocks>;

    /// `WakeLock` (screen-wake-lock §6).
    #[wasm_bindgen(extends = Object, js_name = WakeLock)]
    #[derive(Clone, Debug)]
    pub type WakeLocks;

    /// `request('screen')`.
    #[wasm_bindgen(method, catch)]
    pub fn request(this: &WakeLocks, kind: &str) -> Result<Promise, JsValue>;

    /// `WakeLockSentinel` (screen-wake-lock §7).
    #[wasm_bindgen(extends = web_sys::EventTarget, extends = Object, js_name = WakeLockSentinel)]
    #[derive(Clone, Debug)]
    pub type WakeLockSentinel;

    /// `release()`.
    #[wasm_bindgen(method, catch)]
    pub fn release(this: &WakeLockSentinel) -> Result<Promise, JsValue>;

    /// More members of `HTMLVideoElement`.
    #[wasm_bindgen(extends = web_sys::HtmlVideoElement, extends = web_sys::HtmlMediaElement, extends = web_sys::EventTarget, extends = Object, js_name = HTMLVideoElement)]
    #[derive(Clone, Debug)]
    pub type Video;

    /// `requestVideoFrameCallback()`: called with the time at which a frame was presented.
    #[wasm_bindgen(method, catch, js_name = requestVideoFrameCallback)]
    pub fn request_video_frame_callback(this: &Video, callback: &Function) -> Result<u32, JsValue>;

    /// `Intl.PluralRules` (ECMA-402).
    #[wasm_bindgen(js_namespace = Intl)]
    #[derive(Debug)]
    pub type PluralRules;

    /// Those of a language, a BCP 47 tag.
    #[wasm_bindgen(constructor, js_namespace = Intl, catch)]
    pub fn new(language: &str) -> Result<PluralRules, JsValue>;

    /// `select()`: the category of a number.
    #[wasm_bindgen(method)]
    pub fn select(this: &PluralRules, number: f64) -> String;
}

/// Awaits a promise whose value does not matter.
pub async fn settle(promise: Promise) -> Result<(), BrowserError> {
    JsFuture::from(promise).await?;
    Ok(())
}
