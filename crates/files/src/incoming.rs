//! A file that somebody else offers.
//!
//! Each of its blocks is in one of four states: it is here, it is missing, one of those who have it was asked for it, or it was
//! here before and is in doubt until who offers the file tells its hash.

mod flow;
mod holder;
mod look;

use std::collections::BTreeMap;

use visavis_protocol::PeerId;

pub(crate) use self::flow::Around;
use self::holder::Holder;
pub(crate) use self::look::About;
use crate::block::{Hash, blocks_of};
use crate::input::{Effect, Kept, StoreOutcome};
use crate::outgoing::say;
use crate::set::{BlockSet, runs};
use crate::view::FileProblem;
use crate::word::{FileId, Offer, Word};

/// Runs of blocks in one message.
const BATCH: usize = 1000;
/// Times that somebody gives what is not what it should be.
const MOST_STRIKES: u32 = 3;
/// Ticks after which who gives nothing is not waited for.
const PATIENCE: u32 = 40;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Offered,
    Declined,
    Preparing,
    Taking,
    Done,
    Ended(FileProblem),
}

#[derive(Debug)]
pub(crate) struct Incoming {
    pub(crate) offer: Offer,
    /// Under which id it is stored.
    store: FileId,
    /// Who offers it, and what they are called.
    pub(crate) from: PeerId,
    pub(crate) from_name: String,
    /// They do, as far as we know.
    offered: bool,
    state: State,
    /// The user lets it not flow; perhaps because there was no room.
    paused: bool,
    problem: Option<FileProblem>,
    /// Its sender lets it not flow.
    held: bool,
    hashes: Vec<Option<Hash>>,
    /// The blocks whose hashes are known.
    hashed: BlockSet,
    got: BlockSet,
    missing: BlockSet,
    /// Blocks in doubt, and what their hashes were.
    doubtful: BTreeMap<u32, Hash>,
    /// Blocks that come, and from whom.
    coming: BTreeMap<u32, PeerId>,
    holders: Vec<Holder>,
    root: Option<Hash>,
    /// Blocks that have come, and that others were not told of.
    news: Vec<u32>,
}

impl Incoming {
    pub(crate) fn new(offer: Offer, from: PeerId, from_name: String) -> Self {
        Self {
            store: offer.file.clone(),
            offer,
            from,
            from_name,
            offered: true,
            state: State::Offered,
            paused: false,
            problem: None,
            held: false,
            hashes: Vec::new(),
            hashed: BlockSet::default(),
            got: BlockSet::default(),
            missing: BlockSet::default(),
            doubtful: BTreeMap::new(),
            coming: BTreeMap::new(),
            holders: Vec::new(),
            root: None,
            news: Vec::new(),
        }
    }

    /// One that was taken before the page was loaded again; nobody is known to offer it.
    pub(crate) fn recall(offer: Offer, from: PeerId, from_name: String, store: FileId, kept: &Kept) -> Self {
        let mut incoming = Self::new(offer, from, from_name);
        incoming.store = store;
        incoming.offered = false;
        incoming.state = State::Taking;
        incoming.make_room();
        for (block, hash) in &kept.blocks {
            incoming.set_hash(*block, *hash);
            if incoming.got.insert(*block) {
                incoming.missing.remove(*block);
            }
        }
        incoming
    }

    fn make_room(&mut self) {
        let blocks = self.blocks();
        self.hashes = vec![None; blocks as usize];
        self.hashed = BlockSet::none(blocks);
        self.got = BlockSet::none(blocks);
        self.missing = BlockSet::all(blocks);
    }

    fn set_hash(&mut self, block: u32, hash: Hash) {
        if let Some(slot) = self.hashes.get_mut(block as usize) {
            *slot = Some(hash);
            self.hashed.insert(block);
        }
    }

    pub(crate) fn blocks(&self) -> u32 {
        blocks_of(self.offer.size)
    }

    pub(crate) fn store(&self) -> &FileId {
        &self.store
    }

    pub(crate) fn hash(&self, block: u32) -> Option<Hash> {
        self.hashes.get(block as usize).copied().flatten()
    }

