//! What is done about a link that breaks, step by step.

use super::links::{connected, traffic};
use super::*;

fn state(state: ConnectionState) -> PeerEvent {
    PeerEvent::State(state)
}

fn mend(call: &mut Call) -> Vec<Effect> {
    feed(call, Input::Timer(Timer::Mend(bob())))
}

/// The policies of the ICE restarts among these effects.
fn restarts(effects: &[Effect]) -> Vec<bool> {
    let policy = |effect: &Effect| match effect {
        Effect::Peer { command: PeerCommand::RestartIce(ice), .. } => Some(ice.relay_only),
        _ => None,
    };
    effects.iter().filter_map(policy).collect()
}

fn closed(effects: &[Effect]) -> Vec<ConnectionId> {
    let close = |effect: &Effect| match effect {
        Effect::ClosePeer { connection, .. } => Some(*connection),
        _ => None,
    };
    effects.iter().filter_map(close).collect()
}

fn told(effects: &[Effect]) -> Vec<String> {
    let text = |effect: &Effect| match effect {
        Effect::Peer { command: PeerCommand::SendControl(text), .. } => Some(text.clone()),
        _ => None,
    };
    effects.iter().filter_map(text).collect()
}

fn presence(microphone: bool, camera: bool) -> PeerEvent {
    let presence = json!({"revision": 1, "name": "Bob", "microphone": microphone, "camera": camera});
    PeerEvent::Control(json!({ "presence": presence }).to_string())
}

fn camera() -> TrackId {
    TrackId { request: MediaRequest(1), source: Source::Camera }
}

fn link(call: &Call) -> Link {
    call.view().tiles[1].link
}

/// Alice has a relay, and her link to Bob has been taken to a new connection, which is returned with the old one.
fn rebuilt() -> (Call, ConnectionId, ConnectionId) {
    let (mut call, old, _) = connected();
    feed(&mut call, peer(old, state(ConnectionState::Disconnected)));
    let effects: Vec<_> = (0..3).flat_map(|_| mend(&mut call)).collect();
    let [(whom, new, initiator)] = opened(&effects).try_into().expect("one");
    assert_eq!((whom, initiator), (bob(), true));
    assert_eq!(closed(&effects), [], "the old connection stays for now");
    (call, old, new)
}

fn peer(connection: ConnectionId, event: PeerEvent) -> Input {
    Input::Peer { peer: bob(), connection, event }
}

#[test]
fn ice_is_restarted_then_with_the_relay_alone_then_a_new_connection_is_made() {
    let (mut call, old, _) = connected();
    let ice = json!({"ok": {"servers": [{"urls": ["turn:relay"], "username": "u", "credential": "c"}]}});
    let (request, _) = feed(&mut call, Input::Timer(Timer::RenewIce))
        .into_iter()
        .find_map(|effect| match effect {
            Effect::Send { request, event: event @ ClientEvent::Ice } => Some((request, event)),
            _ => None,
        })
        .expect("fresh servers are asked for");
    reply(&mut call, request, ice);
    feed(&mut call, peer(old, state(ConnectionState::Disconnected)));
    assert_eq!(restarts(&mend(&mut call)), [false]);
    assert_eq!(restarts(&mend(&mut call)), [true]);
    let effects = mend(&mut call);
    assert!(restarts(&effects).is_empty());
    assert_eq!(opened(&effects).len(), 1);
    assert_eq!(link(&call), Link::Interrupted);
}

#[test]
fn without_a_relay_none_is_insisted_on() {
    let (mut call, old, _) = connected();
    feed(&mut call, peer(old, state(ConnectionState::Disconnected)));
    assert_eq!(restarts(&mend(&mut call)), [false]);
    assert_eq!(restarts(&mend(&mut call)), [false]);
}

#[test]
fn a_restart_that_makes_progress_gets_more_time() {
    let (mut call, old, _) = connected();
    feed(&mut call, peer(old, state(ConnectionState::Disconnected)));
    mend(&mut call);
    let effects = feed(&mut call, peer(old, state(ConnectionState::Connecting)));
    assert!(effects.iter().any(|e| matches!(e, Effect::SetTimer { timer: Timer::Mend(_), .. })));
}

