//! wasm-opt, which is no cargo package: from npm, else from Debian.

use anyhow::Result;

use super::npm;
use crate::debian::Debian;
use crate::say;
use crate::shell::failure;
use crate::workspace::Workspace;

/// Trunk would fetch wasm-opt from GitHub, which not every network allows: npm has it, and so has Debian.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let Err(error) = npm::install(workspace, "binaryen@132", "wasm-opt") else { return Ok(()) };
    say::line(&format!("  {error:#}"));
    match Debian::here(workspace) {
        Some(debian) => debian.install(workspace, &["binaryen"]),
        None => Err(failure(
            "wasm-opt is missing.",
            "install Node.js (npm), or binaryen (https://github.com/WebAssembly/binaryen), and run again.",
        )),
    }
}
