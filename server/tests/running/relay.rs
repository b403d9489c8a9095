//! STUN and TURN of the running server, as the client of the `turn` crate sees them.

use std::io::BufRead as _;
use std::net::{SocketAddr, UdpSocket};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use serde_json::{Value, json};
use sha1::Sha1;
use turn::client::{Client as TurnClient, ClientConfig};
use webrtc_util::Conn;

use crate::support::{Client, Process, ROOM, Running, patient};

const HERE: [&str; 2] = ["--turn-listen", "127.0.0.1:0"];
const SECRET: &str = "a secret that coturn knows too";

/// What a peer was told of the relay: its address, user and credential.
pub(crate) struct Told {
    relay: String,
    pub(crate) username: String,
    pub(crate) credential: String,
}

impl Told {
    /// Reads the answer to `ice`, or that part of the answer to `join`.
    pub(crate) fn of(ice: &Value) -> Self {
        let turn = ice["servers"].as_array().unwrap().iter().find(|server| server["username"].is_string());
        let turn = turn.expect("a TURN server with credentials");
        let url = turn["urls"][0].as_str().unwrap();
        let relay = url.strip_prefix("turn:").unwrap().strip_suffix("?transport=udp").unwrap();
        let text = |name: &str| turn[name].as_str().unwrap().to_owned();
        Self { relay: relay.to_owned(), username: text("username"), credential: text("credential") }
    }

    /// A TURN client with these credentials, and where its datagrams come out.
    pub(crate) async fn allocate(&self) -> Result<(TurnClient, impl Conn + use<>), turn::Error> {
        let socket = tokio::net::UdpSocket::bind("127.0.0.1:0").await.unwrap();
        self.allocate_over(Arc::new(socket)).await
    }

    /// The same over this socket, or what looks like one.
    pub(crate) async fn allocate_over(
        &self,
        conn: Arc<dyn Conn + Send + Sync>,
    ) -> Result<(TurnClient, impl Conn + use<>), turn::Error> {
        let client = TurnClient::new(ClientConfig {
            stun_serv_addr: String::new(),
            turn_serv_addr: self.relay.clone(),
            username: self.username.clone(),
            password: self.credential.clone(),
            realm: String::new(),
            software: String::new(),
            rto_in_ms: 0,
            conn,
            vnet: None,
        })
        .await?;
        client.listen().await?;
        let relayed = patient(client.allocate()).await?;
        Ok((client, relayed))
    }

    /// The words in which an allocation is refused.
    pub(crate) async fn refused(&self) -> String {
        self.allocate().await.err().expect("an allocation was granted").to_string()
    }

    /// The same relay for somebody else.
    fn with(&self, end: u64, peer: &str, secret: &str) -> Self {
        let username = format!("{end}:{peer}");
        let mac = Hmac::<Sha1>::new_from_slice(secret.as_bytes()).unwrap().chain_update(&username).finalize();
        let credential = BASE64_STANDARD.encode(mac.into_bytes());
        Self { relay: self.relay.clone(), username, credential }
    }
}

fn now() -> u64 {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs()
}

pub(crate) async fn health(address: SocketAddr) -> String {
    loop {
        let response = patient(reqwest::get(format!("http://{address}/healthz"))).await.unwrap();
        assert_eq!(response.status(), 200);
        let text = response.text().await.unwrap();
        if !text.contains("being tested") {
            return text;
        }
    }
}

#[tokio::test]
async fn two_peers_relay_to_each_other_with_what_they_are_told() {
    let server = Running::start(&HERE).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    let told = Told::of(&alice.join(ROOM).await["ice"]);
    bob.join(ROOM).await;
    let fresh = Told::of(&bob.request("ice", json!({})).await["ok"]);
    let (_alice_turn, alice_end) = told.allocate().await.unwrap();
    let (_bob_turn, bob_end) = fresh.allocate().await.unwrap();
    let (alice_at, bob_at) = (alice_end.local_addr().unwrap(), bob_end.local_addr().unwrap());
    let mut buffer = [0; 1500];
    // Each speaks first once: that is what permits the other.
    patient(bob_end.send_to(b"lost or not", alice_at)).await.unwrap();
    for round in 0..5_u8 {
        patient(alice_end.send_to(&[round; 1200], bob_at)).await.unwrap();
        let (length, from) = patient(bob_end.recv_from(&mut buffer)).await.unwrap();
        assert_eq!((&buffer[..length], from), (&[round; 1200][..], alice_at));
        patient(bob_end.send_to(&[round], alice_at)).await.unwrap();
        loop {
            let (length, from) = patient(alice_end.recv_from(&mut buffer)).await.unwrap();
            assert_eq!(from, bob_at);
            if buffer[..length] == [round] {
                break;
            }
        }
    }
    server.stop().await;
}

