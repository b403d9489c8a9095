//! The list of what was written.

use leptos::{html, prelude::*};
use visavis_chat::{Intent, MessageId, MessageState, MessageView, Revision};
use visavis_files::FileId;

use super::composer::Draft;
use super::pieces::{Piece, pieces};
use super::{ChatScene, files::card};
use crate::view::watch;
use crate::{browser::ui, files::word::FileShown, text::of_name, view::icon};

/// Messages of one person that follow each other within this time, in milliseconds, stand under one name.
const TOGETHER: u64 = 5 * 60 * 1000;

/// A message as it stands in the list.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    message: MessageView,
    /// The one before it is by the same person, of late, and for the same people.
    follows: bool,
}

/// Tells entries apart; one that has another key is drawn anew.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
enum Key {
    Message(MessageId, Revision, MessageState, bool),
    File(FileId),
}

/// What stands in the list.
#[derive(Debug, Clone, PartialEq)]
enum Entry {
    Message(Line),
    File(FileId),
}

/// Messages and files: these keep their order, a file stands before the first message that is later.
fn entries(messages: &[MessageView], files: &[FileShown]) -> Vec<Entry> {
    let mut files = files.iter().map(|file| &file.view).peekable();
    let mut entries = Vec::new();
    let mut before: Option<&MessageView> = None;
    for message in messages {
        while let Some(file) = files.next_if(|file| file.at < message.at) {
            entries.push(Entry::File(file.file.clone()));
            before = None;
        }
        let follows = before.is_some_and(|before| {
            before.id.is_of_the_stream_of(&message.id)
                && before.name == message.name
                && message.at.saturating_sub(before.at) < TOGETHER
        });
        entries.push(Entry::Message(Line { message: message.clone(), follows }));
        before = Some(message);
    }
    entries.extend(files.map(|file| Entry::File(file.file.clone())));
    entries
}

pub(super) fn messages(scene: ChatScene, draft: Draft) -> AnyView {
    let list = NodeRef::<html::Ol>::new();
    let messages = scene.part(|view| view.messages.clone());
    let shortened = scene.part(|view| view.shortened);
    let lines = Memo::new(move |_| {
        messages.with(|messages| scene.files.with(|shown| entries(messages, &shown.files)))
    });
    // Whether the latest is in sight, and stays so.
    let at_end = RwSignal::new(true);
    let seen_from = std::rc::Rc::new(std::cell::Cell::new(0));
    let to_end = move || {
        // The panel may be closed by the next frame.
        if let Some(list) = list.try_get_untracked().flatten() {
            ui::scroll_to_end(&list);
        }
    };
    watch(move || {
        // Cards grow as well.
        scene.files.track();
        let any = lines.with(|lines| !lines.is_empty());
        if any && at_end.get_untracked() {
            request_animation_frame(to_end);
        }
    });
    // Where there is less room than before, the latest stay in sight.
    let measured = StoredValue::new_local(None);
    watch(move || {
        if let Some(list) = list.get() {
            ui::read_as_it_comes(&list);
            measured.set_value(Some(ui::SizeWatch::new(&list, move |_, _| {
                if at_end.try_get_untracked() == Some(true) {
                    to_end();
                }
            })));
        }
    });
    let unread = scene.part(|view| view.unread);
    watch(move || {
        if unread.get() > 0 {
            scene.send.run(Intent::Read);
        }
    });
    let text = scene.text;
    let empty = move || lines.with(Vec::is_empty).then(|| view! { <li class="hint">{text.chat_empty}</li> });
    let gone = move || shortened.get().then(|| view! { <li class="hint">{text.chat_shortened}</li> });
    view! {
        <div class="messages">
            <ol
                node_ref=list
                aria-label=text.messages
                tabindex="0"
                on:scroll=move |_| {
                    if let Some(list) = list.get_untracked() {
                        let (top, before) = (list.scroll_top(), seen_from.replace(list.scroll_top()));
                        // What has grown meanwhile is no wish to look back.
                        if ui::is_at_end(&list) {
                            at_end.set(true);
                        } else if top < before {
                            at_end.set(false);
                        }
                    }
                }
            >
                {gone}
                {empty}
                <For
                    each=move || lines.get()
                    key=|entry| match entry {
                        Entry::Message(Line { message, follows }) => {
                            Key::Message(message.id.clone(), message.revision, message.state, *follows)
                        }
                        Entry::File(file) => Key::File(file.clone()),
                    }
                    children=move |entry| match entry {
                        Entry::Message(line) => message(line, draft),
                        Entry::File(file) => card(scene, &file),
                    }
                />
            </ol>
            <button
                type="button"
                class="secondary small latest"
                data-testid="chat-latest"
                hidden=move || at_end.get()
                on:click=move |_| to_end()
            >
                {text.latest}
            </button>
        </div>
    }
    .into_any()
}

