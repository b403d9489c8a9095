//! Which transport carries the session: fallback, polling, the move to WebSocket.

use std::time::Duration;

use serde_json::json;

use super::{Bench, HANDSHAKE, abort, close, get, open, post, send};
use crate::{
    Config, DisconnectReason, Emit, EmitError, Input, Output, ParseError, RequestId, Transport,
    TransportEvent, TransportId, Transports,
};

const POLLING: &str = "http://host/socket.io/?EIO=4&transport=polling";
const SESSION: &str = "http://host/socket.io/?EIO=4&transport=polling&sid=s";
const PROBE: &str = "ws://host/socket.io/?EIO=4&transport=websocket&sid=s";

fn emit(bench: &mut Bench, event: &str) -> Vec<Output> {
    bench.input(Input::Emit(Emit::new(RequestId(0), event, vec![])))
}

#[test]
fn websocket_that_fails_gives_way_to_polling_at_once() {
    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    assert_eq!(bench.closed(1), [get(2, &format!("{POLLING}&t=2"))]);
    let out = bench.response(2, HANDSHAKE);
    assert_eq!(out[0], Output::Learned(Transport::Polling));
}

#[test]
fn websocket_that_never_opens_gives_way_to_polling_in_time() {
    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    assert_eq!(bench.client.deadline(), Some(Duration::from_secs(4)));
    assert_eq!(bench.wait(), [close(1), get(2, &format!("{POLLING}&t=2"))]);
    assert_eq!(bench.text(1, HANDSHAKE), [], "too late");
}

#[test]
fn websocket_that_opens_but_says_nothing_or_nonsense_gives_way_too() {
    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    assert_eq!(bench.transport(1, TransportEvent::Opened), []);
    assert_eq!(bench.wait(), [close(1), get(2, &format!("{POLLING}&t=2"))]);

    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    assert_eq!(bench.text(1, "<html>"), [close(1), get(2, &format!("{POLLING}&t=2"))]);
}

#[test]
fn both_failing_is_one_failed_attempt() {
    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    bench.closed(1);
    let out = bench.transport(2, TransportEvent::Response { status: 502, body: String::new() });
    let reason = DisconnectReason::HttpStatus(502);
    assert!(matches!(&out[..], [Output::Retrying { failures: 1, reason: r, .. }] if *r == reason), "{out:?}");
    assert_eq!(bench.wait(), [open(3, "ws://host/socket.io/?EIO=4&transport=websocket")]);
}

#[test]
fn polling_that_was_learned_comes_first_and_falls_back_to_websocket() {
    let mut bench = Bench::new(Bench::polling_first());
    assert_eq!(bench.input(Input::Connect), [get(1, &format!("{POLLING}&t=1"))]);
    assert_eq!(bench.closed(1), [open(2, "ws://host/socket.io/?EIO=4&transport=websocket")]);
    assert_eq!(bench.text(2, HANDSHAKE), [Output::Learned(Transport::WebSocket), send(2, "40")]);
}

