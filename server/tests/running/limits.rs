//! Who takes more than a share: sockets, connections, bytes, events, time.

use std::time::Duration;

use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::scene::Scene;
use crate::support::{Client, Poller, ROOM, Running, patient};

const MESSAGE_BYTES: usize = 96 * 1024;
const PAYLOAD_CHARS: usize = 64 * 1024;

fn polling(address: std::net::SocketAddr) -> String {
    format!("http://{address}/socket.io/?EIO=4&transport=polling")
}

#[tokio::test]
async fn an_address_has_its_share_of_sockets() {
    let server = Running::start(&["--sockets-per-address", "3"]).await;
    let mut held = Vec::new();
    for _ in 0..3 {
        held.push(Client::connect(server.address).await);
    }
    let refused = reqwest::get(polling(server.address)).await.unwrap();
    assert_eq!(refused.status(), 429);
    assert_eq!(refused.json::<Value>().await.unwrap()["code"], "too_many_requests");
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", server.address);
    let Err(Error::Http(refused)) = tokio_tungstenite::connect_async(url).await else { panic!("let in") };
    assert_eq!(refused.status(), 429);
    // The page itself is not a socket, and what is given back can be had again.
    assert_eq!(reqwest::get(format!("http://{}/healthz", server.address)).await.unwrap().status(), 200);
    held.pop();
    let freed = async {
        while reqwest::get(polling(server.address)).await.unwrap().status() != 200 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    patient(freed).await;
}

#[tokio::test]
async fn behind_a_proxy_each_forwarded_address_has_its_share() {
    let server = Running::start(&["--sockets-per-address", "1", "--trust-proxy"]).await;
    let open = async |from: &str| {
        let request = reqwest::Client::new().get(polling(server.address)).header("x-forwarded-for", from);
        request.send().await.unwrap().status()
    };
    assert_eq!(open("10.0.0.1").await, 200);
    assert_eq!(open("6.6.6.6, 10.0.0.1").await, 429);
    assert_eq!(open("10.0.0.2").await, 200);
}

#[tokio::test]
async fn an_address_has_its_share_of_connections() {
    let server = Running::start(&["--sockets-per-address", "1"]).await;
    let mut idle = Vec::new();
    for _ in 0..4 {
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        // An answer shows that the server has taken the connection.
        tcp.write_all(b"GET /healthz HTTP/1.1\r\nHost: x\r\n\r\n").await.unwrap();
        assert!(patient(tcp.read(&mut [0; 1024])).await.unwrap() > 0);
        idle.push(tcp);
    }
    let mut refused = TcpStream::connect(server.address).await.unwrap();
    let read = patient(refused.read(&mut [0; 16])).await;
    assert!(matches!(read, Ok(0) | Err(_)), "{read:?}");
}

#[tokio::test]
async fn half_a_header_is_not_waited_for() {
    let scene = Scene::start().await;
    let mut half_open = Vec::new();
    for _ in 0..50 {
        let mut tcp = TcpStream::connect(scene.server.address).await.unwrap();
        tcp.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
        half_open.push(tcp);
    }
    Client::connect(scene.server.address).await.join(ROOM).await;
    for mut tcp in half_open {
        let mut answer = Vec::new();
        patient(tcp.read_to_end(&mut answer)).await.ok();
        let answer = String::from_utf8(answer).unwrap();
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
    scene.end().await;
}

#[tokio::test]
async fn a_huge_header_is_refused() {
    let server = Running::start(&[]).await;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.write_all(format!("GET / HTTP/1.1\r\nX-Huge: {}", "x".repeat(64 * 1024)).as_bytes()).await.ok();
    let mut answer = Vec::new();
    patient(tcp.read_to_end(&mut answer)).await.ok();
    let answer = String::from_utf8(answer).unwrap();
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 431"), "{answer}");
}

#[tokio::test]
async fn a_payload_at_the_limit_passes_and_one_more_character_does_not() {
    let server = Running::start(&[]).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    alice.join(ROOM).await;
    let to = bob.join(ROOM).await["peer"].clone();
    let signal = |chars: usize| json!({"to": to, "seq": 0, "payload": "A".repeat(chars)});
    assert_eq!(alice.request("signal", signal(PAYLOAD_CHARS)).await, json!({"ok": "delivered"}));
    assert_eq!(bob.event().await.1["payload"].as_str().unwrap().len(), PAYLOAD_CHARS);
    assert_eq!(alice.request("signal", signal(PAYLOAD_CHARS + 1)).await["error"]["code"], "too_large");
    bob.assert_silence().await;
}

#[tokio::test]
async fn a_message_over_the_limit_ends_the_connection() {
    let scene = Scene::start().await;
    let frame = format!("42[\"ice\",\"{}\"]", "x".repeat(MESSAGE_BYTES));
    let mut whole = Client::connect(scene.server.address).await;
    whole.try_send([Message::text(frame.clone())]).await;
    whole.until_closed().await;
    // The same in fragments: the first one alone is small enough.
    let mut parts = Client::connect(scene.server.address).await;
    let half = frame.as_bytes()[..50_000].to_vec();
    let mut part = Frame::message(half, OpCode::Data(Data::Text), false);
    parts.try_send([Message::Frame(part.clone())]).await;
    part.header_mut().opcode = OpCode::Data(Data::Continue);
    parts.try_send([Message::Frame(part)]).await;
    parts.until_closed().await;
    scene.end().await;
}

#[tokio::test]
async fn a_posted_body_over_the_limit_is_refused() {
    let scene = Scene::start().await;
    let mallory = Poller::open(scene.server.address).await;
    let body = format!("42[\"ice\",\"{}\"]", "x".repeat(MESSAGE_BYTES));
    assert_eq!(mallory.try_post(&body).await, 413);
    scene.end().await;
}

#[tokio::test]
async fn a_flood_is_refused_then_cut() {
    let server = Running::start(&["--events-burst", "10", "--events-per-second", "1"]).await;
    let mut mallory = Client::connect(server.address).await;
    assert_eq!(mallory.request("ice", json!({})).await, json!({"ok": {"servers": []}}));
    let code = loop {
        let answer = mallory.request("ice", json!({})).await;
        if let Some(code) = answer["error"]["code"].as_str() {
            break code.to_owned();
        }
    };
    assert_eq!(code, "too_many_requests");
    let frames = (0..1000).map(|n| Message::text(format!("42{n}[\"ice\",{{}}]")));
    mallory.try_send(frames).await;
    mallory.until_closed().await;
}

/// Asks for the namespace until it answers: it ignores a new socket until it has forgotten the last one. None when the
/// connection is over.
async fn connect_anew(client: &mut Client) -> Option<String> {
    loop {
        client.try_send([Message::text("40")]).await;
        if let Ok(answer) = tokio::time::timeout(Duration::from_millis(100), client.packet()).await {
            return answer;
        }
    }
}

#[tokio::test]
async fn connecting_anew_in_the_same_session_earns_no_new_burst_and_ends() {
    let server = Running::start(&["--events-burst", "5", "--events-per-second", "1"]).await;
    let mut mallory = Client::open(server.address).await;
    let mut refused = 0;
    while let Some(answer) = connect_anew(&mut mallory).await {
        if answer.starts_with('4') {
            assert_eq!(answer, "4{\"message\":\"Too many events: slow down.\"}");
            refused += 1;
            assert!(refused < 10_000, "never cut");
        } else {
            mallory.send("41").await;
        }
    }
    assert!(refused >= 200, "cut after {refused} refusals");
}

#[tokio::test]
async fn an_address_has_its_share_of_seats_away_ones_included() {
    let server = Running::start(&["--sockets-per-address", "2", "--grace-period", "3600"]).await;
    let mut mallory = Client::connect(server.address).await;
    let room = |n: usize| format!("{n:026}");
    let mut joined = Value::Null;
    for n in 0..8 {
        joined = mallory.join(&room(n)).await;
        mallory.send("41").await;
        assert!(connect_anew(&mut mallory).await.unwrap().starts_with("0{"));
    }
    let answer = mallory.request("join", json!({"room": room(8), "protocol": 1})).await;
    assert_eq!(answer["error"]["code"], "too_many_requests");
    // Who holds a seat gets it back, and what is given back can be had again.
    assert_eq!(mallory.resume(&room(7), &joined).await["ok"]["peer"], joined["peer"]);
    mallory.request("leave", json!({})).await;
    mallory.join(&room(8)).await;
}

#[tokio::test]
async fn a_slow_reader_is_disconnected_and_costs_little() {
    let scene = Scene::with(&["--events-burst", "100000", "--grace-period", "3600"]).await;
    let (mut alice, mut bob) =
        (Client::connect(scene.server.address).await, Client::connect(scene.server.address).await);
    alice.join(ROOM).await;
    let to = bob.join(ROOM).await["peer"].clone();
    bob.stop_reading();
    let signal = json!({"to": to, "seq": 0, "payload": "A".repeat(PAYLOAD_CHARS)});
    let mut sent = 0;
    loop {
        let answer = alice.request("signal", signal.clone()).await;
        if answer == json!({"ok": "gone"}) {
            break;
        }
        assert_eq!(answer, json!({"ok": "delivered"}));
        sent += PAYLOAD_CHARS;
        assert!(sent < 256 << 20, "the server never gave up on the reader");
    }
    drop(bob);
    scene.end().await;
}
