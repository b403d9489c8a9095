//! The smallest Socket.IO client that can test a server: packets are text, as they are on the wire.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Sink, SinkExt, Stream, StreamExt};
use serde_json::{Value, json};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{Mutex, mpsc};
use tokio::task::JoinHandle;
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::patient;

type Frames = Pin<Box<dyn Sink<Message, Error = Error> + Send>>;

/// A client on a WebSocket. A task of its own reads the frames and answers heartbeats, however slow the test is.
pub(crate) struct Client {
    sink: Arc<Mutex<Frames>>,
    frames: mpsc::UnboundedReceiver<String>,
    /// None once its end was seen.
    reader: Option<JoinHandle<()>>,
    /// Events that came while the client waited for something else.
    events: VecDeque<(String, Value)>,
    next_ack: u64,
}

impl Drop for Client {
    fn drop(&mut self) {
        self.stop_reading();
    }
}

/// Passes frames on until the connection is over; heartbeats are answered here.
async fn read(
    mut stream: impl Stream<Item = Result<Message, Error>> + Unpin,
    sink: Arc<Mutex<Frames>>,
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
    fn new(socket: WebSocketStream<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>) -> Self {
        let (sink, stream) = socket.split();
        let sink: Arc<Mutex<Frames>> = Arc::new(Mutex::new(Box::pin(sink)));
        let (sender, frames) = mpsc::unbounded_channel();
        let reader = Some(tokio::spawn(read(stream, sink.clone(), sender)));
        Self { sink, frames, reader, events: VecDeque::new(), next_ack: 0 }
    }

    /// Opens a session and connects to the namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        Self::open(address).await.in_namespace().await
    }

    /// The same on a connection that stands.
    pub(crate) async fn over(io: impl AsyncRead + AsyncWrite + Unpin + Send + 'static) -> Self {
        let url = "wss://localhost/socket.io/?EIO=4&transport=websocket";
        let (socket, _) = patient(tokio_tungstenite::client_async(url, io)).await.unwrap();
        Self::opened(socket).await.in_namespace().await
    }

    /// The same as soon as this address has less than its share of sockets.
    pub(crate) async fn connect_when_free(address: SocketAddr) -> Self {
        let free = async {
            loop {
                match Self::try_open(address).await {
                    Ok(client) => return client,
                    Err(Error::Http(refused)) if refused.status() == 429 => {
                        tokio::time::sleep(Duration::from_millis(20)).await;
                    }
                    Err(error) => panic!("{error}"),
                }
            }
        };
        patient(free).await.in_namespace().await
    }

    /// Opens a session only.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        Self::try_open(address).await.unwrap()
    }

    async fn try_open(address: SocketAddr) -> Result<Self, Error> {
        let url = format!("ws://{address}/socket.io/?EIO=4&transport=websocket");
        let (socket, _) = patient(tokio_tungstenite::connect_async(url)).await?;
        Ok(Self::opened(socket).await)
    }

    async fn opened(socket: WebSocketStream<impl AsyncRead + AsyncWrite + Unpin + Send + 'static>) -> Self {
        let mut client = Self::new(socket);
        let open = client.frame().await.unwrap();
        assert!(open.starts_with("0{"), "{open}");
        client
    }

    async fn in_namespace(mut self) -> Self {
        self.send("40").await;
        let answer = self.packet().await.unwrap();
        assert!(answer.starts_with("0{"), "{answer}");
        self
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
        if let Some(reader) = &self.reader {
            reader.abort();
        }
    }

    /// The next frame that is not a ping; none when the connection is over.
    async fn frame(&mut self) -> Option<String> {
        let frame = patient(self.frames.recv()).await;
        if frame.is_none()
            && let Some(reader) = self.reader.take()
            && let Err(ended) = reader.await
            && ended.is_panic()
        {
            // What the reader did not expect is no end of the connection.
            std::panic::resume_unwind(ended.into_panic());
        }
        frame
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
    /// Opens a session only.
    pub(crate) async fn open(address: SocketAddr) -> Self {
        let http = reqwest::Client::new();
        let url = format!("http://{address}/socket.io/?EIO=4&transport=polling");
        let open = http.get(&url).send().await.unwrap().text().await.unwrap();
        let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
        let url = format!("{url}&sid={}", open["sid"].as_str().unwrap());
        Self { url, http, packets: VecDeque::new() }
    }

    /// Opens a session and connects to the namespace.
    pub(crate) async fn connect(address: SocketAddr) -> Self {
        let mut poller = Self::open(address).await;
        poller.post("40").await;
        let answer = poller.packet().await;
        assert!(answer.starts_with("40{"), "{answer}");
        poller
    }

    /// The session's address for its WebSocket.
    pub(crate) fn web_socket_url(&self) -> String {
        self.url.replace("http:", "ws:").replace("polling", "websocket")
    }

    /// Posts packets, joined by 0x1e.
    pub(crate) async fn post(&self, packets: &str) {
        assert_eq!(self.try_post(packets).await, 200);
    }

    /// Posts a body that may be refused; returns the status.
    pub(crate) async fn try_post(&self, body: &str) -> u16 {
        let response = patient(self.http.post(&self.url).body(body.to_owned()).send()).await.unwrap();
        response.status().as_u16()
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
