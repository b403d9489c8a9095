//! TURN over TCP and TLS at the port of the page: what is offered, what is relayed, and what is left when it ends.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use tokio::net::{TcpStream, UdpSocket};
use webrtc_util::Conn;

use crate::relay::{Told, health};
use crate::relay_streams_bounds::{asked, rest};
use crate::support::{Browser, Client, Folder, ROOM, Running, Stream, patient};
use crate::tls_files::Made;

/// A relay at every way there is; on this machine it must be asked for.
pub(crate) const HERE: [&str; 4] = ["--turn-listen", "127.0.0.1:0", "--turn-tcp", "on"];

/// A server with these flags too, and what a peer is told by it.
pub(crate) async fn relaying(flags: &[&str]) -> (Running, Told) {
    let server = Running::start(&[&HERE, flags].concat()).await;
    let mut alice = Client::connect(server.address).await;
    let told = Told::of(&alice.join(ROOM).await["ice"]);
    (server, told)
}

/// The URLs of the relay.
fn urls(ice: &Value) -> Vec<String> {
    let turn = ice["servers"].as_array().unwrap().iter().find(|server| server["username"].is_string());
    turn.unwrap()["urls"].as_array().unwrap().iter().map(|url| url.as_str().unwrap().to_owned()).collect()
}

/// What somebody outside and the holder of a relayed address say to each other arrives.
async fn both_ways(relayed: &impl Conn) {
    let outside = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let (there, here) = (relayed.local_addr().unwrap(), outside.local_addr().unwrap());
    let mut buffer = [0; 1500];
    // Of every length, so that some are filled up and some are not.
    for round in 1..=9_u8 {
        let words = vec![round; usize::from(round) * 133];
        patient(relayed.send_to(&words, here)).await.unwrap();
        let (length, from) = patient(outside.recv_from(&mut buffer)).await.unwrap();
        assert_eq!((&buffer[..length], from), (&words[..], there));
        outside.send_to(&words, there).await.unwrap();
        let (length, from) = patient(relayed.recv_from(&mut buffer)).await.unwrap();
        assert_eq!((&buffer[..length], from), (&words[..], here));
    }
}

#[tokio::test]
async fn over_tcp_it_relays_both_ways_beside_the_page() {
    let server = Running::start(&HERE).await;
    let mut alice = Client::connect(server.address).await;
    let ice = alice.join(ROOM).await["ice"].clone();
    assert_eq!(urls(&ice)[1..], [format!("turn:{}?transport=tcp", server.address)]);
    let told = Told::of(&ice);
    let (_turn, relayed) = told.allocate_over(Arc::new(Stream::open(server.address).await)).await.unwrap();
    both_ways(&relayed).await;
    // Over UDP and over TCP it is one relay.
    let (_other, by_udp) = told.allocate().await.unwrap();
    let (from, to) = (relayed.local_addr().unwrap(), by_udp.local_addr().unwrap());
    patient(by_udp.send_to(b"permitted", from)).await.unwrap();
    patient(relayed.send_to(b"across", to)).await.unwrap();
    let mut buffer = [0; 1500];
    assert_eq!(patient(by_udp.recv_from(&mut buffer)).await.unwrap(), (6, from));
    assert!(health(server.address).await.ends_with(&format!("over TCP: reachable at {}\n", server.address)));
    server.stop().await;
}

