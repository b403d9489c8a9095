//! `cargo xtask dist`: one release binary with the page inside, compressed ahead.

use std::io::Write;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use flate2::Compression;
use flate2::write::GzEncoder;

use crate::build;
use crate::say;
use crate::size;
use crate::stamp::{self, Stamp};
use crate::tools;
use crate::workspace::Workspace;

/// Builds the page and the binary that carries it.
pub(crate) fn run(workspace: &Workspace) -> Result<()> {
    tools::for_building(workspace)?;
    let binary = build(workspace)?;
    let bytes = binary.metadata().with_context(|| format!("looking at {}", binary.display()))?.len();
    say::line(&format!(
        "{} ({:.1} MB) is the whole product: copy it where it shall run.",
        binary.display(),
        megabytes(bytes)
    ));
    Ok(())
}

/// The binary, its tools being there.
pub(crate) fn build(workspace: &Workspace) -> Result<PathBuf> {
    build::page(workspace)?;
    compress(workspace)?;
    build::server(workspace, true)
}

/// Copies dist/ to target/embed with a `.br` and a `.gz` beside each file. Unchanged files keep their time, so that
/// cargo does not build again.
fn compress(workspace: &Workspace) -> Result<()> {
    let from = workspace.dist();
    let to = workspace.at("target/embed");
    let stamp = Stamp::new(
        workspace.target().join("xtask/embed.stamp"),
        "",
        std::slice::from_ref(&from),
        vec![to.clone()],
    );
    if stamp.holds() {
        return Ok(());
    }
    say::timed("Compressing the page", "5 s", || fill(&from, &to))?;
    stamp.press()
}

fn fill(from: &Path, to: &Path) -> Result<()> {
    let mut kept = Vec::new();
    for file in stamp::files(&[from.to_owned()]) {
        let plain = std::fs::read(&file).with_context(|| format!("reading {}", file.display()))?;
        let target = to.join(file.strip_prefix(from).unwrap_or(&file));
        let brotli = size::brotli(&plain)?;
        let gzip = gzip(&plain)?;
        for (ending, content) in [("", &plain), (".br", &brotli), (".gz", &gzip)] {
            let mut path = target.clone().into_os_string();
            path.push(ending);
            let path = PathBuf::from(path);
            write_if_changed(&path, content)?;
            kept.push(path);
        }
    }
    for old in stamp::files(&[to.to_owned()]) {
        if !kept.contains(&old) && old.exists() {
            std::fs::remove_file(&old).with_context(|| format!("removing {}", old.display()))?;
        }
    }
    Ok(())
}

fn gzip(plain: &[u8]) -> Result<Vec<u8>> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).context("compressing with gzip")?;
    encoder.finish().context("compressing with gzip")
}

fn write_if_changed(path: &Path, content: &[u8]) -> Result<()> {
    if std::fs::read(path).is_ok_and(|there| there == content) {
        return Ok(());
    }
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
    }
    std::fs::write(path, content).with_context(|| format!("writing {}", path.display()))
}

#[expect(clippy::cast_precision_loss, reason = "a file size in megabytes with one decimal")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_file_gets_both_compressions_and_old_ones_go() {
        let folder = std::env::temp_dir().join(format!("visavis-xtask-{}-embed", std::process::id()));
        let (from, to) = (folder.join("dist"), folder.join("embed"));
        std::fs::create_dir_all(&from).unwrap();
        std::fs::create_dir_all(&to).unwrap();
        std::fs::write(from.join("index.html"), "<p>hello</p>".repeat(20)).unwrap();
        std::fs::write(to.join("app-old.js"), "of the last build").unwrap();

        fill(&from, &to).unwrap();

        let names: Vec<String> = stamp::files(std::slice::from_ref(&to))
            .iter()
            .map(|file| file.strip_prefix(&to).unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(names, ["index.html", "index.html.br", "index.html.gz"]);
        let before = to.join("index.html.br").metadata().unwrap().modified().unwrap();
        fill(&from, &to).unwrap();
        let after = to.join("index.html.br").metadata().unwrap().modified().unwrap();
        assert_eq!(before, after, "an unchanged file is not written again");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
