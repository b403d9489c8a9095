//! The buttons of a call: microphone, camera, link, leave, and the keys that do the same.

use std::time::Duration;

use leptos::prelude::*;
use visavis_call::{DeviceKind, DeviceState, Intent, Phase, Sharing};

use super::{
    Scene,
    door::{Panel, chat_button, settings_button},
    icon, language,
    reactions::{raise_hand, react_button},
    say,
};
use crate::{
    browser::{media, ui},
    context::copy_text,
};

/// The keys that do what the buttons do, and space to talk as long as it is held, as long as the calling component lives.
pub(super) fn shortcuts(scene: Scene) {
    let keys = ui::KeyWatch::new(move |key| {
        let (phase, sharing) = scene.view.with_untracked(|view| (view.phase, view.sharing));
        let in_call = in_call(phase);
        match key {
            // After the call there is nothing to see of a switch.
            "m" if phase != Phase::Left => switch(scene, DeviceKind::Microphone),
            "c" | "v" if phase != Phase::Left => switch(scene, DeviceKind::Camera),
            "s" if in_call && media::can_share() => {
                scene.send(Intent::Share(sharing == Sharing::Off));
            }
            "h" if in_call => raise_hand(scene),
            "t" if in_call => scene.door.press(Panel::Chat),
            "?" if in_call => scene.door.press(Panel::Settings),
            _ => {}
        }
    });
    let talks = StoredValue::new(false);
    let space = ui::HoldWatch::new(
        move || {
            let muted = scene.view.with_untracked(|view| in_call(view.phase) && !view.microphone.wish);
            talks.set_value(muted);
            if muted {
                scene.send(Intent::Switch(DeviceKind::Microphone, true));
            }
            muted
        },
        move || {
            if talks.try_update_value(std::mem::take) == Some(true) {
                scene.send(Intent::Switch(DeviceKind::Microphone, false));
            }
        },
    );
    StoredValue::new_local((keys, space));
}

fn in_call(phase: Phase) -> bool {
    matches!(phase, Phase::InCall | Phase::Reconnecting)
}

fn wish(scene: Scene, kind: DeviceKind) -> Memo<(bool, DeviceState)> {
    scene.part(match kind {
        DeviceKind::Microphone => |view| (view.microphone.wish, view.microphone.state),
        DeviceKind::Camera => |view| (view.camera.wish, view.camera.state),
    })
}

fn switch(scene: Scene, kind: DeviceKind) {
    let wished = scene.view.with_untracked(|view| match kind {
        DeviceKind::Microphone => view.microphone.wish,
        DeviceKind::Camera => view.camera.wish,
    });
    scene.send(Intent::Switch(kind, !wished));
}

/// The button of a device. Shows the wish at once and the fact as it comes.
pub(super) fn toggle(scene: Scene, kind: DeviceKind) -> AnyView {
    let device = wish(scene, kind);
    let language = language();
    let (testid, label, on, off, key) = match kind {
        DeviceKind::Microphone => ("toggle-microphone", say(|t| t.microphone), "#mic", "#mic-off", "M"),
        DeviceKind::Camera => ("toggle-camera", say(|t| t.camera), "#camera", "#camera-off", "C"),
    };
    let tooltip = move || {
        let text = language.get().text();
        let words = match (kind, device.get().0) {
            (DeviceKind::Microphone, true) => text.microphone_turn_off,
            (DeviceKind::Microphone, false) => text.microphone_turn_on,
            (DeviceKind::Camera, true) => text.camera_turn_off,
            (DeviceKind::Camera, false) => text.camera_turn_on,
        };
        format!("{words} ({key})")
    };
    let fact = move || match device.get() {
        (false, _) => "off",
        (true, DeviceState::Failed(_)) => "failed",
        (true, DeviceState::Starting) => "starting",
        (true, DeviceState::Off | DeviceState::On) => "on",
    };
    view! {
        <button
            type="button"
            class="round toggle"
            data-testid=testid
            data-device=fact
            aria-pressed=move || if device.get().0 { "true" } else { "false" }
            aria-label=label
            aria-keyshortcuts=key
            title=tooltip
            on:click=move |_| switch(scene, kind)
        >
            <span class="when-on">{icon(on)}</span>
            <span class="when-off">{icon(off)}</span>
            <span class="badge" aria-hidden="true">"!"</span>
        </button>
    }
    .into_any()
}

