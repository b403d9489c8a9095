//! What people write to each other: a log that all who are linked keep in step, peer to peer.
//!
//! Whoever writes appends to a stream of their own, one for everybody and one for each person they write to alone. An
//! entry has the number after its predecessor's in the stream, so that whatever way it comes, it is taken once and in
//! turn. Two whose link opens tell each other up to which number they have each stream, and give what the other lacks;
//! so a message written while a link was broken arrives, and a newcomer gets what was said before.
//!
//! The order is that of a hybrid clock (the time, yet later than all that its writer had seen), and of the writers' ids
//! where it ties: the same for everybody, and no answer before its question.
//!
//! It knows nothing of links: how entries travel is `crate::gossip`.

use std::sync::Arc;

use crate::entry::{Author, Entry, Kept, Place, Seen, Stream, Told};
use crate::view::{MessageId, MessageState, MessageView, Revision};

/// Entries kept; beyond them the oldest of whoever takes most room goes.
const MOST: usize = 2000;
/// Bytes of text kept.
const MOST_BYTES: usize = 512 * 1024;
/// Bytes of text that are kept for the next time.
const KEPT_BYTES: usize = 128 * 1024;
/// Streams known; more are made up.
const MOST_STREAMS: usize = 1024;
/// The greatest time and number: JSON numbers that every reader takes.
const LAST: u64 = 1 << 52;

/// What became of an entry that somebody told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Taken {
    /// It is in the log now.
    New,
    /// It was.
    Known,
    /// An entry before it has not come.
    Gap,
    /// It is none of ours, or no entry that anybody would make.
    Refused,
}

/// The log, and who we are in it.
#[derive(Debug)]
pub(crate) struct Log {
    me: Author,
    /// How often our page had been loaded before.
    life: u32,
    /// In the order that all agree on, in which each stream is in the order of its numbers.
    entries: Vec<Entry>,
    /// The number of the last entry of each stream.
    heard: Seen,
    /// Up to when the user has read.
    read: u64,
    /// Something had to go.
    shortened: bool,
    /// Something of others has come.
    news: bool,
    /// Grows with every entry of ours.
    written: u64,
    /// The log as it is shown, made anew when it has changed.
    shown: Arc<Vec<MessageView>>,
    stale: bool,
}

impl Log {
    /// The longest message, in characters.
    pub(crate) const TEXT_CHARS: usize = 4000;

    /// An empty log of whom the others know as `me`, in this life of the page: none may come twice.
    pub(crate) fn new(me: Author, life: u32) -> Self {
        Self {
            me,
            life,
            entries: Vec::new(),
            heard: Seen::default(),
            read: 0,
            shortened: false,
            news: false,
            written: 0,
            shown: Arc::default(),
            stale: false,
        }
    }

    pub(crate) fn me(&self) -> &Author {
        &self.me
    }

    /// How much we have written so far.
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// Whether something of others has come since this was last asked.
    pub(crate) fn take_news(&mut self) -> bool {
        std::mem::take(&mut self.news)
    }

    /// Writes to everybody, or to one person of this name alone; `now` is in milliseconds since 1970.
    pub(crate) fn say(&mut self, text: String, name: &str, to: Option<(Author, String)>, now: u64) {
        let (to, to_name) = to.map_or((None, String::new()), |(to, name)| (Some(to), name));
        self.write(to, to_name, name, text, None, now);
    }

    /// Lets a message of ours that stands say this instead; if that is nothing, it is taken back.
    pub(crate) fn change(&mut self, id: &MessageId, text: String, name: &str, now: u64) {
        let ours = |entry: &&Entry| entry.stream.from == self.me && entry.is(id) && entry.stands();
        let Some(entry) = self.entries.iter().find(ours) else { return };
        let (to, to_name, of) = (entry.stream.to.clone(), entry.to_name.clone(), entry.place());
        self.write(to, to_name, name, text, Some(of), now);
    }

    /// Appends to one of our streams.
    fn write(
        &mut self,
        to: Option<Author>,
        to_name: String,
        name: &str,
        text: String,
        of: Option<Place>,
        now: u64,
    ) {
        let last = self.entries.last().map_or(0, |entry| entry.at);
        let stream = Stream { from: self.me.clone(), life: self.life, to };
        let seq = self.heard.get(&stream) + 1;
        let at = now.max(last + 1).min(LAST);
        self.written += 1;
        self.insert(Entry { stream, seq, at, name: name.to_owned(), to_name, text, of, revision: None });
    }

    /// Takes an entry that somebody told.
    pub(crate) fn take(&mut self, told: Told) -> Taken {
        let Told(after, entry) = told;
        let Some(entry) = entry.tidy().filter(|entry| entry.at.max(entry.seq) <= LAST) else {
            return Taken::Refused;
        };
        let heard = self.heard.get(&entry.stream);
        if entry.seq <= heard {
            return Taken::Known;
        }
        if after > heard {
            return Taken::Gap;
        }
        let earlier = |other: &Entry| other.stream == entry.stream && other.at > entry.at;
        let full = heard == 0 && self.heard.len() >= MOST_STREAMS;
        if full || !entry.stream.concerns(Some(&self.me)) || self.entries.iter().any(earlier) {
            return Taken::Refused;
        }
        self.insert(entry);
        self.news = true;
        Taken::New
    }

    /// How far we have each stream that concerns this person, or the public ones if we do not know who they are.
    pub(crate) fn seen(&self, them: Option<&Author>) -> Seen {
        self.heard.concerning(them)
    }

    /// Whether somebody who has seen this much has something for us.
    pub(crate) fn lacks(&self, seen: &Seen) -> bool {
        seen.concerning(Some(&self.me)).exceeds(&self.heard)
    }

