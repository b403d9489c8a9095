//! How fast a file goes from one browser to another, beside the bare loop of the same two browsers in the same run, and
//! beside what two other products do.
//!
//! The contestants take turns, round after round. As the machine decides over the megabytes a second, what can be
//! compared is each one's ratio to the bare loop of the same round, of which the median is printed. Nobody has camera and
//! microphone, unless a call is asked for, which then runs beside every contestant.
//!
//! `cargo xtask bench files [options]`, or `cargo run -p visavis-e2e --bin file-speed -- [options]`

use std::io::Write as _;
use std::path::Path;
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context as _, Error, Result, bail, ensure};
use futures_util::future::try_join;
use tempfile::NamedTempFile;
use visavis_e2e::bare::Bare;
use visavis_e2e::file_loops::score::{Row, Score};
use visavis_e2e::file_loops::{Carried, Contestant, Pair};
use visavis_e2e::{Access, Conditions, Devices, Lab, Person, Quality, Server, Setup};

const HELP: &str = "\
options of the benchmark of files:
  --browser chromium|firefox|both   who has which browser; both: from Chromium to Firefox   [chromium]
  --mib <number>                    size of the file                                        [64]
  --rounds <number>                 turns of each contestant                                [5]
  --network none|lab|delay|loss|line
                                    between them (all but none as root on Linux)            [none]
                                      lab: the lab's perfect link, which costs what the lab costs
                                      delay: 50 ms in each direction
                                      loss: 1 % of the packets in each direction
                                      line: 20 Mbit/s, 25 ms in each direction
  --only <name>,<name>,...          bare, bare-memory, mirotalk, pairdrop, visavis          [all]
  --in-call                         with camera and microphone in a call beside it";

/// For so long picture and sound are measured before a file comes.
const QUIET: Duration = Duration::from_secs(5);

/// What the lab's chance begins with.
const SEED: u64 = 3;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Network {
    None,
    Lab,
    Delay,
    Loss,
    Line,
}

impl Network {
    fn conditions(self) -> Conditions {
        match self {
            Self::None | Self::Lab => Conditions::PERFECT,
            Self::Delay => Conditions { delay: Duration::from_millis(50), ..Conditions::PERFECT },
            Self::Loss => Conditions { loss: 0.01, ..Conditions::PERFECT },
            // What is under way at full speed fits into the queue once more.
            Self::Line => Conditions {
                delay: Duration::from_millis(25),
                rate: Some(20_000_000),
                queue: 125_000,
                ..Conditions::PERFECT
            },
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::None => "no network between them",
            Self::Lab => "over the lab's perfect link",
            Self::Delay => "50 ms away in each direction",
            Self::Loss => "1 % of the packets lost in each direction",
            Self::Line => "over a line of 20 Mbit/s, 25 ms away in each direction",
        }
    }
}

#[derive(Debug)]
struct Options {
    browsers: [fn() -> Setup; 2],
    mebibytes: u64,
    rounds: usize,
    network: Network,
    contestants: Vec<Contestant>,
    in_call: bool,
}

impl Options {
    fn read(words: impl Iterator<Item = String>) -> Result<Self> {
        let mut options = Self {
            browsers: [Setup::chromium, Setup::chromium],
            mebibytes: 64,
            rounds: 5,
            network: Network::None,
            contestants: Contestant::ALL.into(),
            in_call: false,
        };
        let mut words = words;
        while let Some(word) = words.next() {
            if word == "--in-call" {
                options.in_call = true;
                continue;
            }
            let value = words.next().with_context(|| format!("there is nothing after {word}"))?;
            options.set(&word, &value)?;
        }
        ensure!(options.rounds > 0 && options.mebibytes > 0, "size and rounds are at least 1");
        Ok(options)
    }

