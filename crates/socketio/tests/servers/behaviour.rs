//! What a client does with any server.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Notify;
use visavis_socketio::{
    Config, DisconnectReason, Emit, EmitError, Input, Output, RequestId, Transport, Transports, placeholder,
};

use crate::proxy::{Blocked, without_websocket};
use crate::{Caller, Heartbeat, Server};

fn polling_only(origin: String) -> Config {
    Config { transports: Transports::PollingOnly, ..Config::new(origin) }
}

pub(crate) async fn acknowledges_and_is_acknowledged<S: Server>() {
    let server = S::start();
    for config in [Config::new(server.origin()), polling_only(server.origin())] {
        let mut alice = Caller::connected(config).await;
        let request = alice.ask("echo", vec![json!({ "name": "é\u{1f980}", "n": [1, null, true] })], vec![]);
        assert_eq!(alice.answer(request).await.0, [json!({ "name": "é\u{1f980}", "n": [1, null, true] })]);

        alice.emit("ask", vec![json!("why?")]);
        let (args, _, reply) = alice.event("question").await;
        assert_eq!(args, [json!("why?")]);
        let token = reply.expect("a question wants an answer");
        alice.tell(Input::Reply { token, args: vec![json!("because")], attachments: vec![] });
        assert_eq!(alice.event("answered").await.0, [json!("because")]);
    }
}

pub(crate) async fn events_keep_their_order_through_an_upgrade<S: Server>() {
    let server = S::start();
    let gate = Arc::new(Notify::new());
    let port = without_websocket(server.port(), Blocked::Until(gate.clone())).await;
    let mut config = Config { first: Transport::Polling, ..Config::new(format!("http://127.0.0.1:{port}")) };
    config.timeouts.websocket = Duration::from_mins(1);
    let mut alice = Caller::connected(config).await;
    let (mut sent, mut received) = (0, 0);
    let mut last = None;
    while last != Some(received) {
        // Five are on their way at all times, until twenty after the upgrade.
        while sent < received + 5 && last.is_none_or(|last| sent < last) {
            alice.emit("repeat", vec![json!(sent)]);
            sent += 1;
        }
        let repeated = alice
            .until("repeated or upgraded", |output| match output {
                Output::Upgraded => Some(None),
                Output::Event { name, args, .. } if name == "repeated" => Some(Some(args.clone())),
                _ => None,
            })
            .await;
        match repeated {
            None => last = Some(sent + 20),
            Some(args) => {
                assert_eq!(args, [json!(received)]);
                received += 1;
                if received == 10 {
                    gate.notify_one();
                }
            }
        }
    }
    assert!(alice.seen.contains(&Output::Learned(Transport::WebSocket)));
}

pub(crate) async fn auth_is_asked_for_at_each_attempt<S: Server>() {
    let server = S::start();
    let mut alice = Caller::start(Config { asks_auth: true, ..Config::new(server.origin()) });
    for attempt in 0..2 {
        alice.until("question for auth", |output| (*output == Output::NeedAuth).then_some(())).await;
        alice.tell(Input::Auth(json!({ "attempt": attempt })));
        assert_eq!(alice.event("auth").await.0, [json!({ "attempt": attempt })]);
        alice.emit("kick", vec![]);
    }
}

pub(crate) async fn pings_are_answered<S: Server>() {
    let often = Heartbeat { interval: Duration::from_millis(100), ..Heartbeat::PATIENT };
    let server = S::start_with(0, often);
    for config in [Config::new(server.origin()), polling_only(server.origin())] {
        let mut alice = Caller::connected(config).await;
        let mut pongs = 0;
        let three = |output: &Output| {
            let (Output::SendText { text, .. } | Output::HttpPost { body: text, .. }) = output else {
                return None;
            };
            pongs += u32::from(text == "3");
            (pongs == 3).then_some(())
        };
        alice.until("pongs", three).await;
        let request = alice.ask("echo", vec![json!(1)], vec![]);
        assert_eq!(alice.answer(request).await.0, [json!(1)]);
    }
}

async fn binary<S: Server>(config: Config) {
    let mut alice = Caller::connected(config).await;
    let bytes: Vec<u8> = (0..=255).collect();
    let request = alice.ask("echo-binary", vec![placeholder(0)], vec![bytes.clone()]);
    assert_eq!(alice.answer(request).await, (vec![placeholder(0)], vec![bytes]));

    alice.emit("ask-binary", vec![]);
    let (args, attachments, reply) = alice.event("binary-question").await;
    assert_eq!((args, attachments), (vec![placeholder(0)], vec![vec![1, 2, 3]]));
    let token = reply.expect("a question wants an answer");
    alice.tell(Input::Reply { token, args: vec![placeholder(0)], attachments: vec![vec![4, 5]] });
    let (args, attachments, _) = alice.event("binary-answered").await;
    assert_eq!((args, attachments), (vec![placeholder(0)], vec![vec![4, 5]]));
}

