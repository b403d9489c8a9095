//! The host: what the user does as the host, and whose word counts for whom.

use visavis_protocol::HostToken;

use super::*;

/// Alice linked to Bob, whom the server calls the host.
fn guest_of_bob() -> (Call, impl Fn(&mut Call, &Value) -> Vec<Effect>) {
    let (mut call, _, tell) = links::connected();
    event(&mut call, "host", json!({"peer": bob()}));
    let presence = json!({"revision": 1, "name": "Bob", "microphone": true, "camera": false});
    tell(&mut call, PeerEvent::Control(json!({ "presence": presence }).to_string()));
    (call, move |call, word| tell(call, PeerEvent::Control(word.to_string())))
}

/// Alice, who is the host, linked to Bob.
fn host_of_bob() -> (Call, ConnectionId) {
    let (mut call, connection, _) = links::connected();
    event(&mut call, "host", json!({"peer": alice()}));
    (call, connection)
}

fn asks(effects: &[Effect], wanted: &ClientEvent) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::Send { event, .. } if event == wanted))
}

/// What is said over links, and to whom.
fn words(effects: &[Effect]) -> Vec<(PeerId, Value)> {
    let word = |effect: &Effect| match effect {
        Effect::Peer { peer, command: PeerCommand::SendControl(text), .. } => {
            Some((peer.clone(), serde_json::from_str(text).unwrap()))
        }
        _ => None,
    };
    effects.iter().filter_map(word).collect()
}

fn closes(effects: &[Effect], whom: &PeerId) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::ClosePeer { peer, .. } if peer == whom))
}

fn problems(call: &Call) -> Vec<(Problem, String)> {
    call.view().notices.into_iter().map(|notice| (notice.problem, notice.name)).collect()
}

fn joined_as_host(peers: &[PeerId], locked: bool) -> Value {
    let mut answer = joined(peers);
    answer["ok"]["host"] = json!(alice());
    answer["ok"]["host_token"] = json!(HostToken::new(7, [7; 32]));
    answer["ok"]["locked"] = json!(locked);
    answer
}

fn sent_join(effects: &[Effect]) -> visavis_protocol::Join {
    let join = |effect: &Effect| match effect {
        Effect::Send { event: ClientEvent::Join(join), .. } => Some(join.clone()),
        _ => None,
    };
    effects.iter().find_map(join).expect("a join is sent")
}

#[test]
fn who_makes_the_room_keeps_what_proves_it() {
    let mut call = call();
    socket(&mut call, SocketEvent::Connected);
    let effects = intent(&mut call, Intent::Join);
    assert_eq!(sent_join(&effects).host_token, None);
    let effects = reply(&mut call, join_request(&effects).0, joined_as_host(&[], false));
    let token = HostToken::new(7, [7; 32]);
    assert!(effects.contains(&Effect::KeepHost(token.clone())), "{effects:?}");
    assert!(call.view().is_host());
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let effects = socket(&mut call, SocketEvent::Connected);
    assert_eq!(sent_join(&effects).host_token, Some(token.clone()));
    let effects = reply(&mut call, join_request(&effects).0, joined_as_host(&[], false));
    assert!(!effects.contains(&Effect::KeepHost(token.clone())), "it is kept already");
    intent(&mut call, Intent::Leave);
    assert!(!call.view().is_host());
    intent(&mut call, Intent::Join);
    let again = sent_join(&socket(&mut call, SocketEvent::Connected));
    assert_eq!((again.host_token, again.returns), (Some(token), false));
}

#[test]
fn who_has_been_here_does_not_make_the_room() {
    let (mut call, _) = in_call_with(&[bob()]);
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let effects = socket(&mut call, SocketEvent::Connected);
    assert!(!sent_join(&effects).returns, "it resumes");
    let effects = reply(&mut call, join_request(&effects).0, refused("bad_token"));
    assert!(sent_join(&effects).returns);
}

#[test]
fn the_host_locks_and_the_server_says_that_it_is_so() {
    let (mut call, _) = host_of_bob();
    let effects = intent(&mut call, Intent::Lock(true));
    assert!(asks(&effects, &ClientEvent::Lock(true)) && !call.view().locked);
    event(&mut call, "locked", json!({"locked": true}));
    assert!(call.view().locked);
}

