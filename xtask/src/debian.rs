//! apt-get, where it may be used: on Debian, as root or with a sudo that asks nothing.

use std::process::Command;

use anyhow::Result;

use crate::say;
use crate::shell;
use crate::workspace::Workspace;

/// A Debian on which we may install packages.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Debian {
    sudo: bool,
}

impl Debian {
    /// This machine, if it is one.
    pub(crate) fn here(workspace: &Workspace) -> Option<Self> {
        let release = std::fs::read_to_string("/etc/os-release").ok()?;
        if !is_debian(&release) || shell::which(workspace, "apt-get").is_none() {
            return None;
        }
        let user = shell::capture(shell::command(workspace, "id").arg("-u"))?;
        if user.trim() == "0" {
            return Some(Self { sudo: false });
        }
        let sudo = shell::capture(shell::command(workspace, "sudo").args(["-n", "true"])).is_some();
        sudo.then_some(Self { sudo })
    }

    /// Whether it is root who asks, with no need of sudo.
    pub(crate) fn is_root(self) -> bool {
        !self.sudo
    }

    /// Installs packages in silence.
    pub(crate) fn install(self, workspace: &Workspace, packages: &[&str]) -> Result<()> {
        let list = packages.join(" ");
        say::timed(&format!("Installing {list} with apt-get"), "1 min", || {
            let by_hand =
                format!("run `apt-get update && apt-get install {list}` as root, then this command again.");
            shell::run_silently(self.apt_get(workspace).args(["-qq", "update"]), &by_hand)?;
            shell::run_silently(
                self.apt_get(workspace).args(["-qq", "--yes", "install"]).args(packages),
                &by_hand,
            )
        })
    }

    fn apt_get(self, workspace: &Workspace) -> Command {
        let mut command = if self.sudo {
            let mut sudo = shell::command(workspace, "sudo");
            sudo.args(["-n", "env"]);
            sudo
        } else {
            shell::command(workspace, "env")
        };
        command.args(["DEBIAN_FRONTEND=noninteractive", "apt-get", "-o", "DPkg::Lock::Timeout=300"]);
        command
    }
}

fn is_debian(release: &str) -> bool {
    release.lines().any(|line| line == "ID=debian" || line == "ID=\"debian\"")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debian_is_told_from_its_children() {
        assert!(is_debian("PRETTY_NAME=\"Debian GNU/Linux 12\"\nID=debian\n"));
        assert!(is_debian("ID=\"debian\"\n"));
        assert!(!is_debian("ID=ubuntu\nID_LIKE=debian\n"));
        assert!(!is_debian("ID=fedora\nVARIANT_ID=debian-like\n"));
    }
}
