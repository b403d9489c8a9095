//! The machine in a native shell against running servers: each behaviour is shown with socketioxide and with Node's
//! socket.io.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking and picks what it waits for"
)]

#[path = "servers/behaviour.rs"]
mod behaviour;
#[path = "servers/node.rs"]
mod node;
#[path = "servers/oxide.rs"]
mod oxide;
#[path = "servers/proxy.rs"]
mod proxy;
#[path = "../examples/echo/shell.rs"]
mod shell;

use std::time::Duration;

use serde_json::Value;
use shell::Shell;
use visavis_socketio::{Config, Emit, Input, Output, ReplyToken, RequestId};

/// How often a server pings, and how long it waits for the answer.
#[derive(Debug, Clone, Copy)]
struct Heartbeat {
    interval: Duration,
    timeout: Duration,
}

impl Heartbeat {
    const PATIENT: Self = Self { interval: Duration::from_secs(10), timeout: Duration::from_mins(1) };
}

/// A server that answers as the others do, closed by dropping it.
trait Server: Sized {
    /// Starts on this port, 0 for any.
    fn start_with(port: u16, heartbeat: Heartbeat) -> Self;
    fn port(&self) -> u16;
    /// Stands still, its connections open.
    fn freeze(&mut self);
    fn thaw(&mut self);
    /// What comes with a refusal beside its message.
    fn refusal_data() -> Value;

    /// Starts on any port, with a heartbeat that no busy machine misses.
    fn start() -> Self {
        Self::start_with(0, Heartbeat::PATIENT)
    }

    fn origin(&self) -> String {
        format!("http://127.0.0.1:{}", self.port())
    }
}

/// A client whose outputs a test waits for.
struct Caller {
    shell: Shell,
    /// All that came out, transports' business included.
    seen: Vec<Output>,
    next_request: u32,
}

impl Caller {
    fn start(config: Config) -> Self {
        Self { shell: Shell::start(config), seen: Vec::new(), next_request: 0 }
    }

    /// Connects with the defaults, and waits for it.
    async fn connected(config: Config) -> Self {
        let mut caller = Self::start(config);
        caller.until_connected().await;
        caller
    }

    fn tell(&self, input: Input) {
        self.shell.inputs.send(input).unwrap();
    }

    /// Waits for the first output that `wanted` makes something of.
    async fn until<T>(&mut self, what: &str, mut wanted: impl FnMut(&Output) -> Option<T>) -> T {
        let found = async {
            loop {
                let output = self.shell.outputs.recv().await.expect("the shell runs");
                let found = wanted(&output);
                self.seen.push(output);
                if let Some(found) = found {
                    return found;
                }
            }
        };
        // Only a lost cause takes this long: nothing here is timed.
        let found = tokio::time::timeout(Duration::from_mins(1), found).await;
        found.unwrap_or_else(|_| panic!("no {what}; seen: {:#?}", self.seen))
    }

    async fn until_connected(&mut self) {
        self.until("connection", |output| matches!(output, Output::Connected { .. }).then_some(())).await;
    }

    async fn event(&mut self, wanted: &str) -> (Vec<Value>, Vec<Vec<u8>>, Option<ReplyToken>) {
        self.until(wanted, |output| match output {
            Output::Event { name, args, attachments, reply } if name == wanted => {
                Some((args.clone(), attachments.clone(), *reply))
            }
            _ => None,
        })
        .await
    }

    fn emit(&mut self, event: &str, args: Vec<Value>) {
        self.tell(Input::Emit(Emit::new(RequestId(u32::MAX), event, args)));
    }

    /// Emits and returns the name of the request, to wait for with [`Self::answer`].
    fn ask(&mut self, event: &str, args: Vec<Value>, attachments: Vec<Vec<u8>>) -> RequestId {
        self.next_request += 1;
        let request = RequestId(self.next_request);
        let emit = Emit::new(request, event, args).with_attachments(attachments);
        self.tell(Input::Emit(emit.acknowledged(Duration::from_secs(30))));
        request
    }

    /// Asks until there is an answer: the connection may be gone, or another one on its way.
    async fn reach(&mut self) {
        loop {
            let of = self.ask("echo", vec![Value::Null], vec![]);
            let answered = self
                .until("outcome", |output| match output {
                    Output::Acknowledged { request, .. } if *request == of => Some(true),
                    Output::EmitFailed { request, .. } if *request == of => Some(false),
                    _ => None,
                })
                .await;
            if answered {
                return;
            }
            self.until_connected().await;
        }
    }

    async fn answer(&mut self, of: RequestId) -> (Vec<Value>, Vec<Vec<u8>>) {
        self.until("acknowledgement", |output| match output {
            Output::Acknowledged { request, args, attachments } if *request == of => {
                Some((args.clone(), attachments.clone()))
            }
            Output::EmitFailed { request, error } if *request == of => panic!("{error}"),
            _ => None,
        })
        .await
    }
}

/// One test of each behaviour with each server.
macro_rules! behaviours {
    ($($name:ident),* $(,)?) => {
        mod socketioxide_server {
            $(#[tokio::test]
            async fn $name() {
                crate::behaviour::$name::<crate::oxide::Oxide>().await;
            })*
        }
        mod node_server {
            $(#[tokio::test]
            async fn $name() {
                crate::behaviour::$name::<crate::node::Node>().await;
            })*
        }
    };
}

behaviours!(
    acknowledges_and_is_acknowledged,
    events_keep_their_order_through_an_upgrade,
    auth_is_asked_for_at_each_attempt,
    binary_goes_both_ways,
    binary_goes_both_ways_over_polling,
    pings_are_answered,
    namespaces_are_joined,
    refusal_tells_its_reason_and_is_tried_again,
    polling_alone_carries_a_burst_within_max_payload,
    too_large_an_event_is_refused_before_it_is_sent,
    blocked_websocket_falls_back_to_polling_at_once,
    silent_websocket_falls_back_to_polling_after_a_time,
    websocket_that_opens_but_carries_nothing_is_left_alone,
    missing_acknowledgement_times_out,
    server_restart_is_survived_and_nothing_stale_sent,
    frozen_server_is_noticed_by_its_missing_ping,
    server_disconnect_reconnects,
    orderly_disconnect_sends_what_was_emitted_before,
);
