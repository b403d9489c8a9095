//! Reads what peers tell each other out of JSON. By hand, because it is part of a page: what serde derives for it is as
//! correct (see the tests) and several times as large.

use serde_json::Value;
use visavis_protocol::{member, optional, tidy_name};

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
            exchange: member(of, "exchange")?,
            other: optional(of, "other")?,
            description: description(of.get("description")?)?,
        },
        "candidate" => {
            Signal::Candidate { connection: connection(of)?, candidate: candidate(of.get("candidate")?)? }
        }
        "refresh" => Signal::Refresh { kind: kind(of)? },
        "goodbye" => Signal::Goodbye {},
        "mute" => Signal::Mute {},
        "removed" => Signal::Removed { peer: member(of, "peer")? },
        "host" => Signal::Host { peer: optional(of, "peer")? },
        "moved" => Signal::Moved { peer: member(of, "peer")? },
        "pass" => {
            Signal::Pass { to: member(of, "to")?, seq: member(of, "seq")?, payload: member(of, "payload")? }
        }
        "passed" => Signal::Passed {
            from: member(of, "from")?,
            seq: member(of, "seq")?,
            payload: member(of, "payload")?,
        },
        _ => return None,
    })
}

fn presence(of: &Value) -> Option<Presence> {
    Some(Presence {
        revision: member(of, "revision")?,
        name: tidy_name(of.get("name")?.as_str()?),
        microphone: member(of, "microphone")?,
        camera: member(of, "camera")?,
        screen: optional(of, "screen")?,
        hand: optional(of, "hand")?,
    })
}

fn connection(of: &Value) -> Option<ConnectionId> {
    let of = of.get("connection")?;
    Some(ConnectionId { generation: member(of, "generation")?, greater: member(of, "greater")? })
}

fn description(of: &Value) -> Option<Description> {
    let kind = match of.get("type")?.as_str()? {
        "offer" => SdpKind::Offer,
        "answer" => SdpKind::Answer,
        _ => return None,
    };
    Some(Description { kind, sdp: member(of, "sdp")? })
}

fn candidate(of: &Value) -> Option<Candidate> {
    Some(Candidate {
        candidate: member(of, "candidate")?,
        sdp_mid: optional(of, "sdpMid")?,
        sdp_m_line_index: optional(of, "sdpMLineIndex")?,
        username_fragment: optional(of, "usernameFragment")?,
    })
}

fn kind(of: &Value) -> Option<DeviceKind> {
    match of.get("kind")?.as_str()? {
        "microphone" => Some(DeviceKind::Microphone),
        "camera" => Some(DeviceKind::Camera),
        _ => None,
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
