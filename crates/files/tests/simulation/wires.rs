//! Links between people, and what is on its way over each.

use std::collections::VecDeque;

use visavis_files::{FileId, Hash, Input, StoreOutcome, Unread};

use super::person::Event;
use super::world::World;

/// Blocks that a channel takes before it is full.
const ROOM: usize = 3;

#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) number: u64,
    pub(crate) ends: [usize; 2],
    /// What is said, by the end that says it.
    pub(crate) words: [VecDeque<String>; 2],
}

/// A block that is being received.
#[derive(Debug)]
pub(crate) struct Receiving {
    pub(crate) block: u32,
    pub(crate) hash: Hash,
    pub(crate) store: FileId,
    /// Into which place it goes.
    pub(crate) place: u64,
}

/// A channel for what one sends another of a file.
#[derive(Debug)]
pub(crate) struct Channel {
    pub(crate) link: u64,
    pub(crate) from: usize,
    pub(crate) to: usize,
    pub(crate) file: FileId,
    pub(crate) waiting: VecDeque<(u32, Hash)>,
    pub(crate) wire: VecDeque<(u32, Hash)>,
    pub(crate) receiving: Option<Receiving>,
}

impl World {
    pub(crate) fn join(&mut self, one: usize, other: usize) {
        self.numbers += 1;
        let number = self.numbers;
        self.links.push(Link { number, ends: [one, other], words: Default::default() });
        for who in [one, other] {
            self.people[who].events.push_back(Event::Attach(number));
        }
    }

    /// What is on its way is lost; both ends notice, each in their time.
    pub(crate) fn cut(&mut self, number: u64) {
        let Some(at) = self.links.iter().position(|link| link.number == number) else { return };
        let link = self.links.remove(at);
        while let Some(at) = self.channels.iter().position(|channel| channel.link == number) {
            self.close(at);
        }
        for who in link.ends {
            self.people[who].events.push_back(Event::Lost(number));
        }
    }

    pub(crate) fn close(&mut self, at: usize) {
        let Channel { from, to, file, waiting, wire, receiving, .. } = self.channels.remove(at);
        self.spare += wire.len() + usize::from(receiving.is_some());
        let (sender, receiver) = (self.people[from].id.clone(), self.people[to].id.clone());
        for (block, _) in waiting {
            let (to, file) = (receiver.clone(), file.clone());
            let unsent = Input::Unsent { to, file, block, why: Unread::Cut };
            self.people[from].events.push_back(Event::Input(unsent));
        }
        if let Some(Receiving { block, .. }) = receiving {
            let (from, file) = (sender.clone(), file.clone());
            let cut = Input::Stored { from, file, block, outcome: StoreOutcome::Cut };
            self.people[to].replies.push_back(cut);
        }
        self.people[from].events.push_back(Event::Input(Input::Closed(receiver, file.clone())));
        self.people[to].events.push_back(Event::Input(Input::Cut(sender, file)));
    }

    pub(crate) fn attach(&mut self, who: usize, number: u64) {
        let Some(link) = self.links.iter().find(|link| link.number == number) else { return };
        let other = link.ends[usize::from(link.ends[0] == who)];
        let other = self.people[other].id.clone();
        self.people[who].links.push((number, other.clone()));
        self.disturbed();
        self.give(who, Input::Linked(other));
    }

    pub(crate) fn lost(&mut self, who: usize, number: u64) {
        let links = &mut self.people[who].links;
        let Some(at) = links.iter().position(|(known, _)| *known == number) else { return };
        let (_, other) = links.remove(at);
        let another = links.iter().any(|(_, peer)| *peer == other);
        self.disturbed();
        self.give(who, if another { Input::Linked(other) } else { Input::Unlinked(other) });
    }

    /// One word over one link; nobody hears it whose program has not seen the link.
    pub(crate) fn hear(&mut self, at: usize, end: usize) {
        let link = &mut self.links[at];
        let (from, to, number) = (link.ends[end], link.ends[1 - end], link.number);
        let text = link.words[end].pop_front().unwrap();
        if self.people[to].links.iter().any(|(known, _)| *known == number) {
            if text.contains("\"answer\":false") {
                self.disturbed();
            }
            let from = self.people[from].id.clone();
            self.give(to, Input::Heard(from, text));
        }
    }

    /// One step of a channel.
    pub(crate) fn carry(&mut self, at: usize) {
        let channel = &mut self.channels[at];
        let (from, to, file) = (channel.from, channel.to, channel.file.clone());
        if let Some(receiving) = channel.receiving.take() {
            let outcome = self.store(to, &receiving);
            let (from, block) = (self.people[from].id.clone(), receiving.block);
            self.people[to].replies.push_back(Input::Stored { from, file, block, outcome });
        } else if channel.wire.len() < ROOM
            && let Some((block, hash)) = channel.waiting.pop_front()
        {
            channel.wire.push_back((block, hash));
            let to = self.people[to].id.clone();
            let sent = Input::Sent { to, file, block, hash };
            self.people[from].events.push_back(Event::Input(sent));
        } else if let Some((block, hash)) = channel.wire.pop_front() {
            let from = self.people[from].id.clone();
            if let Some(asked) = self.people[to].asked.get_mut(&(from.clone(), file.clone())) {
                asked.remove(&block);
            }
            self.give(to, Input::Coming { from, file, block, hash });
        }
    }

    fn store(&mut self, who: usize, receiving: &Receiving) -> StoreOutcome {
        let trouble = self.trouble();
        let seed = self.seed;
        let Some(place) = self.people[who].disk.get_mut(&receiving.store) else { return StoreOutcome::Cut };
        if place.number != receiving.place || place.finished {
            return StoreOutcome::Cut;
        }
        if let Some(trouble) = trouble {
            return trouble;
        }
        place.log.push((receiving.block, receiving.hash));
        let was = place.blocks.insert(receiving.block, receiving.hash);
        assert_ne!(was, Some(receiving.hash), "seed {seed}: a block is stored twice");
        StoreOutcome::Stored
    }
}