#[test]
fn polling_keeps_one_get_and_one_post() {
    let mut bench = Bench::new(Config { transports: Transports::PollingOnly, ..Bench::config() });
    bench.input(Input::Connect);
    assert_eq!(bench.response(1, HANDSHAKE), [get(2, &format!("{SESSION}&t=2")), post(3, "40")]);
    bench.response(3, "ok");
    bench.response(2, r#"40{"sid":"alice"}"#);
    assert_eq!(emit(&mut bench, "a"), [post(5, r#"42["a"]"#)]);
    assert_eq!(emit(&mut bench, "b"), [], "one POST at a time");
    assert_eq!(emit(&mut bench, "c"), []);
    assert_eq!(bench.response(5, "ok"), [post(6, "42[\"b\"]\u{1e}42[\"c\"]")]);
}

#[test]
fn several_packets_of_one_payload_are_taken_in_order() {
    let mut bench = Bench::polling();
    let out = bench.response(5, "42[\"a\"]\u{1e}451-[\"b\"]\u{1e}bAQI=\u{1e}2\u{1e}6");
    let event = |name: &str, attachments| Output::Event {
        name: name.to_owned(),
        args: vec![],
        attachments,
        reply: None,
    };
    let pong = post(7, "3");
    assert_eq!(
        out,
        [event("a", vec![]), event("b", vec![vec![1, 2]]), get(6, &format!("{SESSION}&t=6")), pong]
    );
}

#[test]
fn handshake_may_bring_packets_along() {
    let mut bench = Bench::new(Config { transports: Transports::PollingOnly, ..Bench::config() });
    bench.input(Input::Connect);
    let out = bench.response(1, &format!("{HANDSHAKE}\u{1e}2"));
    assert_eq!(out, [get(2, &format!("{SESSION}&t=2")), post(3, "40\u{1e}3")]);
}

#[test]
fn payload_of_a_post_stays_within_the_server_s_limit() {
    let mut bench = Bench::polling();
    emit(&mut bench, "first");
    for _ in 0..12 {
        emit(&mut bench, "0123456789");
    }
    let mut id = 6;
    let mut sent = 0;
    loop {
        let out = bench.response(id, "ok");
        let [Output::HttpPost { body, .. }] = &out[..] else { break };
        assert!(body.len() <= 100, "{}", body.len());
        sent += body.split('\u{1e}').count();
        id += 1;
    }
    assert_eq!(sent, 12);
    assert_eq!(id, 6 + 3, "five packets of sixteen bytes and their separators fit");
}

#[test]
fn unposted_bytes_are_limited_and_pongs_do_not_pile_up() {
    let mut config = Config { transports: Transports::PollingOnly, ..Bench::config() };
    config.limits.outgoing = 20;
    let mut bench = Bench::new(config);
    bench.input(Input::Connect);
    bench.response(1, HANDSHAKE);
    bench.response(2, r#"40{"sid":"alice"}"#);
    for get in 4..1000 {
        bench.response(get, "2");
    }
    assert_eq!(emit(&mut bench, "1234567"), []);
    let full = Output::EmitFailed { request: RequestId(0), error: EmitError::OutgoingFull };
    assert_eq!(emit(&mut bench, "1234567"), [full]);
    assert_eq!(bench.response(3, "ok"), [post(1001, "3\u{1e}42[\"1234567\"]")]);
}

#[test]
fn failed_poll_ends_the_session() {
    let mut bench = Bench::polling();
    let out = bench.transport(5, TransportEvent::Response { status: 400, body: "{}".to_owned() });
    assert_eq!(out[..2], [close(2), Output::Disconnected { reason: DisconnectReason::HttpStatus(400) }]);
    let mut bench = Bench::polling();
    emit(&mut bench, "a");
    let reason = DisconnectReason::TransportClosed("gone".to_owned());
    assert_eq!(bench.closed(6)[..3], [abort(5), close(2), Output::Disconnected { reason }]);
}

#[test]
fn oversized_payload_is_refused() {
    let mut bench = Bench::polling();
    let body = "6".repeat((4 << 20) + 1);
    let reason = ParseError::TooLarge { size: body.len(), max: 4 << 20 }.into();
    assert!(bench.response(5, &body).contains(&Output::Disconnected { reason }));
}

#[test]
fn session_moves_to_websocket_by_probe_pause_and_flush() {
    let mut bench = Bench::new(Bench::polling_first());
    bench.input(Input::Connect);
    let out = bench.response(1, HANDSHAKE);
    assert_eq!(out, [open(2, PROBE), get(3, &format!("{SESSION}&t=3")), post(4, "40")]);
    bench.response(4, "ok");
    bench.response(3, r#"40{"sid":"alice"}"#);
    assert_eq!(bench.transport(2, TransportEvent::Opened), [send(2, "2probe")]);
    assert_eq!(emit(&mut bench, "before"), [post(6, r#"42["before"]"#)], "polling goes on while probing");
    assert_eq!(bench.text(2, "3probe"), [], "both requests are to be answered first");
    assert_eq!(emit(&mut bench, "during"), [], "held");
    assert_eq!(bench.response(6, "ok"), [], "no new POST");
    let event = Output::Event { name: "last".to_owned(), args: vec![], attachments: vec![], reply: None };
    assert_eq!(
        bench.response(5, "42[\"last\"]\u{1e}6"),
        [
            event,
            send(2, "5"),
            Output::Learned(Transport::WebSocket),
            Output::Upgraded,
            send(2, r#"42["during"]"#)
        ]
    );
    assert_eq!(bench.client.transport_in_use(), Some(Transport::WebSocket));
    assert_eq!(emit(&mut bench, "after"), [send(2, r#"42["after"]"#)]);
    assert_eq!(bench.text(2, "2"), [send(2, "3")]);
}

#[test]
fn probe_that_fails_leaves_the_session_with_polling() {
    for fail in [
        |bench: &mut Bench| bench.closed(2),
        |bench: &mut Bench| bench.text(2, "3wrong"),
        |bench: &mut Bench| bench.binary(2, &[1]),
        Bench::wait,
    ] {
        let mut bench = Bench::polling();
        bench.transport(2, TransportEvent::Opened);
        let out = fail(&mut bench);
        assert!(out.is_empty() || out == [close(2)], "{out:?}");
        assert_eq!(emit(&mut bench, "a"), [post(6, r#"42["a"]"#)]);
        assert_eq!(bench.client.transport_in_use(), Some(Transport::Polling));
    }
}

#[test]
fn websocket_lost_during_the_pause_resumes_polling() {
    for fail in [|bench: &mut Bench| bench.closed(2), Bench::wait] {
        let mut bench = Bench::polling();
        bench.transport(2, TransportEvent::Opened);
        bench.text(2, "3probe");
        assert_eq!(emit(&mut bench, "held"), []);
        let out = fail(&mut bench);
        assert_eq!(out.last(), Some(&post(6, r#"42["held"]"#)));
        assert_eq!(bench.response(5, "6"), [get(7, &format!("{SESSION}&t=7"))]);
    }
}

#[test]
fn session_that_dies_during_the_probe_closes_both() {
    let mut bench = Bench::polling();
    let reason = DisconnectReason::SessionClosed;
    assert_eq!(bench.response(5, "1")[..2], [close(2), Output::Disconnected { reason }]);
}

#[test]
fn no_probe_where_the_server_offers_none() {
    let mut bench = Bench::new(Bench::polling_first());
    bench.input(Input::Connect);
    let out = bench.response(1, &HANDSHAKE.replace(r#"["websocket"]"#, "[]"));
    assert!(matches!(out[..], [Output::HttpGet { .. }, Output::HttpPost { .. }]), "{out:?}");
}

#[test]
fn attachments_over_polling_are_base64() {
    let mut bench = Bench::polling();
    let emit = Emit::new(RequestId(1), "file", vec![json!(1)]).with_attachments(vec![vec![1, 2, 3, 4]]);
    assert_eq!(bench.input(Input::Emit(emit)), [post(6, "451-[\"file\",1]\u{1e}bAQIDBA==")]);
}

#[test]
fn unknown_transport_is_nobody_s() {
    for mut bench in [Bench::connected(), Bench::polling()] {
        let id = TransportId(99);
        for event in [
            TransportEvent::Opened,
            TransportEvent::Text("1".to_owned()),
            TransportEvent::Binary(vec![]),
            TransportEvent::Buffered(9),
            TransportEvent::Response { status: 500, body: String::new() },
            TransportEvent::Closed(String::new()),
        ] {
            assert_eq!(bench.input(Input::Transport { id, event }), []);
        }
    }
}
