//! The machine's life-cycle: opening with either transport, the session, waiting, closing. The picture is in the crate's
//! documentation. Knows what a session is, not what is inside its packets.

mod context;
mod pending;
mod polling;
mod session;
#[cfg(test)]
mod tests;

use std::mem;
use std::time::Duration;

use crate::packet::check_size;
use crate::{
    Config, DisconnectReason, EmitError, EnginePacket, Handshake, Input, Output, ParseError, Transport,
    TransportEvent, TransportId, Transports, decode_payload,
};
use context::Context;
use polling::Polling;
use session::{Link, Session};

/// A Socket.IO client of one namespace; see the crate's documentation for how to drive it.
#[derive(Debug, Clone)]
pub struct Client {
    context: Context,
    state: State,
}

#[derive(Debug, Clone)]
enum State {
    /// No connection is wanted.
    Idle,
    /// The last attempt failed, or the connection was lost.
    Waiting { until: Duration },
    /// A transport is being opened.
    Opening(Opening),
    /// The session stands.
    Open(Box<Session>),
    /// No connection is wanted any more; the last packets are on their way.
    Closing { polling: Polling, deadline: Duration },
}

#[derive(Debug, Clone)]
struct Opening {
    transport: Transport,
    id: TransportId,
    deadline: Duration,
    /// The other transport has already failed in this attempt.
    is_fallback: bool,
}

impl Client {
    /// A client that does nothing until [`Input::Connect`].
    pub fn new(config: Config) -> Self {
        Self { context: Context::new(config), state: State::Idle }
    }

    /// Takes one input and tells what to do, in order. Never fails: what makes no sense now changes nothing.
    ///
    /// `now` counts from any origin; if it runs backwards, the latest time seen counts.
    pub fn handle(&mut self, input: Input, now: Duration) -> Vec<Output> {
        self.context.now = self.context.now.max(now);
        match input {
            Input::Connect => self.step(Self::connect),
            Input::Disconnect => self.step(Self::disconnect),
            Input::Online => {
                self.step(Self::expire);
                self.step(Self::online);
            }
            Input::Tick => self.step(Self::expire),
            Input::Transport { id, event } => self.step(|client, state| client.transport(state, id, event)),
            Input::Auth(payload) => self.in_session(|session, context| session.auth(context, payload)),
            Input::Emit(emit) => {
                self.step(Self::expire);
                if let State::Open(_) = self.state {
                    self.in_session(|session, context| session.emit(context, emit));
                } else {
                    self.context.emit_failed(emit.request, EmitError::NotConnected);
                }
            }
            Input::Reply { token, args, attachments } => {
                if let State::Open(_) = self.state {
                    self.in_session(|session, context| session.reply(context, token, args, attachments));
                } else {
                    self.context.push(Output::ReplyFailed { token, error: EmitError::NotConnected });
                }
            }
        }
        mem::take(&mut self.context.outputs)
    }

    /// When to call [`handle`](Self::handle) with [`Input::Tick`] at the latest.
    pub fn deadline(&self) -> Option<Duration> {
        let own = match &self.state {
            State::Idle => None,
            State::Waiting { until } => Some(*until),
            State::Opening(Opening { deadline, .. }) | State::Closing { deadline, .. } => Some(*deadline),
            State::Open(session) => Some(session.deadline()),
        };
        own.into_iter().chain(self.context.pending.deadline()).min()
    }

    /// Whether nothing is going on: no connection, none wanted, nothing left to send.
    pub fn is_idle(&self) -> bool {
        matches!(self.state, State::Idle)
    }

    /// Whether events can be emitted now.
    pub fn is_connected(&self) -> bool {
        matches!(&self.state, State::Open(session) if session.is_connected())
    }

    /// What carries the session now, if there is one.
    pub fn transport_in_use(&self) -> Option<Transport> {
        match &self.state {
            State::Open(session) => Some(session.transport()),
            State::Idle | State::Waiting { .. } | State::Opening(_) | State::Closing { .. } => None,
        }
    }

    /// Moves from one state to the next.
    fn step(&mut self, next: impl FnOnce(&mut Self, State) -> State) {
        let state = mem::replace(&mut self.state, State::Idle);
        self.state = next(self, state);
    }

    /// Does something with the session, if there is one.
    fn in_session(&mut self, act: impl FnOnce(&mut Session, &mut Context)) {
        if let State::Open(session) = &mut self.state {
            act(session, &mut self.context);
            session.pump(&mut self.context);
        }
    }

    /// Does something with the session; an error ends it.
    fn act(
        &mut self,
        mut session: Box<Session>,
        act: impl FnOnce(&mut Session, &mut Context) -> Result<(), DisconnectReason>,
    ) -> State {
        match act(&mut session, &mut self.context) {
            Ok(()) => {
                session.pump(&mut self.context);
                State::Open(session)
            }
            Err(reason) => self.lose(&session, reason),
        }
    }

