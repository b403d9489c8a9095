//! A built page that changes while a server shows it, as with an upgrade.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

use crate::tool;

/// The part of the program that has another name in every edition.
const PART: &str = "visavis-more-";
const WORKER: &str = "worker.js";

/// A copy of the built page, in a folder of its own.
#[derive(Debug)]
pub struct Edition {
    folder: TempDir,
}

impl Edition {
    /// The page as it is built.
    pub fn built() -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("visavis-e2e-").tempdir()?;
        let dist = tool::dist()?;
        for file in files(&dist)? {
            let copy = folder.path().join(file.strip_prefix(&dist)?);
            std::fs::create_dir_all(copy.parent().context("it is below the folder")?)?;
            std::fs::copy(&file, copy)?;
        }
        Ok(Self { folder })
    }

    /// Where it is.
    pub fn path(&self) -> Result<&str> {
        self.folder.path().to_str().context("the folder's path is no text")
    }

    /// Puts another one in its place: its title has this number, one of its parts another name, and the service worker knows all that.
    pub fn change(&self, number: u32) -> Result<()> {
        let old = self.stem()?;
        let new = format!("{PART}{number:016x}");
        for file in files(self.folder.path())? {
            let is_script = file.extension().is_some_and(|ending| ending == "js" || ending == "html");
            if is_script {
                let text = std::fs::read_to_string(&file)?.replace(&old, &new);
                let text =
                    text.replace("<title>Visavis</title>", &format!("<title>Visavis {number}</title>"));
                std::fs::write(&file, text)?;
            }
            let name = file.file_name().context("a file has a name")?.to_string_lossy().replace(&old, &new);
            std::fs::rename(&file, file.with_file_name(name))?;
        }
        self.pin(number)
    }

    /// The part's name, with its hash.
    fn stem(&self) -> Result<String> {
        let mut names = files(self.folder.path())?.into_iter().filter_map(|file| {
            let name = file.file_name()?.to_str()?.to_owned();
            name.strip_suffix("_bg.wasm").filter(|name| name.starts_with(PART)).map(str::to_owned)
        });
        names.next_back().context("the page has no such part")
    }

    /// As `cargo xtask` writes it.
    fn pin(&self, number: u32) -> Result<()> {
        let folder = self.folder.path();
        let mut list = String::new();
        for file in files(folder)? {
            let name = file.strip_prefix(folder)?.to_str().context("a path is text")?;
            let mut digest = String::new();
            for byte in Sha256::digest(std::fs::read(&file)?) {
                write!(digest, "{byte:02x}")?;
            }
            match name {
                WORKER => {}
                "index.html" => writeln!(list, "  './': '{digest}',")?,
                name => writeln!(list, "  '{name}': '{digest}',")?,
            }
        }
        let worker = folder.join(WORKER);
        let text = std::fs::read_to_string(&worker)?;
        let (before, rest) = text.split_once("const FILES = {\n").context("the worker has a list")?;
        let (_, after) = rest.split_once("};").context("the list has an end")?;
        let (head, build) = before.split_once("const BUILD = '").context("the worker has a build")?;
        let (_, tail) = build.split_once('\'').context("the build has an end")?;
        std::fs::write(
            worker,
            format!("{head}const BUILD = '{number:016x}'{tail}const FILES = {{\n{list}}};{after}"),
        )?;
        Ok(())
    }
}

fn files(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(files(&path)?);
        } else {
            found.push(path);
        }
    }
    Ok(found)
}
