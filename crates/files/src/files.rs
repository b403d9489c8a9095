//! All files of a call: who offers what to whom.

mod flow;
mod intents;
mod words;

use visavis_protocol::{PeerId, read_text, tidy_name};

use crate::block::Hash;
use crate::feed::Feed;
use crate::incoming::{About, Incoming};
use crate::input::{Config, Effect, Input, Kept, StoreOutcome, Timer, Unread};
use crate::outgoing::{Outgoing, say};
use crate::view::{FileView, FilesView};
use crate::word::{FileId, Word};

/// More than any room holds.
const MOST_OTHERS: usize = 64;
/// Files that one person can offer at a time.
const MOST_OFFERS: usize = 500;

/// Somebody else.
#[derive(Debug)]
struct Other {
    id: PeerId,
    name: String,
    linked: bool,
}

/// The files of a call; see the crate's documentation for the contract.
#[derive(Debug)]
pub struct Files {
    room: String,
    random: u64,
    others: Vec<Other>,
    outgoing: Vec<Outgoing>,
    incoming: Vec<Incoming>,
    feeds: Vec<Feed>,
    ticks: bool,
    effects: Vec<Effect>,
}

impl Files {
    /// No files yet.
    pub fn new(config: Config) -> Self {
        Self {
            room: config.room,
            random: config.seed,
            others: Vec::new(),
            outgoing: Vec::new(),
            incoming: Vec::new(),
            feeds: Vec::new(),
            ticks: false,
            effects: Vec::new(),
        }
    }