#[tokio::test]
async fn over_tls_it_relays_both_ways_whatever_was_said_of_it() {
    let folder = Folder::new("turn-tls");
    let made = Made::new();
    let flags = made.write(&folder);
    let flags: Vec<_> = HERE.into_iter().chain(flags.iter().map(String::as_str)).collect();
    let server = Running::start(&flags).await;
    let browser = Browser::trusting(&[&made.certificate]);
    let mut alice = Client::over(browser.open(server.address).await).await;
    let ice = alice.join(ROOM).await["ice"].clone();
    // As the page was opened, which was not by the address that the server listens at.
    assert_eq!(urls(&ice)[1..], ["turn:localhost:443?transport=tcp", "turns:localhost:443?transport=tcp"]);
    let told = Told::of(&ice);
    let local: SocketAddr = "127.0.0.1:1".parse().unwrap();
    for protocols in [&[][..], &[&b"stun.turn"[..]], &[b"http/1.1"]] {
        let tls = Browser::speaking(&[&made.certificate], protocols).open(server.address).await;
        let stream = Stream::new(tls, local, server.address);
        let (_turn, relayed) = told.allocate_over(Arc::new(stream)).await.unwrap();
        both_ways(&relayed).await;
    }
    // The same port without TLS, for who does not believe the certificate.
    let (_turn, relayed) = told.allocate_over(Arc::new(Stream::open(server.address).await)).await.unwrap();
    both_ways(&relayed).await;
    assert!(browser.get(server.address, "/healthz", "").await.starts_with("HTTP/1.1 200"));
    server.stop().await;
}

#[tokio::test]
async fn with_a_certificate_of_its_own_it_is_offered_without_tls_alone() {
    let folder = Folder::new("turn-self-signed");
    let key_file = folder.at("visavis.key");
    let flags = ["--tls", "self-signed", "--key-file", &key_file];
    let server = Running::start(&[&HERE[..], &flags].concat()).await;
    let certificate = std::fs::read_to_string(folder.at("visavis.tls.pem")).unwrap();
    let browser = Browser::trusting(&[&certificate]);
    let mut alice = Client::over(browser.open(server.address).await).await;
    let ice = alice.request("ice", json!({})).await["ok"].clone();
    assert_eq!(urls(&ice)[1..], ["turn:localhost:443?transport=tcp"]);
    let told = Told::of(&ice);
    let (_turn, relayed) = told.allocate_over(Arc::new(Stream::open(server.address).await)).await.unwrap();
    both_ways(&relayed).await;
}

#[tokio::test]
async fn what_is_not_offered_is_not_spoken() {
    for flags in [&["--turn-listen", "127.0.0.1:0"][..], &["--turn-listen", "off", "--turn-tcp", "on"]] {
        let server = Running::start(flags).await;
        let mut alice = Client::connect(server.address).await;
        assert!(!alice.join(ROOM).await["ice"].to_string().contains("transport=tcp"));
        let mut tcp = TcpStream::connect(server.address).await.unwrap();
        asked(&mut tcp).await;
        assert_eq!(rest(&mut tcp).await, b"");
    }
}

#[tokio::test]
async fn an_allocation_ends_with_its_connection() {
    let (server, told) = relaying(&["--turn-allocations", "1"]).await;
    let mut held = Vec::new();
    for round in 0..3 {
        let allocated = async {
            loop {
                let stream = Arc::new(Stream::open(server.address).await);
                if let Ok(allocated) = told.allocate_over(stream.clone()).await {
                    return (stream, allocated);
                }
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
        };
        let (stream, allocated) = patient(allocated).await;
        held.push(allocated);
        assert!(told.refused().await.contains("486"), "{round}");
        // Nobody gives it back: its connection ends, that is all.
        stream.close().await.unwrap();
    }
}

#[tokio::test]
async fn quotas_are_shared_with_udp() {
    let (server, told) = relaying(&["--turn-allocations-per-peer", "2"]).await;
    let over_tcp = async || told.allocate_over(Arc::new(Stream::open(server.address).await)).await;
    let _one = told.allocate().await.unwrap();
    let _two = over_tcp().await.unwrap();
    assert!(told.refused().await.contains("486"));
    assert!(over_tcp().await.err().unwrap().to_string().contains("486"));
}

#[tokio::test]
async fn the_self_test_takes_one_allocation_at_a_time() {
    let (server, _) = relaying(&["--turn-allocations", "1"]).await;
    let told = health(server.address).await;
    assert_eq!(told.lines().filter(|line| line.contains(": reachable at") && !line.contains('(')).count(), 2);
}
