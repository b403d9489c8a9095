//! Who is in a room, as those see it who look in before they come.

use serde_json::json;

use crate::scene::Scene;
use crate::support::{Client, OTHER_ROOM, ROOM, Running};

#[tokio::test]
async fn who_looks_in_takes_no_seat_and_is_not_seen() {
    let server = Running::start(&["--room-capacity", "2"]).await;
    let (mut alice, mut bob) = (Client::connect(server.address).await, Client::connect(server.address).await);
    let empty = json!({"ok": {"people": [], "locked": false, "capacity": 2}});
    assert_eq!(bob.request("look", json!({"room": ROOM})).await, empty);
    let first = alice.join(ROOM).await["peer"].clone();
    assert_eq!(bob.request("look", json!({"room": ROOM})).await["ok"]["people"], json!([{"peer": first}]));
    assert_eq!(alice.request("card", json!({"card": "c2VhbGVk"})).await, json!({"ok": null}));
    alice.request("lock", json!({"locked": true})).await;
    assert_eq!(alice.event().await.0, "locked");
    let shown = json!({"people": [{"peer": first, "card": "c2VhbGVk"}], "locked": true, "capacity": 2});
    assert_eq!(bob.request("look", json!({"room": ROOM})).await, json!({"ok": shown}));
    assert_eq!(bob.request("look", json!({"room": OTHER_ROOM})).await, empty);
    alice.assert_silence().await;
}

#[tokio::test]
async fn a_card_has_a_bound_and_needs_a_seat() {
    let scene = Scene::start().await;
    let mut mallory = Client::connect(scene.server.address).await;
    let card = |length| json!({"card": "A".repeat(length)});
    assert_eq!(mallory.request("card", card(8)).await["error"]["code"], "not_joined");
    mallory.join(ROOM).await;
    assert_eq!(mallory.request("card", card(512)).await, json!({"ok": null}));
    assert_eq!(mallory.request("card", card(513)).await["error"]["code"], "too_large");
    for (name, payload) in [
        ("card", json!({})),
        ("card", json!({"card": 7})),
        ("look", json!({})),
        ("look", json!({"room": "short"})),
    ] {
        assert_eq!(mallory.request(name, payload).await["error"]["code"], "bad_request", "{name}");
    }
    let looked = mallory.request("look", json!({"room": ROOM})).await;
    assert_eq!(looked["ok"]["people"][0]["card"], "A".repeat(512), "the last that was good");
    scene.end().await;
}
