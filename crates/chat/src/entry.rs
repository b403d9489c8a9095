//! Entries of the log, as they travel: arrays, for they are many and small.

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use visavis_protocol::{PeerId, read_text, tidy_name};

use crate::log::Log;
use crate::view::MessageId;

/// Who writes: the same through reloads of the page, whatever the server calls them. Of the form of a peer's id.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(transparent)]
pub(crate) struct Author(pub(crate) PeerId);

impl Author {
    /// Somebody new, out of random bytes that serve other ends too.
    pub(crate) fn of(seed: [u8; 32]) -> Self {
        let digest = Sha256::new().chain_update(seed).chain_update(b"visavis/v1/author").finalize();
        let mut bytes = [0; 10];
        bytes.iter_mut().zip(digest).for_each(|(byte, digit)| *byte = digit);
        Self(PeerId::from_bytes(bytes))
    }
}

/// Who we are in what is written, through reloads of the page. Whoever has it can write in our name, so it stays in the page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Seat {
    pub(crate) author: Author,
    /// How often the page had been loaded before.
    pub(crate) life: u32,
}

impl Seat {
    pub(crate) fn new(author: Author) -> Self {
        Self { author, life: 0 }
    }

    /// Ours in the next life of the page.
    pub(crate) fn next(self) -> Self {
        Self { life: self.life.saturating_add(1), ..self }
    }

    /// Reads what [`Seat::encode`] wrote; `None` if it is no seat.
    pub fn decode(text: &str) -> Option<Self> {
        read_text(text.as_bytes()).ok()
    }

    /// As a text.
    pub fn encode(&self) -> String {
        // A text and a number always convert.
        serde_json::to_string(self).unwrap_or_default()
    }
}

/// What somebody writes to everybody, or to one person, in one life of their page.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Stream {
    pub(crate) from: Author,
    /// How often their page had been loaded before.
    pub(crate) life: u32,
    pub(crate) to: Option<Author>,
}

impl Stream {
    /// Whether both are by one person and for the same people.
    pub(crate) fn is_akin_to(&self, other: &Self) -> bool {
        self.from == other.from && self.to == other.to
    }

    /// Whether it is for everybody, or theirs.
    pub(crate) fn concerns(&self, them: Option<&Author>) -> bool {
        self.to.as_ref().is_none_or(|to| them == Some(to) || them == Some(&self.from))
    }
}

/// Which of the entries of one person to the same people: life and number.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub(crate) struct Place(pub(crate) u32, pub(crate) u64);

/// One entry of a stream: a message, or a change of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(from = "Wire", into = "Wire")]
pub(crate) struct Entry {
    pub(crate) stream: Stream,
    pub(crate) seq: u64,
    /// Milliseconds since 1970, and later than all that its writer had seen.
    pub(crate) at: u64,
    /// The writer's name.
    pub(crate) name: String,
    /// The name of whom alone it is for.
    pub(crate) to_name: String,
    /// Empty if it was taken back, or takes back.
    pub(crate) text: String,
    /// Which earlier message of the same person to the same people says this instead, if this is none by itself.
    pub(crate) of: Option<Place>,
    /// Which entry changed this message last.
    pub(crate) revision: Option<Place>,
}

/// An entry as it is written: from, life, to, number, time, name, name of whom it is for, text, of, revision.
#[derive(Serialize, Deserialize)]
struct Wire(Author, u32, Option<Author>, u64, u64, String, String, String, Option<Place>, Option<Place>);

impl From<Wire> for Entry {
    fn from(wire: Wire) -> Self {
        let Wire(from, life, to, seq, at, name, to_name, text, of, revision) = wire;
        Self { stream: Stream { from, life, to }, seq, at, name, to_name, text, of, revision }
    }
}

impl From<Entry> for Wire {
    fn from(entry: Entry) -> Self {
        let Entry { stream: Stream { from, life, to }, seq, at, name, to_name, text, of, revision } = entry;
        Self(from, life, to, seq, at, name, to_name, text, of, revision)
    }
}

