//! One input, the effects it has: the call as its shell meets it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

use serde_json::{Value, json};
use visavis_call::link::Secret;
use visavis_call::{
    Call, Candidate, Config, ConnectionId, ConnectionState, Description, DeviceFailure, DeviceKind, Devices,
    Effect, Input, Intent, Link, MediaEvent, MediaRequest, Operation, PeerCommand, PeerEvent, Phase, Problem,
    Remembered, RequestFailure, RequestId, SdpKind, Sharing, SocketEvent, Source, StreamId, Timer, TrackId,
    Traffic, Trouble,
};
use visavis_protocol::{ClientEvent, PeerId, Token};

#[path = "call/beside.rs"]
mod beside;
#[path = "call/hands.rs"]
mod hands;
#[path = "call/healing.rs"]
mod healing;
#[path = "call/host.rs"]
mod host;
#[path = "call/links.rs"]
mod links;
#[path = "call/lobby.rs"]
mod lobby;
#[path = "call/reloads.rs"]
mod reloads;
#[path = "call/screens.rs"]
mod screens;
#[path = "call/withheld.rs"]
mod withheld;

fn alice() -> PeerId {
    PeerId::parse("aaaaaaaaaaaaaaaa").unwrap()
}

fn bob() -> PeerId {
    PeerId::parse("bbbbbbbbbbbbbbbb").unwrap()
}

fn carol() -> PeerId {
    PeerId::parse("cccccccccccccccc").unwrap()
}

fn call() -> Call {
    let secret = Secret::parse("0123456789abcdefghjkmnpqrs").unwrap();
    let config = Config {
        secret,
        seed: [1; 32],
        name: "Alice".into(),
        microphone: true,
        camera: true,
        remembered: Remembered::default(),
        seat: None,
        host_token: None,
    };
    Call::new(config).0
}

fn feed(call: &mut Call, input: Input) -> Vec<Effect> {
    call.handle(input)
}

fn intent(call: &mut Call, intent: Intent) -> Vec<Effect> {
    feed(call, Input::Intent(intent))
}

fn socket(call: &mut Call, event: SocketEvent) -> Vec<Effect> {
    feed(call, Input::Socket(event))
}

fn reply(call: &mut Call, request: RequestId, value: Value) -> Vec<Effect> {
    socket(call, SocketEvent::Reply { request, reply: Ok(value) })
}

fn event(call: &mut Call, name: &str, data: Value) -> Vec<Effect> {
    socket(call, SocketEvent::Event { name: name.into(), data })
}

fn refused(code: &str) -> Value {
    json!({"error": {"code": code, "message": "No."}})
}

fn joined(peers: &[PeerId]) -> Value {
    let token = Token::from_bytes([9; 32]);
    let limits = json!({"capacity": 8, "payload": 65536});
    json!({"ok": {"peer": alice(), "token": token, "peers": peers, "ice": {"servers": []}, "limits": limits}})
}

/// The one request to be let in among these effects, and whether it claims an earlier identity.
fn join_request(effects: &[Effect]) -> (RequestId, bool) {
    let mut joins = effects.iter().filter_map(|effect| match effect {
        Effect::Send { request, event: ClientEvent::Join(join) } => Some((*request, join.resume.is_some())),
        _ => None,
    });
    let join = joins.next().expect("a join is sent");
    assert!(joins.next().is_none(), "only one join is sent");
    join
}

fn in_call_with(peers: &[PeerId]) -> (Call, Vec<Effect>) {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    let effects = reply(&mut call, request, joined(peers));
    (call, effects)
}

fn local_offer() -> PeerEvent {
    PeerEvent::LocalSet(Description { kind: SdpKind::Offer, sdp: "v=0".into() })
}

fn opened(effects: &[Effect]) -> Vec<(PeerId, ConnectionId, bool)> {
    let open = |effect: &Effect| match effect {
        Effect::OpenPeer { peer, connection, initiator, .. } => Some((peer.clone(), *connection, *initiator)),
        _ => None,
    };
    effects.iter().filter_map(open).collect()
}

