//! The chat, and what is kept of it on this device.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use visavis_chat::{Chat, ChatView, Config, Effect, Input, Seat, Timer};

use super::{
    Inbox, Message,
    links::{Links, Which},
    safe::Safe,
};
use crate::browser::{entropy, page, storage};

/// Where the tab remembers who wrote in it; the room's id follows.
const SEAT_KEY: &str = "visavis:writer:";

/// Whether what is written is kept on this device: `on` or `off`.
const KEEP_KEY: &str = "visavis:keep-chat";

pub(super) struct Talk {
    inbox: Inbox,
    chat: Chat,
    room: String,
    safe: Safe,
    seat_key: String,
    timers: Vec<(Timer, Timeout)>,
    pub(super) shown: ArcRwSignal<ChatView>,
}

impl Talk {
    /// `key` is for what is kept.
    pub(super) fn new(room: &str, key: &str, inbox: Inbox, links: &Links) -> Self {
        let safe = Safe::new(room, key);
        let seat_key = format!("{SEAT_KEY}{room}");
        // A tab that is duplicated or restored has the seat as well, but is somebody else, or comes later.
        let seat = storage::get_of_tab(&seat_key).filter(|_| page::is_reloaded());
        let (chat, effects) = Chat::new(Config {
            seed: entropy::random_bytes(),
            seat: seat.and_then(|seat| Seat::decode(&seat)),
            keeps: storage::get(KEEP_KEY).as_deref() != Some("off"),
            kept: storage::chat(room).and_then(|kept| safe.open(&kept)),
        });
        let shown = ArcRwSignal::new(chat.view());
        let room = room.to_owned();
        let mut talk = Self { inbox, chat, room, safe, seat_key, timers: Vec::new(), shown };
        talk.carry_out(links, effects);
        talk
    }

    pub(super) fn handle(&mut self, links: &Links, input: Input) {
        let effects = self.chat.handle(input);
        self.carry_out(links, effects);
        let view = self.chat.view();
        let before = self.shown.get_untracked();
        if view == before {
            return;
        }
        if view.kept != before.kept {
            storage::set(KEEP_KEY, if view.kept { "on" } else { "off" });
            if !view.kept {
                storage::forget_chats();
            }
        }
        self.shown.set(view);
    }

    fn carry_out(&mut self, links: &Links, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Send { to, text } => links.say(&to, Which::Chat, &text),
                Effect::SetTimer { timer, after } => {
                    let inbox = self.inbox.clone();
                    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                    let timeout = Timeout::new(millis, move || {
                        let _ = inbox.unbounded_send(Message::Talk(Input::Timer(timer)));
                    });
                    self.timers.retain(|(running, _)| *running != timer);
                    self.timers.push((timer, timeout));
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
}
