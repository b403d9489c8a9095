//! The real server: started on a free port, killed on drop, started again on the same port.

use std::cell::RefCell;
use std::collections::hash_map::RandomState;
use std::fs::File;
use std::hash::BuildHasher as _;
use std::net::{Ipv4Addr, SocketAddrV4, TcpListener};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::lab::{self, Lab, Namespace};
use crate::tool;
use crate::wait::until;

/// A `visavis` process that serves the built page.
#[derive(Debug)]
pub struct Server {
    child: RefCell<Option<Child>>,
    address: SocketAddrV4,
    /// The network it is in, if that is another one.
    namespace: Option<Namespace>,
    flags: Vec<String>,
    log: PathBuf,
    folder: TempDir,
}

impl Server {
    /// Starts the server with these flags besides address, page and key; `log` names its log in `target/e2e`.
    pub async fn start(log: &str, flags: &[&str]) -> Result<Self> {
        Self::start_at(SocketAddrV4::new(Ipv4Addr::LOCALHOST, free_port()?), None, log, flags).await
    }

    /// The same in the internet of a lab.
    pub async fn start_in(lab: &Lab, log: &str, flags: &[&str]) -> Result<Self> {
        Self::start_at(lab::SERVER, Some(lab.internet().clone()), log, flags).await
    }

    async fn start_at(
        address: SocketAddrV4,
        namespace: Option<Namespace>,
        log: &str,
        flags: &[&str],
    ) -> Result<Self> {
        let server = Self {
            child: RefCell::default(),
            address,
            namespace,
            flags: flags.iter().map(|&flag| flag.to_owned()).collect(),
            log: tool::report_dir()?.join(format!("{log}-server.log")),
            folder: tempfile::Builder::new().prefix("visavis-e2e-").tempdir()?,
        };
        File::create(&server.log)?;
        server.start_again().await?;
        Ok(server)
    }

    /// Scheme, host and port of the page.
    pub fn origin(&self) -> String {
        let scheme = if self.is_secured() { "https" } else { "http" };
        format!("{scheme}://{}", self.address)
    }

    fn is_secured(&self) -> bool {
        self.flags.iter().any(|flag| flag == "--tls")
    }

    /// The page's address, with the slash at its end.
    pub fn url(&self) -> String {
        format!("{}/", self.origin())
    }

    /// The port, as picked at the first start.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// A link to a room that nobody has been in.
    pub fn new_link(&self) -> String {
        format!("{}#{}", self.url(), new_secret())
    }

    /// Kills the process, as a crash or a pulled plug would.
    pub fn kill(&self) {
        if let Some(mut child) = self.child.take() {
            // Both fail only where the process has ended already.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Loses the key: when the process starts again, it knows nobody and believes no token.
    pub fn forget_key(&self) -> Result<()> {
        Ok(std::fs::remove_file(self.folder.path().join("key"))?)
    }

    /// The default port of STUN and TURN is for one server of the machine: tests that want them say where.
    fn no_relay(&self) -> &'static [&'static str] {
        if self.flags.iter().any(|flag| flag == "--turn-listen") { &[] } else { &["--turn-listen", "off"] }
    }

    /// The page is the built one, unless the test has one of its own.
    fn page(&self) -> Result<Vec<PathBuf>> {
        let own = self.flags.iter().any(|flag| flag == "--dist");
        Ok(if own { Vec::new() } else { vec!["--dist".into(), tool::dist()?] })
    }

    /// Starts the process on the same port with the same key, and waits until it answers.
    pub async fn start_again(&self) -> Result<()> {
        self.kill();
        let log = File::options().append(true).open(&self.log)?;
        let program = tool::visavis()?;
        let mut command = Command::new(&program);
        command
            .arg("--listen")
            .arg(self.address.to_string())
            .args(self.page()?)
            .arg("--key-file")
            .arg(self.folder.path().join("key"))
            .args(self.no_relay())
            .args(&self.flags)
            .current_dir(self.folder.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone()?)
            .stderr(log);
        let child = match &self.namespace {
            Some(namespace) => namespace.spawn(&mut command),
            None => command.spawn().map_err(Into::into),
        };
        let child = child.with_context(|| format!("cannot start {}", program.display()))?;
        self.child.replace(Some(child));
        let log = self.log.clone();
        until("the server answers /healthz", async || {
            if let Some(status) = self.child.borrow_mut().as_mut().map(Child::try_wait).transpose()?.flatten()
            {
                let said = std::fs::read_to_string(&log).unwrap_or_default();
                bail!("the server ended ({status}): {said}");
            }
            self.ask_for_health().await
        })
        .await
    }

    async fn ask_for_health(&self) -> Result<()> {
        let mut stream = match &self.namespace {
            Some(namespace) => TcpStream::from_std(namespace.connect(self.address)?)?,
            None => TcpStream::connect(self.address).await?,
        };
        let request = format!("GET /healthz HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", self.address);
        stream.write_all(request.as_bytes()).await?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await?;
        // Over HTTPS it leads there who asks without.
        let expected = if self.is_secured() { "HTTP/1.1 308" } else { "HTTP/1.1 200" };
        ensure!(answer.starts_with(expected), "answered {answer}");
        Ok(())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.kill();
    }
}

fn free_port() -> Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

/// 128 bits as 26 characters of the link's alphabet; random enough that no two scenes share a room.
fn new_secret() -> String {
    const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let half = |salt: u8| u128::from(RandomState::new().hash_one(salt));
    let bits = half(0) << 64 | half(1);
    // 26 characters hold 130 bits: the last one carries three, in its upper places.
    (0..26)
        .map(|place| {
            let index = if place < 25 { bits >> (123 - 5 * place) } else { bits << 2 } & 31;
            usize::try_from(index)
                .ok()
                .and_then(|index| ALPHABET.get(index))
                .map_or('0', |&byte| char::from(byte))
        })
        .collect()
}
