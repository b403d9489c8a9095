//! What a request must pass before Socket.IO sees it: the origin of its page, and the share of its address.

use std::collections::HashMap;
use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, Weak};

use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use socketioxide::socket::Sid;

use crate::addresses::Addresses;
use crate::config::{Config, Origin};
use crate::rate::Rate;
use crate::session::Session;
use crate::wire::Wire;

/// More than the answer that opens a session has.
const HANDSHAKE_BYTES: usize = 64 * 1024;

/// Who carries a request: put into every request by whoever serves it.
#[derive(Debug, Clone)]
pub(crate) struct Carrier {
    /// The other end.
    pub(crate) address: IpAddr,
    /// The connection.
    pub(crate) wire: Arc<Wire>,
}

/// Decides which requests reach Socket.IO, and knows the sessions they opened.
#[derive(Debug)]
pub(crate) struct Gate {
    public: Option<Origin>,
    allowed: Vec<Origin>,
    trust_proxy: bool,
    https: bool,
    rate: Rate,
    sockets: Addresses,
    sessions: Mutex<HashMap<Sid, Weak<Session>>>,
    closed: AtomicBool,
}

impl Gate {
    pub(crate) fn new(config: &Config) -> Self {
        Self {
            public: config.public_url.clone(),
            allowed: config.allowed_origins.clone(),
            trust_proxy: config.trust_proxy,
            https: config.tls.is_on(),
            rate: config.rate(),
            sockets: Addresses::new(config.sockets_per_address),
            sessions: Mutex::default(),
            closed: AtomicBool::new(false),
        }
    }

    /// No new sessions from now on.
    pub(crate) fn close(&self) {
        self.closed.store(true, Ordering::Relaxed);
    }

    /// A session has got its id.
    pub(crate) fn named(&self, sid: Sid, session: &Arc<Session>) {
        let mut sessions = self.sessions();
        if sessions.len() == sessions.capacity() {
            sessions.retain(|_, session| session.strong_count() > 0);
        }
        sessions.insert(sid, Arc::downgrade(session));
    }

    fn sessions(&self) -> std::sync::MutexGuard<'_, HashMap<Sid, Weak<Session>>> {
        self.sessions.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page of our own, of an allowed origin, or no page at all (programs send no Origin).
    fn allows(&self, headers: &HeaderMap) -> bool {
        let Some(origin) = headers.get(header::ORIGIN) else { return true };
        let Some(origin) = origin.to_str().ok().and_then(|text| text.parse::<Origin>().ok()) else {
            return false;
        };
        let host = headers.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        // Where every page of ours comes over HTTPS, somebody else may have made one that does not.
        let own = origin.authority().eq_ignore_ascii_case(host) && (origin.is_https() || !self.https);
        own || self.public.as_ref() == Some(&origin) || self.allowed.contains(&origin)
    }

    /// What follows when the origin of the page was allowed.
    async fn admit(&self, mut request: Request, next: Next) -> Response {
        let query = request.uri().query().unwrap_or_default();
        let web_socket = asks_for_web_socket(query);
        let sid = query.split('&').find_map(|pair| pair.strip_prefix("sid=")).map(str::to_owned);
        let session = match &sid {
            // An id that is none falls through: Socket.IO has the words for it.
            Some(sid) => sid.parse().ok().and_then(|sid| self.sessions().get(&sid)?.upgrade()),
            None => match self.open(&request) {
                Ok(session) => {
                    request.extensions_mut().insert(session.clone());
                    Some(session)
                }
                Err(refused) => return refused.into_response(),
            },
        };
        // What a session keeps of its first request must not hold that request's connection.
        let carrier = request.extensions_mut().remove::<Carrier>();
        let Some(session) = session else { return next.run(request).await };
        if session.is_cut() {
            return Refused(StatusCode::BAD_REQUEST, "session_closed").into_response();
        }
        if web_socket {
            if carrier.is_some_and(|carrier| !session.carried_by(&carrier.wire)) {
                return Refused(StatusCode::BAD_REQUEST, "already_upgraded").into_response();
            }
            let response = next.run(request).await;
            if response.status() != StatusCode::SWITCHING_PROTOCOLS {
                session.not_carried();
            }
            return response;
        }
        let (polls, opens) = (request.method() == Method::GET, sid.is_none());
        let response = next.run(request).await;
        if opens {
            return self.opened(&session, response).await;
        }
        if polls {
            session.polled(http_body::Body::size_hint(response.body()).lower());
        }
        response
    }

    /// Reads the id in the answer that opens a polling session: the WebSocket may come before the namespace is asked for.
    async fn opened(&self, session: &Arc<Session>, response: Response) -> Response {
        let (parts, body) = response.into_parts();
        let Ok(bytes) = axum::body::to_bytes(body, HANDSHAKE_BYTES).await else {
            return Refused(StatusCode::INTERNAL_SERVER_ERROR, "internal").into_response();
        };
        if let Some(sid) = opened_sid(&bytes) {
            self.named(sid, session);
        }
        Response::from_parts(parts, bytes.into())
    }

    /// Whose share a request counts in; none if it is not known.
    fn address(&self, carrier: Option<&Carrier>, headers: &HeaderMap) -> Option<IpAddr> {
        if self.trust_proxy {
            let last = headers.get_all("x-forwarded-for").iter().next_back()?.to_str().ok()?;
            return last.rsplit(',').next()?.trim().parse().ok();
        }
        carrier.map(|carrier| carrier.address)
    }

