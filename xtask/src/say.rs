//! What the commands say: to standard error, so that the standard output stays that of the programs they run.

use std::io::IsTerminal;
use std::time::{Duration, Instant};

use anyhow::Result;

/// A plain line.
pub(crate) fn line(text: &str) {
    eprintln!("{text}");
}

/// The start of a part.
pub(crate) fn headline(text: &str) {
    if colour() {
        eprintln!("\n\x1b[1m== {text}\x1b[0m");
    } else {
        eprintln!("\n== {text}");
    }
}

/// Why the command ends here.
pub(crate) fn failure(text: &str) {
    if colour() {
        eprintln!("\n\x1b[1;31merror:\x1b[0m {text}");
    } else {
        eprintln!("\nerror: {text}");
    }
}

/// Announces a piece of work and about how long it takes, does it, and says how long it took.
pub(crate) fn timed<T>(what: &str, about: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    line(&format!("{what} (about {about}) ..."));
    let start = Instant::now();
    let done = work()?;
    line(&format!("  done in {}", duration(start.elapsed())));
    Ok(done)
}

/// True when a person watches: colours and progress bars are for them only.
pub(crate) fn colour() -> bool {
    std::io::stderr().is_terminal() && !quiet()
}

/// True under a CI service or when the user wants no colours.
pub(crate) fn quiet() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty() && value != "false");
    set("CI") || set("NO_COLOR")
}

/// A duration as one says it: `0.4 s`, `12 s`, `3 min 5 s`.
pub(crate) fn duration(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..10 => format!("{:.1} s", time.as_secs_f64()),
        10..60 => format!("{seconds} s"),
        _ => format!("{} min {} s", seconds / 60, seconds % 60),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_read_as_spoken() {
        assert_eq!(duration(Duration::from_millis(420)), "0.4 s");
        assert_eq!(duration(Duration::from_secs(12)), "12 s");
        assert_eq!(duration(Duration::from_secs(185)), "3 min 5 s");
    }
}