#[test]
fn the_lobby_connects_and_opens_both_devices_with_one_request() {
    let secret = Secret::parse("0123456789abcdefghjkmnpqrs").unwrap();
    let config = Config {
        secret,
        seed: [1; 32],
        name: String::new(),
        microphone: true,
        camera: true,
        remembered: Remembered::default(),
        seat: None,
        host_token: None,
    };
    let (call, effects) = Call::new(config);
    assert_eq!(call.view().phase, Phase::Lobby);
    assert_eq!(effects[0], Effect::Connect);
    let Effect::OpenDevices { devices, .. } = &effects[1] else { panic!("{effects:?}") };
    assert_eq!(devices.len(), 2);
}

#[test]
fn joining_never_waits_for_a_device() {
    let (call, _) = in_call_with(&[]);
    let view = call.view();
    assert_eq!(view.phase, Phase::InCall);
    assert_eq!((view.tiles.len(), view.tiles[0].is_self, view.tiles[0].camera), (1, true, false));
}

#[test]
fn a_join_before_the_socket_is_up_is_made_when_it_is() {
    let mut call = call();
    let effects = intent(&mut call, Intent::Join);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::Send { .. })), "{effects:?}");
    assert_eq!(call.view().phase, Phase::Joining);
    join_request(&socket(&mut call, SocketEvent::Connected));
}

#[test]
fn the_newcomer_offers_to_everyone_who_is_there() {
    let (_, effects) = in_call_with(&[bob()]);
    let [(peer, _, initiator)] = &opened(&effects)[..] else { panic!("{effects:?}") };
    assert_eq!((peer, *initiator), (&bob(), true));
}

#[test]
fn a_full_room_leads_back_to_the_lobby() {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    reply(&mut call, request, refused("room_full"));
    let view = call.view();
    assert_eq!(view.phase, Phase::Lobby);
    assert_eq!(view.notices[0].problem, Problem::RoomFull);
    join_request(&intent(&mut call, Intent::Join));
    assert!(call.view().notices.is_empty(), "a new attempt clears the notice of the old one");
}

#[test]
fn a_lost_socket_changes_nothing_for_the_links_and_is_resumed() {
    let (mut call, _) = in_call_with(&[bob()]);
    let effects = socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::ClosePeer { .. })));
    assert_eq!(call.view().phase, Phase::Reconnecting);
    let (request, resumes) = join_request(&socket(&mut call, SocketEvent::Connected));
    assert!(resumes);
    reply(&mut call, request, joined(&[bob()]));
    assert_eq!((call.view().phase, call.view().tiles.len()), (Phase::InCall, 2));
}

#[test]
fn a_server_that_does_not_know_us_is_joined_anew() {
    let (mut call, _) = in_call_with(&[bob()]);
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    let effects = reply(&mut call, request, refused("bad_token"));
    let (_, resumes) = join_request(&effects);
    assert!(!resumes);
}

#[test]
fn a_late_answer_to_an_earlier_join_is_dropped() {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    intent(&mut call, Intent::Leave);
    reply(&mut call, request, joined(&[bob()]));
    assert_eq!(call.view().phase, Phase::Left);
}

#[test]
fn an_unanswered_join_is_made_again_from_outside_of_the_room() {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    socket(&mut call, SocketEvent::Reply { request, reply: Err(RequestFailure::TimedOut) });
    let effects = feed(&mut call, Input::Timer(Timer::Rejoin));
    assert!(matches!(effects[0], Effect::Send { event: ClientEvent::Leave, .. }));
    join_request(&effects);
}

#[test]
fn leaving_closes_every_link_and_device_and_says_goodbye_first() {
    let (mut call, _) = in_call_with(&[bob()]);
    let track = TrackId { request: MediaRequest(1), source: Source::Camera };
    feed(&mut call, Input::Media(MediaEvent::Opened(track)));
    let effects = intent(&mut call, Intent::Leave);
    let position = |wanted: fn(&Effect) -> bool| effects.iter().position(wanted).expect("it is done");
    let goodbye = position(|effect| matches!(effect, Effect::Send { event: ClientEvent::Leave, .. }));
    let close = position(|effect| matches!(effect, Effect::ClosePeer { .. }));
    position(|effect| matches!(effect, Effect::CloseTrack(_)));
    let disconnect = position(|effect| matches!(effect, Effect::Disconnect));
    assert!(goodbye < close && close < disconnect);
    assert_eq!(call.view().phase, Phase::Left);
}

