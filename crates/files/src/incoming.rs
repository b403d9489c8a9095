//! A file that somebody else offers.
//!
//! Each of its blocks is in one of four states: it is here, it is missing, one of those who have it was asked for it, or it was
//! here before and is in doubt until who offers the file tells its hash.

mod flow;
mod holder;
mod look;
mod offered;
mod wish;

use visavis_protocol::PeerId;

pub(crate) use self::flow::Around;
use self::holder::Holder;
pub(crate) use self::look::About;
use crate::block::{Hash, blocks_of};
use crate::input::Kept;
use crate::set::BlockSet;
use crate::view::FileProblem;
use crate::word::{FileId, Offer};

/// Runs of blocks in one message.
const BATCH: usize = 1000;
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Offered,
    Declined,
    /// The user wants it; something is on its way still of what is left of an earlier attempt.
    Wanted,
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
    /// Blocks in doubt.
    doubtful: BlockSet,
    /// What the hashes of those were.
    were: Vec<Option<Hash>>,
    /// Blocks that come, and from whom: one of each at most.
    coming: Vec<(u32, PeerId)>,
    holders: Vec<Holder>,
    root: Option<Hash>,
    /// Blocks that have come, and that others were not told of.
    news: BlockSet,
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
            doubtful: BlockSet::default(),
            were: Vec::new(),
            coming: Vec::new(),
            holders: Vec::new(),
            root: None,
            news: BlockSet::default(),
        }
    }

    /// One that was taken before the page was loaded again; nobody is known to offer it.
    pub(crate) fn recall(about: About, offer: Offer, kept: &Kept) -> Self {
        let mut incoming = Self::new(offer, about.from, about.name);
        incoming.store = about.store;
        incoming.offered = false;
        incoming.state = State::Taking;
        incoming.make_room();
        for (block, hash) in &kept.blocks {
            incoming.set_hash(*block, *hash);
            if incoming.got.insert(*block) {
                incoming.missing.remove(*block);
            }
        }
        if about.doubt {
            incoming.doubt();
            incoming.hashed.clear();
            incoming.hashes.fill(None);
        }
        incoming
    }

    fn make_room(&mut self) {
        let blocks = self.blocks();
        self.hashes = vec![None; blocks as usize];
        self.hashed = BlockSet::none(blocks);
        self.got = BlockSet::none(blocks);
        self.missing = BlockSet::all(blocks);
        self.news = BlockSet::none(blocks);
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

    /// Whether some of it is here and the disk took no more; it goes on when the user tries again.
    pub(crate) fn is_stuck(&self) -> bool {
        self.is_taken() && self.problem.is_some()
    }

    pub(crate) fn is_wanted(&self) -> bool {
        self.state == State::Wanted
    }

    pub(crate) fn is_paused(&self) -> bool {
        self.paused
    }

    /// Whether who is asked for it can as well be somebody who goes by another id: they alone know the file's.
    pub(crate) fn is_orphan(&self) -> bool {
        !self.offered && !self.offer.shared
    }

    pub(crate) fn is_done(&self) -> bool {
        self.state == State::Done
    }

    /// Whether nothing is done yet so that it comes.
    pub(crate) fn is_open(&self) -> bool {
        matches!(self.state, State::Offered | State::Declined | State::Wanted)
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

    fn holder(&mut self, peer: &PeerId) -> &mut Holder {
        let at = self.holders.iter().position(|holder| holder.peer == *peer).unwrap_or_else(|| {
            self.holders.push(Holder::new(peer.clone(), self.blocks()));
            self.holders.len() - 1
        });
        &mut self.holders[at]
    }
}

/// Whether this block is among those that come.
fn is_among(coming: &[(u32, PeerId)], block: u32) -> bool {
    coming.iter().any(|(of, _)| *of == block)
}
