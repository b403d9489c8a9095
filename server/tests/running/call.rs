//! Joining, signalling and leaving, as peers see it.

use serde_json::{Value, json};
use tokio::task::JoinSet;

use crate::support::{Client, OTHER_ROOM, Poller, ROOM, Running, patient};

fn signal(to: &Value, seq: u64) -> Value {
    json!({"to": to, "seq": seq, "payload": "AAAA"})
}

#[tokio::test]
async fn a_newcomer_learns_who_is_there_and_the_others_learn_of_it() {
    let server = Running::start(&["--ice-server", "stun:stun.example:3478"]).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    let first = alice.join(ROOM).await;
    assert_eq!(first["peers"], json!([]));
    assert_eq!(first["ice"], json!({"servers": [{"urls": ["stun:stun.example:3478"]}]}));
    assert_eq!(first["limits"], json!({"capacity": 8, "payload": 65536}));
    let second = bob.join(ROOM).await;
    assert_eq!(second["peers"], json!([first["peer"]]));
    assert_eq!(alice.event().await, ("peer-joined".into(), json!({"peer": second["peer"]})));
    bob.assert_silence().await;
}

#[tokio::test]
async fn two_thousand_signals_arrive_in_order() {
    let server = Running::start(&["--events-burst", "100000"]).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    alice.join(ROOM).await;
    let to = bob.join(ROOM).await["peer"].clone();
    let reading = tokio::spawn(async move {
        for expected in 0..2000 {
            let (name, payload) = bob.event().await;
            assert_eq!((name.as_str(), &payload["seq"]), ("signal", &json!(expected)));
        }
    });
    for batch in 0..10 {
        let mut acks = Vec::new();
        for seq in batch * 200..(batch + 1) * 200 {
            acks.push(alice.ask("signal", &signal(&to, seq)).await);
        }
        for ack in acks {
            assert_eq!(alice.answer(ack).await, json!({"ok": "delivered"}));
        }
    }
    patient(reading).await.unwrap();
}

#[tokio::test]
async fn a_signal_carries_the_sender_and_goes_to_one_peer() {
    let server = Running::start(&[]).await;
    let mut clients = Vec::new();
    let mut peers = Vec::new();
    for _ in 0..3 {
        let mut client = Client::connect(server.address).await;
        peers.push(client.join(ROOM).await["peer"].clone());
        clients.push(client);
    }
    let [alice, bob, carol] = &mut clients[..] else { panic!("three") };
    assert_eq!(bob.event().await.0, "peer-joined");
    assert_eq!(alice.request("signal", signal(&peers[1], 7)).await, json!({"ok": "delivered"}));
    let expected = json!({"from": peers[0], "seq": 7, "payload": "AAAA"});
    assert_eq!(bob.event().await, ("signal".into(), expected));
    carol.assert_silence().await;
}

#[tokio::test]
async fn leaving_is_told_at_once_and_the_socket_may_join_again() {
    let server = Running::start(&[]).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    alice.join(ROOM).await;
    let peer = bob.join(ROOM).await["peer"].clone();
    assert_eq!(bob.request("leave", json!({})).await, json!({"ok": null}));
    assert_eq!(alice.event().await.0, "peer-joined");
    assert_eq!(alice.event().await, ("peer-left".into(), json!({"peer": peer, "reason": "left"})));
    assert_eq!(alice.request("signal", signal(&peer, 0)).await["error"]["code"], "peer_gone");
    assert_eq!(bob.request("leave", json!({})).await["error"]["code"], "not_joined");
    assert_eq!(bob.join(OTHER_ROOM).await["peers"], json!([]));
}

#[tokio::test]
async fn of_many_who_join_at_once_exactly_the_capacity_gets_in() {
    let server = Running::start(&["--room-capacity", "5"]).await;
    let mut joins = JoinSet::new();
    for _ in 0..40 {
        let mut client = Client::connect(server.address).await;
        joins.spawn(async move {
            let answer = client.request("join", json!({"room": ROOM, "protocol": 1})).await;
            (client, answer)
        });
    }
    let (mut members, mut refused) = (Vec::new(), 0);
    while let Some(outcome) = joins.join_next().await {
        let (client, answer) = outcome.unwrap();
        if answer["ok"].is_object() {
            members.push((client, answer["ok"].clone()));
        } else {
            assert_eq!(answer["error"]["code"], "room_full");
            refused += 1;
        }
    }
    assert_eq!((members.len(), refused), (5, 35));
    // Each one knows the four others, by the list or by an event, and nobody else.
    let mut everybody: Vec<_> = members.iter().map(|(_, joined)| joined["peer"].clone()).collect();
    everybody.sort_by_key(ToString::to_string);
    for (client, joined) in &mut members {
        let mut known = joined["peers"].as_array().unwrap().clone();
        known.push(joined["peer"].clone());
        while known.len() < 5 {
            let (name, payload) = client.event().await;
            assert_eq!(name, "peer-joined");
            known.push(payload["peer"].clone());
        }
        client.assert_silence().await;
        known.sort_by_key(ToString::to_string);
        assert_eq!(known, everybody);
    }
}

