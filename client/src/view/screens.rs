//! The screens that others show, large, with the faces beside them.

use leptos::prelude::*;
use visavis_call::ScreenView;

use super::{Scene, language, provide_own_language, say};
use crate::text::of_name;

/// All of them; nothing while nobody shows one.
pub(super) fn screens(scene: Scene) -> AnyView {
    let peers = scene.part(|view| view.screens.iter().map(|screen| screen.peer.clone()).collect::<Vec<_>>());
    let any = Memo::new(move |_| !peers.with(Vec::is_empty));
    let shown = move || {
        view! {
            <section class="screens" aria-label=say(|t| t.screens)>
                <For
                    each=move || peers.get()
                    key=Clone::clone
                    children=move |peer| {
                        scene
                            .one(move |view| view.screens.iter().find(|one| one.peer == peer).cloned())
                            .map(|one| screen(one, scene))
                    }
                />
            </section>
        }
    };
    view! { {move || any.get().then(shown)} }.into_any()
}

fn screen(screen: Memo<ScreenView>, scene: Scene) -> AnyView {
    provide_own_language();
    let language = language();
    let peer = screen.with_untracked(|screen| screen.peer.to_string());
    let video = scene.video(Memo::new(move |_| screen.with(|screen| screen.stream.clone())));
    let name = Memo::new(move |_| screen.with(|screen| screen.name.clone()));
    let words = move || {
        let text = language.get().text();
        name.with(|name| of_name(text.screen_of, if name.is_empty() { text.nameless } else { name }))
    };
    view! {
        <figure class="screen" data-testid="screen" data-peer=peer data-name=move || name.get()>
            <video node_ref=video autoplay playsinline aria-label=words></video>
            <figcaption class="plate">
                <bdi class="name">{words}</bdi>
            </figcaption>
        </figure>
    }
    .into_any()
}
