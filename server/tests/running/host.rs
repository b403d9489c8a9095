//! The host of a room: who it is, the lock, and who is removed; and what others try instead.

use std::net::SocketAddr;

use serde_json::{Value, json};

use crate::scene::Scene;
use crate::support::{Client, OTHER_ROOM, ROOM, Running};

/// Somebody on a new socket, and what joining the room with these fields besides told them.
async fn joins(address: SocketAddr, room: &str, fields: Value) -> (Client, Value) {
    let mut client = Client::connect(address).await;
    let mut join = json!({"room": room, "protocol": 1});
    join.as_object_mut().unwrap().extend(fields.as_object().unwrap().clone());
    let answer = client.request("join", join).await;
    (client, answer)
}

/// Alice, who made the room, and Bob, who came after her.
async fn alice_and_bob(address: SocketAddr) -> ((Client, Value), (Client, Value)) {
    let (mut alice, mut bob) = (Client::connect(address).await, Client::connect(address).await);
    let first = alice.join(ROOM).await;
    let second = bob.join(ROOM).await;
    assert_eq!(alice.event().await.0, "peer-joined");
    ((alice, first), (bob, second))
}

fn code(answer: &Value) -> &str {
    answer["error"]["code"].as_str().unwrap_or("none")
}

#[tokio::test]
async fn who_makes_the_room_is_its_host_and_alone_gets_a_token_for_it() {
    let server = Running::start(&[]).await;
    let ((mut alice, first), (mut bob, second)) = alice_and_bob(server.address).await;
    assert_eq!((&first["host"], &first["locked"]), (&first["peer"], &json!(false)));
    assert_eq!(first["host_token"].as_str().unwrap().len(), 62);
    assert_eq!((&second["host"], &second["host_token"]), (&first["peer"], &Value::Null));
    alice.assert_silence().await;
    alice.request("leave", json!({})).await;
    assert_eq!(bob.event().await.0, "peer-left");
    assert_eq!(bob.event().await, ("host".into(), json!({"peer": null})));
    // In another tab, as somebody new.
    let (_alice, again) = joins(server.address, ROOM, json!({"host_token": first["host_token"]})).await;
    assert_eq!(again["ok"]["host"], again["ok"]["peer"]);
    assert_eq!(bob.event().await.0, "peer-joined");
    assert_eq!(bob.event().await, ("host".into(), json!({"peer": again["ok"]["peer"]})));
}

#[tokio::test]
async fn a_host_token_counts_for_its_room_and_key_alone() {
    let scene = Scene::start().await;
    let address = scene.server.address;
    let ((_alice, first), _bob) = alice_and_bob(address).await;
    let (_carol, other) = joins(address, OTHER_ROOM, json!({})).await;
    let stranger = Running::start(&[]).await;
    let (_dave, elsewhere) = joins(stranger.address, ROOM, json!({})).await;
    let forged = "0000000001".to_owned() + &"0".repeat(52);
    for token in [&other["ok"]["host_token"], &elsewhere["ok"]["host_token"], &json!(forged)] {
        assert!(token.is_string(), "{token}");
        let (mut mallory, joined) = joins(address, ROOM, json!({"host_token": token})).await;
        assert_eq!((&joined["ok"]["host"], &joined["ok"]["host_token"]), (&first["peer"], &Value::Null));
        assert_eq!(code(&mallory.request("lock", json!({"locked": true})).await), "not_host");
    }
    let (_, malformed) = joins(address, ROOM, json!({"host_token": "short"})).await;
    assert_eq!(code(&malformed), "bad_request");
    scene.end().await;
}