    fn open(&self, request: &Request) -> Result<Arc<Session>, Refused> {
        if self.closed.load(Ordering::Relaxed) {
            return Err(Refused(StatusCode::SERVICE_UNAVAILABLE, "closing"));
        }
        let carrier = request.extensions().get::<Carrier>();
        let place = match self.address(carrier, request.headers()) {
            None => None,
            Some(address) => match self.sockets.enter(address) {
                None => return Err(Refused(StatusCode::TOO_MANY_REQUESTS, "too_many_requests")),
                place => place,
            },
        };
        Ok(Arc::new(Session::new(place, self.rate)))
    }
}

/// The middleware in front of Socket.IO.
pub(crate) async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if !gate.allows(request.headers()) {
        return Refused(StatusCode::FORBIDDEN, "foreign_origin").into_response();
    }
    let origin = request.headers().get(header::ORIGIN).cloned();
    let mut response = gate.admit(request, next).await;
    if let Some(origin) = origin {
        // So that a page of an allowed origin can poll as well.
        response.headers_mut().insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        response.headers_mut().append(header::VARY, HeaderValue::from_static("origin"));
    }
    response
}

/// Whether Engine.IO reads this query as one for a WebSocket: it takes the first transport, up to a second `=`.
fn asks_for_web_socket(query: &str) -> bool {
    let transport = query.split('&').find_map(|pair| pair.strip_prefix("transport="));
    transport.and_then(|transport| transport.split('=').next()) == Some("websocket")
}

/// The session's id in an Engine.IO OPEN packet.
fn opened_sid(packet: &[u8]) -> Option<Sid> {
    let open: serde_json::Value = serde_json::from_slice(packet.strip_prefix(b"0")?).ok()?;
    open.get("sid")?.as_str()?.parse().ok()
}

/// A refusal before Socket.IO, as JSON like Engine.IO's own.
#[derive(Debug)]
struct Refused(StatusCode, &'static str);

impl IntoResponse for Refused {
    fn into_response(self) -> Response {
        let Self(status, code) = self;
        let body = serde_json::json!({ "code": code, "message": status.canonical_reason() });
        (status, axum::Json(body)).into_response()
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn gate(args: &[&str]) -> Gate {
        Gate::new(&Config::try_parse_from(["visavis"].iter().chain(args)).unwrap())
    }

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), HeaderValue::from_static(value))).collect()
    }

    #[test]
    fn own_pages_and_programs_pass() {
        let gate = gate(&[]);
        assert!(gate.allows(&headers(&[("host", "127.0.0.1:8080")])));
        assert!(gate.allows(&headers(&[("host", "127.0.0.1:8080"), ("origin", "http://127.0.0.1:8080")])));
        assert!(gate.allows(&headers(&[("host", "call.example"), ("origin", "https://call.example")])));
    }

    #[test]
    fn foreign_pages_do_not() {
        let gate = gate(&[]);
        for origin in
            ["https://evil.example", "null", "", "https://call.example.evil", "http://call.example:81"]
        {
            assert!(!gate.allows(&headers(&[("host", "call.example"), ("origin", origin)])), "{origin}");
        }
        assert!(!gate.allows(&headers(&[("origin", "https://call.example")])));
    }

    #[test]
    fn over_https_a_plain_page_is_foreign() {
        let gate = gate(&["--tls", "self-signed"]);
        let headers = |origin| headers(&[("host", "call.example:8443"), ("origin", origin)]);
        assert!(gate.allows(&headers("https://call.example:8443")));
        assert!(!gate.allows(&headers("http://call.example:8443")));
    }

    #[test]
    fn allowed_origins_and_the_public_one_pass() {
        let gate = gate(&["--allowed-origin", "https://a.example", "--public-url", "https://call.example"]);
        assert!(gate.allows(&headers(&[("host", "inner:1"), ("origin", "https://a.example")])));
        assert!(gate.allows(&headers(&[("host", "inner:1"), ("origin", "https://call.example")])));
        assert!(!gate.allows(&headers(&[("host", "inner:1"), ("origin", "https://b.example")])));
    }

    #[test]
    fn a_server_on_its_way_down_opens_no_session() {
        let gate = gate(&[]);
        assert!(gate.open(&Request::default()).is_ok());
        gate.close();
        let refused = gate.open(&Request::default()).unwrap_err();
        assert_eq!((refused.0, refused.1), (StatusCode::SERVICE_UNAVAILABLE, "closing"));
    }

    #[test]
    fn a_query_is_read_as_engine_io_reads_it() {
        for query in ["transport=websocket", "EIO=4&transport=websocket&sid=x", "transport=websocket=polling"]
        {
            assert!(asks_for_web_socket(query), "{query}");
        }
        for query in ["", "transport=polling&transport=websocket", "transport=", "x=transport=websocket"] {
            assert!(!asks_for_web_socket(query), "{query}");
        }
    }

    #[test]
    fn behind_a_proxy_the_last_forwarded_address_counts() {
        let forwarded = headers(&[("x-forwarded-for", "6.6.6.6, 10.0.0.1")]);
        assert_eq!(gate(&["--trust-proxy"]).address(None, &forwarded), "10.0.0.1".parse().ok());
        assert_eq!(gate(&[]).address(None, &forwarded), None);
    }
}