    fn connect(&mut self, state: State) -> State {
        match state {
            State::Idle => self.begin_attempt(),
            State::Closing { polling, .. } => {
                polling.abort(&mut self.context);
                self.begin_attempt()
            }
            State::Waiting { .. } | State::Opening(_) | State::Open(_) => state,
        }
    }

    fn online(&mut self, state: State) -> State {
        match state {
            State::Waiting { .. } => self.begin_attempt(),
            State::Idle | State::Opening(_) | State::Open(_) | State::Closing { .. } => state,
        }
    }

    fn disconnect(&mut self, state: State) -> State {
        self.context.failures = 0;
        self.context.backoff.reset();
        match state {
            State::Idle | State::Waiting { .. } => State::Idle,
            State::Opening(opening) => {
                self.context.give_up(opening.transport, opening.id);
                State::Idle
            }
            State::Open(session) => {
                self.context.fail_pending(EmitError::ConnectionLost);
                if session.is_connected() {
                    self.context.push(Output::Disconnected { reason: DisconnectReason::ClientDisconnect });
                }
                let deadline = self.context.after(self.context.config.timeouts.closing);
                match session.leave(&mut self.context) {
                    Some(polling) => State::Closing { polling, deadline },
                    None => State::Idle,
                }
            }
            State::Closing { .. } => state,
        }
    }

    fn expire(&mut self, state: State) -> State {
        let now = self.context.now;
        self.context.expire_pending();
        match state {
            State::Waiting { until } if until <= now => self.begin_attempt(),
            State::Opening(opening) if opening.deadline <= now => {
                self.context.give_up(opening.transport, opening.id);
                self.opening_failed(&opening, DisconnectReason::OpenTimeout)
            }
            State::Open(session) => self.act(session, Session::expire),
            State::Closing { polling, deadline } if deadline <= now => {
                polling.abort(&mut self.context);
                State::Idle
            }
            State::Idle | State::Waiting { .. } | State::Opening(_) | State::Closing { .. } => state,
        }
    }

    fn transport(&mut self, state: State, id: TransportId, event: TransportEvent) -> State {
        match state {
            State::Opening(opening) if opening.id == id => self.opening(opening, event),
            State::Open(session) => {
                self.act(session, |session, context| session.transport_event(context, id, event))
            }
            State::Closing { mut polling, deadline } => {
                if polling.closing(&mut self.context, id, &event) {
                    State::Closing { polling, deadline }
                } else {
                    polling.abort(&mut self.context);
                    State::Idle
                }
            }
            State::Idle | State::Waiting { .. } | State::Opening(_) => state,
        }
    }

    /// Something happened to the transport that is being opened.
    fn opening(&mut self, opening: Opening, event: TransportEvent) -> State {
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
            (_, TransportEvent::Opened | TransportEvent::Buffered(_))
            | (Transport::WebSocket, TransportEvent::Response { .. })
            | (Transport::Polling, TransportEvent::Text(_) | TransportEvent::Binary(_)) => {
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

    /// Tries the other transport if this was the first, else waits.
    fn opening_failed(&mut self, opening: &Opening, reason: DisconnectReason) -> State {
        if opening.is_fallback || self.context.config.transports != Transports::Both {
            self.context.failures = self.context.failures.saturating_add(1);
            return self.retry(reason);
        }
        self.open(
            match opening.transport {
                Transport::WebSocket => Transport::Polling,
                Transport::Polling => Transport::WebSocket,
            },
            true,
        )
    }

    fn begin_attempt(&mut self) -> State {
        let transport = match self.context.config.transports {
            Transports::Both => self.context.config.first,
            Transports::WebSocketOnly => Transport::WebSocket,
            Transports::PollingOnly => Transport::Polling,
        };
        self.open(transport, false)
    }

    fn open(&mut self, transport: Transport, is_fallback: bool) -> State {
        let context = &mut self.context;
        let id = context.next_id();
        let timeout = match transport {
            Transport::WebSocket => {
                let url = context.config.websocket_url(None);
                context.push(Output::OpenWebSocket { id, url });
                context.config.timeouts.websocket
            }
            Transport::Polling => {
                let url = polling::unique(&context.config.polling_url(None), id);
                context.push(Output::HttpGet { id, url });
                context.config.timeouts.polling
            }
        };
        State::Opening(Opening { transport, id, deadline: context.after(timeout), is_fallback })
    }

    fn lose(&mut self, session: &Session, reason: DisconnectReason) -> State {
        session.abandon(&mut self.context);
        self.context.fail_pending(EmitError::ConnectionLost);
        if session.is_connected() {
            self.context.push(Output::Disconnected { reason: reason.clone() });
        } else {
            self.context.failures = self.context.failures.saturating_add(1);
        }
        self.retry(reason)
    }

    fn retry(&mut self, reason: DisconnectReason) -> State {
        let after = self.context.backoff.next_delay();
        self.context.push(Output::Retrying { failures: self.context.failures, after, reason });
        State::Waiting { until: self.context.after(after) }
    }
}
