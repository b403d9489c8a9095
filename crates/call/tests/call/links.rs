//! How links begin, and how their breaking is noticed.

use super::*;

#[test]
fn one_offer_is_made_after_the_other() {
    let (mut call, effects) = in_call_with(&[bob(), carol()]);
    let [(peer, connection, _)] = opened(&effects).try_into().expect("one at first");
    assert_eq!(peer, bob());
    assert!(call.is_making_first_offer());
    let effects = feed(&mut call, Input::Peer { peer, connection, event: local_offer() });
    assert_eq!(opened(&effects).len(), 1, "carol's turn");
    assert!(!call.is_making_first_offer(), "bob has it");
}

#[test]
fn an_offer_that_cannot_be_made_delays_nobody() {
    let (mut call, effects) = in_call_with(&[bob(), carol()]);
    let failed = || PeerEvent::Failed { operation: Operation::SetLocal, error: "OperationError".into() };
    let (peer, connection, _) = opened(&effects)[0].clone();
    let effects = feed(&mut call, Input::Peer { peer, connection, event: failed() });
    let whom: Vec<PeerId> = opened(&effects).into_iter().map(|(peer, ..)| peer).collect();
    assert_eq!(whom, [bob(), carol()], "once more, and the next");
}

#[test]
fn a_new_link_begins_with_a_small_picture() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (peer, connection, _) = opened(&effects)[0].clone();
    let event = PeerEvent::State(ConnectionState::Connected);
    let effects = feed(&mut call, Input::Peer { peer, connection, event });
    assert!(effects.iter().any(|e| matches!(e, Effect::SetTimer { timer: Timer::Enlarge(_), .. })));
    let effects = feed(&mut call, Input::Timer(Timer::Enlarge(bob())));
    assert!(
        matches!(&effects[..], [Effect::Peer { command: PeerCommand::EnlargePicture, .. }]),
        "{effects:?}"
    );
}

/// Alice linked to Bob: the call, the connection, and what tells the call of it.
pub(super) fn connected() -> (Call, ConnectionId, impl Fn(&mut Call, PeerEvent) -> Vec<Effect>) {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (_, connection, _) = opened(&effects)[0].clone();
    let tell = move |call: &mut Call, event| feed(call, Input::Peer { peer: bob(), connection, event });
    tell(&mut call, local_offer());
    tell(&mut call, PeerEvent::State(ConnectionState::Connected));
    tell(&mut call, PeerEvent::ControlOpen);
    let answer = json!({"type": "answer", "sdp": "v=0"});
    let answer = json!({"description": {"connection": connection, "exchange": 1, "description": answer}});
    tell(&mut call, PeerEvent::Control(answer.to_string()));
    tell(&mut call, PeerEvent::RemoteSet);
    (call, connection, tell)
}

/// So many bytes, all of them of the sound.
pub(super) fn traffic(bytes: u64) -> PeerEvent {
    PeerEvent::Traffic(Traffic { bytes, sound: bytes, frames: 0 })
}

fn restarts(effects: &[Effect]) -> bool {
    effects.iter().any(|e| matches!(e, Effect::Peer { command: PeerCommand::RestartIce(_), .. }))
}

#[test]
fn a_link_on_which_nothing_comes_is_mended_before_the_browser_says_so() {
    let (mut call, _, tell) = connected();
    let text = r#"{"presence":{"revision":1,"name":"Bob","microphone":true,"camera":false}}"#;
    tell(&mut call, PeerEvent::Control(text.into()));
    for received in [10, 20, 30] {
        assert_eq!(tell(&mut call, traffic(received)), []);
    }
    let effects = tell(&mut call, traffic(30));
    assert!(
        matches!(effects[..], [Effect::Doubt, Effect::Send { event: ClientEvent::Ice, .. }]),
        "{effects:?}"
    );
    assert_eq!(call.view().tiles[1].link, Link::Connected);
    assert!(restarts(&tell(&mut call, traffic(30))));
    assert_eq!(call.view().tiles[1].link, Link::Interrupted);
    assert!(!restarts(&tell(&mut call, traffic(30))), "once is enough");
    tell(&mut call, traffic(40));
    assert_eq!(call.view().tiles[1].link, Link::Connected, "it was but a pause");
}

#[test]
fn who_sends_nothing_may_be_still_for_longer() {
    let (mut call, _, tell) = connected();
    let text = r#"{"presence":{"revision":1,"name":"Bob","microphone":false,"camera":false}}"#;
    tell(&mut call, PeerEvent::Control(text.into()));
    for _ in 0..5 {
        assert!(!restarts(&tell(&mut call, traffic(10))));
    }
    assert!(restarts(&tell(&mut call, traffic(10))));
}

