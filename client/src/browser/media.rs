//! Microphone and camera.
//!
//! [`Devices`] asks for them and tells what there is; a [`LocalTrack`] is one that runs, and dropping it stops it.
//! It does not know what the tracks are for.

use std::rc::Rc;

use gloo_events::EventListener;
use serde::Serialize;
use visavis_call::{
    Device, DeviceFailure, DeviceKind, DeviceRequest, MediaEvent, MediaRequest, Source, TrackId,
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    DisplayMediaStreamConstraints, MediaDeviceInfo, MediaDeviceKind, MediaDevices, MediaStream,
    MediaStreamTrack, MediaTrackConstraints,
};

use super::{bindings::Track as HintedTrack, error::BrowserError};

/// What opening devices leads to.
#[derive(Debug)]
pub enum MediaOutcome {
    /// A device runs. Whoever drops the track stops it.
    Opened(LocalTrack),
    /// Something else; never `Opened`.
    Event(MediaEvent),
}

type Sink = Rc<dyn Fn(MediaOutcome)>;

/// A running track, to be handed from one browser object to another.
pub type Track = MediaStreamTrack;

/// The devices of this machine.
pub struct Devices {
    sink: Sink,
    _change: Option<EventListener>,
}

impl std::fmt::Debug for Devices {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Devices").finish_non_exhaustive()
    }
}

impl Devices {
    /// Tells the devices there are, now and whenever they change.
    pub fn watch(sink: impl Fn(MediaOutcome) + 'static) -> Self {
        let sink: Sink = Rc::new(sink);
        let change = media_devices().ok().map(|devices| {
            let sink = sink.clone();
            EventListener::new(&devices, "devicechange", move |_| spawn_local(tell_devices(sink.clone())))
        });
        spawn_local(tell_devices(sink.clone()));
        Self { sink, _change: change }
    }

    /// Asks the user what to show of their screen.
    pub fn open_screen(&self, request: MediaRequest) {
        let sink = self.sink.clone();
        spawn_local(async move {
            let picture = TrackId { request, source: Source::Screen };
            let failure = match choose_screen().await {
                Ok(stream) => {
                    take_track(TrackId { request, source: Source::ScreenSound }, &stream, &sink);
                    if take_track(picture, &stream, &sink) {
                        return;
                    }
                    DeviceFailure::Other
                }
                Err(error) => {
                    super::page::log(&format!("the screen is not shown: {error}"));
                    classify(&error)
                }
            };
            sink(MediaOutcome::Event(MediaEvent::Failed { track: picture, failure }));
        });
    }

    /// Opens devices with one question to the user; if that fails, each alone.
    pub fn open(&self, request: MediaRequest, devices: Vec<DeviceRequest>) {
        let sink = self.sink.clone();
        spawn_local(async move {
            match open_together(&devices).await {
                Ok(stream) => take_tracks(request, &devices, &stream, &sink),
                Err(error) if devices.len() < 2 => fail(request, &devices, &error, &sink),
                Err(_) => {
                    for device in devices {
                        let alone = [device];
                        match open_together(&alone).await {
                            Ok(stream) => take_tracks(request, &alone, &stream, &sink),
                            Err(error) => fail(request, &alone, &error, &sink),
                        }
                    }
                }
            }
            // Only now may the page see what the devices are called.
            tell_devices(sink).await;
        });
    }
}

/// Whether this browser can show a screen.
pub fn can_share() -> bool {
    media_devices().is_ok_and(|devices| {
        js_sys::Reflect::has(&devices, &JsValue::from_str("getDisplayMedia")).unwrap_or(false)
    })
}

/// Whether this browser lets a page choose what it is heard through.
fn can_choose_speaker() -> bool {
    js_sys::Reflect::get(&js_sys::global(), &"HTMLMediaElement".into())
        .and_then(|class| js_sys::Reflect::get(&class, &"prototype".into()))
        .and_then(|prototype| js_sys::Reflect::has(&prototype, &"setSinkId".into()))
        .unwrap_or(false)
}

async fn choose_screen() -> Result<MediaStream, BrowserError> {
    let options = DisplayMediaStreamConstraints::new();
    options.set_video(&JsValue::TRUE);
    options.set_audio(&JsValue::TRUE);
    let stream = media_devices()?.get_display_media_with_constraints(&options)?;
    Ok(JsFuture::from(stream).await?.unchecked_into())
}

/// A track of ours; its device is released when this is dropped.
#[derive(Debug)]
pub struct LocalTrack {
    id: TrackId,
    track: MediaStreamTrack,
    /// Another handle of a microphone, which hears on while nothing is sent.
    ear: Option<MediaStreamTrack>,
    stream: MediaStream,
    listeners: Vec<Closure<dyn Fn()>>,
}

