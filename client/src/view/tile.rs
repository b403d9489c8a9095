//! One person on the stage. The `<video>` is made once and lives as long as the tile.

use std::time::Duration;

use leptos::{html, prelude::*};
use visavis_call::{Link, TileView};
use visavis_layout::Subject;

use super::{
    Scene, icon,
    initials::{face, hue},
    language, provide_own_language, say,
    seating::Seating,
    watch,
};
use crate::{
    browser::ui,
    text::{fill, of_name},
};

/// Louder than this is speech.
pub(super) const SPEECH: f32 = 0.2;

fn on_off(on: bool) -> &'static str {
    if on { "on" } else { "off" }
}

/// A tile. Whose it is never changes.
pub(super) fn tile(tile: Memo<TileView>, scene: Scene, seating: Seating) -> AnyView {
    let Seating { others, corner, .. } = seating;
    provide_own_language();
    let language = language();
    let is_self = tile.with_untracked(|tile| tile.is_self);
    let id = tile.with_untracked(|tile| tile.peer.clone());
    let peer = id.to_string();
    let element = NodeRef::<html::Article>::new();
    seating.seat(Subject::Face(id.clone()), move || element.get());
    let pin = (!is_self).then(|| seating.pin_button(Subject::Face(id)));
    let stream = Memo::new(move |_| tile.with(|tile| tile.stream.clone()));
    let video = scene.video(stream);
    let name = Memo::new(move |_| tile.with(|tile| tile.name.clone()));
    let shown_name = Memo::new(move |_| {
        let text = language.get().text();
        name.with(|name| match (is_self, name.is_empty()) {
            (true, false) if others.get() == 0 => of_name(text.own_name, name),
            // A small tile has no room for more.
            (true, _) => text.you.to_owned(),
            (false, true) => text.nameless.to_owned(),
            (false, false) => name.clone(),
        })
    });
    let microphone = Memo::new(move |_| tile.with(|tile| tile.microphone));
    let camera = Memo::new(move |_| tile.with(|tile| tile.camera));
    let link = Memo::new(move |_| tile.with(|tile| tile.link));
    let hand =
        Memo::new(move |_| tile.with(|tile| tile.hand.map(|place| place.to_string()).unwrap_or_default()));
    let speaks = Memo::new(move |_| {
        let loudness = scene.levels.with(|levels| {
            if is_self { levels.own() } else { stream.with(|id| id.as_ref().map_or(0.0, |id| levels.of(id))) }
        });
        microphone.get() && loudness > SPEECH
    });
    // The user's own tile can be moved while it stands before the others.
    let hidden = Memo::new(move |_| is_self && others.get() > 0 && scene.door.look.get().hides_own);
    let movable = Memo::new(move |_| is_self && seating.has_corner() && !hidden.get());
    let label = move || {
        if movable.get() { language.get().text().move_tile.to_owned() } else { shown_name.get() }
    };

    view! {
        <article
            class="tile"
            class:speaks=move || speaks.get()
            class:dragged=move || is_self && corner.is_dragged()
            data-testid="tile"
            data-peer=peer
            data-name=move || name.get()
            data-self=if is_self { "true" } else { "false" }
            data-link=move || code(link.get())
            data-audio=move || on_off(microphone.get())
            data-video=move || on_off(camera.get())
            data-hand=move || hand.get()
            hidden=move || hidden.get()
            data-corner=move || movable.get().then(|| corner.name())
            tabindex=move || movable.get().then_some("0")
            aria-label=label
            node_ref=element
            style=("--hue", move || name.with(|name| hue(name)).to_string())
            style:transform=move || if is_self { corner.offset() } else { "none".to_owned() }
            on:pointerdown=move |event| {
                if movable.get_untracked() && event.is_primary() {
                    ui::capture_pointer(&event);
                    corner.grab((event.client_x().into(), event.client_y().into()));
                }
            }
            on:pointermove=move |event| corner.pull((event.client_x().into(), event.client_y().into()))
            on:pointerup=move |event| {
                corner.drop_at((event.client_x().into(), event.client_y().into()), ui::left_of_place(&event));
            }
            on:pointercancel=move |_| corner.cancel()
            on:keydown=move |event| {
                if movable.get_untracked() && corner.press(&event.key()) {
                    event.prevent_default();
                }
            }
        >
            <video node_ref=video autoplay playsinline prop:muted=is_self aria-hidden="true"></video>
            {face(name)}
            {pin}
            {state_of_link(link, tile, shown_name)}
            <footer class="plate">
                <span class="hand tabular" role="img" aria-label=say(|t| t.hand_is_up)>
                    {icon("#hand")}
                    {move || hand.get()}
                </span>
                <span class="muted" role="img" aria-label=say(|t| t.muted)>
                    {icon("#mic-off")}
                </span>
                <bdi class="name">{move || shown_name.get()}</bdi>
            </footer>
        </article>
    }
    .into_any()
}

fn code(link: Link) -> &'static str {
    match link {
        Link::Connecting => "connecting",
        Link::Connected => "connected",
        Link::Interrupted => "interrupted",
        Link::Failed => "failed",
    }
}

/// Words at the top right, only when the link is not fine.
fn state_of_link(link: Memo<Link>, tile: Memo<TileView>, name: Memo<String>) -> AnyView {
    let language = language();
    let seconds = RwSignal::new(0_u32);
    let clock = StoredValue::new_local(None::<IntervalHandle>);
    let stop = move || clock.try_update_value(|clock| clock.take().map(|clock| clock.clear()));
    watch(move || {
        stop();
        seconds.set(0);
        if link.get() == Link::Interrupted {
            let tick = move || seconds.update(|seconds| *seconds += 1);
            clock.set_value(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
        }
    });
    on_cleanup(move || {
        stop();
    });
    let words = move || {
        let text = language.get().text();
        match link.get() {
            Link::Connecting => text.connecting.to_owned(),
            Link::Connected => String::new(),
            Link::Interrupted => fill(text.interrupted, &[("seconds", &seconds.get().to_string())]),
            Link::Failed => name.with(|name| text.unconnected(tile.with(|tile| tile.trouble), name)),
        }
    };
    view! {
        <p class="link-state">
            <span class="bars" aria-hidden="true">
                <i></i>
                <i></i>
                <i></i>
            </span>
            {words}
        </p>
    }
    .into_any()
}
