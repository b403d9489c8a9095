//! Everything together, and the one loop that picks what happens next.

use visavis_call::{
    ConnectionState, DeviceKind, Input, Intent, PeerEvent, Phase, Problem, RequestFailure, SocketEvent,
};
use visavis_protocol::ServerEvent;
use visavis_server::rooms::ConnectionId;

use super::person::{Key, Person, Socket};
use super::random::Random;
use super::server::{Outgoing, Server};

/// What goes wrong, while things go wrong. Messages in percent, the rest in occurrences.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Faults {
    pub(crate) loss: usize,
    pub(crate) repetition: usize,
    pub(crate) sockets: usize,
    pub(crate) leaves: usize,
    pub(crate) reloads: usize,
    pub(crate) links: usize,
    /// The server comes back without its key.
    pub(crate) keys: usize,
    /// A browser refuses an answer that fits.
    pub(crate) refusals: usize,
    /// The host removes somebody, who may come again.
    pub(crate) removals: usize,
    /// Timers run out while something else could still happen.
    pub(crate) haste: bool,
    /// Not a fault: something to negotiate.
    pub(crate) changes: usize,
    /// Nor this: something to say.
    pub(crate) words: usize,
}

impl Faults {
    pub(crate) fn none() -> Self {
        Self {
            loss: 0,
            repetition: 0,
            sockets: 0,
            leaves: 0,
            reloads: 0,
            links: 0,
            keys: 0,
            refusals: 0,
            removals: 0,
            haste: true,
            changes: 30,
            words: 30,
        }
    }
}

const GRACE: u64 = 15_000;

/// What happened in a run.
#[derive(Debug)]
pub(crate) struct Story {
    /// How often two offers met.
    pub(crate) collisions: u64,
    /// Descriptions that did not fit.
    pub(crate) misfits: u64,
    /// Connections that were closed although they worked.
    pub(crate) torn: u64,
}

#[derive(Debug)]
enum Action {
    Intent(usize),
    SocketOpens(usize),
    Uplink(usize),
    Drain(usize),
    Downlink(usize),
    Media(usize, usize),
    Operation(usize, Key),
    Event(usize, Key),
    Control(usize, Key),
    ChatOpens(usize, Key),
    Chat(usize, Key),
    Link((usize, Key), (usize, Key)),
}

#[derive(Debug)]
pub(crate) struct World {
    pub(super) seed: u64,
    pub(super) people: Vec<Person>,
    pub(super) server: Server,
    pub(super) random: Random,
    pub(super) faults: Faults,
    pub(super) now: u64,
    pub(super) graces: Vec<u64>,
    sockets: u64,
    pub(super) numbers: u32,
    collisions: u64,
    misfits: u64,
    /// Nobody reaches the server.
    dark: bool,
}

impl World {
    pub(crate) fn new(people: usize, seed: u64, faults: Faults) -> Self {
        let mut random = Random::new(seed);
        let mut people: Vec<_> = (0..people).map(|number| Person::new(number, &mut random)).collect();
        for person in &mut people {
            for _ in 0..random.below(5) {
                let on = random.percent(50);
                person.intents.push(match random.below(3) {
                    0 => Intent::Share(on),
                    kind => Intent::Switch(DeviceKind::ALL[kind - 1], on),
                });
            }
        }
        let server = Server::new();
        Self {
            seed,
            people,
            server,
            random,
            faults,
            now: 0,
            graces: Vec::new(),
            sockets: 0,
            numbers: 0,
            collisions: 0,
            misfits: 0,
            dark: false,
        }
    }

    /// Runs until nothing is left to happen, checks that all is well, and tells what happened.
    pub(crate) fn run(mut self) -> Story {
        let troubled = 300 * self.people.len();
        for _ in 0..troubled {
            self.disturb();
            self.step(true);
        }
        self.faults = Faults::none();
        self.settle();
        self.check(Phase::InCall);
        let torn = self.people.iter().map(|person| person.torn).sum();
        Story { collisions: self.collisions, misfits: self.misfits, torn }
    }