fn message(line: Line, draft: Draft) -> AnyView {
    let text = draft.scene.text;
    let Line { message, follows } = line;
    let state = message.state;
    let (own, at, name, to) = (message.own, message.at, message.name.clone(), message.to.clone());
    let author = match (own, name.as_str()) {
        (true, _) => text.you.to_owned(),
        (false, "") => text.nameless.to_owned(),
        (false, name) => name.to_owned(),
    };
    let private = to.is_some();
    let audience = to.map(|to| match (own, to.as_str()) {
        (true, "") => of_name(text.only_to, text.nameless),
        (true, to) => of_name(text.only_to, to),
        (false, _) => text.only_to_you.to_owned(),
    });
    let time = ui::clock_time(at, text.locale);
    let words = match state {
        MessageState::Deleted => view! { <i>{text.was_deleted}</i> }.into_any(),
        MessageState::Written | MessageState::Edited => text_of(&message.text),
    };
    let edited = (state == MessageState::Edited).then(|| view! { <small>{text.was_edited}</small> });
    let actions = (own && state != MessageState::Deleted).then(|| actions(message, draft));
    view! {
        <li
            class="message"
            data-testid="chat-message"
            data-from=name
            data-own=own.then_some("true")
            data-private=private.then_some("true")
            data-follows=follows.then_some("true")
            data-state=match state {
                MessageState::Written => "written",
                MessageState::Edited => "edited",
                MessageState::Deleted => "deleted",
            }
        >
            <p class="meta">
                <bdi class="name">{author}</bdi>
                <span>{audience}</span>
                <time class="tabular">{time}</time>
            </p>
            <div class="words">
                <p class="text" dir="auto">{words} " " {edited}</p>
                {actions}
            </div>
        </li>
    }
    .into_any()
}

/// The buttons of the user's own message.
fn actions(message: MessageView, draft: Draft) -> AnyView {
    let text = draft.scene.text;
    let id = message.id.clone();
    view! {
        <span class="actions">
            <button
                type="button"
                class="round"
                data-testid="chat-edit"
                aria-label=text.edit
                title=text.edit
                on:click=move |_| draft.edit(&message)
            >
                {icon("#pencil")}
            </button>
            <button
                type="button"
                class="round"
                data-testid="chat-delete"
                aria-label=text.delete
                title=text.delete
                on:click=move |_| draft.delete(id.clone())
            >
                {icon("#trash")}
            </button>
        </span>
    }
    .into_any()
}

/// A text, with its links.
fn text_of(text: &str) -> AnyView {
    let piece = |piece: Piece<'_>| match piece {
        Piece::Words(words) => words.to_owned().into_any(),
        Piece::Link(link) => {
            let (address, words) = (link.to_owned(), link.to_owned());
            view! { <a href=address target="_blank" rel="noopener noreferrer nofollow">{words}</a> }
                .into_any()
        }
    };
    pieces(text).into_iter().map(piece).collect_view().into_any()
}
