//! The way to the program beside the call ([`crate::beside`]): the button and the place of its panel, and the user's reactions.

use leptos::{html, prelude::*};

use super::{icon, language};
use crate::browser::ui::Place;

/// What the stage knows of that program.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// Whether it is open.
    pub open: RwSignal<bool>,
    /// How many messages were not seen; empty if none.
    pub unread: RwSignal<String>,
    /// Who wrote last while it was closed, and what.
    pub wrote: RwSignal<(String, String)>,
    /// Where the panel shall stand, or nowhere any more.
    pub place: UnsyncCallback<Option<Place>>,
    /// The user reacts, with this.
    pub react: UnsyncCallback<String>,
}

impl Door {
    /// A closed one.
    pub fn new(place: impl Fn(Option<Place>) + 'static, react: impl Fn(String) + 'static) -> Self {
        Self {
            open: RwSignal::new(false),
            unread: RwSignal::new(String::new()),
            wrote: RwSignal::new(Default::default()),
            place: UnsyncCallback::new(place),
            react: UnsyncCallback::new(react),
        }
    }
}

/// The button that opens the panel and closes it, with the number of messages that were not seen.
pub(super) fn chat_button(door: Door) -> AnyView {
    let Door { open, unread, .. } = door;
    let language = language();
    let words = move || {
        let text = language.get().text();
        unread.with(|count| if count.is_empty() { text.chat.to_owned() } else { text.unread(count) })
    };
    view! {
        <button
            type="button"
            class="round chat-button"
            data-testid="open-chat"
            aria-expanded=move || if open.get() { "true" } else { "false" }
            aria-label=words
            title=words
            on:click=move |_| open.update(|open| *open = !*open)
        >
            {icon("#chat")}
            <span class="count" aria-hidden="true">{move || unread.get()}</span>
        </button>
    }
    .into_any()
}

/// The place of the panel, empty while it is closed.
pub(super) fn beside(door: Door) -> AnyView {
    let place = NodeRef::<html::Section>::new();
    Effect::new(move |_| {
        let open = door.open.get();
        door.place.run(place.get_untracked().filter(|_| open));
    });
    on_cleanup(move || {
        door.open.try_set(false);
        door.place.run(None);
    });
    view! { <section class="beside" node_ref=place></section> }.into_any()
}
