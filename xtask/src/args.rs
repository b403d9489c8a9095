//! The command line, read by hand: six commands do not need a parser of their own.

/// What `cargo xtask` prints when it does not understand, or is asked for help.
pub(crate) const HELP: &str = "\
cargo xtask <command>

  serve [-- flags]   build everything in release and start the server (flags go to the server)
  dev [-- flags]     the same in debug, rebuilt and restarted when a file changes
  test [part]        all tests, or one part:
                       fmt, clippy, native [-- filter], wasm [chromium|firefox] [-- filter],
                       size, dist, e2e [chromium|firefox | -- filter], lab [-- filter],
                       soak
  bench <which>      measures beside the least the browsers need:
                       files [options], first-frame [chromium|firefox] [rounds],
                       adaptation [people] [seconds]
  dist               one release binary with the page inside: target/release/visavis
  setup              install what the other commands need, and nothing else

Tools are kept under target/tools. The first run installs them; later runs start at once.";

/// One command with its arguments.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Task {
    /// Print [`HELP`].
    Help,
    /// Install every tool.
    Setup,
    /// Build in release and start the server.
    Serve {
        /// Passed on to the server.
        flags: Vec<String>,
    },
    /// Build in debug, watch, rebuild, restart.
    Dev {
        /// Passed on to the server.
        flags: Vec<String>,
    },
    /// Make the one binary.
    Dist,
    /// Run the tests.
    Test(Selection),
    /// Measure.
    Bench {
        /// What.
        bench: Bench,
        /// Passed on to the program that measures.
        options: Vec<String>,
    },
}

/// What can be measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Bench {
    /// What a call costs, and gives, with and without adapting what is sent.
    Adaptation,
    /// How fast a file goes from browser to browser.
    Files,
    /// How long it takes from joining to the first remote frame.
    FirstFrame,
}

impl Bench {
    /// The program of the end-to-end tests that measures it.
    pub(crate) fn program(self) -> &'static str {
        match self {
            Self::Adaptation => "adaptation",
            Self::Files => "file-speed",
            Self::FirstFrame => "first-frame",
        }
    }
}

/// Which tests to run.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Selection {
    /// One part, or all of them.
    pub(crate) part: Option<Part>,
    /// One browser, or both.
    pub(crate) browser: Option<Browser>,
    /// Passed on to the test runner after `--`.
    pub(crate) filter: Vec<String>,
}

/// A part of `cargo xtask test`, in the order in which they run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    /// `cargo fmt --check`.
    Fmt,
    /// Clippy, natively and for wasm32.
    Clippy,
    /// Unit and integration tests that need no browser.
    Native,
    /// The client's tests inside headless browsers.
    Wasm,
    /// The size gate of the built page.
    Size,
    /// The one binary, alone in an empty folder.
    Dist,
    /// The whole product in real browsers.
    E2e,
    /// The same on bad networks, and the networks themselves: as root on Linux.
    Lab,
    /// A call in which somebody comes and goes for minutes or hours: not among all tests.
    Soak,
}

/// A browser the tests run in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// Chromium or Chrome, driven by `ChromeDriver`.
    Chromium,
    /// Firefox, driven by geckodriver.
    Firefox,
}

impl Browser {
    /// Its name on the command line and in the names of tests.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Chromium => "chromium",
            Self::Firefox => "firefox",
        }
    }
}

/// Reads the words after `cargo xtask`; the error is the sentence to print above the help.
pub(crate) fn parse(words: &[String]) -> Result<Task, String> {
    let Some((command, rest)) = words.split_first() else {
        return Ok(Task::Help);
    };
    let nothing_more = |task| match rest.first() {
        None => Ok(task),
        Some(extra) => Err(format!("`cargo xtask {command}` takes no arguments, but got `{extra}`.")),
    };
    match command.as_str() {
        "serve" => Ok(Task::Serve { flags: server_flags(rest) }),
        "dev" => Ok(Task::Dev { flags: server_flags(rest) }),
        "test" => parse_selection(rest).map(Task::Test),
        "bench" => parse_bench(rest),
        "dist" => nothing_more(Task::Dist),
        "setup" => nothing_more(Task::Setup),
        "help" | "--help" | "-h" => Ok(Task::Help),
        other => Err(format!("There is no command `{other}`.")),
    }
}

/// Everything goes to the server, with or without a `--` in front.
fn server_flags(words: &[String]) -> Vec<String> {
    match words.split_first() {
        Some((first, rest)) if first == "--" => rest.to_vec(),
        _ => words.to_vec(),
    }
}

