//! The codec against generated packets, and against socketioxide's own parser in both directions.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a property fails by panicking and picks what it looks for"
)]

use std::collections::VecDeque;
use std::time::Duration;

use proptest::prelude::*;
use serde_json::{Map, Value};
use socketioxide_core::packet::{Packet as OxidePacket, PacketData};
use socketioxide_core::parser::{Parse, ParseConfig, ParseError as OxideError, ParserState};
use socketioxide_core::{Str, Value as OxideValue};
use socketioxide_parser_common::CommonParser;
use visavis_socketio::{
    Client, Config, Decoder, Input, Limits, Message, Output, Packet, TransportEvent, TransportId,
    decode_payload, placeholder,
};

const MAX_ATTACHMENTS: usize = 4;

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::hash_map(any::<String>(), inner, 0..4)
                .prop_map(|fields| Value::Object(fields.into_iter().collect())),
        ]
    })
}

fn namespaces() -> impl Strategy<Value = String> {
    prop_oneof![Just("/".to_owned()), "/[a-z0-9é€_.-]{1,12}"]
}

fn names() -> impl Strategy<Value = String> {
    any::<String>().prop_filter("reserved", |name| {
        !["connect", "connect_error", "disconnect", "disconnecting", "newListener", "removeListener"]
            .contains(&name.as_str())
    })
}

/// Arguments with a placeholder for each attachment somewhere behind them.
fn arguments() -> impl Strategy<Value = (Vec<Value>, Vec<Vec<u8>>)> {
    let attachments = prop::collection::vec(prop::collection::vec(any::<u8>(), 0..20), 0..MAX_ATTACHMENTS);
    (prop::collection::vec(any_json(), 0..4), attachments).prop_map(|(mut args, attachments)| {
        args.extend((0..attachments.len()).map(placeholder));
        (args, attachments)
    })
}

/// An acknowledgement id that socketioxide can hold too.
fn ack_ids() -> impl Strategy<Value = u64> {
    0..=u64::try_from(i64::MAX).unwrap()
}

fn packets() -> impl Strategy<Value = Packet> {
    let connect = prop_oneof![
        Just(Message::Connect(None)),
        prop::collection::hash_map(any::<String>(), any_json(), 0..3)
            .prop_map(|fields| Message::Connect(Some(fields.into_iter().collect::<Map<_, _>>()))),
    ];
    let error = (any::<String>(), prop::option::of(any_json()))
        .prop_map(|(message, data)| Message::ConnectError { message, data });
    let bare =
        prop_oneof![connect, Just(Message::Disconnect), error].prop_map(|message| (message, Vec::new()));
    let event = (prop::option::of(ack_ids()), names(), arguments())
        .prop_map(|(ack, name, (args, attachments))| (Message::Event { ack, name, args }, attachments));
    let ack = (ack_ids(), arguments())
        .prop_map(|(id, (args, attachments))| (Message::Ack { id, args }, attachments));
    (namespaces(), prop_oneof![bare, event, ack]).prop_map(|(namespace, (message, attachments))| Packet {
        namespace,
        message,
        attachments,
    })
}

fn decode(text: &str, attachments: Vec<Vec<u8>>) -> Result<Option<Packet>, visavis_socketio::ParseError> {
    let mut decoder = Decoder::new(Limits { attachments: MAX_ATTACHMENTS, ..Limits::default() });
    attachments.into_iter().try_fold(decoder.text(text)?, |_, attachment| decoder.binary(attachment))
}

fn decode_with_oxide(text: &str, attachments: &[Vec<u8>]) -> Result<OxidePacket, OxideError> {
    let (config, state) = (ParseConfig::default(), ParserState::default());
    let mut decoded = CommonParser.decode_str(&config, &state, Str::from(text.to_owned()));
    for attachment in attachments {
        decoded = CommonParser.decode_bin(&config, &state, attachment.clone().into());
    }
    decoded
}

