//! Says to a screen reader what the stage shows: who came, who left, who is muted.

use leptos::prelude::*;
use visavis_call::{CallView, Link, Sharing};
use visavis_protocol::PeerId;

use super::{Scene, language, watch};
use crate::text::{Text, fill, of_name};

/// What was last said about everyone.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
struct Known {
    others: Vec<Person>,
    microphone: bool,
    camera: bool,
    screen: bool,
    /// Who wrote last, and what.
    written: (String, String),
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Person {
    peer: PeerId,
    name: String,
    microphone: bool,
    screen: bool,
    hand: bool,
}

impl Known {
    /// Everyone who is really there: named, or at least connected.
    fn of(view: &CallView, written: (String, String), text: &Text) -> Self {
        let named = |name: &str| if name.is_empty() { text.nameless.to_owned() } else { name.to_owned() };
        let others = view
            .tiles
            .iter()
            .filter(|tile| !tile.is_self && (!tile.name.is_empty() || tile.link == Link::Connected))
            .map(|tile| Person {
                peer: tile.peer.clone(),
                name: named(&tile.name),
                microphone: tile.microphone || tile.link != Link::Connected,
                hand: tile.hand.is_some(),
                screen: view.screens.iter().any(|screen| screen.peer == tile.peer),
            })
            .collect();
        let screen = view.sharing == Sharing::On;
        Self { others, microphone: view.microphone.wish, camera: view.camera.wish, screen, written }
    }

    fn find(&self, peer: &PeerId) -> Option<&Person> {
        self.others.iter().find(|person| &person.peer == peer)
    }

    /// What changed since, in sentences.
    fn changes_since(&self, before: &Self, text: &Text) -> Vec<String> {
        let mut said = Vec::new();
        for person in &before.others {
            if self.find(&person.peer).is_none() {
                said.push(of_name(text.departed, &person.name));
            }
        }
        for person in &self.others {
            let old = before.find(&person.peer);
            if old.is_some_and(|old| old.screen) != person.screen {
                let sentence = if person.screen { text.shows_screen } else { text.shows_no_screen };
                said.push(of_name(sentence, &person.name));
            }
            if old.is_some_and(|old| old.hand) != person.hand {
                let sentence = if person.hand { text.raised_hand } else { text.lowered_hand };
                said.push(of_name(sentence, &person.name));
            }
            match old {
                None => said.push(of_name(text.joined, &person.name)),
                Some(old) if old.microphone != person.microphone => {
                    let sentence = if person.microphone { text.was_unmuted } else { text.was_muted };
                    said.push(of_name(sentence, &person.name));
                }
                Some(_) => {}
            }
        }
        let (name, words) = &self.written;
        if self.written != before.written {
            let name = if name.is_empty() { text.nameless } else { name };
            said.push(fill(text.wrote, &[("name", name), ("words", words)]));
        }
        if self.microphone != before.microphone {
            said.push(
                if self.microphone { text.microphone_is_on } else { text.microphone_is_off }.to_owned(),
            );
        }
        if self.camera != before.camera {
            said.push(if self.camera { text.camera_is_on } else { text.camera_is_off }.to_owned());
        }
        if self.screen != before.screen {
            said.push(if self.screen { text.screen_is_shown } else { text.screen_is_not_shown }.to_owned());
        }
        said
    }
}

/// An invisible region that a screen reader follows.
pub(super) fn announcer(scene: Scene) -> AnyView {
    let language = language();
    let said = RwSignal::new(String::new());
    let mut before: Option<Known> = None;
    watch(move || {
        let text = language.get().text();
        let now = scene.view.with(|view| Known::of(view, scene.door.wrote.get(), text));
        if let Some(before) = &before {
            let changes = now.changes_since(before, text);
            if !changes.is_empty() {
                said.set(changes.join(" "));
            }
        }
        before = Some(now);
    });
    view! {
        <p class="visually-hidden" role="status" aria-live="polite" data-testid="announcer">
            {move || said.get()}
        </p>
    }
    .into_any()
}
