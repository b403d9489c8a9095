//! What the part of the page beside the call is told, and what of it is shown.

use leptos::prelude::{GetUntracked, Set};
use visavis_call::{CallView, Input, Link, Problem, TileView};
use visavis_protocol::PeerId;
use wasm_bindgen::JsValue;

use super::{Inbox, Message, send};
use crate::browser::{
    part::{Part, Told},
    peer::Peer,
    ui::Place,
};
use crate::{
    view::{Door, Panel},
    words::{pack, unpack},
};

/// Milliseconds after somebody is linked: by then their picture is there.
const LOAD_AFTER: u32 = 3000;

const BESIDE: &str = "beside";
const MORE: &str = "more";

/// The part that draws a panel.
fn name_of(panel: Panel) -> &'static str {
    match panel {
        Panel::Chat => BESIDE,
        Panel::Devices | Panel::Settings => MORE,
    }
}

pub(super) struct Company {
    beside: Part,
    more: Part,
    /// The panel that stands somewhere.
    open: Option<Panel>,
    door: Door,
}

impl Company {
    /// `key` is for what is kept on this device of this room.
    pub(super) fn new(room: &str, key: &str, inbox: &Inbox, door: Door) -> Self {
        let part = |name: &'static str| {
            let inbox = inbox.clone();
            Part::new(name, move |told| send(&inbox, Message::Told(name, told)))
        };
        let (beside, more) = (part(BESIDE), part(MORE));
        beside.tell("start", &room.into(), &key.into());
        Self { beside, more, open: None, door }
    }

    /// It may have channels of its own over this connection.
    pub(super) fn share(&self, peer: &PeerId, opened: &Peer) {
        self.beside.tell("connection", &peer.as_str().into(), opened.connection());
    }

    /// This connection is about to be closed.
    pub(super) fn withdraw(&self, peer: &PeerId, closing: &Peer) {
        self.beside.tell("closed", &peer.as_str().into(), closing.connection());
    }

    /// This panel shall stand here, or none any more.
    pub(super) fn place(&mut self, place: Option<(Panel, Place)>, view: &CallView) {
        if let Some(open) = self.open.take() {
            self.part_of(open).tell("close", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
        }
        if let Some((panel, place)) = place {
            self.open = Some(panel);
            let part = self.part_of(panel);
            part.load(0);
            self.tell_view(view);
            part.tell("open", &place.into(), &(panel == Panel::Devices).into());
        }
    }

    fn part_of(&self, panel: Panel) -> &Part {
        if name_of(panel) == BESIDE { &self.beside } else { &self.more }
    }

    /// The part that draws devices and settings is told of all that is drawn, as long as it draws.
    fn tell_view(&self, view: &CallView) {
        if matches!(self.open, Some(Panel::Devices | Panel::Settings)) {
            self.more.tell("view", &pack(view).into(), &JsValue::UNDEFINED);
        }
    }

    /// Tells how loud our microphone is to who draws it.
    pub(super) fn hear(&self, loudness: f32) {
        if matches!(self.open, Some(Panel::Devices | Panel::Settings)) {
            self.more.tell("level", &loudness.into(), &JsValue::UNDEFINED);
        }
    }

    /// The user reacts.
    pub(super) fn react(&self, reaction: &str) {
        self.beside.load(0);
        self.beside.tell("react", &reaction.into(), &JsValue::UNDEFINED);
    }

    /// Tells who is there, and how they are called.
    pub(super) fn look(&self, before: &CallView, now: &CallView) {
        self.tell_view(now);
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

    /// Shows what a part tells, or gives what the call is to know of it.
    pub(super) fn show(&self, part: &'static str, told: Told) -> Option<Input> {
        match told.what.as_str() {
            "unread" => {
                self.door.unread.try_set(told.whom);
            }
            "wrote" => {
                self.door.wrote.try_set((told.whom, told.words));
            }
            "intent" => return unpack(&told.whom).map(Input::Intent),
            "unsaved" => return Some(Input::Beside(Some(Problem::FileNotSaved))),
            what => {
                // A part is loaded before it is wanted as well; that is tried again without a word.
                let open = self.door.open.try_get_untracked().flatten();
                if open.is_none_or(|open| name_of(open) != part) {
                    return None;
                }
                self.door.open.try_set(None);
                let failed = what == "failed";
                return failed.then_some(Input::Beside(Some(Problem::PanelNotLoaded)));
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
