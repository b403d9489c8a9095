//! The way to the programs beside the call ([`crate::beside`], [`crate::more`]): buttons, the place of their panels, and the
//! user's reactions.

use leptos::{html, prelude::*};

use super::{icon, language, say, watch};
use crate::browser::ui::{self, Place};

/// Something that another program draws into a place on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Panel {
    /// The chat and the files.
    Chat,
    /// The choice of devices, in the lobby.
    Devices,
    /// All that can be set in a call.
    Settings,
}

/// What the user wants to see of a call, and of their screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Look {
    /// Who speaks is large.
    pub spotlight: bool,
    /// The user does not want to see themselves.
    pub hides_own: bool,
    /// Where there is not room for both, a screen that the user shows keeps its smooth motion instead of its sharp text.
    pub motion: bool,
}

impl Look {
    /// To be kept and told: a digit, of which each bit is a wish.
    pub fn code(self) -> &'static str {
        let bits =
            usize::from(self.spotlight) + 2 * usize::from(self.hides_own) + 4 * usize::from(self.motion);
        ["0", "1", "2", "3", "4", "5", "6", "7"][bits]
    }

    /// What this stands for; what most want, if nothing.
    pub fn of_code(code: &str) -> Self {
        let bits = code.bytes().next().filter(u8::is_ascii_digit).unwrap_or(b'0');
        Self { spotlight: bits & 1 != 0, hides_own: bits & 2 != 0, motion: bits & 4 != 0 }
    }
}

/// What the pages know of these programs.
#[derive(Debug, Clone, Copy)]
pub struct Door {
    /// Which panel is open.
    pub open: RwSignal<Option<Panel>>,
    /// How many messages were not seen; empty if none.
    pub unread: RwSignal<String>,
    /// Who wrote last while it was closed, and what.
    pub wrote: RwSignal<(String, String)>,
    /// What is to be seen of the call.
    pub look: RwSignal<Look>,
    /// Where a panel shall stand, or nowhere any more.
    pub place: UnsyncCallback<Option<(Panel, Place)>>,
    /// Where the ways to invite somebody shall stand, or nowhere any more.
    pub invite: UnsyncCallback<Option<Place>>,
    /// The user reacts, with this.
    pub react: UnsyncCallback<String>,
}

impl Door {
    /// A closed one.
    pub fn new(
        place: impl Fn(Option<(Panel, Place)>) + 'static,
        invite: impl Fn(Option<Place>) + 'static,
        react: impl Fn(String) + 'static,
    ) -> Self {
        Self {
            open: RwSignal::new(None),
            unread: RwSignal::new(String::new()),
            wrote: RwSignal::new(Default::default()),
            look: RwSignal::new(Look::default()),
            place: UnsyncCallback::new(place),
            invite: UnsyncCallback::new(invite),
            react: UnsyncCallback::new(react),
        }
    }

    pub(super) fn is_open(self, panel: Panel) -> bool {
        self.open.get() == Some(panel)
    }

    /// Opens a panel in the place of any other, or closes it.
    pub(super) fn press(self, panel: Panel) {
        self.open.update(|open| *open = Some(panel).filter(|_| *open != Some(panel)));
    }
}

/// The button that opens the settings and closes them.
pub(super) fn settings_button(door: Door) -> AnyView {
    let label = say(|t| t.settings);
    view! {
        <button
            type="button"
            class="round"
            data-testid="open-settings"
            aria-expanded=move || if door.is_open(Panel::Settings) { "true" } else { "false" }
            aria-label=label
            title=label
            on:click=move |_| door.press(Panel::Settings)
        >
            {icon("#settings")}
        </button>
    }
    .into_any()
}

/// The button that opens the panel and closes it, with the number of messages that were not seen.
pub(super) fn chat_button(door: Door) -> AnyView {
    let Door { unread, .. } = door;
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
            aria-expanded=move || if door.is_open(Panel::Chat) { "true" } else { "false" }
            aria-label=words
            title=words
            on:click=move |_| door.press(Panel::Chat)
        >
            {icon("#chat")}
            <span class="count" aria-hidden="true">{move || unread.get()}</span>
        </button>
    }
    .into_any()
}

/// The place of a panel, empty while none is open.
pub(super) fn place(door: Door) -> AnyView {
    let place = NodeRef::<html::Section>::new();
    let mut before = None;
    watch(move || {
        let open = door.open.get();
        if open.is_none() {
            // What had the focus may be gone with the panel. By then it is.
            let button = match before {
                Some(Panel::Chat) => "open-chat",
                Some(Panel::Settings) => "open-settings",
                Some(Panel::Devices) => "open-devices",
                None => "",
            };
            if !button.is_empty() {
                request_animation_frame(move || ui::focus_if_lost(button));
            }
        }
        door.place.run(open.zip(place.get_untracked()));
        before = open;
    });
    on_cleanup(move || {
        door.open.try_set(None);
        door.place.run(None);
    });
    view! { <section class="beside" node_ref=place></section> }.into_any()
}