#[tokio::test]
async fn a_second_join_on_a_joined_socket_is_refused() {
    let server = Running::start(&[]).await;
    let mut alice = Client::connect(server.address).await;
    let joined = alice.join(ROOM).await;
    for room in [ROOM, OTHER_ROOM] {
        let answer = alice.request("join", json!({"room": room, "protocol": 1})).await;
        assert_eq!(answer["error"]["code"], "already_joined");
    }
    assert_eq!(alice.resume(ROOM, &joined).await["ok"]["peer"], joined["peer"]);
}

#[tokio::test]
async fn another_version_of_the_protocol_is_refused() {
    let server = Running::start(&[]).await;
    let mut alice = Client::connect(server.address).await;
    for join in [json!({"room": ROOM, "protocol": 2}), json!({"protocol": 2, "place": {"new": true}})] {
        let answer = alice.request("join", join).await;
        assert_eq!(answer["error"]["code"], "protocol_mismatch");
    }
    alice.join(ROOM).await;
}

#[tokio::test]
async fn a_client_that_only_polls_takes_part() {
    let server = Running::start(&[]).await;
    let mut alice = Client::connect(server.address).await;
    let first = alice.join(ROOM).await;
    let mut bob = Poller::connect(server.address).await;
    bob.post(&format!("420[\"join\",{{\"room\":\"{ROOM}\",\"protocol\":1}}]")).await;
    let joined = bob.packet().await;
    let joined: Value = serde_json::from_str(joined.strip_prefix("430").unwrap()).unwrap();
    assert_eq!(joined[0]["ok"]["peers"], json!([first["peer"]]));
    let (_, news) = alice.event().await;
    assert_eq!(news["peer"], joined[0]["ok"]["peer"]);
    // Two packets in one request, and one back.
    let to = first["peer"].as_str().unwrap();
    let packet = |seq| format!("42[\"signal\",{{\"to\":\"{to}\",\"seq\":{seq},\"payload\":\"AA\"}}]");
    bob.post(&format!("{}\u{1e}{}", packet(0), packet(1))).await;
    for seq in 0..2 {
        assert_eq!(alice.event().await.1["seq"], seq);
    }
    assert_eq!(alice.request("signal", signal(&news["peer"], 5)).await, json!({"ok": "delivered"}));
    let packet = bob.packet().await;
    assert!(packet.starts_with("42[\"signal\",{"), "{packet}");
}

#[tokio::test]
async fn the_handshake_gives_the_figures_of_the_heartbeat() {
    let server = Running::start(&[]).await;
    let url = format!("http://{}/socket.io/?EIO=4&transport=polling", server.address);
    let open = reqwest::get(url).await.unwrap().text().await.unwrap();
    let open: Value = serde_json::from_str(open.strip_prefix('0').unwrap()).unwrap();
    assert_eq!((&open["pingInterval"], &open["pingTimeout"]), (&json!(5000), &json!(5000)));
    assert_eq!((&open["maxPayload"], &open["upgrades"]), (&json!(98304), &json!(["websocket"])));
}

#[tokio::test]
async fn a_polling_session_becomes_a_web_socket_and_keeps_its_seat() {
    let server = Running::start(&[]).await;
    let mut bob = Poller::connect(server.address).await;
    bob.post(&format!("420[\"join\",{{\"room\":\"{ROOM}\",\"protocol\":1}}]")).await;
    bob.packet().await;
    let mut upgraded = Client::upgrade(&bob.web_socket_url()).await;
    let mut alice = Client::connect(server.address).await;
    let joined = alice.join(ROOM).await;
    assert_eq!(upgraded.event().await, ("peer-joined".into(), json!({"peer": joined["peer"]})));
}

#[tokio::test]
async fn a_socket_id_never_reaches_another_peer() {
    let server = Running::start(&[]).await;
    let mut bob = Client::open(server.address).await;
    bob.send("40").await;
    let own: Value = serde_json::from_str(&bob.packet().await.unwrap()[1..]).unwrap();
    let sid = own["sid"].as_str().unwrap();
    let joined = bob.join(ROOM).await;
    assert!(!joined.to_string().contains(sid));
    let mut alice = Client::connect(server.address).await;
    let seen = alice.join(ROOM).await;
    bob.request("signal", signal(&seen["peer"], 0)).await;
    let (_, event) = alice.event().await;
    assert!(!seen.to_string().contains(sid) && !event.to_string().contains(sid));
}
