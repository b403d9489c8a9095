//! What a call does without until it runs: the chat, and the panel in which the files are shown as well. A program of its
//! own, loaded beside the call's, which tells it who is there and over which connections, and shows what it tells.

mod files;
mod links;
mod moment;
mod safe;
mod talk;

use futures_channel::mpsc;
use futures_util::StreamExt;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_protocol::PeerId;

use self::{
    files::Exchange,
    links::{Key, LinkEvent, Links, Which},
    moment::Moment,
    talk::Talk,
};
use crate::{
    browser::{
        channels::ChannelEvent,
        guest::{Heard, Host},
        part::Told,
    },
    files::word::FileWish,
    text::PanelText,
    view::{ChatScene, chat_panel},
};

/// What is put into the inbox.
#[derive(Debug)]
#[expect(private_interfaces, reason = "only what is heard comes from outside")]
pub enum Message {
    /// The call tells something.
    Heard(Heard),
    /// For the chat.
    Talk(visavis_chat::Input),
    /// The files' program tells something.
    Files(Told),
    /// The user wants something of files.
    Wish(FileWish),
    /// For what is of this moment alone.
    Live(visavis_live::Input),
    /// Something happened on one of our channels over this connection to them.
    Link(PeerId, Key, LinkEvent),
}

type Inbox = mpsc::UnboundedSender<Message>;

/// Runs beside a call until that ends.
pub async fn run(
    host: Host,
    text: &'static PanelText,
    inbox: Inbox,
    mut messages: mpsc::UnboundedReceiver<Message>,
) {
    let Some(Message::Heard(start)) = messages.next().await else { return };
    let (room, key) = (start.whom(), start.words().unwrap_or_default());
    let links = Links::new(inbox.clone());
    let mut beside = Beside {
        host,
        talk: Talk::new(&room, &key, inbox.clone(), &links),
        files: Exchange::new(&room, &inbox),
        moment: Moment::new(&inbox),
        inbox,
        links,
        text,
        panel: None,
        told: 0,
    };
    beside.tell();
    while let Some(message) = messages.next().await {
        match message {
            Message::Heard(heard) if heard.what == "end" => return,
            Message::Heard(heard) => beside.hear(&heard),
            Message::Talk(input) => beside.talk.handle(&beside.links, input),
            Message::Files(told) => beside.files.on_told(&beside.links, &beside.host, &told),
            Message::Wish(wish) => beside.files.wish(wish),
            Message::Live(input) => beside.live(input),
            Message::Link(peer, line, event) => beside.on_link(peer, line, event),
        }
        beside.tell();
    }
}

struct Beside {
    host: Host,
    inbox: Inbox,
    links: Links,
    talk: Talk,
    files: Exchange,
    moment: Moment,
    text: &'static PanelText,
    panel: Option<UnmountHandle<AnyViewState>>,
    /// As many unread things were told of.
    told: usize,
}

impl Beside {
    fn hear(&mut self, heard: &Heard) {
        let words = || heard.words().unwrap_or_default();
        match (heard.what.as_str(), PeerId::parse(&heard.whom())) {
            ("me", _) => self.talk(visavis_chat::Input::Me(words())),
            ("named", Ok(peer)) => {
                self.files.tell("named", &peer, &words());
                self.talk(visavis_chat::Input::Named(peer, words()));
            }
            ("connection", Ok(peer)) => {
                if let Some(connection) = heard.connection() {
                    self.files.tell_of("connection", &peer, &connection);
                    self.links.add(peer, connection);
                }
            }
            ("closed", Ok(peer)) => {
                if let Some(closed) = heard.connection().filter(|closed| self.links.remove(closed)) {
                    self.files.tell_of("closed", &peer, &closed);
                    self.on_closed(peer.clone(), Which::Chat);
                    self.on_closed(peer, Which::Files);
                }
            }
            ("gone", Ok(peer)) => {
                self.files.tell("gone", &peer, "");
                self.live(visavis_live::Input::Gone(peer.clone()));
                self.talk(visavis_chat::Input::Gone(peer));
            }
            ("react", _) => self.live(visavis_live::Input::React(heard.whom())),
            ("unload", _) => self.talk(visavis_chat::Input::Unload),
            ("open", _) => self.open(heard),
            ("close", _) => self.close(),
            _ => {}
        }
    }

