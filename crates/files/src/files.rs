//! All files of a call: who offers what to whom.

mod words;

use std::time::Duration;

use visavis_protocol::{PeerId, read_text, tidy_name};

use crate::block::Hash;
use crate::feed::{Feed, Stock};
use crate::incoming::{About, Around, Incoming};
use crate::input::{Config, Effect, Input, Intent, Kept, Picked, Source, StoreOutcome, Timer, Unread};
use crate::outgoing::{Outgoing, say};
use crate::view::{FileProblem, FileView, FilesView};
use crate::word::{FileId, Offer, Word};

/// How often others are told what has come.
const TICK: Duration = Duration::from_millis(500);
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
            Input::Linked(peer) => self.on_linked(&peer),
            Input::Unlinked(peer) => {
                if let Some(other) = self.meet(&peer) {
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
                if let Some(incoming) = self.incoming(&file) {
                    incoming.on_closed(&to);
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
        let mut files: Vec<FileView> = self.outgoing.iter().map(Outgoing::view).chain(theirs).collect();
        files.sort_by_key(|file| file.at);
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
        let at = match known {
            Some(at) => at,
            None if self.others.len() >= MOST_OTHERS => return None,
            None => {
                self.others.push(Other { id: peer.clone(), name: String::new(), linked: false });
                self.others.len() - 1
            }
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

    fn on_intent(&mut self, intent: Intent) {
        match intent {
            Intent::Offer { files, to, now } => {
                for file in files {
                    self.offer(file, to.clone(), now);
                }
            }
            Intent::Accept(file) => self.accept(&file),
            Intent::Decline(file) => {
                if let Some(at) = self.theirs(&file) {
                    self.incoming[at].decline(&mut self.effects);
                    self.close_feeds(&file);
                }
            }
            Intent::Pause(file, paused) => {
                if let Some(at) = self.own(&file) {
                    self.outgoing[at].hold(paused, &mut self.effects);
                } else if let Some(at) = self.theirs(&file) {
                    self.incoming[at].pause(paused, &mut self.effects);
                }
            }
            Intent::Withdraw(file) => {
                if let Some(at) = self.own(&file) {
                    self.outgoing[at].end(FileProblem::Withdrawn, &mut self.effects);
                    self.close_feeds(&file);
                }
            }
            Intent::Forget(file) => self.forget(&file),
        }
    }

    fn offer(&mut self, picked: Picked, to: Option<PeerId>, now: u64) {
        let Picked { file, name, size, kind, thumbnail } = picked;
        let offer = Offer { file, name, size, kind, thumbnail, at: now, shared: to.is_none() };
        let open = self.outgoing.iter().filter(|own| !own.is_ended()).count();
        let Some(offer) = offer.tidy().filter(|_| open < MOST_OFFERS) else {
            return self.effects.push(Effect::Log(format!("file not offered: {size} bytes, {open} offered")));
        };
        let to = to.map(|to| (to.clone(), self.name_of(&to)));
        let mut own = Outgoing::new(offer, to);
        for other in self.others.iter().filter(|other| other.linked) {
            if own.is_for(&other.id) {
                own.offer_to(&other.id, &other.name, &mut self.effects);
            }
        }
        self.outgoing.push(own);
    }

    fn accept(&mut self, file: &FileId) {
        let Some(at) = self.theirs(file) else { return };
        if !self.incoming[at].is_open() {
            return;
        }
        let rest = self.incoming.iter().position(|rest| rest.is_rest_of(&self.incoming[at].offer));
        let rest = rest.map(|rest| self.incoming.remove(rest));
        let Some(at) = self.theirs(file) else { return };
        self.incoming[at].accept(rest, &self.room, &mut self.effects);
    }

    fn forget(&mut self, file: &FileId) {
        if let Some(at) = self.own(file) {
            self.outgoing[at].end(FileProblem::Withdrawn, &mut self.effects);
            self.outgoing.remove(at);
        } else if let Some(at) = self.theirs(file) {
            self.incoming[at].decline(&mut self.effects);
            self.incoming.remove(at);
        }
        self.close_feeds(file);
    }

    fn close_feeds(&mut self, file: &FileId) {
        self.feeds
            .iter_mut()
            .filter(|feed| feed.file == *file)
            .for_each(|feed| feed.close(&mut self.effects));
        self.feeds.retain(|feed| feed.file != *file);
    }

    fn on_linked(&mut self, peer: &PeerId) {
        let Some(other) = self.meet(peer) else { return };
        other.linked = true;
        let offered = self.outgoing.iter().filter(|own| own.is_for(peer));
        let files = offered.map(|own| own.offer.file.clone()).collect();
        say(peer, &Word::Offers { files }, &mut self.effects);
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
            if self.outgoing[own].is_ended() {
                self.close_feeds(file);
            }
        }
    }

    fn on_created(&mut self, file: &FileId, outcome: Result<(), StoreOutcome>) {
        if let Some(at) = self.theirs(file) {
            self.incoming[at].on_created(outcome, &mut self.effects);
        }
    }

    fn recall(&mut self, kept: &Kept) {
        let Ok(About { room, from, name, offer }) = read_text::<About>(kept.about.as_bytes()) else { return };
        let store = offer.file.clone();
        if room != self.room || self.incoming.iter().any(|known| *known.store() == store && !known.is_open())
        {
            return;
        }
        let Some(offer) = offer.tidy() else { return };
        let offered = self.theirs(&offer.file).map(|at| self.incoming.remove(at));
        let mut incoming = Incoming::recall(offer, from, name, store, kept);
        if let Some(offered) = offered {
            incoming.on_offered(&offered.from, &offered.from_name, &mut self.effects);
        }
        self.incoming.push(incoming);
    }

    fn tick(&mut self) {
        self.ticks = false;
        let linked = self.linked();
        for file in &mut self.incoming {
            file.tick(&Around { linked: &linked, random: 0 }, &mut self.effects);
        }
        self.outgoing.iter_mut().for_each(|own| own.tell_news(&mut self.effects));
    }

    fn linked(&self) -> Vec<PeerId> {
        self.others.iter().filter(|other| other.linked).map(|other| other.id.clone()).collect()
    }

    fn pump(&mut self) {
        let linked = self.linked();
        for file in &mut self.incoming {
            self.random =
                self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = u32::try_from(self.random >> 32).unwrap_or_default();
            file.pump(&Around { linked: &linked, random }, &mut self.effects);
        }
        self.outgoing.iter_mut().for_each(|own| own.pump(&mut self.effects));
        for feed in &mut self.feeds {
            let own = self.outgoing.iter().find(|own| own.offer.file == feed.file);
            let theirs = self.incoming.iter().find(|theirs| theirs.offer.file == feed.file);
            match (own, theirs) {
                (Some(own), _) => {
                    let source = Source::Picked(own.offer.file.clone());
                    let hash = |block| own.hash(block);
                    let stock =
                        Stock { size: own.offer.size, source, hash: &hash, held: own.held || own.is_ended() };
                    feed.pump(&stock, &mut self.effects);
                }
                (None, Some(theirs)) => {
                    feed.keep(|block| theirs.is_given() && theirs.has(block));
                    let source = Source::Stored(theirs.store().clone());
                    let hash = |block| theirs.hash(block);
                    let stock = Stock { size: theirs.offer.size, source, hash: &hash, held: false };
                    feed.pump(&stock, &mut self.effects);
                }
                (None, None) => {}
            }
        }
        let works = !self.feeds.is_empty() || self.incoming.iter().any(Incoming::is_taken);
        if works && !std::mem::replace(&mut self.ticks, true) {
            self.effects.push(Effect::SetTimer { timer: Timer::Tick, after: TICK });
        }
    }
}
