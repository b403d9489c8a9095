//! Node's socket.io, the reference server, in a process of its own. Installs itself under the target directory.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

use crate::{Heartbeat, Server};

pub(crate) struct Node {
    child: Child,
    port: u16,
}

/// Installs the server on first use and again when its package.json changes.
fn installed() -> &'static Path {
    static DIRECTORY: OnceLock<PathBuf> = OnceLock::new();
    DIRECTORY.get_or_init(|| {
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("socketio-node");
        let done = directory.join("node_modules/installed.json");
        let package = include_str!("../node/package.json");
        fs::create_dir_all(&directory).unwrap();
        fs::write(directory.join("package.json"), package).unwrap();
        fs::write(directory.join("server.js"), include_str!("../node/server.js")).unwrap();
        if fs::read_to_string(&done).is_ok_and(|of| of == package) {
            return directory;
        }
        let npm = Command::new("npm")
            .args(["install", "--no-audit", "--no-fund", "--loglevel=error"])
            .current_dir(&directory)
            .stdin(Stdio::null())
            .status()
            .expect("these tests need Node 18 or later with npm: install it and run them again");
        assert!(
            npm.success(),
            "npm could not install socket.io (see above): check the network and run again"
        );
        fs::write(done, package).unwrap();
        directory
    })
}

impl Server for Node {
    fn start_with(port: u16, heartbeat: Heartbeat) -> Self {
        let mut child = Command::new("node")
            .arg("server.js")
            .arg(port.to_string())
            .args([heartbeat.interval, heartbeat.timeout].map(|time| time.as_millis().to_string()))
            .current_dir(installed())
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("these tests need Node 18 or later: install it and run them again");
        let mut line = String::new();
        BufReader::new(child.stdout.take().unwrap()).read_line(&mut line).unwrap();
        let port = line.trim().parse().expect("the server prints its port");
        Self { child, port }
    }

    fn port(&self) -> u16 {
        self.port
    }

    fn freeze(&mut self) {
        let status = Command::new("kill").args(["-STOP", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn thaw(&mut self) {
        let status = Command::new("kill").args(["-CONT", &self.child.id().to_string()]).status().unwrap();
        assert!(status.success());
    }

    fn refusal_data() -> serde_json::Value {
        serde_json::json!({ "code": 7 })
    }
}

impl Drop for Node {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
