//! A Socket.IO v5 client over Engine.IO v4 as a plain state machine: it knows the protocol and nothing else.
//!
//! There is no I/O in this crate, no clock, no task and no random source. A shell that owns the network (a browser page,
//! a tokio task, a test) feeds a [`Client`] with [`Input`]s and carries out the [`Output`]s it gets back:
//!
//! 1. `client.handle(input, now)` returns what to do, in order. `now` is any clock that does not run backwards, counted
//!    from any origin; if it jumps (a page that slept), the machine only sees that deadlines have passed.
//! 2. [`Client::deadline`] says when to call again with [`Input::Tick`] at the latest: one timer is enough. A tick that
//!    comes early does nothing; send one too whenever the page wakes, so that a dead connection is noticed at once.
//! 3. Each WebSocket and HTTP request has a [`TransportId`]. What a shell reports of a transport that the machine has
//!    given up is dropped, so a shell never has to be quick or clever about closing.
//!
//! ```text
//!              Connect                  OPEN packet                   CONNECT answered
//!      Idle ────────────► Opening ───────────────────► Open ┬─ AwaitingAuth ─► Connecting ─► Connected
//!       ▲                 │ ▲   ▲                           │
//!       │   both transports │   │ delay over, or `Online`   │ transport lost, heartbeat missed, refused,
//!       │            failed ▼   │                           │ server left, bytes that make no sense
//!       │                 Waiting ◄─────────────────────────┤
//!       │                                                   │ Disconnect
//!       └───────────────────────── Closing ◄────────────────┘ (over polling: until the last POST is answered)
//! ```
//!
//! - **Transports.** WebSocket first, HTTP long-polling when it fails or does not open in time; a session that began with
//!   polling probes a WebSocket and moves over (probe, pause, upgrade, flush). [`Output::Learned`] says which transport to
//!   begin with next time. After a WebSocket that opened but carried nothing, no session is moved for
//!   [`Timeouts::upgrade_again`], or until [`Input::Online`].
//! - **Nothing stale.** An event emitted while there is no connection fails at once with [`EmitError::NotConnected`], a
//!   pending acknowledgement fails with [`EmitError::ConnectionLost`] when the connection dies, and nothing is sent again
//!   after a reconnection: the application decides anew.
//! - **Any bytes are fine.** What the network sends either is a packet or becomes a [`ParseError`], which costs the
//!   connection (it is opened anew after a delay) and never the program. All that is kept has a limit in [`Limits`].
//!
//! ```
//! use std::time::Duration;
//! use visavis_socketio::{Client, Config, Emit, Input, Output, RequestId, TransportEvent};
//!
//! let mut client = Client::new(Config::new("https://example.org"));
//! let out = client.handle(Input::Connect, Duration::ZERO);
//! let Some(Output::OpenWebSocket { id, url }) = out.first() else { panic!("{out:?}") };
//! assert_eq!(url, "wss://example.org/socket.io/?EIO=4&transport=websocket");
//!
//! // The shell opened it, and the server speaks.
//! let text = |text: &str| Input::Transport { id: *id, event: TransportEvent::Text(text.to_owned()) };
//! client.handle(Input::Transport { id: *id, event: TransportEvent::Opened }, Duration::ZERO);
//! let out = client.handle(
//!     text(r#"0{"sid":"a","upgrades":[],"pingInterval":25000,"pingTimeout":20000,"maxPayload":1000000}"#),
//!     Duration::ZERO,
//! );
//! assert_eq!(out, [Output::SendText { id: *id, text: "40".to_owned() }]);
//! client.handle(text(r#"40{"sid":"b"}"#), Duration::ZERO);
//!
//! let hello = Emit::new(RequestId(1), "hello", vec!["world".into()]).acknowledged(Duration::from_secs(10));
//! let out = client.handle(Input::Emit(hello), Duration::ZERO);
//! assert_eq!(out, [Output::SendText { id: *id, text: r#"420["hello","world"]"#.to_owned() }]);
//! ```
//!
//! `examples/echo/main.rs` and the shell beside it are a whole native client; `tests/` runs the machine against
//! socketioxide and Node's socket.io.

mod backoff;
mod client;
mod config;
mod engine;
mod interface;
mod packet;
mod reason;

pub use backoff::{Backoff, BackoffConfig};
pub use client::Client;
pub use config::{Config, Limits, Timeouts, Transports};
pub use engine::{EnginePacket, Handshake, decode_payload};
pub use interface::{Emit, Input, Output, ReplyToken, RequestId, Transport, TransportEvent, TransportId};
pub use packet::{Decoder, Message, Packet, placeholder};
pub use reason::{DisconnectReason, EmitError, ParseError};
