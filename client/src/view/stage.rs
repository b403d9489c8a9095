//! The call itself: faces, as large as they get, and little else.

use std::time::Duration;

use leptos::{html, prelude::*};
use visavis_call::{Phase, Problem};

use super::{
    Scene,
    announcer::announcer,
    controls::controls,
    corner::CornerTile,
    door::place,
    invite::invite,
    layout::layout,
    notices::{banner, notices, words},
    parts::whole,
    say,
    screens::screens,
    unheard::{play_button, unheard, unmute_button},
};
use crate::browser::ui;

/// The gap between tiles, in CSS pixels; `--gap` of the style sheet.
const GAP: f64 = 8.0;

/// Without pointer or key for this long the controls fade.
const IDLE: Duration = Duration::from_secs(3);

/// The stage and what floats on it.
pub(super) fn stage(scene: Scene) -> AnyView {
    let tiles = NodeRef::<html::Section>::new();
    let size = RwSignal::new((0.0, 0.0));
    let watch = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(tiles) = tiles.get() {
            watch.set_value(Some(ui::SizeWatch::new(&tiles, move |width, height| {
                size.try_set((width, height));
            })));
        }
    });
    let peers = scene.part(|view| view.tiles.iter().map(|tile| tile.peer.clone()).collect::<Vec<_>>());
    let others = scene.part(|view| {
        u32::try_from(view.tiles.iter().filter(|tile| !tile.is_self).count()).unwrap_or(u32::MAX)
    });
    let presented = scene.part(|view| !view.screens.is_empty());
    // Beside a screen the user's own tile is one of the row.
    let count = Memo::new(move |_| if presented.get() { others.get() + 1 } else { others.get() });
    let grid = Memo::new(move |_| {
        let (width, height) = size.get();
        layout(count.get().max(1), width, height, GAP)
    });
    let hole = Memo::new(move |_| grid.get().hole(count.get(), GAP));
    let corner = CornerTile::new(size.into());
    let (awake, wake) = wakefulness();
    // A finger that brings the controls back must not press what appears under it: its click does, once it has lifted.
    let stir = move |wakes: bool| {
        if wakes || awake.get_untracked() {
            wake.run(());
        }
    };
    let alone = Signal::derive(move || others.get() == 0);
    let held = RwSignal::new(false);
    let unheard = unheard(scene);
    let lost = Problem::ConnectionLost;
    let silenced = scene.streams.autoplay_blocked();
    let reconnecting = scene.part(|view| view.phase == Phase::Reconnecting);

    view! {
        <div class="call">
        <main
            class="stage"
            tabindex="-1"
            class:idle=move || !(awake.get() || alone.get() || held.get())
            data-others=move || others.get().min(2).to_string()
            data-presented=move || presented.get().then_some("true")
            on:pointermove=move |event| stir(event.pointer_type() != "touch")
            on:pointerdown=move |event| stir(event.pointer_type() != "touch")
            on:click=move |_| stir(true)
            on:keydown=move |_| stir(true)
        >
            {screens(scene)}
            <section
                class="tiles"
                aria-label=say(|t| t.people)
                node_ref=tiles
                style=("--tile-width", move || format!("{}px", whole(grid.get().width)))
                style=("--tile-height", move || format!("{}px", whole(grid.get().height)))
                data-hole=move || hole.get().map(|_| "true")
                style=("--hole", move || format!("{}px", whole(hole.get().unwrap_or_default())))
            >
                <For
                    each=move || peers.get()
                    key=Clone::clone
                    children=move |peer| {
                        scene
                            .one(move |view| view.tiles.iter().find(|tile| tile.peer == peer).cloned())
                            .map(|tile| super::tile::tile(tile, scene, corner, others, presented))
                    }
                />
            </section>
            {move || alone.get().then(|| invite(scene))}
            {controls(scene, alone, held)}
            <div class="notices">
                {move || silenced.get().then(|| banner("sound-blocked", say(|t| t.sound_blocked), Some(play_button())))}
                {move || unheard.get().then(|| banner("unheard", say(|t| t.unheard), Some(unmute_button(scene))))}
                {move || reconnecting.get().then(|| banner(lost.code(), words(lost), None))}
                {notices(scene, move |problem| problem != lost || !reconnecting.get())}
            </div>
            {announcer(scene)}
        </main>
        {place(scene.door)}
        </div>
    }
    .into_any()
}

/// Whether the user did something of late, and how to tell that they just did.
fn wakefulness() -> (ReadSignal<bool>, UnsyncCallback<()>) {
    let (awake, set_awake) = signal(true);
    let timer = StoredValue::new_local(None::<TimeoutHandle>);
    let wake = UnsyncCallback::new(move |()| {
        if !awake.get_untracked() {
            set_awake.set(true);
        }
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        let asleep = move || {
            set_awake.try_set(false);
        };
        timer.set_value(set_timeout_with_handle(asleep, IDLE).ok());
    });
    wake.run(());
    (awake, wake)
}
