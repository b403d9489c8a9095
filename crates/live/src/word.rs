//! What is said over the channel: a text of parts with a space between them. First a number, then what it is, then its
//! values.

use visavis_protocol::PeerId;

/// The width, and the height, of a screen on which somebody points.
pub const SCALE: u16 = 10_000;

/// The longest reaction, in characters: some emoji are made of several.
const EMOJI_CHARS: usize = 8;

/// A place on a screen that somebody shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Point {
    /// Whose screen.
    pub screen: PeerId,
    /// From the left, and from the top: up to [`SCALE`].
    pub at: (u16, u16),
}

/// One message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Word {
    /// I type, or not any more.
    Typing(bool),
    /// I react so.
    React(String),
    /// I point there, or nowhere any more.
    Point(Option<Point>),
}

/// Kinds of words, each with a newest.
pub(crate) const KINDS: usize = 3;

impl Word {
    pub(crate) fn kind(&self) -> usize {
        match self {
            Self::Typing(_) => 0,
            Self::React(_) => 1,
            Self::Point(_) => 2,
        }
    }

    pub(crate) fn encode(&self, number: u64) -> String {
        match self {
            Self::Typing(typing) => format!("{number} typing {}", u8::from(*typing)),
            Self::React(emoji) => format!("{number} react {emoji}"),
            Self::Point(None) => format!("{number} point"),
            Self::Point(Some(Point { screen, at: (x, y) })) => {
                format!("{number} point {} {x} {y}", screen.as_str())
            }
        }
    }

    /// Its number and itself; `None` if it is no word (of this version).
    pub(crate) fn decode(text: &str) -> Option<(u64, Self)> {
        let mut parts = text.split(' ');
        let (number, what) = (parts.next()?.parse().ok()?, parts.next()?);
        let word = match (what, parts.next(), parts.next(), parts.next()) {
            ("typing", Some("0"), None, None) => Self::Typing(false),
            ("typing", Some("1"), None, None) => Self::Typing(true),
            ("react", Some(emoji), None, None) if is_emoji(emoji) => Self::React(emoji.to_owned()),
            ("point", None, None, None) => Self::Point(None),
            ("point", Some(screen), Some(x), Some(y)) if parts.next().is_none() => {
                Self::Point(Some(Point { screen: PeerId::parse(screen).ok()?, at: (place(x)?, place(y)?) }))
            }
            _ => return None,
        };
        Some((number, word))
    }
}

fn place(text: &str) -> Option<u16> {
    text.parse().ok().filter(|place| *place <= SCALE)
}

/// Whether it is short, and made of emoji alone: symbols and pictographs, and what makes one of several of them or colours
/// one (Unicode Technical Standard 51, §1.4).
pub(crate) fn is_emoji(text: &str) -> bool {
    let joins = |c| matches!(c, '\u{200d}' | '\u{fe0f}');
    let shows = |c| matches!(c, '\u{203c}' | '\u{2049}' | '\u{2122}' | '\u{2139}' | '\u{2190}'..='\u{2bff}' | '\u{1f000}'..='\u{1faff}');
    text.chars().count() <= EMOJI_CHARS
        && text.chars().all(|c| shows(c) || joins(c))
        && text.chars().any(shows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_as_they_are_written() {
        let screen = PeerId::from_bytes([1; 10]);
        let id = screen.to_string();
        for (word, text) in [
            (Word::Typing(true), "7 typing 1".to_owned()),
            (Word::React("👍".into()), "7 react 👍".to_owned()),
            (Word::Point(None), "7 point".to_owned()),
            (Word::Point(Some(Point { screen, at: (0, SCALE) })), format!("7 point {id} 0 10000")),
        ] {
            assert_eq!(word.encode(7), text);
            assert_eq!(Word::decode(&text), Some((7, word)));
        }
    }

    #[test]
    fn nothing_else_is_a_word() {
        for text in [
            "",
            " ",
            "1",
            "typing 1",
            "-1 typing 1",
            "1 typing",
            "1 typing 2",
            "1 typing 1 1",
            "1  typing 1",
            "1 react",
            "1 react stupid",
            "1 react 👍 👍",
            "1 dance",
            "1 point x 1 1",
            "1 point aaaaaaaaaaaaaaaa 1",
            "1 point aaaaaaaaaaaaaaaa 1 10001",
            "1 point aaaaaaaaaaaaaaaa 0.5 1",
            "1 point aaaaaaaaaaaaaaaa 1 1 1",
            "99999999999999999999 typing 1",
        ] {
            assert_eq!(Word::decode(text), None, "{text}");
        }
    }

    #[test]
    fn emoji_are_emoji() {
        for emoji in ["👍", "❤️", "😂", "👏", "🎉", "😮", "👨‍👩‍👧‍👦", "👍🏽"]
        {
            assert!(is_emoji(emoji), "{emoji}");
        }
        for other in [
            "",
            "a",
            "ok",
            "数",
            "1",
            " ",
            "\u{202e}",
            "\u{200d}",
            "\u{feff}",
            "<b>",
            "👍 👍",
            "👍👍👍👍👍👍👍👍👍",
        ] {
            assert!(!is_emoji(other), "{other:?}");
        }
    }
}
