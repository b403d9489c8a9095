//! What the user wants to see of the call, and the others of their screen.

use leptos::prelude::*;

use super::{SettingsScene, icon};
use crate::{browser::floating, view::Look};

/// Who is large, and whether the user sees themselves.
pub(super) fn look_form(scene: SettingsScene) -> AnyView {
    let (text, look) = (scene.text, scene.look);
    view! {
        <fieldset class="switches">
            <legend class="visually-hidden">{text.look}</legend>
            {choice(scene, ["layout", "layout-grid", text.layout_grid, ""], false, |look| &mut look.spotlight)}
            {choice(scene, ["layout", "layout-speaker", text.layout_speaker, ""], true, |look| &mut look.spotlight)}
            <label class="check">
                <input
                    type="checkbox"
                    role="switch"
                    data-testid="hide-own"
                    prop:checked=move || look.get().hides_own
                    on:change=move |event| {
                        scene.see.run(Look { hides_own: event_target_checked(&event), ..look.get_untracked() });
                    }
                />
                <span>{text.hide_own} <small>{text.hide_own_hint}</small></span>
            </label>
        </fieldset>
    }
    .into_any()
}

/// The button of picture-in-picture, where the browser has some.
pub(super) fn float_button(scene: SettingsScene) -> Option<AnyView> {
    floating::kind()?;
    let text = scene.text;
    let button = view! {
        <div class="float-row">
            <button
                type="button"
                class="secondary"
                data-testid="float"
                aria-describedby="float-hint"
                on:click=move |_| scene.float.run(())
            >
                {icon("#float")}
                <span>{text.float}</span>
            </button>
            <small id="float-hint">{text.float_hint}</small>
        </div>
    };
    Some(button.into_any())
}

/// What of the user's screen is kept where there is not room for all.
pub(super) fn screen_form(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let (sharp, smooth) =
        ((text.screen_text, text.screen_text_hint), (text.screen_motion, text.screen_motion_hint));
    view! {
        <fieldset class="switches">
            <legend class="visually-hidden">{text.screen}</legend>
            {choice(scene, ["screen", "screen-text", sharp.0, sharp.1], false, |look| &mut look.motion)}
            {choice(scene, ["screen", "screen-motion", smooth.0, smooth.1], true, |look| &mut look.motion)}
        </fieldset>
    }
    .into_any()
}

/// One of two of this name, of which either is chosen.
fn choice(
    scene: SettingsScene,
    [name, testid, label, hint]: [&'static str; 4],
    wanted: bool,
    of: fn(&mut Look) -> &mut bool,
) -> AnyView {
    let look = scene.look;
    view! {
        <label class="check">
            <input
                type="radio"
                name=name
                data-testid=testid
                prop:checked=move || *of(&mut look.get()) == wanted
                on:change=move |_| {
                    let mut wish = look.get_untracked();
                    *of(&mut wish) = wanted;
                    scene.see.run(wish);
                }
            />
            <span>{label} <small>{hint}</small></span>
        </label>
    }
    .into_any()
}