    /// What this person has not seen, and moves what they have seen up to it; of our own streams alone, or of all.
    pub(crate) fn unseen(&self, them: &Author, seen: &mut Seen, all: bool) -> Vec<Told> {
        let tell = |entry: &Entry| {
            let theirs = (all || entry.stream.from == self.me) && entry.stream.concerns(Some(them));
            if !theirs || seen.get(&entry.stream) >= entry.seq {
                return None;
            }
            Some(Told(seen.set(&entry.stream, entry.seq), entry.clone()))
        };
        self.entries.iter().filter_map(tell).collect()
    }

    /// The user has seen what there is.
    pub(crate) fn read(&mut self) {
        self.read = self.entries.last().map_or(self.read, |entry| entry.at);
    }

    /// Nothing that was said is kept any longer; it does not come back from others.
    pub(crate) fn clear(&mut self) {
        self.entries.clear();
        self.shortened = false;
        self.stale = true;
    }

    /// What is to be kept for the next time: the end of the log, and how far all of it went.
    pub(crate) fn kept(&self) -> Kept {
        let mut room = KEPT_BYTES;
        let fits = |entry: &&Entry| {
            room = room.saturating_sub(entry.bytes());
            room > 0
        };
        let mut entries: Vec<Entry> = self.entries.iter().rev().take_while(fits).cloned().collect();
        entries.reverse();
        Kept(self.read, self.heard.clone(), entries)
    }

    /// Goes on with what was kept.
    pub(crate) fn recall(&mut self, kept: Kept) {
        let Kept(read, heard, entries) = kept;
        self.read = read;
        for entry in entries {
            self.take(Told(0, entry));
        }
        self.heard.extend(&heard);
        self.news = false;
        self.refresh();
    }

    /// How many messages of others the user has not seen.
    pub(crate) fn unread(&self) -> usize {
        let news = self.entries.iter().rev().take_while(|entry| entry.at > self.read);
        news.filter(|entry| entry.stream.from != self.me && entry.stands()).count()
    }

    pub(crate) fn is_shortened(&self) -> bool {
        self.shortened
    }

    /// The messages as they are shown.
    pub(crate) fn shown(&self) -> Arc<Vec<MessageView>> {
        self.shown.clone()
    }

    /// Makes what is shown anew if anything has changed.
    pub(crate) fn refresh(&mut self) {
        if std::mem::take(&mut self.stale) {
            self.shown = Arc::new(self.entries.iter().filter_map(|entry| self.message(entry)).collect());
        }
    }

    fn message(&self, entry: &Entry) -> Option<MessageView> {
        if entry.of.is_some() {
            return None;
        }
        Some(MessageView {
            id: MessageId { stream: entry.stream.clone(), seq: entry.seq },
            name: entry.name.clone(),
            own: entry.stream.from == self.me,
            to: entry.stream.to.is_some().then(|| entry.to_name.clone()),
            at: entry.at,
            text: entry.text.clone(),
            revision: Revision(entry.revision),
            state: match (entry.text.is_empty(), entry.revision) {
                (true, _) => MessageState::Deleted,
                (false, None) => MessageState::Written,
                (false, Some(_)) => MessageState::Edited,
            },
        })
    }

    fn insert(&mut self, entry: Entry) {
        self.stale = true;
        self.heard.set(&entry.stream, entry.seq);
        let (stream, of) = (entry.stream.clone(), entry.of.unwrap_or(entry.place()));
        let at =
            self.entries.iter().rposition(|earlier| earlier.order() <= entry.order()).map_or(0, |at| at + 1);
        self.entries.insert(at, entry);
        self.settle(&stream, of);
        while self.entries.len() > MOST || self.entries.iter().map(Entry::bytes).sum::<usize>() > MOST_BYTES {
            self.shorten();
        }
    }

    /// Lets a message say what its last change does, or nothing if it was taken back, in whatever order all that has come.
    /// What it said before is gone.
    fn settle(&mut self, stream: &Stream, of: Place) {
        let mut last = None;
        let mut new = String::new();
        let mut deleted = false;
        for entry in
            self.entries.iter().filter(|entry| entry.of == Some(of) && entry.stream.is_akin_to(stream))
        {
            deleted |= entry.text.is_empty();
            if last < Some(entry.place()) {
                last = Some(entry.place());
                new.clone_from(&entry.text);
            }
        }
        if deleted {
            new.clear();
        }
        if last.is_none() {
            return;
        }
        for entry in self.entries.iter_mut().filter(|entry| entry.stream.is_akin_to(stream)) {
            if entry.of == Some(of) {
                entry.text.clone_from(&new);
            } else if entry.of.is_none() && entry.place() == of {
                if !entry.text.is_empty() {
                    entry.text.clone_from(&new);
                }
                entry.revision = last.max(entry.revision);
            }
        }
    }

    /// Lets go of the oldest entry of whoever takes most room: a flood drowns itself.
    fn shorten(&mut self) {
        let room = |author: &Author| {
            let theirs = self.entries.iter().filter(|entry| entry.stream.from == *author);
            theirs.map(|entry| entry.bytes() + 1).sum::<usize>()
        };
        let (mut greatest, mut checked) = (None, Vec::new());
        for entry in &self.entries {
            let author = &entry.stream.from;
            if !checked.contains(&author) {
                checked.push(author);
                greatest = greatest.max(Some((room(author), author)));
            }
        }
        let greatest = greatest.map(|(_, author)| author.clone());
        if let Some(at) = self.entries.iter().position(|entry| greatest.as_ref() == Some(&entry.stream.from))
        {
            self.entries.remove(at);
            self.shortened = true;
        }
    }
}

#[cfg(test)]
mod tests;