    fn talk(&mut self, input: visavis_chat::Input) {
        self.talk.handle(&self.links, input);
    }

    fn live(&mut self, input: visavis_live::Input) {
        let people = self.talk.shown.with_untracked(|view| view.people.clone());
        self.moment.handle(&self.links, &people, input);
    }

    fn on_link(&mut self, peer: PeerId, line: Key, LinkEvent(which, event): LinkEvent) {
        match event {
            ChannelEvent::Open => {
                self.tell_whether_open("open", &peer, line, which);
                self.on_open(peer, which);
            }
            ChannelEvent::Closed => {
                self.tell_whether_open("shut", &peer, line, which);
                self.on_closed(peer, which);
            }
            ChannelEvent::Text(text) => match which {
                Which::Chat => self.talk(visavis_chat::Input::Heard(peer, text)),
                Which::Files => self.files.hear(&peer, &text),
                Which::Live => self.live(visavis_live::Input::Heard(peer, text)),
            },
            ChannelEvent::Bytes(_) | ChannelEvent::Drained => {}
        }
    }

    fn tell_whether_open(&self, what: &str, peer: &PeerId, line: Key, which: Which) {
        if let (Which::Files, Some(connection)) = (which, self.links.connection(line)) {
            self.files.tell_of(what, peer, connection);
        }
    }

    fn on_open(&mut self, peer: PeerId, which: Which) {
        match which {
            Which::Chat => self.talk(visavis_chat::Input::Linked(peer)),
            Which::Files => self.files.on_linked(&self.links, &peer),
            Which::Live => {}
        }
    }

    /// What was lost with one channel is made up for over another, if there is one.
    fn on_closed(&mut self, peer: PeerId, which: Which) {
        match which {
            Which::Files if !self.links.is_open(&peer, which) => self.files.tell("unlinked", &peer, ""),
            Which::Chat | Which::Files | Which::Live => self.on_open(peer, which),
        }
    }

    fn open(&mut self, heard: &Heard) {
        let Some(element) = heard.element() else { return };
        let text = self.text;
        let (said, wished, typed) = (self.inbox.clone(), self.inbox.clone(), self.inbox.clone());
        let host = self.host.another();
        let (view, files, typing) =
            (self.talk.shown.clone(), self.files.shown.clone(), self.moment.typing.clone());
        self.files.set_in_sight(true);
        self.panel = Some(mount_to(element, move || {
            chat_panel(ChatScene {
                text,
                view: view.into(),
                files: files.into(),
                typing: typing.into(),
                send: UnsyncCallback::new(move |intent| {
                    let _ = said.unbounded_send(Message::Talk(visavis_chat::Input::Intent(intent)));
                }),
                wish: UnsyncCallback::new(move |wish| {
                    let _ = wished.unbounded_send(Message::Wish(wish));
                }),
                types: UnsyncCallback::new(move |input| {
                    let _ = typed.unbounded_send(Message::Live(input));
                }),
                shut: UnsyncCallback::new(move |()| host.tell("shut", "", "")),
            })
        }));
    }

    fn close(&mut self) {
        self.panel = None;
        self.files.set_in_sight(false);
    }

    /// Tells the call how much is new, and what came last.
    fn tell(&mut self) {
        let chat = self.talk.shown.with_untracked(|view| view.unread);
        let count = chat + self.files.unseen();
        if count == self.told {
            return;
        }
        if count > self.told && self.panel.is_none() {
            let wrote = self.talk.shown.with_untracked(|view| {
                let last = view.messages.iter().rfind(|message| !message.own && !message.text.is_empty());
                last.filter(|_| chat > 0).map(|last| (last.at, last.name.clone(), last.text.clone()))
            });
            if let Some((_, name, text)) = wrote.into_iter().chain(self.files.last_unseen()).max() {
                self.host.tell("wrote", &name, &text);
            }
        }
        self.told = count;
        let count = match count {
            0 => String::new(),
            count @ 1..100 => count.to_string(),
            _ => "99+".to_owned(),
        };
        self.host.tell("unread", &count, "");
    }
}