/// An entry on its way, after the number of the one before it in its stream, as far as the receiver was to have it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Told(pub(crate) u64, pub(crate) Entry);

/// Up to which number somebody has each stream.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub(crate) struct Seen(Vec<Mark>);

/// From, life, to, number.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Mark(Author, u32, Option<Author>, u64);

impl Mark {
    fn is_of(&self, stream: &Stream) -> bool {
        self.0 == stream.from && self.1 == stream.life && self.2 == stream.to
    }

    fn stream(&self) -> Stream {
        Stream { from: self.0.clone(), life: self.1, to: self.2.clone() }
    }
}

impl Seen {
    /// The number of the last entry of this stream; 0 if there is none.
    pub(crate) fn get(&self, stream: &Stream) -> u64 {
        self.0.iter().find(|mark| mark.is_of(stream)).map_or(0, |mark| mark.3)
    }

    /// Sets that number, and says what it was.
    pub(crate) fn set(&mut self, stream: &Stream, seq: u64) -> u64 {
        if let Some(mark) = self.0.iter_mut().find(|mark| mark.is_of(stream)) {
            return std::mem::replace(&mut mark.3, seq);
        }
        let Stream { from, life, to } = stream.clone();
        self.0.push(Mark(from, life, to, seq));
        0
    }

    pub(crate) fn len(&self) -> usize {
        self.0.len()
    }

    /// Of the streams that concern this person alone, or that are for everybody.
    pub(crate) fn concerning(&self, them: Option<&Author>) -> Self {
        Self(self.0.iter().filter(|mark| mark.stream().concerns(them)).cloned().collect())
    }

    /// Whether it goes beyond another in a stream.
    pub(crate) fn exceeds(&self, other: &Self) -> bool {
        self.0.iter().any(|mark| mark.3 > other.get(&mark.stream()))
    }

    /// Takes over what goes beyond.
    pub(crate) fn extend(&mut self, other: &Self) {
        for mark in &other.0 {
            let stream = mark.stream();
            if mark.3 > self.get(&stream) {
                self.set(&stream, mark.3);
            }
        }
    }
}

/// A log as it is kept on this device: up to when it was read, how far it went, and its end.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Kept(pub(crate) u64, pub(crate) Seen, pub(crate) Vec<Entry>);

impl Entry {
    /// By what the log is sorted.
    pub(crate) fn order(&self) -> (u64, &Stream) {
        (self.at, &self.stream)
    }

    pub(crate) fn place(&self) -> Place {
        Place(self.stream.life, self.seq)
    }

    pub(crate) fn is(&self, id: &MessageId) -> bool {
        self.stream == id.stream && self.seq == id.seq
    }

    /// Whether it is a message that was not taken back.
    pub(crate) fn stands(&self) -> bool {
        self.of.is_none() && !self.text.is_empty()
    }

    /// About how much room it takes.
    pub(crate) fn bytes(&self) -> usize {
        self.text.len() + self.name.len() + self.to_name.len()
    }

    /// As it may be kept and shown; nothing if nobody would write such a thing.
    pub(crate) fn tidy(mut self) -> Option<Self> {
        self.name = tidy_name(&self.name);
        self.to_name = tidy_name(&self.to_name);
        if !self.text.is_empty() {
            self.text = tidy_text(&self.text)?;
        }
        Some(self)
    }
}

/// A text as it may be sent and shown: several lines, without other control characters and without those that turn the
/// direction of what follows; nothing if nothing is left, or if it is longer than [`Log::TEXT_CHARS`].
pub(crate) fn tidy_text(text: &str) -> Option<String> {
    let visible = |c: &char| *c == '\n' || !(c.is_control() || matches!(c, '\u{202d}' | '\u{202e}'));
    let text: String = text.trim().chars().filter(visible).collect();
    let fits = text.chars().count() <= Log::TEXT_CHARS;
    (fits && !text.trim().is_empty()).then_some(text)
}
