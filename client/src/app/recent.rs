//! The calls of late, kept in this browser and only if the user wants it.

use visavis_call::link::Secret;

use crate::context::storage;

/// Holds one line per call, the latest first. Present (if empty) means the user wants calls to be remembered.
const KEY: &str = "visavis:recent";

/// More than these are forgotten by themselves.
const MOST: usize = 8;

/// A call of late.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recent {
    pub(super) secret: Secret,
    /// When it was joined, in milliseconds since 1970.
    pub(super) when: i64,
}

/// The calls of late; `None` if the user does not want any to be remembered.
pub(super) fn load() -> Option<Vec<Recent>> {
    storage::get(KEY).map(|text| parse(&text))
}

/// Keeps these calls, or forgets all there are and will be.
pub(super) fn store(calls: Option<&[Recent]>) {
    match calls {
        Some(calls) => storage::set(KEY, &write(calls)),
        None => storage::remove(KEY),
    }
}

/// Remembers that a call was joined, if the user wants it.
pub(super) fn remember(secret: &Secret, when: i64) {
    if let Some(calls) = load() {
        store(Some(&with(calls, Recent { secret: secret.clone(), when })));
    }
}

fn with(mut calls: Vec<Recent>, call: Recent) -> Vec<Recent> {
    calls.retain(|other| other.secret != call.secret);
    calls.insert(0, call);
    calls.truncate(MOST);
    calls
}

fn parse(text: &str) -> Vec<Recent> {
    text.lines()
        .filter_map(|line| {
            let (secret, when) = line.split_once(' ')?;
            Some(Recent { secret: Secret::parse(secret).ok()?, when: when.parse().ok()? })
        })
        .take(MOST)
        .collect()
}

fn write(calls: &[Recent]) -> String {
    let lines: Vec<String> =
        calls.iter().map(|call| format!("{} {}", call.secret.as_str(), call.when)).collect();
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn call(digit: u8, when: i64) -> Recent {
        Recent { secret: Secret::from_bytes([digit; 16]), when }
    }

    #[test]
    fn what_is_written_reads_the_same() {
        let calls = vec![call(1, 1_790_000_000_000), call(2, 0)];
        assert_eq!(parse(&write(&calls)), calls);
        assert_eq!(parse(""), []);
    }

    #[test]
    fn lines_that_make_no_sense_are_dropped() {
        let good = write(&[call(1, 5)]);
        assert_eq!(
            parse(&format!("nonsense\n0123 5\n{good}\n0123456789abcdefghjkmnpqrs NaN\n")),
            [call(1, 5)]
        );
    }

    #[test]
    fn a_call_joined_again_moves_to_the_top() {
        let calls = with(vec![call(1, 1), call(2, 2)], call(2, 3));
        assert_eq!(calls, [call(2, 3), call(1, 1)]);
    }

    #[test]
    fn only_the_latest_are_kept() {
        let calls = (0..20).fold(Vec::new(), |calls, digit| with(calls, call(digit, 0)));
        assert_eq!(calls.len(), MOST);
        assert_eq!(calls[0], call(19, 0));
    }
}
