//! `browser::peer`: connections of one page to each other.

use gloo_timers::future::TimeoutFuture;
use visavis_call::MediaRequest;
use visavis_call::{
    Candidate, ConnectionState, Description, DeviceKind, IceConfig, Operation, PeerCommand, PeerEvent,
    SdpKind, Source, TrackId, Traffic,
};
use visavis_quality::{FULL_SIZE, Limit, Limits};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{RtcRtpEncodingParameters, RtcRtpSender};

use crate::clock;
use crate::pair::{ALICE, BOB, Pair, exchanges, of_kind, open_devices};
use crate::screen::Screen;

const CAMERA: TrackId = TrackId { request: MediaRequest(1), source: Source::Camera };

fn screen_of(pair: &Pair, side: usize) -> Screen {
    Screen::showing(pair.sides[side].peer.as_ref().unwrap().stream())
}

/// What sends the camera's picture.
fn picture_sender(pair: &Pair, side: usize) -> RtcRtpSender {
    let senders = pair.sides[side].peer.as_ref().unwrap().connection().get_senders();
    let mut senders = senders.iter().map(RtcRtpSender::unchecked_from_js);
    senders.find(|sender| sender.track().is_some_and(|track| track.kind() == "video")).unwrap()
}

#[wasm_bindgen_test]
async fn both_see_hear_and_read_each_other() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &tracks).await;
    for side in [ALICE, BOB] {
        pair.until(side, &PeerEvent::Track(Source::Microphone)).await;
        pair.until(side, &PeerEvent::Track(Source::Camera)).await;
        pair.run(side, PeerCommand::SendControl(format!("from {side}")));
    }
    pair.until(BOB, &PeerEvent::Control("from 0".into())).await;
    pair.until(ALICE, &PeerEvent::Control("from 1".into())).await;

    let screens = [screen_of(&pair, ALICE), screen_of(&pair, BOB)];
    pair.until_holds("ten frames on both screens", || screens.iter().all(|screen| screen.frames() >= 10.0))
        .await;
    let peers = pair.sides.each_ref().map(|side| side.peer.as_ref().unwrap());
    clock::until("the beep of the made-up microphone", || peers.iter().all(|peer| peer.audio_level() > 0.0))
        .await;
}

#[wasm_bindgen_test]
async fn one_exchange_is_enough() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &tracks).await;
    for side in [ALICE, BOB] {
        pair.until(side, &PeerEvent::Track(Source::Camera)).await;
    }
    assert_eq!(pair.sides.each_ref().map(exchanges), [1, 1]);
}

#[wasm_bindgen_test]
async fn people_without_devices_connect_and_switch_them_on_later() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&[], &[]).await;
    for side in [ALICE, BOB] {
        let camera = of_kind(&tracks, DeviceKind::Camera);
        let command = PeerCommand::ReplaceTrack { source: Source::Camera, track: Some(CAMERA) };
        pair.run_with(side, command, Some(camera));
    }
    let screens = [screen_of(&pair, ALICE), screen_of(&pair, BOB)];
    pair.until_holds("frames without another exchange", || {
        screens.iter().all(|screen| screen.frames() > 0.0)
    })
    .await;
    assert_eq!(pair.sides.each_ref().map(exchanges), [1, 1]);
}

#[wasm_bindgen_test]
async fn a_camera_goes_off_and_comes_back() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &[]).await;
    let screen = screen_of(&pair, BOB);
    pair.until_holds("frames", || screen.frames() > 0.0).await;

    pair.run(ALICE, PeerCommand::ReplaceTrack { source: Source::Camera, track: None });
    let last = pair.until_still(&screen).await;

    let camera = of_kind(&tracks, DeviceKind::Camera);
    let command = PeerCommand::ReplaceTrack { source: Source::Camera, track: Some(CAMERA) };
    pair.run_with(ALICE, command, Some(camera));
    pair.until_holds("frames once more", || screen.frames() > last + 5.0).await;
}

#[wasm_bindgen_test]
async fn a_picture_begins_small_and_is_enlarged() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &tracks).await;
    // The one who offers and the one who answers.
    for (sender, receiver) in [(ALICE, BOB), (BOB, ALICE)] {
        let screen = screen_of(&pair, receiver);
        pair.until_holds("a picture", || screen.video.video_width() > 0).await;
        let small = screen.video.video_width();
        pair.run(sender, PeerCommand::EnlargePicture);
        pair.until_holds("a larger picture", || screen.video.video_width() > 2 * small).await;
    }
}

