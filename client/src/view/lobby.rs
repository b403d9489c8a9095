//! Before the call: how one looks and sounds, one's name, and the button that lets one in.

use leptos::{html, prelude::*};
use visavis_call::{CallView, DeviceKind, DeviceState, Intent, Phase, Problem};

use super::{
    Scene,
    controls::toggle,
    door::{Panel, place},
    icon, language,
    notices::{notices, remedy, words},
    parts::{home_link, whole},
    say, watch,
};
use crate::browser::levels::Levels;

/// The preview and the card beside it. "Join" never waits for a device.
pub(super) fn lobby(scene: Scene) -> AnyView {
    let joining = scene.part(|view| view.phase == Phase::Joining);
    // The field keeps what is typed, and an input method undisturbed; the call keeps the name trimmed.
    let name = scene.view.with_untracked(|view| view.name.clone());
    let language = language();
    let inside = move || {
        let text = language.get().text();
        scene.view.with(|view| view.inside.as_ref().map(|inside| text.inside(inside)).unwrap_or_default())
    };
    let (join, wait) = (say(|t| t.join), say(|t| t.joining));
    view! {
        <main class="page lobby" tabindex="-1">
            {home_link()}
            {preview(scene)}
            <form
                class="card"
                on:submit=move |event| {
                    event.prevent_default();
                    if !joining.get_untracked() {
                        scene.send(Intent::Join);
                    }
                }
            >
                <h1>{say(|t| t.lobby_title)}</h1>
                <p class="hint">{say(|t| t.lobby_hint)}</p>
                <p class="inside" role="status" data-testid="inside">
                    {inside}
                </p>
                <label class="labelled">
                    <span>{say(|t| t.your_name)}</span>
                    <input
                        class="field"
                        type="text"
                        data-testid="name"
                        dir="auto"
                        autocomplete="name"
                        enterkeyhint="go"
                        maxlength=CallView::NAME_CHARS.to_string()
                        placeholder=say(|t| t.name_placeholder)
                        value=name
                        on:input=move |event| scene.send(Intent::Rename(event_target_value(&event)))
                    />
                </label>
                {devices(scene)}
                <div class="join-bar">
                    <button
                        type="submit"
                        class="primary"
                        data-testid="join"
                        aria-disabled=move || joining.get().then_some("true")
                    >
                        {move || if joining.get() { wait() } else { join() }}
                    </button>
                </div>
            </form>
            <div class="notices">
                // Those of devices stand on the preview.
                {notices(scene, |problem| !matches!(problem, Problem::Device(..)))}
            </div>
        </main>
    }
    .into_any()
}

/// Another program draws the choice of devices as soon as somebody wants it.
fn devices(scene: Scene) -> AnyView {
    let door = scene.door;
    view! {
        <div class="devices">
            <button
                type="button"
                class="quiet"
                data-testid="open-devices"
                aria-expanded=move || if door.is_open(Panel::Devices) { "true" } else { "false" }
                on:click=move |_| door.press(Panel::Devices)
            >
                {say(|t| t.devices)}
                {icon("#chevron")}
            </button>
            {place(door)}
        </div>
    }
    .into_any()
}

/// What the camera sees, how loud the microphone is, and what to do when one of them does not run.
fn preview(scene: Scene) -> AnyView {
    let video = NodeRef::<html::Video>::new();
    let stream = scene.part(|view| view.preview.clone());
    watch(move || {
        if let Some(video) = video.get() {
            stream.with(|stream| scene.streams.attach(&video, stream.as_ref()));
        }
    });
    let camera = scene.part(|view| view.camera.state);
    let microphone = scene.part(|view| view.microphone.state);
    let shows = move || if camera.get() == DeviceState::On { "on" } else { "off" };
    let level = move || {
        let heard = if microphone.get() == DeviceState::On { scene.levels.with(Levels::own) } else { 0.0 };
        whole(100.0 * f64::from(heard)).to_string()
    };
    view! {
        <section class="preview" data-testid="preview" data-video=shows>
            <video node_ref=video autoplay playsinline prop:muted=true aria-hidden="true"></video>
            <div class="preview-words">
                {move || failure(scene, DeviceKind::Microphone, microphone.get())}
                {move || camera_words(scene, camera.get())}
            </div>
            <div class="preview-buttons">
                {toggle(scene, DeviceKind::Microphone)} {toggle(scene, DeviceKind::Camera)}
            </div>
            <div class="meter" aria-hidden="true" style=("--level", level)></div>
        </section>
    }
    .into_any()
}

fn camera_words(scene: Scene, state: DeviceState) -> AnyView {
    match state {
        DeviceState::On => ().into_any(),
        DeviceState::Off => view! { <p class="preview-state">{say(|t| t.camera_off)}</p> }.into_any(),
        DeviceState::Starting => {
            view! { <p class="preview-state">{say(|t| t.camera_starting)}</p> }.into_any()
        }
        DeviceState::Failed(_) => failure(scene, DeviceKind::Camera, state),
    }
}

/// Why a device does not run and what helps, where its picture would be.
fn failure(scene: Scene, kind: DeviceKind, state: DeviceState) -> AnyView {
    let DeviceState::Failed(failure) = state else { return ().into_any() };
    let problem = Problem::Device(kind, failure);
    let shape = match kind {
        DeviceKind::Microphone => "#mic-off",
        DeviceKind::Camera => "#camera-off",
    };
    view! {
        <div class="failure" role="alert" data-testid="notice" data-problem=problem.code()>
            {icon(shape)}
            <p>{words(problem)}</p>
            {remedy(scene, problem)}
        </div>
    }
    .into_any()
}
