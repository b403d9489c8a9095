//! Names of people, as they may be shown.

/// The longest name, in characters.
pub const NAME_CHARS: usize = 40;

/// A name as it may be shown: one line, trimmed, without control or direction-override characters, not longer than
/// [`NAME_CHARS`].
pub fn tidy_name(name: &str) -> String {
    let visible =
        |c: &char| !c.is_control() && !matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let line: String = name.chars().filter(visible).collect();
    line.trim().chars().take(NAME_CHARS).collect::<String>().trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_one_line_of_bounded_length() {
        assert_eq!(tidy_name("  Alice\n\u{202e}<b> "), "Alice<b>");
        assert_eq!(tidy_name(&"é".repeat(500)).chars().count(), NAME_CHARS);
    }
}
