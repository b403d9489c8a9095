//! What a client is told once, at its making: where to connect and how much to bear.

use std::time::Duration;

use crate::{BackoffConfig, Transport};

/// Where a client connects and how it behaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Config {
    /// Scheme, host and port, without a final slash: `https://example.org` (`http`, `https`, `ws` or `wss`).
    pub origin: String,
    /// The path of the server, `/socket.io/` unless told otherwise.
    pub path: String,
    /// Parameters added to the query of every request, not yet escaped.
    pub query: Vec<(String, String)>,
    /// The namespace to join, `/` by default.
    pub namespace: String,
    /// Which transports may be used.
    pub transports: Transports,
    /// The transport to begin with: what the last [`Output::Learned`](crate::Output::Learned) said.
    pub first: Transport,
    /// Whether each attempt asks for an auth payload ([`Output::NeedAuth`](crate::Output::NeedAuth)) before CONNECT.
    pub asks_auth: bool,
    /// How long things may take.
    pub timeouts: Timeouts,
    /// How much is kept and accepted.
    pub limits: Limits,
    /// The delays between attempts.
    pub backoff: BackoffConfig,
    /// Seed of the delays' jitter: draw it from a random source.
    pub seed: u64,
}

impl Config {
    /// The defaults, for the main namespace of the server at `origin`.
    pub fn new(origin: impl Into<String>) -> Self {
        Self {
            origin: origin.into(),
            path: "/socket.io/".to_owned(),
            query: Vec::new(),
            namespace: "/".to_owned(),
            transports: Transports::Both,
            first: Transport::WebSocket,
            asks_auth: false,
            timeouts: Timeouts::default(),
            limits: Limits::default(),
            backoff: BackoffConfig::default(),
            seed: 0,
        }
    }

    /// The URL of a WebSocket, of an existing session if `sid` is given.
    pub(crate) fn websocket_url(&self, sid: Option<&str>) -> String {
        let scheme = if self.origin.starts_with("http") { "ws" } else { "" };
        self.url(
            &format!("{scheme}{}", self.origin.strip_prefix("http").unwrap_or(&self.origin)),
            "websocket",
            sid,
        )
    }

    /// The URL of a polling request, without the parameter that makes each one unique.
    pub(crate) fn polling_url(&self, sid: Option<&str>) -> String {
        let scheme = if self.origin.starts_with("ws") { "http" } else { "" };
        self.url(
            &format!("{scheme}{}", self.origin.strip_prefix("ws").unwrap_or(&self.origin)),
            "polling",
            sid,
        )
    }

    fn url(&self, origin: &str, transport: &str, sid: Option<&str>) -> String {
        let mut url = format!("{origin}{}?EIO=4&transport={transport}", self.path);
        let own = self.query.iter().map(|(name, value)| (name.as_str(), value.as_str()));
        for (name, value) in own.chain(sid.map(|sid| ("sid", sid))) {
            url.push('&');
            push_escaped(&mut url, name);
            url.push('=');
            push_escaped(&mut url, value);
        }
        url
    }
}

/// Percent-encodes all but the unreserved characters of RFC 3986.
fn push_escaped(url: &mut String, text: &str) {
    const HEX: [char; 16] = ['0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'A', 'B', 'C', 'D', 'E', 'F'];
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            url.push(char::from(byte));
        } else {
            url.push('%');
            for nibble in [byte >> 4, byte & 0xf] {
                url.extend(HEX.get(usize::from(nibble)));
            }
        }
    }
}

/// Which transports a client may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Transports {
    /// Each is the other's fallback, and a polling session moves to WebSocket when it can.
    Both,
    /// WebSocket alone.
    WebSocketOnly,
    /// HTTP long-polling alone.
    PollingOnly,
}

/// How long things may take before they count as failed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// From opening a WebSocket to its first packet (the session's, or the answer to the probe of an upgrade).
    pub websocket: Duration,
    /// From the first polling request to its answer.
    pub polling: Duration,
    /// The same two while the application is in a hurry ([`Input::Hurry`](crate::Input::Hurry)). A system sends the
    /// first packet of a connection again after one second, then after two and after four more: what was begun in a dead
    /// network finds out late that it is back.
    pub hurried_websocket: Duration,
    /// See [`hurried_websocket`](Self::hurried_websocket); longer, for a network that is alive but slow.
    pub hurried_polling: Duration,
    /// From the session to the answer to CONNECT, auth included.
    pub connect: Duration,
    /// From the announcement of attachments to the last of them.
    pub attachments: Duration,
    /// From [`Input::Doubt`](crate::Input::Doubt) to the first packet of any kind.
    pub doubt: Duration,
    /// From the request to disconnect to the end of the last POST.
    pub closing: Duration,
    /// From a WebSocket that opened but carried nothing to the next attempt to move a polling session to one.
    pub upgrade_again: Duration,
}

impl Default for Timeouts {
    fn default() -> Self {
        Self {
            websocket: Duration::from_secs(4),
            polling: Duration::from_secs(10),
            hurried_websocket: Duration::from_secs(2),
            hurried_polling: Duration::from_secs(4),
            connect: Duration::from_secs(10),
            attachments: Duration::from_secs(10),
            doubt: Duration::from_millis(1500),
            closing: Duration::from_secs(2),
            upgrade_again: Duration::from_mins(5),
        }
    }
}

/// How much is kept and accepted. Sizes are bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// The largest packet, text or binary, accepted from the server. (What is sent obeys the server's `maxPayload`.)
    pub packet: usize,
    /// The largest answer to a polling request.
    pub payload: usize,
    /// The most attachments of one packet, either way.
    pub attachments: usize,
    /// The most bytes in the attachments of one packet from the server.
    pub attachment_bytes: usize,
    /// The deepest nesting of arrays and objects in JSON from the server.
    pub nesting: usize,
    /// The most events waiting for their acknowledgement.
    pub pending: usize,
    /// The most bytes waiting to be sent.
    pub outgoing: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            packet: 1 << 20,
            payload: 4 << 20,
            attachments: 16,
            attachment_bytes: 4 << 20,
            nesting: 64,
            pending: 256,
            outgoing: 4 << 20,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_take_the_scheme_of_their_transport() {
        for (origin, websocket, polling) in [
            ("http://a:1", "ws://a:1", "http://a:1"),
            ("https://a", "wss://a", "https://a"),
            ("ws://a", "ws://a", "http://a"),
            ("wss://a", "wss://a", "https://a"),
        ] {
            let config = Config::new(origin);
            assert_eq!(
                config.websocket_url(None),
                format!("{websocket}/socket.io/?EIO=4&transport=websocket")
            );
            assert_eq!(config.polling_url(None), format!("{polling}/socket.io/?EIO=4&transport=polling"));
        }
    }

    #[test]
    fn a_session_id_cannot_add_parameters() {
        let mut config = Config::new("http://a");
        config.query.push(("key".to_owned(), "a b".to_owned()));
        let url = config.polling_url(Some("x&y=1#é"));
        assert_eq!(url, "http://a/socket.io/?EIO=4&transport=polling&key=a%20b&sid=x%26y%3D1%23%C3%A9");
    }
}
