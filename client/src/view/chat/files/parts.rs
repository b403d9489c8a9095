//! What a card is made of.

use leptos::prelude::*;
use visavis_files::{FileId, FileProblem, FileState, FileView, TakerState, TakerView};

use super::super::ChatScene;
use super::super::amount::{amount, permille};
use crate::{
    files::word::{Deed, FileShown, FileWish},
    text::{PanelText, fill, of_name},
    view::icon,
};

/// What a card follows.
pub(super) type Shown = Memo<Option<FileShown>>;

/// What tests and the style sheet go by.
pub(super) fn state_code(state: FileState) -> &'static str {
    match state {
        FileState::Offered => "offered",
        FileState::Declined => "declined",
        FileState::Preparing => "preparing",
        FileState::Coming => "coming",
        FileState::Waiting => "waiting",
        FileState::Paused => "paused",
        FileState::Held => "held",
        FileState::Done => "done",
        FileState::Ended(_) => "ended",
    }
}

/// What of it is done: of the user's own, on average over who takes it.
fn done(view: &FileView) -> u64 {
    if !view.own {
        return view.done;
    }
    let taking = view.takers.iter().filter(|taker| taker.state != TakerState::Asked);
    let taking: Vec<u64> =
        taking.filter(|taker| taker.state != TakerState::Declined).map(|taker| taker.done).collect();
    taking.iter().sum::<u64>() / (taking.len() as u64).max(1)
}

pub(super) fn progress(shown: Shown, text: &'static PanelText) -> AnyView {
    let state = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.view.state)));
    let bytes = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| done(&shown.view))));
    let share = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().map(|shown| permille(done(&shown.view), shown.view.size)))
    });
    let percent = move || share.get().unwrap_or_default() / 10;
    view! {
        <div
            class="file-progress"
            data-testid="file-progress"
            role="progressbar"
            aria-label=text.progress
            aria-valuemin="0"
            aria-valuemax="100"
            aria-valuenow=percent
            data-state=move || state.get().map(state_code)
            data-bytes=move || bytes.get()
            style=("--share", move || format!("{}", share.get().unwrap_or_default()))
        ></div>
    }
    .into_any()
}

/// One sentence: how large it is, and how it does.
pub(super) fn words(shown: &FileShown, text: &PanelText) -> String {
    let amount = |bytes| amount(bytes, text);
    let of = |done, size: &str| fill(text.of, &[("done", &amount(done)), ("size", size)]);
    let FileShown { view, rate, .. } = shown;
    let size = amount(view.size);
    let from = if view.from.is_empty() { text.nameless } else { view.from.as_str() };
    let more = match view.state {
        FileState::Offered if view.own && view.takers.is_empty() => text.nobody_here.to_owned(),
        FileState::Offered => view.kind.clone(),
        FileState::Declined => text.declined.to_owned(),
        FileState::Preparing => text.preparing.to_owned(),
        FileState::Coming => {
            let came = of(done(view), &size);
            let rest = if view.own {
                view.takers
                    .iter()
                    .filter(|taker| taker.state == TakerState::Taking)
                    .map(|taker| view.size.saturating_sub(taker.done))
                    .sum()
            } else {
                view.size.saturating_sub(view.done)
            };
            return match (*rate > 0).then(|| rest.div_ceil(*rate)) {
                None => came,
                Some(seconds) => {
                    let speed = fill(text.speed, &[("size", &amount(*rate))]);
                    format!("{came} · {speed} · {}", left(text, seconds))
                }
            };
        }
        FileState::Waiting => of_name(text.waiting, from),
        FileState::Paused => text.paused.to_owned(),
        FileState::Held => of_name(text.held, from),
        FileState::Done if view.own => String::new(),
        FileState::Done => text.done.to_owned(),
        FileState::Ended(problem) => match (problem, view.own) {
            (FileProblem::Full, _) => text.full,
            (FileProblem::NotStored, _) => text.not_stored,
            (FileProblem::Changed, false) => text.changed,
            (FileProblem::Changed, true) => text.own_changed,
            (FileProblem::Damaged, _) => text.damaged,
            (FileProblem::Withdrawn, false) => text.withdrawn,
            (FileProblem::Withdrawn, true) => text.own_withdrawn,
        }
        .to_owned(),
    };
    let came = matches!(view.state, FileState::Waiting | FileState::Paused | FileState::Held) && !view.own;
    let size = if came { of(view.done, &size) } else { size };
    if more.is_empty() { size } else { format!("{size} · {more}") }
}

/// How long it takes.
fn left(text: &PanelText, seconds: u64) -> String {
    let (sentence, count) = match seconds {
        0..60 => (text.seconds_left, seconds.max(1)),
        60..3600 => (text.minutes_left, seconds.div_ceil(60)),
        _ => (text.hours_left, seconds.div_ceil(3600)),
    };
    fill(sentence, &[("count", &count.to_string())])
}

