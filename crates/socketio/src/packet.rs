//! Socket.IO v5 packets: `<type>[<attachments>-][<namespace>,][<ack id>][<JSON>]`, attachments following as binary.
//! Knows neither sessions nor time.
//!
//! Attachments stay beside the JSON: where one belongs, the arguments hold `{"_placeholder":true,"num":n}`.

mod decode;

use serde_json::{Map, Value, json};

pub use decode::Decoder;
pub(crate) use decode::check_size;

/// One packet, whole, with its attachments.
#[derive(Debug, Clone, PartialEq)]
pub struct Packet {
    /// The namespace it belongs to, with its slash.
    pub namespace: String,
    /// What it says.
    pub message: Message,
    /// The binary attachments (of an event or acknowledgement).
    pub attachments: Vec<Vec<u8>>,
}

/// What a packet says.
#[derive(Debug, Clone, PartialEq)]
pub enum Message {
    /// Joins the namespace (with the auth payload), or answers that (with the socket's id).
    Connect(Option<Map<String, Value>>),
    /// Leaves the namespace.
    Disconnect,
    /// An event.
    Event {
        /// Present if it asks for an acknowledgement.
        ack: Option<u64>,
        /// The event's name.
        name: String,
        /// Its arguments.
        args: Vec<Value>,
    },
    /// The acknowledgement of an event.
    Ack {
        /// Which.
        id: u64,
        /// The answer's arguments.
        args: Vec<Value>,
    },
    /// Refuses a CONNECT.
    ConnectError {
        /// In words.
        message: String,
        /// More, if any.
        data: Option<Value>,
    },
}

impl Packet {
    /// A packet without attachments.
    pub fn new(namespace: impl Into<String>, message: Message) -> Self {
        Self { namespace: namespace.into(), message, attachments: Vec::new() }
    }

    /// Writes the text of the packet; the attachments follow it, each as it is.
    pub fn encode(self) -> (String, Vec<Vec<u8>>) {
        let count = self.attachments.len();
        let (kind, id, payload) = match self.message {
            Message::Connect(payload) => ('0', None, payload.map(Value::Object)),
            Message::Disconnect => ('1', None, None),
            Message::Event { ack, name, mut args } => {
                args.insert(0, Value::String(name));
                (if count == 0 { '2' } else { '5' }, ack, Some(Value::Array(args)))
            }
            Message::Ack { id, args } => {
                (if count == 0 { '3' } else { '6' }, Some(id), Some(Value::Array(args)))
            }
            Message::ConnectError { message, data } => {
                // `json!` would bring the words for all that can go wrong in serde_json into the page.
                let mut error = Map::new();
                error.insert("message".to_owned(), Value::String(message));
                if let Some(data) = data {
                    error.insert("data".to_owned(), data);
                }
                ('4', None, Some(Value::Object(error)))
            }
        };
        let mut text = String::from(kind);
        if matches!(kind, '5' | '6') {
            text.push_str(&count.to_string());
            text.push('-');
        }
        if self.namespace != "/" {
            text.push_str(&self.namespace);
            text.push(',');
        }
        if let Some(id) = id {
            text.push_str(&id.to_string());
        }
        if let Some(payload) = payload {
            text.push_str(&payload.to_string());
        }
        (text, self.attachments)
    }
}

/// What stands in the arguments where attachment `n` belongs.
pub fn placeholder(n: usize) -> Value {
    json!({ "_placeholder": true, "num": n })
}

/// Whether every placeholder in `values` names one of `count` attachments.
pub(crate) fn placeholders_fit(values: &[Value], count: usize) -> bool {
    values.iter().all(|value| match value {
        Value::Array(values) => placeholders_fit(values, count),
        Value::Object(fields) if fields.get("_placeholder") == Some(&Value::Bool(true)) => fields
            .get("num")
            .and_then(Value::as_u64)
            .is_some_and(|num| usize::try_from(num).is_ok_and(|num| num < count)),
        Value::Object(fields) => {
            fields.values().all(|value| placeholders_fit(std::slice::from_ref(value), count))
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => true,
    })
}

/// Whether an event may not have this name: Socket.IO tells its own happenings by it.
pub(crate) fn is_reserved(name: &str) -> bool {
    matches!(
        name,
        "connect" | "connect_error" | "disconnect" | "disconnecting" | "newListener" | "removeListener"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(ack: Option<u64>, name: &str, args: Vec<Value>) -> Message {
        Message::Event { ack, name: name.to_owned(), args }
    }

    #[test]
    fn writes_the_specification_s_examples() {
        let auth = json!({ "token": "123" }).as_object().cloned();
        for (namespace, message, text) in [
            ("/", Message::Connect(None), "0"),
            ("/", Message::Connect(auth.clone()), r#"0{"token":"123"}"#),
            ("/admin", Message::Connect(auth), r#"0/admin,{"token":"123"}"#),
            ("/", Message::Disconnect, "1"),
            ("/admin", Message::Disconnect, "1/admin,"),
            ("/", event(None, "foo", vec![]), r#"2["foo"]"#),
            ("/admin", event(None, "bar", vec![]), r#"2/admin,["bar"]"#),
            ("/", event(Some(12), "foo", vec![]), r#"212["foo"]"#),
            ("/admin", Message::Ack { id: 13, args: vec![json!("bar")] }, r#"3/admin,13["bar"]"#),
            (
                "/",
                Message::ConnectError { message: "Not authorized".to_owned(), data: None },
                r#"4{"message":"Not authorized"}"#,
            ),
        ] {
            assert_eq!(Packet::new(namespace, message).encode(), (text.to_owned(), vec![]));
        }
    }

    #[test]
    fn writes_attachments_beside_their_placeholders() {
        let mut packet = Packet::new("/admin", event(Some(7), "baz", vec![placeholder(0), placeholder(1)]));
        packet.attachments = vec![vec![1], vec![2]];
        let (text, attachments) = packet.encode();
        assert_eq!(text, r#"52-/admin,7["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#);
        assert_eq!(attachments, [[1], [2]]);

        let mut packet = Packet::new("/", Message::Ack { id: 15, args: vec![json!("bar"), placeholder(0)] });
        packet.attachments = vec![vec![1, 2, 3, 4]];
        assert_eq!(packet.encode().0, r#"61-15["bar",{"_placeholder":true,"num":0}]"#);
    }
}
