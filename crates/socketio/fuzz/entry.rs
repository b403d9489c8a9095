//! What is fuzzed: any inputs, in any order, with any bytes from the network. Shared by the fuzz target and a bounded run
//! among the tests.
//!
//! The bytes are a program: each step takes one that says what happens, and what follows feeds it. Most steps report
//! something of a transport the client has asked for, else nothing interesting would be reached.

use std::time::Duration;

use serde_json::{Value, json};
use visavis_socketio::{
    BackoffConfig, Client, Config, Decoder, Emit, EmitError, EnginePacket, Input, Limits, Output, ReplyToken,
    RequestId, Transport, TransportEvent, TransportId, Transports, decode_payload,
};

/// Wire text that leads somewhere, so that a short program gets far.
const PHRASES: [&str; 24] = [
    r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":300,"pingTimeout":200,"maxPayload":64}"#,
    r#"0{"sid":"s","upgrades":[],"pingInterval":18446744073709551615,"pingTimeout":18446744073709551615}"#,
    r#"40{"sid":"a"}"#,
    r#"44{"message":"no","data":[]}"#,
    r#"42["event",1]"#,
    r#"427["event",{"a":[]}]"#,
    r#"430["answer"]"#,
    "431[]",
    r#"451-["file",{"_placeholder":true,"num":0}]"#,
    r#"462-0[{"_placeholder":true,"num":1}]"#,
    "bAQID",
    "41",
    "1",
    "2",
    "3probe",
    "5",
    "6",
    "4",
    "42[",
    "42/other,[\"x\"]",
    "\u{1e}",
    "2\u{1e}2\u{1e}6",
    "0{}",
    "",
];

/// How often a run came to these, to tell that it leads somewhere.
#[derive(Debug, Default, Clone, Copy)]
pub struct Reached {
    pub connected: u32,
    pub upgraded: u32,
    pub refused: u32,
    pub events: u32,
    pub attachments: u32,
    pub acknowledged: u32,
    pub timed_out: u32,
    pub lost: u32,
}

/// Runs the bytes. Panics if the client does, or if it breaks a promise.
pub fn run(bytes: &[u8]) -> Reached {
    parse(bytes);
    let mut bytes = bytes.iter().copied();
    let mut next = move || bytes.next();
    let mut world = World::new(next().unwrap_or_default());
    world.input(Input::Connect);
    while let Some(step) = next() {
        world.step(step, &mut next);
    }
    world.end();
    world.reached
}

/// The parsers alone, with the bytes as they are.
fn parse(bytes: &[u8]) {
    let text = String::from_utf8_lossy(bytes);
    let mut decoder = Decoder::new(Limits { attachments: 4, ..Limits::default() });
    for packet in decode_payload(&text).flatten() {
        let packet = match packet {
            EnginePacket::Message(message) => decoder.text(message),
            EnginePacket::Binary(attachment) => decoder.binary(attachment),
            _ => Ok(None),
        };
        // What is understood is understood again once written.
        if let Ok(Some(packet)) = packet {
            let (text, attachments) = packet.clone().encode();
            let mut again = decoder.text(&text);
            for attachment in attachments {
                again = decoder.binary(attachment);
            }
            assert_eq!(again, Ok(Some(packet)));
        }
    }
}

struct World {
    client: Client,
    now: Duration,
    sockets: Vec<TransportId>,
    /// Ids of transports that are over.
    old: Vec<TransportId>,
    /// Which of them are POSTs.
    requests: Vec<(TransportId, bool)>,
    replies: Vec<ReplyToken>,
    /// Events that wait for an acknowledgement.
    waiting: Vec<RequestId>,
    next_request: u32,
    is_connected: bool,
    /// As far as can be told from outside: only for what is plausible.
    has_session: bool,
    reached: Reached,
}

