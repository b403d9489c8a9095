//! Tells the service worker which files the page is made of, so that it keeps this version whole (`client/worker.js`).

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::shell::failure;
use crate::stamp;
use crate::workspace::Workspace;

const WORKER: &str = "worker.js";
/// What is written in the source where the build and its files belong.
const PLACES: [&str; 2] = ["const BUILD = '';", "const FILES = {};"];

/// Writes the list of what is in dist/ into the worker there.
pub(crate) fn page(workspace: &Workspace) -> Result<()> {
    let dist = workspace.dist();
    let worker = dist.join(WORKER);
    let source = std::fs::read_to_string(&worker).with_context(|| format!("reading {}", worker.display()))?;
    let pinned = pin(&source, &list(&dist)?)?;
    std::fs::write(&worker, pinned).with_context(|| format!("writing {}", worker.display()))
}

/// Every file but the worker by its name from there, the page itself as `./`, with the SHA-256 of its content.
fn list(dist: &Path) -> Result<Vec<(String, String)>> {
    let files = stamp::files(&[dist.to_owned()]).into_iter().map(|file| {
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().replace('\\', "/");
        let bytes = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        Ok((if name == "index.html" { "./".to_owned() } else { name }, digest(&bytes)))
    });
    files.filter(|file| file.as_ref().map_or(true, |(name, _)| name != WORKER)).collect()
}

/// The worker with its list; the build has the name of what is in it.
fn pin(source: &str, files: &[(String, String)]) -> Result<String> {
    let [build, list] = PLACES;
    if !source.contains(build) || !source.contains(list) {
        return Err(failure(
            "The worker has no place for the list of its files.",
            &format!("keep `{build}` and `{list}` in client/{WORKER}, or mend xtask/src/pin.rs."),
        ));
    }
    let lines =
        files.iter().map(|(name, digest)| format!("  '{name}': '{digest}',\n")).collect::<Vec<_>>().concat();
    // What the worker itself does is part of the version as well.
    let name = digest(format!("{source}{lines}").as_bytes());
    let name = name.get(..16).unwrap_or_default();
    Ok(source
        .replace(build, &format!("const BUILD = '{name}';"))
        .replace(list, &format!("const FILES = {{\n{lines}}};")))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = include_str!("../../client/worker.js");

    fn files(words: &str) -> Vec<(String, String)> {
        vec![("./".to_owned(), digest(words.as_bytes())), ("more.css".to_owned(), digest(b"p{}"))]
    }

    #[test]
    fn the_worker_knows_every_file_by_its_content() {
        let pinned = pin(SOURCE, &files("hello")).unwrap();
        // printf hello | sha256sum
        let hello = "2cf24dba5fb0a30e26e83b2ac5b9e29e1b161e5c1fa7425e73043362938b9824";
        assert!(
            pinned.contains(&format!("const FILES = {{\n  './': '{hello}',\n  'more.css': '")),
            "{pinned}"
        );
        assert!(PLACES.iter().all(|place| !pinned.contains(place)));
    }

    #[test]
    fn a_build_has_another_name_when_anything_in_it_is_other() {
        let name = |source: &str, words| {
            let pinned = pin(source, &files(words)).unwrap();
            pinned.split("const BUILD = '").nth(1).and_then(|rest| rest.get(..16)).map(str::to_owned)
        };
        assert_eq!(name(SOURCE, "hello"), name(SOURCE, "hello"));
        assert_ne!(name(SOURCE, "hello"), name(SOURCE, "hallo"));
        assert_ne!(name(SOURCE, "hello"), name(&format!("{SOURCE}//"), "hello"));
    }

    #[test]
    fn a_worker_without_a_place_for_them_is_refused() {
        assert!(pin("const FILES = {};", &[]).is_err());
    }

    #[test]
    fn every_file_is_listed_but_the_worker() {
        let dist = std::env::temp_dir().join(format!("visavis-xtask-{}-pin", std::process::id()));
        std::fs::create_dir_all(dist.join("text")).unwrap();
        for name in ["index.html", "worker.js", "text/de.txt", "a.js"] {
            std::fs::write(dist.join(name), name).unwrap();
        }
        let names: Vec<String> = list(&dist).unwrap().into_iter().map(|(name, _)| name).collect();
        assert_eq!(names, ["a.js", "./", "text/de.txt"]);
        std::fs::remove_dir_all(&dist).unwrap();
    }
}
