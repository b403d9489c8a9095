//! Everything together, and the one loop that picks what happens next.

use std::collections::VecDeque;

use visavis_files::{Effect, FileId, Input, Intent, Source, StoreOutcome, Unread};
use visavis_protocol::PeerId;

use super::person::{Event, Person, hash};
use super::random::Random;
use super::wires::{Channel, Link, Receiving};

/// The most blocks that one is to be asked for at a time.
const WINDOW: usize = 32;

/// What goes wrong, while things go wrong, in occurrences.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Faults {
    pub(crate) links: usize,
    pub(crate) reloads: usize,
    pub(crate) leaves: usize,
    pub(crate) disks: usize,
    pub(crate) changes: usize,
    /// Not a fault: what people want.
    pub(crate) wishes: usize,
}

#[derive(Debug)]
enum Step {
    Event(usize),
    Reply(usize),
    Word(usize, usize),
    Channel(usize),
}

#[derive(Debug)]
pub(crate) struct World {
    pub(crate) seed: u64,
    pub(crate) people: Vec<Person>,
    pub(crate) links: Vec<Link>,
    pub(crate) channels: Vec<Channel>,
    pub(crate) random: Random,
    pub(crate) faults: Faults,
    pub(crate) numbers: u64,
    pub(crate) now: u64,
    /// Blocks that arrive damaged or cannot be stored, at most: of the third that is damaged a file ends.
    pub(crate) misfortunes: usize,
    /// Blocks that were sent.
    pub(crate) sent: usize,
    /// Of those, what each has sent.
    pub(crate) sent_by: Vec<usize>,
    /// Blocks that may be sent once more: they were asked for when something happened.
    pub(crate) spare: usize,
}

impl World {
    /// People of whom each sees each.
    pub(crate) fn new(people: usize, seed: u64, faults: Faults) -> Self {
        let people = (1..=people).map(|digit| Person::new(u8::try_from(digit).unwrap()));
        let mut world = Self {
            seed,
            people: people.collect(),
            links: Vec::new(),
            channels: Vec::new(),
            random: Random::new(seed),
            faults,
            numbers: 0,
            now: 0,
            misfortunes: 2,
            sent: 0,
            sent_by: Vec::new(),
            spare: 0,
        };
        world.sent_by = vec![0; world.people.len()];
        for one in 0..world.people.len() {
            for other in 0..one {
                world.join(one, other);
            }
        }
        world
    }

    pub(crate) fn at(&self, id: &PeerId) -> usize {
        let known = self.people.iter().position(|person| person.id == *id);
        known.unwrap_or_else(|| panic!("seed {}: {id:?} is nobody", self.seed))
    }

    pub(crate) fn want(&mut self, who: usize, intent: Intent) {
        self.disturbed();
        self.give(who, Input::Intent(intent));
    }

    /// What has been asked for and has not come may be sent twice after what happens now.
    pub(crate) fn disturbed(&mut self) {
        let asked = self.people.iter().flat_map(|person| person.asked.values());
        self.spare += asked.map(std::collections::BTreeSet::len).sum::<usize>();
    }

    /// Lets one thing happen, be it that time passes; false if there is nothing left.
    pub(crate) fn step(&mut self) -> bool {
        let steps = self.steps();
        if steps.is_empty() || self.random.below(400) == 0 {
            return self.pass_time() || !steps.is_empty();
        }
        match steps[self.random.below(steps.len())] {
            Step::Event(who) => match self.people[who].events.pop_front().unwrap() {
                Event::Input(input) => self.give(who, input),
                Event::Attach(link) => self.attach(who, link),
                Event::Lost(link) => self.lost(who, link),
            },
            Step::Reply(who) => {
                let reply = self.people[who].replies.pop_front().unwrap();
                self.give(who, reply);
            }
            Step::Word(link, end) => self.hear(link, end),
            Step::Channel(at) => self.carry(at),
        }
        true
    }

    fn steps(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for (who, person) in self.people.iter().enumerate().filter(|(_, person)| person.here) {
            steps.extend((!person.events.is_empty()).then_some(Step::Event(who)));
            steps.extend((!person.replies.is_empty()).then_some(Step::Reply(who)));
        }
        for (at, link) in self.links.iter().enumerate() {
            steps.extend((0..2).filter(|end| !link.words[*end].is_empty()).map(|end| Step::Word(at, end)));
        }
        let moves = |channel: &Channel| {
            channel.receiving.is_some() || !channel.waiting.is_empty() || !channel.wire.is_empty()
        };
        let channels = self.channels.iter().enumerate().filter(|(_, channel)| moves(channel));
        steps.extend(channels.map(|(at, _)| Step::Channel(at)));
        steps
    }

    fn pass_time(&mut self) -> bool {
        let timers = self.people.iter().enumerate().filter_map(|(who, person)| Some((person.timer?, who)));
        let Some((at, who)) = timers.min() else { return false };
        self.now = self.now.max(at);
        self.people[who].timer = None;
        self.give(who, Input::Timer(visavis_files::Timer::Tick));
        true
    }

    pub(crate) fn give(&mut self, who: usize, input: Input) {
        if self.people[who].here {
            for effect in self.people[who].files.handle(input) {
                self.carry_out(who, effect);
            }
        }
    }

