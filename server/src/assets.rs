//! The files of the client: from a folder or from inside the binary, in the best encoding the browser takes.
//!
//! Names that carry a hash never change what they mean, so they may be kept for a year; every other file is asked for
//! again and answered with 304 if it is the same.

use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::UNIX_EPOCH;

use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
#[cfg(any(test, feature = "embed"))]
use sha2::{Digest, Sha256};
#[cfg(any(test, feature = "embed"))]
use visavis_protocol::encode_base32;

use crate::headers::{self, FrameAncestors};

const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// Files that are kept in memory: several times a client.
const MOST_CACHED: usize = 64;
const NO_CLIENT: &str = "The Visavis server is running, but it has no client to show.\n\n\
    Build one binary with the client inside:    cargo xtask dist\n\
    or build the client and name its folder:    visavis --dist dist\n";

/// Where the client comes from.
#[derive(Debug)]
pub(crate) enum Assets {
    /// A folder; files may change while the server runs.
    Folder(PathBuf, Cache),
    /// Files by path, unchanging.
    #[cfg(any(test, feature = "embed"))]
    Memory(HashMap<String, Stored>),
    /// Nowhere: a page says how to get one.
    Missing,
}

#[cfg(any(test, feature = "embed"))]
/// A file that does not change.
#[derive(Debug)]
pub(crate) struct Stored {
    bytes: Bytes,
    tag: String,
}

#[cfg(any(test, feature = "embed"))]
impl Stored {
    pub(crate) fn new(bytes: Bytes) -> Self {
        let tag = encode_base32(&Sha256::digest(&bytes)[..15]);
        Self { bytes, tag }
    }
}

/// How the bytes of a file are packed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Encoding {
    Brotli,
    Gzip,
    Identity,
}

impl Encoding {
    /// What is appended to the name of the packed sibling.
    fn suffix(self) -> &'static str {
        match self {
            Self::Brotli => ".br",
            Self::Gzip => ".gz",
            Self::Identity => "",
        }
    }

    fn name(self) -> Option<HeaderValue> {
        match self {
            Self::Brotli => Some(HeaderValue::from_static("br")),
            Self::Gzip => Some(HeaderValue::from_static("gzip")),
            Self::Identity => None,
        }
    }
}

impl Assets {
    /// The folder if one is named (it must hold a client), else what is embedded.
    pub(crate) fn open(folder: Option<&Path>) -> io::Result<Self> {
        let Some(folder) = folder else { return Ok(embedded()) };
        std::fs::metadata(folder.join("index.html"))?;
        Ok(Self::Folder(folder.to_owned(), Cache::default()))
    }

    /// Whether there is a client to serve.
    pub(crate) fn is_missing(&self) -> bool {
        matches!(self, Self::Missing)
    }

    /// Answers any request that nothing else answers.
    pub(crate) async fn answer(
        &self,
        method: &Method,
        path: &str,
        headers: &HeaderMap,
        ancestors: &FrameAncestors,
    ) -> Response {
        if method != Method::GET && method != Method::HEAD {
            return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "GET, HEAD")]).into_response();
        }
        let Some(name) = file_name(path) else { return not_found() };
        if self.is_missing() && name == "index.html" {
            return NO_CLIENT.into_response();
        }
        let html = has_extension(&name, "html");
        for encoding in accepted(headers) {
            let Some((bytes, tag)) = self.load(&format!("{name}{}", encoding.suffix())).await else {
                continue;
            };
            let tag = format!("\"{tag}{}\"", encoding.suffix());
            let mut response = if matches(headers, &tag) {
                StatusCode::NOT_MODIFIED.into_response()
            } else {
                Response::new(Body::from(bytes))
            };
            let out = response.headers_mut();
            out.insert(header::CONTENT_TYPE, content_type(&name));
            out.insert(header::CACHE_CONTROL, if is_hashed(&name) { IMMUTABLE } else { REVALIDATE });
            out.insert(header::VARY, HeaderValue::from_static("accept-encoding"));
            if let Ok(tag) = HeaderValue::try_from(tag) {
                out.insert(header::ETAG, tag);
            }
            if let Some(encoding) = encoding.name() {
                out.insert(header::CONTENT_ENCODING, encoding);
            }
            if has_extension(&name, "js") {
                out.insert(header::CONTENT_SECURITY_POLICY, headers::WORKER_POLICY);
            }
            if html && let Some((plain, _)) = self.load(&name).await {
                out.insert(header::CONTENT_SECURITY_POLICY, headers::page_policy(&plain, headers, ancestors));
            }
            return response;
        }
        not_found()
    }

    /// A file and a tag that changes when it does.
    async fn load(&self, name: &str) -> Option<(Bytes, String)> {
        match self {
            Self::Folder(folder, cache) => {
                let path = folder.join(name);
                let meta = tokio::fs::metadata(&path).await.ok().filter(std::fs::Metadata::is_file)?;
                let age = meta.modified().ok()?.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
                let tag = format!("{age:x}-{:x}", meta.len());
                if let Some(bytes) = cache.get(name, &tag) {
                    return Some((bytes, tag));
                }
                let bytes = Bytes::from(tokio::fs::read(&path).await.ok()?);
                cache.put(name, &tag, &bytes);
                Some((bytes, tag))
            }
            #[cfg(any(test, feature = "embed"))]
            Self::Memory(files) => files.get(name).map(|file| (file.bytes.clone(), file.tag.clone())),
            Self::Missing => None,
        }
    }
}