    /// Once all are linked, the server goes and everything but the links of the first person breaks: with the help of that
    /// one, all are linked again before the server comes back.
    pub(crate) fn run_in_the_dark(mut self) {
        self.settle();
        self.dark = true;
        for person in &mut self.people {
            person.lose_socket();
        }
        for who in 1..self.people.len() {
            for key in self.people[who].browsers.keys().cloned().collect::<Vec<_>>() {
                let other = self.people[who].browsers[&key].remote.and_then(|number| self.locate(number));
                if other.is_some_and(|(other, _)| other > who) {
                    self.break_the_link(who, key);
                }
            }
        }
        self.settle();
        self.check(Phase::Reconnecting);
    }

    /// Once all are linked, the server goes, and the host removes the last person, who hears it or will not. All others let go
    /// of them at once; when the server is back, with its memory or without, so does it, and they see that they are out.
    pub(crate) fn run_removal(mut self, hears: bool, remembers: bool) {
        self.settle();
        self.dark = true;
        for person in &mut self.people {
            person.lose_socket();
        }
        while self.people.iter().any(|person| person.view().phase != Phase::Reconnecting) {
            self.step(false);
        }
        let last = self.people.len() - 1;
        let host =
            self.people.iter().position(|person| person.view().is_host()).expect("somebody made the room");
        let out = if host == last { 0 } else { last };
        let name = self.people[out].view().name;
        let tiles = self.people[host].view().tiles;
        let target = tiles.into_iter().find(|tile| tile.name == name).unwrap().peer;
        self.feed(host, Input::Intent(Intent::Remove(target)));
        // What they are told over each link goes out, and comes in or does not.
        while let Some((who, key)) = self.talkative() {
            self.operation(who, &key);
        }
        if !hears {
            self.people[host].last_words.clear();
            self.people[out].browsers.values_mut().for_each(|browser| browser.control.clear());
        }
        self.notice_closed();
        for who in (0..self.people.len()).filter(|who| *who != out) {
            while let Some(key) = self.people[who].hears() {
                self.act(Action::Control(who, key));
            }
            assert!(self.people[who].view().tiles.iter().all(|tile| tile.name != name), "seed {}", self.seed);
        }
        if !remembers {
            self.server.restart();
            self.graces.clear();
        }
        self.dark = false;
        self.settle();
        let view = self.people[out].view();
        let told = view.notices.iter().any(|notice| notice.problem == Problem::Removed);
        assert!(view.phase == Phase::Left && told, "seed {}: {view:#?}", self.seed);
        self.check(Phase::InCall);
    }

    /// Somebody whose browser has something to do.
    fn talkative(&self) -> Option<(usize, Key)> {
        self.people.iter().enumerate().find_map(|(who, person)| {
            let busy = person.browsers.iter().find(|(_, browser)| !browser.operations.is_empty());
            busy.map(|(key, _)| (who, key.clone()))
        })
    }

    fn settle(&mut self) {
        for _ in 0..400_000 {
            if !self.step(false) {
                return;
            }
        }
        panic!("seed {}: did not settle", self.seed);
    }

    /// Lets one thing happen; false if there is nothing left.
    fn step(&mut self, troubled: bool) -> bool {
        let choices = self.choices();
        let early = troubled && self.faults.haste && self.random.percent(1) && self.random.percent(30);
        let goes_on = if choices.is_empty() || early {
            self.pass_time() || !choices.is_empty()
        } else {
            let pick = self.random.below(choices.len());
            self.act(choices.into_iter().nth(pick).unwrap());
            true
        };
        self.notice_closed();
        goes_on
    }

    fn choices(&self) -> Vec<Action> {
        let mut choices = Vec::new();
        for (who, person) in self.people.iter().enumerate() {
            choices.extend((!person.intents.is_empty()).then_some(Action::Intent(who)));
            let opens = person.socket == Socket::Opening && !self.dark;
            choices.extend(opens.then_some(Action::SocketOpens(who)));
            choices.extend((!person.uplink.is_empty()).then_some(Action::Uplink(who)));
            choices.extend((!person.draining.is_empty()).then_some(Action::Drain(who)));
            choices.extend((!person.downlink.is_empty()).then_some(Action::Downlink(who)));
            choices.extend((0..person.media.len()).map(|index| Action::Media(who, index)));
            for (key, browser) in &person.browsers {
                let key = || key.clone();
                choices.extend((!browser.operations.is_empty()).then(|| Action::Operation(who, key())));
                choices.extend((!browser.events.is_empty()).then(|| Action::Event(who, key())));
                let heard = browser.connected && !browser.control.is_empty();
                choices.extend(heard.then(|| Action::Control(who, key())));
                let opens = browser.connected && !browser.chats;
                choices.extend(opens.then(|| Action::ChatOpens(who, key())));
                let chats = browser.connected && browser.chats && !browser.chat.is_empty();
                choices.extend(chats.then(|| Action::Chat(who, key())));
                if let Some(other) = self.ready(browser.number) {
                    choices.push(Action::Link((who, key()), other));
                }
            }
        }
        choices
    }