fn parse_bench(words: &[String]) -> Result<Task, String> {
    let Some((which, options)) = words.split_first() else {
        return Err("A benchmark has a name: files, first-frame or adaptation.".to_owned());
    };
    let bench = match which.as_str() {
        "files" => Bench::Files,
        "first-frame" => Bench::FirstFrame,
        "adaptation" => Bench::Adaptation,
        other => return Err(format!("There is no benchmark `{other}`.")),
    };
    Ok(Task::Bench { bench, options: options.to_vec() })
}

fn parse_selection(words: &[String]) -> Result<Selection, String> {
    let mut selection = Selection::default();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        match (word.as_str(), selection.part) {
            ("--", Some(Part::Native | Part::Wasm | Part::E2e | Part::Lab)) => {
                selection.filter = words.by_ref().cloned().collect();
            }
            ("--", _) => return Err("A filter needs a part: native, wasm, e2e or lab.".to_owned()),
            ("chromium", Some(Part::Wasm | Part::E2e)) => selection.browser = Some(Browser::Chromium),
            ("firefox", Some(Part::Wasm | Part::E2e)) => selection.browser = Some(Browser::Firefox),
            (name, None) => {
                let part = part(name).ok_or_else(|| format!("There is no part `{name}` of the tests."))?;
                selection.part = Some(part);
            }
            (extra, Some(_)) => return Err(format!("Did not expect `{extra}` here.")),
        }
    }
    match selection {
        // The runner joins filters with "or": both together would run more, not less.
        Selection { part: Some(Part::E2e), browser: Some(_), filter } if !filter.is_empty() => {
            Err("The end-to-end tests take a browser or a filter, not both.".to_owned())
        }
        selection => Ok(selection),
    }
}

fn part(name: &str) -> Option<Part> {
    Some(match name {
        "fmt" => Part::Fmt,
        "clippy" => Part::Clippy,
        "native" => Part::Native,
        "wasm" => Part::Wasm,
        "size" => Part::Size,
        "dist" => Part::Dist,
        "e2e" => Part::E2e,
        "lab" => Part::Lab,
        "soak" => Part::Soak,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_line(line: &str) -> Result<Task, String> {
        let words: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        parse(&words)
    }

    #[test]
    fn no_command_is_a_call_for_help() {
        assert_eq!(parse_line(""), Ok(Task::Help));
        assert_eq!(parse_line("--help"), Ok(Task::Help));
    }

    #[test]
    fn flags_reach_the_server_with_and_without_the_dashes() {
        let flags = vec!["--listen".to_owned(), "0.0.0.0:80".to_owned()];
        assert_eq!(parse_line("serve -- --listen 0.0.0.0:80"), Ok(Task::Serve { flags: flags.clone() }));
        assert_eq!(parse_line("dev --listen 0.0.0.0:80"), Ok(Task::Dev { flags }));
    }

    #[test]
    fn a_test_takes_part_browser_and_filter() {
        let expected = Selection {
            part: Some(Part::Wasm),
            browser: Some(Browser::Firefox),
            filter: vec!["tile".to_owned(), "--nocapture".to_owned()],
        };
        assert_eq!(parse_line("test wasm firefox -- tile --nocapture"), Ok(Task::Test(expected)));
        let filtered = Selection { part: Some(Part::Lab), browser: None, filter: vec!["cuts".to_owned()] };
        assert_eq!(parse_line("test lab -- cuts"), Ok(Task::Test(filtered)));
        assert_eq!(parse_line("test"), Ok(Task::Test(Selection::default())));
    }

    #[test]
    fn the_options_of_a_benchmark_are_its_own() {
        let options = vec!["--mib".to_owned(), "16".to_owned()];
        assert_eq!(parse_line("bench files --mib 16"), Ok(Task::Bench { bench: Bench::Files, options }));
        let bench = Bench::FirstFrame;
        assert_eq!(parse_line("bench first-frame"), Ok(Task::Bench { bench, options: Vec::new() }));
    }

    #[test]
    fn what_makes_no_sense_is_refused_by_name() {
        for (line, names) in [
            ("fly", "fly"),
            ("dist now", "now"),
            ("test everything", "everything"),
            ("test fmt chromium", "chromium"),
            ("bench", "files, first-frame or adaptation"),
            ("bench walking", "walking"),
            ("test native firefox", "firefox"),
            ("test lab chromium", "chromium"),
            ("test soak -- filter", "filter needs a part"),
            ("test e2e firefox -- filter", "not both"),
            ("test -- filter", "filter needs a part"),
            ("test size -- filter", "filter needs a part"),
        ] {
            let refusal = parse_line(line).expect_err(line);
            assert!(refusal.contains(names), "{line}: {refusal}");
        }
    }

    #[test]
    fn help_names_every_part() {
        for name in ["fmt", "clippy", "native", "wasm", "size", "dist", "e2e", "lab", "soak"] {
            assert!(part(name).is_some(), "{name} is a part");
            assert!(HELP.contains(name), "{name} is in the help");
        }
    }
}
