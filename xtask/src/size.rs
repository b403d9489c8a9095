//! The size gate: all that a browser loads to be in a call, compressed as the server sends it; what it loads beside a call
//! that runs, and to watch over its links; what it loads when something is set or somebody invited, in a frame of another page,
//! and when a file is offered.

use std::path::Path;

use anyhow::{Context, Result};

use crate::say;
use crate::shell::failure;
use crate::stamp;
use crate::workspace::Workspace;

/// The most that the page may weigh, in bytes.
const BUDGET: usize = 250_000;
/// The most that the home page weighs, in bytes; who comes by a link does not load it.
const BUDGET_HOME: usize = 72_000;
/// The most that is loaded later, in bytes: the chat, and the panel in which files are shown.
const BUDGET_BESIDE: usize = 150_000;
/// The most that is loaded when something is to be set or somebody to be invited, in bytes: devices, view, people, links with
/// their graphs, the ways to invite with a QR code, and the window that floats.
const BUDGET_MORE: usize = 118_000;
/// The most that is loaded in a frame of another page, in bytes.
const BUDGET_EMBED: usize = 40_000;
/// The most that is loaded besides, in bytes, so that a browser can keep and install the page.
const BUDGET_KEPT: usize = 20_000;
/// The most that is loaded to watch over links, in bytes.
const BUDGET_QUALITY: usize = 50_000;
/// The most that is loaded when there is a file: who reads, sends and stores it.
const BUDGET_FILES: usize = 112_000;

/// When a file of the page is loaded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum When {
    ToBeInACall,
    AtHome,
    BesideACall,
    LinksAreWatched,
    SomethingIsSet,
    InAFrame,
    ThereIsAFile,
    KeptOrInstalled,
}

impl When {
    const ALL: [Self; 8] = [
        Self::ToBeInACall,
        Self::AtHome,
        Self::BesideACall,
        Self::LinksAreWatched,
        Self::SomethingIsSet,
        Self::InAFrame,
        Self::ThereIsAFile,
        Self::KeptOrInstalled,
    ];

    fn words(self) -> &'static str {
        match self {
            Self::ToBeInACall => "To be in a call",
            Self::AtHome => "At home",
            Self::BesideACall => "Beside a call that runs",
            Self::LinksAreWatched => "To watch over links",
            Self::SomethingIsSet => "When something is set or somebody invited",
            Self::InAFrame => "In a frame of another page",
            Self::ThereIsAFile => "When there is a file",
            Self::KeptOrInstalled => "To be kept and installed",
        }
    }

    fn budget(self) -> usize {
        match self {
            Self::ToBeInACall => BUDGET,
            Self::AtHome => BUDGET_HOME,
            Self::BesideACall => BUDGET_BESIDE,
            Self::LinksAreWatched => BUDGET_QUALITY,
            Self::SomethingIsSet => BUDGET_MORE,
            Self::InAFrame => BUDGET_EMBED,
            Self::ThereIsAFile => BUDGET_FILES,
            Self::KeptOrInstalled => BUDGET_KEPT,
        }
    }

    /// What is loaded then, with the words of one language, of which the largest counts.
    fn of(self, rows: &[Row]) -> Vec<&Row> {
        let mut packs = 0;
        let at_most_one_pack = |row: &&Row| {
            packs += usize::from(row.is_pack());
            !row.is_pack() || packs == 1
        };
        rows.iter().filter(|row| row.when() == self).filter(at_most_one_pack).collect()
    }

    fn judge(self, rows: &[Row]) -> Result<()> {
        let (total, budget) = (self.of(rows).iter().map(|row| row.brotli).sum::<usize>(), self.budget());
        if total <= budget {
            return Ok(());
        }
        Err(failure(
            &format!(
                "{}: {} bytes are loaded, {} more than the budget.",
                self.words(),
                thousands(total),
                thousands(total - budget)
            ),
            "find what grew (compare the table with that of the last commit) and make it smaller: the budget stays.",
        ))
    }
}

/// One file of the page.
#[derive(Debug, PartialEq, Eq)]
struct Row {
    name: String,
    plain: usize,
    brotli: usize,
}

impl Row {
    /// Whether it is what the page says in a language other than English.
    fn is_pack(&self) -> bool {
        self.name.starts_with("text/")
    }

    /// When it is loaded.
    fn when(&self) -> When {
        if self.name.starts_with("visavis-home") || self.name.starts_with("text/home/") {
            When::AtHome
        } else if self.name.contains("beside") {
            When::BesideACall
        } else if self.name.contains("quality") {
            When::LinksAreWatched
        } else if self.name.starts_with("visavis-more")
            || self.name.starts_with("text/more/")
            || self.name == "more.css"
        {
            When::SomethingIsSet
        } else if self.name.starts_with("visavis-embed") {
            When::InAFrame
        } else if self.name.starts_with("visavis-files") || self.name == "disk.js" {
            When::ThereIsAFile
        } else if self.name == "worker.js"
            || self.name == "manifest.webmanifest"
            || self.name.starts_with("app/")
        {
            When::KeptOrInstalled
        } else {
            When::ToBeInACall
        }
    }
}

/// Fails when the built page is too heavy; prints what weighs what.
pub(crate) fn gate(workspace: &Workspace) -> Result<()> {
    let rows = measure(&workspace.dist())?;
    for when in When::ALL {
        say::line(&format!("{}:\n{}\n", when.words(), table(&when.of(&rows), when.budget())));
    }
    let packs: Vec<_> = rows.iter().filter(|row| row.is_pack()).collect();
    say::line(&format!("Instead of English, of which the largest of each count above:\n{}\n", lines(&packs)));
    judge(&rows)
}

