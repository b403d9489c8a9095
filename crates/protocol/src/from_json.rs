//! Reads what the server says out of JSON. By hand, because it is part of a page: what serde derives for it is as correct
//! (see the tests) and several times as large.

use serde_json::Value;

use crate::{
    Delivery, ErrorCode, HostToken, Ice, IceServer, Inside, Joined, LeftReason, Limits, PeerId, Refusal,
    Reply, RoomId, Seated, SignalIn, Token,
};

/// What can be read out of JSON.
pub trait FromJson: Sized {
    /// `None` if it is not of the form that this type has. Members that it does not know are ignored.
    fn from_json(json: &Value) -> Option<Self>;
}

/// A member of an object.
pub fn member<T: FromJson>(of: &Value, name: &str) -> Option<T> {
    T::from_json(of.get(name)?)
}

/// A member that may be missing: it has its usual value then.
pub fn optional<T: FromJson + Default>(of: &Value, name: &str) -> Option<T> {
    of.get(name).map_or_else(|| Some(T::default()), T::from_json)
}

/// `null` is none.
impl<T: FromJson> FromJson for Option<T> {
    fn from_json(json: &Value) -> Option<Self> {
        if json.is_null() { Some(None) } else { T::from_json(json).map(Some) }
    }
}

impl FromJson for bool {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_bool()
    }
}

impl FromJson for u64 {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_u64()
    }
}

impl FromJson for u32 {
    fn from_json(json: &Value) -> Option<Self> {
        Self::try_from(json.as_u64()?).ok()
    }
}

impl FromJson for u16 {
    fn from_json(json: &Value) -> Option<Self> {
        Self::try_from(json.as_u64()?).ok()
    }
}

impl FromJson for String {
    fn from_json(json: &Value) -> Option<Self> {
        json.as_str().map(str::to_owned)
    }
}

macro_rules! ids {
    ($($Id:ty),*) => {$(
        impl FromJson for $Id {
            fn from_json(json: &Value) -> Option<Self> {
                Self::try_from(String::from_json(json)?).ok()
            }
        }
    )*};
}

ids!(PeerId, RoomId, Token, HostToken);

impl<T: FromJson> FromJson for Vec<T> {
    fn from_json(json: &Value) -> Option<Self> {
        let mut all = Vec::new();
        for one in json.as_array()? {
            all.push(T::from_json(one)?);
        }
        Some(all)
    }
}

impl<T: FromJson> FromJson for Reply<T> {
    fn from_json(json: &Value) -> Option<Self> {
        if json.as_object()?.len() != 1 {
            return None;
        }
        match json.get("error") {
            Some(refusal) => Refusal::from_json(refusal).map(Self::Error),
            None => member(json, "ok").map(Self::Ok),
        }
    }
}

impl FromJson for Refusal {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self { code: member(json, "code")?, message: member(json, "message")? })
    }
}

impl FromJson for ErrorCode {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.as_str()? {
            "bad_request" => Self::BadRequest,
            "unknown_event" => Self::UnknownEvent,
            "protocol_mismatch" => Self::ProtocolMismatch,
            "room_full" => Self::RoomFull,
            "room_locked" => Self::RoomLocked,
            "removed" => Self::Removed,
            "not_host" => Self::NotHost,
            "bad_token" => Self::BadToken,
            "not_joined" => Self::NotJoined,
            "already_joined" => Self::AlreadyJoined,
            "peer_gone" => Self::PeerGone,
            "too_large" => Self::TooLarge,
            "too_many_requests" => Self::TooManyRequests,
            "closing" => Self::Closing,
            "internal" => Self::Internal,
            _ => Self::Other,
        })
    }
}

impl FromJson for Joined {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            peer: member(json, "peer")?,
            token: member(json, "token")?,
            peers: member(json, "peers")?,
            ice: member(json, "ice")?,
            limits: member(json, "limits")?,
            host: optional(json, "host")?,
            host_token: optional(json, "host_token")?,
            locked: optional(json, "locked")?,
        })
    }
}

impl FromJson for Inside {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            people: member(json, "people")?,
            locked: member(json, "locked")?,
            capacity: member(json, "capacity")?,
        })
    }
}

impl FromJson for Seated {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self { peer: member(json, "peer")?, card: optional(json, "card")? })
    }
}

impl FromJson for Limits {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self { capacity: member(json, "capacity")?, payload: member(json, "payload")? })
    }
}

impl FromJson for Ice {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self { servers: member(json, "servers")?, ttl: optional(json, "ttl")? })
    }
}

