//! Shows that the one binary is the whole product: it runs in an empty folder and serves the page it carries,
//! compressed, with hashed names that never expire and an index.html that is always asked for again.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};

use crate::shell::failure;
use crate::workspace::Workspace;

/// How long a busy machine may take to start a process.
const PATIENCE: Duration = Duration::from_secs(30);

/// Starts the binary alone and looks at what it serves.
pub(crate) fn check(workspace: &Workspace, binary: &Path) -> Result<()> {
    look(workspace, binary).map_err(|error| {
        failure(
            &format!("The binary does not serve the page it carries: {error:#}."),
            "run `cargo xtask dist`, start target/release/visavis in an empty folder and look at the page.",
        )
    })
}

fn look(workspace: &Workspace, binary: &Path) -> Result<()> {
    let alone = Alone::start(binary)?;

    let index = alone.get("/", &[])?;
    ensure!(index.status == 200, "/ answers {}", index.status);
    ensure!(index.body == read(&workspace.dist().join("index.html"))?, "/ is not the built index.html");
    ensure!(index.header("cache-control").contains("no-cache"), "/ may be kept by the browser");
    let tag = index.header("etag");
    ensure!(!tag.is_empty(), "/ has no ETag");
    let again = alone.get("/", &[("If-None-Match", tag)])?;
    ensure!(again.status == 304, "an unchanged / answers {}", again.status);

    let html = String::from_utf8_lossy(&index.body).into_owned();
    let script = script_of(&html).context("index.html loads no script")?;
    for (encoding, ending) in [("br", ".br"), ("gzip", ".gz"), ("identity", "")] {
        let answer = alone.get(script, &[("Accept-Encoding", encoding)])?;
        ensure!(answer.status == 200, "{script} answers {}", answer.status);
        let packed = if ending.is_empty() { "" } else { encoding };
        ensure!(answer.header("content-encoding") == packed, "{script} is not sent as {encoding}");
        let file = format!("{}{ending}", script.trim_start_matches('/'));
        ensure!(
            answer.body == read(&workspace.at("target/embed").join(file))?,
            "{script} differs as {encoding}"
        );
        ensure!(answer.header("cache-control").contains("immutable"), "{script} is fetched again each time");
    }
    let missing = alone.get("/no-such-file.js", &[])?;
    ensure!(missing.status == 404, "a missing file answers {}", missing.status);
    Ok(())
}

fn read(file: &Path) -> Result<Vec<u8>> {
    std::fs::read(file).with_context(|| format!("reading {}", file.display()))
}

/// The program that trunk's module imports.
fn script_of(html: &str) -> Option<&str> {
    let (_, rest) = html.split_once("from '")?;
    rest.split_once('\'').map(|(path, _)| path)
}

/// The binary, running in a folder of its own.
struct Alone {
    child: Child,
    folder: PathBuf,
    port: u16,
}

impl Alone {
    fn start(binary: &Path) -> Result<Self> {
        let folder = std::env::temp_dir().join(format!("visavis-alone-{}", std::process::id()));
        std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let port = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).and_then(|socket| socket.local_addr())?.port();
        let ours = |(name, _): &(String, String)| name.starts_with("VISAVIS_");
        let mut command = Command::new(binary);
        for (name, _) in std::env::vars().filter(ours) {
            command.env_remove(name);
        }
        let child = command
            .args(["--listen", &format!("127.0.0.1:{port}"), "--log", "warn"])
            .current_dir(&folder)
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .spawn()
            .with_context(|| format!("starting {}", binary.display()))?;
        let mut alone = Self { child, folder, port };
        alone.wait()?;
        Ok(alone)
    }

    fn wait(&mut self) -> Result<()> {
        let start = Instant::now();
        loop {
            if self.get("/healthz", &[]).is_ok_and(|answer| answer.status == 200) {
                return Ok(());
            }
            if let Some(status) = self.child.try_wait()? {
                anyhow::bail!("it ended at once ({status})");
            }
            ensure!(start.elapsed() < PATIENCE, "it does not answer /healthz");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    fn get(&self, path: &str, headers: &[(&str, &str)]) -> Result<Answer> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        stream.set_read_timeout(Some(PATIENCE))?;
        let mut request = format!("GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n");
        for (name, value) in headers {
            write!(request, "{name}: {value}\r\n")?;
        }
        stream.write_all(format!("{request}\r\n").as_bytes())?;
        let mut bytes = Vec::new();
        stream.read_to_end(&mut bytes)?;
        Answer::parse(&bytes).with_context(|| format!("{path}: not an answer in HTTP"))
    }
}

impl Drop for Alone {
    fn drop(&mut self) {
        // All three fail only when there is nothing left to end or remove.
        let _ = self.child.kill();
        let _ = self.child.wait();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

#[derive(Debug, PartialEq, Eq)]
struct Answer {
    status: u16,
    head: String,
    body: Vec<u8>,
}

impl Answer {
    /// Of a connection that was closed after it: the body is all the rest.
    fn parse(bytes: &[u8]) -> Option<Self> {
        let end = bytes.windows(4).position(|window| window == b"\r\n\r\n")?;
        let (head, body) = bytes.split_at_checked(end + 4)?;
        let head = String::from_utf8_lossy(head).into_owned();
        let status = head.split_whitespace().nth(1)?.parse().ok()?;
        Some(Self { status, head, body: body.to_vec() })
    }

    /// A header's value, or nothing.
    fn header(&self, name: &str) -> &str {
        let value = self.head.lines().find_map(|line| {
            let (key, value) = line.split_once(':')?;
            key.eq_ignore_ascii_case(name).then(|| value.trim())
        });
        value.unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_read_into_its_parts() {
        let answer =
            Answer::parse(b"HTTP/1.1 200 OK\r\nETag: \"a:b\"\r\nX: y\r\n\r\nbody\r\n\r\nmore").unwrap();
        assert_eq!((answer.status, answer.header("etag"), answer.header("none")), (200, "\"a:b\"", ""));
        assert_eq!(answer.body, b"body\r\n\r\nmore");
        assert_eq!(Answer::parse(b"not HTTP"), None);
    }

    #[test]
    fn the_script_is_found_in_trunks_module() {
        let html = "<script type=\"module\">\nimport init from '/app-1.js';\nconst wasm = await init({ module_or_path: '/app-1.wasm' });";
        assert_eq!(script_of(html), Some("/app-1.js"));
        assert_eq!(script_of("<p>nothing</p>"), None);
    }
}
