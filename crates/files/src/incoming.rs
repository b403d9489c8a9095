//! A file that somebody else offers.
//!
//! Each of its blocks is in one of four states: it is here, it is missing, one of those who have it was asked for it, or it was
//! here before and is in doubt until who offers the file tells its hash.

mod holder;

use std::collections::BTreeMap;

use visavis_protocol::PeerId;

use self::holder::Holder;
use crate::block::{BLOCK_BYTES, Hash, blocks_of};
use crate::input::{Effect, Kept, StoreOutcome};
use crate::outgoing::say;
use crate::set::{BlockSet, Run, runs};
use crate::view::{FileProblem, FileState, FileView};
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

/// What an incoming file needs to know of the world.
pub(crate) struct Around<'a> {
    /// Those to whom there is a channel.
    pub(crate) linked: &'a [PeerId],
    pub(crate) random: u32,
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
        self.make_room();
        if let Some(rest) = rest {
            self.store = rest.store;
            for block in rest.got.iter() {
                if let Some(hash) = rest.hashes.get(block as usize).copied().flatten() {
                    self.doubtful.insert(block, hash);
                    self.missing.remove(block);
                }
            }
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

    /// A channel to them is open, or one more.
    pub(crate) fn on_linked(&mut self, peer: &PeerId, effects: &mut Vec<Effect>) {
        self.give_back(|holder| holder == peer);
        if self.is_given() && *peer != self.from {
            self.tell_have(peer, effects);
        }
    }

    /// What they were asked for will not come over what was open.
    pub(crate) fn on_closed(&mut self, peer: &PeerId) {
        self.give_back(|holder| holder == peer);
    }

    pub(crate) fn lose(&mut self, peer: &PeerId) {
        self.give_back(|holder| holder == peer);
        self.holders.retain(|holder| holder.peer != *peer);
    }

    /// What these were asked for, and is not coming, is missing again.
    fn give_back(&mut self, whose: impl Fn(&PeerId) -> bool) {
        for holder in self.holders.iter_mut().filter(|holder| whose(&holder.peer)) {
            holder.anew = true;
            for block in std::mem::take(&mut holder.asked) {
                if !self.coming.contains_key(&block) && !self.got.has(block) {
                    self.missing.insert(block);
                }
            }
        }
    }

    pub(crate) fn on_have(&mut self, peer: &PeerId, runs: &[Run]) {
        if self.offer.shared && *peer != self.from {
            self.holder(peer).has.extend(runs);
        }
    }

    /// Who offers it tells hashes.
    pub(crate) fn on_hashes(&mut self, from: u32, hashes: &[Hash]) {
        for (block, hash) in (from..self.blocks()).zip(hashes) {
            if let Some(was) = self.doubtful.remove(&block) {
                if was == *hash {
                    self.got.insert(block)
                } else {
                    self.missing.insert(block)
                };
            } else if self.hash(block).is_some() {
                continue;
            }
            self.set_hash(block, *hash);
        }
    }

    pub(crate) fn on_root(&mut self, root: Hash) {
        self.root = Some(root);
    }

    /// A block is about to come: whether it is wanted.
    pub(crate) fn on_coming(&mut self, from: &PeerId, block: u32, hash: Hash, effects: &mut Vec<Effect>) {
        let is_source = *from == self.from;
        let known = self.hash(block);
        let unwanted = !self.is_taken()
            || block >= self.blocks()
            || self.got.has(block)
            || self.coming.contains_key(&block)
            || self.doubtful.contains_key(&block);
        let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) else { return };
        holder.idle = 0;
        if unwanted || known.map_or(!is_source, |known| known != hash) {
            if holder.asked.remove(&block) && !unwanted {
                // It is not what it should be.
                holder.has.remove(block);
                self.missing.insert(block);
            }
            if known.is_some_and(|known| known != hash) && is_source {
                self.end(FileProblem::Changed, effects);
            }
            return;
        }
        self.set_hash(block, hash);
        self.missing.remove(block);
        self.coming.insert(block, from.clone());
        effects.push(Effect::Store {
            from: from.clone(),
            file: self.offer.file.clone(),
            store: self.store.clone(),
            block,
            size: self.offer.size,
            hash,
        });
    }

    pub(crate) fn on_stored(
        &mut self,
        from: &PeerId,
        block: u32,
        outcome: StoreOutcome,
        effects: &mut Vec<Effect>,
    ) {
        if self.coming.get(&block) != Some(from) {
            return;
        }
        self.coming.remove(&block);
        let is_source = *from == self.from;
        if let Some(holder) = self.holders.iter_mut().find(|holder| holder.peer == *from) {
            holder.asked.remove(&block);
            holder.idle = 0;
            if outcome == StoreOutcome::Damaged {
                holder.strikes += 1;
                if !is_source {
                    holder.has.remove(block);
                }
            }
        }
        if outcome == StoreOutcome::Stored {
            self.got.insert(block);
            self.news.push(block);
            return;
        }
        // Nobody else was asked for it.
        self.missing.insert(block);
        match outcome {
            StoreOutcome::Stored | StoreOutcome::Cut => {}
            StoreOutcome::Damaged => {
                let worst = self.holders.iter().find(|holder| holder.strikes >= MOST_STRIKES);
                match worst.map(|holder| holder.peer.clone()) {
                    Some(peer) if peer == self.from => self.end(FileProblem::Damaged, effects),
                    Some(peer) => {
                        self.lose(&peer);
                    }
                    None => {}
                }
            }
            StoreOutcome::Full => self.pause_for(FileProblem::Full, effects),
            StoreOutcome::Failed => self.pause_for(FileProblem::NotStored, effects),
        }
    }

    fn pause_for(&mut self, problem: FileProblem, effects: &mut Vec<Effect>) {
        if self.is_taken() {
            self.pause(true, effects);
            self.problem = Some(problem);
        }
    }

    /// Asks for what is missing, and ends when nothing is.
    pub(crate) fn pump(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        if !self.is_taken() {
            return;
        }
        if self.got.is_all() && self.coming.is_empty() {
            let all: Vec<Hash> = self.hashes.iter().flatten().copied().collect();
            let root = Hash::of_file(&all);
            if self.root.is_some_and(|known| known != root) {
                return self.end(FileProblem::Damaged, effects);
            }
            self.root = Some(root);
            self.tell_news(around, effects);
            self.state = State::Done;
            return effects.push(Effect::Finish(self.store.clone()));
        }
        if self.paused || self.held {
            return;
        }
        holder::ask(self, around, effects);
    }

    /// Half a second has passed.
    pub(crate) fn tick(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        self.tell_news(around, effects);
        let mut late = Vec::new();
        for holder in &mut self.holders {
            holder.idle = if holder.asked.is_empty() { 0 } else { holder.idle + 1 };
            if holder.idle >= PATIENCE {
                holder.idle = 0;
                late.push(holder.peer.clone());
                if holder.peer != self.from {
                    // They say so again when they have more.
                    holder.has.clear();
                }
            }
        }
        self.give_back(|peer| late.contains(peer));
    }

    /// Tells who offers it, and those who may want it, what has come.
    fn tell_news(&mut self, around: &Around<'_>, effects: &mut Vec<Effect>) {
        let mut news = std::mem::take(&mut self.news);
        if news.is_empty() {
            return;
        }
        news.sort_unstable();
        let blocks = runs(news);
        let others = around.linked.iter().filter(|peer| self.offer.shared && **peer != self.from);
        for to in std::iter::once(&self.from).chain(others) {
            for piece in blocks.chunks(BATCH) {
                say(to, &Word::Have { file: self.offer.file.clone(), blocks: piece.to_vec() }, effects);
            }
        }
    }

    fn tell_have(&self, to: &PeerId, effects: &mut Vec<Effect>) {
        for piece in self.got.runs().chunks(BATCH) {
            say(to, &Word::Have { file: self.offer.file.clone(), blocks: piece.to_vec() }, effects);
        }
    }

    pub(crate) fn view(&self, is_linked: bool) -> FileView {
        let nobody = self.holders.iter().all(|holder| holder.asked.is_empty()) && self.coming.is_empty();
        let state = match (self.state, self.problem) {
            (State::Offered | State::Taking, Some(problem)) | (State::Ended(problem), _) => {
                FileState::Ended(problem)
            }
            (State::Offered, None) => FileState::Offered,
            (State::Declined, _) => FileState::Declined,
            (State::Preparing, _) => FileState::Preparing,
            (State::Taking, None) if self.paused => FileState::Paused,
            (State::Taking, None) if self.held => FileState::Held,
            (State::Taking, None) if nobody && !(self.offered && is_linked) => FileState::Waiting,
            (State::Taking, None) => FileState::Coming,
            (State::Done, _) => FileState::Done,
        };
        let Offer { file, name, size, kind, thumbnail, at, shared } = self.offer.clone();
        let rest = u64::from(self.blocks().saturating_sub(self.got.count())) * BLOCK_BYTES;
        let done = if self.got.is_all() { size } else { size.saturating_sub(rest) };
        FileView {
            file,
            store: self.store.clone(),
            name,
            size,
            kind,
            thumbnail,
            at,
            own: false,
            from: self.from_name.clone(),
            to: None,
            shared,
            state,
            done: if self.is_open() { 0 } else { done },
            hash: self.root.filter(|_| self.is_done()),
            takers: Vec::new(),
        }
    }
}

/// What is to be known of a file when the page is loaded again.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub(crate) struct About {
    pub(crate) room: String,
    pub(crate) from: PeerId,
    pub(crate) name: String,
    pub(crate) offer: Offer,
}

impl About {
    fn encode(&self) -> String {
        // Texts and numbers always convert.
        serde_json::to_string(self).unwrap_or_default()
    }
}
