//! Lost sockets, grace periods, resumes, restarts and shutdown.

use std::net::SocketAddr;

use serde_json::json;

use crate::scene::Scene;
use crate::support::{Client, OTHER_ROOM, Poller, ROOM, Running, patient};

/// Alice and Bob in a room, and what each was told when joining.
async fn alice_and_bob(address: SocketAddr) -> ((Client, serde_json::Value), (Client, serde_json::Value)) {
    let (mut alice, mut bob) = (Client::connect(address).await, Client::connect(address).await);
    let first = alice.join(ROOM).await;
    let second = bob.join(ROOM).await;
    assert_eq!(alice.event().await.0, "peer-joined");
    ((alice, first), (bob, second))
}

#[tokio::test]
async fn a_peer_that_comes_back_in_time_is_not_talked_about() {
    let server = Running::start(&[]).await;
    let ((mut alice, first), (bob, second)) = alice_and_bob(server.address).await;
    drop(bob);
    let mut again = Client::connect(server.address).await;
    let answer = again.resume(ROOM, &second).await;
    assert_eq!(answer["ok"]["peer"], second["peer"]);
    assert_eq!(answer["ok"]["peers"], json!([first["peer"]]));
    alice.assert_silence().await;
    let signal = json!({"to": second["peer"], "seq": 1, "payload": "AA"});
    assert_eq!(alice.request("signal", signal).await, json!({"ok": "delivered"}));
    assert_eq!(again.event().await.0, "signal");
}

#[tokio::test]
async fn what_is_sent_to_a_peer_that_is_away_is_gone() {
    let server = Running::start(&[]).await;
    let ((mut alice, _), (mut bob, second)) = alice_and_bob(server.address).await;
    // A page that closes says so to the namespace; without `leave` it may come back.
    bob.send("41").await;
    let signal = json!({"to": second["peer"], "seq": 1, "payload": "AA"});
    while alice.request("signal", signal.clone()).await != json!({"ok": "gone"}) {}
    alice.assert_silence().await;
}

#[tokio::test]
async fn a_peer_that_does_not_come_back_is_lost() {
    let server = Running::start(&["--grace-period", "0"]).await;
    let ((mut alice, _), (bob, second)) = alice_and_bob(server.address).await;
    drop(bob);
    assert_eq!(alice.event().await, ("peer-left".into(), json!({"peer": second["peer"], "reason": "lost"})));
    // It may still come back later, as itself and announced.
    let mut again = Client::connect(server.address).await;
    assert_eq!(again.resume(ROOM, &second).await["ok"]["peer"], second["peer"]);
    assert_eq!(alice.event().await, ("peer-joined".into(), json!({"peer": second["peer"]})));
}

#[tokio::test]
async fn the_newer_socket_wins_and_the_older_is_disconnected() {
    let server = Running::start(&[]).await;
    let ((mut alice, _), (mut older, second)) = alice_and_bob(server.address).await;
    let mut newer = Client::connect(server.address).await;
    newer.resume(ROOM, &second).await;
    assert_eq!(older.packet().await.as_deref(), Some("1"), "the namespace is closed first");
    older.until_closed().await;
    alice.assert_silence().await;
    let signal = json!({"to": second["peer"], "seq": 1, "payload": "AA"});
    alice.request("signal", signal).await;
    assert_eq!(newer.event().await.0, "signal");
}

#[tokio::test]
async fn a_token_opens_only_its_room_for_its_peer() {
    let scene = Scene::start().await;
    let ((_alice, first), (_bob, second)) = alice_and_bob(scene.server.address).await;
    let mut mallory = Client::connect(scene.server.address).await;
    let mixed = json!({"peer": first["peer"], "token": second["token"]});
    let forged = json!({"peer": first["peer"], "token": "0".repeat(52)});
    for (room, claim) in [(OTHER_ROOM, &second), (ROOM, &mixed), (ROOM, &forged)] {
        assert_eq!(mallory.resume(room, claim).await["error"]["code"], "bad_token");
    }
    mallory.join(OTHER_ROOM).await;
    scene.end().await;
}

#[tokio::test]
async fn a_server_with_the_same_key_takes_a_peer_it_never_saw() {
    let key = std::env::temp_dir().join(format!("visavis-key-{}", std::process::id()));
    let flags = ["--key-file", key.to_str().unwrap()];
    let server = Running::start(&flags).await;
    let ((_, first), (_, second)) = alice_and_bob(server.address).await;
    server.stop().await;
    let server = Running::start(&flags).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    assert_eq!(alice.resume(ROOM, &first).await["ok"]["peers"], json!([]));
    assert_eq!(bob.resume(ROOM, &second).await["ok"]["peers"], json!([first["peer"]]));
    assert_eq!(alice.event().await, ("peer-joined".into(), json!({"peer": second["peer"]})));
    std::fs::remove_file(key).unwrap();
    let stranger = Running::start(&[]).await;
    let mut alice = Client::connect(stranger.address).await;
    assert_eq!(alice.resume(ROOM, &first).await["error"]["code"], "bad_token");
}

#[tokio::test]
async fn shutdown_is_announced_to_every_socket() {
    let server = Running::start(&[]).await;
    let ((mut alice, _), (mut bob, _)) = alice_and_bob(server.address).await;
    let mut outsider = Client::connect(server.address).await;
    let address = server.address;
    let stopped = tokio::spawn(server.stop());
    for client in [&mut alice, &mut bob, &mut outsider] {
        let (name, payload) = client.event().await;
        assert_eq!(name, "closing");
        assert!((500..2000).contains(&payload["after"].as_u64().unwrap()), "{payload}");
        client.until_closed().await;
    }
    patient(stopped).await.unwrap();
    assert!(tokio::net::TcpStream::connect(address).await.is_err());
}

#[tokio::test]
async fn shutdown_is_announced_to_who_polls_too() {
    let server = Running::start(&[]).await;
    let mut bob = Poller::connect(server.address).await;
    let mut alice = Client::connect(server.address).await;
    let waiting = tokio::spawn(async move { bob.packet().await });
    // One thread runs server and clients in turn: by the last of these answers, Bob's request has arrived.
    for _ in 0..20 {
        alice.request("ice", json!({})).await;
    }
    let stopped = tokio::spawn(server.stop());
    let packet = patient(waiting).await.unwrap();
    assert!(packet.starts_with("42[\"closing\",{\"after\":"), "{packet}");
    patient(stopped).await.unwrap();
}

#[tokio::test]
async fn a_client_that_falls_silent_is_lost() {
    let server = Running::start(&["--grace-period", "0"]).await;
    let ((mut alice, _), (mut bob, second)) = alice_and_bob(server.address).await;
    // Its connection stays open, but no ping is answered any more.
    bob.stop_reading();
    assert_eq!(alice.event().await, ("peer-left".into(), json!({"peer": second["peer"], "reason": "lost"})));
}