#[test]
fn the_old_connection_serves_until_the_new_one_does() {
    let (mut call, old, new) = rebuilt();
    feed(&mut call, peer(old, PeerEvent::Track(Source::Camera)));
    let shown = |call: &Call| call.view().tiles[1].stream.clone();
    assert_eq!(shown(&call), Some(StreamId::Remote(bob(), old)));
    assert_eq!(closed(&feed(&mut call, peer(new, state(ConnectionState::Connected)))), []);
    assert_eq!(link(&call), Link::Connected);
    feed(&mut call, peer(new, PeerEvent::Track(Source::Camera)));
    assert_eq!(closed(&feed(&mut call, peer(new, PeerEvent::ControlOpen))), [old]);
    assert_eq!(shown(&call), Some(StreamId::Remote(bob(), new)));
}

#[test]
fn an_old_connection_that_works_again_is_kept_until_the_picture_is_there() {
    let (mut call, old, new) = rebuilt();
    feed(&mut call, peer(old, presence(true, true)));
    feed(&mut call, peer(old, state(ConnectionState::Connected)));
    assert_eq!(link(&call), Link::Connected);
    feed(&mut call, peer(new, state(ConnectionState::Connected)));
    assert_eq!(closed(&feed(&mut call, peer(new, PeerEvent::ControlOpen))), []);
    let traffic = |frames| PeerEvent::Traffic(Traffic { bytes: 9, sound: 9, frames });
    assert_eq!(closed(&feed(&mut call, peer(new, traffic(0)))), []);
    assert_eq!(closed(&feed(&mut call, peer(new, traffic(1)))), [old]);
}

#[test]
fn a_new_connection_that_comes_to_nothing_is_given_up_when_the_old_one_works_again() {
    let (mut call, old, new) = rebuilt();
    feed(&mut call, peer(old, state(ConnectionState::Connected)));
    let effects = feed(&mut call, Input::Timer(Timer::Establish(bob())));
    assert_eq!(closed(&effects), [new]);
    assert_eq!(opened(&effects), []);
    assert_eq!(link(&call), Link::Connected);
}

#[test]
fn both_connections_send_what_we_send() {
    let (mut call, old, new) = rebuilt();
    let effects = feed(&mut call, Input::Media(MediaEvent::Opened(camera())));
    let replaced = |effect: &Effect| match effect {
        Effect::Peer { connection, command: PeerCommand::ReplaceTrack { .. }, .. } => Some(*connection),
        _ => None,
    };
    assert_eq!(effects.iter().filter_map(replaced).collect::<Vec<_>>(), [new, old]);
    let effects = intent(&mut call, Intent::Leave);
    assert_eq!(closed(&effects), [new, old]);
}