#[test]
fn a_camera_that_starts_in_the_call_is_sent_and_told() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    let track = TrackId { request: MediaRequest(1), source: Source::Camera };
    let effects = feed(&mut call, Input::Media(MediaEvent::Opened(track)));
    let replace = PeerCommand::ReplaceTrack { source: Source::Camera, track: Some(track) };
    assert!(effects.contains(&Effect::Peer { peer, connection, command: replace }));
    assert!(effects.iter().any(|e| matches!(e, Effect::Send { event: ClientEvent::Signal(_), .. })));
    assert!(call.view().tiles[0].camera);
}

#[test]
fn events_of_an_earlier_connection_are_late() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, first, _) = opened(&effects).remove(0);
    let effects = feed(&mut call, Input::Timer(Timer::Establish(bob())));
    let (_, second, _) = opened(&effects).remove(0);
    assert!(second > first);
    let late = Input::Peer { peer, connection: first, event: PeerEvent::NegotiationNeeded };
    assert!(feed(&mut call, late).iter().all(|effect| matches!(effect, Effect::Log(_))));
}

#[test]
fn a_link_that_makes_progress_gets_more_time() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    let event = PeerEvent::State(ConnectionState::Connecting);
    let effects = feed(&mut call, Input::Peer { peer, connection, event });
    assert!(effects.iter().any(|e| matches!(e, Effect::SetTimer { timer: Timer::Establish(_), .. })));
}

#[test]
fn an_offer_is_made_before_the_browser_asks_for_it() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    let set_local = Effect::Peer { peer: peer.clone(), connection, command: PeerCommand::SetLocal };
    assert!(effects.contains(&set_local), "{effects:?}");
    let asked = Input::Peer { peer, connection, event: PeerEvent::NegotiationNeeded };
    assert!(feed(&mut call, asked).is_empty());
}

#[test]
fn ice_servers_are_renewed_before_their_credentials_end() {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    let mut answer = joined(&[]);
    answer["ok"]["ice"] = json!({"servers": [], "ttl": 600});
    let renewal = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::SetTimer { timer: Timer::RenewIce, after } => Some(after.as_secs()),
            _ => None,
        })
    };
    assert_eq!(renewal(&reply(&mut call, request, answer)), Some(300));
    let ask = |call: &mut Call| {
        let effects = feed(call, Input::Timer(Timer::RenewIce));
        let [Effect::Send { request, event: ClientEvent::Ice }] = effects[..] else { panic!("{effects:?}") };
        request
    };
    let request = ask(&mut call);
    let failed = SocketEvent::Reply { request, reply: Err(RequestFailure::TimedOut) };
    assert_eq!(renewal(&socket(&mut call, failed)), Some(10), "asked again later");
    let request = ask(&mut call);
    let fresh = json!({"ok": {"servers": [{"urls": ["stun:fresh"]}], "ttl": 600}});
    assert_eq!(renewal(&reply(&mut call, request, fresh)), Some(300));
    event(&mut call, "peer-joined", json!({"peer": bob()}));
    let effects = feed(&mut call, Input::Timer(Timer::Establish(bob())));
    let with_fresh = |effect: &Effect| matches!(effect, Effect::OpenPeer { ice, .. } if ice.servers[0].urls[0] == "stun:fresh");
    assert!(effects.iter().any(with_fresh), "{effects:?}");
}

#[test]
fn a_device_that_fails_late_is_no_news_after_the_call() {
    let (mut call, _) = in_call_with(&[]);
    intent(&mut call, Intent::Leave);
    let track = TrackId { request: MediaRequest(1), source: Source::Camera };
    feed(&mut call, Input::Media(MediaEvent::Failed { track, failure: DeviceFailure::Busy }));
    assert!(call.view().notices.is_empty());
}

#[test]
fn a_refused_return_is_forgotten_once_it_succeeds() {
    let (mut call, _) = in_call_with(&[bob()]);
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    reply(&mut call, request, refused("room_full"));
    assert_eq!(call.view().notices[0].problem, Problem::RoomFull);
    let (request, _) = join_request(&feed(&mut call, Input::Timer(Timer::Rejoin)));
    reply(&mut call, request, joined(&[bob()]));
    assert!(call.view().notices.is_empty());
}