    fn carry_out(&mut self, who: usize, effect: Effect) {
        match effect {
            Effect::Say { to, text } => self.say(who, &to, text),
            Effect::Open(to, file) => self.open(who, &to, file),
            Effect::Close(to, file) => {
                let to = self.at(&to);
                let of = |channel: &Channel| channel.from == who && channel.to == to && channel.file == file;
                if let Some(at) = self.channels.iter().position(of) {
                    self.close(at);
                }
            }
            Effect::Send { to, file, block, source, hash: known, .. } => {
                match self.read(who, &source, block) {
                    Ok(hash) => {
                        assert!(known.is_none_or(|known| known == hash), "it is what it was");
                        self.send(who, &to, file, block, hash);
                    }
                    Err(why) => self.event(who, Input::Unsent { to, file, block, why }),
                }
            }
            Effect::Hash { file, block, .. } => {
                let hash = self.read(who, &Source::Picked(file.clone()), block);
                self.event(who, Input::Hashed(file, block, hash));
            }
            Effect::Create { file, store, about, .. } => {
                let anew = !self.people[who].disk.contains_key(&store);
                let full = anew && self.faults.disks > 0 && self.random.percent(10);
                if !full {
                    self.numbers += 1;
                    let place = self.people[who].disk.entry(store).or_default();
                    (place.about, place.number) = (about, self.numbers);
                }
                let created = if full { Err(StoreOutcome::Full) } else { Ok(()) };
                self.people[who].replies.push_back(Input::Created(file, created));
            }
            Effect::Store { from, file, block, .. } if !self.people[self.at(&from)].here => {
                self.befall(who, &from, file, block);
            }
            Effect::Store { from, file, store, block, hash, .. } => {
                let from = self.at(&from);
                let place = self.people[who].disk.get(&store).map_or(0, |place| place.number);
                let of = |channel: &&mut Channel| {
                    channel.from == from && channel.to == who && channel.file == file
                };
                let channel = self.channels.iter_mut().find(of).expect("it comes over a channel");
                channel.receiving = Some(Receiving { block, hash, store, place });
            }
            Effect::Finish(store) => self.people[who].disk.get_mut(&store).unwrap().finished = true,
            Effect::Delete(store) => {
                self.people[who].disk.remove(&store);
            }
            Effect::SetTimer { .. } => self.people[who].timer = Some(self.now + 500),
            Effect::Release(_) | Effect::Log(_) => {}
        }
    }

    fn event(&mut self, who: usize, input: Input) {
        self.people[who].events.push_back(Event::Input(input));
    }

    fn read(&self, who: usize, source: &Source, block: u32) -> Result<visavis_files::Hash, Unread> {
        match source {
            Source::Picked(file) => match &self.people[who].picks[file] {
                pick if pick.changed => Err(Unread::Changed),
                pick => Ok(hash(pick.content, block)),
            },
            Source::Stored(store) => Ok(self.people[who].disk[store].blocks[&block]),
        }
    }

    fn say(&mut self, who: usize, to: &PeerId, text: String) {
        let other = self.at(to);
        self.note_wish(who, to, &text);
        let Some((number, _)) = self.people[who].links.iter().find(|(_, peer)| peer == to) else {
            return;
        };
        if let Some(link) = self.links.iter_mut().find(|link| link.number == *number) {
            link.words[usize::from(link.ends[1] == who)].push_back(text);
            assert!(link.ends.contains(&other));
        }
    }

    /// What is asked of one at a time is bounded.
    fn note_wish(&mut self, who: usize, to: &PeerId, text: &str) {
        let word: serde_json::Value = serde_json::from_str(text).unwrap();
        let Some(said) = word.get("want").or(word.get("have")) else { return };
        let file = FileId::parse(said["file"].as_str().unwrap()).unwrap();
        let asked = self.people[who].asked.entry((to.clone(), file)).or_default();
        if word.get("have").is_some() {
            // What they know to have come they do not send.
            return asked.retain(|block| {
                said["blocks"].as_array().unwrap().iter().all(|run| {
                    let [first, count] = [0, 1].map(|at| u32::try_from(run[at].as_u64().unwrap()).unwrap());
                    !(first..first + count).contains(block)
                })
            });
        }
        let want = said;
        if want["anew"].as_bool().unwrap() {
            asked.clear();
        }
        for run in want["blocks"].as_array().unwrap() {
            let [first, count] = [0, 1].map(|at| u32::try_from(run[at].as_u64().unwrap()).unwrap());
            asked.extend(first..first + count);
        }
        assert!(asked.len() <= WINDOW, "seed {}: {} blocks are asked for", self.seed, asked.len());
    }

    fn open(&mut self, who: usize, to: &PeerId, file: FileId) {
        let other = self.at(to);
        let seen = |who: usize, number: u64| self.people[who].links.iter().any(|(link, _)| *link == number);
        let joins = |link: &&Link| link.ends.contains(&who) && link.ends.contains(&other);
        let link =
            self.links.iter().filter(joins).rfind(|link| seen(who, link.number) && seen(other, link.number));
        let Some(link) = link.map(|link| link.number) else {
            return self.event(who, Input::Closed(to.clone(), file));
        };
        let of = |channel: &Channel| channel.from == who && channel.to == other && channel.file == file;
        if let Some(at) = self.channels.iter().position(of) {
            self.close(at);
        }
        let (waiting, wire) = (VecDeque::new(), VecDeque::new());
        let id = file.clone();
        self.channels.push(Channel { link, from: who, to: other, file: id, waiting, wire, receiving: None });
        self.event(who, Input::Open(to.clone(), file));
    }

    fn send(&mut self, who: usize, to: &PeerId, file: FileId, block: u32, hash: visavis_files::Hash) {
        self.sent += 1;
        self.sent_by[who] += 1;
        let other = self.at(to);
        let of = |channel: &&mut Channel| channel.from == who && channel.to == other && channel.file == file;
        if let Some(channel) = self.channels.iter_mut().find(of) {
            channel.waiting.push_back((block, hash));
        } else {
            self.spare += 1;
            self.event(who, Input::Unsent { to: to.clone(), file, block, why: Unread::Cut });
        }
    }
}
