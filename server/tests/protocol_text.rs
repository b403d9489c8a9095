//! docs/PROTOCOL.md against the types: every event, every code, every limit, and each example is one that parses.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

use serde_json::Value;
use visavis_protocol::{
    ClientEvent, Delivery, ErrorCode, Ice, Inside, Joined, PROTOCOL_VERSION, Reply, ServerEvent, limits,
};

const TEXT: &str = include_str!("../../docs/PROTOCOL.md");

/// The packets of all examples, each on one line.
fn examples() -> Vec<String> {
    let mut packets: Vec<String> = Vec::new();
    for block in TEXT.split("```text\n").skip(1) {
        let block = block.split("```").next().unwrap();
        for line in block.lines().filter(|line| !line.contains(['│', '─'])) {
            match line.strip_prefix("  ") {
                Some(rest) => packets.last_mut().expect("a line to continue").push_str(rest),
                None if line.contains('[') => packets.push(line.to_owned()),
                None => {}
            }
        }
    }
    packets
}

#[test]
fn every_event_has_its_section() {
    for name in ClientEvent::NAMES.iter().chain(&ServerEvent::NAMES) {
        assert!(TEXT.contains(&format!("### `{name}`\n")), "docs/PROTOCOL.md lacks a section on {name}");
    }
}

#[test]
fn every_code_is_explained() {
    use ErrorCode as E;
    let codes = [
        E::BadRequest,
        E::UnknownEvent,
        E::ProtocolMismatch,
        E::RoomFull,
        E::RoomLocked,
        E::Removed,
        E::NotHost,
        E::BadToken,
        E::NotJoined,
        E::AlreadyJoined,
        E::PeerGone,
        E::TooLarge,
        E::TooManyRequests,
        E::Closing,
        E::Internal,
    ];
    for code in codes {
        let name = serde_json::to_value(code).unwrap();
        let row = format!("| `{}`", name.as_str().unwrap());
        assert!(TEXT.contains(&row), "docs/PROTOCOL.md lacks a row on {name}");
    }
}

#[test]
fn the_figures_are_those_of_the_code() {
    let figures = [limits::PAYLOAD_CHARS, limits::MESSAGE_BYTES];
    for figure in figures {
        let text = format!("{},{:03}", figure / 1000, figure % 1000);
        assert!(TEXT.contains(&format!(" {text} ")), "docs/PROTOCOL.md lacks {text}");
    }
    assert!(TEXT.contains(&format!(" {} ", limits::CARD_CHARS)), "docs/PROTOCOL.md lacks the bound of cards");
    for figure in [limits::ROOM_CAPACITY, limits::EVENTS_PER_SECOND, limits::EVENTS_BURST] {
        assert!(TEXT.contains(&format!(" {figure} (settable) ")), "docs/PROTOCOL.md lacks {figure}");
    }
    assert!(TEXT.starts_with(&format!("# The Visavis protocol, version {PROTOCOL_VERSION}\n")));
}

#[test]
fn every_example_is_one() {
    let examples = examples();
    let mut asked = String::new();
    let mut seen = Vec::new();
    for packet in &examples {
        let (head, body) = packet.split_at(packet.find('[').unwrap());
        let body: Vec<Value> = serde_json::from_str(&packet[head.len()..]).expect(body);
        match (head.as_bytes()[0], body.as_slice()) {
            (b'2', [Value::String(name), payload]) => {
                let to_server = head.len() > 1;
                if to_server {
                    ClientEvent::decode(name, payload.clone()).expect(packet);
                } else {
                    ServerEvent::decode(name, payload).expect(packet);
                }
                asked.clone_from(name);
                seen.push((to_server, name.clone()));
            }
            (b'3', [answer]) => check_answer(&asked, answer.clone()),
            _ => panic!("not a packet of this protocol: {packet}"),
        }
    }
    for name in ClientEvent::NAMES {
        assert!(seen.contains(&(true, name.to_owned())), "no example of {name} to the server");
    }
    for name in ServerEvent::NAMES {
        assert!(seen.contains(&(false, name.to_owned())), "no example of {name} from the server");
    }
}

fn check_answer(asked: &str, answer: Value) {
    let fits = match asked {
        "join" => serde_json::from_value::<Reply<Joined>>(answer).is_ok(),
        "signal" => serde_json::from_value::<Reply<Delivery>>(answer).is_ok(),
        "ice" => serde_json::from_value::<Reply<Ice>>(answer).is_ok(),
        "look" => serde_json::from_value::<Reply<Inside>>(answer).is_ok(),
        "leave" | "card" | "lock" | "remove" => serde_json::from_value::<Reply<()>>(answer).is_ok(),
        other => panic!("{other} has no answer"),
    };
    assert!(fits, "the answer to {asked} does not parse");
}
