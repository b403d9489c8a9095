//! Which version of a package Cargo.lock holds: wasm-bindgen's command line must match its library exactly.

use anyhow::{Context, Result};

use crate::shell;
use crate::workspace::Workspace;

/// The locked version of a package.
pub(crate) fn version_of(workspace: &Workspace, package: &str) -> Result<String> {
    let file = workspace.at("Cargo.lock");
    let text = std::fs::read_to_string(&file)
        .with_context(|| shell::failure("Could not read Cargo.lock.", "run `cargo generate-lockfile`."))?;
    find(&text, package).map(str::to_owned).ok_or_else(|| {
        shell::failure(
            &format!("Cargo.lock holds no single version of `{package}`."),
            &format!("see `cargo tree --invert {package}` and keep one version."),
        )
    })
}

/// The version, if exactly one is locked.
fn find<'text>(lock: &'text str, package: &str) -> Option<&'text str> {
    let mut versions = lock.split("[[package]]").filter_map(|entry| {
        let name = field(entry, "name")?;
        (name == package).then(|| field(entry, "version")).flatten()
    });
    let version = versions.next()?;
    versions.next().is_none().then_some(version)
}

fn field<'text>(entry: &'text str, key: &str) -> Option<&'text str> {
    entry.lines().find_map(|line| {
        let (name, value) = line.split_once(" = ")?;
        (name == key).then(|| value.trim_matches('"'))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const LOCK: &str = r#"
version = 4

[[package]]
name = "wasm-bindgen"
version = "0.2.129"
source = "registry+index"
dependencies = [
 "cfg-if",
]

[[package]]
name = "wasm-bindgen-futures"
version = "0.4.79"

[[package]]
name = "syn"
version = "1.0.0"

[[package]]
name = "syn"
version = "2.0.0"
"#;

    #[test]
    fn a_name_is_matched_whole() {
        assert_eq!(find(LOCK, "wasm-bindgen"), Some("0.2.129"));
        assert_eq!(find(LOCK, "wasm-bindgen-futures"), Some("0.4.79"));
    }

    #[test]
    fn two_versions_or_none_are_no_answer() {
        assert_eq!(find(LOCK, "syn"), None);
        assert_eq!(find(LOCK, "trunk"), None);
    }
}
