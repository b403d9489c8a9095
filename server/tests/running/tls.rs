//! HTTPS: the page and the sockets over it, its own certificate, and those who do not speak it.

use std::io::BufRead;
use std::net::SocketAddr;
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;

use crate::page::Dist;
use crate::support::{Browser, Client, Folder, Process, ROOM, Running, patient};

/// A server with a certificate of its own, and a browser that trusts it.
async fn self_signed(folder: &Folder, flags: &[&str]) -> (Running, Browser) {
    let key_file = folder.at("visavis.key");
    let server = Running::start(&[&["--tls", "self-signed", "--key-file", &key_file], flags].concat()).await;
    let certificate = std::fs::read_to_string(folder.at("visavis.tls.pem")).unwrap();
    (server, Browser::trusting(&[&certificate]))
}

#[tokio::test]
async fn the_page_comes_over_https() {
    let folder = Folder::new("tls-page");
    let dist = Dist::new("tls-dist");
    let (server, browser) = self_signed(&folder, &["--dist", &dist.path()]).await;
    let answer = browser.get(server.address, "/", "").await;
    assert!(answer.starts_with("HTTP/1.1 200 OK\r\n"), "{answer}");
    // One must be able to go back to plain HTTP, and to other certificates.
    assert!(!answer.to_ascii_lowercase().contains("strict-transport-security"), "{answer}");
    let sockets = format!("wss://{}", server.address);
    assert!(answer.contains("content-security-policy: ") && answer.contains(&sockets), "{answer}");
    let stream = browser.open(server.address).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"http/1.1"[..]));
    for name in ["127.0.0.1", "::1"] {
        browser.try_open(server.address, name).await.unwrap();
    }
    browser.try_open(server.address, "call.example").await.unwrap_err();
    server.stop().await;
}

#[tokio::test]
async fn sockets_come_over_https_and_end_cleanly() {
    let folder = Folder::new("tls-sockets");
    let (server, browser) = self_signed(&folder, &[]).await;
    let mut alice = Client::over(browser.open(server.address).await).await;
    let mut bob = Client::over(browser.open(server.address).await).await;
    alice.join(ROOM).await;
    let to = bob.join(ROOM).await["peer"].clone();
    assert_eq!(alice.event().await.0, "peer-joined");
    // More than may wait for one reader: what has gone out is counted over TLS as well.
    for seq in 0..40 {
        let signal = json!({"to": to, "seq": seq, "payload": "A".repeat(64 * 1024)});
        assert_eq!(alice.request("signal", signal).await, json!({"ok": "delivered"}), "after {seq}");
        assert_eq!(bob.event().await.1["seq"], seq);
    }
    server.stop().await;
    assert_eq!(alice.event().await.0, "closing");
    alice.until_closed().await;
}

#[tokio::test]
async fn who_floods_is_cut_over_https_too() {
    let folder = Folder::new("tls-flood");
    let (server, browser) = self_signed(&folder, &["--events-burst", "10", "--events-per-second", "1"]).await;
    let mut mallory = Client::over(browser.open(server.address).await).await;
    mallory.try_send((0..1000).map(|n| Message::text(format!("42{n}[\"ice\",{{}}]")))).await;
    mallory.until_closed().await;
}

