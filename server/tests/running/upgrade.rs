//! Polling sessions that move to a WebSocket: the server must know which connection carries each, to count and to cut.

use serde_json::json;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Client, Poller, ROOM, Running, patient};

const PAYLOAD_CHARS: usize = 64 * 1024;

/// A session that was opened by polling, moved to a WebSocket, and only then connected to the namespace, as our own
/// client does it; and the address of its WebSocket.
async fn upgraded_before_connect(server: &Running) -> (Client, String) {
    let url = Poller::open(server.address).await.web_socket_url();
    let mut client = Client::upgrade(&url).await;
    client.send("40").await;
    let answer = client.packet().await.unwrap();
    assert!(answer.starts_with("0{"), "{answer}");
    (client, url)
}

/// Sends far more than is allowed; the server must end the connection.
async fn flood_is_cut(mallory: &mut Client) {
    mallory.try_send((0..1000).map(|n| Message::text(format!("42{n}[\"ice\",{{}}]")))).await;
    mallory.until_closed().await;
}

/// A GET on a connection that stays open; returns the connection and the head of the answer.
async fn get(server: &Running, url: &str) -> (TcpStream, String) {
    let target = url.split_once("/socket.io").unwrap().1;
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.write_all(format!("GET /socket.io{target} HTTP/1.1\r\nHost: x\r\n\r\n").as_bytes()).await.unwrap();
    let mut answer = vec![0; 4096];
    let count = patient(tcp.read(&mut answer)).await.unwrap();
    (tcp, String::from_utf8_lossy(&answer[..count]).into_owned())
}

#[tokio::test]
async fn who_upgrades_before_connecting_may_receive_any_amount() {
    let server = Running::start(&[]).await;
    let (mut bob, _) = upgraded_before_connect(&server).await;
    let to = bob.join(ROOM).await["peer"].clone();
    let mut alice = Client::connect(server.address).await;
    alice.join(ROOM).await;
    assert_eq!(bob.event().await.0, "peer-joined");
    for seq in 0..40 {
        let signal = json!({"to": to, "seq": seq, "payload": "A".repeat(PAYLOAD_CHARS)});
        assert_eq!(alice.request("signal", signal).await, json!({"ok": "delivered"}), "after {seq}");
        assert_eq!(bob.event().await.1["seq"], seq);
    }
    bob.assert_silence().await;
}

#[tokio::test]
async fn who_upgrades_before_connecting_is_cut_like_anyone() {
    let server = Running::start(&["--events-burst", "10", "--events-per-second", "1"]).await;
    let (mut mallory, _) = upgraded_before_connect(&server).await;
    flood_is_cut(&mut mallory).await;
}

#[tokio::test]
async fn a_request_that_is_no_upgrade_does_not_take_the_session_over() {
    let server = Running::start(&["--events-burst", "10", "--events-per-second", "1"]).await;
    for tail in ["", "&transport=polling"] {
        let (mut mallory, url) = upgraded_before_connect(&server).await;
        let (_decoy, answer) = get(&server, &format!("{url}{tail}")).await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
        flood_is_cut(&mut mallory).await;
    }
}

#[tokio::test]
async fn a_refused_upgrade_does_not_spoil_a_later_one() {
    let server = Running::start(&["--events-burst", "10", "--events-per-second", "1"]).await;
    let url = Poller::open(server.address).await.web_socket_url();
    let (_decoy, answer) = get(&server, &url).await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    let mut mallory = Client::upgrade(&url).await;
    mallory.send("40").await;
    assert!(mallory.packet().await.unwrap().starts_with("0{"));
    flood_is_cut(&mut mallory).await;
}

#[tokio::test]
async fn a_session_has_one_web_socket() {
    let server = Running::start(&[]).await;
    let (mut bob, url) = upgraded_before_connect(&server).await;
    let Err(Error::Http(refused)) = tokio_tungstenite::connect_async(url).await else { panic!("let in") };
    assert_eq!(refused.status(), 400);
    assert!(
        String::from_utf8_lossy(refused.body().as_deref().unwrap_or_default()).contains("already_upgraded")
    );
    bob.join(ROOM).await;
}
