//! The move of a polling session to a WebSocket: opened, probed, then polling pauses. The session ends the move.

use std::time::Duration;

use crate::client::context::Context;
use crate::{Output, TransportEvent, TransportId};

#[derive(Debug, Clone)]
pub(in crate::client) enum Upgrade {
    /// Not tried, or given up.
    None,
    /// The WebSocket is being opened, or the answer to the probe is awaited.
    Probing { id: TransportId, deadline: Duration },
    /// The WebSocket works; the running requests are still to be answered.
    Pausing { id: TransportId, deadline: Duration },
}

impl Upgrade {
    pub(super) fn begin(&mut self, context: &mut Context, url: String) {
        let id = context.next_id();
        context.push(Output::OpenWebSocket { id, url });
        *self = Self::Probing { id, deadline: context.after(context.config.timeouts.websocket) };
    }

    pub(super) fn id(&self) -> Option<TransportId> {
        match self {
            Self::None => None,
            Self::Probing { id, .. } | Self::Pausing { id, .. } => Some(*id),
        }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::Probing { deadline, .. } | Self::Pausing { deadline, .. } => Some(*deadline),
        }
    }

    pub(super) fn event(&mut self, context: &mut Context, event: &TransportEvent) {
        match (&*self, event) {
            (Self::Probing { id, .. }, TransportEvent::Opened) => {
                context.push(Output::SendText { id: *id, text: "2probe".to_owned() });
            }
            (Self::Probing { id, .. }, TransportEvent::Text(text)) if text == "3probe" => {
                *self = Self::Pausing { id: *id, deadline: context.after(context.config.timeouts.websocket) };
            }
            (_, TransportEvent::Closed(_)) => *self = Self::None,
            (_, TransportEvent::Text(_) | TransportEvent::Binary(_)) => self.abandon(context),
            (_, TransportEvent::Opened | TransportEvent::Buffered(_) | TransportEvent::Response { .. }) => {}
        }
    }

    /// Stays with polling.
    pub(super) fn abandon(&mut self, context: &mut Context) {
        if let Some(id) = self.id() {
            context.push(Output::CloseWebSocket { id });
        }
        *self = Self::None;
    }
}