#[test]
fn who_is_not_the_host_does_nothing_that_a_host_does() {
    let (mut call, _) = guest_of_bob();
    assert_eq!(call.view().host, Some(bob()));
    for wish in [Intent::Lock(true), Intent::AskMute(bob()), Intent::Remove(bob())] {
        assert_eq!(intent(&mut call, wish), []);
    }
}

#[test]
fn the_host_asks_one_person_over_the_link_to_them() {
    let (mut call, _) = host_of_bob();
    let effects = intent(&mut call, Intent::AskMute(bob()));
    assert_eq!(words(&effects), [(bob(), json!({"mute": {}}))]);
    assert_eq!(intent(&mut call, Intent::AskMute(alice())), []);
}

#[test]
fn the_host_removes_somebody_with_the_server_and_without() {
    let word = json!({"removed": {"peer": bob()}});
    let (mut call, _) = host_of_bob();
    let effects = intent(&mut call, Intent::Remove(bob()));
    assert_eq!(words(&effects), [(bob(), word.clone())]);
    assert!(asks(&effects, &ClientEvent::Remove(bob())) && closes(&effects, &bob()), "{effects:?}");
    assert_eq!(call.view().tiles.len(), 1);

    let (mut call, _) = host_of_bob();
    intent(&mut call, Intent::Lock(true));
    event(&mut call, "locked", json!({"locked": true}));
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let effects = intent(&mut call, Intent::Remove(bob()));
    assert!(words(&effects) == [(bob(), word)] && closes(&effects, &bob()), "{effects:?}");
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    let effects = reply(&mut call, request, joined_as_host(&[bob(), carol()], false));
    assert!(asks(&effects, &ClientEvent::Remove(bob())), "the server is told later: {effects:?}");
    assert!(asks(&effects, &ClientEvent::Lock(true)), "it has forgotten the lock: {effects:?}");
    let linked: Vec<PeerId> = opened(&effects).into_iter().map(|(peer, ..)| peer).collect();
    assert_eq!(linked, [carol()]);
}

#[test]
fn who_is_linked_to_the_host_later_hears_who_was_removed() {
    let (mut call, connection) = host_of_bob();
    event(&mut call, "peer-joined", json!({"peer": carol()}));
    intent(&mut call, Intent::Remove(carol()));
    let opens = Input::Peer { peer: bob(), connection, event: PeerEvent::ControlOpen };
    assert!(words(&feed(&mut call, opens)).contains(&(bob(), json!({"removed": {"peer": carol()}}))));
    let effects = event(&mut call, "peer-joined", json!({"peer": carol()}));
    assert!(asks(&effects, &ClientEvent::Remove(carol())) && opened(&effects).is_empty());
}

#[test]
fn who_is_asked_by_the_host_is_muted_and_may_speak_again() {
    let (mut call, tell) = guest_of_bob();
    assert!(call.view().microphone.wish);
    tell(&mut call, &json!({"mute": {}}));
    assert!(!call.view().microphone.wish);
    assert_eq!(problems(&call), [(Problem::AskedToMute, "Bob".to_owned())]);
    intent(&mut call, Intent::Switch(DeviceKind::Microphone, true));
    assert!(call.view().microphone.wish);
    tell(&mut call, &json!({"mute": {}}));
    assert_eq!(call.view().notices.len(), 1, "said once");
    let notice = call.view().notices[0].id;
    intent(&mut call, Intent::Dismiss(notice));
    tell(&mut call, &json!({"mute": {}}));
    assert_eq!(problems(&call), [], "there was nothing to switch off");
}

#[test]
fn what_only_a_host_may_say_is_not_done_for_others() {
    let (mut call, _, tell) = links::connected();
    event(&mut call, "peer-joined", json!({"peer": carol()}));
    for host in [None, Some(alice()), Some(carol())] {
        event(&mut call, "host", json!({ "peer": host }));
        for word in [
            json!({"mute": {}}),
            json!({"removed": {"peer": alice()}}),
            json!({"removed": {"peer": carol()}}),
            json!({"host": {"peer": bob()}}),
        ] {
            tell(&mut call, PeerEvent::Control(word.to_string()));
        }
        let view = call.view();
        assert_eq!((view.phase, view.tiles.len(), view.microphone.wish), (Phase::InCall, 3, true));
        assert_eq!((view.host, problems(&call)), (host, vec![]));
    }
}

