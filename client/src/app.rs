//! The page as a whole: it goes by the address. Nothing behind `#` is home, a secret is a call, anything else is home
//! with a word about the link.

mod home;
mod recent;
mod settings;

use leptos::prelude::*;
use visavis_call::{Phase, link::Secret};

pub use self::settings::with_first_words;
use crate::{
    browser::ui,
    context::{open_call, route},
    text::Words,
    view::{Scene, call_pages, frame, whole},
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

/// The page, for [`mount_to_body`].
pub fn app(words: Words) -> AnyView {
    settings::provide(words);
    let fragment = route::fragment();
    let place = Memo::new(move |_| fragment.with(|fragment| Place::of(fragment)));
    let state = RwSignal::new("home");
    let page = move || match place.get() {
        Place::Home => home::home(state, false),
        Place::BadLink => home::home(state, true),
        Place::Call(secret) => call(secret, state),
    };
    frame(state, page)
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