#[tokio::test]
async fn a_server_with_the_same_key_knows_the_host_again() {
    let key = std::env::temp_dir().join(format!("visavis-host-key-{}", std::process::id()));
    let flags = ["--key-file", key.to_str().unwrap()];
    let server = Running::start(&flags).await;
    let ((_, first), (_, second)) = alice_and_bob(server.address).await;
    server.stop().await;
    let server = Running::start(&flags).await;
    let resume = |joined: &Value| json!({"peer": joined["peer"], "token": joined["token"]});
    let (mut bob, answer) = joins(server.address, ROOM, json!({"resume": resume(&second)})).await;
    assert_eq!((&answer["ok"]["host"], &answer["ok"]["host_token"]), (&Value::Null, &Value::Null));
    assert_eq!(code(&bob.request("lock", json!({"locked": true})).await), "not_host");
    let claim = json!({"resume": resume(&first), "host_token": first["host_token"]});
    let (_alice, answer) = joins(server.address, ROOM, claim).await;
    assert_eq!(answer["ok"]["host"], first["peer"]);
    std::fs::remove_file(key).unwrap();
    // With another key nobody is the host who says that they were here before.
    let stranger = Running::start(&[]).await;
    let claim = json!({"returns": true, "host_token": first["host_token"]});
    let (_alice, answer) = joins(stranger.address, ROOM, claim).await;
    assert_eq!((&answer["ok"]["host"], &answer["ok"]["host_token"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_locked_room_refuses_who_is_new_and_takes_who_was_there() {
    let scene = Scene::start().await;
    let address = scene.server.address;
    let ((mut alice, first), (mut bob, second)) = alice_and_bob(address).await;
    assert_eq!(code(&bob.request("lock", json!({"locked": true})).await), "not_host");
    alice.assert_silence().await;
    assert_eq!(alice.request("lock", json!({"locked": true})).await, json!({"ok": null}));
    for client in [&mut alice, &mut bob] {
        assert_eq!(client.event().await, ("locked".into(), json!({"locked": true})));
    }
    let (mut mallory, refused) = joins(address, ROOM, json!({})).await;
    assert_eq!(code(&refused), "room_locked");
    assert_eq!(code(&mallory.request("lock", json!({"locked": false})).await), "not_joined");
    let (_, refused) = joins(address, ROOM, json!({"returns": true})).await;
    assert_eq!(code(&refused), "room_locked");
    bob.request("leave", json!({})).await;
    let mut again = Client::connect(address).await;
    let answer = again.resume(ROOM, &second).await;
    assert_eq!((&answer["ok"]["locked"], &answer["ok"]["host"]), (&json!(true), &first["peer"]));
    assert_eq!(alice.request("lock", json!({"locked": false})).await, json!({"ok": null}));
    assert_eq!(again.event().await, ("locked".into(), json!({"locked": false})));
    assert!(mallory.join(ROOM).await["peer"].is_string());
    scene.end().await;
}

#[tokio::test]
async fn who_is_removed_hears_it_and_does_not_come_back_as_who_they_were() {
    let scene = Scene::start().await;
    let address = scene.server.address;
    let ((mut alice, first), (mut bob, second)) = alice_and_bob(address).await;
    let (mut mallory, third) = joins(address, ROOM, json!({})).await;
    let third = &third["ok"];
    assert_eq!(bob.event().await.0, "peer-joined");
    for target in [&first["peer"], &second["peer"], &third["peer"], &json!("0".repeat(16))] {
        let refused = mallory.request("remove", json!({"peer": target})).await;
        assert_eq!(code(&refused), "not_host");
    }
    let refused = alice.request("remove", json!({"peer": first["peer"]})).await;
    assert_eq!(code(&refused), "peer_gone", "oneself");
    assert_eq!(alice.request("remove", json!({"peer": third["peer"]})).await, json!({"ok": null}));
    assert_eq!(mallory.event().await, ("removed".into(), json!({})));
    let news = json!({"peer": third["peer"], "reason": "removed"});
    assert_eq!(bob.event().await, ("peer-left".into(), news));
    let signal = json!({"to": second["peer"], "seq": 1, "payload": "AA"});
    assert_eq!(code(&mallory.request("signal", signal).await), "not_joined");
    assert_eq!(code(&mallory.resume(ROOM, third).await), "removed");
    let mut elsewhere = Client::connect(address).await;
    assert_eq!(code(&elsewhere.resume(ROOM, third).await), "removed", "on another socket");
    bob.assert_silence().await;
    // The room is not locked: as somebody new they may come in.
    assert_ne!(mallory.join(ROOM).await["peer"], third["peer"]);
    scene.end().await;
}

#[tokio::test]
async fn what_makes_no_sense_is_refused() {
    let scene = Scene::start().await;
    let (mut alice, _) = joins(scene.server.address, ROOM, json!({})).await;
    for (name, payload) in [
        ("lock", json!(null)),
        ("lock", json!({})),
        ("lock", json!({"locked": "yes"})),
        ("remove", json!({})),
        ("remove", json!({"peer": "short"})),
        ("remove", json!({"peer": null})),
    ] {
        let refused = alice.request(name, payload.clone()).await;
        assert_eq!(code(&refused), "bad_request", "{name} {payload}");
    }
    scene.end().await;
}