    /// Whether it comes, or is to come when somebody has it.
    pub(crate) fn is_taken(&self) -> bool {
        self.state == State::Taking
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether the user has not said that it shall come.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Offered | State::Declined)
    }

    /// Whether something of it is or may be on the disk.
    pub(crate) fn is_stored(&self) -> bool {
        !self.is_open() || self.store != self.offer.file
    }

    /// Whether others may have it from us.
    pub(crate) fn is_given(&self) -> bool {
        self.offer.shared && (self.is_taken() || self.is_done())
    }

    /// Whether this block is here.
    pub(crate) fn has(&self, block: u32) -> bool {
        self.got.has(block)
    }

    /// Whether this is what is left of the same file, offered once before by somebody whose page was loaded again.
    pub(crate) fn is_rest_of(&self, offer: &Offer) -> bool {
        self.is_taken() && !self.offered && self.offer.name == offer.name && self.offer.size == offer.size
    }

    /// The user wants it; what is left of an earlier attempt may be used.
    pub(crate) fn accept(&mut self, rest: Option<Self>, room: &str, effects: &mut Vec<Effect>) {
        if !self.is_open() {
            return;
        }
        self.state = State::Preparing;
        if let Some(rest) = rest {
            let hashes = &rest.hashes;
            let known = |block: u32| Some((block, hashes.get(block as usize).copied().flatten()?));
            self.doubtful = rest.got.iter().filter_map(known).collect();
            self.store = rest.store;
        }
        effects.push(Effect::Create {
            file: self.offer.file.clone(),
            store: self.store.clone(),
            size: self.offer.size,
            about: About {
                room: room.to_owned(),
                from: self.from.clone(),
                name: self.from_name.clone(),
                offer: self.offer.clone(),
            }
            .encode(),
        });
    }

    pub(crate) fn on_created(&mut self, outcome: Result<(), StoreOutcome>, effects: &mut Vec<Effect>) {
        if self.state != State::Preparing {
            return;
        }
        match outcome {
            Ok(()) => {
                self.state = State::Taking;
                // Not before: a size that lies has no place on the disk.
                self.make_room();
                for block in self.doubtful.keys() {
                    self.missing.remove(*block);
                }
                self.take(effects);
            }
            Err(outcome) => {
                self.state = State::Offered;
                self.problem = Some(if outcome == StoreOutcome::Full {
                    FileProblem::Full
                } else {
                    FileProblem::NotStored
                });
            }
        }
    }

    /// Tells who offers it that we take it, what we have, and what we want to know.
    fn take(&mut self, effects: &mut Vec<Effect>) {
        let file = self.offer.file.clone();
        say(&self.from, &Word::Take { file: file.clone() }, effects);
        self.tell_have(&self.from.clone(), effects);
        let doubtful = runs(self.doubtful.keys().copied());
        for piece in doubtful.chunks(BATCH) {
            say(&self.from, &Word::Check { file: file.clone(), blocks: piece.to_vec() }, effects);
        }
        let (from, all) = (self.from.clone(), BlockSet::all(self.blocks()));
        self.holder(&from).has = all;
    }

    fn holder(&mut self, peer: &PeerId) -> &mut Holder {
        let at = self.holders.iter().position(|holder| holder.peer == *peer).unwrap_or_else(|| {
            self.holders.push(Holder::new(peer.clone(), self.blocks()));
            self.holders.len() - 1
        });
        &mut self.holders[at]
    }

    /// The user does not want it, or not any longer.
    pub(crate) fn decline(&mut self, effects: &mut Vec<Effect>) {
        if self.is_stored() {
            effects.push(Effect::Delete(self.store.clone()));
        }
        self.stop(effects);
        say(&self.from, &Word::Leave { file: self.offer.file.clone() }, effects);
        let (offer, from, name) = (self.offer.clone(), self.from.clone(), self.from_name.clone());
        let offered = self.offered;
        *self = Self { state: State::Declined, offered, ..Self::new(offer, from, name) };
    }

    /// Nobody is to send any more of it.
    fn stop(&mut self, effects: &mut Vec<Effect>) {
        for holder in &mut self.holders {
            if !holder.asked.is_empty() {
                let nothing = holder.want(&self.offer.file, &[]);
                say(&holder.peer, &nothing, effects);
            }
        }
        self.give_back(|_| true);
    }

    pub(crate) fn pause(&mut self, paused: bool, effects: &mut Vec<Effect>) {
        self.paused = paused;
        self.problem = None;
        if paused {
            self.stop(effects);
        }
    }

    pub(crate) fn hold(&mut self, held: bool) {
        self.held = held;
    }

    /// They offer it, or go on offering it.
    pub(crate) fn on_offered(&mut self, from: &PeerId, name: &str, effects: &mut Vec<Effect>) {
        self.offered = true;
        self.from = from.clone();
        name.clone_into(&mut self.from_name);
        if self.is_taken() {
            self.give_back(|holder| holder == from);
            self.take(effects);
        } else if self.is_done() {
            say(from, &Word::Take { file: self.offer.file.clone() }, effects);
            self.tell_have(from, effects);
        } else if self.state == State::Declined {
            say(from, &Word::Leave { file: self.offer.file.clone() }, effects);
        }
    }

    /// They do not offer it any more, but perhaps will again; whether it is to be kept.
    pub(crate) fn on_not_offered(&mut self) -> bool {
        self.offered = false;
        let from = self.from.clone();
        self.lose(&from);
        !self.is_open()
    }

    /// They will not offer it again; whether it is to be kept in the list.
    pub(crate) fn on_withdrawn(&mut self, changed: bool, effects: &mut Vec<Effect>) -> bool {
        self.offered = false;
        match self.state {
            State::Offered | State::Declined => false,
            State::Done | State::Ended(_) => true,
            State::Preparing | State::Taking => {
                self.end(if changed { FileProblem::Changed } else { FileProblem::Withdrawn }, effects);
                true
            }
        }
    }

    fn end(&mut self, problem: FileProblem, effects: &mut Vec<Effect>) {
        self.stop(effects);
        self.state = State::Ended(problem);
        effects.push(Effect::Delete(self.store.clone()));
    }
}