impl World {
    fn new(choice: u8) -> Self {
        let mut config = Config::new("http://host");
        config.transports = match choice % 4 {
            0 => Transports::WebSocketOnly,
            1 => Transports::PollingOnly,
            _ => Transports::Both,
        };
        config.first = if choice & 4 == 0 { Transport::WebSocket } else { Transport::Polling };
        config.asks_auth = choice & 8 != 0;
        config.limits = Limits {
            packet: 256,
            payload: 512,
            attachments: 2,
            attachment_bytes: 64,
            nesting: 8,
            pending: 3,
            outgoing: 128,
        };
        config.backoff = BackoffConfig { first: Duration::from_millis(1), ..BackoffConfig::default() };
        Self {
            client: Client::new(config),
            now: Duration::ZERO,
            sockets: Vec::new(),
            old: Vec::new(),
            requests: Vec::new(),
            replies: Vec::new(),
            waiting: Vec::new(),
            next_request: 0,
            is_connected: false,
            has_session: false,
            reached: Reached::default(),
        }
    }

    fn step(&mut self, step: u8, next: &mut impl FnMut() -> Option<u8>) {
        let mut byte = || next().unwrap_or_default();
        // The WebSocket in use, or, one time in four, one that is not any more.
        let choice = byte();
        let socket =
            if choice % 4 == 0 { pick(&self.old, choice / 4) } else { self.sockets.first().copied() };
        let socket = |event| socket.map_or(Input::Tick, |id| Input::Transport { id, event });
        let input = match step % 20 {
            0 => Input::Connect,
            1 if step > 200 => Input::Disconnect,
            2 => Input::Online,
            3 => {
                self.now += Duration::from_millis(u64::from(byte()));
                Input::Tick
            }
            4 => {
                self.now = self.client.deadline().unwrap_or(self.now).max(self.now);
                Input::Tick
            }
            5 => Input::Auth(if byte() & 1 == 0 { Value::Null } else { json!({ "token": 1 }) }),
            6 | 7 => {
                self.next_request += 1;
                let request = RequestId(self.next_request);
                let size = usize::from(byte());
                let mut emit = Emit::new(request, "event", vec![json!("x".repeat(size % 80))]);
                if size & 1 == 0 {
                    emit = emit.acknowledged(Duration::from_millis(u64::from(byte())));
                    self.waiting.push(request);
                }
                Input::Emit(emit.with_attachments(vec![vec![0; size % 40]; size % 3]))
            }
            8 => match self.replies.pop() {
                Some(token) => Input::Reply { token, args: vec![json!(1)], attachments: vec![] },
                None => Input::Tick,
            },
            9 | 10 => socket(TransportEvent::Opened),
            11 if step > 128 => socket(TransportEvent::Closed("gone".to_owned())),
            12 => socket(TransportEvent::Binary((0..byte() % 80).map(|_| byte()).collect())),
            13 => socket(TransportEvent::Buffered(byte().into())),
            14 => match pick(&self.requests, byte()) {
                Some((id, _)) => {
                    self.requests.retain(|(other, _)| *other != id);
                    let event = match byte() & 7 {
                        0 => TransportEvent::Closed("no network".to_owned()),
                        1 => TransportEvent::Response { status: 400, body: String::new() },
                        _ => TransportEvent::Response { status: 200, body: text(&mut byte) },
                    };
                    Input::Transport { id, event }
                }
                None => Input::Tick,
            },
            15 | 16 => match pick(&self.requests, byte()) {
                // What a server that behaves would answer.
                Some((id, is_post)) => {
                    self.requests.retain(|(other, _)| *other != id);
                    let body = if is_post { "ok".to_owned() } else { self.plausible(byte()) };
                    Input::Transport { id, event: TransportEvent::Response { status: 200, body } }
                }
                None => Input::Tick,
            },
            17 | 18 => {
                let choice = byte();
                socket(TransportEvent::Text(if self.requests.is_empty() {
                    self.plausible(choice)
                } else {
                    "3probe".to_owned()
                }))
            }
            _ => socket(TransportEvent::Text(text(&mut byte))),
        };
        if let Input::Transport { id, event: TransportEvent::Closed(_) } = &input {
            self.close(*id);
        }
        self.input(input);
    }

    /// What a server might well say now.
    fn plausible(&self, choice: u8) -> String {
        match (self.has_session, self.is_connected) {
            (false, _) => PHRASES[0].to_owned(),
            (true, false) => PHRASES[2 + usize::from(choice == 0)].to_owned(),
            (true, true) if choice < 64 => {
                format!("43{}[]", self.next_request.saturating_sub(u32::from(choice & 7)))
            }
            (true, true) if choice < 96 => format!("{}\u{1e}bAQID", PHRASES[8]),
            (true, true) => PHRASES[4 + usize::from(choice) % 20].to_owned(),
        }
    }