#[tokio::test]
async fn credentials_are_of_the_peer_and_tell_their_end() {
    let server = Running::start(&HERE).await;
    let mut alice = Client::connect(server.address).await;
    let before = alice.request("ice", json!({})).await["ok"].clone();
    let joined = alice.join(ROOM).await;
    let after = alice.request("ice", json!({})).await["ok"].clone();
    assert_eq!((&before["ttl"], &joined["ice"]["ttl"]), (&json!(600), &json!(600)));
    let stun = before["servers"][0].clone();
    assert_eq!(stun, json!({"urls": [format!("stun:{}", Told::of(&before).relay)]}));
    let owner = |ice: &Value| Told::of(ice).username.split_once(':').unwrap().1.to_owned();
    assert_eq!(joined["peer"], owner(&joined["ice"]));
    assert_eq!(joined["peer"], owner(&after));
    assert_ne!(joined["peer"], owner(&before));
    let end: u64 = Told::of(&after).username.split_once(':').unwrap().0.parse().unwrap();
    assert!((now() + 540..=now() + 600).contains(&end), "{end}");
}

#[tokio::test]
async fn a_stranger_is_one_peer_however_often_it_asks() {
    let server = Running::start(&[&HERE[..], &["--turn-allocations-per-peer", "1"]].concat()).await;
    let mut alice = Client::connect(server.address).await;
    let told = Told::of(&alice.request("ice", json!({})).await["ok"]);
    let again = Told::of(&alice.request("ice", json!({})).await["ok"]);
    let _held = told.allocate().await.unwrap();
    assert!(again.refused().await.contains("486"));
}

#[tokio::test]
async fn yesterdays_and_forged_credentials_are_refused() {
    let server = Running::start(&[&HERE[..], &["--turn-secret", SECRET]].concat()).await;
    let mut alice = Client::connect(server.address).await;
    let told = Told::of(&alice.join(ROOM).await["ice"]);
    let allocated = told.with(now() + 60, "whoever", SECRET).allocate().await;
    assert!(allocated.is_ok(), "who knows the secret may make credentials");
    for wrong in [
        told.with(now() - 86_400, "whoever", SECRET),
        told.with(now() + 60, "whoever", "a secret that nobody knows"),
        Told { credential: String::new(), ..told.with(now() + 60, "whoever", SECRET) },
    ] {
        let words = wrong.refused().await;
        assert!(words.contains("401"), "{words}");
    }
}

#[tokio::test]
async fn an_address_and_the_server_have_their_shares() {
    let flags = ["--turn-allocations", "2", "--turn-allocations-per-address", "1"];
    let server = Running::start(&[&HERE[..], &flags].concat()).await;
    let mut alice = Client::connect(server.address).await;
    let told = Told::of(&alice.join(ROOM).await["ice"]);
    let _held = told.allocate().await.unwrap();
    assert!(told.refused().await.contains("486"));
}

#[tokio::test]
async fn an_external_server_gets_credentials_of_the_shared_secret() {
    let flags = ["--ice-server", "turns:turn.example:443?transport=tcp", "--turn-secret", SECRET];
    let server = Running::start(&flags).await;
    let mut alice = Client::connect(server.address).await;
    let ice = alice.join(ROOM).await["ice"].clone();
    let [only] = ice["servers"].as_array().unwrap().as_slice() else { panic!("one server: {ice}") };
    assert_eq!(only["urls"], json!(["turns:turn.example:443?transport=tcp"]));
    let (end, peer) = only["username"].as_str().unwrap().split_once(':').unwrap();
    let expected = Told { relay: String::new(), username: String::new(), credential: String::new() };
    assert_eq!(only["credential"], expected.with(end.parse().unwrap(), peer, SECRET).credential);
    assert_eq!(ice["ttl"], 600);
}

