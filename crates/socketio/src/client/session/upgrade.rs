//! The move of a polling session to a WebSocket: opened, probed, then polling pauses. The session ends the move.

use std::time::Duration;

use crate::client::context::Context;
use crate::{Output, TransportEvent, TransportId};

#[derive(Debug, Clone)]
pub(in crate::client) enum Upgrade {
    /// Not tried, or given up.
    None,
    /// The WebSocket is being opened.
    Opening { id: TransportId, deadline: Duration },
    /// The answer to the probe is awaited.
    Probing { id: TransportId, deadline: Duration },
    /// The WebSocket works; the running requests are still to be answered.
    Pausing { id: TransportId, deadline: Duration },
}

impl Upgrade {
    pub(super) fn begin(&mut self, context: &mut Context, url: String) {
        let id = context.next_id();
        context.push(Output::OpenWebSocket { id, url });
        *self = Self::Opening { id, deadline: context.after(context.config.timeouts.websocket) };
    }

    pub(super) fn id(&self) -> Option<TransportId> {
        match self {
            Self::None => None,
            Self::Opening { id, .. } | Self::Probing { id, .. } | Self::Pausing { id, .. } => Some(*id),
        }
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        match self {
            Self::None => None,
            Self::Opening { deadline, .. }
            | Self::Probing { deadline, .. }
            | Self::Pausing { deadline, .. } => Some(*deadline),
        }
    }

    pub(super) fn event(&mut self, context: &mut Context, event: &TransportEvent) {
        match (&*self, event) {
            (Self::Opening { id, deadline }, TransportEvent::Opened) => {
                context.push(Output::SendText { id: *id, text: "2probe".to_owned() });
                *self = Self::Probing { id: *id, deadline: *deadline };
            }
            (Self::Probing { id, .. }, TransportEvent::Text(text)) if text == "3probe" => {
                *self = Self::Pausing { id: *id, deadline: context.after(context.config.timeouts.websocket) };
            }
            (_, TransportEvent::Closed(_)) => {
                self.remember(context);
                *self = Self::None;
            }
            (_, TransportEvent::Text(_) | TransportEvent::Binary(_)) => self.fail(context),
            (_, TransportEvent::Opened | TransportEvent::Buffered(_) | TransportEvent::Response { .. }) => {}
        }
    }

    /// Stays with polling: the WebSocket is of no use.
    pub(super) fn fail(&mut self, context: &mut Context) {
        self.remember(context);
        self.abandon(context);
    }

    /// A WebSocket that could not be opened costs nothing to try again; one that opened may have cost the session.
    fn remember(&self, context: &mut Context) {
        match self {
            Self::None | Self::Opening { .. } => {}
            Self::Probing { .. } | Self::Pausing { .. } => context.websocket_is_mute(),
        }
    }

    /// Lets go of the WebSocket, for another reason than itself.
    pub(super) fn abandon(&mut self, context: &mut Context) {
        if let Some(id) = self.id() {
            context.push(Output::CloseWebSocket { id });
        }
        *self = Self::None;
    }
}