    fn set(&mut self, word: &str, value: &str) -> Result<()> {
        match (word, value) {
            ("--browser", "chromium") => self.browsers = [Setup::chromium, Setup::chromium],
            ("--browser", "firefox") => self.browsers = [Setup::firefox, Setup::firefox],
            ("--browser", "both") => self.browsers = [Setup::chromium, Setup::firefox],
            ("--network", "none") => self.network = Network::None,
            ("--network", "lab") => self.network = Network::Lab,
            ("--network", "delay") => self.network = Network::Delay,
            ("--network", "loss") => self.network = Network::Loss,
            ("--network", "line") => self.network = Network::Line,
            ("--mib", number) => self.mebibytes = number.parse().context("the size is a number")?,
            ("--rounds", number) => self.rounds = number.parse().context("the rounds are a number")?,
            ("--only", names) => {
                self.contestants = names.split(',').map(contestant).collect::<Result<_>>()?;
            }
            (word, value) => bail!("did not expect {word} {value}"),
        }
        Ok(())
    }

    /// What is measured, in a line.
    fn title(&self) -> String {
        let [giver, taker] = self.browsers.map(|setup| setup().kind);
        let call = if self.in_call { ", beside a call" } else { "" };
        let (size, network) = (self.mebibytes, self.network.description());
        format!(
            "A file of {size} MiB from {giver:?} to {taker:?}, {network}{call}: medians of {} rounds",
            self.rounds
        )
    }

    fn bytes(&self) -> u64 {
        self.mebibytes * 1024 * 1024
    }
}

