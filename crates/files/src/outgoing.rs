//! A file that the user offers.

use std::collections::VecDeque;

use visavis_protocol::PeerId;

use crate::block::{Hash, blocks_of};
use crate::input::{Effect, Unread};
use crate::set::{BlockSet, Run, blocks};
use crate::view::{FileProblem, FileState, FileView, TakerState, TakerView};
use crate::word::{Offer, Word};

/// Blocks that are hashed at once.
const AT_ONCE: usize = 4;
/// Hashes in one message.
const BATCH: usize = 400;

/// Somebody to whom it is offered.
#[derive(Debug)]
struct Taker {
    peer: PeerId,
    name: String,
    state: TakerState,
    has: BlockSet,
    /// They have asked for hashes: part of it they had.
    checks: bool,
}

#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) offer: Offer,
    /// Whom alone, and what they are called.
    to: Option<(PeerId, String)>,
    hashes: Vec<Option<Hash>>,
    known: u32,
    root: Option<Hash>,
    takers: Vec<Taker>,
    pub(crate) held: bool,
    ended: Option<FileProblem>,
    /// Hashes that were asked for, and are not known.
    unhashed: VecDeque<u32>,
    hashing: usize,
    /// Blocks whose hashes have become known, and were not told.
    fresh: Vec<u32>,
}

impl Outgoing {
    pub(crate) fn new(offer: Offer, to: Option<(PeerId, String)>) -> Self {
        let hashes = vec![None; blocks_of(offer.size) as usize];
        let root = hashes.is_empty().then(|| Hash::of_file(&[]));
        Self {
            offer,
            to,
            hashes,
            known: 0,
            root,
            takers: Vec::new(),
            held: false,
            ended: None,
            unhashed: VecDeque::new(),
            hashing: 0,
            fresh: Vec::new(),
        }
    }

    pub(crate) fn blocks(&self) -> u32 {
        blocks_of(self.offer.size)
    }

    pub(crate) fn is_ended(&self) -> bool {
        self.ended.is_some()
    }

    /// Whether this person may have it.
    pub(crate) fn is_for(&self, peer: &PeerId) -> bool {
        self.ended.is_none() && self.to.as_ref().is_none_or(|(to, _)| to == peer)
    }

    pub(crate) fn hash(&self, block: u32) -> Option<Hash> {
        self.hashes.get(block as usize).copied().flatten()
    }

    pub(crate) fn offer_to(&mut self, peer: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        self.taker(peer, name);
        say(peer, &Word::Offer(self.offer.clone()), effects);
    }

    pub(crate) fn rename(&mut self, peer: &PeerId, name: &str) {
        if let Some(taker) = self.takers.iter_mut().find(|taker| taker.peer == *peer) {
            name.clone_into(&mut taker.name);
        }
    }

    fn taker(&mut self, peer: &PeerId, name: &str) -> &mut Taker {
        let at = self.takers.iter().position(|taker| taker.peer == *peer).unwrap_or_else(|| {
            self.takers.push(Taker {
                peer: peer.clone(),
                name: name.to_owned(),
                state: TakerState::Asked,
                has: BlockSet::none(self.blocks()),
                checks: false,
            });
            self.takers.len() - 1
        });
        &mut self.takers[at]
    }

    /// They take it, or take it again.
    pub(crate) fn on_take(&mut self, peer: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        let taker = self.taker(peer, name);
        taker.state = TakerState::Taking;
        taker.has.clear();
        // They may not have heard that it is not held any more.
        say(peer, &Word::Hold { file: self.offer.file.clone(), held: self.held }, effects);
        if self.offer.shared {
            let known: Vec<u32> = (0..self.blocks()).filter(|block| self.hash(*block).is_some()).collect();
            self.tell_hashes(peer, &known, effects);
        }
        if let Some(hash) = self.root {
            say(peer, &Word::Root { file: self.offer.file.clone(), hash }, effects);
        }
    }

    pub(crate) fn on_leave(&mut self, peer: &PeerId) {
        if let Some(taker) = self.takers.iter_mut().find(|taker| taker.peer == *peer) {
            taker.state = TakerState::Declined;
        }
    }

    /// Who has left and does not have it is not waited for.
    pub(crate) fn on_gone(&mut self, peer: &PeerId) {
        self.takers.retain(|taker| taker.peer != *peer || taker.state == TakerState::Done);
    }

    pub(crate) fn on_have(&mut self, peer: &PeerId, runs: &[Run]) {
        let Some(taker) = self.takers.iter_mut().find(|taker| taker.peer == *peer) else { return };
        taker.has.extend(runs);
        if taker.state == TakerState::Taking && taker.has.is_all() {
            taker.state = TakerState::Done;
            // What others gave them we have not read: the hash of the whole wants all.
            let unknown: Vec<u32> = (0..self.blocks()).filter(|block| self.hash(*block).is_none()).collect();
            self.unhashed.extend(unknown);
        }
    }

    /// Whether this person has all of it.
    pub(crate) fn is_done_for(&self, peer: &PeerId) -> bool {
        self.takers.iter().any(|taker| taker.peer == *peer && taker.state == TakerState::Done)
    }

    /// They want to know the hashes of blocks that they had.
    pub(crate) fn on_check(&mut self, peer: &PeerId, runs: &[Run], effects: &mut Vec<Effect>) {
        let Some(taker) = self.takers.iter_mut().find(|taker| taker.peer == *peer) else { return };
        taker.checks = true;
        let (known, unknown): (Vec<u32>, Vec<u32>) =
            blocks(runs, self.blocks()).partition(|block| self.hash(*block).is_some());
        self.tell_hashes(peer, &known, effects);
        self.unhashed.extend(unknown);
    }

