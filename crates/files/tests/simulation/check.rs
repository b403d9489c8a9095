//! How everything ends, and what must be true then.

use visavis_files::{FileProblem, FileState, FileView, Intent, TakerState};

use super::person::hash;
use super::world::{Faults, World};

impl World {
    /// Things go wrong for a while; then they do not, and time passes.
    pub(crate) fn run(mut self, troubled: usize) -> Self {
        for _ in 0..troubled {
            self.disturb();
            self.step();
        }
        self.faults = Faults::default();
        let here: Vec<usize> = (0..self.people.len()).filter(|who| self.people[*who].here).collect();
        for one in &here {
            for other in here.iter().take_while(|other| *other < one) {
                if !self.links.iter().any(|link| link.ends.contains(one) && link.ends.contains(other)) {
                    self.join(*one, *other);
                }
            }
        }
        // What somebody has left over is done with by and by, as it shows.
        for _ in 0..6 {
            self.rest();
            for who in 0..self.people.len() {
                self.resume(who);
            }
        }
        self.rest();
        self.check();
        self
    }

    /// Two minutes.
    pub(crate) fn rest(&mut self) {
        let until = self.now + 120_000;
        for _ in 0..400_000 {
            if self.now >= until || !self.step() {
                return;
            }
        }
        panic!("seed {}: it does not come to rest", self.seed);
    }

    /// They let everything flow, and take what they wanted and is offered once more.
    fn resume(&mut self, who: usize) {
        for view in self.people[who].files.view().files {
            let wanted = self.people[who].wants.contains(&view.name);
            match view.state {
                FileState::Paused => self.want(who, Intent::Pause(view.file, false)),
                FileState::Offered | FileState::Ended(FileProblem::Full | FileProblem::NotStored)
                    if wanted =>
                {
                    self.want(who, Intent::Accept(view.file));
                }
                _ if view.own => self.want(who, Intent::Pause(view.file, false)),
                _ => {}
            }
        }
    }

    fn check(&self) {
        for (who, person) in self.people.iter().enumerate().filter(|(_, person)| person.here) {
            let files = person.files.view().files;
            for view in files.iter().filter(|view| !view.own && view.state == FileState::Done) {
                let place = &person.disk[&view.store];
                let of = |block: u32| {
                    u64::from_be_bytes(place.blocks[&block].as_bytes()[4..12].try_into().unwrap())
                };
                let blocks = visavis_files::blocks_of(view.size);
                let content = if blocks == 0 { 0 } else { of(0) };
                let whole = (0..blocks).all(|block| place.blocks[&block] == hash(content, block));
                assert!(whole && place.finished, "seed {}: {who} has no file", self.seed);
            }
            for name in &person.wants {
                let done =
                    |view: &&FileView| view.name == *name && view.state == FileState::Done && !view.own;
                for source in self.people.iter().filter(|source| source.here) {
                    let offered = |to: &Option<_>| to.as_ref().is_none_or(|to| *to == person.id);
                    let pick = source.picks.iter().find(|(_, pick)| pick.name == *name && offered(&pick.to));
                    let Some((file, pick)) = pick.filter(|(_, pick)| !pick.changed) else { continue };
                    let states: Vec<_> =
                        files.iter().map(|view| (&view.name, view.state, view.done)).collect();
                    let view = files.iter().find(done);
                    let view = view
                        .unwrap_or_else(|| panic!("seed {}: {who} lacks {name} of {states:?}", self.seed));
                    if view.file == *file && pick.blocks > 0 {
                        let place = &person.disk[&view.store];
                        assert_eq!(place.blocks[&0], hash(pick.content, 0), "seed {}", self.seed);
                    }
                    let own = source.files.view().files.into_iter().find(|own| own.file == view.file);
                    if let Some(own) = own {
                        let taker = own.takers.iter().find(|taker| taker.peer == person.id);
                        let state = taker.map(|taker| taker.state);
                        assert_eq!(state, Some(TakerState::Done), "seed {}: {name}, {who}", self.seed);
                    }
                }
            }
        }
    }
}
