//! The servers that help peers to find a way to each other.

use serde::{Deserialize, Serialize};

/// The answer to `ice`, and a part of the answer to `join`.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ice {
    /// For `RTCConfiguration.iceServers`.
    pub servers: Vec<IceServer>,
    /// Seconds for which the credentials can begin something new (draft-uberti-behave-turn-rest-00 §2.2); absent if
    /// none of them ends. What began in time goes on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ttl: Option<u32>,
}

/// One entry of `RTCConfiguration.iceServers` (webrtc-pc §4.2.4).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct IceServer {
    /// `stun:` and `turn:` addresses.
    pub urls: Vec<String>,
    /// For `turn:` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// For `turn:` only.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credential: Option<String>,
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn what_is_absent_stays_off_the_wire() {
        let stun = IceServer { urls: vec!["stun:a:1".into()], username: None, credential: None };
        let forever = Ice { servers: vec![stun], ttl: None };
        let wire = json!({"servers": [{"urls": ["stun:a:1"]}]});
        assert_eq!(serde_json::to_value(&forever).unwrap(), wire);
        assert_eq!(serde_json::from_value::<Ice>(wire).unwrap(), forever);
    }

    #[test]
    fn an_end_survives_the_wire() {
        let ice = Ice { servers: Vec::new(), ttl: Some(600) };
        let wire = serde_json::to_value(&ice).unwrap();
        assert_eq!(wire, json!({"servers": [], "ttl": 600}));
        assert_eq!(serde_json::from_value::<Ice>(wire).unwrap(), ice);
    }
}
