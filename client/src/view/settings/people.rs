//! Who is in the call, and what the host may do about it.

use leptos::prelude::*;
use visavis_call::{CallView, Intent, TileView};
use visavis_protocol::PeerId;

use super::{super::parts::each, SettingsScene, icon};
use crate::text::of_name;

/// Everybody with their name; for the host a lock, and what can be asked of each.
pub(super) fn people(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let is_host = scene.part(CallView::is_host);
    let locked = scene.part(|view| view.locked);
    let everybody = scene.part(|view| view.tiles.iter().map(|tile| tile.peer.clone()).collect::<Vec<_>>());
    view! {
        <div class="people" data-testid="people">
            <ul>
                {each(everybody, move |peer| Some(person(scene, peer, is_host)))}
            </ul>
            <p class="lock-state" data-testid="lock-state" data-locked=move || locked.get().then_some("true")>
                {move || locked.get().then(|| icon("#lock"))}
                <span>{move || if locked.get() { text.is_locked } else { text.is_open }}</span>
            </p>
            {move || is_host.get().then(|| lock(scene, locked))}
        </div>
    }
    .into_any()
}

/// The switch that lets nobody new in.
fn lock(scene: SettingsScene, locked: Memo<bool>) -> AnyView {
    let text = scene.text;
    view! {
        <div class="switches">
            <label class="check">
                <input
                    type="checkbox"
                    role="switch"
                    data-testid="lock-room"
                    prop:checked=move || locked.get()
                    on:change=move |event| scene.send.run(Intent::Lock(event_target_checked(&event)))
                />
                <span>{text.lock} <small>{text.lock_hint}</small></span>
            </label>
        </div>
    }
    .into_any()
}

/// Somebody, and what the host may ask of them.
fn person(scene: SettingsScene, peer: PeerId, is_host: Memo<bool>) -> AnyView {
    let text = scene.text;
    let sought = peer.clone();
    let tile: Memo<Option<TileView>> = Memo::new(move |_| {
        scene.view.with(|view| view.tiles.iter().find(|tile| tile.peer == sought).cloned())
    });
    let name = Memo::new(move |_| {
        tile.with(|tile| {
            let tile = tile.as_ref();
            let name = tile.map(|tile| tile.name.as_str()).filter(|name| !name.is_empty());
            let name = name.unwrap_or(text.nameless);
            if tile.is_some_and(|tile| tile.is_self) { of_name(text.own_name, name) } else { name.to_owned() }
        })
    });
    let sought = peer.clone();
    let hosts = Memo::new(move |_| scene.view.with(|view| view.host.as_ref() == Some(&sought)));
    let is_self = tile.with_untracked(|tile| tile.as_ref().is_some_and(|tile| tile.is_self));
    let heard = Memo::new(move |_| tile.with(|tile| tile.as_ref().is_some_and(|tile| tile.microphone)));
    view! {
        <li data-testid="person">
            <span class="person-name">
                <bdi>{name}</bdi>
                {move || hosts.get().then(|| view! { <span class="host-mark" data-testid="host">{text.host}</span> })}
            </span>
            {move || (is_host.get() && !is_self).then(|| wishes(scene, peer.clone(), name, heard))}
        </li>
    }
    .into_any()
}

/// What the host may ask of somebody. Who is removed is removed by a second press.
fn wishes(scene: SettingsScene, peer: PeerId, name: Memo<String>, heard: Memo<bool>) -> AnyView {
    let text = scene.text;
    let sure = RwSignal::new(false);
    let muted = peer.clone();
    view! {
        <span class="wishes">
            <button
                type="button"
                class="secondary small"
                data-testid="ask-mute"
                disabled=move || !heard.get()
                on:click=move |_| scene.send.run(Intent::AskMute(muted.clone()))
            >
                {text.ask_mute}
                <span class="visually-hidden">{name}</span>
            </button>
            <button
                type="button"
                class="secondary small"
                class:surely=move || sure.get()
                data-testid="remove-person"
                on:click=move |_| {
                    if sure.get_untracked() {
                        scene.send.run(Intent::Remove(peer.clone()));
                    }
                    sure.set(!sure.get_untracked());
                }
                on:blur=move |_| {
                    sure.try_set(false);
                }
            >
                <span aria-live="polite">
                    {move || if sure.get() { text.remove_surely } else { text.remove }}
                </span>
                <span class="visually-hidden">{name}</span>
            </button>
        </span>
    }
    .into_any()
}
