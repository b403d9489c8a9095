//! Amounts of bytes for people, with whole numbers alone: to write floats takes 30 KB of code and tables.

use crate::text::PanelText;

/// `1.2 MB`: three digits at most, in units of a thousand.
pub(super) fn amount(bytes: u64, text: &PanelText) -> String {
    let mut unit = 1;
    let mut names = text.units.split(' ').peekable();
    while let Some(name) = names.next() {
        let next = unit * 1000;
        // What would be rounded to 1000 is one of the next.
        if bytes < next - unit / 2 || names.peek().is_none() {
            let tenths = (bytes * 10 + unit / 2) / unit;
            return if unit > 1 && tenths < 100 {
                format!("{}{}{} {name}", tenths / 10, text.point, tenths % 10)
            } else {
                format!("{} {name}", (bytes + unit / 2) / unit)
            };
        }
        unit = next;
    }
    String::new()
}

/// How many thousandths one is of the other; all, if there is nothing to do.
pub(super) fn permille(done: u64, size: u64) -> u64 {
    (done.saturating_mul(1000)).checked_div(size).map_or(1000, |share| share.min(1000))
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn amounts_have_few_digits() {
        for (bytes, words) in [
            (0, "0 B"),
            (999, "999 B"),
            (1000, "1.0 kB"),
            (1049, "1.0 kB"),
            (1050, "1.1 kB"),
            (9949, "9.9 kB"),
            (9960, "10 kB"),
            (123_456, "123 kB"),
            (999_499, "999 kB"),
            (999_500, "1.0 MB"),
            (10_000_000_000, "10 GB"),
            (1 << 40, "1.1 TB"),
            (5_000_000_000_000_000, "5000 TB"),
        ] {
            assert_eq!(amount(bytes, PanelText::new(None)), words, "{bytes}");
        }
    }

    #[test]
    fn shares_are_of_a_thousand() {
        assert_eq!((permille(0, 7), permille(7, 7), permille(1, 3)), (0, 1000, 333));
        assert_eq!((permille(0, 0), permille(9, 3), permille(1 << 40, 1 << 40)), (1000, 1000, 1000));
    }
}