pub(crate) async fn binary_goes_both_ways<S: Server>() {
    let server = S::start();
    binary::<S>(Config::new(server.origin())).await;
}

pub(crate) async fn binary_goes_both_ways_over_polling<S: Server>() {
    let server = S::start();
    binary::<S>(polling_only(server.origin())).await;
}

pub(crate) async fn namespaces_are_joined<S: Server>() {
    let server = S::start();
    let mut alice =
        Caller::connected(Config { namespace: "/admin".into(), ..Config::new(server.origin()) }).await;
    let request = alice.ask("echo", vec![json!("hello")], vec![]);
    assert_eq!(alice.answer(request).await.0, [json!("hello")]);
    alice.emit("ask", vec![json!(1)]);
    let token = alice.event("question").await.2.expect("a question wants an answer");
    alice.tell(Input::Reply { token, args: vec![json!(2)], attachments: vec![] });
    assert_eq!(alice.event("answered").await.0, [json!(2)]);
}

pub(crate) async fn refusal_tells_its_reason_and_is_tried_again<S: Server>() {
    let server = S::start();
    let mut alice = Caller::start(Config { namespace: "/refused".into(), ..Config::new(server.origin()) });
    for attempt in 1..=2 {
        let (message, data) = alice
            .until("refusal", |output| match output {
                Output::Refused { message, data } => Some((message.clone(), data.clone())),
                _ => None,
            })
            .await;
        assert_eq!((message.as_str(), data.unwrap_or_default()), ("not today", S::refusal_data()));
        let failures = alice
            .until("retry", |output| match output {
                Output::Retrying { failures, reason: DisconnectReason::Refused, .. } => Some(*failures),
                _ => None,
            })
            .await;
        assert_eq!(failures, attempt);
    }
    assert!(!alice.seen.iter().any(|output| matches!(output, Output::Disconnected { .. })));
}

pub(crate) async fn polling_alone_carries_a_burst_within_max_payload<S: Server>() {
    let server = S::start();
    let mut alice = Caller::connected(polling_only(server.origin())).await;
    let kilobyte = "x".repeat(1000);
    for n in 0..60 {
        alice.emit("repeat", vec![json!([n, kilobyte])]);
    }
    for n in 0..60 {
        assert_eq!(alice.event("repeated").await.0, [json!([n, kilobyte])]);
    }
    let posts: Vec<usize> = alice
        .seen
        .iter()
        .filter_map(|output| match output {
            Output::HttpPost { body, .. } => Some(body.len()),
            _ => None,
        })
        .collect();
    assert!(posts.iter().all(|length| *length <= 20_000), "{posts:?}");
    assert!(posts.len() < 30, "packets share a POST: {posts:?}");
    assert!(!alice.seen.iter().any(|output| matches!(output, Output::OpenWebSocket { .. })));
}

pub(crate) async fn too_large_an_event_is_refused_before_it_is_sent<S: Server>() {
    let server = S::start();
    let mut alice = Caller::connected(Config::new(server.origin())).await;
    alice.tell(Input::Emit(Emit::new(RequestId(9), "echo", vec![json!("x".repeat(20_000))])));
    let error = alice
        .until("failure", |output| match output {
            Output::EmitFailed { request: RequestId(9), error } => Some(*error),
            _ => None,
        })
        .await;
    assert!(matches!(error, EmitError::TooLarge { max: 20_000, .. }), "{error}");
    let request = alice.ask("echo", vec![json!("still here")], vec![]);
    assert_eq!(alice.answer(request).await.0, [json!("still here")]);
}

async fn falls_back<S: Server>(how: Blocked) {
    let server = S::start();
    let port = without_websocket(server.port(), how).await;
    let mut config = Config::new(format!("http://127.0.0.1:{port}"));
    config.timeouts.websocket = Duration::from_millis(300);
    let mut alice = Caller::connected(config).await;
    assert!(alice.seen.contains(&Output::Learned(Transport::Polling)));
    assert!(
        !alice.seen.iter().any(|output| matches!(output, Output::Retrying { .. })),
        "the same attempt goes on"
    );
    let request = alice.ask("echo", vec![json!(1)], vec![]);
    assert_eq!(alice.answer(request).await.0, [json!(1)]);
}

pub(crate) async fn blocked_websocket_falls_back_to_polling_at_once<S: Server>() {
    falls_back::<S>(Blocked::AtOnce).await;
}

pub(crate) async fn silent_websocket_falls_back_to_polling_after_a_time<S: Server>() {
    falls_back::<S>(Blocked::Silently).await;
}