/// Who takes the user's file, or does not.
pub(super) fn takers(shown: Shown, text: &'static PanelText) -> AnyView {
    let takers = Memo::new(move |_| {
        shown.with(|shown| shown.as_ref().map(|shown| (shown.view.takers.clone(), shown.view.size)))
    });
    let one = move |taker: &TakerView, size: u64| {
        let name = if taker.name.is_empty() { text.nameless.to_owned() } else { taker.name.clone() };
        let state = match taker.state {
            TakerState::Asked => text.asked.to_owned(),
            TakerState::Taking => format!("{} %", permille(taker.done, size) / 10),
            TakerState::Done => text.has_it.to_owned(),
            TakerState::Declined => text.wants_it_not.to_owned(),
        };
        view! { <li><bdi>{name}</bdi> <span class="tabular">{state}</span></li> }
    };
    let list = move || {
        let (takers, size) = takers.get()?;
        let takers: Vec<_> = takers.iter().map(|taker| one(taker, size)).collect();
        (!takers.is_empty()).then(|| view! { <ul class="takers">{takers}</ul> })
    };
    view! { {list} }.into_any()
}

/// Whether a browser shows it as a picture, and does nothing else with it.
fn is_picture(kind: &str) -> bool {
    matches!(kind, "image/png" | "image/jpeg" | "image/gif" | "image/webp" | "image/avif")
}

pub(super) fn thumbnail(scene: ChatScene, first: &FileShown, state: Memo<Option<FileState>>) -> AnyView {
    let look = scene.text.show;
    let (id, own, is_picture) = (first.view.file.clone(), first.view.own, is_picture(&first.view.kind));
    let shows = move || is_picture && (own || state.get() == Some(FileState::Done));
    let image = || match &first.view.thumbnail {
        Some(url) => view! { <img src=url.clone() alt="" /> }.into_any(),
        None => icon("#file"),
    };
    view! {
        <button
            type="button"
            class="thumbnail"
            data-testid="file-look"
            aria-label=look
            disabled=move || !shows()
            on:click=move |_| scene.wish.run(FileWish::Do(Deed::Look, vec![id.clone()]))
        >
            {image()}
        </button>
    }
    .into_any()
}

/// The picture as a whole, once the user wants to see it.
pub(super) fn picture(shown: Shown, name: &str) -> AnyView {
    let url = Memo::new(move |_| shown.with(|shown| shown.as_ref().and_then(|shown| shown.picture.clone())));
    let name = name.to_owned();
    let image = move || {
        let name = name.clone();
        url.get().map(|url| view! { <img class="picture" data-testid="file-picture" src=url alt=name /> })
    };
    view! { {image} }.into_any()
}

/// The button that goes on.
const MAIN: &str = "primary small";
const OTHER: &str = "secondary small";

pub(super) fn buttons(scene: ChatScene, file: &FileId, own: bool, state: Memo<Option<FileState>>) -> AnyView {
    let text = scene.text;
    let file = StoredValue::new(file.clone());
    let press = move |deed| {
        move |_: leptos::ev::MouseEvent| scene.wish.run(FileWish::Do(deed, vec![file.get_value()]))
    };
    let button = move |id: &'static str, class: &'static str, words: &'static str, deed| {
        view! {
            <button type="button" class=class data-testid=id on:click=press(deed)>
                {words}
            </button>
        }
        .into_any()
    };
    let all = move || {
        let state = state.get()?;
        let stop = || button("file-withdraw", OTHER, text.stop, Deed::Withdraw);
        let leave = || button("file-decline", OTHER, text.stop, Deed::Decline);
        let remove = || button("file-forget", OTHER, text.remove, Deed::Forget);
        let rest = || button("file-resume", MAIN, text.go_on, Deed::Resume);
        let wait = || button("file-pause", OTHER, text.pause, Deed::Pause);
        let again = || button("file-accept", MAIN, text.try_again, Deed::Accept);
        let buttons = match (state, own) {
            (FileState::Offered, false) => {
                vec![
                    button("file-accept", MAIN, text.accept, Deed::Accept),
                    button("file-decline", OTHER, text.decline, Deed::Decline),
                ]
            }
            (FileState::Declined, false) => {
                vec![button("file-accept", OTHER, text.accept, Deed::Accept), remove()]
            }
            (FileState::Preparing | FileState::Held | FileState::Waiting, false) => vec![leave()],
            (FileState::Coming, false) => vec![wait(), leave()],
            (FileState::Paused, false) => vec![rest(), leave()],
            (FileState::Done, false) => vec![button("file-save", MAIN, text.save, Deed::Save), remove()],
            (FileState::Ended(FileProblem::Full | FileProblem::NotStored), false) => vec![again(), remove()],
            (FileState::Ended(_), _) => vec![remove()],
            (FileState::Coming, true) => vec![wait(), stop()],
            (FileState::Paused | FileState::Held, true) => vec![rest(), stop()],
            (_, true) => vec![button("file-withdraw", OTHER, text.withdraw, Deed::Withdraw)],
        };
        Some(view! { <div class="file-buttons">{buttons}</div> })
    };
    view! { {all} }.into_any()
}