    /// The other end, if this connection and that one have agreed and could be connected.
    fn ready(&self, number: u32) -> Option<(usize, Key)> {
        let (who, key) = self.locate(number)?;
        let browser = &self.people[who].browsers[&key];
        let other = self.locate(browser.settled()?)?;
        let theirs = &self.people[other.0].browsers[&other.1];
        let fits = theirs.settled() == Some(number) && !browser.connected;
        (fits && !browser.dead && !theirs.dead).then_some(other)
    }

    pub(super) fn locate(&self, number: u32) -> Option<(usize, Key)> {
        self.people.iter().enumerate().find_map(|(who, person)| {
            let found = person.browsers.iter().find(|(_, browser)| browser.number == number);
            found.map(|(key, _)| (who, key.clone()))
        })
    }

    fn act(&mut self, action: Action) {
        match action {
            Action::Intent(who) => {
                let intent = self.people[who].intents.remove(0);
                self.feed(who, Input::Intent(intent));
            }
            Action::SocketOpens(who) => {
                self.sockets += 1;
                self.people[who].socket = Socket::Open(ConnectionId(self.sockets));
                self.people[who].downlink.push_back(SocketEvent::Connected);
            }
            Action::Uplink(who) => self.uplink(who),
            Action::Drain(who) => self.drain(who),
            Action::Downlink(who) => {
                let event = self.people[who].downlink.pop_front().unwrap();
                self.feed(who, Input::Socket(event));
            }
            Action::Media(who, index) => {
                let event = self.people[who].media.swap_remove(index);
                self.feed(who, Input::Media(event));
            }
            Action::Operation(who, key) => self.operation(who, &key),
            Action::Event(who, key) => {
                let event = self.people[who].browsers.get_mut(&key).unwrap().events.pop_front().unwrap();
                self.feed_peer(who, key, event);
            }
            Action::Control(who, key) => {
                let text = self.people[who].browsers.get_mut(&key).unwrap().control.pop_front().unwrap();
                self.feed_peer(who, key, PeerEvent::Control(text));
            }
            Action::ChatOpens(who, key) => {
                self.people[who].browsers.get_mut(&key).unwrap().chats = true;
                self.chat(who, visavis_chat::Input::Linked(key.0));
            }
            Action::Chat(who, key) => {
                let text = self.people[who].browsers.get_mut(&key).unwrap().chat.pop_front().unwrap();
                self.chat(who, visavis_chat::Input::Heard(key.0, text));
            }
            Action::Link(one, other) => {
                for (who, key) in [one, other] {
                    let browser = self.people[who].browsers.get_mut(&key).unwrap();
                    if !std::mem::replace(&mut browser.connected, true) {
                        browser.events.push_back(PeerEvent::State(ConnectionState::Connected));
                        browser.events.push_back(PeerEvent::ControlOpen);
                    }
                    let traffic = browser.traffic();
                    browser.events.push_back(traffic);
                }
            }
        }
    }

    pub(super) fn feed(&mut self, who: usize, input: Input) {
        self.people[who].feed(input, self.now, &mut self.numbers, &mut self.random);
        let view = self.people[who].view();
        for input in self.people[who].writer.look(&view) {
            self.chat(who, input);
        }
    }

    pub(super) fn chat(&mut self, who: usize, input: visavis_chat::Input) {
        let Person { writer, browsers, .. } = &mut self.people[who];
        for (number, text) in writer.feed(input, browsers, self.now) {
            if let Some((other, key)) = self.locate(number) {
                self.people[other].browsers.get_mut(&key).unwrap().chat.push_back(text);
            }
        }
    }

    fn feed_peer(&mut self, who: usize, (peer, connection): Key, event: PeerEvent) {
        self.feed(who, Input::Peer { peer, connection, event });
    }