impl LocalTrack {
    fn new(id: TrackId, track: MediaStreamTrack, sink: &Sink) -> Result<Self, BrowserError> {
        let stream = MediaStream::new().inspect_err(|_| track.stop())?;
        let mut local = Self { id, stream, track, ear: None, listeners: Vec::new() };
        if id.source == Source::Microphone {
            #[expect(
                clippy::disallowed_methods,
                reason = "it runs on its own, and is stopped together with the track"
            )]
            let ear = MediaStreamTrack::clone(&local.track);
            local.ear = Some(ear);
        }
        local.stream.add_track(local.ear.as_ref().unwrap_or(&local.track));
        // As its attributes, for in Firefox no other listener hears what a test does to a track.
        let [ended, muted, unmuted] =
            [MediaEvent::Ended(id), MediaEvent::Muted(id, true), MediaEvent::Muted(id, false)].map(|event| {
                let sink = sink.clone();
                Closure::<dyn Fn()>::new(move || sink(MediaOutcome::Event(event.clone())))
            });
        local.track.set_onended(Some(ended.as_ref().unchecked_ref()));
        local.track.set_onmute(Some(muted.as_ref().unchecked_ref()));
        local.track.set_onunmute(Some(unmuted.as_ref().unchecked_ref()));
        local.listeners = vec![ended, muted, unmuted];
        Ok(local)
    }

    /// What else there is to say of one that has just been opened.
    fn facts(&self) -> [Option<MediaEvent>; 2] {
        let uses = self.track.get_settings().get_device_id();
        let muted = self.track.muted().then_some(MediaEvent::Muted(self.id, true));
        [uses.map(|device| MediaEvent::Uses(self.id, device)), muted]
    }

    /// Its name.
    pub fn id(&self) -> TrackId {
        self.id
    }

    /// The track, to be sent.
    pub fn track(&self) -> &MediaStreamTrack {
        &self.track
    }

    /// A stream of this track alone, to be shown or measured; of a microphone it has sound while nothing is sent, too.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// What a screen keeps when there is not room for both: smooth motion, or sharp text (mst-content-hint §3).
    pub fn favour_motion(&self, motion: bool) {
        self.track.unchecked_ref::<HintedTrack>().set_content_hint(if motion { "motion" } else { "text" });
        let constraints = MediaTrackConstraints::new();
        constraints.set_frame_rate(&JsValue::from(if motion { 30 } else { 15 }));
        if let Ok(applied) = self.track.apply_constraints_with_constraints(&constraints) {
            // Where it cannot be had there are as many as there are.
            spawn_local(async move { drop(JsFuture::from(applied).await) });
        }
    }

    /// Sends silence or black while not enabled.
    pub fn enable(&self, enabled: bool) {
        self.track.set_enabled(enabled);
    }
}

impl Drop for LocalTrack {
    fn drop(&mut self) {
        self.track.set_onended(None);
        self.track.set_onmute(None);
        self.track.set_onunmute(None);
        self.track.stop();
        if let Some(ear) = &self.ear {
            ear.stop();
        }
    }
}

/// Why `getUserMedia` failed, out of the exception's name: the standard's (mediacapture-main §10.1.1) and the
/// older ones that browsers still use.
pub fn classify(error: &BrowserError) -> DeviceFailure {
    match error.name.as_str() {
        "NotAllowedError" | "SecurityError" | "PermissionDeniedError" | "PermissionDismissedError" => {
            DeviceFailure::Refused
        }
        "NotFoundError" | "OverconstrainedError" | "DevicesNotFoundError" | "ConstraintNotSatisfiedError" => {
            DeviceFailure::Missing
        }
        "NotReadableError" | "AbortError" | "TrackStartError" | "HardwareUnavailableError" => {
            DeviceFailure::Busy
        }
        "NotSupportedError" => DeviceFailure::Unsupported,
        _ => DeviceFailure::Other,
    }
}

fn media_devices() -> Result<MediaDevices, BrowserError> {
    let window = web_sys::window().ok_or_else(|| BrowserError::unsupported("there is no window"))?;
    let devices = window.navigator().media_devices()?;
    // Outside of https it is undefined, whatever the binding's type says.
    if devices.is_undefined() {
        return Err(BrowserError::unsupported("this page may not use devices"));
    }
    Ok(devices)
}

