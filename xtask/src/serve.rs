//! `cargo xtask serve`: from a fresh checkout to a running server.

use std::process::Command;

use anyhow::Result;

use crate::build;
use crate::say;
use crate::shell::{self, failure};
use crate::tools;
use crate::workspace::Workspace;

/// Installs, builds and becomes the server.
pub(crate) fn run(workspace: &Workspace, flags: &[String]) -> Result<()> {
    tools::for_building(workspace)?;
    build::page(workspace)?;
    build::server(workspace, false)?;
    say::line("Starting the server: it prints its address. Stop it with Ctrl-C.");
    become_program(&mut server(workspace, "release", "dist", flags))
}

/// The server of a profile over a built page, with a key that outlives it; a `--dist` or `--key-file` of the user's wins.
pub(crate) fn server(workspace: &Workspace, profile: &str, dist: &str, flags: &[String]) -> Command {
    let mut server = Command::new(workspace.server(profile));
    server.current_dir(workspace.root());
    if !gives(flags, "--dist") {
        server.arg("--dist").arg(workspace.at(dist));
    }
    if !gives(flags, "--key-file") && std::env::var_os("VISAVIS_KEY_FILE").is_none() {
        // Calls go on over a restart: the next server knows who was there.
        server.arg("--key-file").arg(workspace.at("target/visavis.key"));
    }
    server.args(flags);
    server
}

fn gives(flags: &[String], name: &str) -> bool {
    flags
        .iter()
        .any(|flag| flag.strip_prefix(name).is_some_and(|rest| rest.is_empty() || rest.starts_with('=')))
}

/// Puts the program in our place, so that signals and the exit code are its own.
#[cfg(unix)]
fn become_program(command: &mut Command) -> Result<()> {
    use std::os::unix::process::CommandExt;
    let shown = shell::show(command);
    let error = command.exec();
    Err(failure(
        &format!("Could not start `{shown}`: {error}."),
        "run `cargo xtask serve` again; it rebuilds the server.",
    ))
}

#[cfg(not(unix))]
fn become_program(command: &mut Command) -> Result<()> {
    shell::run(command, "read what the server says above.")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn arguments(flags: &[&str]) -> Vec<String> {
        let flags: Vec<String> = flags.iter().map(|&flag| flag.to_owned()).collect();
        let server = server(&Workspace::find(), "release", "dist", &flags);
        server.get_args().map(|word| word.to_string_lossy().into_owned()).collect()
    }

    #[test]
    fn the_server_gets_the_built_page_and_the_flags() {
        let arguments = arguments(&["--listen", "0.0.0.0:80"]);
        assert_eq!(arguments.first().map(String::as_str), Some("--dist"));
        assert!(arguments.ends_with(&["--listen".to_owned(), "0.0.0.0:80".to_owned()]), "{arguments:?}");
    }

    #[test]
    fn what_the_user_names_wins() {
        for flags in
            [&["--dist", "elsewhere", "--key-file", "key"][..], &["--dist=elsewhere", "--key-file=key"]]
        {
            assert_eq!(arguments(flags), flags);
        }
    }
}
