//! The page as a whole: it goes by the address. Nothing behind `#` is home, a secret is a call, anything else is home
//! with a word about the link. Home is a program of its own: who comes by a link does not load it, and who begins at home
//! sees it before the program of the call is there.

mod home;
mod recent;
mod settings;

use leptos::prelude::*;
use visavis_call::{Phase, link::Secret};

pub use self::settings::with_first_words;
use crate::{
    browser::ui,
    context::{open_call, route},
    text::{HomeText, Words},
    view::{Scene, call_pages, frame, provide_language, watch, whole},
};

/// Where an address leads.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    Home,
    BadLink,
    Call(Secret),
}

impl Place {
    fn of(fragment: &str) -> Self {
        if fragment.is_empty() {
            return Self::Home;
        }
        Secret::parse(fragment).map_or(Self::BadLink, Self::Call)
    }
}

/// Where the address leads now.
fn place() -> Memo<Place> {
    let fragment = route::fragment();
    Memo::new(move |_| fragment.with(|fragment| Place::of(fragment)))
}

/// The home page, for [`mount_to_body`]; nothing while the address is that of a call.
pub fn home(words: Words<HomeText>) -> AnyView {
    settings::provide(words);
    let place = place();
    let state = RwSignal::new("home");
    let was_left = StoredValue::new(ui::has_root_attribute("data-link"));
    let page = move || {
        let bad_link = match place.get() {
            Place::Home => false,
            Place::BadLink => true,
            Place::Call(_) => {
                was_left.set_value(true);
                return None;
            }
        };
        Some(frame(state, home::home(bad_link), was_left.get_value()))
    };
    page.into_any()
}

/// The call that the address leads to, for [`mount_to_body`]; nothing while it leads elsewhere.
pub fn calls(words: Words) -> AnyView {
    let spoken = RwSignal::new(words);
    provide_language(spoken);
    settings::tell_language(spoken);
    let place = place();
    let shown = RwSignal::new(None::<Secret>);
    let mut is_first = true;
    watch(move || match (place.get(), std::mem::take(&mut is_first)) {
        (Place::Call(secret), true) => shown.set(Some(secret)),
        // At home another language may have been chosen.
        (Place::Call(secret), false) => with_first_words(move |words| {
            if place.try_get_untracked() == Some(Place::Call(secret.clone())) {
                spoken.set(words);
                shown.set(Some(secret));
            }
        }),
        (Place::Home | Place::BadLink, _) => {
            shown.set(None);
            route::open_home();
        }
    });
    let was_left = StoredValue::new(!matches!(place.get_untracked(), Place::Call(_)));
    let state = RwSignal::new("lobby");
    let page = move || {
        let secret = shown.get()?;
        Some(frame(
            state,
            call(secret, state),
            was_left.try_update_value(|left| std::mem::replace(left, true))?,
        ))
    };
    page.into_any()
}

fn call(secret: Secret, state: RwSignal<&'static str>) -> AnyView {
    let call = open_call(secret.clone());
    provide_context(call);
    let scene = Scene {
        view: call.view.into(),
        levels: call.levels.into(),
        streams: call.streams,
        send: UnsyncCallback::new(move |intent| call.send(intent)),
        link: StoredValue::new(route::link(&secret)),
        door: call.door,
    };
    let on_phase = move |phase| {
        if phase == Phase::InCall {
            recent::remember(&secret, whole(ui::now()));
        }
    };
    call_pages(scene, state, on_phase).into_any()
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn an_address_leads_home_to_a_call_or_to_a_word_about_the_link() {
        let secret = "0123456789abcdefghjkmnpqrs";
        assert_eq!(Place::of(""), Place::Home);
        assert_eq!(Place::of(secret), Place::Call(Secret::parse(secret).unwrap()));
        assert_eq!(Place::of("0123"), Place::BadLink);
        assert_eq!(Place::of("/settings"), Place::BadLink);
    }
}