/// What they restart is not restarted once more by who hears nothing meanwhile.
#[test]
fn a_link_whose_ice_they_restart_may_be_still_for_longer() {
    for (session, patience) in [("first", 2), ("second", 5)] {
        let (mut call, connection, tell) = connected();
        let text = r#"{"presence":{"revision":1,"name":"Bob","microphone":true,"camera":false}}"#;
        tell(&mut call, PeerEvent::Control(text.into()));
        for (exchange, session) in [(1, "first"), (2, session)] {
            let offer = json!({"type": "offer", "sdp": format!("v=0\r\na=ice-ufrag:{session}\r\n")});
            let offer =
                json!({"connection": connection, "exchange": exchange, "other": 1, "description": offer});
            tell(&mut call, PeerEvent::Control(json!({"description": offer}).to_string()));
            let answer = Description { kind: SdpKind::Answer, sdp: "v=0".into() };
            tell(&mut call, PeerEvent::LocalSet(answer));
            if exchange == 1 {
                // Whatever that one began is over when the second comes.
                (1..9).for_each(|bytes| drop(tell(&mut call, traffic(bytes))));
            }
        }
        let looks = (1..9).find(|_| restarts(&tell(&mut call, traffic(8))));
        assert_eq!(looks, Some(patience), "a description of the {session} session");
    }
}

#[test]
fn a_return_leaves_links_alone_that_are_coming_up() {
    let (mut call, effects) = in_call_with(&[bob(), carol()]);
    let (peer, connection, _) = opened(&effects)[0].clone();
    let effects = feed(&mut call, Input::Peer { peer: peer.clone(), connection, event: local_offer() });
    feed(&mut call, Input::Peer { peer, connection, event: PeerEvent::State(ConnectionState::Connecting) });
    let (peer, connection, _) = opened(&effects)[0].clone();
    feed(&mut call, Input::Peer { peer, connection, event: local_offer() });
    socket(&mut call, SocketEvent::Lost { reason: "cut".into() });
    let (request, _) = join_request(&socket(&mut call, SocketEvent::Connected));
    let effects = reply(&mut call, request, joined(&[bob(), carol()]));
    let anew: Vec<_> = opened(&effects).into_iter().map(|(peer, ..)| peer).collect();
    assert_eq!(anew, [carol()], "whose offer may be lost");
}

#[test]
fn who_is_there_awaits_the_newcomers_offer() {
    let (mut call, _) = in_call_with(&[]);
    let effects = event(&mut call, "peer-joined", json!({"peer": bob()}));
    let initiates =
        |effects: &[Effect]| opened(effects).iter().map(|(.., initiator)| *initiator).collect::<Vec<_>>();
    assert_eq!(initiates(&effects), [false], "the connection is there before the offer is");
    assert!(effects.iter().any(|e| matches!(e, Effect::SetTimer { timer: Timer::Establish(_), .. })));
    assert_eq!(call.view().tiles[1].link, Link::Connecting);
    let effects = feed(&mut call, Input::Timer(Timer::Establish(bob())));
    assert_eq!(initiates(&effects), [true], "and makes an offer itself when none comes");
}

/// Who is impatient begins anew again and again, so that the patience of the other never ends.
#[test]
fn a_link_that_the_other_side_cannot_make_says_why_too() {
    let (mut call, effects) = in_call_with(&[bob()]);
    let (_, first, _) = opened(&effects)[0].clone();
    let tell =
        |call: &mut Call, connection, event| feed(call, Input::Peer { peer: bob(), connection, event });
    tell(&mut call, first, local_offer());
    let mut newest = first;
    for expected in [Link::Connecting, Link::Failed] {
        let theirs = ConnectionId { generation: newest.generation + 1, greater: !first.greater };
        let offer = json!({"type": "offer", "sdp": "v=0"});
        let offer = json!({"connection": theirs, "exchange": 1, "description": offer});
        let offer = PeerEvent::Control(json!({ "description": offer }).to_string());
        assert_eq!(opened(&tell(&mut call, newest, offer)).len(), 1);
        assert_eq!(call.view().tiles[1].link, expected);
        newest = theirs;
    }
    assert_eq!(call.view().tiles[1].trouble, Some(Trouble::NoRelay));
    tell(&mut call, newest, PeerEvent::State(ConnectionState::Connected));
    assert_eq!(call.view().tiles[1].link, Link::Connected);
}

#[test]
fn counters_that_begin_anew_are_no_sign_that_nothing_comes() {
    let (mut call, _, tell) = connected();
    let text = r#"{"presence":{"revision":1,"name":"Bob","microphone":true,"camera":false}}"#;
    tell(&mut call, PeerEvent::Control(text.into()));
    for received in [100, 60, 20, 30] {
        assert_eq!(tell(&mut call, traffic(received)), [], "{received}");
    }
    assert!(!restarts(&tell(&mut call, traffic(30))));
    assert!(restarts(&tell(&mut call, traffic(30))), "two looks without anything new");
}