fn contestant(name: &str) -> Result<Contestant> {
    let found = Contestant::ALL.into_iter().find(|contestant| contestant.name() == name);
    found.with_context(|| format!("there is no contestant {name}"))
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<()> {
    let options = Options::read(std::env::args().skip(1)).map_err(|error| error.context(HELP))?;
    let lab = match options.network {
        Network::None => None,
        Network::Lab | Network::Delay | Network::Loss | Network::Line => Some(Lab::new(SEED)?),
    };
    let server = match &lab {
        Some(lab) => Server::start_in(lab, "file_speed", &[]).await?,
        None => Server::start("file_speed", &[]).await?,
    };
    let file = make_file(options.mebibytes)?;
    let [giver, taker] = seats(&options, lab.as_ref(), &server)?;
    let (giver, taker) = try_join(Person::arrive("giver", giver), Person::arrive("taker", taker)).await?;
    let mut media = Vec::new();
    let rows = play(&options, &server, file.path(), Pair { giver: &giver, taker: &taker }, &mut media).await;
    giver.depart().await;
    taker.depart().await;
    let mut out = std::io::stdout();
    write!(out, "{}\n\n{}", options.title(), Score(rows?))?;
    if !media.is_empty() {
        writeln!(out, "\nPicture and sound at who takes it, in a call of ours, before and while it flows:")?;
        for (before, during) in media {
            let row = |Quality { frames, concealed }| {
                format!("{frames:.1} frames/s, {:.2} % of the sound concealed", concealed * 100.0)
            };
            writeln!(out, "  {}  ->  {}", row(before), row(during))?;
        }
    }
    Ok(())
}

/// A file on the disk, as people have it; no two of its blocks are the same.
fn make_file(mebibytes: u64) -> Result<NamedTempFile> {
    let mut file = tempfile::Builder::new().prefix("file-speed-").suffix(".bin").tempfile()?;
    let mut random = 0_u64;
    for _ in 0..mebibytes {
        let mut bytes = Vec::with_capacity(1024 * 1024);
        while bytes.len() < bytes.capacity() {
            // A generator of Knuth's (MMIX).
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            bytes.extend_from_slice(&random.to_le_bytes());
        }
        file.write_all(&bytes)?;
    }
    Ok(file)
}

/// What both bring, and where they sit. The way between them is as the network says.
fn seats(options: &Options, lab: Option<&Lab>, server: &Server) -> Result<[Setup; 2]> {
    let devices = if options.in_call { Devices::Fake } else { Devices::Missing };
    let [giver, taker] = options.browsers.map(|setup| setup().with_devices(devices));
    let Some(lab) = lab else { return Ok([giver, taker]) };
    let hosts = [lab.host("giver", Access::PUBLIC)?, lab.host("taker", Access::PUBLIC)?];
    let [giver_host, taker_host] = hosts.each_ref().map(Rc::as_ref);
    giver_host.link().set(options.network.conditions());
    Ok([giver.at(giver_host, server), taker.at(taker_host, server)])
}

/// `media` is given how picture and sound came beside each of our rounds in a call: before the file, and with it.
async fn play(
    options: &Options,
    server: &Server,
    file: &Path,
    pair: Pair<'_>,
    media: &mut Vec<(Quality, Quality)>,
) -> Result<Vec<Row>> {
    let mut rows: Vec<Row> =
        options.contestants.iter().map(|&contestant| Row { contestant, rounds: Vec::new() }).collect();
    for round in 0..options.rounds {
        try_join(pair.giver.open_home(&server.url()), pair.taker.open_home(&server.url())).await?;
        let call = if options.in_call { Some(Bare::link(pair.giver, pair.taker).await?) } else { None };
        for row in rows.iter_mut().filter(|row| row.contestant != Contestant::Visavis) {
            let carried = pair.carry(row.contestant, file, options.bytes()).await;
            tell(round, row.contestant, &carried)?;
            row.rounds.push(carried);
        }
        if let Some(call) = call {
            call.close().await?;
        }
        for row in rows.iter_mut().filter(|row| row.contestant == Contestant::Visavis) {
            let carried = by_page(pair, &server.new_link(), options, file, media).await;
            tell(round, row.contestant, &carried)?;
            if carried.is_ok() {
                try_join(pair.giver.leave(), pair.taker.leave()).await?;
            }
            row.rounds.push(carried);
        }
    }
    Ok(rows)
}

/// Both enter a new room; one gives, the other takes.
async fn by_page(
    pair: Pair<'_>,
    room: &str,
    options: &Options,
    file: &Path,
    media: &mut Vec<(Quality, Quality)>,
) -> Result<Carried> {
    let bytes = options.bytes();
    let Pair { giver, taker } = pair;
    try_join(giver.enter(room), taker.enter(room)).await?;
    try_join(giver.wait_for_others(&[taker.name()]), taker.wait_for_others(&[giver.name()])).await?;
    try_join(giver.click("open-chat"), taker.click("open-chat")).await?;
    let before = if options.in_call {
        let listening = taker.listen().await?;
        tokio::time::sleep(QUIET).await;
        Some(taker.heard(&listening).await?)
    } else {
        None
    };
    let listening = taker.listen().await?;
    let carried = pair.carry_by_page(file, bytes).await?;
    if let Some(before) = before {
        media.push((before, taker.heard(&listening).await?));
    }
    Ok(carried)
}

/// What has just become of a round, for those who watch.
fn tell(round: usize, contestant: Contestant, carried: &Result<Carried>) -> Result<()> {
    let mut out = std::io::stderr().lock();
    match carried {
        Ok(carried) => {
            let stage = |(state, at): &(String, Duration)| format!(", {state} at {:.2} s", at.as_secs_f64());
            let stages: Vec<String> = carried.stages.iter().map(stage).collect();
            let seconds = carried.time.as_secs_f64();
            writeln!(out, "round {}: {contestant}: {seconds:.2} s{}", round + 1, stages.concat())?;
        }
        Err(error) => writeln!(out, "round {}: {contestant}: failed: {}", round + 1, first_line(error))?,
    }
    Ok(())
}

/// A driver adds its own stack, which tells nothing about the page.
fn first_line(error: &Error) -> String {
    format!("{error:#}").lines().next().unwrap_or_default().to_owned()
}