fn judge(rows: &[Row]) -> Result<()> {
    if rows.iter().all(|row| row.name != "index.html") {
        return Err(failure("There is no page in dist/.", "run `cargo xtask test size`, which builds it."));
    }
    When::ALL.into_iter().try_for_each(|when| when.judge(rows))
}

fn measure(dist: &Path) -> Result<Vec<Row>> {
    let mut rows = Vec::new();
    for file in stamp::files(&[dist.to_owned()]) {
        let plain = std::fs::read(&file).with_context(|| {
            failure(
                &format!("Could not read {}.", file.display()),
                "run `cargo xtask test size`, which builds the page.",
            )
        })?;
        let name = file.strip_prefix(dist).unwrap_or(&file).to_string_lossy().into_owned();
        rows.push(Row { name, plain: plain.len(), brotli: brotli(&plain)?.len() });
    }
    rows.sort_by(|a, b| b.brotli.cmp(&a.brotli).then_with(|| a.name.cmp(&b.name)));
    Ok(rows)
}

/// As small as brotli gets it: quality 11, window 22.
pub(crate) fn brotli(plain: &[u8]) -> Result<Vec<u8>> {
    let parameters = brotli::enc::BrotliEncoderParams {
        quality: 11,
        lgwin: 22,
        size_hint: plain.len(),
        ..Default::default()
    };
    let mut packed = Vec::new();
    brotli::BrotliCompress(&mut &*plain, &mut packed, &parameters).context("compressing with brotli")?;
    Ok(packed)
}

fn table(rows: &[&Row], budget: usize) -> String {
    let total = Row {
        name: format!("total (budget {})", thousands(budget)),
        plain: rows.iter().map(|row| row.plain).sum(),
        brotli: rows.iter().map(|row| row.brotli).sum(),
    };
    lines(&rows.iter().copied().chain([&total]).collect::<Vec<_>>())
}

fn lines(rows: &[&Row]) -> String {
    let width = rows.iter().map(|row| row.name.len()).max().unwrap_or(0);
    let mut lines = vec![format!("{:width$}  {:>10}  {:>10}", "file", "bytes", "brotli")];
    lines.extend(rows.iter().map(|row| {
        format!("{:width$}  {:>10}  {:>10}", row.name, thousands(row.plain), thousands(row.brotli))
    }));
    lines.join("\n")
}

/// `1234567` as `1,234,567`.
fn thousands(number: usize) -> String {
    let digits = number.to_string();
    let mut grouped = String::new();
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(name: &str, plain: usize, brotli: usize) -> Row {
        Row { name: name.to_owned(), plain, brotli }
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(thousands(0), "0");
        assert_eq!(thousands(999), "999");
        assert_eq!(thousands(250_000), "250,000");
        assert_eq!(thousands(1_234_567), "1,234,567");
    }

    #[test]
    fn the_table_adds_up() {
        let table = table(&[&row("app.wasm", 500_000, 150_000), &row("index.html", 900, 400)], BUDGET);
        let last = table.lines().last().unwrap_or_default();
        assert!(last.contains("500,900") && last.contains("150,400") && last.contains("250,000"), "{table}");
        assert_eq!(table.lines().count(), 4);
    }

    #[test]
    fn every_budget_is_met_to_the_byte() {
        for (name, budget) in [
            ("visavis-client-0123_bg.wasm", BUDGET),
            ("visavis-beside-0123_bg.wasm", BUDGET_BESIDE),
            ("visavis-embed-0123_bg.wasm", BUDGET_EMBED),
            ("visavis-files-0123_bg.wasm", BUDGET_FILES),
            ("app/icon.png", BUDGET_KEPT),
            ("text/home/ja.txt", BUDGET_HOME),
            ("text/more/ja.txt", BUDGET_MORE),
            ("text/beside/ja.txt", BUDGET_BESIDE),
            ("text/quality/ja.txt", BUDGET_QUALITY),
            ("visavis-quality-0123_bg.wasm", BUDGET_QUALITY),
        ] {
            let page = |much| [row("index.html", 0, 0), row(name, 1, much)];
            assert!(judge(&page(budget)).is_ok(), "{name}");
            let refusal = judge(&page(budget + 1)).expect_err("one too many");
            assert!(refusal.to_string().contains("1 more than"), "{refusal}");
        }
    }

    #[test]
    fn the_largest_pack_counts_as_part_of_a_call() {
        let page = |much| {
            [row("index.html", 0, BUDGET - 20), row("text/ar.txt", 1, much), row("text/de.txt", 1, 15)]
        };
        assert!(judge(&page(20)).is_ok());
        assert!(judge(&page(21)).is_err());
        assert_eq!(When::ToBeInACall.of(&page(20)).iter().map(|row| row.brotli).sum::<usize>(), BUDGET);
    }

    #[test]
    fn an_empty_folder_does_not_pass() {
        assert!(judge(&[]).is_err());
    }

    #[test]
    fn brotli_packs_what_its_reader_unpacks() {
        let plain = "a page that says the same again and again ".repeat(50);
        let packed = brotli(plain.as_bytes()).unwrap();
        assert!(packed.len() * 10 < plain.len());
        let mut unpacked = Vec::new();
        brotli::BrotliDecompress(&mut packed.as_slice(), &mut unpacked).unwrap();
        assert_eq!(unpacked, plain.as_bytes());
    }
}
