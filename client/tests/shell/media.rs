//! `browser::media`: made-up devices, opened, refused, released.

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_call::{
    Device, DeviceFailure, DeviceKind, DeviceRequest, MediaEvent, MediaRequest, Source, TrackId,
};
use visavis_client::browser::{
    error::BrowserError,
    media::{Devices, LocalTrack, MediaOutcome, classify},
};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::MediaStreamTrackState;

use crate::clock;
use crate::pair::{handle, open_devices};

type Outcomes = mpsc::UnboundedReceiver<MediaOutcome>;

fn watch() -> (Devices, Outcomes) {
    let (sink, outcomes) = mpsc::unbounded();
    let devices = Devices::watch(move |outcome| {
        let _ = sink.unbounded_send(outcome);
    });
    (devices, outcomes)
}

fn request(kind: DeviceKind, device: Option<&str>) -> DeviceRequest {
    DeviceRequest { kind, device: device.map(str::to_owned) }
}

/// The answer for one kind of device.
async fn answer(outcomes: &mut Outcomes, kind: DeviceKind) -> Result<LocalTrack, DeviceFailure> {
    loop {
        match clock::expect("an answer", outcomes.next()).await.unwrap() {
            MediaOutcome::Opened(track) if track.id().source == kind.into() => return Ok(track),
            MediaOutcome::Event(MediaEvent::Failed { track, failure }) if track.source == kind.into() => {
                return Err(failure);
            }
            MediaOutcome::Opened(_) | MediaOutcome::Event(_) => {}
        }
    }
}

async fn listed(outcomes: &mut Outcomes) -> Vec<Device> {
    loop {
        if let MediaOutcome::Event(MediaEvent::Devices(devices)) =
            clock::expect("the devices", outcomes.next()).await.unwrap()
        {
            return devices;
        }
    }
}

#[wasm_bindgen_test]
async fn devices_open_under_the_number_of_their_request() {
    let (devices, mut outcomes) = watch();
    devices.open(MediaRequest(7), vec![request(DeviceKind::Camera, None)]);
    let camera = answer(&mut outcomes, DeviceKind::Camera).await.unwrap();
    assert_eq!(camera.id(), TrackId { request: MediaRequest(7), source: Source::Camera });
    assert_eq!(camera.track().ready_state(), MediaStreamTrackState::Live);
    assert_eq!(camera.track().kind(), "video");
}

#[wasm_bindgen_test]
async fn a_dropped_track_releases_its_device() {
    let (_devices, tracks) = open_devices().await;
    let handles: Vec<_> = tracks.iter().map(handle).collect();
    drop(tracks);
    for track in handles {
        assert_eq!(track.ready_state(), MediaStreamTrackState::Ended);
    }
}

#[wasm_bindgen_test]
async fn a_track_that_comes_too_late_is_stopped() {
    let (sink, outcomes) = mpsc::unbounded();
    let (seen, mut late) = mpsc::unbounded();
    let devices = Devices::watch(move |outcome| {
        if let MediaOutcome::Opened(local) = &outcome {
            seen.unbounded_send(handle(local)).unwrap();
        }
        let _ = sink.unbounded_send(outcome);
    });
    devices.open(MediaRequest(1), vec![request(DeviceKind::Camera, None)]);
    drop((devices, outcomes));
    let track = clock::expect("the track", late.next()).await.unwrap();
    clock::until("the late track to stop", || track.ready_state() == MediaStreamTrackState::Ended).await;
}

#[wasm_bindgen_test]
async fn one_missing_device_does_not_keep_the_other_off() {
    let (devices, mut outcomes) = watch();
    let wanted = vec![
        request(DeviceKind::Microphone, None),
        request(DeviceKind::Camera, Some("no-camera-has-this-id")),
    ];
    devices.open(MediaRequest(2), wanted);
    assert!(answer(&mut outcomes, DeviceKind::Microphone).await.is_ok());
    assert_eq!(answer(&mut outcomes, DeviceKind::Camera).await.unwrap_err(), DeviceFailure::Missing);
}

#[wasm_bindgen_test]
async fn devices_are_listed_by_name_once_one_was_opened() {
    let (devices, mut outcomes) = watch();
    devices.open(MediaRequest(3), DeviceKind::ALL.map(|kind| request(kind, None)).into());
    let microphone = answer(&mut outcomes, DeviceKind::Microphone).await.unwrap();
    loop {
        let devices = listed(&mut outcomes).await;
        let named = |kind| devices.iter().any(|device| device.kind == kind && !device.label.is_empty());
        if DeviceKind::ALL.into_iter().all(named) {
            break;
        }
    }
    drop(microphone);
}

#[wasm_bindgen_test]
async fn a_listed_device_opens_by_its_id() {
    let (devices, mut outcomes) = watch();
    devices.open(MediaRequest(4), vec![request(DeviceKind::Camera, None)]);
    drop(answer(&mut outcomes, DeviceKind::Camera).await.unwrap());
    let camera = loop {
        let devices = listed(&mut outcomes).await;
        if let Some(camera) = devices.into_iter().find(|device| device.kind == DeviceKind::Camera) {
            break camera;
        }
    };
    devices.open(MediaRequest(5), vec![request(DeviceKind::Camera, Some(&camera.id))]);
    assert!(answer(&mut outcomes, DeviceKind::Camera).await.is_ok());
}

#[wasm_bindgen_test]
fn every_name_of_a_failure_has_its_meaning() {
    for (names, failure) in [
        (&["NotAllowedError", "SecurityError", "PermissionDeniedError"][..], DeviceFailure::Refused),
        (&["NotFoundError", "OverconstrainedError", "DevicesNotFoundError"], DeviceFailure::Missing),
        (&["NotReadableError", "AbortError", "TrackStartError"], DeviceFailure::Busy),
        (&["NotSupportedError"], DeviceFailure::Unsupported),
        (&["TypeError", "Error", ""], DeviceFailure::Other),
    ] {
        for name in names {
            let error = BrowserError { name: (*name).to_owned(), message: String::new() };
            assert_eq!(classify(&error), failure, "{name}");
        }
    }
}
