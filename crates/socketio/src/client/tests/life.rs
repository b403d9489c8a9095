//! Attempts, delays, heartbeat, ends.

use std::time::Duration;

use serde_json::json;

use super::{Bench, HANDSHAKE, abort, close, delay, get, open, post, send};
use crate::{
    Config, DisconnectReason, Emit, EmitError, Input, Output, ParseError, RequestId, Transport,
    TransportEvent, Transports,
};

const WEBSOCKET: &str = "ws://host/socket.io/?EIO=4&transport=websocket";

fn websocket_only() -> Config {
    let mut config = Config { transports: Transports::WebSocketOnly, ..Bench::config() };
    config.backoff.jitter_percent = 0;
    config
}

#[test]
fn nothing_happens_before_connect() {
    let mut bench = Bench::new(Bench::config());
    assert_eq!(bench.input(Input::Online), []);
    assert_eq!(bench.input(Input::Tick), []);
    assert_eq!(bench.input(Input::Disconnect), []);
    assert_eq!(bench.client.deadline(), None);
}

#[test]
fn failed_attempts_wait_longer_and_longer_without_end() {
    let mut bench = Bench::new(websocket_only());
    assert_eq!(bench.input(Input::Connect), [open(1, WEBSOCKET)]);
    let mut waited = Vec::new();
    for attempt in 1..=7 {
        let out = bench.closed(attempt);
        assert!(matches!(out[0], Output::Retrying { failures, .. } if failures == attempt));
        waited.push(delay(&out));
        assert_eq!(bench.wait(), [open(attempt + 1, WEBSOCKET)]);
    }
    assert_eq!(waited, [500, 1000, 2000, 4000, 5000, 5000, 5000]);
}

#[test]
fn an_answer_tells_more_than_a_closed_transport() {
    let status = |status| TransportEvent::Response { status, body: String::new() };
    for config in [Bench::config(), Bench::polling_first()] {
        let mut bench = Bench::new(config);
        bench.input(Input::Connect);
        let answered = if let Transport::Polling = bench.client.context.config.first { 1 } else { 2 };
        let outputs =
            [1, 2].map(|id| if id == answered { bench.transport(id, status(403)) } else { bench.closed(id) });
        let reasons = outputs.concat().into_iter().filter_map(|output| match output {
            Output::Retrying { reason, .. } => Some(reason),
            _ => None,
        });
        assert_eq!(reasons.collect::<Vec<_>>(), [DisconnectReason::HttpStatus(403)]);
    }
}

#[test]
fn online_ends_the_wait_at_once() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    bench.closed(1);
    assert_eq!(bench.at(1, Input::Online), [open(2, WEBSOCKET)]);
    assert_eq!(bench.at(2, Input::Online), [], "an attempt that runs goes on");
}

#[test]
fn early_tick_does_nothing() {
    let mut bench = Bench::connected();
    assert_eq!(bench.at(44_999, Input::Tick), []);
}

#[test]
fn pings_move_the_heartbeat_deadline() {
    let mut bench = Bench::connected();
    assert_eq!(bench.client.deadline(), Some(Duration::from_secs(45)));
    bench.now = Duration::from_secs(30);
    assert_eq!(bench.text(1, "2"), [send(1, "3")]);
    assert_eq!(bench.client.deadline(), Some(Duration::from_secs(75)));
}

#[test]
fn page_that_wakes_after_the_heartbeat_deadline_reconnects() {
    let mut bench = Bench::connected();
    let out = bench.at(3_600_000, Input::Tick);
    assert_eq!(out[..2], [close(1), Output::Disconnected { reason: DisconnectReason::PingTimeout }]);
    assert!(matches!(out[2], Output::Retrying { failures: 0, .. }));
}