    /// A block has been read.
    pub(crate) fn on_hash(&mut self, block: u32, hash: Result<Hash, Unread>, effects: &mut Vec<Effect>) {
        match hash {
            Ok(hash) if self.hash(block).is_none_or(|known| known == hash) => {
                if self.hash(block).is_some() {
                    return;
                }
                if let Some(slot) = self.hashes.get_mut(block as usize) {
                    *slot = Some(hash);
                    self.known += 1;
                    self.fresh.push(block);
                }
                if self.known == self.blocks() {
                    self.tell_news(effects);
                    let all: Vec<Hash> = self.hashes.iter().flatten().copied().collect();
                    let root = Hash::of_file(&all);
                    self.root = Some(root);
                    self.tell(&Word::Root { file: self.offer.file.clone(), hash: root }, effects);
                } else if self.fresh.len() >= BATCH {
                    self.tell_news(effects);
                }
            }
            Ok(_) | Err(Unread::Changed) => self.end(FileProblem::Changed, effects),
            Err(Unread::Cut) => {}
        }
    }

    pub(crate) fn on_hashed(&mut self, block: u32, hash: Result<Hash, Unread>, effects: &mut Vec<Effect>) {
        self.hashing = self.hashing.saturating_sub(1);
        self.on_hash(block, hash, effects);
    }

    /// Lets blocks be hashed whose hashes somebody wants.
    pub(crate) fn pump(&mut self, effects: &mut Vec<Effect>) {
        while self.ended.is_none()
            && self.hashing < AT_ONCE
            && let Some(block) = self.unhashed.pop_front()
        {
            if self.hash(block).is_none() {
                self.hashing += 1;
                let (file, size) = (self.offer.file.clone(), self.offer.size);
                effects.push(Effect::Hash { file, block, size });
            }
        }
    }

    /// Tells the hashes that have become known to whom they are of use.
    pub(crate) fn tell_news(&mut self, effects: &mut Vec<Effect>) {
        let mut fresh = std::mem::take(&mut self.fresh);
        fresh.sort_unstable();
        let has_some = |taker: &&Taker| matches!(taker.state, TakerState::Taking | TakerState::Done);
        let several = self.takers.iter().filter(has_some).count() > 1;
        for taker in &self.takers {
            if taker.state == TakerState::Taking && (taker.checks || (self.offer.shared && several)) {
                self.tell_hashes(&taker.peer, &fresh, effects);
            }
        }
    }

    fn tell_hashes(&self, peer: &PeerId, blocks: &[u32], effects: &mut Vec<Effect>) {
        for Run(first, count) in crate::set::runs(blocks.iter().copied()) {
            let all: Vec<u32> = (first..first + count).collect();
            for piece in all.chunks(BATCH) {
                let hashes = piece.iter().filter_map(|block| self.hash(*block)).collect();
                let from = piece.first().copied().unwrap_or_default();
                say(peer, &Word::Hashes { file: self.offer.file.clone(), from, hashes }, effects);
            }
        }
    }

    /// Says something to all who take it or have it.
    fn tell(&self, word: &Word, effects: &mut Vec<Effect>) {
        for taker in &self.takers {
            if matches!(taker.state, TakerState::Taking | TakerState::Done) {
                say(&taker.peer, word, effects);
            }
        }
    }

    pub(crate) fn hold(&mut self, held: bool, effects: &mut Vec<Effect>) {
        self.held = held;
        self.tell(&Word::Hold { file: self.offer.file.clone(), held }, effects);
    }

    /// It is not to be had any more.
    pub(crate) fn end(&mut self, problem: FileProblem, effects: &mut Vec<Effect>) {
        if self.ended.is_some() {
            return;
        }
        self.ended = Some(problem);
        let word = Word::Withdraw { file: self.offer.file.clone(), changed: problem == FileProblem::Changed };
        for taker in &self.takers {
            say(&taker.peer, &word, effects);
        }
        effects.push(Effect::Release(self.offer.file.clone()));
    }

    pub(crate) fn view(&self) -> FileView {
        let taking = self.takers.iter().filter(|taker| taker.state == TakerState::Taking).count();
        let done = self.takers.iter().filter(|taker| taker.state == TakerState::Done).count();
        let state = match (self.ended, taking, done) {
            (Some(problem), ..) => FileState::Ended(problem),
            (None, 1.., _) if self.held => FileState::Paused,
            (None, 1.., _) => FileState::Coming,
            (None, 0, 1..) => FileState::Done,
            (None, 0, 0) => FileState::Offered,
        };
        let Offer { file, name, size, kind, thumbnail, at, shared } = self.offer.clone();
        let bytes = |taker: &Taker| (u64::from(taker.has.count()) * crate::block::BLOCK_BYTES).min(size);
        let takers = self.takers.iter().map(|taker| TakerView {
            peer: taker.peer.clone(),
            name: taker.name.clone(),
            state: taker.state,
            done: if taker.state == TakerState::Done { size } else { bytes(taker) },
        });
        FileView {
            store: file.clone(),
            file,
            name,
            size,
            kind,
            thumbnail,
            at,
            own: true,
            from: String::new(),
            to: self.to.as_ref().map(|(_, name)| name.clone()),
            shared,
            state,
            done: size,
            hash: self.root,
            takers: takers.collect(),
        }
    }
}

pub(crate) fn say(to: &PeerId, word: &Word, effects: &mut Vec<Effect>) {
    effects.push(Effect::Say { to: to.clone(), text: word.encode() });
}
