//! What the part of the page beside the call is told, and what of it is shown.

use leptos::prelude::{GetUntracked, Set};
use visavis_call::{CallView, Input, Link, Problem, TileView};
use visavis_protocol::PeerId;
use visavis_quality::Limits;
use wasm_bindgen::JsValue;

use super::{Inbox, Message, send};
use crate::browser::{
    page,
    part::{Part, Told},
    peer::Peer,
    storage,
    ui::Place,
};
use crate::{
    view::{Door, Look, Panel},
    words::{pack, unpack},
};

/// Milliseconds after somebody is linked: by then their picture is there.
const LOAD_AFTER: u32 = 3000;

/// Milliseconds after the user is seen to be alone: who joins the others is so for a moment.
const INVITE_AFTER: u32 = 300;

/// Later still: until then a good network is all that is needed, and a bad one has enough to do.
const QUALITY_AFTER: u32 = 5000;

const BESIDE: &str = "beside";
const MORE: &str = "more";
const EMBED: &str = "embed";
const QUALITY: &str = "quality";

/// Where it is remembered what the user wants to see.
const LOOK_KEY: &str = "visavis:look";

/// The part that draws a panel.
fn name_of(panel: Panel) -> &'static str {
    match panel {
        Panel::Chat => BESIDE,
        Panel::Devices | Panel::Settings => MORE,
    }
}

/// What follows from what a part tells.
pub(super) enum Answer {
    Input(Input),
    /// They are sent no more than this.
    Limit(PeerId, Limits),
}

pub(super) struct Company {
    beside: Part,
    more: Part,
    /// Speaks with the page around the frame, if the page is in one.
    embed: Option<Part>,
    quality: Part,
    /// The panel that stands somewhere.
    open: Option<Panel>,
    door: Door,
    /// The call is drawn in a window above all others as well.
    floats: bool,
}

impl Company {
    /// `key` is for what is kept on this device of this room.
    pub(super) fn new(room: &str, key: &str, inbox: &Inbox, door: Door) -> Self {
        let part = |name: &'static str| {
            let inbox = inbox.clone();
            Part::new(name, move |told| send(&inbox, Message::Told(name, told)))
        };
        let (beside, more, quality) = (part(BESIDE), part(MORE), part(QUALITY));
        beside.tell("start", &room.into(), &key.into());
        door.look.try_set(Look::of_code(&storage::get(LOOK_KEY).unwrap_or_default()));
        let embed = page::is_framed().then(|| part(EMBED));
        if let Some(embed) = &embed {
            embed.load(0);
        }
        Self { beside, more, quality, embed, open: None, door, floats: false }
    }

    /// It may have channels of its own over this connection.
    pub(super) fn share(&self, peer: &PeerId, opened: &Peer) {
        self.tell_of("connection", peer, opened.connection());
    }

    /// This connection is about to be closed.
    pub(super) fn withdraw(&self, peer: &PeerId, closing: &Peer) {
        self.tell_of("closed", peer, closing.connection());
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
        self.quality.tell("watched", &(self.open == Some(Panel::Settings)).into(), &JsValue::UNDEFINED);
    }

    /// The ways to invite somebody shall stand here, or nowhere any more.
    pub(super) fn invite(&self, place: Option<Place>) {
        if place.is_some() {
            self.more.load(INVITE_AFTER);
        }
        self.more.tell("invite", &place.into(), &JsValue::UNDEFINED);
    }

    fn part_of(&self, panel: Panel) -> &Part {
        if name_of(panel) == BESIDE { &self.beside } else { &self.more }
    }

    /// The part that draws devices and settings is told of all that is drawn, as long as it draws; that of the frame always.
    pub(super) fn tell_view(&self, view: &CallView) {
        let draws = self.floats || matches!(self.open, Some(Panel::Devices | Panel::Settings));
        for part in self.embed.iter().chain(draws.then_some(&self.more)) {
            part.tell("view", &pack(view).into(), &self.wanted_look().code().into());
        }
    }

    /// What the user wants to see, and the others to see.
    pub(super) fn wanted_look(&self) -> Look {
        self.door.look.try_get_untracked().unwrap_or_default()
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
                self.quality.load(QUALITY_AFTER);
            }
        }
        for tile in &before.tiles {
            if now.tiles.iter().all(|there| there.peer != tile.peer) {
                self.tell("gone", &tile.peer, "");
            }
        }
    }

    /// Shows what a part tells, or gives what the call is to know of it.
    pub(super) fn show(&mut self, part: &'static str, told: Told) -> Option<Answer> {
        let peer = || PeerId::parse(&told.whom).ok();
        let input = match told.what.as_str() {
            "unread" => {
                self.door.unread.try_set(told.whom);
                return None;
            }
            "wrote" => {
                self.door.wrote.try_set((told.whom, told.words));
                return None;
            }
            "look" => {
                storage::set(LOOK_KEY, &told.whom);
                self.door.look.try_set(Look::of_code(&told.whom));
                return None;
            }
            "floats" => {
                self.floats = !told.whom.is_empty();
                return None;
            }
            // Of one part for another.
            "links" => {
                self.more.tell("links", &told.whom.into(), &JsValue::UNDEFINED);
                return None;
            }
            "export" => {
                self.quality.tell("export", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
                return None;
            }
            "limit" => return Some(Answer::Limit(peer()?, unpack(&told.words)?)),
            "withheld" => Input::Withheld(peer()?, !told.words.is_empty()),
            "intent" => Input::Intent(unpack(&told.whom)?),
            "unsaved" => Input::Beside(Some(Problem::FileNotSaved)),
            what => {
                // A part is loaded before it is wanted as well; that is tried again without a word.
                let open = self.door.open.try_get_untracked().flatten();
                if open.is_none_or(|open| name_of(open) != part) {
                    return None;
                }
                self.door.open.try_set(None);
                if what != "failed" {
                    return None;
                }
                Input::Beside(Some(Problem::PanelNotLoaded))
            }
        };
        Some(Answer::Input(input))
    }

    /// The page goes away.
    pub(super) fn unload(&self) {
        self.beside.tell("unload", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    fn tell(&self, what: &str, peer: &PeerId, words: &str) {
        self.tell_of(what, peer, &words.into());
    }

    /// Tells those parts that know who is there.
    fn tell_of(&self, what: &str, peer: &PeerId, thing: &JsValue) {
        for part in [&self.beside, &self.quality] {
            part.tell(what, &peer.as_str().into(), thing);
        }
    }
}