#[tokio::test]
async fn half_a_header_over_https_is_not_waited_for() {
    let folder = Folder::new("tls-header");
    let (server, browser) = self_signed(&folder, &[]).await;
    let silent = browser.open(server.address).await;
    let mut slow = browser.open(server.address).await;
    slow.write_all(b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.unwrap();
    for stream in [silent, slow] {
        let answer = rest(stream).await;
        assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 408"), "{answer}");
    }
}

#[tokio::test]
async fn only_pages_over_https_may_connect() {
    let folder = Folder::new("tls-origin");
    let (server, browser) = self_signed(&folder, &[]).await;
    for (scheme, status) in [("https", "200 OK"), ("http", "403 Forbidden")] {
        let origin = format!("Origin: {scheme}://{}\r\n", server.address);
        let answer = browser.get(server.address, "/socket.io/?EIO=4&transport=polling", &origin).await;
        assert!(answer.starts_with(&format!("HTTP/1.1 {status}\r\n")), "{answer}");
    }
}

#[tokio::test]
async fn a_certificate_of_its_own_outlives_the_server() {
    let folder = Folder::new("tls-kept");
    let (server, browser) = self_signed(&folder, &[]).await;
    let first = browser.shown(server.address).await;
    server.stop().await;
    let (server, browser) = self_signed(&folder, &[]).await;
    assert_eq!(browser.shown(server.address).await, first);
    server.stop().await;
    let (server, browser) = self_signed(&folder, &["--public-url", "https://call.example"]).await;
    assert_ne!(browser.shown(server.address).await, first);
    browser.try_open(server.address, "call.example").await.unwrap();
}

/// All that comes until the end.
async fn rest(mut io: impl AsyncRead + Unpin) -> String {
    let mut answer = Vec::new();
    patient(io.read_to_end(&mut answer)).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

async fn said(address: SocketAddr, words: &[u8]) -> TcpStream {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    tcp.write_all(words).await.unwrap();
    tcp
}

#[tokio::test]
async fn plain_http_is_led_to_https() {
    let folder = Folder::new("tls-plain");
    let (server, _) = self_signed(&folder, &[]).await;
    let words = b"GET /?a=b HTTP/1.1\r\nHost: call.example:8443\r\n\r\n";
    let answer = rest(said(server.address, words).await).await;
    assert!(answer.starts_with("HTTP/1.1 308 Permanent Redirect\r\n"), "{answer}");
    assert!(answer.contains("\r\nLocation: https://call.example:8443/?a=b\r\n"), "{answer}");
    let words = b"POST / HTTP/1.1\r\nHost: call.example:8443\r\nContent-Length: 3\r\n\r\nabc";
    let answer = rest(said(server.address, words).await).await;
    assert!(answer.starts_with("HTTP/1.1 400 Bad Request\r\n"), "{answer}");
    assert!(answer.ends_with("write https:// before its address.\n"), "{answer}");
    assert_eq!(rest(said(server.address, b"SSH-2.0-OpenSSH_9.9\r\n").await).await, "");
}

/// Beginnings that lead nowhere: nothing at all, half a record, half an HTTP request.
const HALVES: [&[u8]; 4] = [b"", b"\x16", b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/1.1\r\nHost: x\r\n"];

#[tokio::test]
async fn half_a_handshake_stops_nobody() {
    let folder = Folder::new("tls-halves");
    let (server, browser) = self_signed(&folder, &[]).await;
    let mut half_open = Vec::new();
    for half in HALVES.iter().cycle().take(100) {
        half_open.push(said(server.address, half).await);
    }
    let mut alice = Client::over(browser.open(server.address).await).await;
    alice.join(ROOM).await;
    // A server that ends does not wait for them either.
    let stopped = tokio::time::timeout(Duration::from_secs(5), server.stop());
    stopped.await.unwrap();
}

#[tokio::test]
async fn half_a_handshake_counts_and_is_not_waited_for() {
    let folder = Folder::new("tls-counts");
    let (server, browser) = self_signed(&folder, &["--sockets-per-address", "1"]).await;
    let mut half_open = Vec::new();
    for half in HALVES {
        half_open.push(said(server.address, half).await);
    }
    browser.try_open(server.address, "localhost").await.unwrap_err();
    for tcp in half_open {
        assert_eq!(rest(tcp).await, "");
    }
    let free = async {
        while browser.try_open(server.address, "localhost").await.is_err() {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    patient(free).await;
}

#[test]
fn without_https_other_machines_are_told_why_they_have_no_camera() {
    let (_server, mut log) = Process::heard(&["--listen", "0.0.0.0:0"]);
    let mut line = String::new();
    while !line.contains("--tls self-signed helps") {
        line.clear();
        assert!(log.read_line(&mut line).unwrap() > 0, "it was never said");
    }
}