impl FromJson for IceServer {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            urls: member(json, "urls")?,
            username: optional(json, "username")?,
            credential: optional(json, "credential")?,
        })
    }
}

impl FromJson for Delivery {
    fn from_json(json: &Value) -> Option<Self> {
        match json.as_str()? {
            "delivered" => Some(Self::Delivered),
            "gone" => Some(Self::Gone),
            _ => None,
        }
    }
}

impl FromJson for LeftReason {
    fn from_json(json: &Value) -> Option<Self> {
        Some(match json.as_str()? {
            "left" => Self::Left,
            "lost" => Self::Lost,
            "removed" => Self::Removed,
            _ => Self::Other,
        })
    }
}

impl FromJson for SignalIn {
    fn from_json(json: &Value) -> Option<Self> {
        Some(Self {
            from: member(json, "from")?,
            seq: member(json, "seq")?,
            payload: member(json, "payload")?,
        })
    }
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;
    use serde_json::json;

    use super::*;

    /// What may stand in the place of anything.
    fn odd() -> Vec<Value> {
        let texts = ["", "left", "gone", "room_full", "5e0rk3jx7p2hn6sa"].map(|text| json!(text));
        let others =
            [json!(null), json!(true), json!(7), json!(-7), json!(1.5), json!(5_000_000_000_u64), json!({})];
        texts.into_iter().chain(others).collect()
    }

    /// The value itself, and every way to change one thing in it.
    fn changed(json: &Value) -> Vec<Value> {
        let mut all = vec![json.clone()];
        match json {
            Value::Object(members) => {
                for (name, value) in members {
                    let with = |value: Option<Value>| {
                        let mut members = members.clone();
                        members.remove(name);
                        members.extend(value.map(|value| (name.clone(), value)));
                        Value::Object(members)
                    };
                    all.push(with(None));
                    all.extend(odd().into_iter().chain(changed(value)).map(|value| with(Some(value))));
                }
                let mut more = members.clone();
                more.insert("of another version".into(), json!(1));
                all.push(Value::Object(more));
            }
            Value::Array(values) => {
                for (at, value) in values.iter().enumerate() {
                    all.extend(odd().into_iter().chain(changed(value)).map(|value| {
                        let mut values = values.clone();
                        values[at] = value;
                        Value::Array(values)
                    }));
                }
            }
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => all.extend(odd()),
        }
        all
    }

    /// It reads what serde reads, and nothing else.
    fn agrees<T: FromJson + DeserializeOwned + PartialEq + std::fmt::Debug>(json: &Value) {
        assert!(T::from_json(json).is_some(), "{json}");
        for json in changed(json) {
            assert_eq!(T::from_json(&json), serde_json::from_value(json.clone()).ok(), "{json}");
        }
    }

    #[test]
    fn what_the_server_says_is_read_as_serde_would() {
        let (peer, token) = ("5e0rk3jx7p2hn6sa", "0".repeat(52));
        let ice = json!({"servers": [{"urls": ["stun:a:1"]}, {"urls": ["turn:a:1", "turns:a:2"], "username": "u", "credential": "c"}], "ttl": 600});
        agrees::<Ice>(&ice);
        agrees::<Reply<Ice>>(&json!({"ok": ice}));
        agrees::<Reply<Joined>>(&json!({"ok": {
            "peer": peer, "token": token, "peers": [peer, peer], "ice": ice, "limits": {"capacity": 8, "payload": 65_536},
            "host": peer, "host_token": "0".repeat(62), "locked": true,
        }}));
        agrees::<Reply<Inside>>(&json!({"ok": {
            "people": [{"peer": peer, "card": "q83v"}, {"peer": peer}], "locked": true, "capacity": 8,
        }}));
        agrees::<SignalIn>(&json!({"from": peer, "seq": u64::MAX, "payload": "q83v"}));
        for code in [
            "bad_request",
            "unknown_event",
            "protocol_mismatch",
            "room_full",
            "room_locked",
            "removed",
            "not_host",
            "bad_token",
            "not_joined",
            "already_joined",
            "peer_gone",
            "too_large",
            "too_many_requests",
            "closing",
            "internal",
            "of_tomorrow",
        ] {
            agrees::<Reply<Delivery>>(&json!({"error": {"code": code, "message": "No."}}));
        }
        for delivery in ["delivered", "gone"] {
            agrees::<Reply<Delivery>>(&json!({"ok": delivery}));
        }
        for reason in ["left", "lost", "removed", "of_tomorrow"] {
            agrees::<LeftReason>(&json!(reason));
        }
    }
}
