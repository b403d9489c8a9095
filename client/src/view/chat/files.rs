//! The cards of files among the messages.

mod parts;

use leptos::{html, prelude::*};
use visavis_files::{FileId, FileState};
use visavis_protocol::PeerId;

use self::parts::{buttons, picture, progress, state_code, takers, thumbnail, words};
use super::ChatScene;
use super::amount::amount;
use crate::{
    browser::picked,
    files::word::{Deed, FileShown, FileWish, FilesShown, Other},
    text::{counted, fill, of_name},
    view::icon,
};

/// The button with which files are chosen.
pub(super) fn attach(scene: ChatScene, to: Signal<Option<PeerId>>) -> AnyView {
    let field = NodeRef::<html::Input>::new();
    let label = scene.text.attach;
    view! {
        <input
            node_ref=field
            type="file"
            multiple
            hidden
            data-testid="file-input"
            on:change=move |_| {
                let files = field.get_untracked().map(|field| picked::take_chosen(&field)).unwrap_or_default();
                if !files.is_empty() {
                    scene.wish.run(FileWish::Offer { files, to: to.get_untracked() });
                }
            }
        />
        <button
            type="button"
            class="round"
            data-testid="attach"
            aria-label=label
            title=label
            on:click=move |_| {
                if let Some(field) = field.get_untracked() {
                    picked::choose(&field);
                }
            }
        >
            {icon("#clip")}
        </button>
    }
    .into_any()
}

/// What can be done to several files at once, which they are, and how many bytes they have altogether.
fn together(shown: &FilesShown) -> (Deed, Vec<FileId>, u64) {
    let find = |deed, state| {
        let (mut files, mut bytes) = (Vec::new(), 0_u64);
        for FileShown { view, is_saved, .. } in &shown.files {
            if view.state == state && !view.own && !is_saved {
                files.push(view.file.clone());
                bytes += view.size;
            }
        }
        (deed, files, bytes)
    };
    let offered = find(Deed::Accept, FileState::Offered);
    if offered.1.len() > 1 { offered } else { find(Deed::SaveAll, FileState::Done) }
}

/// Where several files are offered, all of them can be taken at once, and where several have come, all saved.
pub(super) fn all_at_once(scene: ChatScene) -> AnyView {
    let text = scene.text;
    let words = Memo::new(move |_| match scene.files.with(together) {
        (_, files, _) if files.len() < 2 => String::new(),
        (deed, files, bytes) => {
            let sentence = if deed == Deed::Accept { text.offered } else { text.received };
            let sentence = counted(text.locale, sentence, files.len() as u64);
            let count = files.len().to_string();
            fill(sentence, &[("count", &count), ("size", &amount(bytes, text))])
        }
    });
    let label = move || {
        if scene.files.with(together).0 == Deed::Accept { text.accept_all } else { text.save_all }
    };
    let press = move |_: leptos::ev::MouseEvent| {
        let (deed, files, _) = scene.files.with_untracked(together);
        scene.wish.run(FileWish::Do(deed, files));
    };
    view! {
        <div class="together" data-testid="files-together" hidden=move || words.with(String::is_empty)>
            <span class="tabular">{words}</span>
            <button type="button" class="primary small" data-testid="all-at-once" on:click=press>
                {label}
            </button>
        </div>
    }
    .into_any()
}

/// What is stored of other calls, each to be deleted.
pub(super) fn stored(scene: ChatScene) -> AnyView {
    let text = scene.text;
    let others = Memo::new(move |_| scene.files.with(|files| files.others.clone()));
    let one = move |other: Other| {
        let remove = text.remove;
        let drawer = other.drawer.clone();
        view! {
            <li>
                <bdi class="file-name" title=other.name.clone()>{other.name.clone()}</bdi>
                <span class="hint tabular">{amount(other.bytes, text)}</span>
                <button
                    type="button"
                    class="round"
                    data-testid="delete-stored"
                    aria-label=remove
                    title=remove
                    on:click=move |_| scene.wish.run(FileWish::DeleteOther(drawer.clone()))
                >
                    {icon("#trash")}
                </button>
            </li>
        }
    };
    let list = move || {
        let others = others.get();
        (!others.is_empty()).then(|| {
            view! {
                <h3>{text.others}</h3>
                <ul class="stored">{others.into_iter().map(one).collect_view()}</ul>
            }
        })
    };
    view! { {list} }.into_any()
}

/// A card; it follows what becomes of its file.
pub(super) fn card(scene: ChatScene, file: &FileId) -> AnyView {
    let id = file.clone();
    let find = move |_: Option<&FileShown>| -> Option<FileShown> {
        scene.files.with(|files| files.files.iter().find(|shown| shown.view.file == id).cloned())
    };
    let shown =
        Memo::new(move |before: Option<&Option<FileShown>>| find(None).or_else(|| before.cloned().flatten()));
    let Some(first) = shown.get_untracked() else { return ().into_any() };
    let (own, private) = (first.view.own, !first.view.shared);
    let text = scene.text;
    let part = move |part: fn(&FileShown) -> Option<String>| {
        Memo::new(move |_| shown.with(|shown| shown.as_ref().and_then(part)))
    };
    let state = Memo::new(move |_| shown.with(|shown| shown.as_ref().map(|shown| shown.view.state)));
    let (from, to) = (part(|shown| Some(shown.view.from.clone())), part(|shown| shown.view.to.clone()));
    let named = move |name: Option<String>| match name.unwrap_or_default() {
        name if name.is_empty() => text.nameless.to_owned(),
        name => name,
    };
    let author = move || if own { text.you.to_owned() } else { named(from.get()) };
    let audience = move || match (private, own) {
        (false, _) => String::new(),
        (true, true) => of_name(text.only_to, &named(to.get())),
        (true, false) => text.only_to_you.to_owned(),
    };
    let at = first.view.at;
    let time = crate::browser::ui::clock_time(at, text.locale);
    let name = first.view.name.clone();
    let words = move || shown.with(|shown| shown.as_ref().map(|shown| words(shown, text)));
    view! {
        <li
            class="message file"
            data-testid="file-offer"
            data-own=own.then_some("true")
            data-private=private.then_some("true")
            data-from=first.view.from.clone()
            data-state=move || state.get().map(state_code)
        >
            <p class="meta">
                <bdi class="name">{author}</bdi>
                <span>{audience}</span>
                <time class="tabular">{time}</time>
            </p>
            <div class="file-card">
                {thumbnail(scene, &first, state)}
                <div class="file-words">
                    <p class="file-name" title=name.clone()>
                        <bdi>{name.clone()}</bdi>
                    </p>
                    <p class="hint tabular">{words}</p>
                </div>
                {progress(shown, text)}
                {takers(shown, text)}
                {picture(shown, &name)}
                {buttons(scene, file, own, state)}
            </div>
        </li>
    }
    .into_any()
}
