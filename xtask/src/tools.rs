//! Installs what is missing, quickest way first, under target/tools; what is there and fits is left alone.
//!
//! Programs built from source get a light release profile: they run for seconds, so the minutes of their own profile
//! are not worth waiting for.

mod fit;
mod npm;
mod wasm_opt;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};

use crate::args::Browser;
use crate::browsers::{self, Browsers};
use crate::debian::Debian;
use crate::lab;
use crate::lockfile;
use crate::say;
use crate::shell::{self, failure};
use crate::workspace::Workspace;
use fit::{Fit, Found};

const WASM_TARGET: &str = "wasm32-unknown-unknown";

/// Everything every command needs: `cargo xtask setup`.
pub(crate) fn everything(workspace: &Workspace) -> Result<()> {
    component(workspace, "fmt", "rustfmt")?;
    component(workspace, "clippy", "clippy")?;
    lab::install(workspace)?;
    axe(workspace)?;
    for_testing(workspace, &[Browser::Chromium, Browser::Firefox]).map(drop)
}

/// What building the page needs.
pub(crate) fn for_building(workspace: &Workspace) -> Result<()> {
    let tools = [wasm_bindgen(workspace)?, trunk()];
    prepare(workspace, &tools)
}

/// What the tests in browsers need, and where the browsers are.
pub(crate) fn for_testing(workspace: &Workspace, wanted: &[Browser]) -> Result<Browsers> {
    let mut tools = vec![wasm_bindgen(workspace)?, trunk()];
    if wanted.contains(&Browser::Firefox) && std::env::var_os("GECKODRIVER").is_none() {
        tools.push(geckodriver());
    }
    let missing = browsers::missing(workspace, wanted);
    if missing.is_empty() {
        prepare(workspace, &tools)?;
    } else {
        let debian = Debian::here(workspace).ok_or_else(|| browsers::advice(&missing))?;
        // apt-get waits for the network, cargo for the processor: side by side they take as long as the longer one.
        std::thread::scope(|scope| {
            let mut packages = browsers::packages(&missing);
            // Screenshots in Chinese show boxes where no font has its characters.
            packages.push("fonts-wqy-microhei");
            let apt = scope.spawn(move || debian.install(workspace, &packages));
            let prepared = prepare(workspace, &tools);
            let installed = apt
                .join()
                .unwrap_or_else(|_| Err(failure("apt-get was cut short.", "run the command again.")));
            prepared.and(installed)
        })?;
    }
    browsers::find(workspace, wanted)
}

/// The script of axe-core, which finds what is not accessible on a page.
pub(crate) fn axe(workspace: &Workspace) -> Result<PathBuf> {
    npm::file(workspace, "axe-core@4.14.1", "axe.min.js")
}

/// The standard library for the page.
pub(crate) fn wasm_target(workspace: &Workspace) -> Result<()> {
    let folder = shell::capture(shell::command(workspace, "rustc").args([
        "--print",
        "target-libdir",
        "--target",
        WASM_TARGET,
    ]));
    if folder.is_some_and(|folder| Path::new(folder.trim()).is_dir()) {
        return Ok(());
    }
    say::timed(&format!("Installing the {WASM_TARGET} target with rustup"), "10 s", || {
        shell::run_silently(
            shell::command(workspace, "rustup").args(["target", "add", WASM_TARGET]),
            &format!(
                "install rustup (https://rustup.rs), or the {WASM_TARGET} target the way your Rust came."
            ),
        )
    })
}

/// A part of the toolchain that a minimal installation lacks.
pub(crate) fn component(workspace: &Workspace, subcommand: &str, component: &str) -> Result<()> {
    if shell::capture(shell::cargo(workspace).args([subcommand, "--version"])).is_some() {
        return Ok(());
    }
    say::timed(&format!("Installing {component} with rustup"), "10 s", || {
        shell::run_silently(
            shell::command(workspace, "rustup").args(["component", "add", component]),
            &format!("install {component} for your Rust toolchain."),
        )
    })
}

/// A program that cargo can install.
#[derive(Debug)]
struct Tool {
    package: &'static str,
    /// All of them must be there in one version.
    programs: &'static [&'static str],
    version: String,
    fit: Fit,
    arguments: &'static [&'static str],
    /// How long the build takes on two cores.
    about: &'static str,
}

fn wasm_bindgen(workspace: &Workspace) -> Result<Tool> {
    Ok(Tool {
        package: "wasm-bindgen-cli",
        programs: &["wasm-bindgen", "wasm-bindgen-test-runner"],
        version: lockfile::version_of(workspace, "wasm-bindgen")?,
        fit: Fit::Exact,
        arguments: &[],
        about: "2 min",
    })
}

fn trunk() -> Tool {
    Tool {
        package: "trunk",
        programs: &["trunk"],
        version: "0.21.14".to_owned(),
        fit: Fit::Series,
        arguments: &["--no-default-features", "--features", "rustls"],
        about: "4 min",
    }
}

