//! People who are all linked, with discs and channels in memory.

use std::collections::{BTreeMap, VecDeque};

use visavis_files::{
    BLOCK_BYTES, Config, Effect, FileId, FileState, Files, Hash, Input, Intent, Kept, Picked, Source,
    StoreOutcome, Unread,
};
use visavis_protocol::PeerId;

pub(crate) fn peer(digit: u8) -> PeerId {
    PeerId::from_bytes([digit; 10])
}

pub(crate) fn file(digit: u8) -> FileId {
    FileId::from_bytes([digit; 10])
}

/// The content of a block is told by its hash alone.
pub(crate) fn hash(block: u32) -> Hash {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&block.to_be_bytes());
    Hash::from_bytes(bytes)
}

pub(crate) struct Person {
    pub(crate) id: PeerId,
    pub(crate) files: Files,
    pub(crate) disk: BTreeMap<u32, Hash>,
    pub(crate) sent: u32,
    /// What they send, and to whom: so much of it gets through between two ticks.
    pub(crate) wire: VecDeque<(usize, [Input; 2])>,
}

/// Blocks that one person can send between two ticks.
pub(crate) const PACE: usize = 16;

/// People who are all linked, and what is on its way to each.
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    pub(crate) inputs: VecDeque<(usize, Input)>,
    /// Every so many blocks one arrives damaged.
    pub(crate) damages: u32,
    /// Where nothing that is sent gets through any more; what was on its way is lost.
    pub(crate) cut: bool,
    /// What the files of the first one hold now is something else.
    pub(crate) changed: bool,
    pub(crate) about: String,
    pub(crate) carried: u32,
    pub(crate) ticks: u32,
    pub(crate) waiting: Vec<(usize, Input)>,
}

impl World {
    pub(crate) fn new(people: u8) -> Self {
        let person = |digit: u8| Person {
            id: peer(digit),
            files: Files::new(Config { room: "room".into(), seed: u64::from(digit) }),
            disk: BTreeMap::new(),
            sent: 0,
            wire: VecDeque::new(),
        };
        let mut world = Self {
            people: (1..=people).map(person).collect(),
            inputs: VecDeque::new(),
            damages: 0,
            cut: false,
            changed: false,
            about: String::new(),
            carried: 0,
            ticks: 0,
            waiting: Vec::new(),
        };
        for one in 0..world.people.len() {
            for other in (0..world.people.len()).filter(|other| *other != one) {
                let other = world.people[other].id.clone();
                world.inputs.push_back((one, Input::Linked(other)));
            }
        }
        world.run();
        world
    }

    pub(crate) fn at(&self, id: &PeerId) -> usize {
        self.people.iter().position(|person| person.id == *id).unwrap()
    }

    pub(crate) fn intent(&mut self, who: usize, intent: Intent) {
        self.inputs.push_back((who, Input::Intent(intent)));
        self.run();
    }

    pub(crate) fn offer(&mut self, blocks: u32, to: Option<PeerId>) {
        let picked = Picked {
            file: file(1),
            name: "a.bin".into(),
            size: u64::from(blocks) * BLOCK_BYTES,
            kind: String::new(),
            thumbnail: None,
        };
        self.intent(0, Intent::Offer { files: vec![picked], to, now: 1 });
    }

    pub(crate) fn state(&self, who: usize) -> Option<FileState> {
        self.people[who].files.view().files.first().map(|file| file.state)
    }

    pub(crate) fn run(&mut self) {
        self.run_until(|_| false);
    }

    /// Until nothing happens any more but the passing of time, and half an hour of that; or until enough has happened.
    pub(crate) fn run_until(&mut self, enough: impl Fn(&Self) -> bool) {
        let mut waiting = std::mem::take(&mut self.waiting);
        loop {
            if enough(self) {
                self.waiting = waiting;
                return;
            }
            let Some((who, input)) = self.inputs.pop_front() else {
                self.ticks += 1;
                let timers = std::mem::take(&mut waiting);
                for who in 0..self.people.len() {
                    let wire = &mut self.people[who].wire;
                    for (to, [sent, coming]) in wire.drain(..wire.len().min(PACE)) {
                        self.inputs.extend([(who, sent), (to, coming)]);
                    }
                }
                if (timers.is_empty() && self.inputs.is_empty()) || self.ticks.is_multiple_of(3600) {
                    return;
                }
                self.inputs.extend(timers);
                continue;
            };
            for effect in self.people[who].files.handle(input) {
                self.carry_out(who, effect, &mut waiting);
            }
        }
    }

