//! `browser::media`: made-up devices, opened, refused, released.

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_call::{
    DeviceFailure, DeviceKind, DeviceRequest, MediaEvent, MediaRequest, Processing, Source, TrackId,
};
use visavis_client::browser::{
    error::BrowserError,
    media::{Devices, LocalTrack, MediaOutcome, classify},
};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{MediaStreamTrack, MediaStreamTrackState};

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
    DeviceRequest { kind, device: device.map(str::to_owned), processing: Processing::default() }
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

async fn listed(outcomes: &mut Outcomes) -> visavis_call::Devices {
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
        let named = |kind| devices.of(kind).iter().any(|device| !device.label.is_empty());
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
        if let Some(camera) = devices.cameras.into_iter().next() {
            break camera;
        }
    };
    devices.open(MediaRequest(5), vec![request(DeviceKind::Camera, Some(&camera.id))]);
    let opened = answer(&mut outcomes, DeviceKind::Camera).await.unwrap();
    let uses = MediaEvent::Uses(opened.id(), camera.id);
    loop {
        if let MediaOutcome::Event(event) = clock::expect("its id", outcomes.next()).await.unwrap()
            && event == uses
        {
            break;
        }
    }
}

#[wasm_bindgen_test]
async fn a_microphone_is_measured_while_it_sends_nothing_and_released_with_its_ear() {
    let (_devices, tracks) = open_devices().await;
    let microphone = tracks.iter().find(|local| local.id().source == Source::Microphone).unwrap();
    microphone.enable(false);
    let ear: MediaStreamTrack = microphone.stream().get_audio_tracks().get(0).unchecked_into();
    assert!(ear.enabled() && !microphone.track().enabled());
    drop(tracks);
    assert_eq!(ear.ready_state(), MediaStreamTrackState::Ended);
}

#[wasm_bindgen_test]
async fn what_the_system_does_to_a_device_is_told() {
    let (devices, mut outcomes) = watch();
    devices.open(MediaRequest(6), vec![request(DeviceKind::Microphone, None)]);
    let microphone = answer(&mut outcomes, DeviceKind::Microphone).await.unwrap();
    for (name, event) in [
        ("mute", MediaEvent::Muted(microphone.id(), true)),
        ("unmute", MediaEvent::Muted(microphone.id(), false)),
        ("ended", MediaEvent::Ended(microphone.id())),
    ] {
        microphone.track().dispatch_event(&web_sys::Event::new(name).unwrap()).unwrap();
        loop {
            if let MediaOutcome::Event(told) = clock::expect(name, outcomes.next()).await.unwrap()
                && told == event
            {
                break;
            }
        }
    }
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
