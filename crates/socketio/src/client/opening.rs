//! An attempt: one transport, then the other, until a handshake comes or both have failed.

use std::time::Duration;

use super::session::{Link, Session};
use super::{Client, State, polling};
use crate::packet::check_size;
use crate::{
    DisconnectReason, EnginePacket, Handshake, Output, ParseError, Transport, TransportEvent, TransportId,
    Transports, decode_payload,
};

#[derive(Debug, Clone)]
pub(super) struct Opening {
    pub(super) transport: Transport,
    pub(super) id: TransportId,
    pub(super) deadline: Duration,
    /// The WebSocket is open: it should speak.
    is_open: bool,
    /// Why the other transport has already failed in this attempt.
    failed: Option<DisconnectReason>,
}

impl Client {
    /// Something happened to the transport that is being opened.
    pub(super) fn opening(&mut self, mut opening: Opening, event: TransportEvent) -> State {
        let packets = match (opening.transport, event) {
            (Transport::WebSocket, TransportEvent::Text(text)) => text,
            (Transport::Polling, TransportEvent::Response { status: 200, body }) => body,
            (Transport::WebSocket, TransportEvent::Binary(_)) => {
                self.context.give_up(opening.transport, opening.id);
                return self.opening_failed(&opening, ParseError::OutOfPlace.into());
            }
            (Transport::Polling, TransportEvent::Response { status, .. }) => {
                return self.opening_failed(&opening, DisconnectReason::HttpStatus(status));
            }
            (_, TransportEvent::Closed(reason)) => {
                return self.opening_failed(&opening, DisconnectReason::TransportClosed(reason));
            }
            (Transport::WebSocket, TransportEvent::Opened) => {
                opening.is_open = true;
                return State::Opening(opening);
            }
            (_, TransportEvent::Buffered(_))
            | (Transport::WebSocket, TransportEvent::Response { .. })
            | (
                Transport::Polling,
                TransportEvent::Opened | TransportEvent::Text(_) | TransportEvent::Binary(_),
            ) => {
                return State::Opening(opening);
            }
        };
        match self.read_handshake(&opening, &packets) {
            Ok((handshake, rest)) => self.opened(&opening, &handshake, rest),
            Err(error) => {
                if opening.transport == Transport::WebSocket {
                    self.context.give_up(opening.transport, opening.id);
                }
                self.opening_failed(&opening, error.into())
            }
        }
    }

    /// The handshake at the head of a message or payload, and the packets behind it.
    fn read_handshake<'a>(
        &self,
        opening: &Opening,
        text: &'a str,
    ) -> Result<(Handshake, &'a str), ParseError> {
        let (first, rest) = match opening.transport {
            Transport::WebSocket => (text, ""),
            Transport::Polling => text.split_once(crate::engine::SEPARATOR).unwrap_or((text, "")),
        };
        check_size(text.len(), self.context.config.limits.payload)?;
        match EnginePacket::decode(first)? {
            EnginePacket::Open(handshake) => Ok((handshake, rest)),
            EnginePacket::Close
            | EnginePacket::Ping(_)
            | EnginePacket::Pong(_)
            | EnginePacket::Message(_)
            | EnginePacket::Binary(_)
            | EnginePacket::Upgrade
            | EnginePacket::Noop => Err(ParseError::Handshake),
        }
    }

    fn opened(&mut self, opening: &Opening, handshake: &Handshake, rest: &str) -> State {
        self.context.learn(opening.transport);
        let link = match opening.transport {
            Transport::WebSocket => Link::WebSocket { id: opening.id, buffered: 0 },
            Transport::Polling => Link::polling(&self.context, handshake),
        };
        let session = Box::new(Session::new(&self.context, handshake, link));
        self.act(session, |session, context| {
            session.begin(context, handshake);
            if rest.is_empty() {
                return Ok(());
            }
            decode_payload(rest).try_for_each(|packet| session.receive(context, packet?))
        })
    }

    /// Tries the other transport if this was the first, else waits. A server's answer tells more than a failed transport.
    pub(super) fn opening_failed(&mut self, opening: &Opening, reason: DisconnectReason) -> State {
        if opening.is_open {
            self.context.websocket_is_mute();
        }
        let first = opening.failed.clone();
        if first.is_some() || self.context.config.transports != Transports::Both {
            self.context.failures = self.context.failures.saturating_add(1);
            let answered = first.filter(|first| matches!(first, DisconnectReason::HttpStatus(_)));
            return self.retry(answered.unwrap_or(reason));
        }
        self.open(
            match opening.transport {
                Transport::WebSocket => Transport::Polling,
                Transport::Polling => Transport::WebSocket,
            },
            Some(reason),
        )
    }

    pub(super) fn begin_attempt(&mut self) -> State {
        let transport = match self.context.config.transports {
            Transports::Both => self.context.config.first,
            Transports::WebSocketOnly => Transport::WebSocket,
            Transports::PollingOnly => Transport::Polling,
        };
        self.open(transport, None)
    }

    fn open(&mut self, transport: Transport, failed: Option<DisconnectReason>) -> State {
        let context = &mut self.context;
        let id = context.next_id();
        match transport {
            Transport::WebSocket => {
                let url = context.config.websocket_url(None);
                context.push(Output::OpenWebSocket { id, url });
            }
            Transport::Polling => {
                let url = polling::unique(&context.config.polling_url(None), id);
                context.push(Output::HttpGet { id, url });
            }
        }
        let deadline = context.after(context.patience(transport));
        State::Opening(Opening { transport, id, deadline, is_open: false, failed })
    }
}
