//! The process that drives a browser.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use super::Kind;
use crate::lab::{Door, Namespace};
use crate::tool;
use crate::wait::until;

/// So many ports in a row are not all taken by others.
const STARTS: u32 = 5;

/// A running chromedriver or geckodriver.
#[derive(Debug)]
pub(super) struct Driver {
    child: Child,
    url: String,
    folder: TempDir,
    /// Into the network it runs in, if that is another one.
    _door: Option<Door>,
}

impl Driver {
    /// Starts the driver of a browser and waits until it listens.
    pub(super) async fn start(kind: Kind, namespace: Option<&Namespace>) -> Result<Self> {
        let (program, announcement) = match kind {
            Kind::Chromium => (tool::chromedriver()?, "started successfully on port "),
            Kind::Firefox => (tool::geckodriver()?, "Listening on 127.0.0.1:"),
        };
        let door = match namespace {
            Some(namespace) => Some(Door::open(namespace).await?),
            None => None,
        };
        let folder = tempfile::Builder::new().prefix("visavis-e2e-").tempdir()?;
        let log = folder.path().join("driver.log");
        let mut command = Command::new(&program);
        command.arg(format!("--port={}", door.as_ref().map_or(0, Door::port)));
        if kind == Kind::Firefox {
            command.arg("--profile-root").arg(folder.path());
        }
        let start = || -> Result<Child> {
            let file = File::create(&log)?;
            command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
            let child = match namespace {
                Some(namespace) => namespace.spawn(&mut command),
                None => command.spawn().map_err(Into::into),
            };
            child.with_context(|| format!("cannot start {}", program.display()))
        };
        let (child, port) = listening(start, &log, announcement).await?;
        let mut driver = Self { child, url: String::new(), folder, _door: door };
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// Where it listens.
    pub(super) fn url(&self) -> &str {
        &self.url
    }

    /// What it and the browser have said last.
    pub(super) fn last_words(&self) -> String {
        const LINES: usize = 30;
        let log = std::fs::read_to_string(self.folder.path().join("driver.log")).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        format!("it said:\n{}", lines[lines.len().saturating_sub(LINES)..].join("\n"))
    }

    /// A place for the browser's profile, which goes with the driver.
    pub(super) fn profile(&self) -> PathBuf {
        self.folder.path().join("profile")
    }

    /// Where Chromium listens to debuggers.
    pub(super) fn debugger(&self) -> Result<String> {
        let place = std::fs::read_to_string(self.profile().join("DevToolsActivePort"))?;
        let (port, path) = place.trim().split_once('\n').context("a port and a path")?;
        Ok(format!("ws://127.0.0.1:{port}{path}"))
    }
}

/// Starts a driver until one listens, and gives its port. chromedriver looks for a port that is free at one of its two
/// addresses; where somebody has it at the other, it ends and says so, and another one looks for another port.
async fn listening(
    mut start: impl FnMut() -> Result<Child>,
    log: &Path,
    announcement: &str,
) -> Result<(Child, u16)> {
    for _ in 0..STARTS {
        let mut child = start()?;
        let port =
            until("the driver names its port", async || announced_port(&mut child, log, announcement)).await;
        match port {
            Ok(Some(port)) => return Ok((child, port)),
            Ok(None) => {}
            Err(error) => {
                drop(child.kill());
                drop(child.wait());
                return Err(error);
            }
        }
    }
    bail!("somebody else had each of {STARTS} ports")
}

/// The port that a driver announces; nothing if somebody else had it.
fn announced_port(child: &mut Child, log: &Path, announcement: &str) -> Result<Option<u16>> {
    let ended = child.try_wait()?.is_some();
    let text = std::fs::read_to_string(log)?;
    if ended && text.contains("Address already in use") {
        return Ok(None);
    }
    ensure!(!ended, "the driver ended: {text}");
    let Some((_, rest)) = text.split_once(announcement) else { bail!("no port in its log: {text}") };
    let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
    ensure!(digits.len() < rest.len(), "the line is not complete");
    Ok(Some(digits.parse()?))
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
