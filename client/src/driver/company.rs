//! What the part of the page beside the call is told, and what of it is shown.

use leptos::prelude::{GetUntracked, Set};
use visavis_call::{CallView, Link, Problem, TileView};
use visavis_protocol::PeerId;
use wasm_bindgen::JsValue;

use super::{Inbox, Message, send};
use crate::browser::{
    part::{Part, Told},
    peer::Peer,
    ui::Place,
};
use crate::view::Door;

/// Milliseconds after somebody is linked: by then their picture is there.
const LOAD_AFTER: u32 = 3000;

pub(super) struct Company {
    beside: Part,
    door: Door,
}

impl Company {
    /// `key` is for what is kept on this device of this room.
    pub(super) fn new(room: &str, key: &str, inbox: &Inbox, door: Door) -> Self {
        let inbox = inbox.clone();
        let beside = Part::new("beside", move |told| send(&inbox, Message::Told(told)));
        beside.tell("start", &room.into(), &key.into());
        Self { beside, door }
    }

    /// It may have channels of its own over this connection.
    pub(super) fn share(&self, peer: &PeerId, opened: &Peer) {
        self.beside.tell("connection", &peer.as_str().into(), opened.connection());
    }

    /// This connection is about to be closed.
    pub(super) fn withdraw(&self, peer: &PeerId, closing: &Peer) {
        self.beside.tell("closed", &peer.as_str().into(), closing.connection());
    }

    /// The panel shall stand here, or nowhere any more.
    pub(super) fn place(&self, place: Option<Place>) {
        let what = if place.is_some() { "open" } else { "close" };
        if place.is_some() {
            self.beside.load(0);
        }
        self.beside.tell(what, &place.into(), &JsValue::UNDEFINED);
    }

    /// The user reacts.
    pub(super) fn react(&self, reaction: &str) {
        self.beside.load(0);
        self.beside.tell("react", &reaction.into(), &JsValue::UNDEFINED);
    }

    /// Tells who is there, and how they are called.
    pub(super) fn look(&self, before: &CallView, now: &CallView) {
        for tile in &now.tiles {
            let known = before.tiles.iter().find(|known| known.peer == tile.peer);
            if known.is_none_or(|known| known.name != tile.name) {
                self.tell(if tile.is_self { "me" } else { "named" }, &tile.peer, &tile.name);
            }
            let is_linked = |tile: &TileView| !tile.is_self && tile.link == Link::Connected;
            if is_linked(tile) && !known.is_some_and(is_linked) {
                self.beside.load(LOAD_AFTER);
            }
        }
        for tile in &before.tiles {
            if now.tiles.iter().all(|there| there.peer != tile.peer) {
                self.tell("gone", &tile.peer, "");
            }
        }
    }

    /// Shows what it tells of the chat, or gives what the user should know.
    pub(super) fn show(&self, told: Told) -> Option<Problem> {
        match told.what.as_str() {
            "unread" => {
                self.door.unread.try_set(told.whom);
            }
            "wrote" => {
                self.door.wrote.try_set((told.whom, told.words));
            }
            "unsaved" => return Some(Problem::FileNotSaved),
            what => {
                let was_open = self.door.open.try_get_untracked();
                self.door.open.try_set(false);
                // It is loaded before it is wanted as well; that is tried again without a word.
                return was_open.filter(|open| *open && what == "failed").map(|_| Problem::PanelNotLoaded);
            }
        }
        None
    }

    /// The page goes away.
    pub(super) fn unload(&self) {
        self.beside.tell("unload", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    fn tell(&self, what: &str, peer: &PeerId, words: &str) {
        self.beside.tell(what, &peer.as_str().into(), &words.into());
    }
}