#[test]
fn an_absent_peer_is_kept_through_a_blip_and_let_go_when_it_fails() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    let state = |state| Input::Peer { peer: peer.clone(), connection, event: PeerEvent::State(state) };
    feed(&mut call, state(ConnectionState::Connected));
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "lost"}));
    feed(&mut call, state(ConnectionState::Disconnected));
    assert_eq!(call.view().tiles.len(), 2);
    feed(&mut call, state(ConnectionState::Connected));
    feed(&mut call, state(ConnectionState::Failed));
    assert_eq!(call.view().tiles.len(), 1);
}

#[test]
fn garbage_from_the_server_changes_nothing() {
    let (mut call, _) = in_call_with(&[bob()]);
    let before = call.view();
    let garbage = [
        ("peer-joined", json!({"peer": "x"})),
        ("peer-joined", Value::Null),
        ("peer-left", json!([1, 2])),
        ("signal", json!({"from": bob(), "seq": 1, "payload": "AAAA"})),
        ("signal", json!({"from": bob(), "seq": 2, "payload": "\u{0}"})),
        ("dance", json!({})),
    ];
    for (name, data) in garbage {
        let effects = event(&mut call, name, data);
        assert!(effects.iter().all(|effect| matches!(effect, Effect::Log(_))), "{name}: {effects:?}");
    }
    assert_eq!(call.view(), before);
}

#[test]
fn a_device_that_fails_is_told_once_and_can_be_retried() {
    let mut call = call();
    let track = TrackId { request: MediaRequest(1), source: Source::Camera };
    let failed = MediaEvent::Failed { track, failure: DeviceFailure::Refused };
    feed(&mut call, Input::Media(failed));
    let notice = call.view().notices.remove(0);
    assert_eq!(notice.problem.code(), "camera-refused");
    intent(&mut call, Intent::Dismiss(notice.id));
    feed(&mut call, Input::Media(MediaEvent::Devices(Devices::default())));
    assert!(call.view().notices.is_empty(), "a dismissed notice stays away");
    let microphone = TrackId { request: MediaRequest(1), source: Source::Microphone };
    feed(&mut call, Input::Media(MediaEvent::Opened(microphone)));
    let effects = intent(&mut call, Intent::Retry(DeviceKind::Camera));
    assert!(effects.iter().any(|effect| matches!(effect, Effect::OpenDevices { .. })));
}

#[test]
fn no_effect_or_log_shows_the_secret_or_a_name() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let more = intent(&mut call, Intent::Rename("Alice Liddell".into()));
    let logs =
        effects.iter().chain(&more).filter(|effect| matches!(effect, Effect::Log(_) | Effect::Send { .. }));
    let text = format!("{:?}", logs.collect::<Vec<_>>());
    assert!(!text.contains("0123456789abcdefghjkmnpqrs") && !text.contains("Liddell"), "{text}");
}

#[test]
fn a_goodbye_takes_the_tile_away_without_the_server() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    let input = |event| Input::Peer { peer: peer.clone(), connection, event };
    feed(&mut call, input(PeerEvent::ControlOpen));
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    assert_eq!(call.view().tiles.len(), 2);
    feed(&mut call, input(PeerEvent::Control(r#"{"goodbye":{}}"#.into())));
    assert_eq!(call.view().tiles.len(), 1);
}

#[test]
fn leaving_without_the_server_is_told_to_everyone_linked() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects).remove(0);
    feed(&mut call, Input::Peer { peer, connection, event: PeerEvent::ControlOpen });
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let effects = intent(&mut call, Intent::Leave);
    let said = |effect: &Effect| matches!(effect, Effect::Peer { command: PeerCommand::SendControl(text), .. } if text.contains("goodbye"));
    let goodbye = effects.iter().position(said).expect("goodbye is said");
    let closed =
        effects.iter().position(|effect| matches!(effect, Effect::ClosePeer { .. })).expect("it closes");
    assert!(goodbye < closed);
}
