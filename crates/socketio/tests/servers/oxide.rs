//! socketioxide, the server Visavis runs on, on a thread of its own.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, mpsc};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Data, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use socketioxide::socket::DisconnectReason;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::{Heartbeat, Server};

/// Binary data as serde sees it: socketioxide takes an attachment for what deserializes from bytes.
type Bytes = axum::body::Bytes;

pub(crate) struct Oxide {
    port: u16,
    /// Blocks the only thread of the server until the other end is dropped.
    block: tokio::sync::mpsc::UnboundedSender<mpsc::Receiver<()>>,
    blocked: Option<mpsc::Sender<()>>,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server for Oxide {
    fn start_with(port: u16, heartbeat: Heartbeat) -> Self {
        let (listening, port_bound) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let (block, mut blocks) = tokio::sync::mpsc::unbounded_channel::<mpsc::Receiver<()>>();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
            runtime.spawn(async move {
                while let Some(until) = blocks.recv().await {
                    let _ = until.recv();
                }
            });
            runtime.block_on(async move {
                let listener =
                    TcpListener::bind(SocketAddr::from((Ipv4Addr::LOCALHOST, port))).await.unwrap();
                listening.send(listener.local_addr().unwrap().port()).unwrap();
                tokio::select! {
                    served = axum::serve(listener, app(heartbeat)) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        let port = port_bound.recv().unwrap();
        Self { port, block, blocked: None, stop: Some(stop), thread: Some(thread) }
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn freeze(&mut self) {
        let (thaw, frozen) = mpsc::channel();
        self.block.send(frozen).unwrap();
        self.blocked = Some(thaw);
    }

    fn thaw(&mut self) {
        self.blocked = None;
    }

    fn refusal_data() -> Value {
        // socketioxide sends none.
        Value::Null
    }
}

impl Drop for Oxide {
    fn drop(&mut self) {
        self.blocked = None;
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// What was noted, in order.
#[derive(Clone, Default)]
struct Notes(Arc<Mutex<Vec<Value>>>);

impl Notes {
    fn add(&self, note: Value) {
        self.0.lock().unwrap().push(note);
    }

    fn all(&self) -> Vec<Value> {
        self.0.lock().unwrap().clone()
    }
}

fn app(heartbeat: Heartbeat) -> axum::Router {
    let (layer, io) = SocketIo::builder()
        .ping_interval(heartbeat.interval)
        .ping_timeout(heartbeat.timeout)
        .ack_timeout(Duration::from_mins(1))
        .max_payload(20_000)
        .build_layer();
    let notes = Notes::default();
    for namespace in ["/", "/admin"] {
        let notes = notes.clone();
        io.ns(namespace, move |socket: SocketRef, TryData(auth): TryData<Value>| {
            serve(&socket, &auth.unwrap_or_default(), &notes);
            async {}
        });
    }
    io.ns("/refused", (async || {}).with(async || Err::<(), _>("not today")));
    axum::Router::new().layer(layer)
}

/// Handlers do their work before they return a future, so that answers keep the order of questions.
fn serve(socket: &SocketRef, auth: &Value, notes: &Notes) {
    let _ = socket.emit("auth", auth);
    socket.on("echo", |Data(value): Data<Value>, ack: AckSender| {
        let _ = ack.send(&value);
        async {}
    });
    socket.on("echo-binary", |Data(bytes): Data<Bytes>, ack: AckSender| {
        let _ = ack.send(&bytes);
        async {}
    });
    socket.on("repeat", |socket: SocketRef, Data(value): Data<Value>| {
        let _ = socket.emit("repeated", &value);
        async {}
    });
    socket.on("ask", async |socket: SocketRef, Data(value): Data<Value>| {
        let answer = socket.emit_with_ack::<_, Value>("question", &value).unwrap().await;
        let _ = socket.emit("answered", &answer.unwrap());
    });
    socket.on("ask-binary", async |socket: SocketRef| {
        let question = Bytes::from_static(&[1, 2, 3]);
        let answer = socket.emit_with_ack::<_, Bytes>("binary-question", &question).unwrap().await;
        let _ = socket.emit("binary-answered", &answer.unwrap());
    });
    socket.on("note", {
        let notes = notes.clone();
        move |Data(note): Data<Value>| {
            notes.add(note);
            async {}
        }
    });
    socket.on("notes", {
        let notes = notes.clone();
        move |ack: AckSender| {
            let _ = ack.send(&notes.all());
            async {}
        }
    });
    socket.on_disconnect({
        let notes = notes.clone();
        move |reason: DisconnectReason| {
            let is_ours = reason == DisconnectReason::ClientNSDisconnect;
            notes.add(if is_ours { "client namespace disconnect".into() } else { reason.to_string().into() });
            async {}
        }
    });
    socket.on("silence", async || {});
    socket.on("kick", async |socket: SocketRef| {
        let _ = socket.disconnect();
    });
}
