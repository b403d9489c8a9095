//! What all states of a client share: configuration, time, names, pending acknowledgements, outputs.

use std::time::Duration;

use super::pending::Pending;
use crate::{Backoff, Config, EmitError, Output, RequestId, Transport, TransportId, Transports};

#[derive(Debug, Clone)]
pub(super) struct Context {
    /// `first` in here follows what is learned.
    pub(super) config: Config,
    pub(super) now: Duration,
    pub(super) backoff: Backoff,
    /// The application is in a hurry.
    pub(super) hurry: bool,
    /// Attempts failed in a row.
    pub(super) failures: u32,
    /// Counts the connections, so that a late reply is told apart.
    pub(super) connection: u32,
    pub(super) pending: Pending,
    pub(super) outputs: Vec<Output>,
    last_id: u32,
    /// No upgrade is tried before: a WebSocket opened here and carried nothing.
    upgrade_from: Duration,
}

impl Context {
    pub(super) fn new(config: Config) -> Self {
        Self {
            backoff: Backoff::new(config.backoff.clone(), config.seed),
            config,
            now: Duration::ZERO,
            hurry: false,
            failures: 0,
            connection: 0,
            pending: Pending::default(),
            outputs: Vec::new(),
            last_id: 0,
            upgrade_from: Duration::ZERO,
        }
    }

    pub(super) fn push(&mut self, output: Output) {
        self.outputs.push(output);
    }

    pub(super) fn next_id(&mut self) -> TransportId {
        self.last_id = self.last_id.wrapping_add(1);
        TransportId(self.last_id)
    }

    pub(super) fn after(&self, time: Duration) -> Duration {
        self.now.saturating_add(time)
    }

    /// How long to wait before the next attempt.
    pub(super) fn pause(&mut self) -> Duration {
        if self.hurry {
            self.backoff.reset();
        }
        self.backoff.next_delay()
    }

    /// How long a transport may take to open.
    pub(super) fn patience(&self, transport: Transport) -> Duration {
        let timeouts = &self.config.timeouts;
        match (transport, self.hurry) {
            (Transport::WebSocket, false) => timeouts.websocket,
            (Transport::WebSocket, true) => timeouts.hurried_websocket,
            (Transport::Polling, false) => timeouts.polling,
            (Transport::Polling, true) => timeouts.hurried_polling,
        }
    }

    /// This transport works: begin with it from now on.
    pub(super) fn learn(&mut self, transport: Transport) {
        if self.config.transports == Transports::Both && self.config.first != transport {
            self.config.first = transport;
            self.push(Output::Learned(transport));
        }
    }

    /// A WebSocket opened and carried nothing: something on the way answers for the server. A server that takes the probe
    /// for an upgrade ends the session with it, so trying again at once would cost one session after the other.
    pub(super) fn websocket_is_mute(&mut self) {
        self.upgrade_from = self.after(self.config.timeouts.upgrade_again);
    }

    /// The network is another one, perhaps.
    pub(super) fn network_is_back(&mut self) {
        self.upgrade_from = Duration::ZERO;
    }

    pub(super) fn may_upgrade(&self) -> bool {
        self.config.transports == Transports::Both && self.upgrade_from <= self.now
    }

    /// Closes a WebSocket or aborts a request.
    pub(super) fn give_up(&mut self, transport: Transport, id: TransportId) {
        self.push(match transport {
            Transport::WebSocket => Output::CloseWebSocket { id },
            Transport::Polling => Output::Abort { id },
        });
    }

    pub(super) fn emit_failed(&mut self, request: RequestId, error: EmitError) {
        self.push(Output::EmitFailed { request, error });
    }

    pub(super) fn fail_pending(&mut self, error: EmitError) {
        for request in self.pending.take_all() {
            self.emit_failed(request, error);
        }
    }

    pub(super) fn expire_pending(&mut self) {
        for request in self.pending.take_expired(self.now) {
            self.emit_failed(request, EmitError::TimedOut);
        }
    }
}
