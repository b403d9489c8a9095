//! The headers that keep a page to itself: what it may load, what it may use, and that its link leaks nowhere.

use axum::extract::Request;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::middleware::Next;
use axum::response::Response;
use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use sha2::{Digest, Sha256};

use crate::config::Origin;

/// For whatever is not the page: nothing may be loaded from it.
const BARE_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
);

const FIXED: [(HeaderName, HeaderValue); 5] = [
    (header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff")),
    (header::REFERRER_POLICY, HeaderValue::from_static("no-referrer")),
    (
        HeaderName::from_static("permissions-policy"),
        HeaderValue::from_static(
            "camera=(self), microphone=(self), display-capture=(self), speaker-selection=(self), \
             screen-wake-lock=(self), picture-in-picture=(self), fullscreen=(self), autoplay=(self), \
             clipboard-read=(self), clipboard-write=(self), geolocation=(), payment=(), usb=(), serial=(), hid=(), \
             midi=(), accelerometer=(), gyroscope=(), magnetometer=()",
        ),
    ),
    (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
    (HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("same-origin")),
];

/// What a script may do that runs as a Worker: load its program, or the files that it keeps. It has the policy of its own answer, not the page's.
pub(crate) const WORKER_POLICY: HeaderValue = HeaderValue::from_static(
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; base-uri 'none'",
);

/// The middleware around everything: sets what the answer has not set itself.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.entry(name).or_insert(value);
    }
    headers.entry(header::CONTENT_SECURITY_POLICY).or_insert(BARE_POLICY);
    response
}

/// Which pages may show ours in a frame, as the policy says it (CSP 3 §6.4.2).
#[derive(Debug)]
pub(crate) struct FrameAncestors(String);

impl FrameAncestors {
    /// Pages of these origins and our own; without any, none at all.
    pub(crate) fn new(origins: &[Origin]) -> Self {
        let sources: Vec<&str> = origins.iter().map(Origin::as_str).collect();
        Self(if sources.is_empty() { "'none'".to_owned() } else { format!("'self' {}", sources.join(" ")) })
    }
}

/// The policy of a page: its own files, and of inline elements only those that are in it now.
pub(crate) fn page_policy(html: &[u8], request: &HeaderMap, ancestors: &FrameAncestors) -> HeaderValue {
    let html = String::from_utf8_lossy(html);
    let policy = format!(
        "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'{}; style-src 'self'{}; \
         img-src 'self' data: blob:; media-src 'self' blob: mediastream:; font-src 'self'; \
         connect-src 'self'{}; worker-src 'self'; manifest-src 'self'; \
         frame-ancestors {}; base-uri 'none'; form-action 'none'",
        hashes(&html, "script"),
        hashes(&html, "style"),
        web_socket_sources(request),
        ancestors.0,
    );
    HeaderValue::try_from(policy).unwrap_or(BARE_POLICY)
}

/// Safari before 15.4 does not take `'self'` for a WebSocket.
fn web_socket_sources(request: &HeaderMap) -> String {
    let host = request.get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b".-:[]".contains(&byte);
    if host.is_empty() || !host.bytes().all(plain) {
        return String::new();
    }
    format!(" ws://{host} wss://{host}")
}

/// ` 'sha256-…'` for each inline element of this name.
fn hashes(html: &str, element: &str) -> String {
    let (open, close) = (format!("<{element}"), format!("</{element}"));
    let lower = html.to_ascii_lowercase();
    let mut sources = String::new();
    let mut from = 0;
    while let Some(start) = lower[from..].find(&open).map(|at| from + at) {
        let Some(inside) = lower[start..].find('>').map(|at| start + at + 1) else { break };
        let Some(end) = lower[inside..].find(&close).map(|at| inside + at) else { break };
        let content = &html[inside..end];
        if !content.trim().is_empty() {
            let hash = BASE64_STANDARD.encode(Sha256::digest(content));
            sources.extend([" 'sha256-", &hash, "'"]);
        }
        from = end;
    }
    sources
}

#[cfg(test)]
mod tests {
    use super::*;

    fn policy(html: &str, host: &'static str) -> String {
        let headers = [(header::HOST, HeaderValue::from_static(host))].into_iter().collect();
        page_policy(html.as_bytes(), &headers, &FrameAncestors::new(&[])).to_str().unwrap().to_owned()
    }

    #[test]
    fn only_named_origins_may_frame_the_page() {
        let ancestors = |origins: &[&str]| {
            let origins: Vec<Origin> = origins.iter().map(|origin| origin.parse().unwrap()).collect();
            let policy = page_policy(b"", &HeaderMap::new(), &FrameAncestors::new(&origins));
            let policy = policy.to_str().unwrap().to_owned();
            let (_, rest) = policy.split_once("frame-ancestors ").unwrap();
            rest.split(';').next().unwrap().to_owned()
        };
        assert_eq!(ancestors(&[]), "'none'");
        assert_eq!(
            ancestors(&["https://Shop.example", "http://localhost:8000/"]),
            "'self' https://shop.example http://localhost:8000"
        );
    }

    #[test]
    fn inline_modules_are_allowed_by_their_hash() {
        let html = "<HTML><script type=\"module\">alert(1)</script>\
            <script src=\"/a.js\"></script><Style>p{}</Style></HTML>";
        let policy = policy(html, "localhost:8080");
        // printf 'alert(1)' | openssl dgst -sha256 -binary | base64
        let hash = "'sha256-bhHHL3z2vDgxUt0W3dWQOrprscmda2Y5pLsLg4GF+pI='";
        assert!(policy.contains(&format!("script-src 'self' 'wasm-unsafe-eval' {hash};")), "{policy}");
        assert_eq!(policy.matches("sha256-").count(), 2);
        assert!(!policy.contains("unsafe-inline"));
    }

    #[test]
    fn a_page_without_inline_elements_allows_none() {
        assert!(
            policy("<p>Hello</p>", "x").contains("script-src 'self' 'wasm-unsafe-eval'; style-src 'self';")
        );
    }

    #[test]
    fn a_broken_page_does_not_hang_or_panic() {
        for html in ["<script", "<script>", "<script>a</", "<script>é<style>", "<scripté>x</script"] {
            policy(html, "x");
        }
    }

    #[test]
    fn a_strange_host_does_not_reach_the_policy() {
        assert!(
            policy("", "call.example:8443").contains("connect-src 'self' ws://call.example:8443 wss://call")
        );
        assert!(policy("", "a b; script-src *").contains("connect-src 'self';"));
    }
}
