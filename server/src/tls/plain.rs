//! Whoever speaks plain HTTP to the HTTPS port, by a link with `http://` before it, is shown the way.

use std::net::Ipv6Addr;

use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt};

/// The largest head of a request, in bytes.
const HEAD_BYTES: usize = 8 * 1024;
/// Headers that a request may have.
const HEADERS: usize = 64;
/// What is read after the answer, in bytes.
const REST_BYTES: u64 = 64 * 1024;

/// Answers one request; to what is no HTTP there is no answer.
pub(crate) async fn answer(mut io: impl AsyncRead + AsyncWrite + Unpin) {
    let mut head = Vec::new();
    let mut part = [0; 1024];
    let answer = loop {
        if let Some(answer) = answer_to(&head) {
            break answer;
        }
        match io.read(&mut part).await {
            Ok(count) if count > 0 => head.extend_from_slice(part.get(..count).unwrap_or_default()),
            Ok(_) | Err(_) => return,
        }
    };
    if answer.is_empty() {
        return;
    }
    // Unread bytes would make the system throw the answer away.
    if io.write_all(answer.as_bytes()).await.is_ok() && io.shutdown().await.is_ok() {
        tokio::io::copy(&mut io.take(REST_BYTES), &mut tokio::io::sink()).await.ok();
    }
}

/// The answer to what has come; none as long as more has to come, and an empty one to what is no HTTP.
fn answer_to(head: &[u8]) -> Option<String> {
    let mut headers = [httparse::EMPTY_HEADER; HEADERS];
    let mut request = httparse::Request::new(&mut headers);
    match request.parse(head) {
        Ok(httparse::Status::Partial) if head.len() < HEAD_BYTES => None,
        Ok(httparse::Status::Complete(_)) => {
            Some(secure_url(&request).map_or_else(refusal, |url| redirect(&url)))
        }
        Ok(httparse::Status::Partial) => Some(refusal()),
        Err(_) => Some(String::new()),
    }
}

/// The same with `https://`; none if the request does not say clearly what that is.
fn secure_url(request: &httparse::Request<'_, '_>) -> Option<String> {
    let mut hosts = request.headers.iter().filter(|header| header.name.eq_ignore_ascii_case("host"));
    let host = std::str::from_utf8(hosts.next()?.value).ok()?;
    let target = request.path?;
    let plain = target.starts_with('/') && target.bytes().all(|byte| byte.is_ascii_graphic());
    let asks = matches!(request.method, Some("GET" | "HEAD"));
    (asks && plain && hosts.next().is_none() && is_host(host)).then(|| format!("https://{host}{target}"))
}

/// A name or an address, and maybe a port.
fn is_host(text: &str) -> bool {
    let (host, port) = match text.rsplit_once(':') {
        Some((host, port)) if !port.ends_with(']') => (host, Some(port)),
        Some(_) | None => (text, None),
    };
    let is_port = |port: &str| port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse::<u16>().is_ok();
    let is_name =
        !host.is_empty() && host.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-_".contains(&byte));
    let v6 = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    (is_name || v6.is_some_and(|v6| v6.parse::<Ipv6Addr>().is_ok())) && port.is_none_or(is_port)
}

/// Not to be kept: the server may speak plain HTTP at its next start.
fn redirect(url: &str) -> String {
    format!(
        "HTTP/1.1 308 Permanent Redirect\r\nLocation: {url}\r\nCache-Control: no-store\r\n\
         Content-Length: 0\r\nConnection: close\r\n\r\n"
    )
}

fn refusal() -> String {
    let words = "This port speaks HTTPS: write https:// before its address.\n";
    format!(
        "HTTP/1.1 400 Bad Request\r\nContent-Type: text/plain; charset=utf-8\r\nCache-Control: no-store\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{words}",
        words.len()
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(head: &str) -> Option<String> {
        answer_to(head.as_bytes()).map(|answer| answer.lines().next().unwrap_or_default().to_owned())
    }

    fn location(head: &str) -> Option<String> {
        let answer = answer_to(head.as_bytes())?;
        answer.lines().find_map(|line| line.strip_prefix("Location: ")).map(str::to_owned)
    }

    #[test]
    fn the_way_leads_to_the_same_host_and_page() {
        for (host, target) in
            [("call.example", "/"), ("10.0.0.1:8443", "/?a=b"), ("[2001:db8::1]:8443", "//evil.example/")]
        {
            for method in ["GET", "HEAD"] {
                let head = format!("{method} {target} HTTP/1.1\r\nAccept: */*\r\nHOST: {host}\r\n\r\n");
                assert_eq!(location(&head), Some(format!("https://{host}{target}")));
            }
        }
    }

    #[test]
    fn there_is_no_other_way() {
        for head in [
            "GET / HTTP/1.1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example@evil.example\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example/evil\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example:port\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example:+80\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example:\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example:65536\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: [call.example]\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: 2001:db8::1\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example evil.example\r\n\r\n",
            "GET / HTTP/1.1\r\nHost: call.example\r\nHost: evil.example\r\n\r\n",
            "GET http://evil.example/ HTTP/1.1\r\nHost: call.example\r\n\r\n",
            "OPTIONS * HTTP/1.1\r\nHost: call.example\r\n\r\n",
            "POST / HTTP/1.1\r\nHost: call.example\r\nContent-Length: 1\r\n\r\n",
        ] {
            assert_eq!(status(head).as_deref(), Some("HTTP/1.1 400 Bad Request"), "{head}");
            assert_eq!(location(head), None, "{head}");
        }
    }

    #[test]
    fn more_is_waited_for_up_to_a_bound() {
        let whole = "GET / HTTP/1.1\r\nHost: call.example\r\n\r\n";
        for end in 0..whole.len() {
            assert_eq!(status(&whole[..end]), None, "{end}");
        }
        let huge = format!("GET / HTTP/1.1\r\nX-Huge: {}", "x".repeat(HEAD_BYTES));
        assert_eq!(status(&huge).as_deref(), Some("HTTP/1.1 400 Bad Request"));
    }

    #[test]
    fn what_is_no_http_gets_no_answer() {
        for words in
            ["\0", "SSH-2.0-OpenSSH\r\n", "\u{80}\u{80}", "GET / HTTP/1.1\r\nHost: a\rLocation: b\r\n\r\n"]
        {
            assert_eq!(answer_to(words.as_bytes()).as_deref(), Some(""), "{words:?}");
        }
    }
}
