//! What all pages are made of: the frame around them, icons.

use std::sync::Arc;

use leptos::prelude::*;
use visavis_protocol::PeerId;

use super::say;
use crate::browser::ui;

/// Acts soon, and again whenever something changes that it has read. Each kind of [`Effect`] costs a kilobyte of code: here
/// there is one for all.
pub(crate) fn watch(act: impl FnMut() + 'static) {
    fn watch_any(mut act: Box<dyn FnMut()>) {
        Effect::new(move |_| act());
    }
    watch_any(Box::new(act));
}

/// One of these for each, which stays as it is whatever becomes of the others.
pub(super) fn each(
    ids: Memo<Vec<PeerId>>,
    draw: impl Fn(PeerId) -> Option<AnyView> + Send + Sync + 'static,
) -> AnyView {
    let draw: Arc<dyn Fn(PeerId) -> Option<AnyView> + Send + Sync> = Arc::new(draw);
    view! { <For each=move || ids.get() key=Clone::clone children=move |id| draw(id) /> }.into_any()
}

/// The root of every page; tests and the style sheet go by its `data-state`: home, lobby, joining, in-call,
/// reconnecting or left. `follows` is whether another page was there before it.
pub fn frame(state: RwSignal<&'static str>, page: impl IntoView, follows: bool) -> AnyView {
    let shown = Memo::new(move |_| match state.get() {
        "joining" => "lobby",
        "reconnecting" => "in-call",
        alone => alone,
    });
    let mut before = None;
    watch(move || {
        let now = shown.get();
        if before.map_or(follows, |before| before != now) {
            // What had the focus is gone with its page. The new page is in the document by the next frame.
            request_animation_frame(ui::focus_main);
        }
        before = Some(now);
    });
    view! {
        <div class="app" data-testid="app" data-state=move || state.get()>
            {page.into_any()}
        </div>
    }
    .into_any()
}

/// A shape of the sprite in index.html, by its id there with `#`. Says nothing to a screen reader.
pub fn icon(id: &'static str) -> AnyView {
    view! {
        <svg class="icon" aria-hidden="true">
            <use href=id></use>
        </svg>
    }
    .into_any()
}

/// The way back to the home page.
pub(super) fn home_link() -> AnyView {
    view! {
        <a class="quiet home-link" href="#" data-testid="go-home">
            {icon("#back")}
            <span>{say(|t| t.home)}</span>
        </a>
    }
    .into_any()
}

/// A number without its fraction, to be written into a style: to write floats takes 30 KB of code and tables.
pub(crate) fn whole(number: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
    let whole = number as i64;
    whole
}
