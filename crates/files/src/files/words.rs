//! What others say about files.

use visavis_protocol::{PeerId, read_text};

use super::{Files, MOST_OFFERS};
use crate::block::MOST_BYTES;
use crate::feed::Feed;
use crate::incoming::Incoming;
use crate::input::Effect;
use crate::outgoing::{Outgoing, say};
use crate::set::Run;
use crate::word::{FileId, Offer, Word};

/// The longest word, in bytes; what we say is never half as long.
const MOST_TEXT: usize = 128 * 1024;

impl Files {
    pub(super) fn on_heard(&mut self, peer: &PeerId, text: &str) {
        let word = (text.len() <= MOST_TEXT).then(|| read_text::<Word>(text.as_bytes()));
        match word {
            Some(Ok(word)) if self.meet(peer).is_some() => self.on_word(peer, word),
            _ => self.effects.push(Effect::Log("word about files refused".into())),
        }
    }

    fn on_word(&mut self, peer: &PeerId, word: Word) {
        let name = self.name_of(peer);
        match word {
            Word::Offers { answer, files } => {
                if !answer {
                    self.greet(peer, true);
                }
                let most = files.len().min(MOST_OFFERS);
                self.on_offers(peer, &files[..most]);
            }
            Word::Describe { files } => {
                let most = files.len().min(MOST_OFFERS);
                let files = &files[..most];
                for own in self.outgoing.iter_mut().filter(|own| own.is_for(peer)) {
                    if files.contains(&own.offer.file) {
                        own.offer_to(peer, &name, &mut self.effects);
                    }
                }
            }
            Word::Offer(offer) => self.on_offer(peer, offer),
            Word::Take { file } => {
                if let Some(own) = self.own(&file).filter(|own| self.outgoing[*own].is_for(peer)) {
                    self.outgoing[own].on_take(peer, &name, &mut self.effects);
                }
            }
            Word::Leave { file } => {
                if let Some(own) = self.own(&file) {
                    self.outgoing[own].on_leave(peer);
                }
            }
            Word::Withdraw { file, changed } => {
                if let Some(at) = self.of(peer, &file)
                    && !self.incoming[at].on_withdrawn(changed, &mut self.effects)
                {
                    self.incoming.remove(at);
                }
            }
            Word::Hold { file, held } => {
                if let Some(at) = self.of(peer, &file) {
                    self.incoming[at].hold(held);
                }
            }
            Word::Want { file, anew, blocks } => self.on_want(peer, file, anew, &blocks),
            Word::Check { file, blocks } => {
                if let Some(own) = self.own(&file) {
                    self.outgoing[own].on_check(peer, &blocks, &mut self.effects);
                }
            }
            Word::Hashes { file, from, hashes } => {
                if let Some(at) = self.of(peer, &file) {
                    self.incoming[at].on_hashes(from, &hashes);
                }
            }
            Word::Root { file, hash } => {
                if let Some(at) = self.of(peer, &file) {
                    self.incoming[at].on_root(hash);
                }
            }
            Word::Have { file, blocks } => {
                if let Some(own) = self.own(&file) {
                    let own = &mut self.outgoing[own];
                    let helped = own.has_of_another(peer, &blocks);
                    own.on_have(peer, &blocks);
                    let feed = self.feeds.iter_mut().find(|feed| feed.to == *peer && feed.file == file);
                    if let Some(feed) = feed {
                        feed.keep(|block| !own.is_with(block, peer));
                        feed.on_helped(helped);
                    }
                    if own.is_done_for(peer) {
                        self.close_feed(peer, &file);
                    }
                } else if let Some(at) = self.theirs(&file) {
                    self.incoming[at].on_have(peer, &blocks);
                }
            }
        }
    }

    fn on_want(&mut self, peer: &PeerId, file: FileId, anew: bool, blocks: &[Run]) {
        let own = self.own(&file).map(|at| &self.outgoing[at]).filter(|own| own.is_for(peer));
        let given = self.theirs(&file).map(|at| &self.incoming[at]).filter(|theirs| theirs.is_given());
        let Some(of) = own.map(Outgoing::blocks).or(given.map(Incoming::blocks)) else { return };
        if let Some(feed) = self.feed(peer, &file) {
            feed.want(anew, blocks, of);
        } else if !blocks.is_empty() {
            let mut feed = Feed::new(peer.clone(), file);
            feed.want(anew, blocks, of);
            self.feeds.push(feed);
        }
    }

    fn close_feed(&mut self, peer: &PeerId, file: &FileId) {
        let Self { feeds, effects, .. } = self;
        feeds.retain_mut(|feed| {
            let ends = feed.to == *peer && feed.file == *file;
            if ends {
                feed.close(effects);
            }
            !ends
        });
    }

    /// The place of a file that this person offers.
    fn of(&self, peer: &PeerId, file: &FileId) -> Option<usize> {
        self.theirs(file).filter(|at| self.incoming[*at].from == *peer)
    }

    /// They offer these and no others.
    fn on_offers(&mut self, peer: &PeerId, files: &[FileId]) {
        let name = self.name_of(peer);
        self.incoming.retain_mut(|file| {
            if files.contains(&file.offer.file) {
                if file.from == *peer || file.is_orphan() {
                    file.on_offered(peer, &name, &mut self.effects);
                }
                return true;
            }
            file.from != *peer || file.on_not_offered()
        });
        let unknown: Vec<FileId> = files
            .iter()
            .filter(|file| self.theirs(file).is_none() && self.own(file).is_none())
            .cloned()
            .collect();
        if !unknown.is_empty() {
            say(peer, &Word::Describe { files: unknown }, &mut self.effects);
        }
    }

    fn on_offer(&mut self, peer: &PeerId, offer: Offer) {
        let name = self.name_of(peer);
        let theirs = self.incoming.iter().filter(|file| file.from == *peer).count();
        let known = self.theirs(&offer.file);
        if let Some(at) = known {
            if self.incoming[at].from == *peer || self.incoming[at].is_orphan() {
                self.incoming[at].on_offered(peer, &name, &mut self.effects);
            }
            return;
        }
        let size = offer.size;
        let Some(offer) = offer.tidy().filter(|_| theirs < MOST_OFFERS) else {
            return self
                .effects
                .push(Effect::Log(format!("offer refused: {size} of {MOST_BYTES} bytes, {theirs} offered")));
        };
        if self.own(&offer.file).is_some() {
            return;
        }
        // It was accepted before their page was loaded again: what has come of it is made use of.
        let rest = self.incoming.iter().find(|rest| rest.is_rest_of(&offer) && rest.from == *peer);
        let paused = rest.map(Incoming::is_paused);
        let file = offer.file.clone();
        let mut incoming = Incoming::new(offer, peer.clone(), name);
        incoming.pause(paused == Some(true), &mut self.effects);
        self.incoming.push(incoming);
        if paused.is_some() {
            self.accept(&file);
        }
    }
}
