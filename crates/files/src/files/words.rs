//! What others say about files.

use visavis_protocol::{PeerId, read_text};

use super::{Files, MOST_OFFERS};
use crate::block::MOST_BYTES;
use crate::feed::Feed;
use crate::incoming::Incoming;
use crate::input::Effect;
use crate::outgoing::{Outgoing, say};
use crate::word::{FileId, Offer, Word};

impl Files {
    pub(super) fn on_heard(&mut self, peer: &PeerId, text: &str) {
        match read_text::<Word>(text.as_bytes()) {
            Ok(word) if self.meet(peer).is_some() => self.on_word(peer, word),
            _ => self.effects.push(Effect::Log("word about files refused".into())),
        }
    }

    fn on_word(&mut self, peer: &PeerId, word: Word) {
        let name = self.name_of(peer);
        match word {
            Word::Offers { files } => self.on_offers(peer, &files),
            Word::Describe { files } => {
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
            Word::Want { file, anew, blocks } => {
                let own = self.own(&file).map(|at| &self.outgoing[at]).filter(|own| own.is_for(peer));
                let given =
                    self.theirs(&file).map(|at| &self.incoming[at]).filter(|theirs| theirs.is_given());
                let of = own.map(Outgoing::blocks).or(given.map(Incoming::blocks));
                if let Some(of) = of {
                    let at = self.feeds.iter().position(|feed| feed.to == *peer && feed.file == file);
                    let at = at.unwrap_or_else(|| {
                        self.feeds.push(Feed::new(peer.clone(), file.clone()));
                        self.feeds.len() - 1
                    });
                    self.feeds[at].want(anew, &blocks, of);
                }
            }
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
                    self.outgoing[own].on_have(peer, &blocks);
                    if self.outgoing[own].is_done_for(peer)
                        && let Some(feed) = self.feed(peer, &file)
                    {
                        let mut effects = Vec::new();
                        feed.close(&mut effects);
                        self.effects.extend(effects);
                    }
                } else if let Some(at) = self.theirs(&file) {
                    self.incoming[at].on_have(peer, &blocks);
                }
            }
        }
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
                if file.from == *peer {
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
            if self.incoming[at].from == *peer {
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
        let goes_on = self.incoming.iter().any(|rest| rest.is_rest_of(&offer) && rest.from == *peer);
        let file = offer.file.clone();
        self.incoming.push(Incoming::new(offer, peer.clone(), name));
        if goes_on {
            self.accept(&file);
        }
    }
}
