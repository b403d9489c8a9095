//! Where things are in the checkout.

use std::path::{Path, PathBuf};

/// The checkout, by its paths.
#[derive(Debug, Clone)]
pub(crate) struct Workspace {
    root: PathBuf,
    target: PathBuf,
}

impl Workspace {
    /// The checkout that `cargo xtask` was called in; else the one this program was built from.
    pub(crate) fn find() -> Self {
        let manifest =
            std::env::var_os("CARGO_MANIFEST_DIR").unwrap_or_else(|| env!("CARGO_MANIFEST_DIR").into());
        let manifest = Path::new(&manifest);
        let root = manifest.parent().unwrap_or(manifest).to_owned();
        let target = match std::env::var_os("CARGO_TARGET_DIR") {
            Some(folder) => root.join(folder),
            None => root.join("target"),
        };
        Self { root, target }
    }

    /// The folder of the root Cargo.toml.
    pub(crate) fn root(&self) -> &Path {
        &self.root
    }

    /// A path below the root.
    pub(crate) fn at(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    /// Where cargo builds.
    pub(crate) fn target(&self) -> &Path {
        &self.target
    }

    /// The built page.
    pub(crate) fn dist(&self) -> PathBuf {
        self.at("dist")
    }

    /// Installed tools: `bin`, and what they need beside it.
    pub(crate) fn tools(&self) -> PathBuf {
        self.at("target/tools")
    }

    /// Installed programs, first in the PATH of everything we start.
    pub(crate) fn tools_bin(&self) -> PathBuf {
        self.at("target/tools/bin")
    }

    /// The built server of a cargo profile folder (`debug` or `release`).
    pub(crate) fn server(&self, profile: &str) -> PathBuf {
        self.target.join(profile).join(format!("visavis{}", std::env::consts::EXE_SUFFIX))
    }
}
