//! What a page around the frame is told of the call.

use visavis_call::{CallView, DeviceFailure, DeviceKind, DeviceState, Notice, NoticeId, Phase, Problem};
use visavis_client::embed::{
    event::{Event, changes},
    wish::Wrong,
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::made_up::{ALICE, BOB, in_call, lobby, tile};

#[wasm_bindgen_test]
fn at_first_everything_is_told_and_later_what_has_changed() {
    let names = |names: &[&str]| Event::People(names.iter().map(|&name| name.to_owned()).collect());
    let (microphone, camera) = (DeviceKind::Microphone, DeviceKind::Camera);
    assert_eq!(
        changes(None, &lobby()),
        [
            Event::State(Phase::Lobby),
            names(&[]),
            Event::Device(microphone, true, DeviceState::On),
            Event::Device(camera, true, DeviceState::On),
            Event::Problems(vec![]),
        ]
    );
    let alone = in_call(&[ALICE]);
    assert_eq!(changes(Some(&lobby()), &alone), [Event::State(Phase::InCall), names(&["alice"])]);
    assert_eq!(changes(Some(&alone), &alone), []);
    let both = in_call(&[ALICE, BOB]);
    assert_eq!(changes(Some(&alone), &both), [names(&["alice", "bob"])]);
    let muted = CallView { tiles: vec![tile(ALICE), tile(BOB)], ..both.clone() };
    assert_eq!(changes(Some(&both), &muted), []);
    let mut failed = both.clone();
    let failure = DeviceFailure::Refused;
    failed.camera.state = DeviceState::Failed(failure);
    let problem = Problem::Device(camera, failure);
    failed.notices.push(Notice { id: NoticeId(1), problem, device: None, name: String::new() });
    assert_eq!(
        changes(Some(&both), &failed),
        [Event::Device(camera, true, DeviceState::Failed(failure)), Event::Problems(vec!["camera-refused"])]
    );
    assert_eq!(
        changes(Some(&failed), &both),
        [Event::Device(camera, true, DeviceState::On), Event::Problems(vec![])]
    );
}

#[wasm_bindgen_test]
fn events_are_written_as_the_document_says() {
    let failed = DeviceState::Failed(DeviceFailure::Busy);
    for (event, json) in [
        (Event::Ready, r#"{"visavis":1,"type":"ready"}"#),
        (Event::State(Phase::InCall), r#"{"visavis":1,"type":"state","state":"in-call"}"#),
        (
            Event::People(vec!["Ana \"A\"".into(), String::new()]),
            r#"{"visavis":1,"type":"people","count":2,"names":["Ana \"A\"",""]}"#,
        ),
        (
            Event::Device(DeviceKind::Microphone, true, failed),
            r#"{"visavis":1,"type":"microphone","on":true,"state":"failed"}"#,
        ),
        (
            Event::Device(DeviceKind::Camera, false, DeviceState::Off),
            r#"{"visavis":1,"type":"camera","on":false,"state":"off"}"#,
        ),
        (
            Event::Problems(vec!["room-full", "camera-busy"]),
            r#"{"visavis":1,"type":"problems","codes":["room-full","camera-busy"]}"#,
        ),
        (
            Event::Wrong(Wrong::Value("on")),
            r#"{"visavis":1,"type":"error","code":"wrong-value","message":"`on` is missing or of the wrong kind"}"#,
        ),
    ] {
        assert_eq!(event.letter().to_json(), json);
    }
}
