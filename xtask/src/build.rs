//! Builds the page with trunk and the server with cargo.

use std::path::PathBuf;

use anyhow::Result;

use crate::say;
use crate::shell;
use crate::shrink;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// What the page is made from.
const PAGE: [&str; 12] = [
    "index.html",
    "Trunk.toml",
    "Cargo.toml",
    "Cargo.lock",
    ".cargo/config.toml",
    "client",
    "crates/protocol",
    "crates/call",
    "crates/chat",
    "crates/files",
    "crates/live",
    "crates/socketio",
];

/// What the server is made from.
pub(crate) const SERVER: [&str; 4] = ["Cargo.toml", "Cargo.lock", "server", "crates"];

/// The page in release, into dist/; at once when nothing has changed.
pub(crate) fn page(workspace: &Workspace) -> Result<()> {
    let compiler = shell::capture(shell::command(workspace, "rustc").arg("--version")).unwrap_or_default();
    let optimizer =
        shell::capture(shell::command(workspace, "wasm-opt").arg("--version")).unwrap_or_default();
    let inputs: Vec<PathBuf> = PAGE.iter().map(|path| workspace.at(path)).collect();
    let stamp = Stamp::new(
        workspace.target().join("xtask/page.stamp"),
        &format!("{}, {}", compiler.trim(), optimizer.trim()),
        &inputs,
        vec![workspace.dist()],
    );
    if stamp.holds() {
        say::line("The page in dist/ is up to date.");
        return Ok(());
    }
    say::timed("Building the page in release", "2 min the first time", || {
        shell::run(
            shell::command(workspace, "trunk").args(["build", "--release"]).env("RUST_LIB_BACKTRACE", "0"),
            "mend what the compiler says above; `cargo check -p visavis-client --target wasm32-unknown-unknown` is quicker.",
        )?;
        shrink::page(workspace)
    })?;
    stamp.press()
}

/// The server in release, with the page inside or not; the path of its binary.
pub(crate) fn server(workspace: &Workspace, embed: bool) -> Result<PathBuf> {
    say::timed("Building the server in release", "2 min the first time", || {
        let mut cargo = shell::cargo(workspace);
        cargo.args(["build", "--release", "--package", "visavis-server"]);
        if embed {
            cargo.args(["--features", "embed"]);
        }
        shell::run(
            &mut cargo,
            "mend what the compiler says above; `cargo check -p visavis-server` is quicker.",
        )
    })?;
    Ok(workspace.server("release"))
}
