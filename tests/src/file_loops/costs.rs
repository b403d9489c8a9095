//! What a while cost a browser: memory and processor time of all its processes, by the `/proc` of Linux, and the time of
//! the page's main thread, by Chromium's own counters. What cannot be had here is absent.

use std::collections::BTreeMap;
use std::path::PathBuf;

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use thirtyfour::session::handle::SessionHandle;

use crate::browser::Kind;
use crate::person::Person;

/// What a while cost one side.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cost {
    /// Bytes by which the processes of the browser grew at most, each by itself. What two of them share counts twice.
    pub memory: Option<u64>,
    /// Bytes by which the processes of its pages grew. Chromium only.
    pub page: Option<u64>,
    /// Seconds of processor time of all its processes.
    pub processor: Option<f64>,
    /// Seconds for which the page's main thread was busy.
    pub main_thread: Option<f64>,
}

/// A while that has begun.
#[derive(Debug)]
pub struct Meter {
    processes: Option<Processes>,
    main_thread: Option<f64>,
}

impl Meter {
    /// Collects garbage where that can be asked for, and begins.
    pub async fn start(person: &Person) -> Result<Self> {
        if person.setup().kind == Kind::Chromium {
            person.browser().command("Performance.enable", json!({})).await?;
            person.browser().command("HeapProfiler.collectGarbage", json!({})).await?;
        }
        let main_thread = main_thread(person).await?;
        Ok(Self { processes: Processes::of(person.browser().session()), main_thread })
    }

    /// What it has cost so far.
    pub async fn read(&self, person: &Person) -> Result<Cost> {
        let now = self.processes.as_ref().and_then(Processes::again);
        let main_thread = main_thread(person).await?;
        Ok(Cost {
            memory: self.processes.as_ref().zip(now.as_ref()).map(|(before, now)| now.grown_since(before)),
            page: self.processes.as_ref().zip(now.as_ref()).and_then(|(before, now)| {
                let (before, now) = (before.pages(), now.pages());
                (!now.all.is_empty()).then(|| now.grown_since(&before))
            }),
            processor: self.processes.as_ref().zip(now.as_ref()).map(|(before, now)| now.busy_since(before)),
            main_thread: self.main_thread.zip(main_thread).map(|(before, now)| now - before),
        })
    }
}

async fn main_thread(person: &Person) -> Result<Option<f64>> {
    if person.setup().kind != Kind::Chromium {
        return Ok(None);
    }
    let metrics = person.browser().command("Performance.getMetrics", json!({})).await?;
    let metrics = metrics["metrics"].as_array().context("there are no metrics")?;
    let busy = metrics.iter().find(|metric| metric["name"] == "TaskDuration");
    Ok(busy.and_then(|metric| metric["value"].as_f64()))
}

/// A process of a browser at a moment.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Process {
    /// Bytes it has in memory.
    resident: u64,
    /// The most it has had since its peak was forgotten.
    peak: u64,
    /// Seconds of processor time.
    busy: f64,
    /// It is a page's.
    page: bool,
}

/// The processes of a browser at a moment: the first one and all it has started.
#[derive(Debug)]
struct Processes {
    root: u32,
    all: BTreeMap<u32, Process>,
}

impl Processes {
    /// Those of the browser of a session. Their peaks begin anew.
    fn of(session: &SessionHandle) -> Option<Self> {
        let root = root(&serde_json::to_value(session.capabilities()).ok()?)?;
        for process in tree(root)? {
            // What 5 means is said in proc_pid_clear_refs(5).
            std::fs::write(place(process, "clear_refs"), "5").ok()?;
        }
        Self::below(root)
    }

    fn below(root: u32) -> Option<Self> {
        // Some may end just now.
        let all = tree(root)?.into_iter().filter_map(|process| Some((process, look(process)?))).collect();
        Some(Self { root, all })
    }

    fn again(&self) -> Option<Self> {
        Self::below(self.root)
    }

    /// Those of pages alone.
    fn pages(&self) -> Self {
        let pages = self.all.iter().filter(|(_, process)| process.page);
        Self { root: self.root, all: pages.map(|(id, process)| (*id, *process)).collect() }
    }

    fn grown_since(&self, before: &Self) -> u64 {
        self.all
            .iter()
            .map(|(id, now)| now.peak.saturating_sub(before.all.get(id).map_or(0, |before| before.resident)))
            .sum()
    }

