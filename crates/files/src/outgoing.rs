//! A file that the user offers.

mod given;
mod hashing;

use visavis_protocol::PeerId;

use self::{given::Given, hashing::ALLOWANCE};
use crate::block::{Hash, blocks_of};
use crate::input::Effect;
use crate::set::{BlockSet, Run, blocks};
use crate::view::{FileProblem, FileState, FileView, TakerState, TakerView};
use crate::word::{Offer, Word};

/// Somebody to whom it is offered.
#[derive(Debug)]
struct Taker {
    peer: PeerId,
    name: String,
    state: TakerState,
    has: BlockSet,
    /// They have asked for hashes: part of it they had.
    checks: bool,
    /// The blocks whose hashes they are to be told, once those are known.
    due: BlockSet,
    /// So many hashes they may be told until the next tick.
    allowance: usize,
}

impl Taker {
    fn has_some(&self) -> bool {
        matches!(self.state, TakerState::Taking | TakerState::Done)
    }
}

#[derive(Debug)]
pub(crate) struct Outgoing {
    pub(crate) offer: Offer,
    /// Whom alone, and what they are called.
    to: Option<(PeerId, String)>,
    hashes: Vec<Option<Hash>>,
    /// The blocks whose hashes are known.
    hashed: BlockSet,
    root: Option<Hash>,
    takers: Vec<Taker>,
    given: Given,
    pub(crate) held: bool,
    ended: Option<FileProblem>,
    /// Blocks whose hashes are wanted, and are not known.
    unhashed: BlockSet,
    /// Where to look for the next of them.
    next_hash: u32,
    hashing: usize,
    /// So many hashes have become known since some were told last.
    fresh: usize,
}

impl Outgoing {
    pub(crate) fn new(offer: Offer, to: Option<(PeerId, String)>) -> Self {
        let blocks = blocks_of(offer.size);
        let hashes = vec![None; blocks as usize];
        let root = hashes.is_empty().then(|| Hash::of_file(&[]));
        Self {
            offer,
            to,
            hashes,
            hashed: BlockSet::none(blocks),
            root,
            takers: Vec::new(),
            given: Given::default(),
            held: false,
            ended: None,
            unhashed: BlockSet::none(blocks),
            next_hash: 0,
            hashing: 0,
            fresh: 0,
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

    pub(crate) fn offer_to(&mut self, peer: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        let taker = self.taker(peer, name);
        if taker.state == TakerState::Taking {
            // They do not even know it, or not any more.
            taker.state = TakerState::Asked;
        }
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
                due: BlockSet::none(self.blocks()),
                allowance: ALLOWANCE,
            });
            self.takers.len() - 1
        });
        &mut self.takers[at]
    }

    /// They take it, or take it again.
    pub(crate) fn on_take(&mut self, peer: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        let shared = self.offer.shared;
        let all = Run(0, self.blocks());
        let taker = self.taker(peer, name);
        taker.has.clear();
        taker.checks = false;
        taker.due.clear();
        if shared {
            taker.due.extend(&[all]);
        }
        // Who takes nothing has it at once, and does not say so.
        taker.state = if taker.has.is_all() { TakerState::Done } else { TakerState::Taking };
        // They may not have heard that it is not held any more.
        say(peer, &Word::Hold { file: self.offer.file.clone(), held: self.held }, effects);
        self.tell_hashes(effects);
        if let Some(hash) = self.root {
            say(peer, &Word::Root { file: self.offer.file.clone(), hash }, effects);
        }
    }

    /// Who has it has it, even if they do not keep it.
    pub(crate) fn on_leave(&mut self, peer: &PeerId) {
        let taker = self.takers.iter_mut().find(|taker| taker.peer == *peer);
        if let Some(taker) = taker.filter(|taker| taker.state != TakerState::Done) {
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
        taker.due.subtract(runs);
        if taker.state == TakerState::Taking && taker.has.is_all() {
            taker.state = TakerState::Done;
            self.hash_all();
        }
    }

    /// A block is sent to them.
    pub(crate) fn give(&mut self, block: u32, to: &PeerId) {
        if self.offer.shared {
            self.given.note(block, self.blocks(), to);
        }
    }

    /// Whether it was sent to somebody else who takes it: this person can have it of them.
    pub(crate) fn is_with_another(&self, block: u32, peer: &PeerId) -> bool {
        self.given.to(block).is_some_and(|to| {
            to != peer && self.takers.iter().any(|taker| taker.peer == *to && taker.has_some())
        })
    }

    /// Whether they say that they have it.
    pub(crate) fn is_with(&self, block: u32, peer: &PeerId) -> bool {
        self.takers.iter().any(|taker| taker.peer == *peer && taker.has.has(block))
    }

    /// Whether one of these blocks was not sent to this person, so that they have it of somebody else.
    pub(crate) fn has_of_another(&self, peer: &PeerId, runs: &[Run]) -> bool {
        blocks(runs, self.blocks()).any(|block| self.given.to(block).is_some_and(|to| to != peer))
    }

    /// Whether this person has all of it.
    pub(crate) fn is_done_for(&self, peer: &PeerId) -> bool {
        self.takers.iter().any(|taker| taker.peer == *peer && taker.state == TakerState::Done)
    }

    /// Whether somebody takes it.
    pub(crate) fn is_taken(&self) -> bool {
        self.ended.is_none() && self.takers.iter().any(|taker| taker.state == TakerState::Taking)
    }

    /// Says something to all who take it or have it.
    fn tell(&self, word: &Word, effects: &mut Vec<Effect>) {
        for taker in &self.takers {
            if taker.has_some() {
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
