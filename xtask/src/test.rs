//! `cargo xtask test`: every check in order, each under a headline with its time; the first failure ends the run and says
//! what to do.

use std::time::Instant;

use anyhow::Result;

use crate::alone;
use crate::args::{Browser, Part, Selection};
use crate::browsers::Browsers;
use crate::build;
use crate::dist;
use crate::lab;
use crate::say;
use crate::shell::{self, failure};
use crate::size;
use crate::tools;
use crate::workspace::Workspace;

/// What of the lab a busy machine plays as well as an idle one: that calls come up, and go on. The rest takes times, for
/// `test lab`.
const CALLS: [&str; 11] = [
    "network::a_symmetric_nat",
    "network::a_firewall",
    "calls::",
    "chat::",
    "coturn::",
    "files::",
    "page_port::",
    "passing::",
    "servers::without_a_server",
    "storm::",
    "who_comes_and_goes",
];
/// How often somebody comes and goes in a soak; the lab has a short one.
const ROUNDS: &str = "VISAVIS_SOAK_ROUNDS";
const ROUNDS_OF_A_SOAK: &str = "200";
const BOTH: [Browser; 2] = [Browser::Chromium, Browser::Firefox];
const WASM: [&str; 2] = ["--target", "wasm32-unknown-unknown"];

/// Runs the selected part, or all of them.
pub(crate) fn run(workspace: &Workspace, selection: &Selection) -> Result<()> {
    match selection.part {
        Some(part) => one(workspace, part, selection),
        None => all(workspace),
    }
}

fn all(workspace: &Workspace) -> Result<()> {
    let start = Instant::now();
    part("format", || format(workspace))?;
    let browsers = part("tools", || {
        tools::component(workspace, "clippy", "clippy")?;
        lab::install(workspace)?;
        tools::for_testing(workspace, &BOTH)
    })?;
    part("clippy, native", || clippy_native(workspace))?;
    part("clippy, wasm32", || clippy_wasm(workspace))?;
    part("native tests", || native(workspace, &[]))?;
    for browser in BOTH {
        part(&format!("wasm tests in {}", browser.name()), || wasm(workspace, &browsers, browser, &[]))?;
    }
    part("build and size", || sizes(workspace))?;
    part("the one binary", || binary(workspace))?;
    part("end to end", || e2e(workspace, &browsers, &Selection::default()))?;
    let obstacle = lab::obstacle(workspace)?;
    match &obstacle {
        None => part("the lab", || on_networks(workspace, &browsers, &CALLS.map(str::to_owned)))?,
        Some(obstacle) => missed(obstacle, std::env::var_os("CI").is_some())?,
    }
    say::line(&format!("\n{}", closing(&say::duration(start.elapsed()), obstacle.as_deref())));
    Ok(())
}

fn one(workspace: &Workspace, which: Part, selection: &Selection) -> Result<()> {
    let one = selection.browser.map(|browser| [browser]);
    let browsers: &[Browser] = one.as_ref().map_or(&BOTH, |one| one);
    match which {
        Part::Fmt => part("format", || format(workspace)),
        Part::Clippy => {
            tools::component(workspace, "clippy", "clippy")?;
            tools::wasm_target(workspace)?;
            part("clippy, native", || clippy_native(workspace))?;
            part("clippy, wasm32", || clippy_wasm(workspace))
        }
        Part::Native => part("native tests", || native(workspace, &selection.filter)),
        Part::Wasm => {
            let found = tools::for_testing(workspace, browsers)?;
            browsers.iter().try_for_each(|&browser| {
                part(&format!("wasm tests in {}", browser.name()), || {
                    wasm(workspace, &found, browser, &selection.filter)
                })
            })
        }
        Part::Size => {
            tools::for_building(workspace)?;
            part("build and size", || sizes(workspace))
        }
        Part::Dist => {
            tools::for_building(workspace)?;
            part("the one binary", || binary(workspace))
        }
        Part::E2e => {
            // Firefox also calls Chromium.
            let alone = selection.browser == Some(Browser::Chromium);
            let found = tools::for_testing(workspace, if alone { browsers } else { &BOTH })?;
            part("end to end", || e2e(workspace, &found, selection))
        }
        Part::Lab => {
            lab::install(workspace)?;
            let found = tools::for_testing(workspace, &BOTH)?;
            if let Some(obstacle) = lab::obstacle(workspace)? {
                missed(&obstacle, true)?;
            }
            part("the lab", || on_networks(workspace, &found, &selection.filter))
        }
        Part::Soak => {
            let found = tools::for_testing(workspace, &[Browser::Chromium])?;
            part("the soak", || soak(workspace, &found))
        }
    }
}

/// The lab did not run: a failure where it has to.
fn missed(obstacle: &str, must_run: bool) -> Result<()> {
    if must_run {
        return Err(failure(obstacle, "run it where it can, such as in a virtual machine of your own."));
    }
    say::headline("the lab: NOT RUN");
    say::line(obstacle);
    Ok(())
}

/// The last line, which claims no more than what was done.
fn closing(duration: &str, obstacle: Option<&str>) -> String {
    match obstacle {
        None => format!("Everything passed in {duration}."),
        Some(obstacle) => format!("Everything that ran passed in {duration}. NOT RUN: the lab. {obstacle}"),
    }
}

/// A headline, the work, and the time it took.
fn part<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    say::headline(name);
    let start = Instant::now();
    let done = work()?;
    say::line(&format!("{name}: passed in {}", say::duration(start.elapsed())));
    Ok(done)
}

