//! Reads packets from text and collects their attachments, within limits.

use serde_json::{Map, Value};

use super::{Message, Packet, is_reserved, placeholders_fit};
use crate::{Limits, ParseError};

/// Reads packets; holds at most one whose attachments are still to come.
#[derive(Debug, Clone)]
pub struct Decoder {
    limits: Limits,
    partial: Option<Partial>,
}

#[derive(Debug, Clone)]
struct Partial {
    packet: Packet,
    missing: usize,
    bytes: usize,
}

impl Decoder {
    /// A decoder that accepts no more than these limits.
    pub fn new(limits: Limits) -> Self {
        Self { limits, partial: None }
    }

    /// Whether attachments are still to come.
    pub fn is_partial(&self) -> bool {
        self.partial.is_some()
    }

    /// Reads a text; `None` if the packet's attachments are still to come.
    pub fn text(&mut self, text: &str) -> Result<Option<Packet>, ParseError> {
        if self.partial.is_some() {
            return Err(ParseError::OutOfPlace);
        }
        check_size(text.len(), self.limits.packet)?;
        let (packet, missing) = decode(text, &self.limits)?;
        if missing == 0 {
            return Ok(Some(packet));
        }
        self.partial = Some(Partial { packet, missing, bytes: 0 });
        Ok(None)
    }

    /// Takes an attachment; the packet if it was the last one.
    pub fn binary(&mut self, bytes: Vec<u8>) -> Result<Option<Packet>, ParseError> {
        let mut partial = self.partial.take().ok_or(ParseError::OutOfPlace)?;
        check_size(bytes.len(), self.limits.packet)?;
        partial.bytes = partial.bytes.saturating_add(bytes.len());
        if partial.bytes > self.limits.attachment_bytes {
            return Err(ParseError::TooManyAttachments);
        }
        partial.packet.attachments.push(bytes);
        partial.missing = partial.missing.saturating_sub(1);
        if partial.missing == 0 {
            return Ok(Some(partial.packet));
        }
        self.partial = Some(partial);
        Ok(None)
    }
}

pub(crate) fn check_size(size: usize, max: usize) -> Result<(), ParseError> {
    if size > max { Err(ParseError::TooLarge { size, max }) } else { Ok(()) }
}

/// The packet, and how many attachments are to follow.
fn decode(text: &str, limits: &Limits) -> Result<(Packet, usize), ParseError> {
    let mut characters = text.chars();
    let kind = characters.next().ok_or(ParseError::Empty)?;
    let mut rest = characters.as_str();

    let mut count = 0;
    if matches!(kind, '5' | '6') {
        let (number, after) = split_number(rest).map_err(|()| ParseError::AttachmentCount)?;
        rest = after.strip_prefix('-').ok_or(ParseError::AttachmentCount)?;
        count = number.and_then(|number| usize::try_from(number).ok()).ok_or(ParseError::AttachmentCount)?;
        if count > limits.attachments {
            return Err(ParseError::TooManyAttachments);
        }
    }
    let mut namespace = "/";
    if rest.starts_with('/') {
        (namespace, rest) = rest.split_once(',').unwrap_or((rest, ""));
    }
    let (id, json) = split_number(rest).map_err(|()| ParseError::AckId)?;

    let payload = if json.is_empty() {
        None
    } else {
        if nesting(json) > limits.nesting {
            return Err(ParseError::TooDeep);
        }
        // Nobody writes a blank there, and the server does not see the number of an acknowledgement before one.
        if json.starts_with(|first: char| first.is_ascii_whitespace()) {
            return Err(ParseError::Json);
        }
        Some(serde_json::from_str::<Value>(json).map_err(|_| ParseError::Json)?)
    };
    let message = message(kind, id, payload)?;
    let fits = match &message {
        Message::Event { args, .. } | Message::Ack { args, .. } if matches!(kind, '5' | '6') => {
            placeholders_fit(args, count)
        }
        Message::Event { .. }
        | Message::Ack { .. }
        | Message::Connect(_)
        | Message::Disconnect
        | Message::ConnectError { .. } => true,
    };
    if !fits {
        return Err(ParseError::Placeholder);
    }
    Ok((Packet::new(namespace, message), count))
}

