//! Builds the page with trunk and the server with cargo.

use std::path::PathBuf;

use anyhow::Result;

use crate::pin;
use crate::say;
use crate::shell;
use crate::shrink;
use crate::stamp::Stamp;
use crate::workspace::Workspace;

/// What the page is made from.
const PAGE: [&str; 7] =
    ["index.html", "Trunk.toml", "Cargo.toml", "Cargo.lock", ".cargo/config.toml", "client", "crates"];

/// What the server is made from.
pub(crate) const SERVER: [&str; 4] = ["Cargo.toml", "Cargo.lock", "server", "crates"];

/// The page in release, into dist/; at once when nothing has changed.
pub(crate) fn page(workspace: &Workspace) -> Result<()> {
    let compiler = shell::capture(shell::command(workspace, "rustc").arg("--version")).unwrap_or_default();
    let optimizer =
        shell::capture(shell::command(workspace, "wasm-opt").arg("--version")).unwrap_or_default();
    let flags = short_paths();
    let inputs: Vec<PathBuf> = PAGE.iter().map(|path| workspace.at(path)).collect();
    let stamp = Stamp::new(
        workspace.target().join("xtask/page.stamp"),
        &format!("{}, {}, {flags}", compiler.trim(), optimizer.trim()),
        &inputs,
        vec![workspace.dist()],
    );
    if stamp.holds() {
        say::line("The page in dist/ is up to date.");
        return Ok(());
    }
    say::timed("Building the page in release", "2 min the first time", || {
        shell::run(
            shell::command(workspace, "trunk")
                .args(["build", "--release"])
                .env("RUST_LIB_BACKTRACE", "0")
                .env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", &flags),
            "mend what the compiler says above; `cargo check -p visavis-client --target wasm32-unknown-unknown` is quicker.",
        )?;
        shrink::page(workspace)?;
        pin::page(workspace)
    })?;
    stamp.press()
}

/// Flags with which what the page says of a panic in a dependency names the file by its crate, and not where this machine keeps
/// it. Cargo adds them to those of `.cargo/config.toml`.
fn short_paths() -> String {
    let home = std::env::var_os("CARGO_HOME").map(PathBuf::from);
    let home = home.or_else(|| Some(std::env::home_dir()?.join(".cargo")));
    let registries = home.and_then(|home| std::fs::read_dir(home.join("registry/src")).ok());
    let sources = registries.into_iter().flatten().flatten().map(|entry| entry.path().display().to_string());
    // Flags are parted by blanks.
    let flags: Vec<_> = sources
        .filter(|path| !path.contains(char::is_whitespace))
        .map(|path| format!("--remap-path-prefix={path}="))
        .collect();
    flags.join(" ")
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

/// Every page of a call with made-up views, for tests that look at them; the directory that holds them.
pub(crate) fn gallery(workspace: &Workspace) -> Result<PathBuf> {
    let pages = workspace.target().join("gallery");
    say::timed("Building the gallery of made-up pages", "1 min the first time", || {
        let mut cargo = shell::cargo(workspace);
        cargo.args(["build", "--package", "visavis-client", "--example", "gallery"]);
        cargo.args(["--target", "wasm32-unknown-unknown"]);
        shell::run(&mut cargo, "mend what the compiler says above.")?;
        let program = workspace.target().join("wasm32-unknown-unknown/debug/examples/gallery.wasm");
        let mut bind = shell::command(workspace, "wasm-bindgen");
        bind.args(["--target", "web", "--no-typescript", "--out-dir"]).arg(&pages).arg(program);
        shell::run(&mut bind, "run `cargo xtask setup`, which installs the wasm-bindgen that fits.")
    })?;
    Ok(pages)
}
