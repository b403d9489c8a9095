//! The call itself: faces, as large as they get, and little else.

use std::time::Duration;

use leptos::{html, prelude::*};
use visavis_call::{Phase, Problem};

use super::{
    Scene,
    announcer::announcer,
    controls::controls,
    door::place,
    invite::invite,
    notices::{banner, notices, words},
    parts::each,
    say,
    screens::screens,
    seating::Seating,
    tile::tile,
    unheard::{play_button, unheard, unmute_button},
    watch,
};
use crate::browser::ui;

/// Without pointer or key for this long the controls fade.
const IDLE: Duration = Duration::from_secs(3);

/// The stage and what floats on it.
pub(super) fn stage(scene: Scene) -> AnyView {
    let tiles = NodeRef::<html::Section>::new();
    let size = RwSignal::new((0.0, 0.0));
    let measured = StoredValue::new_local(None);
    watch(move || {
        if let Some(tiles) = tiles.get() {
            measured.set_value(Some(ui::SizeWatch::new(&tiles, move |width, height| {
                size.try_set((width, height));
            })));
        }
    });
    let peers = scene.part(|view| view.tiles.iter().map(|tile| tile.peer.clone()).collect::<Vec<_>>());
    let seating = Seating::new(scene, size.into());
    let Seating { others, plan, .. } = seating;
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
            data-layout=move || plan.with(|plan| plan.layout.name())
            on:pointermove=move |event| stir(event.pointer_type() != "touch")
            on:pointerdown=move |event| stir(event.pointer_type() != "touch")
            on:click=move |_| stir(true)
            on:keydown=move |_| stir(true)
        >
            <h1 class="visually-hidden">"Visavis"</h1>
            <section class="tiles" aria-label=say(|t| t.people) node_ref=tiles>
                {screens(scene, seating)}
                {each(peers, move |peer| {
                    let shown = scene.one(move |view| view.tiles.iter().find(|tile| tile.peer == peer).cloned());
                    shown.map(|one| tile(one, scene, seating))
                })}
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
