//! Somebody who means ill, while two others give each other a file.

use visavis_files::{FileId, FileState, Input, Intent, StoreOutcome};
use visavis_protocol::PeerId;

use super::person::hash;
use super::world::{Faults, World};

/// More than what is known of all that is offered here, written out; a few hundred offers are half of it.
const MOST: usize = 2_000_000;

impl World {
    /// Two people, and a third of whom there is nothing but what they say.
    pub(crate) fn beset(seed: u64) -> Self {
        let mut world = Self::new(3, seed, Faults::default());
        world.links.retain(|link| !link.ends.contains(&2));
        world.people[2].here = false;
        let mallory = world.people[2].id.clone();
        for who in 0..2 {
            world.give(who, Input::Linked(mallory.clone()));
        }
        let to = world.random.percent(30).then(|| world.people[1].id.clone());
        world.offer_new(0, 90, to);
        world.rest();
        let file = world.people[0].picks.keys().next().unwrap().clone();
        world.want(1, Intent::Accept(file.clone()));
        for _ in 0..1500 {
            world.step();
            if world.random.percent(40) {
                world.assail(&mallory, &file);
            }
        }
        world.rest();
        world.rest();
        let view = world.people[1].files.view().files.into_iter().find(|view| view.file == file).unwrap();
        assert_eq!(view.state, FileState::Done, "seed {seed}");
        for person in &world.people[..2] {
            let theirs = person.files.view().files.into_iter().filter(|view| !view.own);
            assert!(theirs.count() <= 501, "seed {seed}");
            let size = format!("{:?}", person.files).len();
            assert!(size < MOST, "seed {seed}: {size}");
        }
        let content = world.people[0].picks[&file].content;
        let place = &world.people[1].disk[&view.store];
        assert!((0..90).all(|block| place.blocks[&block] == hash(content, block)), "seed {seed}");
        world
    }

    fn assail(&mut self, mallory: &PeerId, file: &FileId) {
        let who = self.random.below(2);
        let mut bytes = [9; 10];
        bytes[0] = u8::try_from(self.random.below(40)).unwrap();
        let other = FileId::from_bytes(bytes);
        let target = if self.random.percent(70) { file } else { &other };
        if self.random.percent(15) {
            let block = u32::try_from(self.random.below(100)).unwrap();
            let content = self.people[0].picks[file].content;
            let hash = hash(if self.random.percent(70) { content } else { 5 }, block);
            return self
                .give(who, Input::Coming { from: mallory.clone(), file: target.clone(), block, hash });
        }
        let id = target.as_str();
        let most = u32::MAX;
        let runs = match self.random.below(5) {
            0 => format!("[[{most},{most}]]"),
            1 => format!("[{}[0,{most}]]", format!("[0,{most}],").repeat(3000)),
            2 => "[]".to_owned(),
            3 => format!("[[{},1]]", self.random.below(90)),
            _ => format!("[[0,{most}]]"),
        };
        let one = hash(5, 0);
        let any = self.random.percent(50);
        let size = if any { 1_u64 << 40 } else { 0 };
        let text = match self.random.below(13) {
            0 => format!(r#"{{"offers":{{"answer":{any},"files":["{id}"]}}}}"#),
            1 => format!(r#"{{"describe":{{"files":["{id}","{id}"]}}}}"#),
            2 => format!(
                r#"{{"offer":{{"file":"{}","name":"x","size":{size},"at":1,"shared":true}}}}"#,
                other.as_str()
            ),
            3 => format!(r#"{{"take":{{"file":"{id}"}}}}"#),
            4 => format!(r#"{{"leave":{{"file":"{id}"}}}}"#),
            5 => format!(r#"{{"withdraw":{{"file":"{id}","changed":{any}}}}}"#),
            6 => format!(r#"{{"hold":{{"file":"{id}","held":true}}}}"#),
            7 => format!(r#"{{"want":{{"file":"{id}","anew":{any},"blocks":{runs}}}}}"#),
            8 => format!(r#"{{"check":{{"file":"{id}","blocks":{runs}}}}}"#),
            9 => format!(r#"{{"hashes":{{"file":"{id}","from":{most},"hashes":["{one}"]}}}}"#),
            10 => format!(r#"{{"root":{{"file":"{id}","hash":"{one}"}}}}"#),
            11 => format!(r#"{{"have":{{"file":"{id}","blocks":{runs}}}}}"#),
            _ => "{\"take\":".repeat(100),
        };
        self.give(who, Input::Heard(mallory.clone(), text));
    }

    /// What becomes of a block that is said to come, of whom no channel is: sometimes nothing ever.
    pub(crate) fn befall(&mut self, who: usize, from: &PeerId, file: FileId, block: u32) {
        let outcomes = [StoreOutcome::Damaged, StoreOutcome::Cut];
        if self.random.percent(70)
            && let Some(outcome) = self.random.pick(&outcomes)
        {
            self.people[who].replies.push_back(Input::Stored { from: from.clone(), file, block, outcome });
        }
    }
}
