//! The call in a small window above all others: everybody's picture, and the buttons that are wanted most.

use leptos::{html, prelude::*};
use visavis_call::{CallView, DeviceKind, Intent, Phase, TileView};
use visavis_protocol::PeerId;

use super::{
    icon,
    initials::{face, hue},
    parts::each,
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

/// Whose face is seen: everybody else's, or the user's own if nobody is there.
fn faces(view: &CallView) -> Vec<PeerId> {
    let is_alone = view.tiles.iter().all(|tile| tile.is_self);
    view.tiles.iter().filter(|tile| is_alone || !tile.is_self).map(|tile| tile.peer.clone()).collect()
}

/// Whose screen is seen: the first one's.
fn screen(view: &CallView) -> Vec<PeerId> {
    view.screens.iter().take(1).map(|screen| screen.peer.clone()).collect()
}

/// The content of the window.
pub fn floating(scene: FloatingScene) -> AnyView {
    let part = move |part: fn(&CallView) -> Vec<PeerId>| {
        Memo::new(move |_| {
            let is_there = |view: &&CallView| matches!(view.phase, Phase::InCall | Phase::Reconnecting);
            scene.view.with(|view| Some(view).filter(is_there).map(part).unwrap_or_default())
        })
    };
    let (faces, screen) = (part(faces), part(screen));
    // Which stream the page shows of whom is seen on the page itself.
    let shows = RwSignal::new(false);
    let watches = PictureWatch::new(move || {
        shows.try_set(true);
    });
    StoredValue::new_local(watches);
    let columns = move || match faces.with(Vec::len) {
        0 | 1 => "1",
        2..=4 => "2",
        _ => "3",
    };
    view! {
        <main class="call floating" data-testid="floating">
            <div class="floats" data-columns=columns>
                {each(screen, move |peer| Some(one(scene, &peer, "screen", shows)))}
                {each(faces, move |peer| Some(one(scene, &peer, "face", shows)))}
            </div>
            <div class="controls">
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
fn one(scene: FloatingScene, peer: &PeerId, what: &'static str, shows: RwSignal<bool>) -> AnyView {
    let is_screen = what == "screen";
    let id = peer.clone();
    let tile: Memo<Option<TileView>> =
        Memo::new(move |_| scene.view.with(|view| view.tiles.iter().find(|tile| tile.peer == id).cloned()));
    let name =
        Memo::new(move |_| tile.with(|tile| tile.as_ref().map(|tile| tile.name.clone()).unwrap_or_default()));
    let shown_name = move || {
        let name = name.get();
        if name.is_empty() { scene.text.nameless.to_owned() } else { name }
    };
    let is_self = tile.with_untracked(|tile| tile.as_ref().is_some_and(|tile| tile.is_self));
    let is_shown = move || is_screen || tile.with(|tile| tile.as_ref().is_some_and(|tile| tile.camera));
    let video = NodeRef::<html::Video>::new();
    let whose = peer.to_string();
    watch(move || {
        shows.track();
        tile.track();
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
            data-floats=what
            data-peer=peer.to_string()
            data-name=move || name.get()
            data-link="connected"
            data-audio="on"
            data-self=if is_self { "true" } else { "false" }
            data-video=move || if is_shown() { "on" } else { "off" }
            aria-label=shown_name
            style=("--hue", move || name.with(|name| hue(name)).to_string())
        >
            <video node_ref=video autoplay playsinline prop:muted=true aria-hidden="true"></video>
            {face(name)}
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
