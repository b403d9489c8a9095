//! Reads what peers tell each other out of JSON. By hand, because it is part of a page: what serde derives for it is as
//! correct (see the tests) and several times as large.

use serde_json::Value;
use visavis_protocol::{PeerId, tidy_name};

use super::{Presence, Signal};
use crate::input::{Candidate, ConnectionId, Description, DeviceKind, SdpKind};

/// A signal; `None` if it is none of this version.
pub(super) fn signal(json: &Value) -> Option<Signal> {
    let mut members = json.as_object()?.iter();
    let (name, of) = members.next().filter(|(_, of)| of.is_object())?;
    if members.next().is_some() {
        return None;
    }
    Some(match name.as_str() {
        "presence" => Signal::Presence(presence(of)?),
        "description" => Signal::Description {
            connection: connection(of)?,
            exchange: number(of.get("exchange")?)?,
            other: of.get("other").map_or(Some(0), number)?,
            description: description(of.get("description")?)?,
        },
        "candidate" => {
            Signal::Candidate { connection: connection(of)?, candidate: candidate(of.get("candidate")?)? }
        }
        "refresh" => Signal::Refresh { kind: kind(of)? },
        "goodbye" => Signal::Goodbye {},
        "mute" => Signal::Mute {},
        "removed" => Signal::Removed { peer: peer(of.get("peer")?)? },
        "host" => Signal::Host { peer: optional(of, "peer", peer)? },
        "moved" => Signal::Moved { peer: peer(of.get("peer")?)? },
        "pass" => {
            Signal::Pass { to: peer(of.get("to")?)?, seq: seq(of)?, payload: text(of.get("payload")?)? }
        }
        "passed" => {
            Signal::Passed { from: peer(of.get("from")?)?, seq: seq(of)?, payload: text(of.get("payload")?)? }
        }
        _ => return None,
    })
}

fn presence(of: &Value) -> Option<Presence> {
    Some(Presence {
        revision: number(of.get("revision")?)?,
        name: tidy_name(of.get("name")?.as_str()?),
        microphone: of.get("microphone")?.as_bool()?,
        camera: of.get("camera")?.as_bool()?,
        screen: of.get("screen").map_or(Some(false), Value::as_bool)?,
        hand: of.get("hand").map_or(Some(0), number)?,
    })
}

fn connection(of: &Value) -> Option<ConnectionId> {
    let of = of.get("connection")?;
    Some(ConnectionId { generation: number(of.get("generation")?)?, greater: of.get("greater")?.as_bool()? })
}

fn description(of: &Value) -> Option<Description> {
    let kind = match of.get("type")?.as_str()? {
        "offer" => SdpKind::Offer,
        "answer" => SdpKind::Answer,
        _ => return None,
    };
    Some(Description { kind, sdp: text(of.get("sdp")?)? })
}

fn candidate(of: &Value) -> Option<Candidate> {
    Some(Candidate {
        candidate: text(of.get("candidate")?)?,
        sdp_mid: optional(of, "sdpMid", text)?,
        sdp_m_line_index: optional(of, "sdpMLineIndex", |index| u16::try_from(index.as_u64()?).ok())?,
        username_fragment: optional(of, "usernameFragment", text)?,
    })
}

fn kind(of: &Value) -> Option<DeviceKind> {
    match of.get("kind")?.as_str()? {
        "microphone" => Some(DeviceKind::Microphone),
        "camera" => Some(DeviceKind::Camera),
        _ => None,
    }
}

fn peer(value: &Value) -> Option<PeerId> {
    PeerId::try_from(text(value)?).ok()
}

fn seq(of: &Value) -> Option<u64> {
    of.get("seq")?.as_u64()
}

fn number(value: &Value) -> Option<u32> {
    u32::try_from(value.as_u64()?).ok()
}

fn text(value: &Value) -> Option<String> {
    value.as_str().map(str::to_owned)
}