    fn close(&mut self, id: TransportId) {
        self.sockets.retain(|other| *other != id);
        self.old.push(id);
    }

    fn input(&mut self, input: Input) {
        let outputs = self.client.handle(input, self.now);
        for output in outputs {
            self.carry_out(output);
        }
        assert!(self.sockets.len() <= 1, "one WebSocket at a time");
        let count = |post: bool| self.requests.iter().filter(|(_, is_post)| *is_post == post).count();
        assert!(count(false) <= 1 && count(true) <= 1, "one GET and one POST at a time");
        assert_eq!(self.client.is_connected(), self.is_connected);
        assert!(self.waiting.len() <= 3, "pending acknowledgements are limited");
        assert!(self.is_connected || self.waiting.is_empty(), "nothing outlives its connection");
        if self.client.is_idle() {
            assert!(self.sockets.is_empty() && self.requests.is_empty(), "nothing is left open");
        }
    }

    fn carry_out(&mut self, output: Output) {
        match output {
            Output::OpenWebSocket { id, url } => {
                self.has_session &= url.contains("&sid=");
                self.sockets.push(id);
            }
            Output::SendText { id, .. } | Output::SendBinary { id, .. } => {
                assert!(self.sockets.contains(&id), "sends over a WebSocket in use");
                self.has_session = true;
            }
            Output::CloseWebSocket { id } => self.close(id),
            Output::HttpGet { id, url } => {
                self.has_session = url.contains("&sid=");
                self.requests.push((id, false));
            }
            Output::HttpPost { id, body, .. } => {
                assert!(!body.is_empty());
                self.requests.push((id, true));
            }
            Output::Abort { id } => self.requests.retain(|(other, _)| *other != id),
            Output::Connected { .. } => {
                assert!(!self.is_connected);
                self.is_connected = true;
                self.reached.connected += 1;
            }
            Output::Disconnected { .. } => {
                assert!(self.is_connected);
                self.is_connected = false;
                self.reached.lost += 1;
            }
            Output::Event { reply, attachments, .. } => {
                assert!(self.is_connected && attachments.len() <= 2);
                self.replies.extend(reply);
                self.reached.events += 1;
                self.reached.attachments += u32::from(!attachments.is_empty());
            }
            Output::Acknowledged { request, .. } => {
                assert!(self.waiting.contains(&request), "acknowledged once");
                self.waiting.retain(|other| *other != request);
                self.reached.acknowledged += 1;
            }
            Output::EmitFailed { request, error } => {
                self.waiting.retain(|other| *other != request);
                self.reached.timed_out += u32::from(error == EmitError::TimedOut);
            }
            Output::Upgraded => self.reached.upgraded += 1,
            Output::Refused { .. } => self.reached.refused += 1,
            Output::NeedAuth => self.has_session = true,
            Output::Learned(_) | Output::Retrying { .. } | Output::ReplyFailed { .. } => {}
        }
    }

    /// Whatever has happened: it can be left, and nothing stays behind.
    fn end(&mut self) {
        self.input(Input::Disconnect);
        while let Some(deadline) = self.client.deadline() {
            self.now = self.now.max(deadline);
            self.input(Input::Tick);
        }
        assert!(self.client.is_idle());
    }
}

fn pick<T: Copy>(from: &[T], choice: u8) -> Option<T> {
    from.get(usize::from(choice) % from.len().max(1)).copied()
}

/// A phrase, a phrase with one character changed, or raw bytes.
fn text(byte: &mut impl FnMut() -> u8) -> String {
    let choice = byte();
    let phrase = PHRASES[usize::from(choice) % PHRASES.len()];
    match choice / 86 {
        0 => phrase.to_owned(),
        1 => {
            let mut bytes = phrase.as_bytes().to_vec();
            let at = usize::from(byte()) % bytes.len().max(1);
            if let Some(changed) = bytes.get_mut(at) {
                *changed = byte();
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
        _ => {
            let bytes: Vec<u8> = (0..byte()).map(|_| byte()).collect();
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}