pub(crate) async fn websocket_that_opens_but_carries_nothing_is_left_alone<S: Server>() {
    let server = S::start();
    let port = without_websocket(server.port(), Blocked::OnceOpen).await;
    let mut config = Config { first: Transport::Polling, ..Config::new(format!("http://127.0.0.1:{port}")) };
    config.timeouts.websocket = Duration::from_secs(1);
    let mut alice = Caller::start(config);
    let given_up = |output: &Output| matches!(output, Output::CloseWebSocket { .. }).then_some(());
    alice.until("end of the probe", given_up).await;
    // socketioxide has ended the session with it, Node's server has not: either way the call goes on, and so it does after
    // the next time.
    for _ in 0..2 {
        alice.reach().await;
        alice.emit("kick", vec![]);
        disconnected(&mut alice).await;
    }
    alice.reach().await;
    let opened = |output: &&Output| matches!(output, Output::OpenWebSocket { .. });
    assert_eq!(alice.seen.iter().filter(opened).count(), 1, "{:#?}", alice.seen);
}

pub(crate) async fn missing_acknowledgement_times_out<S: Server>() {
    let server = S::start();
    let mut alice = Caller::connected(Config::new(server.origin())).await;
    let silence = Emit::new(RequestId(9), "silence", vec![]).acknowledged(Duration::from_millis(50));
    alice.tell(Input::Emit(silence));
    let timed_out = Output::EmitFailed { request: RequestId(9), error: EmitError::TimedOut };
    alice.until("time-out", |output| (*output == timed_out).then_some(())).await;
}

async fn disconnected(alice: &mut Caller) -> DisconnectReason {
    alice
        .until("disconnection", |output| match output {
            Output::Disconnected { reason } => Some(reason.clone()),
            _ => None,
        })
        .await
}

pub(crate) async fn server_restart_is_survived_and_nothing_stale_sent<S: Server>() {
    let server = S::start();
    let port = server.port();
    let mut alice = Caller::connected(Config::new(server.origin())).await;
    alice.ask("silence", vec![], vec![]);
    let request = alice.ask("echo", vec![json!("before")], vec![]);
    alice.answer(request).await;
    drop(server);
    disconnected(&mut alice).await;
    let lost =
        |output: &Output| matches!(output, Output::EmitFailed { error: EmitError::ConnectionLost, .. });
    assert!(alice.seen.iter().any(lost), "the pending acknowledgement fails");

    alice.emit("repeat", vec![json!("stale")]);
    let refused = Output::EmitFailed { request: RequestId(u32::MAX), error: EmitError::NotConnected };
    alice.until("failure", |output| (*output == refused).then_some(())).await;
    let tried = |output: &Output| matches!(output, Output::Retrying { failures: 1.., .. }).then_some(());
    alice.until("failed attempt", tried).await;

    let server = S::start_with(port, Heartbeat::PATIENT);
    alice.tell(Input::Online);
    alice.until_connected().await;
    alice.emit("repeat", vec![json!("fresh")]);
    assert_eq!(alice.event("repeated").await.0, [json!("fresh")]);
    drop(server);
}

pub(crate) async fn frozen_server_is_noticed_by_its_missing_ping<S: Server>() {
    let second = Duration::from_secs(1);
    let mut server = S::start_with(0, Heartbeat { interval: second, timeout: second });
    for config in [Config::new(server.origin()), polling_only(server.origin())] {
        let mut alice = Caller::connected(config).await;
        server.freeze();
        assert_eq!(disconnected(&mut alice).await, DisconnectReason::PingTimeout);
        server.thaw();
        alice.until_connected().await;
    }
}

pub(crate) async fn server_disconnect_reconnects<S: Server>() {
    let server = S::start();
    for config in [Config::new(server.origin()), polling_only(server.origin())] {
        let mut alice = Caller::connected(config).await;
        alice.emit("kick", vec![]);
        assert_eq!(disconnected(&mut alice).await, DisconnectReason::ServerDisconnect);
        alice.until_connected().await;
    }
}

pub(crate) async fn orderly_disconnect_sends_what_was_emitted_before<S: Server>() {
    for transports in [Transports::Both, Transports::PollingOnly] {
        let server = S::start();
        let config = Config { transports, ..Config::new(server.origin()) };
        let goodbye = json!("goodbye");
        let mut alice = Caller::connected(config).await;
        alice.emit("note", vec![goodbye.clone()]);
        alice.tell(Input::Disconnect);
        assert_eq!(disconnected(&mut alice).await, DisconnectReason::ClientDisconnect);

        // Nothing tells Bob when she is gone: he asks until he sees it.
        let mut bob = Caller::connected(Config::new(server.origin())).await;
        let seen = async {
            loop {
                let request = bob.ask("notes", vec![], vec![]);
                let (mut args, _) = bob.answer(request).await;
                let notes = args.remove(0);
                let notes = notes.as_array().unwrap();
                if let Some(at) = notes.iter().position(|note| *note == goodbye)
                    && let Some(reason) = notes.get(at + 1)
                {
                    return reason.clone();
                }
            }
        };
        let reason = tokio::time::timeout(Duration::from_mins(1), seen).await.expect("alice leaves");
        assert_eq!(reason, json!("client namespace disconnect"));
    }
}
