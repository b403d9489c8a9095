//! What a hostile client may send, the refusal it gets, and that a call beside it notices nothing.

use reqwest::header;
use serde_json::json;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::scene::Scene;
use crate::support::{Client, OTHER_ROOM, Poller, ROOM};

/// What follows from a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fate {
    /// It is dropped, and the session goes on.
    Answers,
    /// The session ends.
    Closes,
}

use Fate::{Answers, Closes};

/// Frames that no client sends.
const MALFORMED: [(&str, Fate); 40] = [
    ("", Closes),
    ("0", Closes),
    ("00", Closes),
    ("1x", Closes),
    ("4", Closes),
    ("44", Closes),
    ("47", Closes),
    ("48{}", Closes),
    ("49", Closes),
    ("7", Closes),
    ("9", Closes),
    ("x", Closes),
    ("\u{0}", Closes),
    ("é", Closes),
    ("4é", Closes),
    ("42", Closes),
    ("42[", Closes),
    ("42{}", Closes),
    ("42[]", Closes),
    ("42[1]", Closes),
    ("42[null]", Closes),
    ("42abc", Closes),
    ("420", Closes),
    ("420[", Closes),
    ("42[\"join\"", Closes),
    ("42[\"join\",{\"room\":\"", Closes),
    ("45", Closes),
    ("451-", Closes),
    ("451-[\"x\"]", Closes),
    ("459999999999999999999-[\"x\"]", Closes),
    ("46", Closes),
    ("43", Closes),
    ("43[]", Closes),
    ("4399999999999999999999[]", Closes),
    // Of no use, but well formed.
    ("2", Answers),
    ("3", Answers),
    ("40", Answers),
    ("437[]", Answers),
    ("41/elsewhere,", Answers),
    ("42/elsewhere,7[\"join\",{}]", Answers),
];

#[tokio::test]
async fn malformed_packets_end_their_own_connection_at_most() {
    let scene = Scene::start().await;
    for (frame, expected) in MALFORMED {
        let mut mallory = Client::connect(scene.server.address).await;
        mallory.send(frame).await;
        mallory.try_send([Message::text("4299[\"ice\",{}]")]).await;
        let fate = if let Some(packet) = mallory.packet().await {
            assert_eq!(packet, "399[{\"ok\":{\"servers\":[]}}]", "{frame:?}");
            Answers
        } else {
            mallory.until_closed().await;
            Closes
        };
        assert_eq!(fate, expected, "{frame:?}");
    }
    let mut mallory = Client::connect(scene.server.address).await;
    mallory.send("40/elsewhere,").await;
    assert_eq!(mallory.packet().await.as_deref(), Some("4/elsewhere,{\"message\":\"Invalid namespace\"}"));
    mallory.assert_silence().await;
    mallory.try_send([Message::binary(vec![0xff; 100])]).await;
    mallory.until_closed().await;
    scene.end().await;
}

#[tokio::test]
async fn malformed_packets_are_refused_when_polling_too() {
    let scene = Scene::start().await;
    let bodies = [
        ("\u{1e}\u{1e}\u{1e}", 400, Closes),
        ("x", 400, Closes),
        ("b!!!", 400, Closes),
        // The request is done before the packet is looked at.
        ("bAAAA", 200, Closes),
        ("4\u{1e}4\u{1e}", 200, Closes),
        ("40\u{1e}42[", 200, Closes),
        ("\u{0}", 400, Closes),
        // Before the namespace is connected.
        ("41", 200, Closes),
        ("437[]", 200, Closes),
        ("3\u{1e}3", 200, Answers),
        ("40\u{1e}40", 200, Answers),
    ];
    for (body, status, expected) in bodies {
        let mallory = Poller::open(scene.server.address).await;
        let answered = mallory.try_post(body).await;
        // A pong is welcome as long as there is a session.
        let fate = if mallory.try_post("3").await == 200 { Answers } else { Closes };
        assert_eq!((answered, fate), (status, expected), "{body:?}");
    }
    let http = reqwest::Client::new();
    let base = format!("http://{}/socket.io/", scene.server.address);
    for query in [
        "",
        "?EIO=4",
        "?EIO=3&transport=polling",
        "?EIO=4&transport=pigeon",
        "?EIO=4&transport=polling&sid=",
        "?EIO=4&transport=polling&sid=AAAAAAAAAAAAAAAA",
    ] {
        assert_eq!(http.get(format!("{base}{query}")).send().await.unwrap().status(), 400, "{query}");
    }
    scene.end().await;
}

