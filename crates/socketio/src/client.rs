//! The machine's life-cycle: opening with either transport, the session, waiting, closing. The picture is in the crate's
//! documentation. Knows what a session is, not what is inside its packets.

mod context;
mod opening;
mod pending;
mod polling;
mod session;
#[cfg(test)]
mod tests;

use std::mem;
use std::time::Duration;

use crate::{Config, DisconnectReason, EmitError, Input, Output, Transport, TransportEvent, TransportId};
use context::Context;
use opening::Opening;
use polling::Polling;
use session::Session;

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
                self.context.network_is_back();
                self.step(Self::expire);
                self.step(Self::online);
            }
            Input::Doubt => self.in_session(Session::doubt),
            Input::Hurry(hurry) => {
                let grew = hurry && !self.context.hurry;
                self.context.hurry = hurry;
                if grew {
                    self.step(Self::hurry);
                }
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

    /// What is awaited need not take as long as it was given.
    fn hurry(&mut self, state: State) -> State {
        match state {
            State::Waiting { until } => {
                let pause = self.context.pause();
                State::Waiting { until: until.min(self.context.after(pause)) }
            }
            State::Opening(mut opening) => {
                let patience = self.context.patience(opening.transport);
                opening.deadline = opening.deadline.min(self.context.after(patience));
                State::Opening(opening)
            }
            State::Idle | State::Open(_) | State::Closing { .. } => state,
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
        let after = self.context.pause();
        self.context.push(Output::Retrying { failures: self.context.failures, after, reason });
        State::Waiting { until: self.context.after(after) }
    }
}
