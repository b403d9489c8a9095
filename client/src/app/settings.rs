//! What the user chose for the page on this device: language and theme.

use leptos::prelude::*;

use crate::{
    browser::{locale::fetch_pack, ui},
    context::storage,
    text::{HomeText, Language, Table, Text, Words},
    view::watch,
};

const LANGUAGE_KEY: &str = "visavis:language";
const THEME_KEY: &str = "visavis:theme";

/// The look of the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Theme {
    System,
    Light,
    Dark,
}

impl Theme {
    /// Its name in the storage, in the menu's values and in the style sheet.
    fn code(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::Light => "light",
            Self::Dark => "dark",
        }
    }

    fn of_code(code: &str) -> Self {
        match code {
            "light" => Self::Light,
            "dark" => Self::Dark,
            _ => Self::System,
        }
    }
}

/// Begins with the words of the language that index.html has chosen for the page, for which it may have to wait a moment.
pub fn with_first_words<T: Table>(begin: impl FnOnce(Words<T>) + 'static) {
    let chosen = Language::of_tag(&ui::root_attribute("lang")).unwrap_or(Language::English);
    load(chosen, Box::new(begin));
}

/// Gives the words of a language, or English ones if its own cannot be had.
fn load<T: Table>(language: Language, then: Box<dyn FnOnce(Words<T>)>) {
    let tag = language.tag();
    let read =
        move |pack: Option<String>| then(pack.map_or_else(Words::english, |pack| Words::new(tag, pack)));
    fetch_pack(&[T::FOLDER, tag].concat(), Box::new(read));
}

/// Says on the page itself which language is spoken, and which way it is written.
pub(super) fn tell_language<T: Table>(words: RwSignal<Words<T>>) {
    watch(move || {
        let tag = words.get().tag();
        ui::set_root_attribute("lang", Some(tag));
        let direction = Language::of_tag(tag).map(Language::direction);
        ui::set_root_attribute("dir", direction);
    });
}

/// The words that the home page speaks.
pub(super) fn language() -> RwSignal<Words<HomeText>> {
    expect_context()
}

/// A string of the home page in whatever language it speaks at the moment.
pub(super) fn say(
    string: fn(&'static HomeText) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = language();
    move || string(language.get().text())
}

/// Reads the settings, applies them whenever they change, and provides the words to all of the home page.
pub(super) fn provide(words: Words<HomeText>) {
    let words = RwSignal::new(words);
    let theme = RwSignal::new(Theme::of_code(&storage::get(THEME_KEY).unwrap_or_default()));
    provide_context(words);
    provide_context(theme);
    tell_language(words);
    watch(move || {
        let theme = theme.get();
        ui::set_root_attribute("data-theme", (theme != Theme::System).then_some(theme.code()));
    });
}

/// The two menus in the corner of the home page.
pub(super) fn settings() -> AnyView {
    let words = language();
    let theme = expect_context::<RwSignal<Theme>>();
    let speak = move |chosen: Language| {
        let tag = chosen.tag();
        storage::set(LANGUAGE_KEY, tag);
        let speak = move |loaded: Words<HomeText>| {
            // Another may have been chosen since; and where its words could not be had, the menu shows what is spoken.
            let is_wished = storage::get(LANGUAGE_KEY).is_none_or(|wish| wish == tag);
            words.update(|words| {
                if is_wished && loaded.tag() == tag {
                    *words = loaded;
                }
            });
        };
        load(chosen, Box::new(speak));
        // So will the next call.
        load::<Text>(chosen, Box::new(drop));
    };
    let languages = Language::ALL.map(|one| {
        view! {
            <option value=one.tag() lang=one.tag() prop:selected=move || words.get().tag() == one.tag()>
                {one.name()}
            </option>
        }
    });
    let themes = [
        (Theme::System, say(|t| t.theme_system)),
        (Theme::Light, say(|t| t.theme_light)),
        (Theme::Dark, say(|t| t.theme_dark)),
    ]
    .map(|(one, label)| {
        view! {
            <option value=one.code() prop:selected=move || theme.get() == one>
                {label}
            </option>
        }
    });
    view! {
        <div class="settings">
            <select
                class="quiet"
                data-testid="select-language"
                aria-label=say(|t| t.language)
                on:change=move |event| {
                    if let Some(chosen) = Language::of_tag(&event_target_value(&event)) {
                        speak(chosen);
                    }
                }
            >
                {Vec::from(languages)}
            </select>
            <select
                class="quiet"
                data-testid="select-theme"
                aria-label=say(|t| t.theme)
                on:change=move |event| {
                    let chosen = Theme::of_code(&event_target_value(&event));
                    storage::set(THEME_KEY, chosen.code());
                    theme.set(chosen);
                }
            >
                {Vec::from(themes)}
            </select>
        </div>
    }
    .into_any()
}
