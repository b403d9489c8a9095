//! What the user chose for the page on this device: language and theme.

use leptos::prelude::*;

use crate::{
    browser::ui,
    context::{languages, storage},
    text::Language,
    view::{provide_language, say},
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

/// Reads the settings, applies them whenever they change, and provides the language to all below.
pub(super) fn provide() {
    let stored = storage::get(LANGUAGE_KEY).and_then(|tag| Language::of_tag(&tag));
    let language = RwSignal::new(stored.unwrap_or_else(|| Language::choose(languages())));
    let theme = RwSignal::new(Theme::of_code(&storage::get(THEME_KEY).unwrap_or_default()));
    provide_language(language);
    provide_context(theme);
    Effect::new(move |_| ui::set_root_attribute("lang", Some(language.get().tag())));
    Effect::new(move |_| {
        let theme = theme.get();
        ui::set_root_attribute("data-theme", (theme != Theme::System).then_some(theme.code()));
    });
}

/// The two menus in the corner of the home page.
pub(super) fn settings() -> AnyView {
    let language = expect_context::<RwSignal<Language>>();
    let theme = expect_context::<RwSignal<Theme>>();
    let languages = Language::ALL.map(|one| {
        view! {
            <option value=one.tag() lang=one.tag() prop:selected=move || language.get() == one>
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
                        storage::set(LANGUAGE_KEY, chosen.tag());
                        language.set(chosen);
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
