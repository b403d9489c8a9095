//! Each WebSocket and HTTP request that the machine has asked for, by its id; dropping it closes it. Knows no packet.

use std::collections::VecDeque;
use std::pin::Pin;
use std::task::{Context, Poll};

use crate::browser::error::BrowserError;
use futures_util::future::LocalBoxFuture;
use futures_util::{FutureExt, Sink, StreamExt};
use gloo_net::http::{Request as HttpRequest, RequestBuilder};
use gloo_net::websocket::{Message, State, futures::WebSocket};
use visavis_socketio::{Input, Output, TransportEvent, TransportId};

#[derive(Default)]
pub(super) struct Transports {
    sockets: Vec<Socket>,
    requests: Vec<Request>,
    /// What failed at once, told at the next poll.
    failed: VecDeque<(TransportId, String)>,
}

struct Socket {
    id: TransportId,
    inner: WebSocket,
    is_connecting: bool,
}

struct Request {
    id: TransportId,
    answer: LocalBoxFuture<'static, TransportEvent>,
    controller: Option<web_sys::AbortController>,
}

impl Drop for Request {
    fn drop(&mut self) {
        if let Some(controller) = &self.controller {
            controller.abort();
        }
    }
}

impl Transports {
    /// Does what an output says, or hands it back if it is not for a transport.
    pub(super) fn carry_out(&mut self, output: Output) -> Option<Output> {
        match output {
            Output::OpenWebSocket { id, url } => match open(&url) {
                Ok(socket) => self.sockets.push(Socket { id, inner: socket, is_connecting: true }),
                Err(error) => self.failed.push_back((id, error)),
            },
            Output::SendText { id, text } => self.send(id, Message::Text(text)),
            Output::SendBinary { id, bytes } => self.send(id, Message::Bytes(bytes)),
            Output::CloseWebSocket { id } => self.sockets.retain(|socket| socket.id != id),
            Output::HttpGet { id, url } => self.fetch(id, HttpRequest::get(&url), None),
            Output::HttpPost { id, url, body } => self.fetch(id, HttpRequest::post(&url), Some(body)),
            Output::Abort { id } => self.requests.retain(|request| request.id != id),
            other @ (Output::NeedAuth
            | Output::Connected { .. }
            | Output::Upgraded
            | Output::Learned(_)
            | Output::Refused { .. }
            | Output::Disconnected { .. }
            | Output::Retrying { .. }
            | Output::Event { .. }
            | Output::Acknowledged { .. }
            | Output::ReplyFailed { .. }
            | Output::EmitFailed { .. }) => return Some(other),
        }
        None
    }

    /// How much of what was sent still waits in the browser.
    pub(super) fn buffered(&self) -> impl Iterator<Item = Input> {
        self.sockets.iter().map(|Socket { id, inner, .. }| {
            let bytes = usize::try_from(inner.buffered_amount()).unwrap_or(usize::MAX);
            Input::Transport { id: *id, event: TransportEvent::Buffered(bytes) }
        })
    }

    /// The next thing that happens to any of them.
    pub(super) fn poll(&mut self, context: &mut Context<'_>) -> Poll<Input> {
        if let Some((id, reason)) = self.failed.pop_front() {
            return Poll::Ready(Input::Transport { id, event: TransportEvent::Closed(reason) });
        }
        let mut happened = None;
        for socket in &mut self.sockets {
            if let Poll::Ready(event) = socket.poll(context) {
                happened = Some((socket.id, event));
                break;
            }
        }
        if happened.is_none() {
            for request in &mut self.requests {
                if let Poll::Ready(event) = request.answer.poll_unpin(context) {
                    // Answered: there is nothing left to abort.
                    request.controller = None;
                    happened = Some((request.id, event));
                    break;
                }
            }
        }
        let Some((id, event)) = happened else { return Poll::Pending };
        match event {
            TransportEvent::Closed(_) | TransportEvent::Response { .. } => {
                self.sockets.retain(|socket| socket.id != id);
                self.requests.retain(|request| request.id != id);
            }
            TransportEvent::Opened
            | TransportEvent::Text(_)
            | TransportEvent::Binary(_)
            | TransportEvent::Buffered(_) => {}
        }
        Poll::Ready(Input::Transport { id, event })
    }

    fn send(&mut self, to: TransportId, message: Message) {
        let Some(Socket { inner, .. }) = self.sockets.iter_mut().find(|socket| socket.id == to) else {
            return;
        };
        if let Err(error) = Pin::new(inner).start_send(message) {
            self.failed.push_back((to, error.to_string()));
        }
    }

    fn fetch(&mut self, id: TransportId, request: RequestBuilder, body: Option<String>) {
        let controller = web_sys::AbortController::new().ok();
        let signal = controller.as_ref().map(web_sys::AbortController::signal);
        let request = request.cache(web_sys::RequestCache::NoStore).abort_signal(signal.as_ref());
        let answer = async move {
            answer(request, body).await.unwrap_or_else(|error| TransportEvent::Closed(error.to_string()))
        };
        self.requests.push(Request { id, answer: answer.boxed_local(), controller });
    }
}

/// Opens a WebSocket. What an extension throws to block one need not be an `Error`, which gloo counts on.
fn open(url: &str) -> Result<WebSocket, String> {
    let socket = web_sys::WebSocket::new(url).map_err(|error| BrowserError::from(error).to_string())?;
    WebSocket::try_from(socket).map_err(|error| error.to_string())
}

async fn answer(request: RequestBuilder, body: Option<String>) -> Result<TransportEvent, gloo_net::Error> {
    let response = match body {
        Some(body) => request.body(body)?.send().await?,
        None => request.send().await?,
    };
    Ok(TransportEvent::Response { status: response.status(), body: response.text().await? })
}

impl Socket {
    fn poll(&mut self, context: &mut Context<'_>) -> Poll<TransportEvent> {
        if self.is_connecting && Pin::new(&mut self.inner).poll_ready(context).is_ready() {
            self.is_connecting = false;
            if matches!(self.inner.state(), State::Open) {
                return Poll::Ready(TransportEvent::Opened);
            }
        }
        self.inner.poll_next_unpin(context).map(|message| match message {
            Some(Ok(Message::Text(text))) => TransportEvent::Text(text),
            Some(Ok(Message::Bytes(bytes))) => TransportEvent::Binary(bytes),
            Some(Err(error)) => TransportEvent::Closed(error.to_string()),
            None => TransportEvent::Closed("closed".to_owned()),
        })
    }
}
