//! Files that go from one to others, with a shell that has discs and channels in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, VecDeque};

use visavis_files::{
    BLOCK_BYTES, Config, Effect, FileId, FileProblem, FileState, Files, Hash, Input, Intent, Kept,
    MOST_BYTES, Picked, Source, StoreOutcome, Unread,
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
    /// Where nothing that is sent gets through any more; what was on its way is lost.
    cut: bool,
    /// What the files of the first one hold now is something else.
    changed: bool,
    about: String,
    carried: u32,
    ticks: u32,
    waiting: Vec<(usize, Input)>,
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

    fn run(&mut self) {
        self.run_until(|_| false);
    }

    /// Until nothing happens any more but the passing of time, and half an hour of that; or until enough has happened.
    fn run_until(&mut self, enough: impl Fn(&Self) -> bool) {
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

    fn carry_out(&mut self, who: usize, effect: Effect, waiting: &mut Vec<(usize, Input)>) {
        let me = self.people[who].id.clone();
        match effect {
            Effect::Say { .. } if self.cut => {}
            Effect::Say { to, text } => self.inputs.push_back((self.at(&to), Input::Heard(me, text))),
            Effect::Open(to, file) => self.inputs.push_back((who, Input::Open(to, file))),
            Effect::Close(to, file) => self.inputs.push_back((self.at(&to), Input::Closed(me, file))),
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
    fn cut_after(&mut self, blocks: usize) {
        self.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
        self.run_until(|world| world.people[1].disk.len() >= blocks);
        self.cut = true;
        let (one, other) = (peer(1), peer(2));
        self.inputs.retain(|(_, input)| matches!(input, Input::Stored { .. }));
        for (who, with) in [(0, other), (1, one)] {
            self.people[who].wire.clear();
            self.inputs.extend([(who, Input::Closed(with.clone(), file(1))), (who, Input::Unlinked(with))]);
        }
        self.run_until(|world| world.inputs.is_empty());
        assert_eq!(self.state(1), Some(FileState::Waiting));
    }

    /// It is made anew.
    fn link(&mut self) {
        self.cut = false;
        self.inputs.extend([(0, Input::Linked(peer(2))), (1, Input::Linked(peer(1)))]);
        self.run();
    }

    /// The page of somebody is loaded again; what is on their disk is there.
    fn reload(&mut self, who: usize) {
        self.people[who].files = Files::new(Config { room: "room".into(), seed: 9 });
        self.waiting.retain(|(whose, _)| *whose != who);
        let blocks: Vec<_> = self.people[who].disk.iter().map(|(block, hash)| (*block, *hash)).collect();
        if !blocks.is_empty() {
            let kept = Kept { about: self.about.clone(), blocks };
            self.inputs.push_back((who, Input::Recalled(vec![kept])));
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
fn where_nobody_else_is_a_file_comes_from_beginning_to_end() {
    let mut world = World::new(2);
    world.offer(1000, None);
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() == 300);
    assert!(world.people[1].disk.keys().copied().eq(0..300), "they are the first ones");
    world.run();
    world.assert_has(1, 1000);
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

#[test]
fn a_broken_link_costs_only_what_was_on_its_way() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.link();
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn who_takes_it_may_load_their_page_again() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.reload(1);
    world.link();
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn who_offers_it_may_load_their_page_again_and_pick_it_anew() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.reload(0);
    world.link();
    assert_eq!(world.state(1), Some(FileState::Waiting), "nobody offers it");
    let picked = Picked {
        file: file(2),
        name: "a.bin".into(),
        size: 200 * BLOCK_BYTES,
        kind: String::new(),
        thumbnail: None,
    };
    world.intent(0, Intent::Offer { files: vec![picked], to: Some(peer(2)), now: 2 });
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn either_side_can_let_it_rest() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() >= 50);
    for (who, state) in [(1, FileState::Paused), (0, FileState::Held)] {
        world.intent(who, Intent::Pause(file(1), true));
        assert_eq!(world.state(1), Some(state));
        let sent = world.people[0].sent;
        assert!(sent < 200, "{sent} blocks were sent");
        world.inputs.push_back((who, Input::Intent(Intent::Pause(file(1), false))));
        world.run_until(|world| world.people[0].sent > sent);
    }
    world.run();
    world.assert_has(1, 200);
}

#[test]
fn a_file_that_changes_while_it_is_sent_ends_with_a_word() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() >= 50);
    world.changed = true;
    world.run();
    for who in 0..2 {
        assert_eq!(world.state(who), Some(FileState::Ended(FileProblem::Changed)));
    }
    assert!(world.people[1].disk.is_empty(), "what is of no use is deleted");
}

#[test]
fn an_empty_file_is_a_file_and_one_too_large_is_none() {
    let mut world = World::new(2);
    world.offer(0, None);
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 0);
    let mut world = World::new(2);
    world.offer(u32::try_from(MOST_BYTES / BLOCK_BYTES).unwrap() + 1, None);
    assert_eq!((world.state(0), world.state(1)), (None, None));
}
