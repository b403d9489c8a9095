//! The commands of the README: `cargo xtask serve | dev | test | bench | dist | setup`.
//!
//! This file reads the command line and turns an outcome into an exit code. It knows nothing about tools, builds or
//! browsers: `tools` installs, `build` builds, and each command has a file of its own.

mod alone;
mod args;
mod bench;
mod browsers;
mod build;
mod debian;
mod dev;
mod dist;
mod lab;
mod lockfile;
mod pin;
mod say;
mod serve;
mod shell;
mod shrink;
mod size;
mod stamp;
mod test;
mod tools;
mod workspace;

use std::process::ExitCode;

use args::Task;
use workspace::Workspace;

fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let task = match args::parse(&words) {
        Ok(task) => task,
        Err(unknown) => {
            say::failure(&unknown);
            say::line(args::HELP);
            return ExitCode::from(2);
        }
    };
    let workspace = Workspace::find();
    let outcome = match task {
        Task::Help => {
            say::line(args::HELP);
            Ok(())
        }
        Task::Setup => tools::everything(&workspace),
        Task::Serve { flags } => serve::run(&workspace, &flags),
        Task::Dev { flags } => dev::run(&workspace, &flags),
        Task::Dist => dist::run(&workspace),
        Task::Test(selection) => test::run(&workspace, &selection),
        Task::Bench { bench, options } => bench::run(&workspace, bench, &options),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            say::failure(&format!("{error:#}"));
            ExitCode::FAILURE
        }
    }
}
