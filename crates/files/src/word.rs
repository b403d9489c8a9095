//! What is said about files over the channel `files`, as JSON texts.

use serde::{Deserialize, Serialize};
use visavis_protocol::PeerId;

use crate::block::{Hash, MOST_BYTES};
use crate::set::Run;

/// Tells files apart, in a whole room. Who does not know it can ask for nothing of it. Of the form of a peer's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub struct FileId(PeerId);

impl FileId {
    /// Out of random bytes.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(PeerId::from_bytes(bytes))
    }

    /// Reads what [`FileId::as_str`] gave.
    pub fn parse(text: &str) -> Option<Self> {
        PeerId::parse(text).ok().map(Self)
    }

    /// As it travels.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

/// What is known of a file before it comes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Offer {
    pub(crate) file: FileId,
    pub(crate) name: String,
    /// Bytes.
    pub(crate) size: u64,
    /// The media type, as the sender's browser has it; may be empty.
    #[serde(default)]
    pub(crate) kind: String,
    /// A small picture of it, as a data URL.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) thumbnail: Option<String>,
    /// When it was offered, in milliseconds since 1970.
    pub(crate) at: u64,
    /// It is offered to everybody, so whoever has some of it gives it to others.
    pub(crate) shared: bool,
}

/// The longest name, in characters.
const NAME_CHARS: usize = 200;
/// The longest picture, in characters.
const THUMBNAIL_CHARS: usize = 16 * 1024;
/// The latest time.
const LAST: u64 = 1 << 52;

impl Offer {
    /// As it may be shown and kept; nothing if there can be no such file.
    pub(crate) fn tidy(mut self) -> Option<Self> {
        self.name = tidy_file_name(&self.name);
        self.kind = self.kind.chars().filter(char::is_ascii_graphic).take(100).collect();
        self.thumbnail = self.thumbnail.filter(|thumbnail| is_picture(thumbnail));
        (self.size <= MOST_BYTES && self.at <= LAST).then_some(self)
    }
}

/// Whether this is a small picture, and nothing else: base64 of a type that only shows.
fn is_picture(url: &str) -> bool {
    let data = ["data:image/jpeg;base64,", "data:image/webp;base64,", "data:image/png;base64,"]
        .into_iter()
        .find_map(|kind| url.strip_prefix(kind));
    let digit = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'/' | b'=');
    url.len() <= THUMBNAIL_CHARS && data.is_some_and(|data| data.bytes().all(digit))
}

/// The name of a file as it may be shown and given to a file: one line and no path, nothing that turns the direction of what
/// follows, none of the names and ends that Windows keeps for itself.
pub(crate) fn tidy_file_name(name: &str) -> String {
    let hidden = |c: char| {
        c.is_control()
            || matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
    };
    let plain =
        |c: char| if matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') { '_' } else { c };
    let name: String = name.chars().filter(|c| !hidden(*c)).map(plain).collect();
    let name = name.trim_matches(|c: char| c == '.' || c.is_whitespace());
    // What is left out stands in the middle: the end says what kind of file it is.
    let chars: Vec<char> = name.chars().collect();
    let mut name: String = if chars.len() > NAME_CHARS {
        let (head, tail) = (&chars[..NAME_CHARS - 21], &chars[chars.len() - 20..]);
        head.iter().chain(&['…']).chain(tail).collect()
    } else {
        name.to_owned()
    };
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    let numbered =
        |kind: &str| stem.strip_prefix(kind).is_some_and(|number| matches!(number.as_bytes(), [b'1'..=b'9']));
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL") || numbered("COM") || numbered("LPT") {
        name.insert(0, '_');
    }
    if name.is_empty() { "file".to_owned() } else { name }
}

/// A message on the channel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Word {
    /// At first: these files I offer you, and no others any more. It answers if you have just said the same; else what you said
    /// before I may not have heard.
    Offers { answer: bool, files: Vec<FileId> },
    /// Tell me what these are.
    Describe { files: Vec<FileId> },
    /// Here is a file.
    Offer(Offer),
    /// I take it.
    Take { file: FileId },
    /// I do not, or not any longer.
    Leave { file: FileId },
    /// It is not to be had any more; perhaps because it is not what it was.
    Withdraw { file: FileId, changed: bool },
    /// It does not flow for a while, or does again.
    Hold { file: FileId, held: bool },
    /// Give me these blocks; anew: and none that I asked for before.
    Want { file: FileId, anew: bool, blocks: Vec<Run> },
    /// Tell me the hashes of these blocks.
    Check { file: FileId, blocks: Vec<Run> },
    /// The blocks from this one on have these hashes; said by who offers it, and by nobody else.
    Hashes { file: FileId, from: u32, hashes: Vec<Hash> },
    /// The whole has this hash; said by who offers it, and by nobody else.
    Root { file: FileId, hash: Hash },
    /// I have these blocks.
    Have { file: FileId, blocks: Vec<Run> },
}

/// What those say at first who offer nothing, one after the other. A page in which there is no file yet says the first of them
/// so as to hear what the others offer, and need not listen to either.
pub const NOTHING_OFFERED: [&str; 2] =
    [r#"{"offers":{"answer":false,"files":[]}}"#, r#"{"offers":{"answer":true,"files":[]}}"#];

impl Word {
    pub(crate) fn encode(&self) -> String {
        // Texts and numbers always convert.
        serde_json::to_string(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_offers_nothing_says_so() {
        let said = [false, true].map(|answer| Word::Offers { answer, files: Vec::new() }.encode());
        assert_eq!(said, NOTHING_OFFERED);
    }

    #[test]
    fn names_are_names_and_nothing_else() {
        for (hostile, tame) in [
            ("a.txt", "a.txt"),
            ("../../etc/passwd", "_.._etc_passwd"),
            ("C:\\Windows\\x.dll", "C__Windows_x.dll"),
            ("photo\u{202e}gpj.exe", "photogpj.exe"),
            ("a\nb\0c", "abc"),
            (" .hidden. ", "hidden"),
            ("", "file"),
            ("...", "file"),
            ("con", "_con"),
            ("Com1.txt", "_Com1.txt"),
            ("com10.txt", "com10.txt"),
            ("console.log", "console.log"),
            ("文件.pdf", "文件.pdf"),
        ] {
            assert_eq!(tidy_file_name(hostile), tame, "{hostile:?}");
        }
        let long = tidy_file_name(&format!("{}.tar.gz", "x".repeat(10_000)));
        assert_eq!(long.chars().count(), NAME_CHARS);
        assert!(long.ends_with(".tar.gz"));
    }

    #[test]
    fn only_pictures_are_shown() {
        assert!(is_picture("data:image/jpeg;base64,/9j/4AAQ=="));
        assert!(!is_picture("data:image/svg+xml;base64,PHN2Zz4="));
        assert!(!is_picture("data:text/html;base64,PHN2Zz4="));
        assert!(!is_picture("data:image/png;base64,x\" onload=\""));
        assert!(!is_picture("https://a.example/pixel.png"));
        assert!(!is_picture(&format!("data:image/png;base64,{}", "A".repeat(THUMBNAIL_CHARS))));
    }
}
