//! What goes into a [`Client`](crate::Client) and what comes out: plain data, no browser or runtime object.

use std::time::Duration;

use serde_json::Value;

use crate::{DisconnectReason, EmitError};

/// A WebSocket or one HTTP request, named by the machine, never twice.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TransportId(pub(crate) u32);

/// An emitted event, named by the application: its outcome comes back under this name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub u32);

/// The right to answer one event of the server, good for the connection it came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ReplyToken {
    pub(crate) connection: u32,
    pub(crate) ack: u64,
}

/// A way to carry packets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transport {
    /// One WebSocket.
    WebSocket,
    /// HTTP long-polling.
    Polling,
}

/// An event for the server.
#[derive(Debug, Clone, PartialEq)]
pub struct Emit {
    /// Names it in the outcome.
    pub request: RequestId,
    /// The event's name.
    pub event: String,
    /// Its arguments; [`placeholder`](crate::placeholder)`(n)` stands where attachment `n` belongs.
    pub args: Vec<Value>,
    /// Its binary attachments.
    pub attachments: Vec<Vec<u8>>,
    /// How long to wait for an acknowledgement; none is asked for without it.
    pub acknowledged_within: Option<Duration>,
}

impl Emit {
    /// An event without attachments that asks for no acknowledgement.
    pub fn new(request: RequestId, event: impl Into<String>, args: Vec<Value>) -> Self {
        Self { request, event: event.into(), args, attachments: Vec::new(), acknowledged_within: None }
    }

    /// Asks for an acknowledgement within this time.
    #[must_use]
    pub fn acknowledged(mut self, within: Duration) -> Self {
        self.acknowledged_within = Some(within);
        self
    }

    /// Adds binary attachments.
    #[must_use]
    pub fn with_attachments(mut self, attachments: Vec<Vec<u8>>) -> Self {
        self.attachments = attachments;
        self
    }
}

/// What a machine is told.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The application wants a connection, from now on until `Disconnect`.
    Connect,
    /// The application wants none any more. What was emitted before is still sent.
    Disconnect,
    /// The auth payload for this attempt, after [`Output::NeedAuth`]; `Null` for none.
    Auth(Value),
    /// The application emits an event.
    Emit(Emit),
    /// The application acknowledges an event of the server.
    Reply {
        /// What came with the event.
        token: ReplyToken,
        /// The answer's arguments.
        args: Vec<Value>,
        /// The answer's attachments.
        attachments: Vec<Vec<u8>>,
    },
    /// Something happened to a WebSocket or an HTTP request.
    Transport {
        /// To which.
        id: TransportId,
        /// What.
        event: TransportEvent,
    },
    /// The network is back: a waiting client tries at once.
    Online,
    /// The application has reason to believe that the network is gone: if nothing comes within
    /// [`Timeouts::doubt`](crate::Timeouts::doubt), the connection counts as lost. Emit something that is acknowledged
    /// beside it, or a quiet connection is lost without need.
    Doubt,
    /// Whether the application is in a hurry to be connected, from now on: attempts are shorter
    /// ([`Timeouts::hurried_websocket`](crate::Timeouts::hurried_websocket)), and so are the pauses between them, which
    /// do not grow.
    Hurry(bool),
    /// Time has passed: the deadline is reached, or the page woke up.
    Tick,
}

/// What happened to a WebSocket or an HTTP request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TransportEvent {
    /// The WebSocket is open.
    Opened,
    /// The WebSocket received text, whole.
    Text(String),
    /// The WebSocket received binary data, whole.
    Binary(Vec<u8>),
    /// So many bytes given to the WebSocket are not sent yet. Tell before an [`Input::Emit`] and before what it received,
    /// so that [`Limits::outgoing`](crate::Limits::outgoing) holds; never telling means zero.
    Buffered(usize),
    /// The HTTP request was answered.
    Response {
        /// HTTP status.
        status: u16,
        /// The whole body.
        body: String,
    },
    /// The WebSocket could not be opened, failed or closed; the HTTP request failed. The shell's words for the log.
    Closed(String),
}

/// What a machine wants done, or tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Output {
    /// Open a WebSocket; report [`TransportEvent`]s: `Opened`, then `Text` and `Binary`, then `Closed` (or that alone).
    OpenWebSocket {
        /// Its name from now on.
        id: TransportId,
        /// Where.
        url: String,
    },
    /// Send text over a WebSocket.
    SendText {
        /// Which.
        id: TransportId,
        /// The whole message.
        text: String,
    },
    /// Send binary data over a WebSocket.
    SendBinary {
        /// Which.
        id: TransportId,
        /// The whole message.
        bytes: Vec<u8>,
    },
    /// Close a WebSocket after what was sent; nothing of it matters any more.
    CloseWebSocket {
        /// Which.
        id: TransportId,
    },
    /// Send an HTTP GET, uncached; report `Response` or `Closed`.
    HttpGet {
        /// Its name from now on.
        id: TransportId,
        /// Where.
        url: String,
    },
    /// Send an HTTP POST with content type `text/plain;charset=UTF-8`; report `Response` or `Closed`.
    HttpPost {
        /// Its name from now on.
        id: TransportId,
        /// Where.
        url: String,
        /// What.
        body: String,
    },
    /// Give up an HTTP request; nothing of it matters any more.
    Abort {
        /// Which.
        id: TransportId,
    },
    /// This attempt's auth payload is needed: answer by [`Input::Auth`].
    NeedAuth,
    /// The namespace is connected: events may be emitted.
    Connected {
        /// The server's name of this socket.
        sid: String,
        /// What carries it now.
        transport: Transport,
    },
    /// The session moved from polling to WebSocket.
    Upgraded,
    /// Begin with this transport next time ([`Config::first`](crate::Config::first)); worth storing.
    Learned(Transport),
    /// The server refused CONNECT; a [`Output::Retrying`] follows.
    Refused {
        /// The server's words.
        message: String,
        /// More of them, if any.
        data: Option<Value>,
    },
    /// The connection that `Connected` told of has ended. Pending acknowledgements have failed before this.
    Disconnected {
        /// Why.
        reason: DisconnectReason,
    },
    /// The next attempt comes after a delay, or at once on [`Input::Online`].
    Retrying {
        /// Attempts failed in a row; zero if a connection was lost.
        failures: u32,
        /// The delay.
        after: Duration,
        /// Why the last attempt or connection ended.
        reason: DisconnectReason,
    },
    /// The server emitted an event.
    Event {
        /// The event's name.
        name: String,
        /// Its arguments; `{"_placeholder":true,"num":n}` stands where attachment `n` belongs.
        args: Vec<Value>,
        /// Its attachments.
        attachments: Vec<Vec<u8>>,
        /// Present if the server waits for an acknowledgement ([`Input::Reply`]).
        reply: Option<ReplyToken>,
    },
    /// The server acknowledged an event.
    Acknowledged {
        /// Which.
        request: RequestId,
        /// The answer's arguments.
        args: Vec<Value>,
        /// The answer's attachments.
        attachments: Vec<Vec<u8>>,
    },
    /// The acknowledgement of an event of the server was not sent.
    ReplyFailed {
        /// Of which.
        token: ReplyToken,
        /// Why.
        error: EmitError,
    },
    /// An event was not sent, or its acknowledgement will not come.
    EmitFailed {
        /// Which.
        request: RequestId,
        /// Why.
        error: EmitError,
    },
}