fn geckodriver() -> Tool {
    Tool {
        package: "geckodriver",
        programs: &["geckodriver"],
        version: "0.37.1".to_owned(),
        fit: Fit::Any,
        arguments: &[],
        about: "1 min",
    }
}

/// Installs the wasm target, wasm-opt, esbuild and the tools that are missing; says in one line what is there.
fn prepare(workspace: &Workspace, tools: &[Tool]) -> Result<()> {
    wasm_target(workspace)?;
    let mut ready = Vec::new();
    for tool in tools {
        if fits_already(workspace, tool) {
            ready.push(tool.package);
        } else {
            install(workspace, tool)?;
        }
    }
    if shell::which(workspace, "wasm-opt").is_some() {
        ready.push("wasm-opt");
    } else {
        wasm_opt::install(workspace)?;
    }
    if shell::which(workspace, "esbuild").is_some() {
        ready.push("esbuild");
    } else {
        npm::install(workspace, "esbuild@0.28.2", "esbuild")?;
    }
    let leftovers = workspace.tools().join("build");
    if leftovers.exists() {
        std::fs::remove_dir_all(&leftovers).with_context(|| format!("removing {}", leftovers.display()))?;
    }
    if !ready.is_empty() {
        say::line(&format!("Tools that are there: {}.", ready.join(", ")));
    }
    Ok(())
}

fn fits_already(workspace: &Workspace, tool: &Tool) -> bool {
    let bin = workspace.tools_bin();
    let ours = look(tool, |program| {
        let file = bin.join(format!("{program}{}", std::env::consts::EXE_SUFFIX));
        file.is_file().then(|| Command::new(file))
    });
    let theirs = look(tool, |program| shell::which(workspace, program).map(Command::new));
    fit::is_ready(&tool.version, tool.fit, &ours, &theirs)
}

fn look(tool: &Tool, program: impl Fn(&str) -> Option<Command>) -> Found {
    let mut there: Vec<Command> = tool.programs.iter().filter_map(|name| program(name)).collect();
    if there.is_empty() {
        return Found::Nothing;
    }
    if there.len() < tool.programs.len() {
        return Found::Broken;
    }
    let mut versions = there.iter_mut().map(|command| {
        let printed = shell::capture(command.arg("--version"))?;
        printed.split_whitespace().nth(1).map(str::to_owned)
    });
    match versions.next().flatten() {
        Some(first) if versions.all(|other| other.as_ref() == Some(&first)) => Found::Version(first),
        _ => Found::Broken,
    }
}

fn install(workspace: &Workspace, tool: &Tool) -> Result<()> {
    let Tool { package, version, about, .. } = tool;
    let wanted = format!("{package}@{version}");
    let root = workspace.tools();
    if shell::which(workspace, "cargo-binstall").is_some() {
        let fetched =
            say::timed(&format!("Fetching {package} {version} with cargo-binstall"), "10 s", || {
                let mut binstall = shell::cargo(workspace);
                binstall.args([
                    "binstall",
                    "--no-confirm",
                    "--force",
                    "--disable-strategies",
                    "compile",
                    "--root",
                ]);
                shell::run_silently(
                    binstall.arg(&root).arg(&wanted),
                    "nothing: it is built from source instead.",
                )
            });
        if fetched.is_ok() {
            return Ok(());
        }
        say::line("  there is none to fetch: it is built from source");
    }
    say::timed(&format!("Building {package} {version} from source, once"), about, || {
        let mut cargo = shell::cargo(workspace);
        cargo.args(["install", "--locked", "--force", "--root"]).arg(&root).arg(&wanted).args(tool.arguments);
        if !say::colour() {
            cargo.arg("--quiet");
        }
        cargo
            .env("CARGO_TARGET_DIR", root.join("build"))
            .env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "0")
            .env("CARGO_PROFILE_RELEASE_LTO", "off")
            .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "256")
            .env("CARGO_PROFILE_RELEASE_STRIP", "none")
            .env("CARGO_PROFILE_RELEASE_DEBUG", "0");
        shell::run(
            &mut cargo,
            &format!(
                "read what cargo says above; or put {package} {version} on your PATH yourself and run again."
            ),
        )
    })
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_tool_of_several_programs_counts_only_when_whole() {
        let tool = Tool { programs: &["one", "two"], ..trunk() };
        let printing = |text: &str| {
            let mut command = Command::new("sh");
            command.args(["-c", &format!("echo '{text}'")]);
            Some(command)
        };
        assert_eq!(look(&tool, |_| None), Found::Nothing);
        assert_eq!(
            look(&tool, |name| (name == "one").then(|| printing("one 1.2.3")).flatten()),
            Found::Broken
        );
        assert_eq!(
            look(&tool, |name| printing(&format!("{name} 1.2.3 (abc)"))),
            Found::Version("1.2.3".to_owned())
        );
        assert_eq!(
            look(&tool, |name| printing(if name == "one" { "one 1.0.0" } else { "two 2.0.0" })),
            Found::Broken
        );
    }
}
