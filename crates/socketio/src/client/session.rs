//! One Engine.IO session and the namespace in it: heartbeat, CONNECT, events and acknowledgements, and the move from
//! polling to a WebSocket. Knows nothing of attempts and delays: an error ends it, and the client decides what follows.
//!
//! ```text
//!   Polling ── WebSocket opened: "2probe" ── "3probe" ──► Pausing ── GET and POST answered: "5" ──► WebSocket
//!      ▲                                                     │
//!      └────────────── the WebSocket failed or was too slow ─┘
//! ```

mod emit;
mod upgrade;

use std::time::Duration;

use serde_json::Value;

use super::context::Context;
use super::polling::Polling;
use crate::engine::Frame;
use crate::packet::check_size;
use crate::{
    Decoder, DisconnectReason, EnginePacket, Handshake, Message, Output, Packet, ParseError, ReplyToken,
    Transport, TransportEvent, TransportId, decode_payload,
};
use upgrade::Upgrade;

/// What servers take if they do not say.
const DEFAULT_MAX_PAYLOAD: usize = 1_000_000;

#[derive(Debug, Clone)]
pub(super) struct Session {
    link: Link,
    namespace: Namespace,
    /// Interval plus time-out: the longest silence between two pings.
    heartbeat: Duration,
    ping_deadline: Duration,
    max_payload: usize,
    decoder: Decoder,
    /// Set while the decoder waits for attachments.
    attachments_deadline: Option<Duration>,
    /// Set while the application doubts that anybody is there.
    doubt_deadline: Option<Duration>,
    /// For a WebSocket in the name of this session.
    websocket_url: String,
}

#[derive(Debug, Clone)]
pub(super) enum Link {
    WebSocket { id: TransportId, buffered: usize },
    Polling { polling: Polling, upgrade: Upgrade },
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Namespace {
    AwaitingAuth { deadline: Duration },
    Connecting { deadline: Duration },
    Connected,
}

impl Link {
    pub(super) fn polling(context: &Context, handshake: &Handshake) -> Self {
        let url = context.config.polling_url(Some(&handshake.sid));
        Self::Polling { polling: Polling::new(url, max_payload(handshake)), upgrade: Upgrade::None }
    }
}

fn max_payload(handshake: &Handshake) -> usize {
    handshake.max_payload.unwrap_or(DEFAULT_MAX_PAYLOAD)
}

impl Session {
    pub(super) fn new(context: &Context, handshake: &Handshake, link: Link) -> Self {
        let heartbeat = handshake.ping_interval.saturating_add(handshake.ping_timeout);
        Self {
            link,
            namespace: Namespace::AwaitingAuth { deadline: context.after(context.config.timeouts.connect) },
            heartbeat,
            ping_deadline: context.after(heartbeat),
            max_payload: max_payload(handshake),
            decoder: Decoder::new(context.config.limits.clone()),
            attachments_deadline: None,
            doubt_deadline: None,
            websocket_url: context.config.websocket_url(Some(&handshake.sid)),
        }
    }

    /// Joins the namespace and, from polling, tries for a WebSocket.
    pub(super) fn begin(&mut self, context: &mut Context, handshake: &Handshake) {
        if context.config.asks_auth {
            context.push(Output::NeedAuth);
        } else {
            self.auth(context, Value::Null);
        }
        if let Link::Polling { upgrade, .. } = &mut self.link
            && handshake.upgrades_to_websocket
            && context.may_upgrade()
        {
            upgrade.begin(context, self.websocket_url.clone());
        }
    }

    pub(super) fn is_connected(&self) -> bool {
        self.namespace == Namespace::Connected
    }

    pub(super) fn transport(&self) -> Transport {
        match self.link {
            Link::WebSocket { .. } => Transport::WebSocket,
            Link::Polling { .. } => Transport::Polling,
        }
    }

    pub(super) fn deadline(&self) -> Duration {
        let namespace = match self.namespace {
            Namespace::AwaitingAuth { deadline } | Namespace::Connecting { deadline } => Some(deadline),
            Namespace::Connected => None,
        };
        let upgrade = match &self.link {
            Link::WebSocket { .. } => None,
            Link::Polling { upgrade, .. } => upgrade.deadline(),
        };
        [namespace, upgrade, self.attachments_deadline, self.doubt_deadline]
            .into_iter()
            .flatten()
            .fold(self.ping_deadline, Duration::min)
    }