/// What socketioxide read, in our words. It leaves JSON unread: we read it here.
fn from_oxide(packet: OxidePacket) -> Option<Packet> {
    let split = |value: OxideValue| match value {
        OxideValue::Str(json, attachments) => {
            let args: Value = serde_json::from_str(&json).ok()?;
            let attachments: VecDeque<_> = attachments.unwrap_or_default();
            Some((args, attachments.into_iter().map(|bytes| bytes.to_vec()).collect::<Vec<_>>()))
        }
        OxideValue::Bytes(_) => None,
    };
    let args = |value| match split(value)? {
        (Value::Array(args), attachments) => Some((args, attachments)),
        _ => None,
    };
    let id = |ack: i64| u64::try_from(ack).ok();
    let (message, attachments) = match packet.inner {
        PacketData::Connect(None) => (Message::Connect(None), vec![]),
        PacketData::Connect(Some(value)) => match split(value)?.0 {
            Value::Object(fields) => (Message::Connect(Some(fields)), vec![]),
            _ => return None,
        },
        PacketData::Disconnect => (Message::Disconnect, vec![]),
        PacketData::Event(value, ack) | PacketData::BinaryEvent(value, ack) => {
            let (mut args, attachments) = args(value)?;
            if args.is_empty() {
                return None;
            }
            let name = args.remove(0).as_str()?.to_owned();
            (Message::Event { ack: ack.and_then(id), name, args }, attachments)
        }
        PacketData::EventAck(value, ack) | PacketData::BinaryAck(value, ack) => {
            let (args, attachments) = args(value)?;
            (Message::Ack { id: id(ack)?, args }, attachments)
        }
        PacketData::ConnectError(message) => (Message::ConnectError { message, data: None }, vec![]),
    };
    Some(Packet { namespace: packet.ns.to_string(), message, attachments })
}

/// Ours in socketioxide's words, for it to write.
fn to_oxide(packet: Packet) -> Option<OxidePacket> {
    let attachments: VecDeque<_> = packet.attachments.iter().cloned().map(Into::into).collect();
    let is_binary = !attachments.is_empty();
    let value = |json: Value| OxideValue::Str(Str::from(json.to_string()), is_binary.then_some(attachments));
    let inner = match packet.message {
        Message::Connect(fields) => PacketData::Connect(
            fields.map(|fields| OxideValue::Str(Value::Object(fields).to_string().into(), None)),
        ),
        Message::Disconnect => PacketData::Disconnect,
        Message::Event { ack, name, mut args } => {
            args.insert(0, name.into());
            let ack = ack.map(|ack| i64::try_from(ack).unwrap());
            let value = value(args.into());
            if is_binary { PacketData::BinaryEvent(value, ack) } else { PacketData::Event(value, ack) }
        }
        Message::Ack { id, args } => {
            let (value, id) = (value(args.into()), i64::try_from(id).unwrap());
            if is_binary { PacketData::BinaryAck(value, id) } else { PacketData::EventAck(value, id) }
        }
        Message::ConnectError { message, data: None } => PacketData::ConnectError(message),
        Message::ConnectError { .. } => return None,
    };
    Some(OxidePacket { inner, ns: packet.namespace.into() })
}