fn format(workspace: &Workspace) -> Result<()> {
    tools::component(workspace, "fmt", "rustfmt")?;
    shell::run(shell::cargo(workspace).args(["fmt", "--all", "--check"]), "run `cargo fmt --all`.")
}

fn clippy_native(workspace: &Workspace) -> Result<()> {
    let mut cargo = shell::cargo(workspace);
    cargo.args([
        "clippy",
        "--workspace",
        "--exclude",
        "visavis-client",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    shell::run(&mut cargo, "mend what clippy says above, then `cargo xtask test clippy`.")
}

fn clippy_wasm(workspace: &Workspace) -> Result<()> {
    let mut cargo = shell::cargo(workspace);
    cargo
        .args(["clippy", "--package", "visavis-client", "--all-targets"])
        .args(WASM)
        .args(["--", "-D", "warnings"]);
    shell::run(&mut cargo, "mend what clippy says above, then `cargo xtask test clippy`.")
}

fn native(workspace: &Workspace, filter: &[String]) -> Result<()> {
    let mut cargo = shell::cargo(workspace);
    cargo.args(["test", "--"]).args(filter);
    shell::run(&mut cargo, "mend the failing test; `cargo xtask test native -- <its name>` runs it alone.")
}

fn wasm(workspace: &Workspace, browsers: &Browsers, browser: Browser, filter: &[String]) -> Result<()> {
    let runner = shell::which(workspace, "wasm-bindgen-test-runner")
        .ok_or_else(|| failure("wasm-bindgen-test-runner is missing.", "run `cargo xtask setup`."))?;
    let mut cargo = shell::cargo(workspace);
    cargo.args(["test", "--package", "visavis-client"]).args(WASM).arg("--").args(filter);
    cargo.env("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUNNER", runner).env("WASM_BINDGEN_TEST_TIMEOUT", "180");
    browsers.name_driver_to(&mut cargo, browser);
    let name = browser.name();
    shell::run(
        &mut cargo,
        &format!("mend the failing test; `cargo xtask test wasm {name} -- <its name>` runs it alone."),
    )
}

fn sizes(workspace: &Workspace) -> Result<()> {
    build::page(workspace)?;
    size::gate(workspace)
}

fn binary(workspace: &Workspace) -> Result<()> {
    alone::check(workspace, &dist::build(workspace)?)
}

fn e2e(workspace: &Workspace, browsers: &Browsers, selection: &Selection) -> Result<()> {
    let server = dist::build(workspace)?;
    let gallery = build::gallery(workspace)?;
    let mut cargo = shell::cargo(workspace);
    cargo.args(["test", "--package", "visavis-e2e", "--lib", "--test", "e2e", "--", "--test-threads=1"]);
    // Tests that need Firefox have it in their name; all others need Chromium only.
    match selection.browser {
        Some(Browser::Chromium) => cargo.args(["--skip", Browser::Firefox.name()]),
        Some(Browser::Firefox) => cargo.arg(Browser::Firefox.name()),
        None => cargo.args(&selection.filter),
    };
    cargo.env("VISAVIS_BIN", server).env("VISAVIS_DIST", workspace.dist());
    cargo.env("VISAVIS_AXE", tools::axe(workspace)?).env("VISAVIS_GALLERY", gallery);
    browsers.name_to(&mut cargo);
    shell::run(
        &mut cargo,
        "look at target/e2e (logs and screenshots); `cargo xtask test e2e -- <its name>` runs the failing test alone.",
    )
}

fn on_networks(workspace: &Workspace, browsers: &Browsers, filter: &[String]) -> Result<()> {
    let server = dist::build(workspace)?;
    let mut cargo = shell::cargo(workspace);
    cargo
        .args([
            "test",
            "--package",
            "visavis-e2e",
            "--test",
            "lab",
            "--test",
            "soak",
            "--",
            "--test-threads=1",
        ])
        .args(filter);
    cargo.env("VISAVIS_BIN", server).env("VISAVIS_DIST", workspace.dist());
    browsers.name_to(&mut cargo);
    shell::run(
        &mut cargo,
        "look at target/e2e (logs and screenshots); `cargo xtask test lab -- <its name>` runs the failing test alone.",
    )
}

fn soak(workspace: &Workspace, browsers: &Browsers) -> Result<()> {
    let server = dist::build(workspace)?;
    let mut cargo = shell::cargo(workspace);
    cargo.args(["test", "--package", "visavis-e2e", "--test", "soak"]);
    cargo.env("VISAVIS_BIN", server).env("VISAVIS_DIST", workspace.dist());
    if std::env::var_os(ROUNDS).is_none() {
        cargo.env(ROUNDS, ROUNDS_OF_A_SOAK);
    }
    browsers.name_to(&mut cargo);
    shell::run(&mut cargo, "look at target/e2e/soak-gauges.log for what grew, and since when.")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_lab_that_must_run_and_cannot_is_a_failure() {
        assert!(missed("There is no lab.", false).is_ok());
        let refusal = missed("There is no lab.", true).expect_err("it must run").to_string();
        assert!(refusal.contains("There is no lab."), "{refusal}");
    }

    #[test]
    fn the_last_line_claims_no_more_than_was_done() {
        assert_eq!(closing("3 min", None), "Everything passed in 3 min.");
        let partly = closing("3 min", Some("There is no lab."));
        assert!(partly.contains("NOT RUN: the lab. There is no lab."), "{partly}");
    }
}
