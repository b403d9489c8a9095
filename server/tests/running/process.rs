//! The binary: what it prints, how it ends, and what it says when it cannot start.

use std::net::{TcpListener, UdpSocket};
use std::process::{Command, Output};
use std::sync::Arc;

use serde_json::json;
use webrtc_util::Conn;

use crate::relay::Told;
use crate::support::{Client, Process, ROOM, Stream};

fn run(flags: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_visavis")).args(flags).output().unwrap()
}

/// Runs with flags that must be refused; returns what it says.
pub(crate) fn refused(flags: &[&str]) -> String {
    let output = run(flags);
    assert!(!output.status.success(), "{flags:?}");
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    String::from_utf8(output.stderr).unwrap()
}

#[test]
fn what_cannot_start_says_why_in_one_sentence() {
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = taken.local_addr().unwrap().to_string();
    let taken_udp = UdpSocket::bind("127.0.0.1:0").unwrap();
    let udp = taken_udp.local_addr().unwrap().to_string();
    let folder = env!("CARGO_MANIFEST_DIR");
    let port = "127.0.0.1:0";
    let cases = [
        (vec!["--listen", &address], "cannot listen on"),
        (vec!["--listen", port, "--dist", folder], "holds no built client"),
        (vec!["--listen", port, "--key-file", folder], "cannot be read"),
        (vec!["--listen", port, "--log", "visavis_server=loud"], "log filter"),
        (vec!["--listen", port, "--turn-listen", &udp], "STUN and TURN cannot listen on"),
        (vec!["--listen", port, "--turn-listen", "192.0.2.1:3478"], "STUN and TURN cannot listen on"),
        (vec!["--listen", port, "--turn-public-ip", "0.0.0.0"], "is not the address of a machine"),
        (vec!["--listen", port, "--turn-public-ip", "::1", "--turn-listen", "127.0.0.1:0"], "one is IPv4"),
        (
            vec!["--listen", port, "--turn-listen", "off", "--ice-server", "turn:x:1"],
            "needs a user and a credential",
        ),
    ];
    for (flags, words) in cases {
        let said = refused(&flags);
        assert!(said.starts_with("visavis: ") && said.contains(words), "{said}");
        assert_eq!(said.trim_end().lines().count(), 1, "{said}");
    }
    for flags in [
        ["--room-capacity", "none"],
        ["--ice-server", "http://x"],
        ["--turn-listen", "here"],
        ["--turn-public-ip", "call.example"],
        ["--turn-ports", "2-1"],
        ["--turn-secret", "short"],
        ["--turn-allocations", "0"],
        ["--nonsense", "1"],
    ] {
        assert!(refused(&flags).contains(flags[0]));
    }
}

#[tokio::test]
async fn sigterm_ends_it_cleanly() {
    let mut server = Process::start(&[]);
    let mut alice = Client::connect(server.address).await;
    alice.join(ROOM).await;
    server.signal("TERM");
    assert_eq!(alice.event().await.0, "closing");
    alice.until_closed().await;
    let status = tokio::task::spawn_blocking(move || server.child.wait().unwrap()).await.unwrap();
    assert!(status.success());
}

#[tokio::test]
async fn the_environment_configures_it_too() {
    let output =
        Command::new(env!("CARGO_BIN_EXE_visavis")).env("VISAVIS_ROOM_CAPACITY", "zero").output().unwrap();
    assert!(!output.status.success());
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(said.contains("--room-capacity") && said.contains("zero"), "{said}");
    let server = Process::start(&["--room-capacity", "1"]);
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    assert_eq!(alice.join(ROOM).await["limits"]["capacity"], 1);
    let answer = bob.request("join", json!({"room": ROOM, "protocol": 1})).await;
    assert_eq!(answer["error"]["code"], "room_full");
}

#[tokio::test]
async fn the_log_names_no_room_peer_address_or_payload() {
    let server = Command::new(env!("CARGO_BIN_EXE_visavis"))
        .args(["--listen", "127.0.0.3:0", "--turn-listen", "127.0.0.2:0", "--turn-tcp", "on"])
        .args(["--log", "trace", "--log-format", "json"])
        .stdout(std::process::Stdio::piped())
        .stderr(std::process::Stdio::piped())
        .spawn()
        .unwrap();
    let mut server = server;
    let mut line = String::new();
    let mut stdout = std::io::BufReader::new(server.stdout.take().unwrap());
    std::io::BufRead::read_line(&mut stdout, &mut line).unwrap();
    let address = line.trim().rsplit("http://").next().unwrap().trim_end_matches('/').parse().unwrap();
    let (mut alice, mut bob) = (Client::connect(address).await, Client::connect(address).await);
    let first = alice.join(ROOM).await;
    bob.join(ROOM).await;
    let signal = json!({"to": first["peer"], "seq": 0, "payload": "c2VjcmV0"});
    bob.request("signal", signal).await;
    bob.request("card", json!({"card": "Y2FyZA"})).await;
    bob.request("look", json!({"room": ROOM})).await;
    bob.request("leave", json!({})).await;
    bob.request("shout", json!({"room": ROOM})).await;
    let told = Told::of(&first["ice"]);
    let (_client, relayed) = told.allocate().await.unwrap();
    // To itself, to a denied address, and into an allocation that permits nobody.
    for to in [relayed.local_addr().unwrap(), "127.0.0.1:9".parse().unwrap()] {
        relayed.send_to(b"words", to).await.unwrap();
    }
    relayed.send_to(b"words", "10.0.0.1:9".parse().unwrap()).await.unwrap_err();
    let stream = Arc::new(Stream::open(address).await);
    let (_client, relayed) = told.allocate_over(stream.clone()).await.unwrap();
    relayed.send_to(b"words", relayed.local_addr().unwrap()).await.unwrap();
    stream.close().await.unwrap();
    drop((alice, bob));
    Command::new("kill").arg(server.id().to_string()).status().unwrap();
    let log = String::from_utf8(server.wait_with_output().unwrap().stderr).unwrap();
    assert!(log.contains("peer joined") && log.contains("STUN and TURN are at 127.0.0.2"), "{log}");
    assert!(log.contains("TURN is at 127.0.0.3"), "{log}");
    let peer = first["peer"].as_str().unwrap();
    let token = first["token"].as_str().unwrap();
    let host_token = first["host_token"].as_str().unwrap();
    let told = [&told.username, &told.credential].map(String::as_str);
    let secrets = [ROOM, peer, token, host_token, "c2VjcmV0", "Y2FyZA", "127.0.0.1", "10.0.0.1"];
    for secret in secrets.into_iter().chain(told) {
        assert!(!log.contains(secret), "{secret} in {log}");
    }
}
