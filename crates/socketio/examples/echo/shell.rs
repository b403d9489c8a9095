//! A native shell for the machine: `tokio-tungstenite` for WebSocket, reqwest for polling. It decides nothing.

use std::collections::HashMap;
use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::connect_async;
use tokio_tungstenite::tungstenite::{Error, Message};
use visavis_socketio::{Client, Config, Input, Output, TransportEvent, TransportId};

/// The two ends of a running client: inputs of the application go in, every output comes out.
#[derive(Debug)]
pub(crate) struct Shell {
    pub(crate) inputs: UnboundedSender<Input>,
    pub(crate) outputs: UnboundedReceiver<Output>,
}

impl Shell {
    /// Runs a client until `inputs` is dropped.
    pub(crate) fn start(config: Config) -> Self {
        let (inputs, commands) = unbounded_channel();
        let (told, outputs) = unbounded_channel();
        let (events, happened) = unbounded_channel();
        let transports = Transports { sockets: HashMap::new(), requests: HashMap::new(), events };
        tokio::spawn(run(Client::new(config), transports, commands, happened, told));
        Self { inputs, outputs }
    }
}

async fn run(
    mut client: Client,
    mut transports: Transports,
    mut commands: UnboundedReceiver<Input>,
    mut happened: UnboundedReceiver<Input>,
    told: UnboundedSender<Output>,
) {
    let start = Instant::now();
    let mut input = Input::Connect;
    loop {
        for output in client.handle(input, start.elapsed()) {
            transports.carry_out(output.clone());
            let _ = told.send(output);
        }
        // Far-off deadlines are looked at again in a day.
        let long = start.elapsed().saturating_add(Duration::from_hours(24));
        let deadline = start + client.deadline().map_or(long, |deadline| deadline.min(long));
        input = tokio::select! {
            command = commands.recv() => match command {
                Some(command) => command,
                None => return,
            },
            Some(event) = happened.recv() => event,
            () = sleep_until(deadline) => Input::Tick,
        };
    }
}

struct Transports {
    /// Dropping the sender closes the WebSocket after what was sent.
    sockets: HashMap<TransportId, UnboundedSender<Message>>,
    requests: HashMap<TransportId, AbortHandle>,
    events: UnboundedSender<Input>,
}

impl Drop for Transports {
    fn drop(&mut self) {
        self.requests.values().for_each(AbortHandle::abort);
    }
}

impl Transports {
    fn carry_out(&mut self, output: Output) {
        match output {
            Output::OpenWebSocket { id, url } => {
                let (sender, messages) = unbounded_channel();
                self.sockets.insert(id, sender);
                tokio::spawn(websocket(id, url, messages, self.events.clone()));
            }
            Output::SendText { id, text } => self.send(id, Message::text(text)),
            Output::SendBinary { id, bytes } => self.send(id, Message::binary(bytes)),
            Output::CloseWebSocket { id } => drop(self.sockets.remove(&id)),
            Output::HttpGet { id, url } => self.request(id, reqwest::Client::new().get(url)),
            Output::HttpPost { id, url, body } => {
                let post =
                    reqwest::Client::new().post(url).header("content-type", "text/plain;charset=UTF-8");
                self.request(id, post.body(body));
            }
            Output::Abort { id } => {
                if let Some(request) = self.requests.remove(&id) {
                    request.abort();
                }
            }
            Output::NeedAuth
            | Output::Connected { .. }
            | Output::Upgraded
            | Output::Learned(_)
            | Output::Refused { .. }
            | Output::Disconnected { .. }
            | Output::Retrying { .. }
            | Output::Event { .. }
            | Output::Acknowledged { .. }
            | Output::ReplyFailed { .. }
            | Output::EmitFailed { .. } => {}
        }
    }

    fn send(&mut self, id: TransportId, message: Message) {
        if let Some(socket) = self.sockets.get(&id) {
            let _ = socket.send(message);
        }
    }

    fn request(&mut self, id: TransportId, request: reqwest::RequestBuilder) {
        let events = self.events.clone();
        let task = tokio::spawn(async move {
            let answer = async {
                let response = request.send().await?;
                let status = response.status().as_u16();
                reqwest::Result::Ok(TransportEvent::Response { status, body: response.text().await? })
            };
            let event = answer.await.unwrap_or_else(|error| TransportEvent::Closed(error.to_string()));
            let _ = events.send(Input::Transport { id, event });
        });
        self.requests.insert(id, task.abort_handle());
    }
}

/// One WebSocket, from opening to closing.
async fn websocket(
    id: TransportId,
    url: String,
    mut messages: UnboundedReceiver<Message>,
    events: UnboundedSender<Input>,
) {
    let tell = |event| {
        let _ = events.send(Input::Transport { id, event });
    };
    let opened = tokio::select! {
        opened = connect_async(url) => opened,
        // Given up before it opened; nothing can have been sent.
        None = messages.recv() => return,
    };
    let mut socket = match opened {
        Ok((socket, _)) => socket,
        Err(error) => return tell(TransportEvent::Closed(error.to_string())),
    };
    tell(TransportEvent::Opened);
    loop {
        tokio::select! {
            message = messages.recv() => {
                let Some(message) = message else {
                    let _ = socket.close(None).await;
                    return;
                };
                if let Err(error) = socket.send(message).await {
                    return tell(TransportEvent::Closed(error.to_string()));
                }
            }
            message = socket.next() => match message.unwrap_or(Err(Error::ConnectionClosed)) {
                Ok(Message::Text(text)) => tell(TransportEvent::Text(text.to_string())),
                Ok(Message::Binary(bytes)) => tell(TransportEvent::Binary(bytes.to_vec())),
                Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_)) => {}
                Err(error) => return tell(TransportEvent::Closed(error.to_string())),
            },
        }
    }
}
