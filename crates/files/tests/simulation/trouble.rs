//! What people want, and what goes wrong on the way.

use visavis_files::{BLOCK_BYTES, FileId, FileState, Intent, Picked, StoreOutcome};
use visavis_protocol::PeerId;

use super::person::{Event, Pick};
use super::world::World;

impl World {
    pub(crate) fn disturb(&mut self) {
        let who = self.random.below(self.people.len());
        if !self.people[who].here {
            return;
        }
        let other = (who + 1 + self.random.below(self.people.len() - 1)) % self.people.len();
        let mut happens = |chance: usize| self.random.below(4000) < chance;
        let (links, reloads, leaves) = (self.faults.links, self.faults.reloads, self.faults.leaves);
        let [cut, join, reload, leave] = [links, 2 * links, reloads, leaves].map(&mut happens);
        let [change, wish] = [self.faults.changes, self.faults.wishes].map(&mut happens);
        if cut && !self.links.is_empty() {
            let at = self.random.below(self.links.len());
            self.cut(self.links[at].number);
        }
        let between = self.links.iter().filter(|link| link.ends.contains(&who) && link.ends.contains(&other));
        if join && between.count() < 2 && self.people[other].here {
            self.join(who, other);
        }
        if reload {
            self.reload(who);
        }
        if leave && self.people.iter().filter(|person| person.here).count() > 2 {
            self.leave(who);
        }
        if change {
            let picks: Vec<FileId> = self.people[who].picks.keys().cloned().collect();
            if let Some(file) = self.random.pick(&picks) {
                self.people[who].picks.get_mut(&file).unwrap().changed = true;
            }
        }
        if wish {
            self.wish(who);
        }
    }

    pub(crate) fn offer(&mut self, who: usize, pick: Pick) {
        self.numbers += 1;
        let mut bytes = [0; 10];
        bytes[..8].copy_from_slice(&self.numbers.to_be_bytes());
        let file = FileId::from_bytes(bytes);
        let picked = Picked {
            file: file.clone(),
            name: pick.name.clone(),
            size: u64::from(pick.blocks) * BLOCK_BYTES,
            kind: String::new(),
            thumbnail: None,
        };
        let to = pick.to.clone();
        self.people[who].picks.insert(file, pick);
        self.want(who, Intent::Offer { files: vec![picked], to, now: self.numbers });
    }

    /// Offers a file with a name of its own.
    pub(crate) fn offer_new(&mut self, who: usize, blocks: u32, to: Option<PeerId>) {
        self.numbers += 1;
        let name = format!("{who}-{}", self.numbers);
        self.offer(who, Pick { name, content: self.numbers, blocks, to, changed: false });
    }

    /// What becomes of a block that arrives.
    pub(crate) fn trouble(&mut self) -> Option<StoreOutcome> {
        if self.misfortunes == 0 || self.random.below(1000) >= self.faults.disks {
            return None;
        }
        self.misfortunes -= 1;
        let outcomes = [StoreOutcome::Damaged, StoreOutcome::Full, StoreOutcome::Failed];
        self.random.pick(&outcomes)
    }

    fn cut_off(&mut self, who: usize) {
        let links = self.links.iter().filter(|link| link.ends.contains(&who));
        for number in links.map(|link| link.number).collect::<Vec<_>>() {
            self.cut(number);
        }
    }

    /// The page is loaded again; who had offered files picks most of them again, one or the other of which has changed.
    pub(crate) fn reload(&mut self, who: usize) {
        let picks: Vec<Pick> = self.people[who].picks.values().cloned().collect();
        self.cut_off(who);
        let (lost, seed) = (self.random.below(4), self.random.next());
        self.people[who].reload(lost, seed);
        for mut pick in picks {
            if pick.changed || self.random.percent(20) {
                self.numbers += 1;
                (pick.content, pick.changed) = (self.numbers, false);
            }
            if self.random.percent(80) {
                self.offer(who, pick);
            }
        }
    }

    fn leave(&mut self, who: usize) {
        self.cut_off(who);
        let id = self.people[who].id.clone();
        self.people[who].here = false;
        self.people[who].picks.clear();
        for person in &mut self.people {
            person.events.push_back(Event::Input(visavis_files::Input::Gone(id.clone())));
        }
    }

    fn wish(&mut self, who: usize) {
        if self.people[who].picks.len() < 2 && self.random.percent(30) {
            let to = self.random.below(self.people.len());
            let to = (self.random.percent(50) && to != who).then(|| self.people[to].id.clone());
            let blocks = u32::try_from(self.random.below(80)).unwrap();
            return self.offer_new(who, blocks, to);
        }
        let files = self.people[who].files.view().files;
        let Some(view) = self.random.pick(&files) else { return };
        let file = view.file;
        let pauses = self.random.percent(50);
        if view.own {
            if self.random.percent(5) {
                self.people[who].picks.remove(&file);
                // The shell lets go of it once it is told to; what is asked of it by then is not there any more.
                self.want(who, Intent::Withdraw(file));
            } else {
                self.want(who, Intent::Pause(file, pauses));
            }
            return;
        }
        if matches!(view.state, FileState::Offered | FileState::Declined) {
            self.people[who].wants.insert(view.name);
            self.want(who, Intent::Accept(file));
        } else if self.random.percent(10) && view.state != FileState::Done {
            self.people[who].wants.remove(&view.name);
            self.want(who, Intent::Decline(file));
        } else {
            self.want(who, Intent::Pause(file, pauses));
        }
    }
}
