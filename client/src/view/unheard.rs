//! Sound that does not get through although somebody wants it to: what the browser holds back, and what the user says while
//! they are muted.

use std::time::Duration;

use leptos::prelude::*;
use visavis_call::{DeviceKind, Intent};

use super::{Scene, say, tile::SPEECH, watch};
use crate::browser::{levels::Levels, ui};

/// As many measurements of speech, more than of silence, are no cough.
const MEANT: u8 = 4;

/// Milliseconds of silence, after which what was heard before is no part of what is said.
const PAUSE: f64 = 1500.0;

/// The hint stands for this long.
const STANDS: Duration = Duration::from_secs(8);

/// Milliseconds before it comes again.
const COMES_AGAIN: f64 = 30_000.0;

/// Whether the user should be told that they speak and nobody hears them.
pub(super) fn unheard(scene: Scene) -> ReadSignal<bool> {
    let (shown, set_shown) = signal(false);
    let wish = scene.part(|view| view.microphone.wish);
    let (rests_until, heard_at) = (StoredValue::new(0.0), StoredValue::new(0.0));
    let mut speech = 0_u8;
    watch(move || {
        let loudness = scene.levels.with(Levels::own);
        if wish.get() {
            set_shown.set(false);
            speech = 0;
            return;
        }
        // What was said before a pause does not count.
        let pauses = ui::now() - heard_at.get_value() > PAUSE;
        let before = if pauses { 0 } else { speech };
        speech = if loudness > SPEECH { before + 1 } else { before.saturating_sub(1) };
        if loudness > SPEECH {
            heard_at.set_value(ui::now());
        }
        if speech < MEANT || ui::now() < rests_until.get_value() {
            speech = speech.min(MEANT);
            return;
        }
        rests_until.set_value(ui::now() + COMES_AGAIN);
        set_shown.set(true);
        let hide = move || {
            set_shown.try_set(false);
        };
        set_timeout(hide, STANDS);
        speech = 0;
    });
    shown
}

/// The button that lets them be heard.
pub(super) fn unmute_button(scene: Scene) -> AnyView {
    view! {
        <button
            type="button"
            class="secondary small"
            data-testid="remedy"
            on:click=move |_| scene.send(Intent::Switch(DeviceKind::Microphone, true))
        >
            {say(|t| t.microphone_turn_on)}
        </button>
    }
    .into_any()
}

/// The button that lets the browser play. Any click does: it is heard by who waits for it.
pub(super) fn play_button() -> AnyView {
    view! {
        <button type="button" class="secondary small" data-testid="remedy">
            {say(|t| t.sound_play)}
        </button>
    }
    .into_any()
}
