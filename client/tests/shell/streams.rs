//! Streams on elements, and the whole shell in its lobby.

use leptos::prelude::{GetUntracked, Owner};
use visavis_call::{
    ConnectionId, DeviceKind, DeviceState, Intent, MediaRequest, Source, StreamId, TrackId, link::Secret,
};
use visavis_client::browser::{entropy, storage, streams::Streams};
use visavis_client::context::{CallHandle, NAME_KEY, open_call};
use visavis_protocol::PeerId;
use wasm_bindgen::prelude::*;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlVideoElement, MediaStreamTrack, MediaStreamTrackState};

use crate::clock;
use crate::pair::open_devices;
use crate::screen::Screen;

const FIRST_FRAME: &str = "visavis:first-remote-frame";

fn remote() -> StreamId {
    let connection = ConnectionId { generation: 1, greater: true };
    StreamId::Remote(PeerId::from_bytes([1; 10]), connection)
}

fn marks() -> u32 {
    web_sys::window().unwrap().performance().unwrap().get_entries_by_name(FIRST_FRAME).length()
}

#[wasm_bindgen_test]
async fn the_first_remote_frame_is_marked_once_per_join() {
    let (_devices, tracks) = open_devices().await;
    let camera = tracks.iter().find(|local| local.id().source == Source::Camera).unwrap();
    let owner = Owner::new();
    let streams = owner.with(Streams::new);
    streams.insert(remote(), Clone::clone(camera.stream()));
    let before = marks();

    // Outside of a call nothing is marked, and our own picture never is.
    let own = StreamId::Local(camera.id());
    streams.insert(own.clone(), Clone::clone(camera.stream()));
    streams.expect_first_frame();
    let (mirror, first, second) = (Screen::new(), Screen::new(), Screen::new());
    streams.attach(&mirror.video, Some(&own));
    clock::until("our own picture", || mirror.frames() > 3.0).await;
    assert_eq!(marks(), before);

    streams.attach(&first.video, Some(&remote()));
    clock::until("the mark", || marks() == before + 1).await;
    streams.attach(&second.video, Some(&remote()));
    clock::until("a second picture", || second.frames() > 3.0).await;
    assert_eq!(marks(), before + 1);
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn an_element_keeps_a_stream_it_has_and_loses_one_that_is_gone() {
    let (_devices, tracks) = open_devices().await;
    let owner = Owner::new();
    let streams = owner.with(Streams::new);
    let screen = Screen::new();
    let video = &screen.video;
    streams.insert(remote(), Clone::clone(tracks[0].stream()));
    streams.attach(video, Some(&remote()));
    assert_eq!(video.src_object().as_ref(), Some(tracks[0].stream()));
    assert!(!video.muted());
    streams.remove(&remote());
    streams.attach(video, Some(&remote()));
    assert_eq!(video.src_object(), None);

    let own = StreamId::Local(TrackId { request: MediaRequest(1), source: Source::Camera });
    streams.insert(own.clone(), Clone::clone(tracks[1].stream()));
    streams.attach(video, Some(&own));
    assert!(video.muted(), "one does not want to hear oneself");
    owner.cleanup();
}

fn lobby(owner: &Owner) -> CallHandle {
    let secret: Secret = entropy::new_secret();
    owner.with(|| open_call(secret))
}

fn picture(call: &CallHandle, video: &HtmlVideoElement) -> Option<MediaStreamTrack> {
    call.streams.attach(video, call.view.get_untracked().preview.as_ref());
    let tracks = video.src_object()?.get_video_tracks();
    tracks.get(0).dyn_into().ok()
}

#[wasm_bindgen_test]
async fn the_lobby_shows_the_camera_and_its_end_releases_it() {
    for key in ["visavis:microphone", "visavis:camera", NAME_KEY] {
        storage::remove(key);
    }
    let owner = Owner::new();
    let call = lobby(&owner);
    let screen = Screen::new();
    let video = &screen.video;
    clock::until("the camera", || picture(&call, video).is_some()).await;
    let track = picture(&call, video).unwrap();
    assert_eq!(call.view.get_untracked().camera.state, DeviceState::On);
    owner.cleanup();
    clock::until("the camera's release", || track.ready_state() == MediaStreamTrackState::Ended).await;
}

/// Not in Firefox, where no `AudioContext` runs on a machine that cannot play sound.
#[wasm_bindgen_test]
async fn our_own_voice_is_measured() {
    if web_sys::window().unwrap().navigator().user_agent().unwrap().contains("Firefox") {
        return;
    }
    let owner = Owner::new();
    let call = lobby(&owner);
    clock::until("the beep of the made-up microphone", || call.levels.get_untracked().own() > 0.0).await;
    owner.cleanup();
}

#[wasm_bindgen_test]
async fn a_camera_that_is_switched_off_stays_off_next_time() {
    storage::remove("visavis:camera");
    let owner = Owner::new();
    let call = lobby(&owner);
    let screen = Screen::new();
    let video = &screen.video;
    clock::until("the camera", || picture(&call, video).is_some()).await;
    let track = picture(&call, video).unwrap();
    call.send(Intent::Switch(DeviceKind::Camera, false));
    clock::until("the camera's release", || track.ready_state() == MediaStreamTrackState::Ended).await;
    owner.cleanup();

    let owner = Owner::new();
    let call = lobby(&owner);
    assert!(!call.view.get_untracked().camera.wish);
    assert!(call.view.get_untracked().microphone.wish);
    owner.cleanup();
    storage::remove("visavis:camera");
}