fn message(kind: char, id: Option<u64>, payload: Option<Value>) -> Result<Message, ParseError> {
    match (kind, payload) {
        ('0', None) => Ok(Message::Connect(None)),
        ('0', Some(Value::Object(fields))) => Ok(Message::Connect(Some(fields))),
        ('1', None) => Ok(Message::Disconnect),
        ('2' | '5', Some(Value::Array(args))) => event(id, args),
        ('3' | '6', Some(Value::Array(args))) => Ok(Message::Ack { id: id.ok_or(ParseError::AckId)?, args }),
        ('4', Some(Value::Object(fields))) => connect_error(fields),
        ('4', Some(Value::String(message))) => Ok(Message::ConnectError { message, data: None }),
        ('0'..='6', _) => Err(ParseError::Shape),
        (other, _) => Err(ParseError::PacketType(other)),
    }
}

fn event(ack: Option<u64>, mut args: Vec<Value>) -> Result<Message, ParseError> {
    if args.is_empty() {
        return Err(ParseError::Shape);
    }
    let Value::String(name) = args.remove(0) else { return Err(ParseError::Shape) };
    if is_reserved(&name) { Err(ParseError::Shape) } else { Ok(Message::Event { ack, name, args }) }
}

fn connect_error(fields: Map<String, Value>) -> Result<Message, ParseError> {
    let (mut message, mut data) = (None, None);
    // To remove what is wanted takes more code than to go through all.
    for (name, value) in fields {
        match (name.as_str(), value) {
            ("message", Value::String(words)) => message = Some(words),
            ("data", value) => data = Some(value),
            _ => {}
        }
    }
    Ok(Message::ConnectError { message: message.ok_or(ParseError::Shape)?, data })
}

/// The number a text begins with, if any, and what follows it. Fails if the number does not fit.
fn split_number(text: &str) -> Result<(Option<u64>, &str), ()> {
    let end = text.bytes().position(|byte| !byte.is_ascii_digit()).unwrap_or(text.len());
    let (digits, rest) = text.split_at_checked(end).ok_or(())?;
    if digits.is_empty() {
        return Ok((None, rest));
    }
    Ok((Some(digits.parse().map_err(|_| ())?), rest))
}

