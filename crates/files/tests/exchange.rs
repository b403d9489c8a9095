//! Files that go from one to others, with a shell that has discs and channels in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, VecDeque};

use visavis_files::{
    BLOCK_BYTES, Config, Effect, FileId, FileState, Files, Hash, Input, Intent, Picked, Source, StoreOutcome,
};
use visavis_protocol::PeerId;

fn peer(digit: u8) -> PeerId {
    PeerId::from_bytes([digit; 10])
}

fn file(digit: u8) -> FileId {
    FileId::from_bytes([digit; 10])
}

/// The content of a block is told by its hash alone.
fn hash(block: u32) -> Hash {
    let mut bytes = [7; 32];
    bytes[..4].copy_from_slice(&block.to_be_bytes());
    Hash::from_bytes(bytes)
}

struct Person {
    id: PeerId,
    files: Files,
    disk: BTreeMap<u32, Hash>,
    sent: u32,
    /// What they send, and to whom: so much of it gets through between two ticks.
    wire: VecDeque<(usize, [Input; 2])>,
}

/// Blocks that one person can send between two ticks.
const PACE: usize = 16;

/// People who are all linked, and what is on its way to each.
struct World {
    people: Vec<Person>,
    inputs: VecDeque<(usize, Input)>,
    /// Every so many blocks one arrives damaged.
    damages: u32,
    carried: u32,
    ticks: u32,
}

impl World {
    fn new(people: u8) -> Self {
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
            carried: 0,
            ticks: 0,
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

    fn at(&self, id: &PeerId) -> usize {
        self.people.iter().position(|person| person.id == *id).unwrap()
    }

    fn intent(&mut self, who: usize, intent: Intent) {
        self.inputs.push_back((who, Input::Intent(intent)));
        self.run();
    }

    fn offer(&mut self, blocks: u32, to: Option<PeerId>) {
        let picked = Picked {
            file: file(1),
            name: "a.bin".into(),
            size: u64::from(blocks) * BLOCK_BYTES,
            kind: String::new(),
            thumbnail: None,
        };
        self.intent(0, Intent::Offer { files: vec![picked], to, now: 1 });
    }

    fn state(&self, who: usize) -> Option<FileState> {
        self.people[who].files.view().files.first().map(|file| file.state)
    }

    /// Until nothing happens any more but the passing of time, and half an hour of that.
    fn run(&mut self) {
        let mut waiting = Vec::new();
        loop {
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

    fn carry_out(&mut self, who: usize, effect: Effect, waiting: &mut Vec<(usize, Input)>) {
        let me = self.people[who].id.clone();
        match effect {
            Effect::Say { to, text } => self.inputs.push_back((self.at(&to), Input::Heard(me, text))),
            Effect::Open(to, file) => self.inputs.push_back((who, Input::Open(to, file))),
            Effect::Close(to, file) => self.inputs.push_back((self.at(&to), Input::Closed(me, file))),
            Effect::Send { to, file, block, source, hash: known, .. } => {
                let hash = match source {
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
            Effect::Create { file, .. } => self.inputs.push_back((who, Input::Created(file, Ok(())))),
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

    fn assert_has(&self, who: usize, blocks: u32) {
        assert_eq!(self.state(who), Some(FileState::Done));
        let disk = &self.people[who].disk;
        assert!(disk.len() == blocks as usize && disk.iter().all(|(block, stored)| *stored == hash(*block)));
    }
}

#[test]
fn nothing_flows_before_it_is_accepted() {
    let mut world = World::new(2);
    world.offer(100, Some(peer(2)));
    assert_eq!((world.state(1), world.people[0].sent), (Some(FileState::Offered), 0));
    world.intent(1, Intent::Decline(file(1)));
    assert_eq!((world.state(1), world.people[0].sent), (Some(FileState::Declined), 0));
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 100);
    assert_eq!(world.state(0), Some(FileState::Done));
    assert_eq!(world.people[0].sent, 100, "each block is sent once");
}

#[test]
fn a_file_for_one_person_is_offered_to_nobody_else() {
    let mut world = World::new(3);
    world.offer(3, Some(peer(2)));
    assert_eq!((world.state(1), world.state(2)), (Some(FileState::Offered), None));
}

#[test]
fn who_has_some_of_it_gives_it_to_others() {
    let mut world = World::new(4);
    world.offer(1000, None);
    for who in 1..4 {
        world.inputs.push_back((who, Input::Intent(Intent::Accept(file(1)))));
    }
    world.run();
    for who in 1..4 {
        world.assert_has(who, 1000);
    }
    assert!(world.people[0].sent < 1500, "{} blocks were sent by the first", world.people[0].sent);
}

#[test]
fn damaged_blocks_are_asked_for_again() {
    let mut world = World::new(2);
    world.damages = 60;
    world.offer(150, Some(peer(2)));
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 150);
}

#[test]
fn what_is_withdrawn_does_not_come() {
    let mut world = World::new(2);
    world.offer(10, None);
    world.intent(0, Intent::Withdraw(file(1)));
    assert_eq!(world.state(1), None, "it was not asked for");
}