/// A member that may be missing or `null`; the outer `None` if it is something else than `read` reads.
fn optional<T>(of: &Value, name: &str, read: fn(&Value) -> Option<T>) -> Option<Option<T>> {
    match of.get(name) {
        None | Some(Value::Null) => Some(None),
        Some(value) => read(value).map(Some),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde_json::json;

    use super::*;

    fn examples() -> Vec<Value> {
        let connection = json!({"generation": 3, "greater": true});
        let (peer, seq, payload) = ("5e0rk3jx7p2hn6sa", u64::MAX, "q83v");
        vec![
            json!({"presence": {"revision": 3, "name": "Bob", "microphone": true, "camera": false, "screen": true, "hand": 2}}),
            json!({"description": {"connection": connection, "exchange": 1, "other": 0,
                "description": {"type": "offer", "sdp": "v=0"}}}),
            json!({"description": {"connection": connection, "exchange": 1, "description": {"type": "answer", "sdp": ""}}}),
            json!({"candidate": {"connection": connection, "candidate": {"candidate": "c", "sdpMid": "0",
                "sdpMLineIndex": 65_535, "usernameFragment": "u"}}}),
            json!({"refresh": {"kind": "camera"}}),
            json!({"refresh": {"kind": "microphone"}}),
            json!({"goodbye": {}}),
            json!({"mute": {}}),
            json!({"removed": {"peer": peer}}),
            json!({"host": {"peer": peer}}),
            json!({"host": {"peer": null}}),
            json!({"moved": {"peer": peer}}),
            json!({"pass": {"to": peer, "seq": seq, "payload": payload}}),
            json!({"passed": {"from": peer, "seq": seq, "payload": payload}}),
        ]
    }

    /// What serde makes of it; names are made tidy afterwards.
    fn theirs(json: &Value) -> Option<Signal> {
        let mut signal: Signal = serde_json::from_value(json.clone()).ok()?;
        if let Signal::Presence(presence) = &mut signal {
            presence.name = tidy_name(&presence.name);
        }
        Some(signal)
    }

    fn odd() -> impl Strategy<Value = Value> {
        prop_oneof![
            Just(json!(null)),
            Just(json!("camera")),
            Just(json!("")),
            Just(json!(true)),
            Just(json!(1.5)),
            Just(json!({})),
            any::<i64>().prop_map(|number| json!(number)),
            (0_u64..70_000).prop_map(|number| json!(number)),
        ]
    }

    /// All values of an example that can be changed, by their way from the root.
    fn ways(json: &Value, way: &[String], found: &mut Vec<Vec<String>>) {
        for (name, value) in json.as_object().into_iter().flatten() {
            let way = [way, std::slice::from_ref(name)].concat();
            ways(value, &way, found);
            found.push(way);
        }
    }

    fn parent<'a>(json: &'a mut Value, way: &[String]) -> &'a mut serde_json::Map<String, Value> {
        let parent = way[..way.len() - 1].iter().fold(json, |json, name| &mut json[name.as_str()]);
        parent.as_object_mut().unwrap()
    }

    proptest! {
        #[test]
        fn it_reads_what_serde_reads(at in 0_usize..14, which in any::<prop::sample::Index>(), odd in proptest::option::of(odd()), more in any::<bool>()) {
            let mut json = examples().swap_remove(at);
            prop_assert!(signal(&json).is_some());
            prop_assert_eq!(signal(&json), theirs(&json));
            let mut found = Vec::new();
            ways(&json, &[], &mut found);
            let way = &found[which.index(found.len())];
            let name = way.last().unwrap();
            let members = parent(&mut json, way);
            match odd {
                Some(odd) => members.insert(name.clone(), odd),
                None => members.remove(name),
            };
            if more {
                members.insert("of another version".into(), json!(1));
            }
            prop_assert_eq!(signal(&json), theirs(&json), "{}", json);
        }
    }

    #[test]
    fn only_objects_are_signals() {
        for json in [json!(null), json!("goodbye"), json!([]), json!({}), json!({"goodbye": {}, "mute": {}})]
        {
            assert_eq!(signal(&json), None, "{json}");
        }
    }
}
