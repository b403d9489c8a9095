//! One polling session's requests: at most one GET and one POST at a time, and what waits to be posted. Knows no packet.

use std::collections::VecDeque;

use super::context::Context;
use crate::engine::Frame;
use crate::{DisconnectReason, Output, TransportEvent, TransportId};

/// A pong waits at most once, however many pings come meanwhile.
const PONG: &str = "3";

#[derive(Debug, Clone)]
pub(super) struct Polling {
    url: String,
    max_payload: usize,
    get: Option<TransportId>,
    post: Option<TransportId>,
    outbox: VecDeque<Frame>,
    outbox_bytes: usize,
    /// The packet that ends the session, once all else is answered: Node's server acts on it before what is beside it.
    farewell: Option<Frame>,
}

impl Polling {
    pub(super) fn new(url: String, max_payload: usize) -> Self {
        Self {
            url,
            max_payload,
            get: None,
            post: None,
            outbox: VecDeque::new(),
            outbox_bytes: 0,
            farewell: None,
        }
    }

    pub(super) fn push(&mut self, frame: Frame) {
        let is_pong = |frame: &Frame| matches!(frame, Frame::Text(text) if text == PONG);
        if is_pong(&frame) && self.outbox.iter().any(is_pong) {
            return;
        }
        self.outbox_bytes = self.outbox_bytes.saturating_add(frame.polling_len());
        self.outbox.push_back(frame);
    }

    /// Bytes waiting to be posted.
    pub(super) fn outbox_bytes(&self) -> usize {
        self.outbox_bytes
    }

    pub(super) fn is_quiet(&self) -> bool {
        self.get.is_none() && self.post.is_none()
    }

    pub(super) fn take_outbox(&mut self) -> VecDeque<Frame> {
        self.outbox_bytes = 0;
        std::mem::take(&mut self.outbox)
    }

    /// Keeps a GET waiting at the server.
    pub(super) fn listen(&mut self, context: &mut Context) {
        if self.get.is_none() {
            let id = context.next_id();
            self.get = Some(id);
            context.push(Output::HttpGet { id, url: unique(&self.url, id) });
        }
    }

    /// Posts as much as one payload may hold, unless a POST is on its way.
    pub(super) fn flush(&mut self, context: &mut Context) {
        if self.post.is_some() || self.outbox.is_empty() {
            return;
        }
        let id = context.next_id();
        self.post = Some(id);
        context.push(Output::HttpPost { id, url: unique(&self.url, id), body: self.pack() });
    }

    /// The next frames, together within the server's limit (one alone goes whatever its size).
    fn pack(&mut self) -> String {
        let mut body = String::new();
        while let Some(frame) = self.outbox.front() {
            let length = frame.polling_len();
            if !body.is_empty() && body.len().saturating_add(1).saturating_add(length) > self.max_payload {
                break;
            }
            frame.push_to(&mut body);
            self.outbox_bytes = self.outbox_bytes.saturating_sub(length);
            self.outbox.pop_front();
        }
        body
    }

    /// What happened to a request; the body if it was the GET that was answered. Other requests' events mean nothing.
    pub(super) fn event(
        &mut self,
        id: TransportId,
        event: TransportEvent,
    ) -> Result<Option<String>, DisconnectReason> {
        let is_get = self.get == Some(id);
        if !is_get && self.post != Some(id) {
            return Ok(None);
        }
        match event {
            TransportEvent::Response { status: 200, body } => {
                if is_get {
                    self.get = None;
                    return Ok(Some(body));
                }
                self.post = None;
                Ok(None)
            }
            TransportEvent::Response { status, .. } => {
                self.forget(is_get);
                Err(DisconnectReason::HttpStatus(status))
            }
            TransportEvent::Closed(reason) => {
                self.forget(is_get);
                Err(DisconnectReason::TransportClosed(reason))
            }
            TransportEvent::Opened
            | TransportEvent::Text(_)
            | TransportEvent::Binary(_)
            | TransportEvent::Buffered(_) => Ok(None),
        }
    }

    /// Posts what is left, then ends the session.
    pub(super) fn close(&mut self, context: &mut Context) {
        self.farewell = Some(Frame::Text("1".to_owned()));
        self.flush_farewell(context);
    }

    fn flush_farewell(&mut self, context: &mut Context) {
        if self.post.is_none() && self.outbox.is_empty() {
            self.outbox.extend(self.farewell.take());
        }
        self.flush(context);
    }

    /// Something happened while closing. False once there is nothing left to do.
    pub(super) fn closing(&mut self, context: &mut Context, id: TransportId, event: &TransportEvent) -> bool {
        let is_get = self.get == Some(id);
        if !is_get && self.post != Some(id) {
            return true;
        }
        match event {
            TransportEvent::Response { status: 200, .. } => self.forget(is_get),
            TransportEvent::Response { .. } | TransportEvent::Closed(_) => {
                self.forget(is_get);
                return is_get && self.post.is_some();
            }
            TransportEvent::Opened
            | TransportEvent::Text(_)
            | TransportEvent::Binary(_)
            | TransportEvent::Buffered(_) => {}
        }
        self.flush_farewell(context);
        self.post.is_some()
    }

    pub(super) fn abort(&self, context: &mut Context) {
        for id in [self.get, self.post].into_iter().flatten() {
            context.push(Output::Abort { id });
        }
    }

    fn forget(&mut self, is_get: bool) {
        if is_get {
            self.get = None;
        } else {
            self.post = None;
        }
    }
}

/// Makes a URL that no cache has seen.
pub(super) fn unique(url: &str, id: TransportId) -> String {
    format!("{url}&t={}", id.0)
}
