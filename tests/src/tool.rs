//! Where the browsers, their drivers, the server and the built page are found.
//!
//! Each has an environment variable (set by `cargo xtask test`) and a default on `PATH` or under `target`.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context as _, Result, bail};

const ADVICE: &str = "run `cargo xtask test`, which installs and builds what the tests need";

/// The `chromedriver` executable.
pub fn chromedriver() -> Result<PathBuf> {
    program("CHROMEDRIVER", &["chromedriver"])
}

/// The `geckodriver` executable.
pub fn geckodriver() -> Result<PathBuf> {
    program("GECKODRIVER", &["geckodriver"])
}

/// The Chromium executable.
pub fn chromium() -> Result<PathBuf> {
    program("CHROMIUM", &["chromium", "chromium-browser", "google-chrome"])
}

/// The Firefox executable.
pub fn firefox() -> Result<PathBuf> {
    program("FIREFOX", &["firefox-esr", "firefox"])
}

/// The `ip` of iproute2.
pub fn ip() -> Result<PathBuf> {
    program("VISAVIS_IP", &["ip"])
}

/// The `iptables-restore` of iptables.
pub fn iptables_restore() -> Result<PathBuf> {
    program("VISAVIS_IPTABLES_RESTORE", &["iptables-restore"])
}

/// The `turnserver` of coturn.
pub fn turnserver() -> Result<PathBuf> {
    program("VISAVIS_TURNSERVER", &["turnserver"])
}

/// The server's executable: `VISAVIS_BIN`, else the newer of the release and the debug build.
pub fn visavis() -> Result<PathBuf> {
    if let Some(path) = from_environment("VISAVIS_BIN")? {
        return Ok(path);
    }
    let built = ["release/visavis", "debug/visavis"].map(|name| target_dir().join(name));
    let newest =
        built.into_iter().filter_map(|path| Some((path.metadata().ok()?.modified().ok()?, path))).max();
    match newest {
        Some((_, path)) => Ok(path),
        None => bail!("the server is not built: set VISAVIS_BIN or {ADVICE}"),
    }
}

/// Whether the server has a flag of this name, which not every server may have yet.
pub fn visavis_knows(flag: &str) -> Result<bool> {
    let help = Command::new(visavis()?).arg("--help").output()?;
    Ok(String::from_utf8_lossy(&help.stdout).contains(flag))
}

/// The folder of the built page.
pub fn dist() -> Result<PathBuf> {
    if let Some(path) = from_environment("VISAVIS_DIST")? {
        return Ok(path);
    }
    let path = workspace().join("dist");
    if path.join("index.html").is_file() {
        return Ok(path);
    }
    bail!("the page is not built: set VISAVIS_DIST or {ADVICE}")
}

/// The folder into which screenshots and the reports of failures go.
pub fn report_dir() -> Result<PathBuf> {
    let path = target_dir().join("e2e");
    std::fs::create_dir_all(&path)?;
    Ok(path)
}

/// What a document of the project says.
pub fn document(path: &str) -> Result<String> {
    let path = workspace().join(path);
    std::fs::read_to_string(&path).with_context(|| path.display().to_string())
}

fn workspace() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().map(Path::to_path_buf).unwrap_or_default()
}

fn target_dir() -> PathBuf {
    env::var_os("CARGO_TARGET_DIR").map_or_else(|| workspace().join("target"), |dir| workspace().join(dir))
}

fn from_environment(variable: &str) -> Result<Option<PathBuf>> {
    let Some(value) = env::var_os(variable) else { return Ok(None) };
    let path = PathBuf::from(value);
    if path.exists() {
        return Ok(Some(path));
    }
    bail!("{variable} names {}, which is not there: {ADVICE}", path.display())
}

fn program(variable: &str, names: &[&str]) -> Result<PathBuf> {
    if let Some(path) = from_environment(variable)? {
        return Ok(path);
    }
    let path = env::var_os("PATH").unwrap_or_default();
    // What only root uses is not on everybody's PATH.
    let others = [target_dir().join("tools/bin"), "/usr/sbin".into(), "/sbin".into()];
    let folders: Vec<PathBuf> = env::split_paths(&path).chain(others).collect();
    let found = names
        .iter()
        .flat_map(|name| folders.iter().map(move |dir| dir.join(name)))
        .find(|path| path.is_file());
    match found {
        Some(path) => Ok(path),
        None => bail!("{} is not on PATH: set {variable} or {ADVICE}", names.join(" or ")),
    }
}
