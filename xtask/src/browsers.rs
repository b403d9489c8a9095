//! Finds the browsers and their drivers, and tells what to install where one is missing.

use std::path::PathBuf;
use std::process::Command;

use anyhow::Result;

use crate::args::Browser;
use crate::shell::{self, failure};
use crate::workspace::Workspace;

/// A program the tests drive or are driven by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Program {
    /// The environment variable that names it, for us and for the tests.
    variable: &'static str,
    names: &'static [&'static str],
    browser: Browser,
    /// The Debian package; geckodriver has none.
    package: Option<&'static str>,
}

const PROGRAMS: [Program; 4] = [
    Program {
        variable: "CHROMIUM",
        names: &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"],
        browser: Browser::Chromium,
        package: Some("chromium"),
    },
    Program {
        variable: "CHROMEDRIVER",
        names: &["chromedriver"],
        browser: Browser::Chromium,
        package: Some("chromium-driver"),
    },
    Program {
        variable: "FIREFOX",
        names: &["firefox-esr", "firefox"],
        browser: Browser::Firefox,
        package: Some("firefox-esr"),
    },
    Program { variable: "GECKODRIVER", names: &["geckodriver"], browser: Browser::Firefox, package: None },
];

/// Where the wanted browsers and their drivers are.
#[derive(Debug)]
pub(crate) struct Browsers {
    found: Vec<(Program, PathBuf)>,
}

impl Browsers {
    /// Names all of them to a child.
    pub(crate) fn name_to(&self, command: &mut Command) {
        for (program, path) in &self.found {
            command.env(program.variable, path);
        }
    }

    /// Names the driver of one browser to a child and hides the other's: the runner takes the first it sees.
    pub(crate) fn name_driver_to(&self, command: &mut Command, browser: Browser) {
        command.env_remove("CHROMEDRIVER").env_remove("GECKODRIVER");
        for (program, path) in self.found.iter().filter(|(program, _)| program.browser == browser) {
            command.env(program.variable, path);
        }
    }
}

/// The wanted programs, all of them.
pub(crate) fn find(workspace: &Workspace, wanted: &[Browser]) -> Result<Browsers> {
    let (found, missing) = search(wanted, |program| locate(workspace, program));
    if missing.is_empty() { Ok(Browsers { found }) } else { Err(advice(&missing)) }
}

/// The wanted programs that are not there and that no cargo command can install.
pub(crate) fn missing(workspace: &Workspace, wanted: &[Browser]) -> Vec<Program> {
    let (_, missing) = search(wanted, |program| locate(workspace, program));
    missing.into_iter().filter(|program| program.package.is_some()).collect()
}

/// The Debian packages of programs.
pub(crate) fn packages(programs: &[Program]) -> Vec<&'static str> {
    programs.iter().filter_map(|program| program.package).collect()
}

/// What to do about missing programs where apt-get cannot be used.
pub(crate) fn advice(missing: &[Program]) -> anyhow::Error {
    let names: Vec<&str> = missing.iter().filter_map(|program| program.names.first().copied()).collect();
    let variables: Vec<&str> = missing.iter().map(|program| program.variable).collect();
    let packages = packages(missing);
    let debian = if packages.is_empty() {
        String::new()
    } else {
        format!(" On Debian, as root: apt-get install {}.", packages.join(" "))
    };
    failure(
        &format!("The tests need {}.", names.join(", ")),
        &format!(
            "install Chromium or Chrome with the ChromeDriver of the same version, and Firefox, and put them on PATH \
             or their paths in {}.{debian}",
            variables.join(", ")
        ),
    )
}

type Search = (Vec<(Program, PathBuf)>, Vec<Program>);

fn search(wanted: &[Browser], locate: impl Fn(&Program) -> Option<PathBuf>) -> Search {
    let mut found = Vec::new();
    let mut missing = Vec::new();
    for program in PROGRAMS.iter().filter(|program| wanted.contains(&program.browser)) {
        match locate(program) {
            Some(path) => found.push((*program, path)),
            None => missing.push(*program),
        }
    }
    (found, missing)
}

fn locate(workspace: &Workspace, program: &Program) -> Option<PathBuf> {
    match std::env::var_os(program.variable) {
        Some(path) => Some(PathBuf::from(path)),
        None => program.names.iter().find_map(|name| shell::which(workspace, name)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOTH: [Browser; 2] = [Browser::Chromium, Browser::Firefox];

    #[test]
    fn a_bare_machine_gets_three_debian_packages() {
        let (found, missing) = search(&BOTH, |_| None);
        assert!(found.is_empty());
        assert_eq!(packages(&missing), ["chromium", "chromium-driver", "firefox-esr"]);
    }

    #[test]
    fn one_browser_needs_nothing_of_the_other() {
        let (_, missing) = search(&[Browser::Firefox], |_| None);
        assert_eq!(packages(&missing), ["firefox-esr"]);
    }

    #[test]
    fn a_machine_with_everything_misses_nothing() {
        let (found, missing) = search(&BOTH, |program| Some(PathBuf::from("/bin").join(program.variable)));
        assert_eq!((found.len(), missing.len()), (4, 0));
    }

    #[test]
    fn the_advice_names_programs_variables_and_packages() {
        let (_, missing) = search(&[Browser::Chromium], |_| None);
        let advice = advice(&missing).to_string();
        for word in
            ["chromium, chromedriver", "CHROMIUM, CHROMEDRIVER", "apt-get install chromium chromium-driver"]
        {
            assert!(advice.contains(word), "{advice}");
        }
    }

    #[test]
    fn the_test_runner_sees_one_driver_only() {
        let (found, _) = search(&BOTH, |program| Some(PathBuf::from(program.variable)));
        let mut command = Command::new("true");
        Browsers { found }.name_driver_to(&mut command, Browser::Firefox);
        let set = |name: &str| command.get_envs().any(|(key, value)| key == name && value.is_some());
        assert!(set("GECKODRIVER") && !set("CHROMEDRIVER"));
    }
}