#[wasm_bindgen_test]
async fn what_comes_in_is_counted() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &[]).await;
    let first = pair.traffic(BOB).await;
    assert!(first.bytes > 0, "ICE alone has brought some");
    let more = |now: Traffic| now.bytes > first.bytes && now.sound > first.sound && now.frames > first.frames;
    while !more(pair.traffic(BOB).await) {}
    let silent = pair.traffic(ALICE).await;
    assert_eq!((silent.sound, silent.frames), (0, 0), "Bob sends neither");
}

#[wasm_bindgen_test]
async fn the_other_side_notices_that_one_closes() {
    let mut pair = Pair::connected(&[], &[]).await;
    pair.close(ALICE);
    pair.until(BOB, &PeerEvent::ControlClosed).await;
}

#[wasm_bindgen_test]
async fn a_word_said_before_closing_arrives() {
    let mut pair = Pair::connected(&[], &[]).await;
    // As if descriptions were still being worked on.
    pair.run(ALICE, PeerCommand::RestartIce(IceConfig::default()));
    pair.run(ALICE, PeerCommand::SendControl("good-bye".into()));
    pair.close(ALICE);
    pair.until(BOB, &PeerEvent::Control("good-bye".into())).await;
}

#[wasm_bindgen_test]
async fn a_closed_connection_tells_nothing_more() {
    let mut pair = Pair::open(&[], &[]);
    pair.wired = false;
    pair.run(ALICE, PeerCommand::SetLocal);
    pair.close(ALICE);
    pair.run(BOB, PeerCommand::SetLocal);
    pair.until_some(BOB, "an offer", |event| matches!(event, PeerEvent::LocalSet(_))).await;
    assert_eq!(pair.sides[ALICE].seen, []);
}

#[wasm_bindgen_test]
async fn who_yields_to_a_colliding_offer_is_seen_all_the_same() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::open_as([true, true], [&tracks, &tracks]);
    pair.wired = false;
    pair.run(BOB, PeerCommand::SetLocal);
    let is_offer =
        |event: &PeerEvent| matches!(event, PeerEvent::LocalSet(made) if made.kind == SdpKind::Offer);
    pair.until_some(BOB, "bob's offer", is_offer).await;
    pair.run(ALICE, PeerCommand::SetLocal);
    pair.until_some(ALICE, "alice's offer", is_offer).await;

    // Bob's is never sent. From here on they are wired, with alice as the one who offers.
    let mine = pair.sides[ALICE].seen.clone();
    pair.wired = true;
    pair.yield_to(ALICE, mine);
    pair.until_connected().await;
    let screens = [screen_of(&pair, ALICE), screen_of(&pair, BOB)];
    pair.until_holds("frames both ways", || screens.iter().all(|screen| screen.frames() > 0.0)).await;
}

/// Why it is the one who began that gives way: where Chromium takes back the first offer of a side that has only answered,
/// that side sees no picture any more.
#[wasm_bindgen_test]
async fn pictures_go_on_when_the_one_who_began_takes_back_an_offer() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &tracks).await;
    let screens = [screen_of(&pair, ALICE), screen_of(&pair, BOB)];
    pair.until_holds("frames both ways", || screens.iter().all(|screen| screen.frames() > 0.0)).await;

    pair.wired = false;
    let is_offer =
        |event: &PeerEvent| matches!(event, PeerEvent::LocalSet(made) if made.kind == SdpKind::Offer);
    for side in [ALICE, BOB] {
        pair.sides[side].seen.clear();
        pair.run(side, PeerCommand::SetLocal);
        pair.until_some(side, "an offer", is_offer).await;
    }
    let theirs = pair.sides[BOB].seen.clone();
    pair.wired = true;
    pair.yield_to(BOB, theirs);
    pair.until(BOB, &PeerEvent::RemoteSet).await;

    let before = screens.each_ref().map(Screen::frames);
    let go_on = || screens.iter().zip(before).all(|(screen, before)| screen.frames() > before + 5.0);
    pair.until_holds("frames go on both ways", go_on).await;
}

#[wasm_bindgen_test]
async fn ice_restarts_in_a_new_exchange_and_stays_connected() {
    let mut pair = Pair::connected(&[], &[]).await;
    pair.sides[ALICE].seen.clear();
    pair.sides[BOB].seen.clear();
    pair.run(ALICE, PeerCommand::RestartIce(IceConfig::default()));
    pair.until(ALICE, &PeerEvent::NegotiationNeeded).await;
    pair.until(ALICE, &PeerEvent::RemoteSet).await;
    pair.run(ALICE, PeerCommand::SendControl("still here".into()));
    pair.until(BOB, &PeerEvent::Control("still here".into())).await;
    let broken = PeerEvent::State(ConnectionState::Failed);
    assert!(pair.sides.iter().all(|side| !side.seen.contains(&broken)));
}