#[test]
fn a_picture_that_does_not_come_is_asked_for_then_ice_is_restarted_then_a_new_connection_is_made() {
    let (mut call, connection, _) = connected();
    feed(&mut call, peer(connection, presence(true, true)));
    let mut second = 0;
    let mut next = |call: &mut Call| {
        second += 1;
        let traffic = Traffic { bytes: second * 100, sound: second * 50, frames: 7 };
        feed(call, peer(connection, PeerEvent::Traffic(traffic)))
    };
    next(&mut call);
    let steps: Vec<_> = (0..20).map(|_| next(&mut call)).collect();
    assert_eq!(told(&steps[3]), [r#"{"refresh":{"kind":"camera"}}"#]);
    assert_eq!(restarts(&steps[9]), [false]);
    assert_eq!(opened(&steps[19]).len(), 1);
    assert_eq!(link(&call), Link::Connected, "what comes still comes");
    for (at, step) in steps.iter().enumerate().filter(|(at, _)| ![3, 9, 19].contains(at)) {
        assert_eq!(step[..], [], "second {at}");
    }
}

#[test]
fn who_sends_no_picture_lacks_none() {
    let (mut call, connection, _) = connected();
    feed(&mut call, peer(connection, presence(true, false)));
    for second in 1..40 {
        assert_eq!(feed(&mut call, peer(connection, traffic(second * 100))), []);
    }
}

#[test]
fn what_is_asked_for_is_sent_anew() {
    let (mut call, connection, _) = connected();
    let refresh = || PeerEvent::Control(r#"{"refresh":{"kind":"camera"}}"#.into());
    assert_eq!(feed(&mut call, peer(connection, refresh())), [], "there is no camera");
    feed(&mut call, Input::Media(MediaEvent::Opened(camera())));
    let effects = feed(&mut call, peer(connection, refresh()));
    let replaced = |effect: &Effect| match effect {
        Effect::Peer { command: PeerCommand::ReplaceTrack { track, .. }, .. } => *track,
        _ => panic!("{effect:?}"),
    };
    assert_eq!(effects.iter().map(replaced).collect::<Vec<_>>(), [None, Some(camera())]);
}

#[test]
fn a_link_that_cannot_be_made_says_why() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (_, first, _) = opened(&effects)[0].clone();
    feed(&mut call, peer(first, local_offer()));
    let trouble = |call: &Call| call.view().tiles[1].trouble;
    let establish = |call: &mut Call| feed(call, Input::Timer(Timer::Establish(bob())));
    establish(&mut call);
    assert_eq!((link(&call), trouble(&call)), (Link::Connecting, None), "once is nothing");
    establish(&mut call);
    assert_eq!((link(&call), trouble(&call)), (Link::Failed, Some(Trouble::Unanswered)));
}

#[test]
fn a_sealed_signal_is_passed_on_to_whom_it_is_for() {
    let (mut call, effects) = in_call_with(&[bob(), carol()]);
    let (_, to_bob, _) = opened(&effects)[0].clone();
    let effects = feed(&mut call, peer(to_bob, local_offer()));
    let (_, to_carol, _) = opened(&effects)[0].clone();
    let with_carol = |event| Input::Peer { peer: carol(), connection: to_carol, event };
    for event in [state(ConnectionState::Connected), PeerEvent::ControlOpen] {
        feed(&mut call, peer(to_bob, event.clone()));
        feed(&mut call, with_carol(event));
    }
    let pass = json!({"pass": {"to": carol(), "seq": 5, "payload": "sealed"}}).to_string();
    let effects = feed(&mut call, peer(to_bob, PeerEvent::Control(pass)));
    let [Effect::Peer { peer: whom, command: PeerCommand::SendControl(text), .. }] = &effects[..] else {
        panic!("{effects:?}")
    };
    assert_eq!(*whom, carol());
    assert_eq!(
        serde_json::from_str::<Value>(text).unwrap(),
        json!({"passed": {"from": bob(), "seq": 5, "payload": "sealed"}})
    );
    let nobody = json!({"pass": {"to": "dddddddddddddddd", "seq": 5, "payload": "sealed"}}).to_string();
    assert_eq!(feed(&mut call, peer(to_bob, PeerEvent::Control(nobody))), []);
}

#[test]
fn who_says_what_is_known_already_stays() {
    let (mut call, connection, _) = connected();
    let moved = |to: PeerId| PeerEvent::Control(json!({"moved": {"peer": to}}).to_string());
    assert_eq!(feed(&mut call, peer(connection, moved(bob()))), []);
    assert_eq!(link(&call), Link::Connected);
    feed(&mut call, peer(connection, moved(alice())));
    assert_eq!(link(&call), Link::Connected, "nobody takes our own id");
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "lost"}));
    event(&mut call, "peer-joined", json!({"peer": carol()}));
    assert_eq!(call.view().tiles.len(), 2, "carol may be bob");
    feed(&mut call, peer(connection, moved(carol())));
    assert!(feed(&mut call, Input::Timer(Timer::Strangers)).is_empty(), "and was");
    assert_eq!(call.view().tiles[1].peer, bob(), "under the id by which we know him");
}