    pub(super) fn expire(&mut self, context: &mut Context) -> Result<(), DisconnectReason> {
        let now = context.now;
        if self.ping_deadline <= now || self.doubt_deadline.is_some_and(|deadline| deadline <= now) {
            return Err(DisconnectReason::PingTimeout);
        }
        if self.attachments_deadline.is_some_and(|deadline| deadline <= now) {
            return Err(ParseError::MissingAttachments.into());
        }
        match self.namespace {
            Namespace::AwaitingAuth { deadline } | Namespace::Connecting { deadline } if deadline <= now => {
                return Err(DisconnectReason::ConnectTimeout);
            }
            Namespace::AwaitingAuth { .. } | Namespace::Connecting { .. } | Namespace::Connected => {}
        }
        if let Link::Polling { upgrade, .. } = &mut self.link
            && upgrade.deadline().is_some_and(|deadline| deadline <= now)
        {
            upgrade.fail(context);
        }
        Ok(())
    }

    /// Whoever is there has to show it soon.
    pub(super) fn doubt(&mut self, context: &mut Context) {
        let deadline = context.after(context.config.timeouts.doubt);
        self.doubt_deadline.get_or_insert(deadline);
    }

    /// The auth payload has come: sends CONNECT.
    pub(super) fn auth(&mut self, context: &mut Context, payload: Value) {
        if let Namespace::AwaitingAuth { deadline } = self.namespace {
            let payload = match payload {
                Value::Object(fields) => Some(fields),
                Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) | Value::Array(_) => None,
            };
            self.send_packet(context, Packet::new(&context.config.namespace, Message::Connect(payload)));
            self.namespace = Namespace::Connecting { deadline };
        }
    }

    /// Something happened to a WebSocket or request, perhaps of this session.
    pub(super) fn transport_event(
        &mut self,
        context: &mut Context,
        of: TransportId,
        event: TransportEvent,
    ) -> Result<(), DisconnectReason> {
        match &mut self.link {
            Link::WebSocket { id, buffered } if *id == of => match event {
                TransportEvent::Text(text) => {
                    check_size(text.len(), context.config.limits.payload)?;
                    self.receive(context, EnginePacket::decode(&text)?)
                }
                TransportEvent::Binary(bytes) => self.receive(context, EnginePacket::Binary(bytes)),
                TransportEvent::Buffered(bytes) => {
                    *buffered = bytes;
                    Ok(())
                }
                TransportEvent::Closed(reason) => Err(DisconnectReason::TransportClosed(reason)),
                TransportEvent::Opened | TransportEvent::Response { .. } => Ok(()),
            },
            Link::WebSocket { .. } => Ok(()),
            Link::Polling { upgrade, .. } if upgrade.id() == Some(of) => {
                upgrade.event(context, &event);
                Ok(())
            }
            Link::Polling { polling, .. } => match polling.event(of, event)? {
                Some(body) => {
                    check_size(body.len(), context.config.limits.payload)?;
                    decode_payload(&body).try_for_each(|packet| self.receive(context, packet?))
                }
                None => Ok(()),
            },
        }
    }

    pub(super) fn receive(
        &mut self,
        context: &mut Context,
        packet: EnginePacket,
    ) -> Result<(), DisconnectReason> {
        self.doubt_deadline = None;
        match packet {
            EnginePacket::Open(_) => Err(ParseError::PacketType('0').into()),
            EnginePacket::Upgrade => Err(ParseError::PacketType('5').into()),
            EnginePacket::Close => Err(DisconnectReason::SessionClosed),
            EnginePacket::Noop | EnginePacket::Pong(_) => Ok(()),
            EnginePacket::Ping(_) => {
                self.ping_deadline = context.after(self.heartbeat);
                self.pong(context);
                Ok(())
            }
            EnginePacket::Message(text) => {
                let packet = self.decoder.text(text)?;
                self.decoded(context, packet)
            }
            EnginePacket::Binary(bytes) => {
                let packet = self.decoder.binary(bytes)?;
                self.decoded(context, packet)
            }
        }
    }

    /// A pong that the network does not take is worth nothing: the server will give up on us, or ask again.
    fn pong(&mut self, context: &mut Context) {
        let is_full = match &self.link {
            Link::WebSocket { buffered, .. } => *buffered >= context.config.limits.outgoing,
            // One waits at most.
            Link::Polling { .. } => false,
        };
        if !is_full {
            self.send(context, Frame::Text("3".to_owned()));
        }
    }