    pub(crate) fn carry_out(&mut self, who: usize, effect: Effect, waiting: &mut Vec<(usize, Input)>) {
        let me = self.people[who].id.clone();
        match effect {
            Effect::Say { .. } if self.cut => {}
            Effect::Say { to, text } => self.inputs.push_back((self.at(&to), Input::Heard(me, text))),
            Effect::Open(to, file) => self.inputs.push_back((who, Input::Open(to, file))),
            Effect::Close(to, file) => self.inputs.push_back((self.at(&to), Input::Cut(me, file))),
            Effect::Send { to, file, block, source, hash: known, .. } => {
                let hash = match source {
                    Source::Picked(_) if self.changed => {
                        let why = Unread::Changed;
                        return self.inputs.push_back((who, Input::Unsent { to, file, block, why }));
                    }
                    Source::Picked(_) => hash(block),
                    Source::Stored(_) => self.people[who].disk[&block],
                };
                assert!(known.is_none_or(|known| known == hash), "it is what it was");
                self.people[who].sent += 1;
                let sent = Input::Sent { to: to.clone(), file: file.clone(), block, hash };
                let coming = Input::Coming { from: me, file, block, hash };
                let to = self.at(&to);
                self.people[who].wire.push_back((to, [sent, coming]));
            }
            Effect::Hash { file, block, .. } => {
                self.inputs.push_back((who, Input::Hashed(file, block, Ok(hash(block)))));
            }
            Effect::Create { file, about, .. } => {
                self.about = about;
                self.inputs.push_back((who, Input::Created(file, Ok(()))));
            }
            Effect::Store { from, file, block, hash, .. } => {
                self.carried += 1;
                let damaged = self.damages != 0 && self.carried.is_multiple_of(self.damages);
                let outcome = if damaged { StoreOutcome::Damaged } else { StoreOutcome::Stored };
                if !damaged {
                    assert_eq!(self.people[who].disk.insert(block, hash), None, "no block is stored twice");
                }
                self.inputs.push_back((who, Input::Stored { from, file, block, outcome }));
            }
            Effect::Delete(_) => self.people[who].disk.clear(),
            Effect::SetTimer { timer, .. } => waiting.push((who, Input::Timer(timer))),
            Effect::Finish(_) | Effect::Release(_) | Effect::Log(_) => {}
        }
    }

    /// The second accepts, and the link is cut when they have so many blocks: whatever was on its way is lost.
    pub(crate) fn cut_after(&mut self, blocks: usize) {
        self.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
        self.run_until(|world| world.people[1].disk.len() >= blocks);
        self.cut = true;
        let (one, other) = (peer(1), peer(2));
        self.inputs.retain(|(_, input)| matches!(input, Input::Stored { .. }));
        for (who, closed, with) in
            [(0, Input::Closed(peer(2), file(1)), other), (1, Input::Cut(peer(1), file(1)), one)]
        {
            self.people[who].wire.clear();
            self.inputs.extend([(who, closed), (who, Input::Unlinked(with))]);
        }
        self.run_until(|world| world.inputs.is_empty());
        assert_eq!(self.state(1), Some(FileState::Waiting));
    }

    /// It is made anew.
    pub(crate) fn link(&mut self) {
        self.cut = false;
        self.inputs.extend([(0, Input::Linked(peer(2))), (1, Input::Linked(peer(1)))]);
        self.run();
    }

    /// The page of somebody is loaded again; what is on their disk is there.
    pub(crate) fn reload(&mut self, who: usize) {
        self.people[who].files = Files::new(Config { room: "room".into(), seed: 9 });
        self.waiting.retain(|(whose, _)| *whose != who);
        let blocks: Vec<_> = self.people[who].disk.iter().map(|(block, hash)| (*block, *hash)).collect();
        if !blocks.is_empty() {
            let kept = Kept { about: self.about.clone(), blocks };
            self.inputs.push_back((who, Input::Recalled(vec![kept])));
        }
    }

    pub(crate) fn assert_has(&self, who: usize, blocks: u32) {
        assert_eq!(self.state(who), Some(FileState::Done));
        let disk = &self.people[who].disk;
        assert!(disk.len() == blocks as usize && disk.iter().all(|(block, stored)| *stored == hash(*block)));
    }
}