#[test]
fn a_restart_whose_offer_was_lost_is_offered_once_more() {
    let (mut call, connection, _) = connected();
    feed(&mut call, peer(connection, state(ConnectionState::Disconnected)));
    assert_eq!(restarts(&mend(&mut call)), [false]);
    feed(&mut call, peer(connection, PeerEvent::NegotiationNeeded));
    let signals = |effects: &[Effect]| {
        let signal = |effect: &&Effect| matches!(effect, Effect::Send { event: ClientEvent::Signal(_), .. });
        effects.iter().filter(signal).count()
    };
    assert_eq!(signals(&feed(&mut call, peer(connection, local_offer()))), 1);
    let candidate = |text: &str| {
        PeerEvent::LocalCandidate(Candidate {
            candidate: text.into(),
            sdp_mid: None,
            sdp_m_line_index: None,
            username_fragment: None,
        })
    };
    feed(&mut call, peer(connection, candidate("one")));
    feed(&mut call, peer(connection, candidate("two")));
    let effects = mend(&mut call);
    assert!(restarts(&effects).is_empty());
    assert_eq!(signals(&effects), 3, "with its candidates");
}

#[test]
fn a_page_that_wakes_looks_at_every_link_and_the_server_at_once() {
    let (mut call, _, _) = connected();
    let effects = feed(&mut call, Input::Woke);
    assert_eq!(restarts(&effects), [false]);
    assert!(effects.contains(&Effect::Doubt));
    assert_eq!(link(&call), Link::Interrupted);
}

#[test]
fn who_vanishes_is_gone_as_soon_as_the_server_says_so() {
    let (mut call, connection, _) = connected();
    feed(&mut call, peer(connection, state(ConnectionState::Disconnected)));
    mend(&mut call);
    mend(&mut call);
    assert_eq!(call.view().tiles.len(), 2);
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "lost"}));
    assert_eq!(call.view().tiles.len(), 1);
}

#[test]
fn who_is_not_listed_has_one_step_of_mending() {
    let (mut call, connection, _) = connected();
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "lost"}));
    feed(&mut call, peer(connection, state(ConnectionState::Disconnected)));
    mend(&mut call);
    assert_eq!(link(&call), Link::Interrupted);
    mend(&mut call);
    assert_eq!(call.view().tiles.len(), 1);
}

#[test]
fn a_broken_link_makes_the_way_to_the_server_urgent() {
    let (mut call, connection, _) = connected();
    let effects = feed(&mut call, peer(connection, state(ConnectionState::Disconnected)));
    assert_eq!(effects.last(), Some(&Effect::Hurry(true)));
    let said = |effects: &[Effect]| effects.iter().any(|effect| matches!(effect, Effect::Hurry(_)));
    assert!(!said(&mend(&mut call)), "it is said once");
    let effects = feed(&mut call, peer(connection, state(ConnectionState::Connected)));
    assert!(effects.contains(&Effect::Hurry(false)));
}

#[test]
fn a_link_that_cannot_be_negotiated_any_more_serves_until_a_newer_one_does() {
    let (mut call, connection, _) = connected();
    let failed = PeerEvent::Failed { operation: Operation::SetRemote, error: "InvalidAccessError".into() };
    let effects = feed(&mut call, peer(connection, failed));
    let [(_, newer, _)] = opened(&effects).try_into().expect("one newer connection");
    assert!(newer > connection);
    assert!(!effects.iter().any(|effect| matches!(effect, Effect::ClosePeer { .. })));
    assert_eq!(link(&call), Link::Connected);
}

#[test]
fn a_link_that_was_spoiled_before_it_came_up_is_replaced_when_it_does() {
    let (mut call, connection, _) = connected();
    let failed = || PeerEvent::Failed { operation: Operation::SetRemote, error: "InvalidAccessError".into() };
    let [(_, newer, _)] = opened(&feed(&mut call, peer(connection, failed()))).try_into().expect("one newer");
    assert_eq!(opened(&feed(&mut call, peer(newer, failed()))), [], "the one before it serves");
    let effects = feed(&mut call, peer(newer, state(ConnectionState::Connected)));
    let [(_, newest, _)] = opened(&effects).try_into().expect("one newer still");
    assert!(newest > newer);
    assert_eq!(link(&call), Link::Connected);
}
