//! Somebody with a disk, and what they want.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use visavis_files::{Config, FileId, Files, Hash, Input, Kept};
use visavis_protocol::PeerId;

/// A content is a number; so are the bytes of its blocks, as far as anybody can tell.
pub(crate) fn hash(content: u64, block: u32) -> Hash {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&block.to_be_bytes());
    bytes[4..12].copy_from_slice(&content.to_be_bytes());
    Hash::from_bytes(bytes)
}

/// A file that somebody has picked.
#[derive(Debug, Clone)]
pub(crate) struct Pick {
    pub(crate) name: String,
    pub(crate) content: u64,
    pub(crate) blocks: u32,
    pub(crate) to: Option<PeerId>,
    /// It is not what it was when it was picked.
    pub(crate) changed: bool,
}

/// A place on the disk.
#[derive(Debug, Default)]
pub(crate) struct Place {
    pub(crate) about: String,
    /// Tells it from one that was there before under the same id.
    pub(crate) number: u64,
    pub(crate) blocks: BTreeMap<u32, Hash>,
    pub(crate) log: Vec<(u32, Hash)>,
    pub(crate) finished: bool,
}

/// What the shell has still to do for somebody.
#[derive(Debug)]
pub(crate) enum Event {
    Input(Input),
    /// The program sees this link.
    Attach(u64),
    /// It sees that it is broken.
    Lost(u64),
}

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) id: PeerId,
    pub(crate) files: Files,
    pub(crate) here: bool,
    pub(crate) disk: BTreeMap<FileId, Place>,
    /// What the disk has done, in order.
    pub(crate) replies: VecDeque<Input>,
    pub(crate) events: VecDeque<Event>,
    pub(crate) timer: Option<u64>,
    pub(crate) picks: BTreeMap<FileId, Pick>,
    /// The names of files that they want.
    pub(crate) wants: BTreeSet<String>,
    /// The links that their program has seen, and has not seen break.
    pub(crate) links: Vec<(u64, PeerId)>,
    /// What each was asked for, and has not sent, by file.
    pub(crate) asked: BTreeMap<(PeerId, FileId), BTreeSet<u32>>,
}

impl Person {
    pub(crate) fn new(digit: u8) -> Self {
        Self {
            id: PeerId::from_bytes([digit; 10]),
            files: Files::new(Config { room: "room".into(), seed: u64::from(digit) }),
            here: true,
            disk: BTreeMap::new(),
            replies: VecDeque::new(),
            events: VecDeque::new(),
            timer: None,
            picks: BTreeMap::new(),
            wants: BTreeSet::new(),
            links: Vec::new(),
            asked: BTreeMap::new(),
        }
    }

    /// The page is loaded again. So many of the last lines of each log were not written yet.
    pub(crate) fn reload(&mut self, lost: usize, seed: u64) {
        self.files = Files::new(Config { room: "room".into(), seed });
        self.replies.clear();
        self.events.clear();
        self.timer = None;
        self.picks.clear();
        self.links.clear();
        self.asked.clear();
        for place in self.disk.values_mut().filter(|place| !place.finished) {
            let kept = place.log.len().saturating_sub(lost);
            place.log.truncate(kept);
            place.blocks = place.log.iter().copied().collect();
        }
        let kept = |place: &Place| Kept { about: place.about.clone(), blocks: place.log.clone() };
        let kept: Vec<Kept> = self.disk.values().map(kept).collect();
        self.events.push_back(Event::Input(Input::Recalled(kept)));
    }
}
