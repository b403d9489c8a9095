//! A server in this process, a server in its own process, and the smallest Socket.IO client that can test them.
//!
//! The client writes and reads packets as text (Engine.IO 4 and Socket.IO 5), so that a test shows what is on the wire.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use clap::Parser;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream};
use visavis_server::{Config, Server};

/// Far longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Two rooms that nobody uses for anything else.
pub(crate) const ROOM: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const OTHER_ROOM: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A server in this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts one with these flags on a free port.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let fixed = ["visavis", "--listen", "127.0.0.1:0"];
        let config = Config::try_parse_from(fixed.iter().chain(no_relay(flags)).chain(flags)).unwrap();
        let server = Server::bind(&config).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async { stopped.await.unwrap_or_default() }));
        Self { address, stop, task }
    }

    /// Shuts it down and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        patient(self.task).await.unwrap();
    }
}

/// The default port of the relay is for one server of the machine: tests that want a relay say where.
fn no_relay(flags: &[&str]) -> &'static [&'static str] {
    if flags.contains(&"--turn-listen") { &[] } else { &["--turn-listen", "off"] }
}

/// A server in its own process, killed when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts one with these flags on a free port.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::spawn(&[no_relay(flags), flags].concat())
    }

    /// Starts one with no flags but those that give it a free port.
    pub(crate) fn with_defaults() -> Self {
        Self::spawn(&[])
    }

    /// Starts it and reads where it is.
    fn spawn(flags: &[&str]) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_visavis"))
            .args(["--listen", "127.0.0.1:0", "--log", "error"])
            .args(flags)
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let address = line.trim().strip_prefix("Visavis is ready: http://").unwrap();
        let address = address.strip_suffix('/').unwrap().parse().unwrap();
        Self { child, address }
    }

    /// What it holds of the machine's memory, in bytes.
    pub(crate) fn resident_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Waits for something that must come.
pub(crate) async fn patient<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it never came")
}

type Stream = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// A client on a WebSocket. A task of its own reads the frames and answers heartbeats, however slow the test is.
pub(crate) struct Client {
    sink: Arc<Mutex<SplitSink<Stream, Message>>>,
    frames: mpsc::UnboundedReceiver<String>,
    reader: JoinHandle<()>,
    /// Events that came while the client waited for something else.
    events: VecDeque<(String, Value)>,
    next_ack: u64,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

/// Passes frames on until the connection is over; heartbeats are answered here.
async fn read(
    mut stream: SplitStream<Stream>,
    sink: Arc<Mutex<SplitSink<Stream, Message>>>,
    frames: mpsc::UnboundedSender<String>,
) {
    while let Some(Ok(message)) = stream.next().await {
        if message.is_close() {
            return;
        }
        assert!(message.is_text(), "an unexpected frame: {message:?}");
        let text = message.to_text().unwrap();
        if text == "2" {
            let sink = sink.clone();
            // A task of its own, so that a test that is sending does not keep us from reading.
            tokio::spawn(async move { sink.lock().await.send(Message::text("3")).await.ok() });
        } else {
            frames.send(text.to_owned()).unwrap_or_default();
        }
    }
}

impl Client {
    fn new(socket: Stream) -> Self {
        let (sink, stream) = socket.split();
        let sink = Arc::new(Mutex::new(sink));
        let (sender, frames) = mpsc::unbounded_channel();
        let reader = tokio::spawn(read(stream, sink.clone(), sender));
        Self { sink, frames, reader, events: VecDeque::new(), next_ack: 0 }
    }

    /// Opens a session and connects to the namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut client = Self::open(address).await;
        client.send("40").await;
        let answer = client.packet().await.unwrap();
        assert!(answer.starts_with("0{"), "{answer}");
        client
    }