#[test]
fn a_doubted_connection_is_lost_unless_something_comes() {
    let mut bench = Bench::connected();
    assert_eq!(bench.at(1000, Input::Doubt), []);
    assert_eq!(bench.client.deadline(), Some(Duration::from_millis(2500)));
    bench.now = Duration::from_millis(2400);
    bench.text(1, r#"42["news"]"#);
    assert_eq!(bench.client.deadline(), Some(Duration::from_secs(45)), "it is alive");

    bench.at(3000, Input::Doubt);
    assert_eq!(bench.at(4000, Input::Doubt), [], "a second doubt does not put off the first");
    let out = bench.at(4500, Input::Tick);
    assert_eq!(out[..2], [close(1), Output::Disconnected { reason: DisconnectReason::PingTimeout }]);
}

#[test]
fn doubt_without_a_connection_means_nothing() {
    let mut bench = Bench::new(websocket_only());
    assert_eq!(bench.input(Input::Doubt), []);
    bench.input(Input::Connect);
    bench.closed(1);
    let waits = bench.client.deadline();
    assert_eq!(bench.input(Input::Doubt), []);
    assert_eq!(bench.client.deadline(), waits);
}

#[test]
fn who_is_in_a_hurry_tries_more_often() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    for _ in 0..7 {
        bench.wait(); // An attempt, or a pause.
    }
    assert_eq!(bench.wait(), [open(5, WEBSOCKET)], "the next one would be given four seconds");
    assert_eq!(bench.client.deadline(), Some(bench.now + Duration::from_secs(4)));
    assert_eq!(bench.input(Input::Hurry(true)), []);
    assert_eq!(bench.client.deadline(), Some(bench.now + Duration::from_secs(2)));
    bench.input(Input::Hurry(true));
    bench.now += Duration::from_secs(1);
    assert_eq!(
        bench.client.deadline(),
        Some(bench.now + Duration::from_secs(1)),
        "said twice changes nothing"
    );
    for _ in 0..8 {
        let out = bench.wait();
        let pause = delay(&out);
        assert!((1..=750).contains(&pause), "{pause} ms");
        bench.wait();
        assert_eq!(bench.client.deadline(), Some(bench.now + Duration::from_secs(2)));
    }
    bench.input(Input::Hurry(false));
    bench.wait();
    bench.wait();
    assert_eq!(bench.client.deadline(), Some(bench.now + Duration::from_secs(4)));
}

#[test]
fn a_long_pause_ends_soon_for_who_gets_into_a_hurry() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    for _ in 0..13 {
        bench.wait();
    }
    assert!(bench.client.deadline() >= Some(bench.now + Duration::from_secs(2)), "the pause has grown");
    assert_eq!(bench.input(Input::Hurry(true)), []);
    assert!(bench.client.deadline() <= Some(bench.now + Duration::from_millis(750)));
}

#[test]
fn emit_after_the_heartbeat_deadline_is_not_sent_into_a_dead_connection() {
    let mut bench = Bench::connected();
    let out = bench.at(3_600_000, Input::Emit(Emit::new(RequestId(1), "late", vec![])));
    assert!(out.contains(&Output::Disconnected { reason: DisconnectReason::PingTimeout }));
    assert_eq!(
        out.last(),
        Some(&Output::EmitFailed { request: RequestId(1), error: EmitError::NotConnected })
    );
}

#[test]
fn time_that_runs_backwards_is_ignored() {
    let mut bench = Bench::connected();
    bench.at(10_000, Input::Tick);
    bench.now = Duration::ZERO;
    bench.text(1, "2");
    assert_eq!(bench.client.deadline(), Some(Duration::from_secs(55)));
}

#[test]
fn established_connection_starts_the_delays_anew() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    for attempt in 1..=3 {
        bench.closed(attempt);
        bench.wait();
    }
    bench.text(4, HANDSHAKE);
    bench.text(4, r#"40{"sid":"alice"}"#);
    assert_eq!(delay(&bench.closed(4)), 500);
}

#[test]
fn session_that_never_joins_counts_as_a_failed_attempt() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    assert_eq!(bench.text(1, HANDSHAKE), [send(1, "40")]);
    bench.now = Duration::from_secs(10);
    let out = bench.input(Input::Tick);
    assert_eq!(out[0], close(1));
    let reason = DisconnectReason::ConnectTimeout;
    assert_eq!(out[1], Output::Retrying { failures: 1, after: Duration::from_millis(500), reason });
}

