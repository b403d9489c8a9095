//! `cargo xtask bench`: the product beside the least the same browsers need in the same run, as ratios.
//!
//! What is measured, and how, is in the programs of the end-to-end tests; here they get what those tests get: the page in
//! release, the server, and the browsers.

use anyhow::Result;

use crate::args::{Bench, Browser};
use crate::dist;
use crate::lab;
use crate::shell;
use crate::tools;
use crate::workspace::Workspace;

/// Builds what is measured and measures it. The options are the program's own.
pub(crate) fn run(workspace: &Workspace, bench: Bench, options: &[String]) -> Result<()> {
    if options.iter().any(|option| option == "--network") {
        lab::install(workspace)?;
    }
    let browsers = tools::for_testing(workspace, wanted(options))?;
    let server = dist::build(workspace)?;
    let mut cargo = shell::cargo(workspace);
    cargo.args(["run", "--quiet", "--package", "visavis-e2e", "--bin", bench.program(), "--"]).args(options);
    cargo.env("VISAVIS_BIN", server).env("VISAVIS_DIST", workspace.dist());
    browsers.name_to(&mut cargo);
    shell::run(
        &mut cargo,
        "mend what it says above; its options are there too if it did not understand them.",
    )
}

/// The browsers that the options speak of: Chromium unless they name others.
fn wanted(options: &[String]) -> &'static [Browser] {
    let named = |name: &str| options.iter().any(|option| option == name);
    match (named("both"), named(Browser::Firefox.name())) {
        (true, _) => &[Browser::Chromium, Browser::Firefox],
        (false, true) => &[Browser::Firefox],
        (false, false) => &[Browser::Chromium],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_browsers_that_are_named_are_wanted() {
        let wanted = |line: &str| wanted(&line.split(' ').map(str::to_owned).collect::<Vec<_>>()).to_vec();
        assert_eq!(wanted("--rounds 3"), [Browser::Chromium]);
        assert_eq!(wanted("--browser firefox"), [Browser::Firefox]);
        assert_eq!(wanted("firefox 10"), [Browser::Firefox]);
        assert_eq!(wanted("--browser both --mib 16"), [Browser::Chromium, Browser::Firefox]);
    }
}