    /// Opens a session only.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = patient(tokio_tungstenite::connect_async(url)).await.unwrap();
        let mut client = Self::new(socket);
        let open = client.frame().await.unwrap();
        assert!(open.starts_with("0{"), "{open}");
        client
    }

    /// Takes a polling session over to a WebSocket.
    pub(crate) async fn upgrade(url: &str) -> Self {
        let (socket, _) = patient(tokio_tungstenite::connect_async(url)).await.unwrap();
        let mut client = Self::new(socket);
        client.send("2probe").await;
        assert_eq!(client.frame().await.as_deref(), Some("3probe"));
        client.send("5").await;
        client
    }

    /// Sends a frame as it is.
    pub(crate) async fn send(&mut self, frame: &str) {
        patient(self.sink.lock().await.send(Message::text(frame))).await.unwrap();
    }

    /// Sends what the server may cut short.
    pub(crate) async fn try_send(&mut self, messages: impl IntoIterator<Item = Message>) {
        let mut messages = futures_util::stream::iter(messages.into_iter().map(Ok));
        patient(self.sink.lock().await.send_all(&mut messages)).await.ok();
    }

    /// From now on the connection is held open, and nothing is read.
    pub(crate) fn stop_reading(&mut self) {
        self.reader.abort();
    }

    /// The next frame that is not a ping; none when the connection is over.
    async fn frame(&mut self) -> Option<String> {
        patient(self.frames.recv()).await
    }

    /// The next Socket.IO packet; none when the session is over.
    pub(crate) async fn packet(&mut self) -> Option<String> {
        let frame = self.frame().await?;
        if frame == "1" {
            return None;
        }
        Some(frame.strip_prefix('4').expect("only messages").to_owned())
    }

    /// Sends an event that wants an answer; returns the number of the answer.
    pub(crate) async fn ask(&mut self, name: &str, payload: &Value) -> u64 {
        let ack = self.next_ack;
        self.next_ack += 1;
        self.send(&format!("42{ack}{}", json!([name, payload]))).await;
        ack
    }

    /// The answer of this number; events that come first are kept.
    pub(crate) async fn answer(&mut self, ack: u64) -> Value {
        loop {
            let packet = self.packet().await.expect("disconnected before the answer came");
            if let Some(answer) = packet.strip_prefix(&format!("3{ack}[")) {
                return serde_json::from_str(answer.strip_suffix(']').unwrap()).unwrap();
            }
            self.keep(&packet);
        }
    }

    /// Sends an event and waits for the answer.
    pub(crate) async fn request(&mut self, name: &str, payload: Value) -> Value {
        let ack = self.ask(name, &payload).await;
        self.answer(ack).await
    }

    /// Enters a room that must take it.
    pub(crate) async fn join(&mut self, room: &str) -> Value {
        let answer = self.request("join", json!({"room": room, "protocol": 1})).await;
        assert!(answer["ok"]["peer"].is_string(), "{answer}");
        answer["ok"].clone()
    }

    /// Comes back as the peer of an earlier join.
    pub(crate) async fn resume(&mut self, room: &str, joined: &Value) -> Value {
        let resume = json!({"peer": joined["peer"], "token": joined["token"]});
        self.request("join", json!({"room": room, "protocol": 1, "resume": resume})).await
    }

    /// The next event.
    pub(crate) async fn event(&mut self) -> (String, Value) {
        while self.events.is_empty() {
            let packet = self.packet().await.expect("disconnected before an event came");
            self.keep(&packet);
        }
        self.events.pop_front().unwrap()
    }

    /// Asserts that nothing has come: the answer to a harmless request comes after everything sent before it.
    pub(crate) async fn assert_silence(&mut self) {
        self.request("ice", json!({})).await;
        assert_eq!(self.events, VecDeque::new());
    }

    /// Reads until the server ends the connection.
    pub(crate) async fn until_closed(&mut self) {
        while self.frame().await.is_some() {}
    }

    fn keep(&mut self, packet: &str) {
        if let Some(event) = packet.strip_prefix('2') {
            let (name, payload) = serde_json::from_str(event).unwrap();
            self.events.push_back((name, payload));
        } else {
            assert!(packet.starts_with('3') || packet == "1", "an unexpected packet: {packet}");
        }
    }
}

/// A client that only polls.
pub(crate) struct Poller {
    url: String,
    http: reqwest::Client,
    packets: VecDeque<String>,
}

impl Poller {
    /// Opens a session and connects to the namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let http = reqwest::Client::new();
        let url = format!("http://{address}/socket.io/?EIO=4&transport=polling");
        let open = http.get(&url).send().await.unwrap().text().await.unwrap();
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        let url = format!("{url}&sid={}", open["sid"].as_str().unwrap());
        let mut poller = Self { url, http, packets: VecDeque::new() };
        poller.post("40").await;
        let answer = poller.packet().await;
        assert!(answer.starts_with("40{"), "{answer}");
        poller
    }

    /// The session's address, for requests of another kind.
    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Posts packets, joined by 0x1e.
    pub(crate) async fn post(&self, packets: &str) {
        let response = patient(self.http.post(&self.url).body(packets.to_owned()).send()).await.unwrap();
        assert_eq!(response.status(), 200);
    }

    /// The next packet that is not a ping.
    pub(crate) async fn packet(&mut self) -> String {
        loop {
            while let Some(packet) = self.packets.pop_front() {
                if packet != "2" {
                    return packet;
                }
                self.post("3").await;
            }
            let response = patient(self.http.get(&self.url).send()).await.unwrap();
            assert_eq!(response.status(), 200);
            let body = response.text().await.unwrap();
            self.packets.extend(body.split('\u{1e}').map(str::to_owned));
        }
    }
}
