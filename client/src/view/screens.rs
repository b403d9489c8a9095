//! The screens that others show: large, larger still, and over everything.

use leptos::{html, prelude::*};
use visavis_call::ScreenView;
use visavis_layout::Subject;

use super::{Scene, icon, language, parts::each, provide_own_language, say, seating::Seating, watch};
use crate::{browser::ui, text::of_name};

/// How often a picture can be made larger by the same again.
const ZOOMS: u8 = 3;

/// All of them; nothing while nobody shows one.
pub(super) fn screens(scene: Scene, seating: Seating) -> AnyView {
    let peers = scene.part(|view| view.screens.iter().map(|screen| screen.peer.clone()).collect::<Vec<_>>());
    let any = Memo::new(move |_| !peers.with(Vec::is_empty));
    let shown = move || {
        view! {
            <section class="screens" aria-label=say(|t| t.screens)>
                {each(peers, move |peer| {
                    let shown = scene.one(move |view| view.screens.iter().find(|one| one.peer == peer).cloned());
                    shown.map(|one| screen(one, scene, seating))
                })}
            </section>
        }
    };
    view! { {move || any.get().then(shown)} }.into_any()
}

fn screen(screen: Memo<ScreenView>, scene: Scene, seating: Seating) -> AnyView {
    provide_own_language();
    let language = language();
    let id = screen.with_untracked(|screen| screen.peer.clone());
    let peer = id.to_string();
    let video = scene.video(Memo::new(move |_| screen.with(|screen| screen.stream.clone())));
    let name = Memo::new(move |_| screen.with(|screen| screen.name.clone()));
    let words = move || {
        let text = language.get().text();
        name.with(|name| of_name(text.screen_of, if name.is_empty() { text.nameless } else { name }))
    };
    let figure = NodeRef::<html::Figure>::new();
    seating.seat(Subject::Screen(id.clone()), move || figure.get());
    let zoom = RwSignal::new(1_u8);
    let picture = NodeRef::<html::Div>::new();
    watch(move || {
        zoom.get();
        if let Some(picture) = picture.get() {
            // Once it has its new size.
            request_animation_frame(move || ui::scroll_to_middle(&picture));
        }
    });
    let (larger, full) = (say(|t| t.zoom), say(|t| t.full_screen));
    view! {
        <figure
            class="screen"
            data-testid="screen"
            data-peer=peer
            data-name=move || name.get()
            data-zoom=move || zoom.get().to_string()
            node_ref=figure
        >
            <div class="picture" node_ref=picture>
                <video node_ref=video autoplay playsinline aria-label=words></video>
            </div>
            <figcaption class="plate">
                <bdi class="name">{words}</bdi>
            </figcaption>
            <div class="tools">
                {seating.pin_button(Subject::Screen(id))}
                <button
                    type="button"
                    class="tool"
                    data-testid="zoom"
                    aria-label=larger
                    title=larger
                    on:click=move |_| zoom.update(|zoom| *zoom = *zoom % ZOOMS + 1)
                >
                    {icon("#zoom")}
                </button>
                <button
                    type="button"
                    class="tool full"
                    data-testid="full-screen"
                    aria-label=full
                    title=full
                    on:click=move |_| {
                        if let Some(figure) = figure.get_untracked() {
                            ui::fill_screen(&figure);
                        }
                    }
                >
                    {icon("#full")}
                </button>
            </div>
        </figure>
    }
    .into_any()
}