    fn decoded(&mut self, context: &mut Context, packet: Option<Packet>) -> Result<(), DisconnectReason> {
        let Some(packet) = packet else {
            let deadline = context.after(context.config.timeouts.attachments);
            self.attachments_deadline.get_or_insert(deadline);
            return Ok(());
        };
        self.attachments_deadline = None;
        if packet.namespace == context.config.namespace { self.deliver(context, packet) } else { Ok(()) }
    }

    fn deliver(&mut self, context: &mut Context, packet: Packet) -> Result<(), DisconnectReason> {
        let attachments = packet.attachments;
        match (self.namespace, packet.message) {
            (Namespace::Connecting { .. }, Message::Connect(fields)) => {
                let sid = fields.as_ref().and_then(|fields| fields.get("sid")).and_then(Value::as_str);
                let sid = sid.ok_or(ParseError::Shape)?.to_owned();
                self.namespace = Namespace::Connected;
                context.failures = 0;
                context.backoff.reset();
                context.connection = context.connection.wrapping_add(1);
                context.push(Output::Connected { sid, transport: self.transport() });
            }
            (_, Message::ConnectError { message, data }) => {
                context.push(Output::Refused { message, data });
                return Err(DisconnectReason::Refused);
            }
            (_, Message::Disconnect) => return Err(DisconnectReason::ServerDisconnect),
            (Namespace::Connected, Message::Event { ack, name, args }) => {
                let reply = ack.map(|ack| ReplyToken { connection: context.connection, ack });
                context.push(Output::Event { name, args, attachments, reply });
            }
            (Namespace::Connected, Message::Ack { id, args }) => {
                if let Some(request) = context.pending.take(id) {
                    context.push(Output::Acknowledged { request, args, attachments });
                }
            }
            (_, Message::Connect(_) | Message::Event { .. } | Message::Ack { .. }) => {}
        }
        Ok(())
    }

    /// Keeps the requests going, or ends the move to a WebSocket once they are all answered.
    pub(super) fn pump(&mut self, context: &mut Context) {
        let Link::Polling { polling, upgrade } = &mut self.link else { return };
        let Upgrade::Pausing { id, .. } = *upgrade else {
            polling.listen(context);
            polling.flush(context);
            return;
        };
        if !polling.is_quiet() {
            return;
        }
        let frames = polling.take_outbox();
        self.link = Link::WebSocket { id, buffered: 0 };
        context.push(Output::SendText { id, text: "5".to_owned() });
        context.learn(Transport::WebSocket);
        context.push(Output::Upgraded);
        for frame in frames {
            self.send(context, frame);
        }
    }

    /// Says goodbye in an orderly way. Over polling, what is returned has to go on until all is sent.
    pub(super) fn leave(mut self, context: &mut Context) -> Option<Polling> {
        if !matches!(self.namespace, Namespace::AwaitingAuth { .. }) {
            self.send_packet(context, Packet::new(&context.config.namespace, Message::Disconnect));
        }
        match self.link {
            Link::WebSocket { id, .. } => {
                context.push(Output::CloseWebSocket { id });
                None
            }
            Link::Polling { mut polling, mut upgrade } => {
                upgrade.abandon(context);
                polling.close(context);
                Some(polling)
            }
        }
    }

    /// Lets go of the transports at once.
    pub(super) fn abandon(&self, context: &mut Context) {
        match &self.link {
            Link::WebSocket { id, .. } => context.push(Output::CloseWebSocket { id: *id }),
            Link::Polling { polling, upgrade } => {
                polling.abort(context);
                // If the server has taken the probe for an upgrade, the session dies with it.
                upgrade.clone().fail(context);
            }
        }
    }

    fn send_packet(&mut self, context: &mut Context, packet: Packet) {
        let (text, attachments) = packet.encode();
        self.send(context, Frame::message(&text));
        for attachment in attachments {
            self.send(context, Frame::Binary(attachment));
        }
    }

    fn send(&mut self, context: &mut Context, frame: Frame) {
        match (&mut self.link, frame) {
            (Link::WebSocket { id, .. }, Frame::Text(text)) => {
                context.push(Output::SendText { id: *id, text });
            }
            (Link::WebSocket { id, .. }, Frame::Binary(bytes)) => {
                context.push(Output::SendBinary { id: *id, bytes });
            }
            (Link::Polling { polling, .. }, frame) => polling.push(frame),
        }
    }
}
