//! What the user should know: a sentence and one thing to do.

use std::time::Duration;

use leptos::prelude::*;
use visavis_call::{Device, DeviceFailure, Intent, Notice, NoticeId, Phase, Problem};

use super::{Scene, icon, language, say};
use crate::{
    context::route,
    text::{Text, of_name},
};

/// What was only to be said is gone after this.
const PASSES_AFTER: Duration = Duration::from_secs(12);

/// What helps.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Remedy {
    Send(Intent),
    Reload,
    None,
}

impl Remedy {
    fn of(problem: Problem, phase: Phase) -> Self {
        match problem {
            // Whoever is joining or in the call is tried again without a press.
            Problem::RoomFull | Problem::RoomLocked | Problem::ServerRefused | Problem::TooManyRequests
                if phase != Phase::Lobby =>
            {
                Self::None
            }
            Problem::Device(_, DeviceFailure::Unsupported)
            | Problem::Screen(DeviceFailure::Unsupported)
            | Problem::ServerUnreachable
            | Problem::ConnectionLost
            | Problem::FileNotSaved
            | Problem::PanelNotLoaded
            | Problem::DeviceFound(_)
            | Problem::DeviceGone(_)
            | Problem::DeviceBack(_)
            | Problem::DeviceNotChosen(_)
            | Problem::Removed
            | Problem::AskedToMute => Self::None,
            Problem::Device(kind, _) => Self::Send(Intent::Retry(kind)),
            Problem::Screen(_) => Self::Send(Intent::Share(true)),
            Problem::RoomFull | Problem::RoomLocked | Problem::ServerRefused | Problem::TooManyRequests => {
                Self::Send(Intent::Join)
            }
            Problem::Outdated => Self::Reload,
        }
    }
}

/// Those of the view's notices that `shown` lets through, each with its remedy.
pub(super) fn notices(scene: Scene, shown: impl Fn(Problem) -> bool + Send + Sync + 'static) -> AnyView {
    let notices = Memo::new(move |_| {
        scene.view.with(|view| {
            view.notices.iter().filter(|notice| shown(notice.problem)).cloned().collect::<Vec<_>>()
        })
    });
    view! {
        <For
            each=move || notices.get()
            key=|notice| notice.id
            children=move |Notice { id, problem, device, name }| {
                let dismiss = say(|t| t.dismiss);
                let offers = matches!(problem, Problem::DeviceFound(_));
                if matches!(
                    problem,
                    Problem::DeviceGone(_)
                        | Problem::DeviceBack(_)
                        | Problem::DeviceNotChosen(_)
                        | Problem::AskedToMute
                ) {
                    pass(scene, id);
                }
                view! {
                    <div class="notice" role="alert" data-testid="notice" data-problem=problem.code()>
                        {icon(if offers { "#settings" } else { "#warning" })}
                        <p>{sentence(problem, device, name)}</p>
                        {if offers { offer(scene, id) } else { remedy(scene, problem) }}
                        <button
                            type="button"
                            class="quiet close"
                            aria-label=dismiss
                            title=dismiss
                            on:click=move |_| scene.send(Intent::Dismiss(id))
                        >
                            {icon("#close")}
                        </button>
                    </div>
                }
            }
        />
    }
    .into_any()
}

/// A problem that is a state, not an event: it goes by itself.
pub(super) fn banner(
    code: &'static str,
    words: impl Fn() -> &'static str + Send + 'static,
    help: Option<AnyView>,
) -> AnyView {
    view! {
        <div class="notice" role="status" data-testid="notice" data-problem=code>
            {icon("#warning")}
            <p>{words}</p>
            {help}
        </div>
    }
    .into_any()
}

/// What was only to be said goes by itself.
fn pass(scene: Scene, id: NoticeId) {
    let timer = set_timeout_with_handle(move || scene.send(Intent::Dismiss(id)), PASSES_AFTER).ok();
    on_cleanup(move || {
        if let Some(timer) = timer {
            timer.clear();
        }
    });
}

/// The button that takes the device that a notice is about.
fn offer(scene: Scene, id: NoticeId) -> AnyView {
    view! {
        <button
            type="button"
            class="secondary small"
            data-testid="remedy"
            on:click=move |_| scene.send(Intent::Adopt(id))
        >
            {say(|t| t.device_use)}
        </button>
    }
    .into_any()
}

/// The words for a problem, and the device or person that it is about.
fn sentence(problem: Problem, device: Option<Device>, name: String) -> impl Fn() -> String + Send {
    let name = device.map_or(name, |device| device.label);
    let language = language();
    move || {
        let text = language.get().text();
        of_name(text.problem(problem), if name.is_empty() { text.nameless } else { &name })
    }
}

/// The words for a problem in the language of the page.
pub(super) fn words(problem: Problem) -> impl Fn() -> &'static str + Copy + Send + Sync {
    let language = language();
    move || language.get().text().problem(problem)
}

/// The button that helps, if one does.
pub(super) fn remedy(scene: Scene, problem: Problem) -> AnyView {
    let phase = scene.part(|view| view.phase);
    (move || button(scene, Remedy::of(problem, phase.get()))).into_any()
}

fn button(scene: Scene, remedy: Remedy) -> AnyView {
    let label: fn(&'static Text) -> &'static str = match remedy {
        Remedy::Send(_) => |t| t.retry,
        Remedy::Reload => |t| t.reload,
        Remedy::None => return ().into_any(),
    };
    let apply = move |_| match &remedy {
        Remedy::Send(intent) => scene.send(intent.clone()),
        Remedy::Reload => route::renew(),
        Remedy::None => {}
    };
    view! {
        <button type="button" class="secondary small" data-testid="remedy" on:click=apply>
            {say(label)}
        </button>
    }
    .into_any()
}
