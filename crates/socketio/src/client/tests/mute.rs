//! A WebSocket that opens but carries nothing is not tried again for a while.

use std::time::Duration;

use super::{Bench, HANDSHAKE, send};
use crate::{Input, Output, Transport, TransportEvent};

/// Ends the session by refusing its GET and opens the next one by polling; tells its GET and whether it tries to upgrade.
fn next_session(bench: &mut Bench, get: u32) -> (u32, bool) {
    bench.transport(get, TransportEvent::Response { status: 400, body: String::new() });
    let out = bench.wait();
    let out = bench.response(get_of(&out), HANDSHAKE);
    (get_of(&out), upgrades(&out))
}

fn get_of(out: &[Output]) -> u32 {
    let mut gets = out.iter().filter_map(|output| match output {
        Output::HttpGet { id, .. } => Some(id.0),
        _ => None,
    });
    gets.next_back().expect("a GET")
}

fn upgrades(out: &[Output]) -> bool {
    out.iter().any(|output| matches!(output, Output::OpenWebSocket { .. }))
}

/// A polling session whose WebSocket (2) has opened, and is no upgrade yet.
fn probing() -> Bench {
    let mut bench = Bench::polling();
    assert_eq!(bench.transport(2, TransportEvent::Opened), [send(2, "2probe")]);
    bench
}

#[test]
fn upgrade_that_failed_after_opening_is_not_tried_again_for_a_while() {
    for fail in [
        |bench: &mut Bench| bench.closed(2),
        |bench: &mut Bench| bench.text(2, "3wrong"),
        |bench: &mut Bench| bench.binary(2, &[1]),
        // Its answer is too late.
        Bench::wait,
        // The server has ended the session before the WebSocket is seen to fail.
        |_: &mut Bench| vec![],
        |bench: &mut Bench| {
            bench.text(2, "3probe");
            bench.closed(2)
        },
    ] {
        let mut bench = probing();
        fail(&mut bench);
        let (get, upgrades) = next_session(&mut bench, 5);
        assert!(!upgrades);
        let (get, upgrades) = next_session(&mut bench, get);
        assert!(!upgrades, "nor later");
        bench.transport(get, TransportEvent::Response { status: 400, body: String::new() });
        bench.now += Duration::from_mins(5);
        let out = bench.input(Input::Tick);
        assert!(self::upgrades(&bench.response(get_of(&out), HANDSHAKE)), "five minutes later");
    }
}

#[test]
fn another_network_is_tried_at_once() {
    let mut bench = probing();
    bench.closed(2);
    assert_eq!(bench.input(Input::Online), []);
    assert!(next_session(&mut bench, 5).1);
}

#[test]
fn websocket_that_did_not_open_is_tried_again() {
    let mut bench = Bench::polling();
    bench.closed(2);
    assert!(next_session(&mut bench, 5).1);
}

#[test]
fn who_leaves_while_probing_learns_nothing_of_the_network() {
    let mut bench = probing();
    bench.input(Input::Disconnect);
    let out = bench.input(Input::Connect);
    assert!(upgrades(&bench.response(get_of(&out), HANDSHAKE)));
}

#[test]
fn first_websocket_that_opens_and_says_nothing_spares_the_session_an_upgrade() {
    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    bench.transport(1, TransportEvent::Opened);
    let out = bench.wait();
    let out = bench.response(get_of(&out), HANDSHAKE);
    assert_eq!(out[0], Output::Learned(Transport::Polling));
    assert!(!upgrades(&out));

    let mut bench = Bench::new(Bench::config());
    bench.input(Input::Connect);
    let out = bench.wait();
    assert!(upgrades(&bench.response(get_of(&out), HANDSHAKE)), "one that did not open may open now");
}