/// How deep arrays and objects nest in what should be JSON, without building anything.
fn nesting(json: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0_usize);
    let (mut in_string, mut escaped) = (false, false);
    for byte in json.bytes() {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if in_string => escaped = true,
            b'"' => in_string = !in_string,
            b'[' | b'{' if !in_string => {
                depth += 1;
                deepest = deepest.max(depth);
            }
            b']' | b'}' if !in_string => depth = depth.saturating_sub(1),
            _ => {}
        }
    }
    deepest
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::placeholder;

    fn read(text: &str) -> Result<Option<Packet>, ParseError> {
        Decoder::new(Limits::default()).text(text)
    }

    #[test]
    fn reads_the_specification_s_examples() {
        let event = |ack, name: &str, args| Message::Event { ack, name: name.to_owned(), args };
        let sid = json!({ "sid": "oSO0OpakMV_3jnilAAAA" }).as_object().cloned();
        for (text, namespace, message) in [
            ("0", "/", Message::Connect(None)),
            (r#"0{"sid":"oSO0OpakMV_3jnilAAAA"}"#, "/", Message::Connect(sid.clone())),
            (r#"0/admin,{"sid":"oSO0OpakMV_3jnilAAAA"}"#, "/admin", Message::Connect(sid)),
            ("0/admin", "/admin", Message::Connect(None)),
            ("1", "/", Message::Disconnect),
            ("1/admin,", "/admin", Message::Disconnect),
            (r#"2["foo"]"#, "/", event(None, "foo", vec![])),
            (r#"2/admin,["bar",1]"#, "/admin", event(None, "bar", vec![json!(1)])),
            (r#"212["foo"]"#, "/", event(Some(12), "foo", vec![])),
            (r#"2/é™,456["é"]"#, "/é™", event(Some(456), "é", vec![])),
            (r#"3/admin,13["bar"]"#, "/admin", Message::Ack { id: 13, args: vec![json!("bar")] }),
            ("30[]", "/", Message::Ack { id: 0, args: vec![] }),
            (
                r#"4{"message":"Not authorized","data":{"code":7}}"#,
                "/",
                Message::ConnectError {
                    message: "Not authorized".to_owned(),
                    data: Some(json!({ "code": 7 })),
                },
            ),
            (r#"4"no""#, "/", Message::ConnectError { message: "no".to_owned(), data: None }),
        ] {
            assert_eq!(read(text), Ok(Some(Packet::new(namespace, message))), "{text}");
        }
    }

    #[test]
    fn collects_attachments_in_order() {
        let mut decoder = Decoder::new(Limits::default());
        let text = r#"52-/admin,7["baz",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}]"#;
        assert_eq!(decoder.text(text), Ok(None));
        assert!(decoder.is_partial());
        assert_eq!(decoder.binary(vec![1]), Ok(None));
        let whole = Packet {
            namespace: "/admin".to_owned(),
            message: Message::Event {
                ack: Some(7),
                name: "baz".to_owned(),
                args: vec![placeholder(0), placeholder(1)],
            },
            attachments: vec![vec![1], vec![2]],
        };
        assert_eq!(decoder.binary(vec![2]), Ok(Some(whole)));
        assert!(!decoder.is_partial());
    }

    #[test]
    fn refuses_what_is_no_packet() {
        for (text, error) in [
            ("", ParseError::Empty),
            ("7", ParseError::PacketType('7')),
            ("é", ParseError::PacketType('é')),
            ("2", ParseError::Shape),
            ("2[]", ParseError::Shape),
            ("2[1]", ParseError::Shape),
            ("2{}", ParseError::Shape),
            (r#"2["disconnect"]"#, ParseError::Shape),
            ("1[]", ParseError::Shape),
            ("0[]", ParseError::Shape),
            ("4", ParseError::Shape),
            ("4{}", ParseError::Shape),
            (r#"2["a""#, ParseError::Json),
            (r#"2["a"]x"#, ParseError::Json),
            (r#"2-1["a"]"#, ParseError::Json),
            (r#"3["a"]"#, ParseError::AckId),
            (r#"299999999999999999999["a"]"#, ParseError::AckId),
            (r#"5["a"]"#, ParseError::AttachmentCount),
            (r#"51["a"]"#, ParseError::AttachmentCount),
            (r#"5-["a"]"#, ParseError::AttachmentCount),
            (r#"599999999999999999999-["a"]"#, ParseError::AttachmentCount),
            (r#"517-["a"]"#, ParseError::TooManyAttachments),
            (r#"51-["a",{"_placeholder":true,"num":1}]"#, ParseError::Placeholder),
            (r#"51-["a",[{"x":{"_placeholder":true,"num":"splice"}}]]"#, ParseError::Placeholder),
        ] {
            assert_eq!(read(text), Err(error), "{text}");
        }
    }

    #[test]
    fn text_while_attachments_are_due_is_refused() {
        let mut decoder = Decoder::new(Limits::default());
        assert_eq!(decoder.text(r#"51-["a"]"#), Ok(None));
        assert_eq!(decoder.text(r#"2["a"]"#), Err(ParseError::OutOfPlace));
    }

    #[test]
    fn attachment_of_nothing_is_refused() {
        assert_eq!(Decoder::new(Limits::default()).binary(vec![1]), Err(ParseError::OutOfPlace));
    }

    #[test]
    fn sizes_are_limited() {
        let limits = Limits { packet: 20, attachment_bytes: 30, ..Limits::default() };
        let mut decoder = Decoder::new(limits);
        let long = format!("2[\"{}\"]", "a".repeat(20));
        assert_eq!(decoder.text(&long), Err(ParseError::TooLarge { size: 25, max: 20 }));
        assert_eq!(decoder.text(r#"52-["a"]"#), Ok(None));
        assert_eq!(decoder.binary(vec![0; 20]), Ok(None));
        assert_eq!(decoder.binary(vec![0; 11]), Err(ParseError::TooManyAttachments));
        assert_eq!(decoder.text(r#"52-["a"]"#), Ok(None));
        assert_eq!(decoder.binary(vec![0; 21]), Err(ParseError::TooLarge { size: 21, max: 20 }));
    }

    #[test]
    fn deep_nesting_is_refused_before_it_is_built() {
        let deep = |levels: usize| format!("2[\"a\",{}{}]", "[".repeat(levels), "]".repeat(levels));
        assert!(read(&deep(63)).is_ok());
        assert_eq!(read(&deep(64)), Err(ParseError::TooDeep));
        assert_eq!(read(&format!("2{}", "[".repeat(500_000))), Err(ParseError::TooDeep));
        assert!(
            read(&format!(r#"2["a","\"{}"]"#, "[".repeat(100))).is_ok(),
            "brackets inside a string do not count"
        );
    }
}
