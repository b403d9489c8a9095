//! What can be set: which devices are used, what is done to their sound, and what is seen; who is there, how the links do, and
//! how others are invited. Drawn by a program of its own ([`crate::more`]).

mod links;
mod look;
mod people;

use leptos::{ev, prelude::*};
use visavis_call::{CallView, Device, DeviceKind, DeviceState, Intent, Processing};

use super::{door::Look, icon, parts::whole, ways::invite_section};
use crate::{browser::chime, quality::LinkTold, text::SettingsText};

/// All that it is given.
#[derive(Debug, Clone, Copy)]
pub struct SettingsScene {
    /// What is said.
    pub text: &'static SettingsText,
    /// The call.
    pub view: Signal<CallView>,
    /// What the user wants to see of it.
    pub look: Signal<Look>,
    /// How loud the user's microphone is, from 0 to 1.
    pub level: Signal<f64>,
    /// Where the wish goes to see something else.
    pub see: UnsyncCallback<Look>,
    /// How the links do, while there are any.
    pub links: Signal<Vec<LinkTold>>,
    /// Saves what was measured of them.
    pub export: UnsyncCallback<()>,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
    /// Lets the call, or a picture of it, float above all windows.
    pub float: UnsyncCallback<()>,
    /// Closes the panel.
    pub shut: UnsyncCallback<()>,
    /// The link that lets others in.
    pub link: StoredValue<String>,
}

impl SettingsScene {
    fn part<T: PartialEq + Send + Sync + 'static>(self, part: fn(&CallView) -> T) -> Memo<T> {
        Memo::new(move |_| self.view.with(part))
    }
}

/// The panel beside the stage.
pub fn settings_panel(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let close = text.close;
    view! {
        <aside
            class="panel settings-panel"
            data-testid="settings"
            aria-label=text.settings
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" {
                    scene.shut.run(());
                }
            }
        >
            <header class="panel-head">
                <h2>{text.settings}</h2>
                <button
                    type="button"
                    class="round"
                    data-testid="close-settings"
                    aria-label=close
                    title=close
                    on:click=move |_| scene.shut.run(())
                >
                    {icon("#close")}
                </button>
            </header>
            <div class="panel-body">
                <section>
                    <h3>{text.people}</h3>
                    {people::people(scene)}
                </section>
                <section>
                    <h3>{text.look}</h3>
                    {look::look_form(scene)}
                    {look::float_button(scene)}
                </section>
                <section>
                    <h3>{text.devices}</h3>
                    {devices_form(scene)}
                </section>
                <section>
                    <h3>{text.screen}</h3>
                    {look::screen_form(scene)}
                </section>
                <section class="invite-section">
                    <h3>{text.invite}</h3>
                    {invite_section(text, scene.link.get_value())}
                </section>
                {links::links(scene)}
                <section>
                    <h3>{text.shortcuts}</h3>
                    {shortcuts(text)}
                </section>
            </div>
        </aside>
    }
    .into_any()
}

/// The choice of devices, and what is done to the microphone's sound.
pub fn devices_form(scene: SettingsScene) -> AnyView {
    let level = move || whole(100.0 * scene.level.get()).to_string();
    let runs = scene.part(|view| view.microphone.state == DeviceState::On);
    view! {
        <div class="device-list">
            {capture_device(scene, DeviceKind::Microphone)}
            <div class="level" aria-hidden="true" style=("--level", level)>
                <div class="meter" class:off=move || !runs.get()></div>
            </div>
            {switches(scene)}
            {speaker(scene)}
            {capture_device(scene, DeviceKind::Camera)}
        </div>
    }
    .into_any()
}

/// The menu of the microphones or cameras.
fn capture_device(scene: SettingsScene, kind: DeviceKind) -> AnyView {
    let text = scene.text;
    let (testid, label) = match kind {
        DeviceKind::Microphone => ("select-microphone", text.microphone),
        DeviceKind::Camera => ("select-camera", text.camera),
    };
    let choice = scene.part(match kind {
        DeviceKind::Microphone => |view| {
            let device = &view.microphone;
            (device.devices.clone(), device.chosen.clone().or_else(|| device.used.clone()))
        },
        DeviceKind::Camera => |view| {
            let device = &view.camera;
            (device.devices.clone(), device.chosen.clone().or_else(|| device.used.clone()))
        },
    });
    let choose = move |id: Option<String>| scene.send.run(Intent::Choose(kind, id));
    menu(scene, (testid, label), choice, choose)
}