    fn busy_since(&self, before: &Self) -> f64 {
        self.all.iter().map(|(id, now)| now.busy - before.all.get(id).map_or(0.0, |before| before.busy)).sum()
    }
}

/// The first process of a browser: Firefox names it, Chromium names its profile.
fn root(capabilities: &Value) -> Option<u32> {
    if let Some(named) = capabilities["moz:processID"].as_u64() {
        return named.try_into().ok();
    }
    let profile = format!("--user-data-dir={}", capabilities["chrome"]["userDataDir"].as_str()?);
    everything()?.into_iter().find(|&process| {
        let line = std::fs::read_to_string(place(process, "cmdline")).unwrap_or_default();
        let mut words = line.split(['\0', ' ']);
        words.clone().any(|word| word == profile) && !words.any(|word| word.starts_with("--type="))
    })
}

/// A process and all it has started, itself or through others.
fn tree(root: u32) -> Option<Vec<u32>> {
    let parents: BTreeMap<u32, u32> =
        everything()?.into_iter().filter_map(|process| Some((process, stat(process)?.parent))).collect();
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(&parent) = tree.get(next) {
        tree.extend(parents.iter().filter(|&(_, &of)| of == parent).map(|(&process, _)| process));
        next += 1;
    }
    Some(tree)
}

fn everything() -> Option<Vec<u32>> {
    let names =
        std::fs::read_dir("/proc").ok()?.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    Some(names.filter_map(|name| name.parse().ok()).collect())
}

fn place(process: u32, name: &str) -> PathBuf {
    PathBuf::from(format!("/proc/{process}/{name}"))
}

fn look(process: u32) -> Option<Process> {
    let status = std::fs::read_to_string(place(process, "status")).ok()?;
    let bytes = |name: &str| {
        let line = status.lines().find_map(|line| line.strip_prefix(name))?;
        let kib: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
        Some(kib * 1024)
    };
    let line = std::fs::read_to_string(place(process, "cmdline")).unwrap_or_default();
    let page = line.split(['\0', ' ']).any(|word| word == "--type=renderer");
    Some(Process { resident: bytes("VmRSS:")?, peak: bytes("VmHWM:")?, busy: stat(process)?.busy, page })
}

struct Stat {
    parent: u32,
    busy: f64,
}

fn stat(process: u32) -> Option<Stat> {
    read_stat(&std::fs::read_to_string(place(process, "stat")).ok()?)
}

/// Reads what `proc_pid_stat(5)` describes. A name may have spaces and brackets in it.
fn read_stat(line: &str) -> Option<Stat> {
    /// A second has so many ticks wherever Linux has browsers.
    const TICKS: f64 = 100.0;
    let (_, rest) = line.rsplit_once(')')?;
    // The state, which is the third field, is the first one here.
    let fields: Vec<&str> = rest.split_whitespace().collect();
    let ticks = |field: usize| fields.get(field)?.parse::<u32>().ok().map(f64::from);
    Some(Stat { parent: fields.get(1)?.parse().ok()?, busy: (ticks(11)? + ticks(12)?) / TICKS })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_with_brackets_hides_nothing() {
        let line = "42 (a (b) c) S 7 1 1 0 -1 4194560 10 20 30 40 150 250 5 6 20 0 9 0 100 200 300";
        let stat = read_stat(line).expect("it is whole");
        assert_eq!(stat.parent, 7);
        assert!((stat.busy - 4.0).abs() < f64::EPSILON);
    }

    #[test]
    fn growth_is_from_before_to_the_peak_and_new_processes_count_whole() {
        let process = |resident, peak, busy| Process { resident, peak, busy, page: resident == 5 };
        let before = Processes { root: 1, all: [(1, process(100, 120, 1.0))].into() };
        let now = Processes { root: 1, all: [(1, process(90, 150, 3.0)), (2, process(5, 7, 0.5))].into() };
        assert_eq!(now.grown_since(&before), 57);
        assert_eq!(now.pages().grown_since(&before.pages()), 7);
        assert!((now.busy_since(&before) - 2.5).abs() < f64::EPSILON);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_process_finds_itself() {
        let own = std::process::id();
        let found = Processes::below(own).expect("there is /proc");
        assert!(found.all[&own].peak >= found.all[&own].resident && found.all[&own].resident > 0);
    }
}
