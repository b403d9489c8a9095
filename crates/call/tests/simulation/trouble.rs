//! What goes wrong on the way.

use visavis_call::{ConnectionState, Intent, Link, PeerEvent, Phase, Problem};

use super::person::{Key, REMOVED, Socket};
use super::world::World;

impl World {
    pub(super) fn disturb(&mut self) {
        let who = self.random.below(self.people.len());
        let odds = 4000 / self.people.len();
        if self.random.below(odds) < self.faults.sockets
            && let Socket::Open(socket) = self.people[who].socket
        {
            self.people[who].lose_socket();
            self.lost(socket);
        }
        let removed = self.people[who].view().notices.iter().any(|notice| notice.problem == Problem::Removed);
        if removed && self.people[who].intents.is_empty() && self.random.percent(1) {
            self.people[who].intents.push(Intent::Join);
        }
        if self.random.below(odds) < self.faults.leaves && self.people[who].intents.is_empty() {
            self.people[who].intents.push(Intent::Leave);
            if self.random.percent(80) {
                self.people[who].intents.push(Intent::Join);
            }
        }
        if self.random.below(odds) < self.faults.reloads && self.people[who].view().phase == Phase::InCall {
            let orderly = self.random.percent(50);
            let socket = self.people[who].socket;
            if orderly {
                self.chat(who, visavis_chat::Input::Unload);
            }
            self.people[who].reload(orderly, self.now, &mut self.numbers, &mut self.random);
            let seed = self.random.bytes();
            self.people[who].writer.reload(orderly, seed);
            if let (Socket::Open(socket), false) = (socket, orderly) {
                self.lost(socket);
            }
        }
        if who == 0 && self.random.below(4000) < self.faults.keys {
            self.replace_server();
        }
        if self.faults.removals > 0 && self.random.below(odds) < self.faults.removals {
            self.remove_somebody(who);
        }
        if self.random.below(odds) < self.faults.links {
            self.break_a_link(who);
        }
        if self.random.below(odds) < self.faults.words {
            self.write(who);
        }
        if self.random.below(odds) < self.faults.changes {
            // Both ends at once, often: offers are to collide.
            let Some(browser) = self.people[who].browsers.values_mut().next() else { return };
            browser.change();
            let remote = browser.remote.filter(|_| self.random.percent(70));
            if let Some((who, key)) = remote.and_then(|number| self.locate(number)) {
                self.people[who].browsers.get_mut(&key).unwrap().change();
            }
        }
    }

    /// If this is the host, they remove somebody to whom they are linked: the server alone ends no link.
    fn remove_somebody(&mut self, who: usize) {
        let view = self.people[who].view();
        let linked: Vec<_> =
            view.tiles.iter().filter(|tile| !tile.is_self && tile.link == Link::Connected).collect();
        if view.is_host() && !linked.is_empty() {
            let removed = linked[self.random.below(linked.len())].peer.clone();
            self.people[who].intents.push(Intent::Remove(removed));
        }
    }

    /// Writes something, to everybody or to somebody, or changes what was written before.
    fn write(&mut self, who: usize) {
        let view = self.people[who].view();
        if !matches!(view.phase, Phase::InCall | Phase::Reconnecting) {
            return;
        }
        let chat = self.people[who].writer.chat.view();
        // Clocks differ.
        let now = self.now + u64::try_from(self.random.below(5000)).unwrap();
        let text = format!("{} says {}", view.name, self.random.below(1_000_000));
        let own: Vec<_> = chat.messages.iter().filter(|message| message.own).collect();
        if !own.is_empty() && self.random.percent(30) {
            let message = own[self.random.below(own.len())].id.clone();
            let text = if self.random.percent(30) { String::new() } else { text };
            return self
                .chat(who, visavis_chat::Input::Intent(visavis_chat::Intent::Edit { message, text, now }));
        }
        // Whose name has not come yet is written to as nobody is called.
        let people: Vec<_> = chat.people.iter().filter(|(_, name)| !name.is_empty()).collect();
        let to =
            (!people.is_empty() && self.random.percent(30)).then(|| people[self.random.below(people.len())]);
        let say = visavis_chat::Intent::Say { text, to: to.map(|(peer, _)| peer.clone()), now };
        self.chat(who, visavis_chat::Input::Intent(say));
        self.people[who].writer.wrote(&chat, to.map(|(_, name)| name.clone()));
    }

    /// A server that knows nobody, and believes no token.
    fn replace_server(&mut self) {
        self.server.replace();
        self.graces.clear();
        for person in &mut self.people {
            person.draining.clear();
            if matches!(person.socket, Socket::Open(_)) {
                person.lose_socket();
            }
        }
    }

    fn break_a_link(&mut self, who: usize) {
        let connected = self.people[who].browsers.iter().find(|(_, browser)| browser.connected);
        if let Some((key, _)) = connected {
            self.break_the_link(who, key.clone());
        }
    }

    pub(super) fn break_the_link(&mut self, who: usize, key: Key) {
        let browser = &self.people[who].browsers[&key];
        let mut ends = vec![(who, key)];
        // At times one end alone notices, for only what is sent to it is lost.
        let half = self.random.percent(25);
        ends.extend(browser.remote.and_then(|number| self.locate(number)).filter(|_| !half));
        let dead = half || self.random.percent(60);
        for (who, key) in ends {
            let failed = dead && self.random.percent(50);
            let browser = self.people[who].browsers.get_mut(&key).unwrap();
            browser.connected = false;
            browser.dead = dead;
            if self.random.percent(30) {
                // It takes the browser a while to say so.
                let still = browser.still();
                browser.events.extend(vec![still; 5]);
            }
            browser.events.push_back(PeerEvent::State(ConnectionState::Disconnected));
            if failed {
                browser.events.push_back(PeerEvent::State(ConnectionState::Failed));
            }
        }
    }

    /// The other end of a closed connection sees its channel close.
    pub(super) fn notice_closed(&mut self) {
        let mut lost = Vec::new();
        for who in 0..self.people.len() {
            let last_words = std::mem::take(&mut self.people[who].last_words);
            for number in std::mem::take(&mut self.people[who].closed) {
                for (whose, person) in self.people.iter_mut().enumerate() {
                    for ((peer, _), browser) in &mut person.browsers {
                        if browser.connected && browser.remote == Some(number) {
                            let before = browser.control.drain(..).filter(|text| text.starts_with(REMOVED));
                            let words = last_words.iter().filter(|(by, _)| *by == number);
                            let heard = before.chain(words.map(|(_, text)| text.clone()));
                            browser.events.extend(heard.map(PeerEvent::Control));
                            browser.connected = false;
                            browser.dead = true;
                            lost.extend(std::mem::take(&mut browser.chats).then(|| (whose, peer.clone())));
                            browser.events.push_back(PeerEvent::ControlClosed);
                            browser.events.push_back(PeerEvent::State(ConnectionState::Disconnected));
                        }
                    }
                }
            }
        }
        for (who, peer) in lost {
            self.chat(who, visavis_chat::Input::Linked(peer));
        }
    }
}