#[test]
fn whom_the_host_removes_is_let_go_of_for_good() {
    let (mut call, tell) = guest_of_bob();
    event(&mut call, "peer-joined", json!({"peer": carol()}));
    let effects = tell(&mut call, &json!({"removed": {"peer": carol()}}));
    assert!(closes(&effects, &carol()) && call.view().tiles.len() == 2, "{effects:?}");
    let effects = event(&mut call, "peer-joined", json!({"peer": carol()}));
    assert_eq!((opened(&effects).len(), call.view().tiles.len()), (0, 2));
    assert!(!asks(&effects, &ClientEvent::Remove(carol())), "that is for the host to ask");
    let signal = json!({"from": carol(), "seq": 1, "payload": "AAAA"});
    event(&mut call, "signal", signal);
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    reply(&mut call, request, joined(&[bob(), carol()]));
    assert_eq!(call.view().tiles.len(), 2);
}

#[test]
fn who_is_removed_by_the_host_leaves_and_is_told() {
    let (mut call, tell) = guest_of_bob();
    let effects = tell(&mut call, &json!({"removed": {"peer": alice()}}));
    assert!(effects.contains(&Effect::GiveUpSeat) && closes(&effects, &bob()), "{effects:?}");
    assert_eq!((call.view().phase, problems(&call)), (Phase::Left, vec![(Problem::Removed, String::new())]));
    intent(&mut call, Intent::Join);
    let effects = socket(&mut call, SocketEvent::Connected);
    let (request, resumes) = join_request(&effects);
    assert!(!resumes && call.view().notices.is_empty());
    reply(&mut call, request, refused("room_locked"));
    assert_eq!((call.view().phase, problems(&call)[0].0), (Phase::Lobby, Problem::RoomLocked));
}

/// A server that lies must not end a call.
#[test]
fn that_the_server_says_so_ends_no_link() {
    let (mut call, tell) = guest_of_bob();
    let effects = event(&mut call, "removed", json!({}));
    assert!(!closes(&effects, &bob()));
    assert_eq!((call.view().phase, call.view().tiles[1].link), (Phase::Reconnecting, Link::Connected));
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "removed"}));
    assert_eq!(call.view().tiles.len(), 2);
    let effects = socket(&mut call, SocketEvent::Connected);
    assert!(!effects.iter().any(|e| matches!(e, Effect::Send { event: ClientEvent::Join(_), .. })));
    // But nobody is left to whom we are linked.
    tell(&mut call, &json!({"goodbye": {}}));
    assert_eq!((call.view().phase, problems(&call)[0].0), (Phase::Left, Problem::Removed));
}

#[test]
fn whose_seat_was_taken_away_unheard_hears_it_when_they_come_back() {
    let (mut call, _) = guest_of_bob();
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    reply(&mut call, request, refused("removed"));
    assert_eq!(call.view().tiles[1].link, Link::Connected);

    let mut call = self::call();
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    let effects = reply(&mut call, request, refused("removed"));
    assert!(effects.contains(&Effect::GiveUpSeat));
    assert_eq!((call.view().phase, problems(&call)[0].0), (Phase::Lobby, Problem::Removed));
}

#[test]
fn the_server_alone_does_not_replace_a_host() {
    let (mut call, tell) = guest_of_bob();
    event(&mut call, "peer-joined", json!({"peer": carol()}));
    for said in [Some(carol()), None] {
        event(&mut call, "host", json!({ "peer": said }));
        assert_eq!(call.view().host, Some(bob()));
    }
    tell(&mut call, &json!({"host": {"peer": carol()}}));
    assert_eq!(call.view().host, Some(carol()), "bob gives it to carol");
    event(&mut call, "host", json!({"peer": bob()}));
    event(&mut call, "peer-left", json!({"peer": carol(), "reason": "left"}));
    assert_eq!(call.view().host, Some(bob()), "carol is gone");
}

#[test]
fn who_is_the_host_no_more_says_so_to_everybody() {
    let (mut call, _) = host_of_bob();
    let effects = event(&mut call, "host", json!({"peer": bob()}));
    assert_eq!(words(&effects), [(bob(), json!({"host": {"peer": bob()}}))]);
    assert_eq!((call.view().is_host(), call.view().host), (false, Some(bob())));
}
