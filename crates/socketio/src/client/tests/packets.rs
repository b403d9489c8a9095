//! Events, acknowledgements and attachments over a connection that stands.

use std::time::Duration;

use serde_json::{Value, json};

use super::{Bench, HANDSHAKE, close, send};
use crate::{
    Config, DisconnectReason, Emit, EmitError, Input, Output, ParseError, RequestId, TransportEvent,
    TransportId, placeholder,
};

const SECOND: Duration = Duration::from_secs(1);

fn emit(request: u32, event: &str, args: Vec<Value>) -> Emit {
    Emit::new(RequestId(request), event, args)
}

fn failed(request: u32, error: EmitError) -> Output {
    Output::EmitFailed { request: RequestId(request), error }
}

#[test]
fn events_go_both_ways() {
    let mut bench = Bench::connected();
    let out = bench.input(Input::Emit(emit(1, "hello", vec![json!({ "a": "é" }), json!(2)])));
    assert_eq!(out, [send(1, r#"42["hello",{"a":"é"},2]"#)]);
    let out = bench.text(1, r#"42["hi",1,null]"#);
    let args = vec![json!(1), Value::Null];
    assert_eq!(out, [Output::Event { name: "hi".to_owned(), args, attachments: vec![], reply: None }]);
}

#[test]
fn acknowledgement_comes_back_under_the_name_of_its_request() {
    let mut bench = Bench::connected();
    assert_eq!(bench.input(Input::Emit(emit(7, "a", vec![]).acknowledged(SECOND))), [send(1, r#"420["a"]"#)]);
    assert_eq!(bench.input(Input::Emit(emit(8, "b", vec![]).acknowledged(SECOND))), [send(1, r#"421["b"]"#)]);
    let answer =
        |request, args| Output::Acknowledged { request: RequestId(request), args, attachments: vec![] };
    assert_eq!(bench.text(1, r#"431["for b"]"#), [answer(8, vec![json!("for b")])]);
    assert_eq!(bench.text(1, "430[]"), [answer(7, vec![])]);
    assert_eq!(bench.text(1, "430[]"), [], "only once");
    assert_eq!(bench.text(1, "4399[]"), [], "never asked");
}

#[test]
fn acknowledgement_that_does_not_come_times_out_and_is_dropped_later() {
    let mut bench = Bench::connected();
    bench.input(Input::Emit(emit(1, "a", vec![]).acknowledged(SECOND)));
    assert_eq!(bench.client.deadline(), Some(SECOND));
    assert_eq!(bench.at(1000, Input::Tick), [failed(1, EmitError::TimedOut)]);
    assert_eq!(bench.text(1, "430[]"), []);
}

#[test]
fn pending_acknowledgements_fail_before_the_disconnection_is_told() {
    let mut bench = Bench::connected();
    bench.input(Input::Emit(emit(1, "a", vec![]).acknowledged(SECOND)));
    let out = bench.closed(1);
    let reason = DisconnectReason::TransportClosed("gone".to_owned());
    assert_eq!(out[..3], [close(1), failed(1, EmitError::ConnectionLost), Output::Disconnected { reason }]);
}

#[test]
fn emit_without_connection_fails_and_is_never_sent() {
    let mut bench = Bench::new(Bench::config());
    let stale = || Input::Emit(emit(1, "stale", vec![]).acknowledged(SECOND));
    assert_eq!(bench.input(stale()), [failed(1, EmitError::NotConnected)]);
    bench.input(Input::Connect);
    assert_eq!(bench.input(stale()), [failed(1, EmitError::NotConnected)]);
    assert_eq!(bench.text(1, super::HANDSHAKE), [send(1, "40")]);
    assert_eq!(bench.input(stale()), [failed(1, EmitError::NotConnected)]);
    let out = bench.text(1, r#"40{"sid":"alice"}"#);
    assert!(matches!(out[..], [Output::Connected { .. }]), "{out:?}");
}

#[test]
fn server_is_answered_on_the_connection_it_asked_by() {
    let mut bench = Bench::connected();
    let out = bench.text(1, r#"425["why"]"#);
    let [Output::Event { reply: Some(token), .. }] = out[..] else { panic!("{out:?}") };
    let reply = || Input::Reply { token, args: vec![json!("because")], attachments: vec![] };
    assert_eq!(bench.input(reply()), [send(1, r#"435["because"]"#)]);
    bench.closed(1);
    let too_late = |error| [Output::ReplyFailed { token, error }];
    assert_eq!(bench.input(reply()), too_late(EmitError::NotConnected));
    bench.wait();
    bench.text(2, super::HANDSHAKE);
    bench.text(2, r#"40{"sid":"alice"}"#);
    assert_eq!(bench.input(reply()), too_late(EmitError::ConnectionLost));
}

#[test]
fn attachments_go_both_ways() {
    let mut bench = Bench::connected();
    let out =
        bench.input(Input::Emit(emit(1, "file", vec![placeholder(0)]).with_attachments(vec![vec![1, 2]])));
    let text = r#"451-["file",{"_placeholder":true,"num":0}]"#;
    assert_eq!(out, [send(1, text), Output::SendBinary { id: TransportId(1), bytes: vec![1, 2] }]);
    assert_eq!(bench.text(1, text), []);
    let (args, attachments) = (vec![placeholder(0)], vec![vec![1, 2]]);
    let event = Output::Event { name: "file".to_owned(), args, attachments, reply: None };
    assert_eq!(bench.binary(1, &[1, 2]), [event]);
}

#[test]
fn attachments_that_never_come_cost_the_connection() {
    let mut bench = Bench::connected();
    bench.text(1, r#"451-["file",{"_placeholder":true,"num":0}]"#);
    let reason = DisconnectReason::InvalidPacket(ParseError::MissingAttachments);
    assert!(bench.wait().contains(&Output::Disconnected { reason }));

    let mut bench = Bench::connected();
    bench.text(1, r#"451-["file",{"_placeholder":true,"num":0}]"#);
    let reason = DisconnectReason::InvalidPacket(ParseError::OutOfPlace);
    assert!(bench.text(1, r#"42["other"]"#).contains(&Output::Disconnected { reason }));
}

#[test]
fn ping_between_attachments_is_answered() {
    let mut bench = Bench::connected();
    bench.text(1, r#"451-["file",{"_placeholder":true,"num":0}]"#);
    assert_eq!(bench.text(1, "2"), [send(1, "3")]);
    assert!(matches!(bench.binary(1, &[1])[..], [Output::Event { .. }]));
}

#[test]
fn other_namespaces_are_not_ours() {
    let mut bench = Bench::connected();
    assert_eq!(bench.text(1, r#"42/other,["hi"]"#), []);
    assert_eq!(bench.text(1, "41/other,"), []);
}

#[test]
fn what_may_not_be_emitted_is_refused_before_anything_is_sent() {
    let mut bench = Bench::connected();
    let long = "x".repeat(100);
    for (emit, error) in [
        (emit(1, "connect", vec![]), EmitError::ReservedName),
        (emit(1, "a", vec![json!(long)]), EmitError::TooLarge { size: 110, max: 100 }),
        (
            emit(1, "a", vec![]).with_attachments(vec![vec![0; 101]]),
            EmitError::TooLarge { size: 101, max: 100 },
        ),
        (emit(1, "a", vec![placeholder(1)]).with_attachments(vec![vec![]]), EmitError::BadAttachments),
        (emit(1, "a", vec![]).with_attachments(vec![vec![]; 17]), EmitError::BadAttachments),
    ] {
        assert_eq!(bench.input(Input::Emit(emit)), [failed(1, error)]);
    }
}

#[test]
fn base64_counts_over_polling() {
    let mut bench = Bench::polling();
    let out = bench.input(Input::Emit(emit(1, "a", vec![]).with_attachments(vec![vec![0; 80]])));
    assert_eq!(out, [failed(1, EmitError::TooLarge { size: 109, max: 100 })]);
}

#[test]
fn pending_acknowledgements_are_limited() {
    let mut config = Bench::config();
    config.limits.pending = 2;
    let mut bench = connected(config);
    for request in 1..=2 {
        bench.input(Input::Emit(emit(request, "a", vec![]).acknowledged(SECOND)));
    }
    let out = bench.input(Input::Emit(emit(3, "a", vec![]).acknowledged(SECOND)));
    assert_eq!(out, [failed(3, EmitError::TooManyPending)]);
    bench.text(1, "430[]");
    assert_eq!(bench.input(Input::Emit(emit(4, "a", vec![]).acknowledged(SECOND))), [send(1, r#"422["a"]"#)]);
}

#[test]
fn unsent_bytes_are_limited() {
    let mut config = Bench::config();
    config.limits.outgoing = 50;
    let mut bench = connected(config);
    bench.transport(1, TransportEvent::Buffered(45));
    assert_eq!(bench.input(Input::Emit(emit(1, "a", vec![]))), [failed(1, EmitError::OutgoingFull)]);
    bench.transport(1, TransportEvent::Buffered(0));
    assert_eq!(bench.input(Input::Emit(emit(1, "a", vec![]))), [send(1, r#"42["a"]"#)]);
}

fn connected(config: Config) -> Bench {
    let mut bench = Bench::new(config);
    bench.input(Input::Connect);
    bench.text(1, super::HANDSHAKE);
    bench.text(1, r#"40{"sid":"alice"}"#);
    bench
}

#[test]
fn pongs_do_not_pile_up_where_nothing_is_sent() {
    let mut config = Bench::config();
    config.limits.outgoing = 20;
    let mut bench = Bench::new(config);
    bench.input(Input::Connect);
    bench.text(1, HANDSHAKE);
    bench.transport(1, TransportEvent::Buffered(19));
    assert_eq!(bench.text(1, "2"), [send(1, "3")]);
    bench.transport(1, TransportEvent::Buffered(20));
    assert_eq!(bench.text(1, "2"), []);
    bench.transport(1, TransportEvent::Buffered(0));
    assert_eq!(bench.text(1, "2"), [send(1, "3")], "once there is room");
    assert_eq!(bench.input(Input::Disconnect), [send(1, "41"), close(1)]);
}
