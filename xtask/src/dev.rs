//! `cargo xtask dev`: trunk watches the page, we watch the server; both serve from one address, as in production.
//!
//! Files are looked at every half second: no watcher to install, and it works on every file system. The page lands in a
//! folder of its own, so that a debug build is never taken for the release one.

use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, Result};

use crate::build;
use crate::say;
use crate::serve;
use crate::shell::{self, failure};
use crate::stamp;
use crate::tools;
use crate::workspace::Workspace;

const PAGE: &str = "target/dev";
const LOOK: Duration = Duration::from_millis(500);

/// Runs until Ctrl-C.
pub(crate) fn run(workspace: &Workspace, flags: &[String]) -> Result<()> {
    tools::for_building(workspace)?;
    let stop = Arc::new(AtomicBool::new(false));
    let raise = Arc::clone(&stop);
    ctrlc::set_handler(move || raise.store(true, Ordering::Relaxed)).context("listening for Ctrl-C")?;

    std::fs::create_dir_all(workspace.at(PAGE)).with_context(|| format!("creating {PAGE}"))?;
    let mut trunk = shell::command(workspace, "trunk");
    let mut page = Running::start(trunk.args(["watch", "--dist", PAGE]))?;
    let mut server =
        Server { workspace, flags, running: None, built_from: String::new(), binary: String::new() };
    say::line("Watching. Stop with Ctrl-C.");
    while !stop.load(Ordering::Relaxed) {
        if page.has_ended()? {
            return Err(failure("trunk has ended.", "read what it says above and start again."));
        }
        if workspace.at(PAGE).join("index.html").exists() {
            server.look()?;
        }
        thread::sleep(LOOK);
    }
    Ok(())
}

/// The server, rebuilt and restarted when one of its files changes.
struct Server<'a> {
    workspace: &'a Workspace,
    flags: &'a [String],
    running: Option<Running>,
    built_from: String,
    binary: String,
}

impl Server<'_> {
    fn look(&mut self) -> Result<()> {
        let files = build::SERVER.map(|path| self.workspace.at(path));
        let now = stamp::fingerprint(&files);
        if now != self.built_from {
            self.built_from = now;
            self.rebuild()?;
        }
        if let Some(running) = &mut self.running
            && running.has_ended()?
        {
            self.running = None;
            say::line("The server has ended; it starts again when one of its files changes.");
        }
        Ok(())
    }

    fn rebuild(&mut self) -> Result<()> {
        let mut cargo = shell::cargo(self.workspace);
        cargo.args(["build", "--package", "visavis-server"]);
        if let Err(error) =
            shell::run(&mut cargo, "mend it and save; the server of before goes on meanwhile.")
        {
            say::failure(&format!("{error:#}"));
            return Ok(());
        }
        let binary = stamp::fingerprint(&[self.workspace.server("debug")]);
        if binary != self.binary || self.running.is_none() {
            self.binary = binary;
            // The old one must let go of the address first.
            self.running = None;
            self.running =
                Some(Running::start(&mut serve::server(self.workspace, "debug", PAGE, self.flags))?);
        }
        Ok(())
    }
}

/// A child that ends with us.
struct Running(Child);

impl Running {
    fn start(command: &mut Command) -> Result<Self> {
        let shown = shell::show(command);
        let child = command
            .stdin(Stdio::null())
            .spawn()
            .with_context(|| failure(&format!("Could not start `{shown}`."), "run `cargo xtask setup`."))?;
        Ok(Self(child))
    }

    fn has_ended(&mut self) -> Result<bool> {
        Ok(self.0.try_wait().context("looking after a child")?.is_some())
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Both fail only when it has ended already.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}
