//! The files that people give each other: their machine ([`visavis_files`]), the disk, and the channels over which blocks
//! come and go. A program of its own, loaded by the one beside the call ([`crate::beside`]) when there is a file.
//!
//! All of it runs in a Worker, so that a call's picture and sound do not wait for it; the page has the [`porter`] alone.

mod board;
mod clerk;
mod effects;
mod inlet;
mod lines;
mod outlet;
pub mod porter;
mod wire;
mod wishes;
pub mod word;

use std::collections::VecDeque;

use futures_channel::mpsc;
use futures_util::StreamExt;
use gloo_timers::callback::Timeout;
use visavis_files::{Config, FileId, Files, Input, Picked, Timer};
use visavis_protocol::PeerId;

use self::{
    board::Board,
    clerk::{Asked, Clerk, Purpose},
    inlet::Inlet,
    lines::Key,
    outlet::Outlet,
    wire::{Far, Wire},
    word::FilesShown,
};
use crate::{
    browser::{
        buffers::Load,
        channels::ChannelEvent,
        entropy,
        guest::{Heard, Host},
    },
    disk::word::{Answer, Request},
};

/// Where it is remembered that there may be something on this device.
pub const STORED_KEY: &str = "visavis:files";

/// Milliseconds after which what has changed is shown.
const SHOW: u32 = 500;

/// More rooms than this are not kept: 8 MiB.
const MOST_ROOMS: usize = 32;

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The page tells something.
    Heard(Heard),
    /// Something happened on this channel.
    On(Key, ChannelEvent),
    /// A timer ran out.
    Timer(Timer),
    /// The disk answers.
    Disk(u32, Answer, Load),
    /// What has changed is to be shown.
    Show,
}

type Inbox = mpsc::UnboundedSender<Message>;

/// Runs as long as the Worker.
pub async fn run(host: Host, inbox: Inbox, mut messages: mpsc::UnboundedReceiver<Message>) {
    // From now on channels can be given.
    host.tell("ready", "", "");
    let Some(Message::Heard(start)) = messages.next().await else { return };
    let mut exchange = Exchange::new(host, &start.whom(), inbox);
    while let Some(message) = messages.next().await {
        exchange.take(message);
    }
}

struct Exchange {
    host: Host,
    inbox: Inbox,
    machine: Files,
    clerk: Clerk,
    outlets: Vec<Outlet>,
    inlets: Vec<Inlet>,
    /// The inlet whose next block is announced at this moment.
    announcing: Option<Key>,
    /// Room for blocks that come, to be used again.
    rooms: Vec<Vec<u8>>,
    /// What the user has picked so far, to be offered at once.
    picked: Vec<Picked>,
    timer: Option<Timeout>,
    show: Option<Timeout>,
    /// A file has begun or ended: that is shown at once.
    turns: bool,
    board: Board,
    shown: FilesShown,
}

impl Exchange {
    fn new(host: Host, room: &str, inbox: Inbox) -> Self {
        let seed = u64::from_le_bytes(entropy::random_bytes());
        let mut clerk = Clerk::start(&inbox);
        clerk.ask(Asked::Recall, Request::Recall { room: room.to_owned() }, Load::Nothing);
        Self {
            host,
            inbox,
            machine: Files::new(Config { room: room.to_owned(), seed }),
            clerk,
            outlets: Vec::new(),
            inlets: Vec::new(),
            announcing: None,
            rooms: Vec::new(),
            picked: Vec::new(),
            timer: None,
            show: None,
            turns: false,
            board: Board::default(),
            shown: FilesShown::default(),
        }
    }

    fn take(&mut self, message: Message) {
        match message {
            Message::Heard(heard) => self.hear(&heard),
            Message::On(key, event) => self.on_event(key, event),
            Message::Timer(timer) => self.handle(Input::Timer(timer)),
            Message::Disk(ticket, answer, load) => self.on_answer(ticket, answer, load),
            Message::Show => self.publish(),
        }
    }

    fn hear(&mut self, heard: &Heard) {
        if let Some((key, events)) = Far::events(heard) {
            return events.into_iter().for_each(|event| self.on_event(key, event));
        }
        let words = || heard.words().unwrap_or_default();
        match heard.what.as_str() {
            "in" | "out" | "more" => {
                let _ = self.on_channel(heard);
                return;
            }
            "cut" => return self.on_cut(heard.number()),
            _ => {}
        }
        let Ok(peer) = PeerId::parse(&heard.whom()) else { return self.on_wish(heard) };
        match heard.what.as_str() {
            "named" => self.handle(Input::Named(peer, words())),
            "gone" => self.handle(Input::Gone(peer)),
            "heard" => self.handle(Input::Heard(peer, words())),
            "linked" => self.handle(Input::Linked(peer)),
            "unlinked" => self.handle(Input::Unlinked(peer)),
            _ => self.on_wish(heard),
        }
    }

