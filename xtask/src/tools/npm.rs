//! Programs that npm has and cargo has not.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::say;
use crate::shell::{self, failure};
use crate::workspace::Workspace;

/// Installs a program from this package (`name@version`) and links it beside our other tools.
pub(super) fn install(workspace: &Workspace, package: &str, program: &str) -> Result<()> {
    fetch(workspace, package, program)?;
    link(workspace, name_of(package), program)
}

/// A file of this package (`name@version`), which is installed if it is not there.
pub(super) fn file(workspace: &Workspace, package: &str, file: &str) -> Result<PathBuf> {
    let name = name_of(package);
    let path = workspace.tools().join(name).join("node_modules").join(name).join(file);
    if !path.is_file() {
        fetch(workspace, package, name)?;
    }
    Ok(path)
}

fn name_of(package: &str) -> &str {
    package.split('@').next().unwrap_or(package)
}

fn fetch(workspace: &Workspace, package: &str, program: &str) -> Result<()> {
    if !cfg!(unix) || shell::which(workspace, "npm").is_none() {
        return Err(failure(
            &format!("{program} is missing, and npm to install it with."),
            "install Node.js and run again.",
        ));
    }
    say::timed(&format!("Installing {program} ({package}) with npm"), "10 s", || {
        let folder = workspace.tools().join(name_of(package));
        std::fs::create_dir_all(&folder).with_context(|| format!("creating {}", folder.display()))?;
        let mut npm = shell::command(workspace, "npm");
        npm.args(["install", "--no-save", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]);
        shell::run_silently(npm.arg(&folder).arg(package), "check that npm reaches its registry.")
    })
}

#[cfg(unix)]
fn link(workspace: &Workspace, name: &str, program: &str) -> Result<()> {
    let bin = workspace.tools_bin();
    let link = bin.join(program);
    std::fs::create_dir_all(&bin).with_context(|| format!("creating {}", bin.display()))?;
    if link.symlink_metadata().is_ok() {
        std::fs::remove_file(&link).with_context(|| format!("removing {}", link.display()))?;
    }
    std::os::unix::fs::symlink(format!("../{name}/node_modules/.bin/{program}"), &link)
        .with_context(|| format!("linking {}", link.display()))
}

#[cfg(not(unix))]
fn link(_workspace: &Workspace, _name: &str, program: &str) -> Result<()> {
    Err(failure(&format!("npm's {program} needs symbolic links."), "put it on PATH yourself."))
}
