//! What a call does without until it runs: the chat. A program of its own, loaded beside the call's, which it tells what to
//! send and to keep, and from which it hears who is there and what they say.

mod safe;

use std::collections::HashMap;

use futures_channel::mpsc;
use futures_util::StreamExt;
use gloo_timers::callback::Timeout;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_chat::{Chat, ChatView, Config, Effect, Input, Intent, Seat, Timer};
use visavis_protocol::PeerId;

use self::safe::Safe;
use crate::{
    browser::{
        entropy,
        guest::{Heard, Host},
        page, storage, ui,
    },
    text::Language,
    view::{ChatScene, chat_panel, provide_language},
};

/// Where the tab remembers who wrote in it; the room's id follows.
const SEAT_KEY: &str = "visavis:writer:";

/// Whether what is written is kept on this device: `on` or `off`.
const KEEP_KEY: &str = "visavis:keep-chat";

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The call tells something.
    Heard(Heard),
    /// The user wants something.
    Intent(Intent),
    /// A timer ran out.
    Timer(Timer),
}

type Inbox = mpsc::UnboundedSender<Message>;

/// Runs the chat of a call until that ends.
pub async fn run(host: Host, inbox: Inbox, mut messages: mpsc::UnboundedReceiver<Message>) {
    let Some(Message::Heard(start)) = messages.next().await else { return };
    let room = start.whom();
    let safe = Safe::new(&room, &start.words().unwrap_or_default());
    let seat_key = format!("{SEAT_KEY}{room}");
    // A tab that is duplicated or restored has the seat as well, but is somebody else, or comes later.
    let seat = storage::get_of_tab(&seat_key).filter(|_| page::is_reloaded());
    let (chat, effects) = Chat::new(Config {
        seed: entropy::random_bytes(),
        seat: seat.and_then(|seat| Seat::decode(&seat)),
        keeps: storage::get(KEEP_KEY).as_deref() != Some("off"),
        kept: storage::chat(&room).and_then(|kept| safe.open(&kept)),
    });
    let view = chat.view();
    let mut beside = Beside {
        host,
        inbox,
        chat,
        room,
        safe,
        seat_key,
        timers: HashMap::new(),
        shown: ArcRwSignal::new(view),
        panel: None,
    };
    beside.carry_out(effects);
    beside.publish(&ChatView::default());
    while let Some(message) = messages.next().await {
        let input = match message {
            Message::Intent(intent) => Some(Input::Intent(intent)),
            Message::Timer(timer) => Some(Input::Timer(timer)),
            Message::Heard(heard) if heard.what == "end" => return,
            Message::Heard(heard) => beside.hear(&heard),
        };
        if let Some(input) = input {
            let effects = beside.chat.handle(input);
            beside.carry_out(effects);
            let before = beside.shown.get_untracked();
            beside.publish(&before);
        }
    }
}

struct Beside {
    host: Host,
    inbox: Inbox,
    chat: Chat,
    room: String,
    safe: Safe,
    seat_key: String,
    timers: HashMap<Timer, Timeout>,
    shown: ArcRwSignal<ChatView>,
    panel: Option<UnmountHandle<AnyViewState>>,
}

impl Beside {
    /// What this means to the chat, if it is about that.
    fn hear(&mut self, heard: &Heard) -> Option<Input> {
        let peer = || PeerId::parse(&heard.whom()).ok();
        let words = || heard.words().unwrap_or_default();
        match heard.what.as_str() {
            "me" => Some(Input::Me(words())),
            "linked" => Some(Input::Linked(peer()?)),
            "named" => Some(Input::Named(peer()?, words())),
            "heard" => Some(Input::Heard(peer()?, words())),
            "gone" => Some(Input::Gone(peer()?)),
            "unload" => Some(Input::Unload),
            "open" => {
                self.open(heard);
                None
            }
            "close" => {
                self.panel = None;
                None
            }
            _ => None,
        }
    }

    fn open(&mut self, heard: &Heard) {
        let Some(element) = heard.element() else { return };
        let language = Language::of_tag(&ui::root_attribute("lang")).unwrap_or(Language::English);
        let (shown, inbox, host) = (self.shown.clone(), self.inbox.clone(), self.host.another());
        self.panel = Some(mount_to(element, move || {
            provide_language(RwSignal::new(language));
            chat_panel(ChatScene {
                view: shown.into(),
                send: UnsyncCallback::new(move |intent| {
                    let _ = inbox.unbounded_send(Message::Intent(intent));
                }),
                shut: UnsyncCallback::new(move |()| host.tell("shut", "", "")),
            })
        }));
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { to, text } => self.host.tell("send", to.as_str(), &text),
                Effect::SetTimer { timer, after } => {
                    let inbox = self.inbox.clone();
                    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                    let timeout = Timeout::new(millis, move || {
                        let _ = inbox.unbounded_send(Message::Timer(timer));
                    });
                    self.timers.insert(timer, timeout);
                }
                Effect::Keep(kept) => {
                    let sealed = kept.map(|kept| self.safe.seal(&kept, entropy::random_bytes()));
                    storage::set_chat(&self.room, sealed.as_deref());
                }
                Effect::KeepSeat(seat) => storage::set_of_tab(&self.seat_key, Some(&seat.encode())),
                Effect::Log(line) => page::log(&line),
            }
        }
    }

    fn publish(&self, before: &ChatView) {
        let view = self.chat.view();
        if view == *before {
            return;
        }
        if view.kept != before.kept {
            storage::set(KEEP_KEY, if view.kept { "on" } else { "off" });
            if !view.kept {
                storage::forget_chats();
            }
        }
        if view.unread != before.unread {
            let last = view.messages.iter().rfind(|message| !message.own && !message.text.is_empty());
            let last = last.filter(|_| view.unread > before.unread && self.panel.is_none());
            if let Some(last) = last {
                self.host.tell("wrote", &last.name, &last.text);
            }
            let count = match view.unread {
                0 => String::new(),
                count @ 1..100 => count.to_string(),
                _ => "99+".to_owned(),
            };
            self.host.tell("unread", &count, "");
        }
        self.shown.set(view);
    }
}
