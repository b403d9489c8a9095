//! Which file, which encoding, kept for how long.

use super::*;

fn memory() -> Assets {
    let files = [
        ("index.html", "<p>plain</p>"),
        ("index.html.br", "packed"),
        ("client-0123456789abcdef_bg.wasm", "wasm"),
        ("client-0123456789abcdef_bg.wasm.gz", "zipped"),
        ("icons.svg", "<svg/>"),
    ];
    let stored = |(name, text): (&str, &'static str)| (name.to_owned(), Stored::new(text.into()));
    Assets::Memory(files.into_iter().map(stored).collect())
}

fn encodings(value: &'static str) -> HeaderMap {
    [(header::ACCEPT_ENCODING, HeaderValue::from_static(value))].into_iter().collect()
}

async fn get(assets: &Assets, path: &str, headers: &HeaderMap) -> (StatusCode, HeaderMap, String) {
    let response = assets.answer(&Method::GET, path, headers, &FrameAncestors::new(&[])).await;
    let (parts, body) = response.into_parts();
    let body = axum::body::to_bytes(body, 1 << 20).await.unwrap();
    (parts.status, parts.headers, String::from_utf8(body.to_vec()).unwrap())
}

#[tokio::test]
async fn the_best_encoding_both_sides_have_is_taken() {
    let assets = memory();
    let (_, headers, body) = get(&assets, "/", &encodings("gzip, deflate, br, zstd")).await;
    assert_eq!((body.as_str(), &headers["content-encoding"]), ("packed", &HeaderValue::from_static("br")));
    let (_, headers, body) = get(&assets, "/", &encodings("gzip")).await;
    assert_eq!(body, "<p>plain</p>");
    assert!(!headers.contains_key("content-encoding"));
    let (_, headers, body) =
        get(&assets, "/client-0123456789abcdef_bg.wasm", &encodings("br;q=0, gzip;q=0.5")).await;
    assert_eq!(
        (body.as_str(), &headers["content-type"]),
        ("zipped", &HeaderValue::from_static("application/wasm"))
    );
    assert_eq!(headers["vary"], "accept-encoding");
}

#[tokio::test]
async fn only_names_with_a_hash_are_kept() {
    let assets = memory();
    let cache = |headers: &HeaderMap| headers["cache-control"].to_str().unwrap().to_owned();
    let (_, headers, _) = get(&assets, "/client-0123456789abcdef_bg.wasm", &HeaderMap::new()).await;
    assert!(cache(&headers).contains("immutable"));
    for path in ["/", "/index.html", "/icons.svg"] {
        let (_, headers, _) = get(&assets, path, &HeaderMap::new()).await;
        assert_eq!(cache(&headers), "no-cache", "{path}");
    }
}

#[tokio::test]
async fn who_has_it_already_gets_304() {
    let assets = memory();
    let (_, first, _) = get(&assets, "/", &encodings("br")).await;
    let mut again = encodings("br");
    again.insert(header::IF_NONE_MATCH, first["etag"].clone());
    let (status, headers, body) = get(&assets, "/", &again).await;
    assert_eq!((status, body.as_str()), (StatusCode::NOT_MODIFIED, ""));
    assert!(headers.contains_key("content-security-policy"));
    again.remove(header::ACCEPT_ENCODING);
    let (status, ..) = get(&assets, "/", &again).await;
    assert_eq!(status, StatusCode::OK, "another encoding is another thing");
}

#[tokio::test]
async fn paths_cannot_leave_the_folder() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let assets = Assets::Folder(folder, Cache::default());
    let (status, ..) = get(&assets, "/lib.rs", &HeaderMap::new()).await;
    assert_eq!(status, StatusCode::OK);
    let outside = [
        "/../Cargo.toml",
        "/..%2fCargo.toml",
        "/%2e%2e/Cargo.toml",
        "/rooms/../../Cargo.toml",
        "//etc/passwd",
        "/\\..\\Cargo.toml",
        "/rooms/",
        "/rooms",
        "/.",
        "",
    ];
    for path in outside {
        let (status, ..) = get(&assets, path, &HeaderMap::new()).await;
        assert_eq!(status, StatusCode::NOT_FOUND, "{path}");
    }
}

#[tokio::test]
async fn only_reading_is_allowed() {
    let response = memory().answer(&Method::POST, "/", &HeaderMap::new(), &FrameAncestors::new(&[])).await;
    assert_eq!(response.status(), StatusCode::METHOD_NOT_ALLOWED);
    assert_eq!(
        memory().answer(&Method::HEAD, "/", &HeaderMap::new(), &FrameAncestors::new(&[])).await.status(),
        StatusCode::OK
    );
}

#[tokio::test]
async fn without_a_client_the_page_says_how_to_get_one() {
    let (status, _, body) = get(&Assets::Missing, "/", &HeaderMap::new()).await;
    assert_eq!(status, StatusCode::OK);
    assert!(body.contains("cargo xtask dist"), "{body}");
    let (status, ..) = get(&Assets::Missing, "/other", &HeaderMap::new()).await;
    assert_eq!(status, StatusCode::NOT_FOUND);
}

#[test]
fn a_folder_without_a_page_is_refused() {
    assert!(Assets::open(Some(Path::new(env!("CARGO_MANIFEST_DIR")))).is_err());
}

#[test]
fn hashed_names_are_told_from_others() {
    for name in ["client-0123456789abcdef.js", "client-0123456789abcdef_bg.wasm", "a/style-89abcdef.css"] {
        assert!(is_hashed(name), "{name}");
    }
    for name in ["index.html", "icons.svg", "client.js", "0123456789abcdef.js", "a-bridge.js", "a-0123.js"] {
        assert!(!is_hashed(name), "{name}");
    }
}
