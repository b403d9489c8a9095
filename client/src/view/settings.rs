//! What can be set: which devices are used, and what is done to their sound. Drawn by a program of its own ([`crate::more`]).

use leptos::prelude::*;
use visavis_call::{CallView, Device, DeviceKind, DeviceState, Intent, Processing};

use super::{icon, language, parts::whole};
use crate::{browser::chime, text::SettingsText};

/// All that it is given.
#[derive(Debug, Clone, Copy)]
pub struct SettingsScene {
    /// The call.
    pub view: Signal<CallView>,
    /// How loud the user's microphone is, from 0 to 1.
    pub level: Signal<f64>,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
    /// Closes the panel.
    pub shut: UnsyncCallback<()>,
}

impl SettingsScene {
    fn part<T: PartialEq + Send + Sync + 'static>(self, part: fn(&CallView) -> T) -> Memo<T> {
        Memo::new(move |_| self.view.with(part))
    }
}

/// A string of the settings.
fn say(
    string: fn(&'static SettingsText) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = language();
    move || string(language.get().settings())
}

/// The panel beside the stage.
pub fn settings_panel(scene: SettingsScene) -> AnyView {
    let close = say(|t| t.close);
    view! {
        <aside class="panel settings-panel" data-testid="settings" aria-label=say(|t| t.settings)>
            <header class="panel-head">
                <h2>{say(|t| t.settings)}</h2>
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
                    <h3>{say(|t| t.devices)}</h3>
                    {devices_form(scene)}
                </section>
                <section>
                    <h3>{say(|t| t.shortcuts)}</h3>
                    {shortcuts()}
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
    let (testid, label) = match kind {
        DeviceKind::Microphone => ("select-microphone", say(|t| t.microphone)),
        DeviceKind::Camera => ("select-camera", say(|t| t.camera)),
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
    menu(testid, label, choice, choose)
}

/// The menu of the speakers, and a sound to hear which one it is; nothing where the page cannot choose.
fn speaker(scene: SettingsScene) -> AnyView {
    let choice = scene.part(|view| (view.speaker.devices.clone(), view.speaker.chosen.clone()));
    let any = Memo::new(move |_| choice.with(|(devices, _)| !devices.is_empty()));
    let choose = move |id: Option<String>| scene.send.run(Intent::ChooseSpeaker(id));
    let plays = RwSignal::new(false);
    let chosen = move || choice.with_untracked(|(_, chosen)| chosen.clone());
    let test = move |_| {
        if !plays.get_untracked() {
            plays.set(true);
            leptos::task::spawn_local(async move {
                chime::play(chosen().unwrap_or_default()).await;
                plays.try_set(false);
            });
        }
    };
    let (menu_label, test_label) = (say(|t| t.speaker), say(|t| t.test_sound));
    view! {
        {move || any.get().then(|| menu("select-speaker", menu_label, choice, choose))}
        <button
            type="button"
            class="secondary small"
            data-testid="test-speaker"
            data-plays=move || plays.get().then_some("true")
            on:click=test
        >
            {icon("#speaker")}
            <span>{test_label}</span>
        </button>
    }
    .into_any()
}

fn menu(
    testid: &'static str,
    label: impl Fn() -> &'static str + Copy + Send + Sync + 'static,
    choice: Memo<(Vec<Device>, Option<String>)>,
    choose: impl Fn(Option<String>) + 'static,
) -> AnyView {
    let language = language();
    let name = move |at: usize, device: &Device| {
        if device.label.is_empty() {
            (language.get().settings().unnamed_device)(label(), at + 1)
        } else {
            device.label.clone()
        }
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
                    {say(|t| t.browser_choice)}
                </option>
                {options}
            </select>
        </label>
    }
    .into_any()
}

/// What the browser does to the microphone's sound.
fn switches(scene: SettingsScene) -> AnyView {
    let now = scene.part(|view| view.processing);
    let switch = move |testid, label: AnyView, hint: AnyView, of: fn(&mut Processing) -> &mut bool| {
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
    let (echo, echo_hint) = (say(|t| t.echo_cancellation), say(|t| t.echo_cancellation_hint));
    let (noise, noise_hint) = (say(|t| t.noise_suppression), say(|t| t.noise_suppression_hint));
    let (gain, gain_hint) = (say(|t| t.auto_gain_control), say(|t| t.auto_gain_control_hint));
    view! {
        <fieldset class="switches">
            <legend class="visually-hidden">{say(|t| t.processing)}</legend>
            {switch("echo-cancellation", echo.into_any(), echo_hint.into_any(), |p| {
                &mut p.echo_cancellation
            })}
            {switch("noise-suppression", noise.into_any(), noise_hint.into_any(), |p| {
                &mut p.noise_suppression
            })}
            {switch("auto-gain-control", gain.into_any(), gain_hint.into_any(), |p| {
                &mut p.auto_gain_control
            })}
        </fieldset>
    }
    .into_any()
}

/// Which key does what.
fn shortcuts() -> AnyView {
    let key = |key: AnyView, does: AnyView| view! { <dt><kbd>{key}</kbd></dt> <dd>{does}</dd> }.into_any();
    view! {
        <dl class="shortcuts" data-testid="shortcuts">
            {key("M".into_any(), say(|t| t.key_microphone).into_any())}
            {key(say(|t| t.space).into_any(), say(|t| t.key_talk).into_any())}
            {key("C".into_any(), say(|t| t.key_camera).into_any())}
            {key("S".into_any(), say(|t| t.key_screen).into_any())}
            {key("H".into_any(), say(|t| t.key_hand).into_any())}
            {key("T".into_any(), say(|t| t.key_chat).into_any())}
            {key("?".into_any(), say(|t| t.key_settings).into_any())}
        </dl>
    }
    .into_any()
}