    fn operation(&mut self, who: usize, key: &Key) {
        let event_first = self.random.percent(50);
        let refuses = self.random.percent(self.faults.refusals);
        let browser = self.people[who].browsers.get_mut(key).unwrap();
        let before = (browser.collisions, browser.misfits);
        let sent = browser.run_operation(event_first, refuses);
        self.collisions += browser.collisions - before.0;
        self.misfits += browser.misfits - before.1;
        let remote = browser.remote;
        if let Some(text) = sent
            && let Some((other, key)) = remote.and_then(|number| self.locate(number))
        {
            self.people[other].browsers.get_mut(&key).unwrap().control.push_back(text);
        }
    }

    fn uplink(&mut self, who: usize) {
        let Socket::Open(socket) = self.people[who].socket else { panic!("uplink without a socket") };
        let (request, event) = self.people[who].uplink.pop_front().unwrap();
        if self.random.percent(self.faults.loss) {
            let reply = Err(RequestFailure::TimedOut);
            self.people[who].downlink.push_back(SocketEvent::Reply { request, reply });
            return;
        }
        let (value, outgoing) = self.server.handle(socket, event, &mut self.random);
        if self.random.percent(self.faults.loss) {
            let reply = Err(RequestFailure::TimedOut);
            self.people[who].downlink.push_back(SocketEvent::Reply { request, reply });
        } else {
            self.people[who].reply(request, value);
        }
        self.deliver(outgoing);
    }

    /// A socket that was closed in good order says what it still had to say, or goes away.
    fn drain(&mut self, who: usize) {
        let (socket, uplink) = self.people[who].draining.front_mut().unwrap();
        let socket = *socket;
        if let Some((_, event)) = uplink.pop_front() {
            let (_, outgoing) = self.server.handle(socket, event, &mut self.random);
            self.deliver(outgoing);
        } else {
            self.people[who].draining.pop_front();
            self.lost(socket);
        }
    }

    pub(super) fn lost(&mut self, socket: ConnectionId) {
        let before = self.server.absences.len();
        self.server.lost(socket);
        if self.server.absences.len() > before {
            self.graces.push(self.now + GRACE);
        }
    }

    fn deliver(&mut self, outgoing: Outgoing) {
        for (socket, event) in outgoing {
            let times =
                match (self.random.percent(self.faults.loss), self.random.percent(self.faults.repetition)) {
                    (true, _) => 0,
                    (false, true) => 2,
                    (false, false) => 1,
                };
            let open = Socket::Open(socket);
            if let Some(person) = self.people.iter_mut().find(|person| person.socket == open) {
                person.downlink.extend((0..times).map(|_| on_the_wire(&event)));
            }
        }
    }

    /// Nothing more can happen now: the earliest timer runs out. False if there is none.
    fn pass_time(&mut self) -> bool {
        let timers =
            self.people.iter().enumerate().flat_map(|(who, person)| {
                person.timers.iter().map(move |(timer, at)| (*at, who, timer.clone()))
            });
        let timer = timers.min();
        let grace = (0..self.graces.len()).min_by_key(|index| self.graces[*index]);
        let chat =
            self.people.iter().enumerate().flat_map(|(who, person)| {
                person.writer.timers.iter().map(move |(timer, at)| (*at, who, *timer))
            });
        if let Some((at, who, chat)) = chat.min()
            && timer.as_ref().is_none_or(|timer| at <= timer.0)
            && grace.is_none_or(|index| at <= self.graces[index])
        {
            self.now = self.now.max(at);
            self.people[who].writer.timers.remove(&chat);
            self.chat(who, visavis_chat::Input::Timer(chat));
            return true;
        }
        match (timer, grace) {
            (timer, Some(index)) if timer.as_ref().is_none_or(|timer| self.graces[index] <= timer.0) => {
                self.now = self.now.max(self.graces.swap_remove(index));
                let outgoing = self.server.grace_expired(index);
                self.deliver(outgoing);
            }
            (Some((at, who, timer)), _) => {
                self.now = self.now.max(at);
                self.people[who].timers.remove(&timer);
                self.feed(who, Input::Timer(timer));
            }
            (None, _) => return false,
        }
        true
    }
}

fn on_the_wire(event: &ServerEvent) -> SocketEvent {
    SocketEvent::Event { name: event.name().into(), data: event.payload() }
}
