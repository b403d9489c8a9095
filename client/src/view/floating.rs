//! The call in a small window above all others: everybody's picture, and the buttons that are wanted most.

use leptos::{html, prelude::*};
use visavis_call::{CallView, DeviceKind, Intent, Phase};

use super::{
    icon,
    initials::{hue, initials},
    watch,
};
use crate::{
    browser::floating::{PictureWatch, picture_of},
    text::SettingsText,
};

/// All that it is given.
#[derive(Debug, Clone, Copy)]
pub struct FloatingScene {
    /// What is said.
    pub text: &'static SettingsText,
    /// The call.
    pub view: Signal<CallView>,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
}

/// Somebody's face, or their screen.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Picture {
    peer: String,
    is_screen: bool,
}

/// What is seen: one screen if there is one, and everybody else; oneself if nobody is there.
fn pictures(view: &CallView) -> Vec<Picture> {
    if !matches!(view.phase, Phase::InCall | Phase::Reconnecting) {
        return Vec::new();
    }
    let screen =
        view.screens.first().map(|screen| Picture { peer: screen.peer.to_string(), is_screen: true });
    let is_alone = view.tiles.iter().all(|tile| tile.is_self);
    let faces = view.tiles.iter().filter(|tile| is_alone || !tile.is_self);
    screen
        .into_iter()
        .chain(faces.map(|tile| Picture { peer: tile.peer.to_string(), is_screen: false }))
        .collect()
}

/// The content of the window.
pub fn floating(scene: FloatingScene) -> AnyView {
    let all = Memo::new(move |_| scene.view.with(pictures));
    // Which stream the page shows of whom is seen on the page itself.
    let shows = RwSignal::new(());
    let watches = PictureWatch::new(move || {
        shows.try_set(());
    });
    StoredValue::new_local(watches);
    let columns = move || {
        let count = all.with(|all| all.iter().filter(|picture| !picture.is_screen).count());
        match count {
            0 | 1 => "1",
            2..=4 => "2",
            _ => "3",
        }
    };
    let is_over = move || all.with(Vec::is_empty);
    view! {
        <main class="call floating" data-testid="floating">
            <div
                class="floats"
                data-columns=columns
                class:with-screen=move || all.with(|all| all.iter().any(|picture| picture.is_screen))
            >
                <For
                    each=move || all.get()
                    key=|picture| picture.clone()
                    children=move |picture| one(scene, picture, shows)
                />
            </div>
            <div class="controls" hidden=is_over>
                {toggle(scene, DeviceKind::Microphone)}
                {toggle(scene, DeviceKind::Camera)}
                <button
                    type="button"
                    class="round leave"
                    data-testid="floating-leave"
                    aria-label=scene.text.leave
                    title=scene.text.leave
                    on:click=move |_| scene.send.run(Intent::Leave)
                >
                    {icon("#leave")}
                </button>
            </div>
        </main>
    }
    .into_any()
}

/// One of them, muted: the page itself is heard.
fn one(scene: FloatingScene, picture: Picture, shows: RwSignal<()>) -> AnyView {
    let Picture { peer, is_screen } = picture;
    let id = peer.clone();
    // Name, whether the picture is there, and whether it is the user's own.
    let told = Memo::new(move |_| {
        scene.view.with(|view| {
            let tile = view.tiles.iter().find(|tile| tile.peer.as_str() == id);
            tile.map(|tile| (tile.name.clone(), is_screen || tile.camera, tile.is_self)).unwrap_or_default()
        })
    });
    let name = move || told.with(|(name, ..)| name.clone());
    let shown_name = move || {
        let name = name();
        if name.is_empty() { scene.text.nameless.to_owned() } else { name }
    };
    let video = NodeRef::<html::Video>::new();
    let whose = peer.clone();
    watch(move || {
        shows.track();
        told.track();
        if let Some(video) = video.get() {
            let wanted = picture_of(&whose, is_screen);
            if video.src_object() != wanted {
                video.set_src_object(wanted.as_ref());
            }
        }
    });
    view! {
        <article
            class="tile"
            class:screen=is_screen
            data-floats=if is_screen { "screen" } else { "face" }
            data-peer=peer
            data-name=name
            data-link="connected"
            data-self=move || told.with(|(.., is_self)| *is_self).then_some("true")
            data-video=move || if told.with(|(_, shown, _)| *shown) { "on" } else { "off" }
            aria-label=shown_name
            style=("--hue", move || told.with(|(name, ..)| hue(name)).to_string())
        >
            <video node_ref=video autoplay playsinline muted prop:muted=true aria-hidden="true"></video>
            <div class="face" aria-hidden="true">
                <span class="initials" dir="auto">
                    {move || told.with(|(name, ..)| initials(name))}
                    <span class="nobody">{icon("#person")}</span>
                </span>
            </div>
            <footer class="plate"><bdi class="name">{shown_name}</bdi></footer>
        </article>
    }
    .into_any()
}

/// The button of a device.
fn toggle(scene: FloatingScene, kind: DeviceKind) -> AnyView {
    let text = scene.text;
    let is_on = Memo::new(move |_| {
        scene.view.with(|view| match kind {
            DeviceKind::Microphone => view.microphone.wish,
            DeviceKind::Camera => view.camera.wish,
        })
    });
    let (testid, label, on, off) = match kind {
        DeviceKind::Microphone => ("floating-microphone", text.microphone, "#mic", "#mic-off"),
        DeviceKind::Camera => ("floating-camera", text.camera, "#camera", "#camera-off"),
    };
    view! {
        <button
            type="button"
            class="round toggle"
            data-testid=testid
            aria-pressed=move || if is_on.get() { "true" } else { "false" }
            aria-label=label
            title=label
            on:click=move |_| scene.send.run(Intent::Switch(kind, !is_on.get_untracked()))
        >
            <span class="when-on">{icon(on)}</span>
            <span class="when-off">{icon(off)}</span>
        </button>
    }
    .into_any()
}
