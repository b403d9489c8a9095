//! What the user should know: a sentence and one thing to do.

use leptos::prelude::*;
use visavis_call::{DeviceFailure, Intent, Notice, Phase, Problem};

use super::{Scene, icon, language, say};
use crate::{context::route, text::Text};

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
            Problem::RoomFull | Problem::ServerRefused | Problem::TooManyRequests
                if phase != Phase::Lobby =>
            {
                Self::None
            }
            Problem::Device(_, DeviceFailure::Unsupported)
            | Problem::Screen(DeviceFailure::Unsupported)
            | Problem::ServerUnreachable
            | Problem::ConnectionLost
            | Problem::FileNotSaved
            | Problem::PanelNotLoaded => Self::None,
            Problem::Device(kind, _) => Self::Send(Intent::Retry(kind)),
            Problem::Screen(_) => Self::Send(Intent::Share(true)),
            Problem::RoomFull | Problem::ServerRefused | Problem::TooManyRequests => Self::Send(Intent::Join),
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
            children=move |Notice { id, problem }| {
                let dismiss = say(|t| t.dismiss);
                view! {
                    <div class="notice" role="alert" data-testid="notice" data-problem=problem.code()>
                        {icon("#warning")}
                        <p>{words(problem)}</p>
                        {remedy(scene, problem)}
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
pub(super) fn banner(code: &'static str, words: impl Fn() -> &'static str + Send + 'static) -> AnyView {
    view! {
        <div class="notice" role="status" data-testid="notice" data-problem=code>
            {icon("#warning")}
            <p>{words}</p>
        </div>
    }
    .into_any()
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
        Remedy::Reload => route::reload(),
        Remedy::None => {}
    };
    view! {
        <button type="button" class="secondary small" data-testid="remedy" on:click=apply>
            {say(label)}
        </button>
    }
    .into_any()
}
