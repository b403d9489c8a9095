//! Keeps the documents true: paths that ARCHITECTURE.md names exist, docs/PROTOCOL.md describes every event, README.md
//! every flag of the server.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use visavis_protocol::{ClientEvent, ServerEvent};

fn root() -> PathBuf {
    let manifest = Path::new(env!("CARGO_MANIFEST_DIR"));
    manifest.parent().unwrap_or(manifest).to_owned()
}

fn document(path: &str) -> Result<String> {
    std::fs::read_to_string(root().join(path)).with_context(|| format!("{path}: write it, or mend this test"))
}

/// The pieces between backticks on one line, code blocks left out.
fn quoted(text: &str) -> Vec<&str> {
    let mut in_block = false;
    let mut pieces = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            in_block = !in_block;
        } else if !in_block {
            pieces.extend(line.split('`').skip(1).step_by(2));
        }
    }
    pieces
}

/// True for what reads as a path of the checkout: it has a slash or the ending of a file, and nothing of a URL, a
/// route, a command or a pattern. What is made by building is left out.
fn is_path(piece: &str) -> bool {
    const ENDINGS: [&str; 6] = [".rs", ".md", ".toml", ".html", ".css", ".svg"];
    const MADE: [&str; 2] = ["target", "dist"];
    let plain = piece.chars().all(|sign| sign.is_ascii_alphanumeric() || "/._-".contains(sign));
    let first = piece.split('/').next().unwrap_or_default();
    let looks = piece.contains('/') || ENDINGS.iter().any(|ending| piece.ends_with(ending));
    plain && looks && !piece.starts_with('/') && !MADE.contains(&first)
}

#[test]
fn every_path_in_the_architecture_exists() -> Result<()> {
    let text = document("ARCHITECTURE.md")?;
    let paths: Vec<&str> = quoted(&text).into_iter().filter(|piece| is_path(piece)).collect();
    assert!(!paths.is_empty(), "ARCHITECTURE.md names no path in backticks: it should hold the code map");
    let gone: Vec<&str> = paths.into_iter().filter(|path| !root().join(path).exists()).collect();
    assert!(
        gone.is_empty(),
        "ARCHITECTURE.md names what is not there: {gone:?}. Name the new place (from the root of the checkout)."
    );
    Ok(())
}

#[test]
fn every_event_is_described_in_the_protocol() -> Result<()> {
    let text = document("docs/PROTOCOL.md")?;
    let quoted = quoted(&text);
    let names = ClientEvent::NAMES.into_iter().chain(ServerEvent::NAMES);
    let untold: Vec<&str> = names
        .filter(|name| {
            !quoted.iter().any(|piece| {
                piece.split(|sign: char| sign != '-' && !sign.is_alphanumeric()).next() == Some(*name)
            })
        })
        .collect();
    assert!(
        untold.is_empty(),
        "docs/PROTOCOL.md does not describe {untold:?}. Give each a section with its name in backticks."
    );
    Ok(())
}

#[test]
fn every_flag_of_the_server_is_in_the_readme() -> Result<()> {
    let readme = document("README.md")?;
    let config = document("server/src/config.rs")? + &document("server/src/config/turn.rs")?;
    let flags: Vec<String> = config
        .split("env = \"VISAVIS_")
        .skip(1)
        .filter_map(|rest| rest.split('"').next())
        .map(|name| format!("`--{}`", name.to_lowercase().replace('_', "-")))
        .collect();
    assert!(
        !flags.is_empty(),
        "server/src/config.rs has no flag with an environment variable: mend this test"
    );
    let untold: Vec<&String> = flags.iter().filter(|flag| !readme.contains(flag.as_str())).collect();
    assert!(untold.is_empty(), "README.md does not tell of {untold:?}. Add them to its table of flags.");
    Ok(())
}

#[test]
fn paths_are_told_from_other_code() {
    for path in ["crates/call/src/lib.rs", "server", "README.md", "client/src/browser/", ".ci/run"] {
        assert_eq!(is_path(path), path != "server", "{path}");
    }
    for other in [
        "/socket.io/",
        "https://host/#secret",
        "Call::handle(input)",
        "cargo xtask test",
        "crates/*/src",
        "target/tools",
    ] {
        assert!(!is_path(other), "{other}");
    }
}

#[test]
fn code_blocks_are_not_searched() {
    assert_eq!(quoted("see `a/b` and `c`\n```sh\ncd `x/y`\n```\nthen `d`"), ["a/b", "c", "d"]);
}

/// The Rust files below a directory.
fn rust_files(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    for entry in std::fs::read_dir(directory)? {
        let path = entry?.path();
        if path.is_dir() {
            files.extend(rust_files(&path)?);
        } else if path.extension().is_some_and(|ending| ending == "rs") {
            files.push(path);
        }
    }
    Ok(files)
}

#[test]
fn one_directory_alone_names_the_browser() -> Result<()> {
    let sources = root().join("client/src");
    let browser = sources.join("browser");
    let (mut inside, mut outside) = (0, Vec::new());
    for file in rust_files(&sources)? {
        let text = std::fs::read_to_string(&file)?;
        if ["use web_sys", "use js_sys", "web_sys::", "js_sys::"].iter().any(|use_of| text.contains(use_of)) {
            if file.starts_with(&browser) {
                inside += 1;
            } else {
                outside.push(file);
            }
        }
    }
    assert!(inside > 0, "no file of client/src/browser names web_sys: did it move?");
    assert!(outside.is_empty(), "only client/src/browser may name web_sys and js_sys, not {outside:?}");
    Ok(())
}
