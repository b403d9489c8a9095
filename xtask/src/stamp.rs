//! Fingerprints of files by path, size and time of change: equal means there is nothing to do again.

use std::collections::BTreeSet;
use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::{Path, PathBuf};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};

/// Folders that are made, not written.
const MADE: [&str; 3] = ["target", "node_modules", "dist"];

/// A fingerprint of files and folders (searched to the bottom, without hidden or made ones).
pub(crate) fn fingerprint(paths: &[PathBuf]) -> String {
    let mut hasher = DefaultHasher::new();
    for path in files(paths) {
        path.hash(&mut hasher);
        if let Ok(found) = path.metadata() {
            found.len().hash(&mut hasher);
            let changed = found.modified().ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
            changed.hash(&mut hasher);
        }
    }
    format!("{:016x}", hasher.finish())
}

/// Every file named or below a folder named, in order.
pub(crate) fn files(paths: &[PathBuf]) -> BTreeSet<PathBuf> {
    let mut found = BTreeSet::new();
    let mut open: Vec<PathBuf> = paths.to_vec();
    while let Some(path) = open.pop() {
        if let Ok(entries) = std::fs::read_dir(&path) {
            open.extend(entries.flatten().map(|entry| entry.path()).filter(|path| is_written(path)));
        } else {
            found.insert(path);
        }
    }
    found
}

fn is_written(path: &Path) -> bool {
    path.file_name()
        .and_then(|name| name.to_str())
        .is_some_and(|name| !name.starts_with('.') && !MADE.contains(&name))
}

/// What a build was made from and what it made, remembered in a file.
#[derive(Debug)]
pub(crate) struct Stamp {
    file: PathBuf,
    inputs: String,
    outputs: Vec<PathBuf>,
}

impl Stamp {
    /// Looks at the inputs as they are now, before the build: what changes while it runs belongs to the next one.
    /// `tools` is anything else the result depends on, such as the compiler's version.
    pub(crate) fn new(file: PathBuf, tools: &str, inputs: &[PathBuf], outputs: Vec<PathBuf>) -> Self {
        Self { file, inputs: format!("{tools}\n{}", fingerprint(inputs)), outputs }
    }

    /// True when neither side has changed since the last [`Self::press`].
    pub(crate) fn holds(&self) -> bool {
        std::fs::read_to_string(&self.file).is_ok_and(|pressed| pressed == self.text())
    }

    /// Remembers the inputs as they were and the outputs as they are.
    pub(crate) fn press(&self) -> Result<()> {
        if let Some(folder) = self.file.parent() {
            std::fs::create_dir_all(folder).with_context(|| format!("creating {}", folder.display()))?;
        }
        std::fs::write(&self.file, self.text()).with_context(|| format!("writing {}", self.file.display()))
    }

    fn text(&self) -> String {
        format!("{}\n{}\n", self.inputs, fingerprint(&self.outputs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A folder of the test's own, removed at its end.
    struct Scratch(PathBuf);

    impl Scratch {
        fn new(name: &str) -> Self {
            let folder = std::env::temp_dir().join(format!("visavis-xtask-{}-{name}", std::process::id()));
            std::fs::create_dir_all(folder.join("in/deep")).unwrap();
            std::fs::create_dir_all(folder.join("in/target")).unwrap();
            std::fs::create_dir_all(folder.join("out")).unwrap();
            Self(folder)
        }

        fn write(&self, path: &str, text: &str) {
            std::fs::write(self.0.join(path), text).unwrap();
        }

        fn stamp(&self) -> Stamp {
            self.stamp_with("compiler 1")
        }

        fn stamp_with(&self, tools: &str) -> Stamp {
            Stamp::new(self.0.join("made/stamp"), tools, &[self.0.join("in")], vec![self.0.join("out")])
        }
    }

    impl Drop for Scratch {
        fn drop(&mut self) {
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    #[test]
    fn a_stamp_holds_until_an_input_changes() {
        let scratch = Scratch::new("input");
        scratch.write("in/deep/file", "one");
        assert!(!scratch.stamp().holds(), "nothing was built yet");
        scratch.stamp().press().unwrap();
        assert!(scratch.stamp().holds());
        scratch.write("in/deep/file", "longer");
        assert!(!scratch.stamp().holds());
    }

    #[test]
    fn a_change_during_the_build_is_built_next_time() {
        let scratch = Scratch::new("during");
        let stamp = scratch.stamp();
        scratch.write("in/deep/file", "saved while it builds");
        stamp.press().unwrap();
        assert!(!scratch.stamp().holds());
    }

    #[test]
    fn another_compiler_breaks_the_stamp() {
        let scratch = Scratch::new("compiler");
        scratch.stamp().press().unwrap();
        assert!(!scratch.stamp_with("compiler 2").holds());
    }

    #[test]
    fn a_stamp_breaks_when_somebody_else_writes_the_output() {
        let scratch = Scratch::new("output");
        scratch.write("out/page", "release");
        scratch.stamp().press().unwrap();
        scratch.write("out/page", "debug build");
        assert!(!scratch.stamp().holds());
        std::fs::remove_file(scratch.0.join("out/page")).unwrap();
        assert!(!scratch.stamp().holds());
    }

    #[test]
    fn a_new_file_counts_and_a_made_or_hidden_one_does_not() {
        let scratch = Scratch::new("new");
        scratch.stamp().press().unwrap();
        scratch.write("in/target/made", "object code");
        scratch.write("in/.swap", "an editor's");
        assert!(scratch.stamp().holds());
        scratch.write("in/new", "source");
        assert!(!scratch.stamp().holds());
    }
}