#[test]
fn auth_is_asked_for_at_each_attempt_and_sent_with_connect() {
    let mut bench = Bench::new(Config { asks_auth: true, namespace: "/room".to_owned(), ..websocket_only() });
    bench.input(Input::Connect);
    for attempt in 1..=2 {
        assert_eq!(bench.text(attempt, HANDSHAKE), [Output::NeedAuth]);
        let out = bench.input(Input::Auth(json!({ "token": attempt })));
        assert_eq!(out, [send(attempt, &format!(r#"40/room,{{"token":{attempt}}}"#))]);
        assert_eq!(bench.input(Input::Auth(json!({}))), [], "once is enough");
        bench.closed(attempt);
        bench.wait();
    }
}

#[test]
fn refusal_is_told_and_tried_again() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    bench.text(1, HANDSHAKE);
    let out = bench.text(1, r#"44{"message":"full","data":{"max":8}}"#);
    let after = Duration::from_millis(500);
    assert_eq!(
        out,
        [
            Output::Refused { message: "full".to_owned(), data: Some(json!({ "max": 8 })) },
            close(1),
            Output::Retrying { failures: 1, after, reason: DisconnectReason::Refused },
        ]
    );
    assert_eq!(bench.wait(), [open(2, WEBSOCKET)]);
}

#[test]
fn each_end_of_a_connection_has_its_reason() {
    let invalid = |error: ParseError| DisconnectReason::InvalidPacket(error);
    for (text, reason) in [
        ("41", DisconnectReason::ServerDisconnect),
        ("1", DisconnectReason::SessionClosed),
        ("9", invalid(ParseError::PacketType('9'))),
        ("5", invalid(ParseError::PacketType('5'))),
        (HANDSHAKE, invalid(ParseError::PacketType('0'))),
        ("42[", invalid(ParseError::Json)),
        ("", invalid(ParseError::Empty)),
    ] {
        let mut bench = Bench::connected();
        let out = bench.text(1, text);
        assert_eq!(out[..2], [close(1), Output::Disconnected { reason }], "{text}");
    }
    let mut bench = Bench::connected();
    let reason = DisconnectReason::TransportClosed("gone".to_owned());
    assert!(bench.closed(1).contains(&Output::Disconnected { reason }));
}

#[test]
fn late_events_of_an_old_transport_are_dropped() {
    let mut bench = Bench::connected();
    bench.closed(1);
    bench.wait();
    for event in ["41", r#"42["stale"]"#, "nonsense"] {
        assert_eq!(bench.text(1, event), []);
    }
    assert_eq!(bench.closed(1), []);
    assert_eq!(bench.binary(1, &[1]), []);
    assert_eq!(bench.text(2, HANDSHAKE), [send(2, "40")]);
}

#[test]
fn disconnect_leaves_the_namespace_and_stays_away() {
    let mut bench = Bench::connected();
    let out = bench.input(Input::Disconnect);
    assert_eq!(
        out,
        [Output::Disconnected { reason: DisconnectReason::ClientDisconnect }, send(1, "41"), close(1)]
    );
    assert!(bench.client.is_idle());
    assert_eq!(bench.client.deadline(), None);
    assert_eq!(bench.input(Input::Online), []);
    assert_eq!(bench.input(Input::Connect), [open(2, WEBSOCKET)]);
}

#[test]
fn disconnect_ends_a_wait_and_an_attempt() {
    let mut bench = Bench::new(websocket_only());
    bench.input(Input::Connect);
    bench.closed(1);
    assert_eq!(bench.input(Input::Disconnect), []);
    assert_eq!(bench.client.deadline(), None);
    bench.input(Input::Connect);
    assert_eq!(bench.input(Input::Disconnect), [close(2)]);
    assert!(bench.client.is_idle());
}

#[test]
fn disconnect_over_polling_posts_what_was_emitted_then_says_goodbye() {
    let mut bench = Bench::polling();
    bench.input(Input::Emit(Emit::new(RequestId(1), "first", vec![])));
    bench.input(Input::Emit(Emit::new(RequestId(2), "second", vec![])));
    let out = bench.input(Input::Disconnect);
    assert_eq!(out, [Output::Disconnected { reason: DisconnectReason::ClientDisconnect }, close(2)]);
    assert!(!bench.client.is_idle(), "the first POST is on its way");
    assert_eq!(bench.response(6, "ok"), [post(7, "42[\"second\"]\u{1e}41")]);
    assert_eq!(bench.response(5, "6"), [], "no new GET");
    assert_eq!(bench.response(7, "ok"), [post(8, "1")]);
    assert_eq!(bench.response(8, "ok"), []);
    assert!(bench.client.is_idle());
}

#[test]
fn farewell_that_is_not_answered_is_given_up() {
    let mut bench = Bench::polling();
    bench.input(Input::Disconnect);
    bench.now = Duration::from_secs(2);
    assert_eq!(bench.input(Input::Tick), [abort(5), abort(6)]);
    assert!(bench.client.is_idle());
}

#[test]
fn connect_while_closing_begins_anew() {
    let mut bench = Bench::polling();
    bench.input(Input::Disconnect);
    let url = "http://host/socket.io/?EIO=4&transport=polling&t=7";
    assert_eq!(bench.input(Input::Connect), [abort(5), abort(6), get(7, url)]);
}