async fn open_together(requests: &[DeviceRequest]) -> Result<MediaStream, BrowserError> {
    let constraints = serde_wasm_bindgen::to_value(&Constraints::new(requests));
    let constraints = constraints.map_err(|error| BrowserError::from(JsValue::from(error)))?;
    let stream = media_devices()?.get_user_media_with_constraints(constraints.unchecked_ref())?;
    Ok(JsFuture::from(stream).await?.unchecked_into())
}

/// Hands the stream's tracks over, one per request.
fn take_tracks(request: MediaRequest, requests: &[DeviceRequest], stream: &MediaStream, sink: &Sink) {
    for &DeviceRequest { kind, .. } in requests {
        let id = TrackId { request, source: kind.into() };
        if !take_track(id, stream, sink) {
            sink(MediaOutcome::Event(MediaEvent::Failed { track: id, failure: DeviceFailure::Other }));
        }
    }
}

/// Hands a stream's track over, if there is one that fits.
fn take_track(id: TrackId, stream: &MediaStream, sink: &Sink) -> bool {
    let tracks = if id.source.is_sound() { stream.get_audio_tracks() } else { stream.get_video_tracks() };
    let track: Option<MediaStreamTrack> = tracks.get(0).dyn_into().ok();
    let local = track.and_then(|track| LocalTrack::new(id, track, sink).ok());
    let Some(local) = local else { return false };
    let facts = local.facts();
    sink(MediaOutcome::Opened(local));
    facts.into_iter().flatten().for_each(|fact| sink(MediaOutcome::Event(fact)));
    true
}

fn fail(request: MediaRequest, requests: &[DeviceRequest], error: &BrowserError, sink: &Sink) {
    super::page::log(&format!("a device does not open: {error}"));
    for &DeviceRequest { kind, .. } in requests {
        let track = TrackId { request, source: kind.into() };
        sink(MediaOutcome::Event(MediaEvent::Failed { track, failure: classify(error) }));
    }
}

/// Without permission devices have no id; they cannot be chosen then, so they are left out. Something is told in any case: it
/// is waited for.
async fn tell_devices(sink: Sink) {
    let mut devices = visavis_call::Devices::default();
    for device in list().await.unwrap_or_default() {
        let device: MediaDeviceInfo = device.unchecked_into();
        let of_its_kind = match device.kind() {
            MediaDeviceKind::Audioinput => &mut devices.microphones,
            MediaDeviceKind::Videoinput => &mut devices.cameras,
            MediaDeviceKind::Audiooutput if can_choose_speaker() => &mut devices.speakers,
            MediaDeviceKind::Audiooutput | _ => continue,
        };
        let (id, label, group) = (device.device_id(), device.label(), device.group_id());
        if !id.is_empty() {
            of_its_kind.push(Device { id, label, group });
        }
    }
    sink(MediaOutcome::Event(MediaEvent::Devices(devices)));
}

async fn list() -> Result<js_sys::Array, BrowserError> {
    Ok(JsFuture::from(media_devices()?.enumerate_devices()?).await?.unchecked_into())
}

/// `MediaStreamConstraints` (mediacapture-main §10.4).
#[derive(Serialize)]
struct Constraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    audio: Option<AudioConstraints<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    video: Option<VideoConstraints<'a>>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct AudioConstraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    echo_cancellation: bool,
    noise_suppression: bool,
    auto_gain_control: bool,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct VideoConstraints<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    device_id: Option<Exact<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    facing_mode: Option<&'static str>,
    width: Ideal,
    height: Ideal,
    frame_rate: Ideal,
}

#[derive(Serialize)]
struct Exact<'a> {
    exact: &'a str,
}

#[derive(Serialize)]
struct Ideal {
    ideal: u32,
}

impl<'a> Constraints<'a> {
    fn new(requests: &'a [DeviceRequest]) -> Self {
        let wanted = |kind| requests.iter().find(move |request| request.kind == kind);
        let exact = |request: &'a DeviceRequest| request.device.as_deref().map(|exact| Exact { exact });
        Self {
            audio: wanted(DeviceKind::Microphone).map(|request| AudioConstraints {
                device_id: exact(request),
                echo_cancellation: request.processing.echo_cancellation,
                noise_suppression: request.processing.noise_suppression,
                auto_gain_control: request.processing.auto_gain_control,
            }),
            video: wanted(DeviceKind::Camera).map(|request| VideoConstraints {
                device_id: exact(request),
                facing_mode: request.device.is_none().then_some("user"),
                width: Ideal { ideal: 1280 },
                height: Ideal { ideal: 720 },
                frame_rate: Ideal { ideal: 30 },
            }),
        }
    }
}
