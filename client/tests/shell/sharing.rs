//! `browser::peer`: a screen beside microphone and camera.

use visavis_call::{DeviceKind, MediaRequest, PeerCommand, PeerEvent, Source, TrackId};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::pair::{ALICE, BOB, Pair, exchanges, of_kind, open_devices};
use crate::screen::Screen;

const SCREEN: TrackId = TrackId { request: MediaRequest(1), source: Source::Screen };

fn share(track: Option<TrackId>) -> PeerCommand {
    PeerCommand::ReplaceTrack { source: Source::Screen, track }
}

#[wasm_bindgen_test]
async fn a_screen_is_negotiated_once_and_comes_and_goes_beside_the_camera() {
    let (_devices, tracks) = open_devices().await;
    let picture = || Some(of_kind(&tracks, DeviceKind::Camera));
    let mut pair = Pair::connected(&tracks, &tracks).await;
    pair.until(BOB, &PeerEvent::Track(Source::Camera)).await;
    pair.run_with(ALICE, share(Some(SCREEN)), picture());
    pair.until(BOB, &PeerEvent::Track(Source::Screen)).await;
    let peer = pair.sides[BOB].peer.as_ref().unwrap();
    let [screen, face] = [peer.screen(), peer.stream()].map(Screen::showing);
    pair.until_holds("frames of both", || screen.frames() > 5.0 && face.frames() > 5.0).await;
    assert_eq!(exchanges(&pair.sides[ALICE]), 2);

    pair.run(ALICE, share(None));
    let last = pair.until_still(&screen).await;
    pair.run_with(ALICE, share(Some(SCREEN)), picture());
    pair.until_holds("frames once more", || screen.frames() > last + 5.0).await;
    assert_eq!(exchanges(&pair.sides[ALICE]), 2, "without another exchange");
    assert!(!pair.sides[ALICE].seen.contains(&PeerEvent::Track(Source::Screen)), "bob shows none");
}

#[wasm_bindgen_test]
async fn a_screen_is_not_counted_as_the_camera() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::connected(&[], &[]).await;
    pair.run_with(ALICE, share(Some(SCREEN)), Some(of_kind(&tracks, DeviceKind::Camera)));
    pair.until(BOB, &PeerEvent::Track(Source::Screen)).await;
    let screen = Screen::showing(pair.sides[BOB].peer.as_ref().unwrap().screen());
    pair.until_holds("frames", || screen.frames() > 5.0).await;
    let traffic = pair.traffic(BOB).await;
    assert!(traffic.bytes > 0);
    assert_eq!(traffic.frames, 0);
}

#[wasm_bindgen_test]
async fn a_screen_that_is_shown_before_the_link_is_up_follows_the_first_exchange() {
    let (_devices, tracks) = open_devices().await;
    let mut pair = Pair::open(&tracks, &tracks);
    pair.run_with(ALICE, share(Some(SCREEN)), Some(of_kind(&tracks, DeviceKind::Camera)));
    pair.until_connected().await;
    pair.until(BOB, &PeerEvent::Track(Source::Screen)).await;
    let screen = Screen::showing(pair.sides[BOB].peer.as_ref().unwrap().screen());
    pair.until_holds("frames", || screen.frames() > 5.0).await;
}
