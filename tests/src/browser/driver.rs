//! The process that drives a browser.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, bail, ensure};
use tempfile::TempDir;

use super::Kind;
use crate::lab::{Door, Namespace};
use crate::tool;
use crate::wait::until;

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
        let file = File::create(&log)?;
        let mut command = Command::new(&program);
        command.arg(format!("--port={}", door.as_ref().map_or(0, Door::port)));
        if kind == Kind::Firefox {
            command.arg("--profile-root").arg(folder.path());
        }
        command.stdin(Stdio::null()).stdout(file.try_clone()?).stderr(file);
        let child = match namespace {
            Some(namespace) => namespace.spawn(&mut command),
            None => command.spawn().map_err(Into::into),
        };
        let child = child.with_context(|| format!("cannot start {}", program.display()))?;
        let mut driver = Self { child, url: String::new(), folder, _door: door };
        let port =
            until("the driver names its port", async || driver.announced_port(&log, announcement)).await?;
        driver.url = format!("http://127.0.0.1:{port}");
        Ok(driver)
    }

    /// Where it listens.
    pub(super) fn url(&self) -> &str {
        &self.url
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

    fn announced_port(&mut self, log: &PathBuf, announcement: &str) -> Result<u16> {
        let text = std::fs::read_to_string(log)?;
        ensure!(self.child.try_wait()?.is_none(), "the driver ended: {text}");
        let Some((_, rest)) = text.split_once(announcement) else { bail!("no port in its log: {text}") };
        let digits: String = rest.chars().take_while(char::is_ascii_digit).collect();
        ensure!(digits.len() < rest.len(), "the line is not complete");
        Ok(digits.parse()?)
    }
}

impl Drop for Driver {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}
