//! One socket, as its handlers know it.

use std::sync::atomic::AtomicBool;
use std::sync::{Arc, OnceLock};

use axum::http::{HeaderMap, header};
use visavis_protocol::PeerId;

use crate::rooms::ConnectionId;
use crate::session::Session;
use crate::tokens::mint_peer;

#[derive(Debug)]
pub(super) struct Guest {
    pub(super) connection: ConnectionId,
    pub(super) session: Arc<Session>,
    /// It has been disconnected: what it still says is not heard.
    pub(super) gone: AtomicBool,
    /// The host and port at which its page was opened, as the browser says in every request.
    opened_at: Option<String>,
    /// Whose ICE servers it gets while it is in no room.
    stranger: OnceLock<PeerId>,
}

impl Guest {
    /// A socket that was asked for with these headers.
    pub(super) fn new(connection: ConnectionId, session: Arc<Session>, headers: &HeaderMap) -> Self {
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
        Self {
            connection,
            session,
            gone: AtomicBool::new(false),
            opened_at: host.map(str::to_owned),
            stranger: OnceLock::new(),
        }
    }

    /// Where its page was opened, if it told.
    pub(super) fn opened_at(&self) -> Option<&str> {
        self.opened_at.as_deref()
    }

    /// The peer that it counts as while it is in no room; always the same.
    pub(super) fn stranger(&self) -> Option<PeerId> {
        if self.stranger.get().is_none() {
            self.stranger.set(mint_peer().ok()?).ok();
        }
        self.stranger.get().cloned()
    }
}