/// The menu of the speakers, and a sound to hear which one it is; nothing where the page cannot choose.
fn speaker(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let choice = scene.part(|view| (view.speaker.devices.clone(), view.speaker.chosen.clone()));
    let any = Memo::new(move |_| choice.with(|(devices, _)| !devices.is_empty()));
    let choose = move |id: Option<String>| scene.send.run(Intent::ChooseSpeaker(id));
    let plays = RwSignal::new(false);
    let chosen = move || choice.with_untracked(|(_, chosen)| chosen.clone());
    let ring = move |_| {
        if !plays.get_untracked() {
            plays.set(true);
            leptos::task::spawn_local(async move {
                chime::play(chosen().unwrap_or_default()).await;
                plays.try_set(false);
            });
        }
    };
    view! {
        {move || any.get().then(|| menu(scene, ("select-speaker", text.speaker), choice, choose))}
        <button
            type="button"
            class="secondary small"
            data-testid="test-speaker"
            data-plays=move || plays.get().then_some("true")
            on:click=ring
        >
            {icon("#speaker")}
            <span>{text.test_sound}</span>
        </button>
    }
    .into_any()
}

fn menu(
    scene: SettingsScene,
    (testid, label): (&'static str, &'static str),
    choice: Memo<(Vec<Device>, Option<String>)>,
    choose: impl Fn(Option<String>) + 'static,
) -> AnyView {
    let name = move |at: usize, device: &Device| {
        if device.label.is_empty() { format!("{label} {}", at + 1) } else { device.label.clone() }
    };
    let options = move || {
        choice.with(|(devices, chosen)| {
            let one = |(at, device): (usize, &Device)| {
                let selected = chosen.as_ref() == Some(&device.id);
                let name = name(at, device);
                view! {
                    <option value=device.id.clone() prop:selected=selected>
                        {name}
                    </option>
                }
            };
            devices.iter().enumerate().map(one).collect_view()
        })
    };
    view! {
        <label class="labelled">
            <span>{label}</span>
            <select
                class="field"
                data-testid=testid
                on:change=move |event| {
                    let id = event_target_value(&event);
                    choose(Some(id).filter(|id| !id.is_empty()));
                }
            >
                <option value="" prop:selected=move || choice.with(|(_, chosen)| chosen.is_none())>
                    {scene.text.browser_choice}
                </option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// What the browser does to the microphone's sound.
fn switches(scene: SettingsScene) -> AnyView {
    let text = scene.text;
    let now = scene.part(|view| view.processing);
    let switch =
        move |testid, label: &'static str, hint: &'static str, of: fn(&mut Processing) -> &mut bool| {
            view! {
                <label class="check">
                    <input
                        type="checkbox"
                        role="switch"
                        data-testid=testid
                        prop:checked=move || *of(&mut now.get())
                        on:change=move |event| {
                            let mut processing = now.get_untracked();
                            *of(&mut processing) = event_target_checked(&event);
                            scene.send.run(Intent::Process(processing));
                        }
                    />
                    <span>{label} <small>{hint}</small></span>
                </label>
            }
            .into_any()
        };
    view! {
        <fieldset class="switches">
            <legend class="visually-hidden">{text.processing}</legend>
            {switch("echo-cancellation", text.echo_cancellation, text.echo_cancellation_hint, |p| {
                &mut p.echo_cancellation
            })}
            {switch("noise-suppression", text.noise_suppression, text.noise_suppression_hint, |p| {
                &mut p.noise_suppression
            })}
            {switch("auto-gain-control", text.auto_gain_control, text.auto_gain_control_hint, |p| {
                &mut p.auto_gain_control
            })}
        </fieldset>
    }
    .into_any()
}

/// Which key does what.
fn shortcuts(text: &'static SettingsText) -> AnyView {
    let key = |key: &'static str, does: &'static str| {
        view! { <dt><kbd>{key}</kbd></dt> <dd>{does}</dd> }.into_any()
    };
    view! {
        <dl class="shortcuts" data-testid="shortcuts">
            {key("M", text.key_microphone)}
            {key(text.space, text.key_talk)}
            {key("C", text.key_camera)}
            {key("S", text.key_screen)}
            {key("H", text.key_hand)}
            {key("T", text.key_chat)}
            {key("?", text.key_settings)}
        </dl>
    }
    .into_any()
}