#[wasm_bindgen_test]
async fn a_command_that_fails_is_told_and_the_next_one_runs() {
    let mut pair = Pair::open(&[], &[]);
    pair.wired = false;
    let nonsense = Description { kind: SdpKind::Answer, sdp: "v=nonsense".into() };
    pair.run(ALICE, PeerCommand::SetRemote(nonsense));
    pair.run(ALICE, PeerCommand::SendControl("nobody listens".into()));
    pair.run(ALICE, PeerCommand::SetLocal);
    pair.until_some(ALICE, "the offer", |event| matches!(event, PeerEvent::LocalSet(_))).await;
    let mut failed = Vec::new();
    for event in &pair.sides[ALICE].seen {
        if let PeerEvent::Failed { operation, .. } = event {
            failed.push(*operation);
        }
    }
    assert_eq!(failed, [Operation::SendControl, Operation::SetRemote]);
}

#[wasm_bindgen_test]
async fn a_candidate_that_does_not_apply_is_not_told() {
    let mut pair = Pair::open(&[], &[]);
    pair.wired = false;
    let candidate = Candidate {
        candidate: "candidate:nonsense".into(),
        sdp_mid: Some("0".into()),
        sdp_m_line_index: Some(0),
        username_fragment: None,
    };
    pair.run(ALICE, PeerCommand::AddCandidate(candidate));
    pair.run(ALICE, PeerCommand::SetLocal);
    pair.until_some(ALICE, "the offer", |event| matches!(event, PeerEvent::LocalSet(_))).await;
    assert!(!pair.sides[ALICE].seen.iter().any(|event| matches!(event, PeerEvent::Failed { .. })));
}

/// Chromium refuses the 501st connection of a page, counting closed ones that something still holds.
#[wasm_bindgen_test]
async fn a_closed_connection_is_held_by_nothing() {
    for _ in 0..11 {
        for _ in 0..25 {
            drop(Pair::open(&[], &[]));
        }
        // Their tasks end in this turn of the event loop.
        TimeoutFuture::new(0).await;
        collect_garbage();
    }
}

/// Where the browser was started so that pages may ask for it.
fn collect_garbage() {
    let gc = js_sys::Reflect::get(&js_sys::global(), &"gc".into()).unwrap();
    if let Some(gc) = gc.dyn_ref::<js_sys::Function>() {
        gc.call0(&wasm_bindgen::JsValue::UNDEFINED).unwrap();
    }
}

fn limits(camera: Limit) -> Limits {
    let screen = Limit { active: true, max_bitrate: 1_000_000, scale: FULL_SIZE, max_framerate: 15 };
    Limits { camera, screen, sound: 32_000 }
}

#[wasm_bindgen_test]
async fn a_picture_keeps_to_its_limits_and_comes_back() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&tracks, &[]).await;
    let screen = screen_of(&pair, BOB);
    pair.until_holds("frames", || screen.frames() > 0.0).await;
    let limit = |pair: &Pair, camera| pair.sides[ALICE].peer.as_ref().unwrap().limit(limits(camera));
    let off = Limit { active: false, max_bitrate: 50_000, scale: FULL_SIZE, max_framerate: 1 };
    limit(&pair, off);
    let last = pair.until_still(&screen).await;
    pair.run(ALICE, PeerCommand::EnlargePicture);
    assert!(pair.until_still(&screen).await <= last + 1.0, "what is off stays off when it is enlarged");
    let half = Limit { active: true, max_bitrate: 500_000, scale: 200, max_framerate: 30 };
    limit(&pair, half);
    pair.until_holds("frames again", || screen.frames() > last + 5.0).await;
    let sender = picture_sender(&pair, ALICE);
    // How small a busy machine makes it besides is not ours to say.
    let width = f64::from(sender.track().unwrap().get_settings().get_width().unwrap());
    pair.until_holds("half the width at most", || {
        (1.0..=width / 2.0).contains(&f64::from(screen.video.video_width()))
    })
    .await;
    pair.until_holds("half the width asked for", || {
        let encoding: RtcRtpEncodingParameters =
            sender.get_parameters().get_encodings().unwrap_or_default().get(0).unchecked_into();
        encoding.get_active() == Some(true) && encoding.get_scale_resolution_down_by() == Some(2.0)
    })
    .await;
    assert_eq!(pair.sides.each_ref().map(exchanges), [1, 1], "nothing is negotiated for it");
}
