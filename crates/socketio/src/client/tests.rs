//! The machine step by step: one input, the outputs it gives, in literal wire text.

#![expect(clippy::wildcard_enum_match_arm, reason = "a test picks what it looks for")]

mod life;
mod mute;
mod packets;
mod transports;

use std::time::Duration;

use crate::{Client, Config, Input, Output, Transport, TransportEvent, TransportId};

const HANDSHAKE: &str =
    r#"0{"sid":"s","upgrades":["websocket"],"pingInterval":25000,"pingTimeout":20000,"maxPayload":100}"#;

/// A client and the time it is told.
struct Bench {
    client: Client,
    now: Duration,
}

impl Bench {
    fn new(config: Config) -> Self {
        Self { client: Client::new(config), now: Duration::ZERO }
    }

    fn config() -> Config {
        Config::new("http://host")
    }

    fn polling_first() -> Config {
        Config { first: Transport::Polling, ..Self::config() }
    }

    /// Connected over WebSocket 1.
    fn connected() -> Self {
        let mut bench = Self::new(Self::config());
        bench.input(Input::Connect);
        bench.text(1, HANDSHAKE);
        let out = bench.text(1, r#"40{"sid":"alice"}"#);
        assert_eq!(out, [Output::Connected { sid: "alice".to_owned(), transport: Transport::WebSocket }]);
        bench
    }

    /// Connected over polling, with a WebSocket probe (2) on its way, GET 5 waiting and no POST.
    fn polling() -> Self {
        let mut bench = Self::new(Self::polling_first());
        bench.input(Input::Connect);
        bench.response(1, HANDSHAKE);
        bench.response(4, "ok");
        let out = bench.response(3, r#"40{"sid":"alice"}"#);
        assert_eq!(
            out,
            [
                Output::Connected { sid: "alice".to_owned(), transport: Transport::Polling },
                get(5, "http://host/socket.io/?EIO=4&transport=polling&sid=s&t=5")
            ]
        );
        bench
    }

    fn input(&mut self, input: Input) -> Vec<Output> {
        self.client.handle(input, self.now)
    }

    fn at(&mut self, millis: u64, input: Input) -> Vec<Output> {
        self.now = Duration::from_millis(millis);
        self.input(input)
    }

    fn transport(&mut self, id: u32, event: TransportEvent) -> Vec<Output> {
        self.input(Input::Transport { id: TransportId(id), event })
    }

    fn text(&mut self, id: u32, text: &str) -> Vec<Output> {
        self.transport(id, TransportEvent::Text(text.to_owned()))
    }

    fn binary(&mut self, id: u32, bytes: &[u8]) -> Vec<Output> {
        self.transport(id, TransportEvent::Binary(bytes.to_vec()))
    }

    fn response(&mut self, id: u32, body: &str) -> Vec<Output> {
        self.transport(id, TransportEvent::Response { status: 200, body: body.to_owned() })
    }

    fn closed(&mut self, id: u32) -> Vec<Output> {
        self.transport(id, TransportEvent::Closed("gone".to_owned()))
    }

    /// Lets the deadline pass that the client asks for.
    fn wait(&mut self) -> Vec<Output> {
        self.now = self.client.deadline().expect("something is awaited");
        self.input(Input::Tick)
    }
}

fn open(id: u32, url: &str) -> Output {
    Output::OpenWebSocket { id: TransportId(id), url: url.to_owned() }
}

fn close(id: u32) -> Output {
    Output::CloseWebSocket { id: TransportId(id) }
}

fn abort(id: u32) -> Output {
    Output::Abort { id: TransportId(id) }
}

fn send(id: u32, text: &str) -> Output {
    Output::SendText { id: TransportId(id), text: text.to_owned() }
}

fn get(id: u32, url: &str) -> Output {
    Output::HttpGet { id: TransportId(id), url: url.to_owned() }
}

fn post(id: u32, body: &str) -> Output {
    let url = format!("http://host/socket.io/?EIO=4&transport=polling&sid=s&t={id}");
    Output::HttpPost { id: TransportId(id), url, body: body.to_owned() }
}

/// The delay of the only `Retrying`, in milliseconds.
fn delay(out: &[Output]) -> u128 {
    let delays = out.iter().filter_map(|output| match output {
        Output::Retrying { after, .. } => Some(after.as_millis()),
        _ => None,
    });
    delays.sum()
}
