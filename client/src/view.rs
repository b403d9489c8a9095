//! The pages of a call: they draw a [`CallView`] and send [`Intent`]s. They know no browser object but the elements
//! they draw and not how a call works, so a made-up view is all it takes to show them.

mod announcer;
mod chat;
mod code;
mod controls;
mod corner;
mod door;
mod floating;
mod initials;
mod invite;
mod left;
mod lobby;
mod notices;
mod parts;
mod reactions;
mod screens;
mod seating;
mod settings;
mod stage;
mod tile;
mod unheard;
mod ways;

use leptos::{html, prelude::*};
use visavis_call::{CallView, Intent, Phase, StreamId};

use crate::{
    browser::{levels::Levels, streams::Streams, ui},
    text::{Text, Words},
};

pub use chat::{ChatScene, chat_panel};
pub use door::{Door, Look, Panel};
pub use floating::{FloatingScene, floating};
pub use parts::{frame, icon};
pub(crate) use parts::{watch, whole};
pub use settings::{SettingsScene, devices_form, settings_panel};
pub use ways::invite_ways;

/// All that the pages of a call are given.
#[derive(Debug, Clone, Copy)]
pub struct Scene {
    /// What to draw.
    pub view: Signal<CallView>,
    /// How loud everyone is.
    pub levels: Signal<Levels>,
    /// The streams that the view names.
    pub streams: Streams,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
    /// The link that lets others in.
    pub link: StoredValue<String>,
    /// Where the chat is opened.
    pub door: Door,
}

impl Scene {
    fn send(self, intent: Intent) {
        self.send.run(intent);
    }

    /// One of a list in the view, if it is there; once it is about to go it keeps its last look.
    fn one<T: Clone + PartialEq + Send + Sync + 'static>(
        self,
        find: impl Fn(&CallView) -> Option<T> + Send + Sync + 'static,
    ) -> Option<Memo<T>> {
        let first = self.view.with_untracked(&find)?;
        Some(Memo::new(move |last: Option<&T>| {
            self.view.with(&find).unwrap_or_else(|| last.unwrap_or(&first).clone())
        }))
    }

    /// An element that shows and plays this stream, whichever it is at the moment. When it goes it lets the stream go: what
    /// waits for the first sound would wait, and keep the element, for ever.
    fn video(self, stream: Memo<Option<StreamId>>) -> NodeRef<html::Video> {
        let video = NodeRef::<html::Video>::new();
        watch(move || {
            if let Some(video) = video.get() {
                stream.with(|stream| self.streams.attach(&video, stream.as_ref()));
            }
        });
        on_cleanup(move || {
            if let Some(video) = video.try_get_untracked().flatten() {
                self.streams.attach(&video, None);
            }
        });
        video
    }

    /// A part of the view; changes only when the part does.
    fn part<T: PartialEq + Send + Sync + 'static>(self, part: fn(&CallView) -> T) -> Memo<T> {
        Memo::new(move |_| self.view.with(part))
    }
}

/// Lets everything below speak with these words.
pub fn provide_language(words: RwSignal<Words>) {
    provide_context(words);
    provide_context::<Signal<Words>>(words.into());
}

/// The words of the language that the page speaks.
pub fn language() -> Signal<Words> {
    expect_context::<Signal<Words>>()
}

/// For pages that follow each other: each hears the language from a signal of its own, for a signal remembers who has
/// listened to it, even those that are gone, until it changes.
fn renewed_language() -> impl Fn() {
    let language = language();
    let heard = StoredValue::new(None::<RwSignal<Words>>);
    watch(move || {
        let spoken = language.get();
        if let Some(heard) = heard.get_value() {
            heard.set(spoken);
        }
    });
    move || {
        let own = RwSignal::new(language.get_untracked());
        heard.set_value(Some(own));
        provide_context::<Signal<Words>>(own.into());
    }
}

/// For a part of the page that comes and goes: what listens to the language in there goes together with it.
fn provide_own_language() {
    let language = language();
    provide_context::<Signal<Words>>(Memo::new(move |_| language.get()).into());
}

/// A string in whatever language the page speaks at the moment.
pub fn say(
    string: fn(&'static Text) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = language();
    move || string(language.get().text())
}

/// The page that a phase shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Page {
    Lobby,
    Stage,
    Left,
}

/// The value of `data-state` in a phase.
pub fn state_of(phase: Phase) -> &'static str {
    match phase {
        Phase::Lobby => "lobby",
        Phase::Joining => "joining",
        Phase::InCall => "in-call",
        Phase::Reconnecting => "reconnecting",
        Phase::Left => "left",
    }
}

/// A call from lobby to good-bye. `state` is kept at the `data-state` of the phase; `on_phase` is called with the first
/// phase and at every change.
pub fn call_pages(
    scene: Scene,
    state: RwSignal<&'static str>,
    on_phase: impl Fn(Phase) + 'static,
) -> impl IntoView + 'static {
    let phase = scene.part(|view| view.phase);
    let page = Memo::new(move |_| match phase.get() {
        Phase::Lobby | Phase::Joining => Page::Lobby,
        Phase::InCall | Phase::Reconnecting => Page::Stage,
        Phase::Left => Page::Left,
    });
    // Written at once, so that no test sees a page under the name of another.
    state.set(state_of(phase.get_untracked()));
    watch(move || state.set(state_of(phase.get())));
    watch(move || on_phase(phase.get()));
    let seconds = call_seconds(page);
    controls::shortcuts(scene);
    let renew_language = renewed_language();
    move || {
        renew_language();
        match page.get() {
            Page::Lobby => lobby::lobby(scene),
            Page::Stage => stage::stage(scene),
            Page::Left => left::left(scene, seconds),
        }
    }
}

/// How long the last call was, once it is over.
fn call_seconds(page: Memo<Page>) -> Signal<Option<u64>> {
    let seconds = RwSignal::new(None);
    let mut since = None;
    watch(move || {
        since = match (page.get(), since) {
            (Page::Stage, None) => Some(ui::now()),
            (Page::Left, Some(began)) => {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "a length of time in seconds"
                )]
                seconds.set(Some(((ui::now() - began) / 1000.0).max(0.0) as u64));
                None
            }
            (Page::Lobby, _) => None,
            (_, began) => began,
        }
    });
    seconds.into()
}
