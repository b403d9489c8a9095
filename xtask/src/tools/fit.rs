//! Whether a tool that is there will do, or must be installed.

/// Which other versions do as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Fit {
    /// None.
    Exact,
    /// Newer ones of the same series (0.21.14 and 0.21.20).
    Series,
    /// All.
    Any,
}

/// What a search for a tool found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Found {
    /// No program at all.
    Nothing,
    /// Programs are missing, or of different versions.
    Broken,
    /// All programs, in this version.
    Version(String),
}

/// Ours comes first in PATH, so a bad one of ours hides a good one elsewhere and must be replaced.
pub(super) fn is_ready(wanted: &str, fit: Fit, ours: &Found, anywhere: &Found) -> bool {
    let fits = |found: &Found| matches!(found, Found::Version(version) if fit.accepts(wanted, version));
    match ours {
        Found::Nothing => fits(anywhere),
        Found::Broken | Found::Version(_) => fits(ours),
    }
}

impl Fit {
    fn accepts(self, wanted: &str, there: &str) -> bool {
        match self {
            Self::Exact => wanted == there,
            Self::Any => true,
            Self::Series => match (series(wanted), series(there)) {
                (Some((wanted, least)), Some((there, patch))) => wanted == there && patch >= least,
                _ => false,
            },
        }
    }
}

/// `0.21.14` is number 14 of the series `0.21`.
fn series(version: &str) -> Option<(&str, u32)> {
    let (series, patch) = version.rsplit_once('.')?;
    Some((series, patch.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn version(text: &str) -> Found {
        Found::Version(text.to_owned())
    }

    #[test]
    fn wasm_bindgen_must_match_exactly() {
        assert!(Fit::Exact.accepts("0.2.129", "0.2.129"));
        assert!(!Fit::Exact.accepts("0.2.129", "0.2.130"));
    }

    #[test]
    fn trunk_may_be_a_newer_one_of_its_series() {
        assert!(Fit::Series.accepts("0.21.14", "0.21.14"));
        assert!(Fit::Series.accepts("0.21.14", "0.21.20"));
        for other in ["0.21.9", "0.22.0", "0.2.114", "1.21.14", "0.21.14-beta", "unknown", ""] {
            assert!(!Fit::Series.accepts("0.21.14", other), "{other}");
        }
    }

    #[test]
    fn what_is_on_path_and_fits_is_not_installed() {
        assert!(is_ready("0.2.129", Fit::Exact, &Found::Nothing, &version("0.2.129")));
        assert!(is_ready("0.2.129", Fit::Exact, &version("0.2.129"), &version("0.2.129")));
    }

    #[test]
    fn what_is_nowhere_or_does_not_fit_is_installed() {
        assert!(!is_ready("0.2.129", Fit::Exact, &Found::Nothing, &Found::Nothing));
        assert!(!is_ready("0.2.129", Fit::Exact, &Found::Nothing, &version("0.2.92")));
        assert!(!is_ready("0.37.1", Fit::Any, &Found::Nothing, &Found::Broken));
    }

    #[test]
    fn a_bad_tool_of_ours_is_replaced_even_if_a_good_one_is_elsewhere() {
        assert!(!is_ready("0.2.129", Fit::Exact, &version("0.2.92"), &version("0.2.129")));
        assert!(!is_ready("0.2.129", Fit::Exact, &Found::Broken, &version("0.2.129")));
    }
}
