//! What the part of the page beside the call is told, and what of it is shown.

use leptos::prelude::Set;
use visavis_call::CallView;
use visavis_protocol::PeerId;
use wasm_bindgen::JsValue;

use super::{Inbox, Message, send};
use crate::browser::{
    beside::{Beside, Told},
    peer::ChatEvent,
    ui::Place,
};
use crate::view::Door;

pub(super) struct Company {
    beside: Beside,
    door: Door,
}

impl Company {
    /// `key` is for what is kept on this device of this room.
    pub(super) fn new(room: &str, key: &str, inbox: &Inbox, door: Door) -> Self {
        let inbox = inbox.clone();
        let beside = Beside::new(move |told| send(&inbox, Message::Told(told)));
        beside.tell("start", &room.into(), &key.into());
        Self { beside, door }
    }

    pub(super) fn hear(&self, peer: &PeerId, event: ChatEvent) {
        match event {
            // What was lost with one channel is made up for over another, if there is one.
            ChatEvent::Open | ChatEvent::Closed => self.tell("linked", peer, ""),
            ChatEvent::Text(text) => self.tell("heard", peer, &text),
        }
    }

    /// The panel shall stand here, or nowhere any more.
    pub(super) fn place(&self, place: Option<Place>) {
        let what = if place.is_some() { "open" } else { "close" };
        self.beside.tell(what, &place.into(), &JsValue::UNDEFINED);
    }

    /// Tells who is there, and how they are called.
    pub(super) fn look(&self, before: &CallView, now: &CallView) {
        for tile in &now.tiles {
            let known = before.tiles.iter().find(|known| known.peer == tile.peer);
            if known.is_none_or(|known| known.name != tile.name) {
                self.tell(if tile.is_self { "me" } else { "named" }, &tile.peer, &tile.name);
            }
        }
        for tile in &before.tiles {
            if now.tiles.iter().all(|there| there.peer != tile.peer) {
                self.tell("gone", &tile.peer, "");
            }
        }
    }

    /// Shows what it tells of the chat.
    pub(super) fn show(&self, told: Told) {
        match told.what.as_str() {
            "unread" => {
                self.door.unread.try_set(told.whom);
            }
            "wrote" => {
                self.door.wrote.try_set((told.whom, told.words));
            }
            _ => {
                self.door.open.try_set(false);
            }
        }
    }

    /// The page goes away.
    pub(super) fn unload(&self) {
        self.beside.tell("unload", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    fn tell(&self, what: &str, peer: &PeerId, words: &str) {
        self.beside.tell(what, &peer.as_str().into(), &words.into());
    }
}
