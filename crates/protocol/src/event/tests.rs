//! Events there and back, and what is no event.

use super::*;
use crate::{HostToken, RoomId, Token};
use serde_json::json;

fn peer() -> PeerId {
    PeerId::parse("0123456789abcdef").unwrap()
}

fn newcomer() -> Join {
    let room = RoomId::from_bytes([3; 16]);
    Join { room, protocol: 1, resume: None, host_token: None, returns: false }
}

#[test]
fn client_events_survive_the_wire() {
    let token = Token::from_bytes([4; 32]);
    let events = [
        ClientEvent::Join(newcomer()),
        ClientEvent::Join(Join { resume: Some(Resume { peer: peer(), token }), ..newcomer() }),
        ClientEvent::Join(Join { host_token: Some(HostToken::new(7, [5; 32])), returns: true, ..newcomer() }),
        ClientEvent::Signal(SignalOut { to: peer(), seq: 7, payload: "AA".into() }),
        ClientEvent::Ice,
        ClientEvent::Leave,
        ClientEvent::Card("AA".into()),
        ClientEvent::Look(RoomId::from_bytes([3; 16])),
        ClientEvent::Lock(true),
        ClientEvent::Remove(peer()),
    ];
    for event in events {
        assert!(ClientEvent::NAMES.contains(&event.name()));
        assert_eq!(ClientEvent::decode(event.name(), event.payload()), Ok(event));
    }
}

#[test]
fn server_events_survive_the_wire() {
    let events = [
        ServerEvent::PeerJoined(peer()),
        ServerEvent::PeerLeft(peer(), LeftReason::Lost),
        ServerEvent::Signal(SignalIn { from: peer(), seq: 1, payload: "AA".into() }),
        ServerEvent::PeerLeft(peer(), LeftReason::Removed),
        ServerEvent::Host(Some(peer())),
        ServerEvent::Host(None),
        ServerEvent::Locked(true),
        ServerEvent::Removed,
        ServerEvent::Closing(250),
    ];
    for event in events {
        assert!(ServerEvent::NAMES.contains(&event.name()));
        assert_eq!(ServerEvent::decode(event.name(), &event.payload()), Ok(event));
    }
}

#[test]
fn a_malformed_payload_is_an_error_value() {
    for payload in [json!(null), json!([]), json!({"to": 3}), json!({"to": "x", "seq": -1, "payload": []})] {
        assert!(matches!(ClientEvent::decode("signal", payload), Err(DecodeError::Payload(_))));
    }
    let unknown = ClientEvent::decode("shout", json!({}));
    assert_eq!(unknown, Err(DecodeError::UnknownEvent("shout".into())));
}

#[test]
fn a_join_of_another_version_is_told_apart_whatever_it_holds() {
    for payload in
        [json!({"protocol": 2, "place": []}), json!({"protocol": 0}), json!({"protocol": 1_u64 << 40})]
    {
        assert_eq!(ClientEvent::decode("join", payload), Err(DecodeError::OtherVersion));
    }
    for payload in [json!({"protocol": 1, "place": []}), json!({"protocol": "2"}), json!({"protocol": -1})] {
        assert!(matches!(ClientEvent::decode("join", payload), Err(DecodeError::Payload(_))));
    }
}

#[test]
fn what_a_join_does_not_say_is_left_out() {
    let join = newcomer();
    let payload = ClientEvent::Join(join.clone()).payload();
    assert_eq!(payload, json!({"room": join.room, "protocol": 1}));
}