/// The button that shows the user's screen, where the browser can.
fn share(scene: Scene) -> Option<AnyView> {
    let sharing = scene.part(|view| view.sharing);
    let language = language();
    let words = move || {
        let text = language.get().text();
        if sharing.get() == Sharing::On { text.share_stop } else { text.share }
    };
    let button = view! {
        <button
            type="button"
            class="round share"
            data-testid="share-screen"
            data-device=move || match sharing.get() {
                Sharing::Off => "off",
                Sharing::Starting => "starting",
                Sharing::On => "on",
            }
            aria-pressed=move || if sharing.get() == Sharing::On { "true" } else { "false" }
            aria-label=say(|t| t.share)
            title=words
            on:click=move |_| scene.send(Intent::Share(sharing.get_untracked() == Sharing::Off))
        >
            {icon("#screen")}
        </button>
    };
    media::can_share().then(|| button.into_any())
}

/// Copies the link; `copied` tells how it went for a moment, `refused` that the browser would not.
#[derive(Debug, Clone, Copy)]
pub(super) struct Copying {
    pub(super) copied: RwSignal<bool>,
    pub(super) refused: RwSignal<bool>,
}

impl Copying {
    pub(super) fn new() -> Self {
        Self { copied: RwSignal::new(false), refused: RwSignal::new(false) }
    }

    pub(super) fn copy(self, link: String) {
        leptos::task::spawn_local(async move {
            let copied = copy_text(link).await;
            // The page may be another by now.
            self.copied.try_set(copied);
            self.refused.try_set(!copied);
            if copied {
                set_timeout(
                    move || {
                        self.copied.try_set(false);
                    },
                    Duration::from_secs(2),
                );
            }
        });
    }
}

/// The bar at the bottom of the stage. Alone in a call the link stands large in the middle as well: that one is
/// `copy-link` then. `held` is whether a mouse rests on the bar: it must not fade under it.
pub(super) fn controls(scene: Scene, alone: Signal<bool>, held: RwSignal<bool>) -> AnyView {
    let copying = Copying::new();
    let copy_label = say(|t| t.copy_link);
    let copied_label = say(|t| t.copied);
    let copy_words = move || if copying.copied.get() { copied_label() } else { copy_label() };
    let leave = say(|t| t.leave);
    view! {
        <div
            class="controls"
            role="group"
            aria-label=say(|t| t.controls)
            on:pointerenter=move |event| held.set(event.pointer_type() == "mouse")
            on:pointerleave=move |_| held.set(false)
        >
            {toggle(scene, DeviceKind::Microphone)}
            {toggle(scene, DeviceKind::Camera)}
            {share(scene)}
            {react_button(scene)}
            {chat_button(scene.door)}
            {settings_button(scene.door)}
            <button
                type="button"
                class="round"
                data-testid=move || (!alone.get()).then_some("copy-link")
                data-copied=move || copying.copied.get().then_some("true")
                aria-label=copy_words
                title=copy_words
                on:click=move |_| copying.copy(scene.link.get_value())
            >
                <span class="when-idle">{icon("#link")}</span>
                <span class="when-copied">{icon("#check")}</span>
            </button>
            <button
                type="button"
                class="round leave"
                data-testid="leave"
                aria-label=leave
                title=leave
                on:click=move |_| scene.send(Intent::Leave)
            >
                {icon("#leave")}
            </button>
        </div>
    }
    .into_any()
}