    /// Takes one input and answers with what is to be done, in order.
    #[must_use]
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Intent(intent) => self.on_intent(intent),
            Input::Linked(peer) => {
                if let Some(other) = self.meet(&peer) {
                    other.linked = true;
                    self.greet(&peer, false);
                }
            }
            Input::Unlinked(peer) => {
                if let Some(other) = self.others.iter_mut().find(|other| other.id == peer) {
                    other.linked = false;
                }
                self.incoming.iter_mut().for_each(|file| file.on_closed(&peer));
            }
            Input::Named(peer, name) => self.on_named(&peer, &name),
            Input::Gone(peer) => self.on_gone(&peer),
            Input::Heard(peer, text) => self.on_heard(&peer, &text),
            Input::Open(to, file) => {
                if let Some(feed) = self.feed(&to, &file) {
                    feed.on_open();
                }
            }
            Input::Closed(to, file) => {
                if let Some(feed) = self.feed(&to, &file) {
                    feed.on_closed();
                }
            }
            Input::Cut(from, file) => {
                if let Some(incoming) = self.incoming(&file) {
                    incoming.on_closed(&from);
                }
            }
            Input::Sent { to, file, block, hash } => self.on_sent(&to, &file, block, Ok(hash)),
            Input::Unsent { to, file, block, why } => self.on_sent(&to, &file, block, Err(why)),
            Input::Hashed(file, block, hash) => {
                if let Some(at) = self.own(&file) {
                    self.outgoing[at].on_hashed(block, hash, &mut self.effects);
                }
            }
            Input::Coming { from, file, block, hash } => {
                if let Some(at) = self.theirs(&file) {
                    self.incoming[at].on_coming(&from, block, hash, &mut self.effects);
                }
            }
            Input::Stored { from, file, block, outcome } => {
                if let Some(at) = self.theirs(&file) {
                    self.incoming[at].on_stored(&from, block, outcome, &mut self.effects);
                }
            }
            Input::Created(file, outcome) => self.on_created(&file, outcome),
            Input::Recalled(kept) => kept.iter().for_each(|kept| self.recall(kept)),
            Input::Timer(Timer::Tick) => self.tick(),
        }
        self.pump();
        std::mem::take(&mut self.effects)
    }

    /// The files as the page shows them.
    pub fn view(&self) -> FilesView {
        let theirs = self.incoming.iter().map(|file| file.view(self.is_linked(&file.from)));
        let mut files: Vec<FileView> = Vec::new();
        for file in self.outgoing.iter().map(Outgoing::view).chain(theirs) {
            // They are nearly in order, and to sort them takes five times the code.
            let place = files.iter().rposition(|earlier| earlier.at <= file.at).map_or(0, |at| at + 1);
            files.insert(place, file);
        }
        FilesView { files }
    }

    fn is_linked(&self, peer: &PeerId) -> bool {
        self.others.iter().any(|other| other.id == *peer && other.linked)
    }

    fn name_of(&self, peer: &PeerId) -> String {
        let other = self.others.iter().find(|other| other.id == *peer);
        other.map(|other| other.name.clone()).unwrap_or_default()
    }

    fn meet(&mut self, peer: &PeerId) -> Option<&mut Other> {
        let known = self.others.iter().position(|other| other.id == *peer);
        let at = if let Some(at) = known {
            at
        } else {
            if self.others.len() >= MOST_OTHERS {
                // Who is not linked may have left long ago.
                let absent = self.others.iter().position(|other| !other.linked)?;
                self.others.remove(absent);
            }
            self.others.push(Other { id: peer.clone(), name: String::new(), linked: false });
            self.others.len() - 1
        };
        self.others.get_mut(at)
    }

    fn own(&self, file: &FileId) -> Option<usize> {
        self.outgoing.iter().position(|own| own.offer.file == *file)
    }

    fn theirs(&self, file: &FileId) -> Option<usize> {
        self.incoming.iter().position(|theirs| theirs.offer.file == *file)
    }

    fn incoming(&mut self, file: &FileId) -> Option<&mut Incoming> {
        self.theirs(file).map(|at| &mut self.incoming[at])
    }

    fn feed(&mut self, to: &PeerId, file: &FileId) -> Option<&mut Feed> {
        self.feeds.iter_mut().find(|feed| feed.to == *to && feed.file == *file)
    }

    /// Says what is offered to them, and forgets what was said before.
    fn greet(&mut self, peer: &PeerId, answer: bool) {
        let offered = self.outgoing.iter().filter(|own| own.is_for(peer));
        let files = offered.map(|own| own.offer.file.clone()).collect();
        say(peer, &Word::Offers { answer, files }, &mut self.effects);
        for file in &mut self.incoming {
            file.on_linked(peer, &mut self.effects);
        }
    }

    fn on_named(&mut self, peer: &PeerId, name: &str) {
        let name = tidy_name(name);
        self.outgoing.iter_mut().for_each(|own| own.rename(peer, &name));
        for file in self.incoming.iter_mut().filter(|file| file.from == *peer) {
            file.from_name.clone_from(&name);
        }
        if let Some(other) = self.meet(peer) {
            other.name = name;
        }
    }

    fn on_gone(&mut self, peer: &PeerId) {
        self.others.retain(|other| other.id != *peer);
        self.outgoing.iter_mut().for_each(|own| own.on_gone(peer));
        self.feeds.retain(|feed| feed.to != *peer);
        self.incoming.iter_mut().for_each(|file| file.lose(peer));
        self.incoming.retain_mut(|file| file.from != *peer || file.on_not_offered());
    }

    fn on_sent(&mut self, to: &PeerId, file: &FileId, block: u32, hash: Result<Hash, Unread>) {
        if let Some(feed) = self.feed(to, file) {
            feed.on_sent(block);
        }
        if let Some(own) = self.own(file) {
            self.outgoing[own].on_hash(block, hash, &mut self.effects);
        }
    }

    fn on_created(&mut self, file: &FileId, outcome: Result<(), StoreOutcome>) {
        if let Some(at) = self.theirs(file) {
            self.incoming[at].on_created(outcome, &mut self.effects);
        }
    }

    fn recall(&mut self, kept: &Kept) {
        let Ok(about) = read_text::<About>(kept.about.as_bytes()) else { return };
        let known = |known: &Incoming| *known.store() == about.store && !known.is_open();
        if about.room != self.room || self.incoming.iter().any(known) {
            return;
        }
        let Some(offer) = about.offer.clone().tidy() else { return };
        let offered = self.theirs(&offer.file).map(|at| self.incoming.remove(at));
        let mut incoming = Incoming::recall(about, offer, kept);
        if let Some(offered) = offered {
            incoming.on_offered(&offered.from, &offered.from_name, &mut self.effects);
        }
        self.incoming.push(incoming);
    }
}