/// Texts that look like packets, most of them broken somewhere.
fn almost_packets() -> impl Strategy<Value = String> {
    let broken = (packets(), any::<prop::sample::Index>(), any::<char>()).prop_map(|(packet, at, with)| {
        let mut characters: Vec<char> = packet.encode().0.chars().collect();
        let at = at.index(characters.len());
        if let Some(character) = characters.get_mut(at) {
            *character = with;
        }
        characters.into_iter().collect()
    });
    prop_oneof![any::<String>(), "[0-7]{0,3}-?(/[a-z]{0,3},?)?[0-9]{0,3}[\\[{\"a-c\\]},:0]{0,8}", broken]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1000, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn what_is_written_is_read_back(packet in packets()) {
        let (text, attachments) = packet.clone().encode();
        prop_assert_eq!(decode(&text, attachments), Ok(Some(packet)));
    }

    #[test]
    fn socketioxide_reads_what_we_write(packet in packets()) {
        // It reads no CONNECT_ERROR: only servers write one.
        prop_assume!(!matches!(packet.message, Message::ConnectError { .. }));
        let (text, attachments) = packet.clone().encode();
        let read = decode_with_oxide(&text, &attachments).map_err(|error| error.to_string());
        prop_assert_eq!(read.map(from_oxide), Ok(Some(packet)));
    }

    #[test]
    fn we_read_what_socketioxide_writes(packet in packets()) {
        let Some(oxide) = to_oxide(packet.clone()) else { return Ok(()) };
        let OxideValue::Str(text, attachments) = CommonParser.encode(oxide) else { panic!("text") };
        let attachments = attachments.unwrap_or_default().into_iter().map(|bytes| bytes.to_vec()).collect();
        prop_assert_eq!(decode(&text, attachments), Ok(Some(packet)));
    }

    /// Whatever we accept, socketioxide understands in the same way.
    #[test]
    fn broken_packets_are_not_understood_differently(text in almost_packets()) {
        let Ok(Some(packet)) = decode(&text, vec![]) else { return Ok(()) };
        prop_assume!(!matches!(packet.message, Message::ConnectError { .. }));
        let read = decode_with_oxide(&text, &[]).map_err(|error| error.to_string());
        prop_assert_eq!(read.map(from_oxide), Ok(Some(packet)), "{}", text);
    }

    #[test]
    fn no_text_makes_a_parser_panic(text in any::<String>(), attachment in any::<Vec<u8>>()) {
        let mut decoder = Decoder::new(Limits::default());
        let _ = decoder.text(&text);
        let _ = decoder.binary(attachment);
        decode_payload(&text).for_each(drop);
    }

    #[test]
    fn attachments_survive_polling(attachments in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..50), 1..4)) {
        let mut client = Client::new(Config { first: visavis_socketio::Transport::Polling, ..Config::new("http://host") });
        let Some(Output::HttpGet { id, .. }) = client.handle(Input::Connect, Duration::ZERO).pop() else { panic!("GET") };
        let mut body = r#"0{"sid":"s","upgrades":[],"pingInterval":1,"pingTimeout":1}"#.to_owned();
        let out = client.handle(response(id, &body), Duration::ZERO);
        let get = out.iter().find_map(|output| match output { Output::HttpGet { id, .. } => Some(*id), _ => None }).unwrap();
        body = format!("40{{\"sid\":\"a\"}}\u{1e}45{}-[\"file\"]", attachments.len());
        for attachment in &attachments {
            body.push_str("\u{1e}b");
            body.push_str(&<base64ct::Base64 as base64ct::Encoding>::encode_string(attachment));
        }
        let out = client.handle(response(get, &body), Duration::ZERO);
        let event = Output::Event { name: "file".to_owned(), args: vec![], attachments, reply: None };
        prop_assert!(out.contains(&event), "{:?}", out);
    }
}

fn response(id: TransportId, body: &str) -> Input {
    Input::Transport { id, event: TransportEvent::Response { status: 200, body: body.to_owned() } }
}

#[test]
fn no_blank_stands_between_an_id_and_what_it_belongs_to() {
    for text in ["31\t[]", "3/a,1 []", "21\n[\"a\"]", "2 [\"a\"]"] {
        assert!(decode(text, vec![]).is_err(), "{text:?}");
    }
}

#[test]
fn id_too_large_is_an_error_to_us_and_no_id_to_socketioxide() {
    // The one place where the two are known to differ.
    let text = r#"299999999999999999999["a"]"#;
    assert!(decode(text, vec![]).is_err());
    assert!(decode_with_oxide(text, &[]).is_ok());
}
