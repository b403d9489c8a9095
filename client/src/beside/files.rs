//! The program that has the files ([`crate::files`]), as it is seen from here: it is told what it needs to know, and loaded
//! when there is a file.

use std::cell::Cell;

use leptos::prelude::*;
use visavis_files::NOTHING_OFFERED;
use visavis_protocol::PeerId;
use wasm_bindgen::JsValue;

use super::{Inbox, Message, links::Links, links::Which};
use crate::{
    browser::{
        channels::Connection,
        guest::Host,
        part::{Part, Told},
        picked::DropWatch,
        storage, ui,
    },
    files::STORED_KEY,
    files::word::{FileWish, FilesShown},
};

pub(super) struct Exchange {
    program: Part,
    /// It is loaded, or about to be.
    needed: Cell<bool>,
    pub(super) shown: ArcRwSignal<FilesShown>,
    _drops: Option<DropWatch>,
}

impl Exchange {
    pub(super) fn new(room: &str, inbox: &Inbox) -> Self {
        let told = inbox.clone();
        let program = Part::new("files", move |word| {
            // Nobody hears it any more once the call has ended.
            let _ = told.unbounded_send(Message::Files(word));
        });
        program.tell("start", &room.into(), &JsValue::UNDEFINED);
        let dropped = inbox.clone();
        let drops = DropWatch::new(
            |over| ui::set_root_attribute("data-drop", over.then_some("")),
            move |files| {
                let _ = dropped.unbounded_send(Message::Wish(FileWish::Offer { files, to: None }));
            },
        );
        let exchange =
            Self { program, needed: Cell::new(false), shown: ArcRwSignal::default(), _drops: drops };
        if storage::get(STORED_KEY).is_some() {
            exchange.load();
        }
        exchange
    }

    fn load(&self) {
        self.needed.set(true);
        self.program.load(0);
    }

    /// The channel to them is open, or one more.
    pub(super) fn on_linked(&self, links: &Links, peer: &PeerId) {
        self.tell("linked", peer, "");
        if !self.needed.get() {
            // What they have said so far was perhaps not heard.
            links.say(peer, Which::Files, NOTHING_OFFERED[0]);
        }
    }

    /// Something has happened to this person, or on the way to them.
    pub(super) fn tell(&self, what: &str, peer: &PeerId, words: &str) {
        self.program.tell(what, &peer.as_str().into(), &words.into());
    }

    /// Something has happened to this connection to them.
    pub(super) fn tell_of(&self, what: &str, peer: &PeerId, connection: &Connection) {
        self.program.tell(what, &peer.as_str().into(), connection);
    }

    /// They say something about a file.
    pub(super) fn hear(&self, peer: &PeerId, text: &str) {
        if self.needed.get() || !NOTHING_OFFERED.contains(&text) {
            self.tell("heard", peer, text);
            self.load();
        }
    }

    pub(super) fn wish(&self, wish: FileWish) {
        let nothing = JsValue::UNDEFINED;
        match wish {
            FileWish::Offer { files, to } => {
                let to = to.map_or(JsValue::UNDEFINED, |to| to.as_str().into());
                self.program.tell("offer", &to, files.value());
            }
            FileWish::Do(deed, files) => {
                let mut words = String::new();
                for file in &files {
                    words.push_str(file.as_str());
                    words.push(' ');
                }
                self.program.tell(deed.name(), &words.into(), &nothing);
            }
            FileWish::ListOthers => {}
            FileWish::DeleteOther(drawer) => self.program.tell("delete", &drawer.into(), &nothing),
        }
        self.load();
    }

    /// Whether the panel with the files is open.
    pub(super) fn set_in_sight(&self, in_sight: bool) {
        let what = if in_sight { "seen" } else { "unseen" };
        self.program.tell(what, &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }

    /// It tells something.
    pub(super) fn on_told(&self, links: &Links, host: &Host, told: &Told) {
        match (told.what.as_str(), PeerId::parse(&told.whom)) {
            ("say", Ok(peer)) => links.say(&peer, Which::Files, &told.words),
            ("shown", _) => {
                if let Some(shown) = FilesShown::decode(&told.whom) {
                    self.shown.set(shown);
                }
            }
            // The call tells the user.
            ("unsaved", _) => host.tell(&told.what, "", ""),
            _ => {}
        }
    }

    /// How many files are offered and were not seen.
    pub(super) fn unseen(&self) -> usize {
        self.shown.with_untracked(|shown| shown.unseen)
    }

    /// When the last of them was offered, by whom, and its name.
    pub(super) fn last_unseen(&self) -> Option<(u64, String, String)> {
        self.shown.with_untracked(|shown| {
            let last = &shown.files.iter().rfind(|file| file.is_new)?.view;
            Some((last.at, last.from.clone(), last.name.clone()))
        })
    }
}
