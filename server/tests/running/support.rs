//! A server in this process, a server in its own process, and the smallest Socket.IO client that can test them.
//!
//! The client writes and reads packets as text (Engine.IO 4 and Socket.IO 5), so that a test shows what is on the wire.

mod browser;
mod client;
mod stream;

use std::io::{BufRead, BufReader};
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::Duration;

use clap::Parser;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use visavis_server::{Config, Server};

pub(crate) use browser::Browser;
pub(crate) use client::{Client, Poller};
pub(crate) use stream::Stream;

/// Far longer than anything takes on a busy machine.
pub(crate) const PATIENCE: Duration = Duration::from_mins(1);

/// Two rooms that nobody uses for anything else.
pub(crate) const ROOM: &str = "aaaaaaaaaaaaaaaaaaaaaaaaaa";
pub(crate) const OTHER_ROOM: &str = "bbbbbbbbbbbbbbbbbbbbbbbbbb";

/// A server in this process.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    stop: oneshot::Sender<()>,
    task: JoinHandle<()>,
}

impl Running {
    /// Starts one with these flags on a free port.
    pub(crate) async fn start(flags: &[&str]) -> Self {
        let fixed = ["visavis", "--listen", "127.0.0.1:0"];
        let config = Config::try_parse_from(fixed.iter().chain(no_relay(flags)).chain(flags)).unwrap();
        let server = Server::bind(&config).await.unwrap();
        let address = server.address();
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(server.run(async { stopped.await.unwrap_or_default() }));
        Self { address, stop, task }
    }

    /// Shuts it down and waits for its end.
    pub(crate) async fn stop(self) {
        self.stop.send(()).unwrap();
        patient(self.task).await.unwrap();
    }
}

/// The default port of the relay is for one server of the machine: tests that want a relay say where.
fn no_relay(flags: &[&str]) -> &'static [&'static str] {
    if flags.contains(&"--turn-listen") { &[] } else { &["--turn-listen", "off"] }
}

/// A server in its own process, killed when dropped.
pub(crate) struct Process {
    pub(crate) child: Child,
    pub(crate) address: SocketAddr,
}

impl Process {
    /// Starts one with these flags on a free port.
    pub(crate) fn start(flags: &[&str]) -> Self {
        Self::spawn(&[no_relay(flags), flags].concat())
    }

    /// Starts one with no flags but those that give it a free port.
    pub(crate) fn with_defaults() -> Self {
        Self::spawn(&[])
    }

    /// Starts one with these flags and those that give it a free port.
    fn spawn(flags: &[&str]) -> Self {
        let fixed = ["--listen", "127.0.0.1:0", "--log", "error"];
        Self::launch(Command::new(env!("CARGO_BIN_EXE_visavis")).args(fixed).args(flags))
    }

    /// Starts one with no flags but these, and no relay; what it logs can be read.
    pub(crate) fn heard(flags: &[&str]) -> (Self, BufReader<ChildStderr>) {
        let mut command = Command::new(env!("CARGO_BIN_EXE_visavis"));
        let mut process = Self::launch(command.args(no_relay(flags)).args(flags).stderr(Stdio::piped()));
        let log = BufReader::new(process.child.stderr.take().unwrap());
        (process, log)
    }

    /// Starts it and reads where it is.
    fn launch(command: &mut Command) -> Self {
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let url = line.trim().strip_prefix("Visavis is ready: ").unwrap();
        let (_, address) = url.split_once("://").unwrap();
        let address = address.strip_suffix('/').unwrap().parse().unwrap();
        Self { child, address }
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let id = self.child.id().to_string();
        assert!(Command::new("kill").args(["-s", name, &id]).status().unwrap().success());
    }

    /// The most it has ever held of the machine's memory, in bytes.
    pub(crate) fn peak_bytes(&self) -> u64 {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        line.trim().strip_suffix(" kB").unwrap().parse::<u64>().unwrap() * 1024
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        self.child.kill().ok();
        self.child.wait().ok();
    }
}

/// Waits for something that must come.
pub(crate) async fn patient<F: Future>(future: F) -> F::Output {
    tokio::time::timeout(PATIENCE, future).await.expect("it never came")
}

/// A folder of its own, removed when dropped.
pub(crate) struct Folder(PathBuf);

impl Folder {
    pub(crate) fn new(name: &str) -> Self {
        let path = std::env::temp_dir().join(format!("visavis-{name}-{}", std::process::id()));
        std::fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    /// The path of a file in it.
    pub(crate) fn at(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    /// Writes a file; returns its path.
    pub(crate) fn write(&self, name: &str, text: &str) -> String {
        let path = self.0.join(name);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, text).unwrap();
        self.at(name)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
