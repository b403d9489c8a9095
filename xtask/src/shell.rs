//! Starting programs: our tools first in PATH, no colours where nobody watches, and a failure that says what to do.

use std::ffi::OsString;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use anyhow::{Context, Result, anyhow};

use crate::say;
use crate::workspace::Workspace;

/// A failure in two sentences: what went wrong, and what to do next.
pub(crate) fn failure(what: &str, next: &str) -> anyhow::Error {
    anyhow!("{what}\n  next: {next}")
}

/// A program to start in the root of the checkout.
pub(crate) fn command(workspace: &Workspace, program: &str) -> Command {
    let path = search_path(workspace);
    let found = which_in(program, &path).unwrap_or_else(|| PathBuf::from(program));
    let mut command = Command::new(found);
    command.current_dir(workspace.root()).env("PATH", path);
    if say::quiet() {
        // trunk reads NO_COLOR as a boolean and refuses the usual `1`.
        command
            .env("CARGO_TERM_COLOR", "never")
            .env("CARGO_TERM_PROGRESS_WHEN", "never")
            .env("NO_COLOR", "true");
    }
    command
}

/// Cargo, as it started us.
pub(crate) fn cargo(workspace: &Workspace) -> Command {
    let cargo = std::env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command(workspace, &cargo)
}

/// Runs to the end with our own input and output; `next` is told to the user when it fails.
pub(crate) fn run(command: &mut Command, next: &str) -> Result<()> {
    let shown = show(command);
    let status = command.stdin(Stdio::null()).status().with_context(|| {
        failure(&format!("Could not start `{shown}`."), "check that it is installed and on PATH.")
    })?;
    if status.success() { Ok(()) } else { Err(failure(&format!("`{shown}` failed ({status})."), next)) }
}

/// Runs to the end in silence; what it printed is part of the error.
pub(crate) fn run_silently(command: &mut Command, next: &str) -> Result<()> {
    let shown = show(command);
    let output = command.stdin(Stdio::null()).output().with_context(|| {
        failure(&format!("Could not start `{shown}`."), "check that it is installed and on PATH.")
    })?;
    if output.status.success() {
        return Ok(());
    }
    let printed = [output.stdout, output.stderr].concat();
    let printed = String::from_utf8_lossy(&printed);
    Err(failure(&format!("`{shown}` failed ({}). It said:\n{}\n", output.status, printed.trim_end()), next))
}

/// What a program prints to its standard output, or nothing if it cannot be started or fails.
pub(crate) fn capture(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Where a program is, our own tools first.
pub(crate) fn which(workspace: &Workspace, program: &str) -> Option<PathBuf> {
    which_in(program, &search_path(workspace))
}

fn search_path(workspace: &Workspace) -> OsString {
    let ours = workspace.tools_bin();
    let theirs = std::env::var_os("PATH").unwrap_or_default();
    let all = std::iter::once(ours).chain(std::env::split_paths(&theirs));
    std::env::join_paths(all).unwrap_or(theirs)
}

/// Where a program is in a PATH.
pub(crate) fn which_in(program: &str, path: &OsString) -> Option<PathBuf> {
    if program.contains(std::path::MAIN_SEPARATOR) {
        return Some(PathBuf::from(program));
    }
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    std::env::split_paths(path)
        .flat_map(|folder| endings.iter().map(move |ending| folder.join(format!("{program}{ending}"))))
        .find(|file| is_program(file))
}

#[cfg(unix)]
fn is_program(file: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    file.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_program(file: &Path) -> bool {
    file.is_file()
}

/// A command as one would type it.
pub(crate) fn show(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or(command.get_program());
    std::iter::once(program)
        .chain(command.get_args())
        .map(|word| word.to_string_lossy().into_owned())
        .collect::<Vec<_>>()
        .join(" ")
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_shown_as_typed() {
        let mut command = Command::new("/somewhere/bin/trunk");
        command.args(["build", "--release"]);
        assert_eq!(show(&command), "trunk build --release");
    }

    #[test]
    fn a_program_is_found_and_a_plain_file_is_not() {
        let path = OsString::from("/nowhere:/bin:/etc");
        assert!(which_in("sh", &path).is_some_and(|found| found.ends_with("sh")));
        assert_eq!(which_in("passwd", &OsString::from("/etc")), None);
    }

    #[test]
    fn a_failure_says_what_to_do_next() {
        let error = run(&mut Command::new("false"), "try `true`.").expect_err("false fails");
        assert!(error.to_string().contains("`false` failed"), "{error}");
        assert!(error.to_string().contains("next: try `true`."), "{error}");
    }

    #[test]
    fn a_silent_failure_carries_what_was_printed() {
        let mut command = Command::new("sh");
        command.args(["-c", "echo out; echo err >&2; exit 3"]);
        let error = run_silently(&mut command, "look.").expect_err("exit 3").to_string();
        assert!(error.contains("out\nerr") && error.contains("next: look."), "{error}");
    }
}
