//! Engine.IO v4 packets as text: one character of type, then the content. Knows no Socket.IO and no transport.

use std::time::Duration;

use base64ct::{Base64, Encoding};
use serde_json::Value;

use crate::ParseError;

/// What separates packets in a polling payload.
pub(crate) const SEPARATOR: char = '\u{1e}';

/// A session id longer than this is no session id.
const MAX_SID: usize = 256;

/// One Engine.IO packet.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EnginePacket<'a> {
    /// The session begins.
    Open(Handshake),
    /// The session ends.
    Close,
    /// Asks for a pong with the same content.
    Ping(&'a str),
    /// Answers a ping.
    Pong(&'a str),
    /// A Socket.IO packet.
    Message(&'a str),
    /// An attachment (over WebSocket a binary frame, without type).
    Binary(Vec<u8>),
    /// This WebSocket takes over from polling.
    Upgrade,
    /// Nothing, so that a polling request can end.
    Noop,
}

/// What the server says of a session.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Handshake {
    /// The session's id.
    pub sid: String,
    /// Whether the session may move to a WebSocket.
    pub upgrades_to_websocket: bool,
    /// Time between two pings of the server.
    pub ping_interval: Duration,
    /// How much later than that a ping may come.
    pub ping_timeout: Duration,
    /// The most bytes of one message or payload that the server takes.
    pub max_payload: Option<usize>,
}

impl<'a> EnginePacket<'a> {
    /// Reads one packet from a text message, or from one piece of a polling payload.
    pub fn decode(text: &'a str) -> Result<Self, ParseError> {
        let mut characters = text.chars();
        let kind = characters.next().ok_or(ParseError::Empty)?;
        let rest = characters.as_str();
        Ok(match kind {
            '0' => Self::Open(Handshake::decode(rest)?),
            '1' => Self::Close,
            '2' => Self::Ping(rest),
            '3' => Self::Pong(rest),
            '4' => Self::Message(rest),
            '5' => Self::Upgrade,
            '6' => Self::Noop,
            'b' => Self::Binary(Base64::decode_vec(rest).map_err(|_| ParseError::Base64)?),
            other => return Err(ParseError::PacketType(other)),
        })
    }
}

impl Handshake {
    fn decode(json: &str) -> Result<Self, ParseError> {
        let value: Value = serde_json::from_str(json).map_err(|_| ParseError::Handshake)?;
        let millis = |name: &str| {
            value.get(name).and_then(Value::as_u64).map(Duration::from_millis).ok_or(ParseError::Handshake)
        };
        let sid = value.get("sid").and_then(Value::as_str).ok_or(ParseError::Handshake)?;
        if sid.is_empty() || sid.len() > MAX_SID {
            return Err(ParseError::Handshake);
        }
        let upgrades = value.get("upgrades").and_then(Value::as_array).ok_or(ParseError::Handshake)?;
        Ok(Self {
            sid: sid.to_owned(),
            upgrades_to_websocket: upgrades.iter().any(|upgrade| upgrade == "websocket"),
            ping_interval: millis("pingInterval")?,
            ping_timeout: millis("pingTimeout")?,
            max_payload: value
                .get("maxPayload")
                .and_then(Value::as_u64)
                .map(|bytes| usize::try_from(bytes).unwrap_or(usize::MAX)),
        })
    }
}

/// The packets of a polling payload, one after the other.
pub fn decode_payload(body: &str) -> impl Iterator<Item = Result<EnginePacket<'_>, ParseError>> {
    body.split(SEPARATOR).map(EnginePacket::decode)
}

/// What is sent: a text packet with its type, or an attachment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Frame {
    Text(String),
    Binary(Vec<u8>),
}

impl Frame {
    /// A Socket.IO packet in an Engine.IO message.
    pub(crate) fn message(packet: &str) -> Self {
        Self::Text(format!("4{packet}"))
    }

    /// Bytes of it over WebSocket.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len(),
        }
    }

    /// Bytes of it in a polling payload.
    pub(crate) fn polling_len(&self) -> usize {
        match self {
            Self::Text(text) => text.len(),
            Self::Binary(bytes) => bytes.len().div_ceil(3).saturating_mul(4).saturating_add(1),
        }
    }

    /// Adds it to a polling payload.
    pub(crate) fn push_to(&self, body: &mut String) {
        if !body.is_empty() {
            body.push(SEPARATOR);
        }
        match self {
            Self::Text(text) => body.push_str(text),
            Self::Binary(bytes) => {
                body.push('b');
                body.push_str(&Base64::encode_string(bytes));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_every_packet_as_it_is_on_the_wire() {
        for (text, packet) in [
            ("1", EnginePacket::Close),
            ("2", EnginePacket::Ping("")),
            ("2probe", EnginePacket::Ping("probe")),
            ("3probe", EnginePacket::Pong("probe")),
            ("4hello €", EnginePacket::Message("hello €")),
            ("5", EnginePacket::Upgrade),
            ("6", EnginePacket::Noop),
            ("bAQIDBA==", EnginePacket::Binary(vec![1, 2, 3, 4])),
        ] {
            assert_eq!(EnginePacket::decode(text), Ok(packet));
        }
    }

    #[test]
    fn reads_the_handshake_of_the_specification() {
        let text = r#"0{"sid":"lv_VI97HAXpY6yYWAAAC","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#;
        let expected = Handshake {
            sid: "lv_VI97HAXpY6yYWAAAC".to_owned(),
            upgrades_to_websocket: true,
            ping_interval: Duration::from_secs(25),
            ping_timeout: Duration::from_secs(20),
            max_payload: Some(1_000_000),
        };
        assert_eq!(EnginePacket::decode(text), Ok(EnginePacket::Open(expected)));
    }

    #[test]
    fn refuses_what_is_no_packet() {
        for (text, error) in [
            ("", ParseError::Empty),
            ("7", ParseError::PacketType('7')),
            ("é", ParseError::PacketType('é')),
            ("bA", ParseError::Base64),
            ("bé", ParseError::Base64),
            ("0", ParseError::Handshake),
            ("0[]", ParseError::Handshake),
            (r#"0{"sid":"","upgrades":[],"pingInterval":1,"pingTimeout":1}"#, ParseError::Handshake),
            (r#"0{"sid":"a","upgrades":[],"pingInterval":-1,"pingTimeout":1}"#, ParseError::Handshake),
        ] {
            assert_eq!(EnginePacket::decode(text), Err(error), "{text}");
        }
    }

    #[test]
    fn payload_is_split_at_the_record_separator() {
        let packets: Vec<_> = decode_payload("4hello\u{1e}2\u{1e}bAQIDBA==").collect();
        assert_eq!(
            packets,
            [
                Ok(EnginePacket::Message("hello")),
                Ok(EnginePacket::Ping("")),
                Ok(EnginePacket::Binary(vec![1, 2, 3, 4]))
            ]
        );
    }

    #[test]
    fn polling_length_is_what_is_written() {
        for frame in [
            Frame::message("2[\"é\"]"),
            Frame::Binary(vec![]),
            Frame::Binary(vec![1]),
            Frame::Binary(vec![0; 7]),
        ] {
            let mut body = String::new();
            frame.push_to(&mut body);
            assert_eq!(body.len(), frame.polling_len());
        }
    }
}
