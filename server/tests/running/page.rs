//! What a browser gets besides signalling: the page, its files, the headers.

use reqwest::{Client, StatusCode, header};

use crate::support::{Folder, Running};

const HEADERS: [(&str, &str); 5] = [
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cross-origin-opener-policy", "same-origin"),
    ("permissions-policy", "camera=(self), microphone=(self), display-capture=(self)"),
    ("content-security-policy", "frame-ancestors 'none'"),
];

/// A built client.
pub(crate) struct Dist(Folder);

impl Dist {
    pub(crate) fn new(name: &str) -> Self {
        let dist = Self(Folder::new(name));
        dist.write("index.html", "<script type=\"module\">let a</script>");
        dist.write("client-0123456789abcdef_bg.wasm", "\0asm");
        dist.write("client-0123456789abcdef_bg.wasm.br", "packed");
        dist
    }

    fn write(&self, name: &str, text: &str) {
        self.0.write(name, text);
    }

    pub(crate) fn path(&self) -> String {
        self.0.at("")
    }
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let dist = Dist::new("headers");
    let server = Running::start(&["--dist", &dist.path()]).await;
    for path in ["/", "/healthz", "/nothing", "/socket.io/", "/socket.io/?EIO=4&transport=polling"] {
        let response = reqwest::get(format!("http://{}{path}", server.address)).await.unwrap();
        for (name, part) in HEADERS {
            let value = response.headers().get(name).map(|value| value.to_str().unwrap());
            assert!(value.is_some_and(|value| value.contains(part)), "{path} {name}: {value:?}");
        }
        assert!(!response.headers().contains_key("access-control-allow-origin"), "{path}");
    }
}

#[tokio::test]
async fn pages_of_a_named_origin_may_show_the_page_in_a_frame_and_nothing_else() {
    let dist = Dist::new("framed");
    let flags = ["--embed-origin", "https://shop.example", "--embed-origin", "http://localhost:8000"];
    let server = Running::start(&[&["--dist", &dist.path()], &flags[..]].concat()).await;
    for (path, ancestors) in [
        ("/", "frame-ancestors 'self' https://shop.example http://localhost:8000;"),
        ("/client-0123456789abcdef_bg.wasm", "frame-ancestors 'none'"),
        ("/healthz", "frame-ancestors 'none'"),
    ] {
        let response = reqwest::get(format!("http://{}{path}", server.address)).await.unwrap();
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        assert!(policy.contains(ancestors), "{path}: {policy}");
    }
}

#[tokio::test]
async fn files_come_in_the_best_encoding_and_are_kept_when_their_name_has_a_hash() {
    let dist = Dist::new("files");
    let server = Running::start(&["--dist", &dist.path()]).await;
    let url = format!("http://{}/client-0123456789abcdef_bg.wasm", server.address);
    let response = Client::new().get(&url).header(header::ACCEPT_ENCODING, "br, gzip").send().await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/wasm");
    assert_eq!(response.headers()[header::CONTENT_ENCODING], "br");
    assert_eq!(response.headers()[header::CACHE_CONTROL], "public, max-age=31536000, immutable");
    assert_eq!(response.text().await.unwrap(), "packed");
    let response = Client::new().head(&url).send().await.unwrap();
    assert_eq!(response.headers()[header::CONTENT_LENGTH], "4");
    assert_eq!(response.text().await.unwrap(), "");
}

#[tokio::test]
async fn what_makes_the_page_installable_has_its_types_and_is_asked_for_again() {
    let dist = Dist::new("installable");
    for name in ["worker.js", "manifest.webmanifest", "app/icon-192.png", "favicon.svg"] {
        dist.write(name, "anything");
    }
    let server = Running::start(&["--dist", &dist.path()]).await;
    for (name, media_type) in [
        ("worker.js", "text/javascript; charset=utf-8"),
        ("manifest.webmanifest", "application/manifest+json"),
        ("app/icon-192.png", "image/png"),
        ("favicon.svg", "image/svg+xml"),
    ] {
        let response = reqwest::get(format!("http://{}/{name}", server.address)).await.unwrap();
        assert_eq!(response.headers()["content-type"], media_type, "{name}");
        assert_eq!(response.headers()["cache-control"], "no-cache", "{name}");
        let policy = response.headers()["content-security-policy"].to_str().unwrap();
        // It fetches the files that it keeps, and nothing else.
        assert_eq!(policy.contains("connect-src 'self';"), name == "worker.js", "{name}: {policy}");
        assert!(policy.starts_with("default-src 'none'"), "{name}: {policy}");
    }
    let page = reqwest::get(format!("http://{}/", server.address)).await.unwrap();
    let policy = page.headers()["content-security-policy"].to_str().unwrap();
    assert!(policy.contains("worker-src 'self'; manifest-src 'self';"), "{policy}");
}

#[tokio::test]
async fn a_rebuilt_page_is_served_with_a_policy_of_its_own() {
    let dist = Dist::new("rebuilt");
    let server = Running::start(&["--dist", &dist.path()]).await;
    let url = format!("http://{}/", server.address);
    let first = reqwest::get(&url).await.unwrap();
    let (policy, tag) = (&first.headers()["content-security-policy"], &first.headers()["etag"]);
    assert!(policy.to_str().unwrap().contains("'sha256-"));
    assert_eq!(first.headers()["cache-control"], "no-cache");
    let same = Client::new().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(same.status(), StatusCode::NOT_MODIFIED);
    dist.write("index.html", "<script type=\"module\">let another</script>");
    let second = Client::new().get(&url).header("if-none-match", tag).send().await.unwrap();
    assert_eq!(second.status(), StatusCode::OK);
    assert_ne!(&second.headers()["content-security-policy"], policy);
}

#[tokio::test]
async fn paths_do_not_leave_the_folder() {
    let server = Running::start(&["--dist", &Dist::new("traversal").path()]).await;
    // Written by hand: a client library would tidy the path.
    for path in ["/../Cargo.toml", "/%2e%2e/Cargo.toml", "/..%5cCargo.toml", "//etc/passwd"] {
        let status = raw_status(&server, path).await;
        assert_eq!(status, "HTTP/1.1 404 Not Found", "{path}");
    }
}

async fn raw_status(server: &Running, path: &str) -> String {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let mut tcp = tokio::net::TcpStream::connect(server.address).await.unwrap();
    let request = format!("GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
    tcp.write_all(request.as_bytes()).await.unwrap();
    let mut answer = String::new();
    tcp.read_to_string(&mut answer).await.unwrap();
    answer.lines().next().unwrap_or_default().to_owned()
}

#[tokio::test]
async fn without_a_client_the_page_says_what_to_do_and_the_server_is_well() {
    let server = Running::start(&[]).await;
    let page = reqwest::get(format!("http://{}/", server.address)).await.unwrap();
    assert!(page.text().await.unwrap().contains("--dist"));
    let health = reqwest::get(format!("http://{}/healthz", server.address)).await.unwrap();
    assert_eq!(
        (health.status(), health.text().await.unwrap().as_str()),
        (StatusCode::OK, "ok\nrelay: off\n")
    );
}
