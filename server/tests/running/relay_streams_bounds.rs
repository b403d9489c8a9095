//! What hostile, slow and idle connections to the relay get, and that the page beside them notices nothing.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use webrtc_util::Conn;

use crate::relay::health;
use crate::relay_streams::relaying;
use crate::support::{Client, Stream, patient};

/// A STUN request that anybody may make.
const BINDING: &[u8] = b"\x00\x01\x00\x00\x21\x12\xa4\x42abcdefghijkl";

/// Asks for our own address.
pub(crate) async fn asked(tcp: &mut TcpStream) {
    tcp.write_all(BINDING).await.unwrap();
}

/// All that comes until the end, whatever that is.
pub(crate) async fn rest(tcp: &mut TcpStream) -> Vec<u8> {
    let mut bytes = Vec::new();
    patient(tcp.read_to_end(&mut bytes)).await.ok();
    bytes
}

/// A connection on which a request was answered.
async fn answered(address: SocketAddr) -> TcpStream {
    let mut tcp = TcpStream::connect(address).await.unwrap();
    asked(&mut tcp).await;
    let mut answer = [0; 40];
    patient(tcp.read_exact(&mut answer)).await.unwrap();
    assert_eq!((&answer[..2], &answer[8..20]), (&b"\x01\x01"[..], &b"abcdefghijkl"[..]));
    tcp
}

#[tokio::test]
async fn what_is_no_message_ends_the_connection() {
    let (server, _) = relaying(&[]).await;
    let malformed: [&[u8]; 8] = [
        b"\x00\x01\x00\x03\x21\x12\xa4\x42abcdefghijkl",
        b"\x00\x01\x00\x00\x00\x00\x00\x00abcdefghijkl",
        b"\x00\x01\xff\xfc\x21\x12\xa4\x42",
        b"\x40\x00\xff\xff",
        b"\x80",
        b"\xff\xff\xff\xff",
        b"GET / HTTP/1.1\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    ];
    for bytes in malformed {
        let mut tcp = answered(server.address).await;
        tcp.write_all(bytes).await.unwrap();
        let start = Instant::now();
        assert_eq!(rest(&mut tcp).await, b"", "{bytes:?}");
        assert!(start.elapsed() < Duration::from_secs(8), "{bytes:?} was waited for");
    }
    // From the first byte on.
    let mut tcp = TcpStream::connect(server.address).await.unwrap();
    tcp.write_all(malformed[0]).await.unwrap();
    assert_eq!(rest(&mut tcp).await, b"");
    server.stop().await;
}

#[tokio::test]
async fn neither_half_a_message_nor_an_idle_connection_is_waited_for() {
    let (server, told) = relaying(&[]).await;
    let held = told.allocate_over(Arc::new(Stream::open(server.address).await)).await.unwrap();
    let start = Instant::now();
    let mut waiting = vec![TcpStream::connect(server.address).await.unwrap()];
    for beginning in [&BINDING[..1], &BINDING[..19], b"\x40\x00\x04\x00"] {
        let mut tcp = answered(server.address).await;
        tcp.write_all(beginning).await.unwrap();
        waiting.push(tcp);
    }
    waiting.push(answered(server.address).await);
    // Whoever sends a byte now and then is no better.
    let mut dripping = answered(server.address).await;
    let drip = async {
        for byte in BINDING {
            if dripping.write_all(&[*byte]).await.is_err() {
                break;
            }
            tokio::time::sleep(Duration::from_secs(1)).await;
        }
        rest(&mut dripping).await
    };
    let ends = async {
        for mut tcp in waiting {
            assert_eq!(rest(&mut tcp).await, b"");
        }
    };
    let (dripped, ()) = tokio::join!(drip, ends);
    assert_eq!(dripped, b"");
    assert!(start.elapsed() > Duration::from_secs(8), "they were given some time");
    // Who holds an allocation may be silent for longer.
    let outside = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    held.1.send_to(b"still there", outside.local_addr().unwrap()).await.unwrap();
    patient(outside.recv_from(&mut [0; 100])).await.unwrap();
    server.stop().await;
}

#[tokio::test]
async fn connections_have_a_share_of_their_own_and_the_page_keeps_its() {
    let flags = ["--sockets-per-address", "1", "--turn-allocations-per-address", "20"];
    let (server, _) = relaying(&flags).await;
    let mut crowd = Vec::new();
    for _ in 0..20 {
        crowd.push(answered(server.address).await);
    }
    let mut refused = TcpStream::connect(server.address).await.unwrap();
    asked(&mut refused).await;
    assert_eq!(rest(&mut refused).await, b"");
    Client::connect_when_free(server.address).await;
    drop(crowd.pop());
    let free = async {
        loop {
            let mut tcp = TcpStream::connect(server.address).await.unwrap();
            asked(&mut tcp).await;
            if tcp.read(&mut [0; 40]).await.is_ok_and(|count| count > 0) {
                return;
            }
        }
    };
    patient(free).await;
}

#[tokio::test]
async fn who_does_not_read_loses_datagrams_and_nothing_else() {
    const SENT: usize = 30_000;
    let (server, told) = relaying(&[]).await;
    let stream = Arc::new(Stream::open(server.address).await);
    let (_turn, relayed) = told.allocate_over(stream.clone()).await.unwrap();
    let outside = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (there, here) = (relayed.local_addr().unwrap(), outside.local_addr().unwrap());
    relayed.send_to(b"permitted", here).await.unwrap();
    patient(outside.recv_from(&mut [0; 100])).await.unwrap();
    let reader = tokio::join!(stream.stop_reading(), async {
        // The client waits for a message, and holds on to the connection until then.
        outside.send_to(b"one", there).await.unwrap();
    });
    for number in 0..SENT {
        outside.send_to(&[0; 1200], there).await.unwrap();
        if number % 20 == 0 {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }
    drop(reader);
    outside.send_to(b"last", there).await.unwrap();
    let mut buffer = [0; 1500];
    let mut arrived = 0;
    // The last one may be among those that are lost.
    let ends = async {
        loop {
            match tokio::time::timeout(Duration::from_secs(1), relayed.recv_from(&mut buffer)).await {
                Ok(received) => arrived += received.unwrap().0,
                Err(_) => return,
            }
        }
    };
    patient(ends).await;
    println!("{arrived} of {} bytes", SENT * 1200);
    assert!((1200..SENT * 1200 / 4).contains(&arrived), "{arrived} bytes were kept");
    outside.send_to(b"again", there).await.unwrap();
    let (length, _) = patient(relayed.recv_from(&mut buffer)).await.unwrap();
    assert_eq!(&buffer[..length], b"again");
    assert!(health(server.address).await.contains("over TCP: reachable"));
}
