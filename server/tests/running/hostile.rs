//! What a hostile client may send, the refusal it gets, and that a call beside it notices nothing.

use reqwest::header;
use serde_json::{Value, json};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::{Error, Message};

use crate::support::{Client, OTHER_ROOM, Process, ROOM, Running, patient};

/// A server in its own process, with a call going on in it.
struct Scene {
    server: Process,
    stop: oneshot::Sender<()>,
    call: JoinHandle<u64>,
    resident_before: u64,
}

impl Scene {
    async fn start() -> Self {
        let server = Process::start(&["--sockets-per-address", "1000"]);
        let (mut alice, mut bob) =
            (Client::connect(server.address).await, Client::connect(server.address).await);
        alice.join(ROOM).await;
        let to = bob.join(ROOM).await["peer"].clone();
        assert_eq!(alice.event().await.0, "peer-joined");
        let (stop, mut stopped) = oneshot::channel();
        let call = tokio::spawn(async move {
            let mut seq = 0;
            while stopped.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
                let signal = json!({"to": to, "seq": seq, "payload": "A".repeat(1500)});
                assert_eq!(alice.request("signal", signal).await, json!({"ok": "delivered"}));
                assert_eq!(bob.event().await.1["seq"], seq);
                seq += 1;
                // As fast as a peer may speak.
                tokio::time::sleep(std::time::Duration::from_millis(20)).await;
            }
            alice.assert_silence().await;
            bob.assert_silence().await;
            seq
        });
        let resident_before = server.resident_bytes();
        Self { server, stop, call, resident_before }
    }

    /// The call went on in order, the memory is bounded, and newcomers are welcome.
    async fn end(self) {
        let mut carol = Client::connect(self.server.address).await;
        assert_eq!(carol.join(OTHER_ROOM).await["peers"], json!([]));
        self.stop.send(()).unwrap();
        assert!(patient(self.call).await.unwrap() > 0);
        let (before, after) = (self.resident_before, self.server.resident_bytes());
        assert!(after < before + (32 << 20), "{before} bytes before, {after} after");
    }
}

/// Frames that no client sends.
const MALFORMED: [&str; 34] = [
    "",
    "0",
    "00",
    "1x",
    "4",
    "44",
    "47",
    "48{}",
    "49",
    "7",
    "9",
    "x",
    "\u{0}",
    "é",
    "4é",
    "42",
    "42[",
    "42{}",
    "42[]",
    "42[1]",
    "42[null]",
    "42abc",
    "420",
    "420[",
    "42[\"join\"",
    "42[\"join\",{\"room\":\"",
    "45",
    "451-",
    "451-[\"x\"]",
    "459999999999999999999-[\"x\"]",
    "46",
    "43",
    "43[]",
    "4399999999999999999999[]",
];

#[tokio::test]
async fn malformed_packets_end_their_own_connection_at_most() {
    let scene = Scene::start().await;
    for frame in MALFORMED {
        let mut mallory = Client::connect(scene.server.address).await;
        mallory.send(frame).await;
        // Whatever the frame did, the session either answers or is over.
        mallory.try_send([Message::text("4299[\"ice\",{}]")]).await;
        match mallory.packet().await {
            Some(packet) => assert_eq!(packet, "399[{\"ok\":[]}]", "{frame:?}"),
            None => mallory.until_closed().await,
        }
    }
    let mut mallory = Client::connect(scene.server.address).await;
    mallory.try_send([Message::binary(vec![0xff; 100])]).await;
    mallory.until_closed().await;
    scene.end().await;
}

#[tokio::test]
async fn malformed_packets_are_refused_when_polling_too() {
    let scene = Scene::start().await;
    let http = reqwest::Client::new();
    let base = format!("http://{}/socket.io/?EIO=4&transport=polling", scene.server.address);
    for body in ["\u{1e}\u{1e}\u{1e}", "x", "b!!!", "bAAAA", "4\u{1e}4\u{1e}", "40\u{1e}42[", "\u{0}"] {
        let open = http.get(&base).send().await.unwrap().text().await.unwrap();
        let open: Value = serde_json::from_str(&open[1..]).unwrap();
        let url = format!("{base}&sid={}", open["sid"].as_str().unwrap());
        let status = http.post(&url).body(body.to_owned()).send().await.unwrap().status();
        assert!(status == 200 || status == 400, "{body:?}: {status}");
    }
    for query in
        ["", "?EIO=4", "?EIO=3&transport=polling", "?EIO=4&transport=pigeon", "?EIO=4&transport=polling&sid="]
    {
        let url = format!("http://{}/socket.io/{query}", scene.server.address);
        assert_eq!(http.get(&url).send().await.unwrap().status(), 400, "{query}");
    }
    let stolen = format!("{base}&sid=AAAAAAAAAAAAAAAA");
    assert_eq!(http.get(&stolen).send().await.unwrap().status(), 400);
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
    let scene = Scene::start().await;
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
    let server = Running::start(&["--allowed-origin", "https://friend.example"]).await;
    let url = format!("ws://{}/socket.io/?EIO=4&transport=websocket", server.address);
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
    let own = format!("http://{}", server.address);
    for origin in [own.as_str(), "https://friend.example"] {
        let mut request = url.as_str().into_client_request().unwrap();
        request.headers_mut().insert("origin", origin.parse().unwrap());
        assert!(tokio_tungstenite::connect_async(request).await.is_ok(), "{origin}");
        let polling = url.replace("ws:", "http:").replace("websocket", "polling");
        let answer = reqwest::Client::new().get(polling).header(header::ORIGIN, origin).send().await.unwrap();
        assert_eq!(answer.headers()[header::ACCESS_CONTROL_ALLOW_ORIGIN], origin);
    }
}