#[tokio::test]
async fn wrong_types_are_refused_in_the_answer() {
    let scene = Scene::start().await;
    let mut mallory = Client::connect(scene.server.address).await;
    let peer = "0".repeat(16);
    let refusals = [
        ("join", json!(null), "bad_request"),
        ("join", json!([]), "bad_request"),
        ("join", json!("room"), "bad_request"),
        ("join", json!({"room": 7, "protocol": 1}), "bad_request"),
        ("join", json!({"room": "short", "protocol": 1}), "bad_request"),
        ("join", json!({"room": ROOM.to_uppercase(), "protocol": 1}), "bad_request"),
        ("join", json!({"room": ROOM, "protocol": -1}), "bad_request"),
        ("join", json!({"room": ROOM, "protocol": 1.5}), "bad_request"),
        ("join", json!({"room": ROOM, "protocol": 1, "resume": true}), "bad_request"),
        ("join", json!({"room": ROOM, "protocol": 1, "resume": {"peer": peer, "token": "x"}}), "bad_request"),
        ("signal", json!({}), "bad_request"),
        ("signal", json!({"to": peer, "seq": "0", "payload": "A"}), "bad_request"),
        ("signal", json!({"to": peer, "seq": 0, "payload": ["A"]}), "bad_request"),
        ("signal", json!({"to": [peer], "seq": 0, "payload": "A"}), "bad_request"),
        ("signal", json!({"to": peer, "seq": 0, "payload": "A"}), "not_joined"),
        ("leave", json!({}), "not_joined"),
        ("shout", json!({}), "unknown_event"),
        ("__proto__", json!({}), "unknown_event"),
        ("", json!({}), "unknown_event"),
    ];
    for (name, payload, code) in refusals {
        let answer = mallory.request(name, payload.clone()).await;
        assert_eq!(answer["error"]["code"], code, "{name} {payload}");
        assert!(answer["error"]["message"].as_str().unwrap().len() <= 400, "{answer}");
    }
    // Without an acknowledgement nothing comes back, and nothing breaks.
    for packet in ["42[\"join\"]", "42[\"signal\",{}]", "42[\"shout\",1,2,3]", "42[\"leave\"]"] {
        mallory.send(packet).await;
    }
    mallory.assert_silence().await;
    scene.end().await;
}

#[tokio::test]
async fn deep_nesting_is_refused_without_following_it() {
    let scene = Scene::start().await;
    let mut mallory = Client::connect(scene.server.address).await;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let deep = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
        for (name, code) in [("join", "bad_request"), ("signal", "bad_request"), ("shout", "unknown_event")] {
            mallory.send(&format!("427[\"{name}\",{deep}]")).await;
            assert_eq!(mallory.answer(7).await["error"]["code"], code);
        }
    }
    mallory.send(&format!("42{}", "[".repeat(90_000))).await;
    mallory.until_closed().await;
    scene.end().await;
}

#[tokio::test]
async fn signals_stay_in_their_room() {
    let scene = Scene::start().await;
    let (mut mallory, mut victim) =
        (Client::connect(scene.server.address).await, Client::connect(scene.server.address).await);
    let target = victim.join(OTHER_ROOM).await["peer"].clone();
    mallory.join("cccccccccccccccccccccccccc").await;
    for to in [target, json!("0".repeat(16))] {
        let answer = mallory.request("signal", json!({"to": to, "seq": 0, "payload": "AA"})).await;
        assert_eq!(answer["error"]["code"], "peer_gone");
    }
    victim.assert_silence().await;
    victim.request("leave", json!({})).await;
    scene.end().await;
}

#[tokio::test]
async fn ten_thousand_events_at_once_cost_the_sender_its_socket() {
    let scene = Scene::start().await;
    let mut mallory = Client::connect(scene.server.address).await;
    mallory.join("cccccccccccccccccccccccccc").await;
    let frames = (1..=10_000).map(|n| Message::text(format!("42{n}[\"signal\",{{}}]")));
    mallory.try_send(frames).await;
    mallory.until_closed().await;
    scene.end().await;
}

#[tokio::test]
async fn a_crowd_of_silent_sessions_is_bounded() {
    // As many as the crowd and the call are: no one else comes in until shares are given back.
    let scene = Scene::with(&["--sockets-per-address", "302"]).await;
    let mut crowd = Vec::new();
    for _ in 0..300 {
        crowd.push(Client::open(scene.server.address).await);
    }
    // Sessions that never connect are closed; their share is given back.
    for mut client in crowd {
        client.until_closed().await;
    }
    scene.end().await;
}

#[tokio::test]
async fn a_foreign_page_does_not_reach_the_socket() {
    let scene = Scene::with(&["--allowed-origin", "https://friend.example"]).await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", scene.server.address);
    for origin in ["https://evil.example", "null", "file://", "http://127.0.0.1"] {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        let Err(Error::Http(refused)) = tokio_tungstenite::connect_async(request).await else {
            panic!("{origin} was let in")
        };
        assert_eq!(refused.status(), 403, "{origin}");
        let polling = url.replace("ws:", "http:").replace("websocket", "polling");
        let answer = reqwest::Client::new().get(polling).header(header::ORIGIN, origin).send().await.unwrap();
        assert_eq!(answer.status(), 403, "{origin}");
        assert!(answer.text().await.unwrap().contains("foreign_origin"));
    }
    let own = format!("http://{}", scene.server.address);
    for origin in [own.as_str(), "https://friend.example"] {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        assert!(tokio_tungstenite::connect_async(request).await.is_ok(), "{origin}");
        let polling = url.replace("ws:", "http:").replace("websocket", "polling");
        let answer = reqwest::Client::new().get(polling).header(header::ORIGIN, origin).send().await.unwrap();
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
    }
    scene.end().await;
}
