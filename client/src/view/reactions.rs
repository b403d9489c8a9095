//! The raised hand and the reactions: one button, and what it opens.

use leptos::prelude::*;
use visavis_call::{CallView, Intent};

use super::{Scene, icon, language, say};
use crate::browser::ui;

/// Nobody needs more than these to be understood. Each closes the card.
const REACTIONS: [&str; 6] = ["👍", "❤️", "😂", "👏", "🎉", "😮"];

/// The name by which the button finds what it opens. The browser closes it again: with Escape, or a press elsewhere.
const CARD: &str = "reactions";

/// Raises the user's hand, or takes it down.
pub(super) fn raise_hand(scene: Scene) {
    let is_up = |view: &CallView| view.tiles.iter().any(|tile| tile.is_self && tile.hand.is_some());
    scene.send(Intent::RaiseHand(!scene.view.with_untracked(is_up)));
}

/// The button, and the card with the reactions and the hand.
pub(super) fn react_button(scene: Scene) -> AnyView {
    let is_up = scene.part(|view| view.tiles.iter().any(|tile| tile.is_self && tile.hand.is_some()));
    let language = language();
    let pressed = move || if is_up.get() { "true" } else { "false" };
    let words = move || {
        let text = language.get().text();
        if is_up.get() { text.lower_hand } else { text.raise_hand }
    };
    // As markup they cost the program far less than as elements of its own.
    let button = |emoji| {
        format!(
            "<button type=button class=round data-testid=reaction value={emoji} popovertarget={CARD}>{emoji}</button>"
        )
    };
    let reactions = REACTIONS.map(button).concat();
    let label = say(|t| t.react);
    view! {
        <button
            type="button"
            class="round"
            data-testid="react"
            data-up=pressed
            popovertarget=CARD
            aria-label=label
            title=label
        >
            {icon("#hand")}
        </button>
        <div id=CARD class="card reactions" popover>
            <div
                class="emoji"
                inner_html=reactions
                on:click=move |event| {
                    if let Some(emoji) = ui::pressed_value(&event) {
                        scene.door.react.run(emoji);
                    }
                }
            ></div>
            <button
                type="button"
                class="secondary"
                data-testid="raise-hand"
                aria-pressed=pressed
                popovertarget=CARD
                on:click=move |_| raise_hand(scene)
            >
                {icon("#hand")}
                {words}
            </button>
        </div>
    }
    .into_any()
}