#[tokio::test]
async fn the_health_of_the_relay_is_told() {
    let server = Running::start(&HERE).await;
    let mut alice = Client::connect(server.address).await;
    let relay = Told::of(&alice.join(ROOM).await["ice"]).relay;
    assert_eq!(
        health(server.address).await,
        format!("ok\nrelay: reachable at {relay}\nrelay over TCP: off\n")
    );
    let without = Running::start(&["--turn-listen", "off"]).await;
    assert_eq!(health(without.address).await, "ok\nrelay: off\n");
}

#[tokio::test]
async fn garbage_does_the_relay_no_harm() {
    let server = Running::start(&HERE).await;
    let mut alice = Client::connect(server.address).await;
    let told = Told::of(&alice.join(ROOM).await["ice"]);
    let vandal = UdpSocket::bind("127.0.0.1:0").unwrap();
    for length in 0..1500_usize {
        let datagram: Vec<u8> = (0..length).map(|n| u8::try_from(n * 31 % 251).unwrap()).collect();
        vandal.send_to(&datagram, &told.relay).unwrap();
        let mut message = b"\x00\x03\x00\x08\x21\x12\xa4\x42............\x00\x06".to_vec();
        message.extend(u16::try_from(length).unwrap().to_be_bytes());
        message.extend([0; 4]);
        vandal.send_to(&message, &told.relay).unwrap();
    }
    told.allocate().await.unwrap();
    assert!(health(server.address).await.contains("reachable at"));
}

#[tokio::test]
async fn a_taken_default_port_is_no_reason_not_to_start() {
    // Ours, or of whatever else has it.
    let _taken = UdpSocket::bind("127.0.0.1:3478");
    let server = Process::with_defaults();
    let mut alice = Client::connect(server.address).await;
    assert_eq!(alice.join(ROOM).await["ice"], json!({"servers": []}));
    assert_eq!(health(server.address).await, "ok\nrelay: off\n");
}

/// What a server says of the ICE servers of others, in the order in which it was given them.
async fn judged(flags: &[&str], servers: &[&str]) -> Vec<String> {
    let named = servers.iter().flat_map(|&server| ["--ice-server", server]);
    let flags: Vec<&str> = ["--listen", "127.0.0.1:0"].iter().chain(flags).copied().chain(named).collect();
    let (_server, log) = Process::heard(&flags);
    let count = servers.len();
    // The relay that it asks lives on this thread.
    let read = move || {
        let lines = log.lines().map(Result::unwrap).filter(|line| line.contains("the ICE server"));
        lines.take(count).collect()
    };
    tokio::task::spawn_blocking(read).await.unwrap()
}

#[tokio::test]
async fn ice_servers_of_others_are_tried_and_what_is_wrong_is_said() {
    let server = Running::start(&[&HERE[..], &["--turn-secret", SECRET, "--turn-tcp", "on"]].concat()).await;
    let told = Told::of(&Client::connect(server.address).await.join(ROOM).await["ice"]);
    let relay = |scheme: &str| format!("{scheme}:{}", told.relay);
    let [stun, turn] = ["stun", "turn"].map(relay);
    let by_tcp = format!("turn:{}?transport=tcp", server.address);
    let said = judged(&["--turn-secret", SECRET], &[&stun, &turn, &by_tcp]).await;
    assert!(said.iter().all(|line| line.ends_with("answers")), "{said:#?}");

    let own = format!("{turn},somebody,something");
    let said = judged(
        &["--turn-secret", "a secret that nobody else knows"],
        &[&turn, &own, "stun:nowhere.invalid", "turn:127.0.0.1:1?transport=tcp"],
    )
    .await;
    for (line, why) in said.iter().zip(["and the clocks", "and the clocks", "name is not known", "no answer"])
    {
        assert!(line.contains(why), "{said:#?}");
    }
    assert_eq!(said.len(), 4);
    assert!(!said.concat().contains("something"), "a credential in the log");
}