/// Files of a folder as they were last read, so that all who download one share its memory.
#[derive(Debug, Default)]
pub(crate) struct Cache(Mutex<HashMap<String, (String, Bytes)>>);

impl Cache {
    /// The file, if it is the one with this tag.
    fn get(&self, name: &str, tag: &str) -> Option<Bytes> {
        let files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        files.get(name).filter(|(known, _)| known == tag).map(|(_, bytes)| bytes.clone())
    }

    fn put(&self, name: &str, tag: &str, bytes: &Bytes) {
        let mut files = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // Rebuilding leaves files behind that nobody asks for any more.
        if files.len() >= MOST_CACHED {
            files.clear();
        }
        files.insert(name.to_owned(), (tag.to_owned(), bytes.clone()));
    }
}

#[cfg(feature = "embed")]
fn embedded() -> Assets {
    #[derive(rust_embed::RustEmbed)]
    #[folder = "$CARGO_MANIFEST_DIR/../target/embed"]
    #[allow_missing = true]
    struct Embedded;

    let files: HashMap<_, _> = Embedded::iter()
        .filter_map(|name| {
            let bytes = match Embedded::get(&name)?.data {
                std::borrow::Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                std::borrow::Cow::Owned(bytes) => bytes.into(),
            };
            Some((name.into_owned(), Stored::new(bytes)))
        })
        .collect();
    if files.is_empty() { Assets::Missing } else { Assets::Memory(files) }
}

#[cfg(not(feature = "embed"))]
fn embedded() -> Assets {
    Assets::Missing
}

fn not_found() -> Response {
    (StatusCode::NOT_FOUND, "There is nothing here.\n").into_response()
}

/// The file that a path names: plain segments only, so it cannot leave the folder.
fn file_name(path: &str) -> Option<String> {
    if path == "/" {
        return Some("index.html".into());
    }
    let name = path.strip_prefix('/')?;
    let plain = |segment: &str| {
        !segment.is_empty()
            && !segment.starts_with('.')
            && segment.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_.".contains(&byte))
    };
    name.split('/').all(plain).then(|| name.to_owned())
}

/// What the browser takes, best first (RFC 9110 section 12.5.3; a weight of zero means never).
fn accepted(headers: &HeaderMap) -> Vec<Encoding> {
    let takes = |wanted: &str| {
        headers.get_all(header::ACCEPT_ENCODING).iter().filter_map(|value| value.to_str().ok()).any(|value| {
            value.split(',').any(|item| {
                let mut parts = item.split(';').map(str::trim);
                let coding = parts.next().unwrap_or_default();
                let never = parts.any(|part| {
                    part.strip_prefix("q=")
                        .is_some_and(|weight| weight.parse::<f32>().is_ok_and(|w| w <= 0.0))
                });
                coding.eq_ignore_ascii_case(wanted) && !never
            })
        })
    };
    let packed = [(Encoding::Brotli, "br"), (Encoding::Gzip, "gzip")];
    let packed = packed.into_iter().filter(|(_, name)| takes(name)).map(|(encoding, _)| encoding);
    packed.chain([Encoding::Identity]).collect()
}

fn matches(headers: &HeaderMap, tag: &str) -> bool {
    headers
        .get_all(header::IF_NONE_MATCH)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|given| given.trim().trim_start_matches("W/"))
        .any(|given| given == tag || given == "*")
}

/// Whether the name carries a hash, as Trunk gives it: `client-0123456789abcdef_bg.wasm`.
fn is_hashed(name: &str) -> bool {
    let file = name.rsplit('/').next().unwrap_or_default();
    let stem = file.split('.').next().unwrap_or_default();
    let stem = stem.strip_suffix("_bg").unwrap_or(stem);
    let hash = stem.rsplit('-').next().unwrap_or_default();
    stem.contains('-')
        && hash.len() >= 8
        && hash.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b))
}

fn has_extension(name: &str, wanted: &str) -> bool {
    Path::new(name).extension().is_some_and(|extension| extension.eq_ignore_ascii_case(wanted))
}

fn content_type(name: &str) -> HeaderValue {
    HeaderValue::from_static(match name.rsplit('.').next().unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "webp" => "image/webp",
        "ico" => "image/x-icon",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "txt" => "text/plain; charset=utf-8",
        "woff2" => "font/woff2",
        "mp3" => "audio/mpeg",
        "ogg" | "opus" => "audio/ogg",
        "wav" => "audio/wav",
        _ => "application/octet-stream",
    })
}

#[cfg(test)]
mod tests;