    /// There is a channel, made by them or by us; or none could be made.
    fn on_channel(&mut self, heard: &Heard) -> Option<()> {
        let whom = heard.whom();
        let mut words = whom.split(' ');
        let mut number = || words.next()?.parse::<Key>().ok();
        let (key, line, piece) = (number()?, number()?, number()?);
        let (peer, file) = (PeerId::parse(words.next()?).ok()?, FileId::parse(words.next()?)?);
        if piece == 0 {
            self.handle(Input::Closed(peer, file));
            return None;
        }
        let wire = Wire::new(heard, key, piece, &self.host, &self.inbox);
        if heard.what == "in" {
            self.inlets.push(Inlet::new(peer, file, line, key, wire));
            return Some(());
        }
        if heard.what == "out" {
            self.outlets.push(Outlet::new(peer.clone(), file.clone()));
        }
        // One more is closed at once if nothing goes any longer.
        self.outlet(&peer, &file)?.add_way(line, key, wire);
        Some(())
    }

    fn outlet(&mut self, to: &PeerId, file: &FileId) -> Option<&mut Outlet> {
        self.outlets.iter_mut().find(|outlet| outlet.to == *to && outlet.file == *file)
    }

    fn handle(&mut self, input: Input) {
        self.handle_all([input]);
    }

    fn handle_all(&mut self, inputs: impl IntoIterator<Item = Input>) {
        let mut inputs: VecDeque<Input> = inputs.into_iter().collect();
        while let Some(input) = inputs.pop_front() {
            for effect in self.machine.handle(input) {
                self.carry_out(effect, &mut inputs);
            }
        }
        if std::mem::take(&mut self.turns) {
            self.publish();
        } else if self.show.is_none() {
            let inbox = self.inbox.clone();
            self.show = Some(Timeout::new(SHOW, move || {
                let _ = inbox.unbounded_send(Message::Show);
            }));
        }
    }

    /// A connection is closed: so are the channels over it.
    fn on_cut(&mut self, line: Key) {
        let out = self.outlets.iter().flat_map(Outlet::keys);
        let all = out.chain(self.inlets.iter().map(|inlet| (inlet.key(), inlet.line())));
        for key in all.filter(|(_, of)| *of == line).map(|(key, _)| key).collect::<Vec<Key>>() {
            self.on_event(key, ChannelEvent::Closed);
        }
    }

    /// Something happens on a channel that they or we have made.
    fn on_event(&mut self, key: Key, event: ChannelEvent) {
        let Some(at) = self.inlets.iter().position(|inlet| inlet.key() == key) else {
            return self.on_out(key, &event);
        };
        let inlet = &mut self.inlets[at];
        match event {
            ChannelEvent::Open | ChannelEvent::Drained => {}
            ChannelEvent::Text(text) => {
                let inputs = inlet.on_head(&text);
                self.announcing = Some(key);
                self.handle_all(inputs);
                self.announcing = None;
            }
            ChannelEvent::Bytes(bytes) => match inlet.on_bytes(&bytes) {
                Ok(None) => {}
                Ok(Some((asked, request, load))) => self.clerk.ask(asked, request, load),
                Err(damaged) => self.handle(damaged),
            },
            ChannelEvent::Closed => {
                let inputs = self.inlets.remove(at).close();
                self.handle_all(inputs);
            }
        }
    }

    /// Something happens on a channel that we have made.
    fn on_out(&mut self, key: Key, event: &ChannelEvent) {
        let Some(at) = self.outlets.iter().position(|outlet| outlet.has(key)) else { return };
        let outlet = &mut self.outlets[at];
        let inputs = match event {
            ChannelEvent::Open => outlet.on_open(key),
            ChannelEvent::Drained => outlet.on_drained(key),
            ChannelEvent::Closed if outlet.does_without(key) => return,
            ChannelEvent::Closed => self.outlets.remove(at).close(),
            ChannelEvent::Text(_) | ChannelEvent::Bytes(_) => return,
        };
        self.handle_all(inputs);
    }

    fn on_answer(&mut self, ticket: u32, answer: Answer, load: Load) {
        let Some(asked) = self.clerk.redeem(ticket) else { return };
        // That it comes from now on is shown at once.
        self.turns |= matches!(asked, Asked::Create(_));
        let inputs = match (asked, answer, load) {
            (asked @ Asked::Store { .. }, answer, Load::Block(room)) => {
                if self.rooms.len() < MOST_ROOMS {
                    self.rooms.push(room);
                }
                asked.answered(answer)
            }
            (Asked::Recall, Answer::Recalled { kept, others }, _) => {
                if kept.is_empty() && others.is_empty() {
                    self.host.tell("stored", "", "");
                }
                self.board.others = others;
                vec![Input::Recalled(kept)]
            }
            (Asked::Read { to, file, block, hash }, Answer::Read(Ok(found)), Load::Part(part))
                if hash.is_none_or(|hash| hash == found) =>
            {
                match self.outlet(&to, &file) {
                    Some(outlet) => outlet.add(block, found, part),
                    None => vec![Input::Unsent { to, file, block, why: visavis_files::Unread::Cut }],
                }
            }
            (Asked::Fetch(purpose), Answer::Fetched(true), Load::File(blob)) => {
                self.on_fetched(purpose, &blob);
                Vec::new()
            }
            (asked, answer, _) => asked.answered(answer),
        };
        self.handle_all(inputs);
    }

    fn publish(&mut self) {
        self.show = None;
        let shown = self.board.draw(self.machine.view());
        if self.shown != shown {
            self.host.tell("shown", &shown.encode(), "");
            self.shown = shown;
        }
    }
}
