//! wasm-opt, which is no cargo package: from npm, else from Debian.

use anyhow::{Context, Result};

use crate::debian::Debian;
use crate::say;
use crate::shell::{self, failure};
use crate::workspace::Workspace;

const BINARYEN: &str = "binaryen@132";

/// Trunk would fetch wasm-opt from GitHub, which not every network allows: npm has it, and so has Debian.
pub(super) fn install(workspace: &Workspace) -> Result<()> {
    let npm = cfg!(unix) && shell::which(workspace, "npm").is_some();
    if npm {
        let installed = say::timed(&format!("Installing wasm-opt ({BINARYEN}) with npm"), "10 s", || {
            let folder = workspace.tools().join("binaryen");
            std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
            let mut npm = shell::command(workspace, "npm");
            npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]);
            shell::run_silently(npm.arg(&folder).arg(BINARYEN), "check that npm reaches its registry.")?;
            link_wasm_opt(workspace)
        });
        match installed {
            Ok(()) => return Ok(()),
            Err(error) => say::line(&format!("  {error:#}")),
        }
    }
    match Debian::here(workspace) {
        Some(debian) => debian.install(workspace, &["binaryen"]),
        None => Err(failure(
            "wasm-opt is missing.",
            "install Node.js (npm), or binaryen (https://github.com/WebAssembly/binaryen), and run again.",
        )),
    }
}

#[cfg(unix)]
fn link_wasm_opt(workspace: &Workspace) -> Result<()> {
    let bin = workspace.tools_bin();
    let link = bin.join("wasm-opt");
    std::fs::create_dir_all(&bin).with_context(|| format!("creating {}", bin.display()))?;
    if link.symlink_metadata().is_ok() {
        std::fs::remove_file(&link).with_context(|| format!("removing {}", link.display()))?;
    }
    std::os::unix::fs::symlink("../binaryen/node_modules/.bin/wasm-opt", &link)
        .with_context(|| format!("linking {}", link.display()))
}

#[cfg(not(unix))]
fn link_wasm_opt(_workspace: &Workspace) -> Result<()> {
    Err(failure("npm's wasm-opt needs symbolic links.", "install binaryen and put wasm-opt on PATH."))
}
