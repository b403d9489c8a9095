//! What peers tell each other: sealed through the server, or plain on the encrypted `control` channel.

mod reading;

#[cfg(test)]
use serde::Deserialize;
use serde::Serialize;
use visavis_protocol::PeerId;

use crate::input::{Candidate, ConnectionId, Description, DeviceKind};

/// One message from peer to peer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(Deserialize))]
#[serde(rename_all = "snake_case")]
pub(crate) enum Signal {
    /// Who I am and what I send.
    Presence(Presence),
    /// Offer or answer. An offer with a newer connection than the known one begins that connection.
    Description {
        connection: ConnectionId,
        /// Numbers the offer; its answer repeats it.
        exchange: u32,
        /// With an offer: the number of their latest offer that is answered. With an answer: of our latest that is void or over.
        #[cfg_attr(test, serde(default))]
        other: u32,
        description: Description,
    },
    /// A way to reach me.
    Candidate { connection: ConnectionId, candidate: Candidate },
    /// Nothing comes of what I say that you send: send it anew.
    Refresh { kind: DeviceKind },
    /// I leave. Said over the control channel, so that it is heard without the server too.
    Goodbye {},
    /// As the host: switch your microphone off, please. Over the control channel alone.
    Mute {},
    /// As the host: whom the server calls so is not in this call any more. Over the control channel alone.
    Removed { peer: PeerId },
    /// I am not the host any more: whom the server calls so is, or nobody. Over the control channel alone.
    Host { peer: Option<PeerId> },
    /// The server calls me by this id from now on. Said over the control channel alone: who reads it knows who says it.
    Moved { peer: PeerId },
    /// Pass this sealed signal on to whom the server calls so: I reach neither it nor them. Over the control channel alone.
    Pass { to: PeerId, seq: u64, payload: String },
    /// Passed on from whom the server calls so. Over the control channel alone.
    Passed { from: PeerId, seq: u64, payload: String },
}

/// What a peer says of itself. Messages take two ways, so the newest is told by its revision.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[cfg_attr(test, derive(Deserialize))]
pub(crate) struct Presence {
    pub(crate) revision: u32,
    pub(crate) name: String,
    pub(crate) microphone: bool,
    pub(crate) camera: bool,
    #[cfg_attr(test, serde(default))]
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) screen: bool,
    /// The number of their hand, if it is up; else 0.
    #[cfg_attr(test, serde(default))]
    #[serde(skip_serializing_if = "is_default")]
    pub(crate) hand: u32,
}

fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

impl Presence {
    /// Whether they say that this device sends.
    pub(crate) fn sends(&self, kind: DeviceKind) -> bool {
        match kind {
            DeviceKind::Microphone => self.microphone,
            DeviceKind::Camera => self.camera,
        }
    }
}

impl Signal {
    /// The JSON text.
    pub(crate) fn encode(&self) -> String {
        // Structs of strings, numbers and booleans always convert.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what a peer sent; `None` if it is no signal (of this version).
    pub(crate) fn decode(text: &[u8]) -> Option<Self> {
        let text = std::str::from_utf8(text).ok()?;
        reading::signal(&serde_json::from_str(text).ok()?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_presence_reads_as_the_protocol_says() {
        let text = r#"{"presence":{"revision":3,"name":"Bob","microphone":true,"camera":false}}"#;
        let presence = Presence {
            revision: 3,
            name: "Bob".into(),
            microphone: true,
            camera: false,
            screen: false,
            hand: 0,
        };
        assert_eq!(Signal::decode(text.as_bytes()), Some(Signal::Presence(presence.clone())));
        assert_eq!(Signal::Presence(presence.clone()).encode(), text);
        let text = r#"{"presence":{"revision":3,"name":"Bob","microphone":true,"camera":false,"screen":true,"hand":2}}"#;
        let presence = Signal::Presence(Presence { screen: true, hand: 2, ..presence });
        assert_eq!(Signal::decode(text.as_bytes()), Some(presence.clone()));
        assert_eq!(presence.encode(), text);
    }

    #[test]
    fn what_is_no_signal_is_none() {
        for text in ["", "{}", "[]", r#"{"dance":{}}"#, "\u{0}", r#"{"presence":{"revision":-1}}"#] {
            assert_eq!(Signal::decode(text.as_bytes()), None, "{text}");
        }
    }
}
