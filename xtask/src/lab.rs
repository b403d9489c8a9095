//! The laboratory of networks in which a part of the end-to-end tests plays: installs what it is made of, and asks it
//! whether it can run here.

use anyhow::Result;

use crate::debian::Debian;
use crate::shell::{self, failure};
use crate::workspace::Workspace;

const COTURN: &str = "coturn";
/// A program the lab runs, and its Debian package.
const PROGRAMS: [(&str, &str); 3] =
    [("ip", "iproute2"), ("iptables-restore", "iptables"), ("turnserver", COTURN)];

/// Installs what is missing, where the lab could run: on Debian as root. Elsewhere the lab itself tells what it lacks.
pub(crate) fn install(workspace: &Workspace) -> Result<()> {
    let missing = packages(|program| shell::which(workspace, program).is_some());
    match Debian::here(workspace) {
        Some(debian) if debian.is_root() && !missing.is_empty() => {
            debian.install(workspace, &missing)?;
            if missing.contains(&COTURN) {
                stop_service(workspace);
            }
            Ok(())
        }
        _ => Ok(()),
    }
}

/// Debian starts the coturn that it installs, which would take the port of our own relay on this machine.
fn stop_service(workspace: &Workspace) {
    // Where there is no systemd, nothing was started.
    drop(shell::capture(shell::command(workspace, "systemctl").args(["disable", "--now", COTURN])));
}

/// Why the lab cannot run here, in a sentence of its own; nothing if it can.
pub(crate) fn obstacle(workspace: &Workspace) -> Result<Option<String>> {
    let mut cargo = shell::cargo(workspace);
    cargo.args(["run", "--quiet", "--package", "visavis-e2e", "--bin", "lab-obstacle"]);
    let said = shell::capture(&mut cargo).ok_or_else(|| {
        failure(
            "The lab could not be asked whether it can run here.",
            "run `cargo run --package visavis-e2e --bin lab-obstacle` and mend what it says.",
        )
    })?;
    Ok(sentence(&said))
}

fn packages(is_there: impl Fn(&str) -> bool) -> Vec<&'static str> {
    PROGRAMS.into_iter().filter(|(program, _)| !is_there(program)).map(|(_, package)| package).collect()
}

fn sentence(said: &str) -> Option<String> {
    let said = said.trim();
    (!said.is_empty()).then(|| said.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_missing_is_installed() {
        assert_eq!(packages(|_| false), ["iproute2", "iptables", "coturn"]);
        assert_eq!(packages(|program| program == "ip"), ["iptables", "coturn"]);
        assert!(packages(|_| true).is_empty());
    }

    #[test]
    fn silence_means_that_the_lab_can_run() {
        assert_eq!(sentence("\n"), None);
        assert_eq!(sentence("The lab cannot run here.\n").as_deref(), Some("The lab cannot run here."));
    }
}
