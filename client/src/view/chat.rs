//! What people write, in a panel beside the stage.

mod pieces;

use leptos::{ev, html, prelude::*};
use visavis_chat::{ChatView, Intent, MessageId, MessageState, MessageView};
use visavis_protocol::PeerId;

use self::pieces::{Piece, pieces};
use super::{icon, language, provide_own_language};
use crate::{browser::ui, text::ChatText};

/// Messages of one person that follow each other within this time, in milliseconds, stand under one name.
const TOGETHER: u64 = 5 * 60 * 1000;

/// A message as it stands in the list.
#[derive(Debug, Clone, PartialEq)]
struct Line {
    message: MessageView,
    /// The one before it is by the same person, of late, and for the same people.
    follows: bool,
}

fn lines(messages: &[MessageView]) -> Vec<Line> {
    let before = std::iter::once(None).chain(messages.iter().map(Some));
    let line = |(message, before): (&MessageView, Option<&MessageView>)| {
        let follows = before.is_some_and(|before| {
            before.id.is_of_the_stream_of(&message.id)
                && before.name == message.name
                && message.at.saturating_sub(before.at) < TOGETHER
        });
        Line { message: message.clone(), follows }
    };
    messages.iter().zip(before).map(line).collect()
}

/// What is being written: to whom, or in place of which message.
#[derive(Debug, Clone, Copy)]
struct Draft {
    scene: ChatScene,
    field: NodeRef<html::Textarea>,
    to: RwSignal<Option<(PeerId, String)>>,
    edits: RwSignal<Option<MessageId>>,
    /// How many characters it has too many.
    excess: RwSignal<usize>,
}

impl Draft {
    fn edit(self, message: &MessageView) {
        self.edits.set(Some(message.id.clone()));
        self.write(&message.text);
    }

    fn give_up(self) {
        self.edits.set(None);
        self.write("");
    }

    fn write(self, text: &str) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(text);
            let _ = field.focus();
        }
        self.measure();
    }

    /// Whom it is for has left.
    fn is_for_nobody(self) -> bool {
        let is_there =
            |to: &PeerId| self.scene.view.with(|view| view.people.iter().any(|(peer, _)| peer == to));
        self.to.get().is_some_and(|(to, _)| !is_there(&to))
    }

    fn measure(self) {
        let text = self.field.get_untracked().map(|field| field.value()).unwrap_or_default();
        self.excess.set(text.trim().chars().count().saturating_sub(ChatView::MESSAGE_CHARS));
    }

    fn send(self) {
        self.measure();
        let Some(field) = self.field.get_untracked().filter(|_| self.excess.get_untracked() == 0) else {
            return;
        };
        let (text, now) = (field.value(), ui::now_millis());
        let intent = match self.edits.get_untracked() {
            Some(message) => Intent::Edit { message, text, now },
            None if text.trim().is_empty() => return,
            None if untrack(|| self.is_for_nobody()) => return,
            None => Intent::Say { text, to: self.to.get_untracked().map(|(peer, _)| peer), now },
        };
        self.scene.send.run(intent);
        self.give_up();
    }
}

/// A string in whatever language the panel speaks.
fn say(
    string: fn(&'static ChatText) -> &'static str,
) -> impl Fn() -> &'static str + Copy + Send + Sync + 'static {
    let language = language();
    move || string(language.get().chat())
}

/// What the panel is given.
#[derive(Debug, Clone, Copy)]
pub struct ChatScene {
    /// What to draw.
    pub view: Signal<ChatView>,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
    /// How the panel is closed.
    pub shut: UnsyncCallback<()>,
}

impl ChatScene {
    /// A part of the view; changes only when the part does.
    fn part<T: PartialEq + Send + Sync + 'static>(self, part: fn(&ChatView) -> T) -> Memo<T> {
        Memo::new(move |_| self.view.with(part))
    }
}

/// The panel.
pub fn chat_panel(scene: ChatScene) -> AnyView {
    provide_own_language();
    let draft = Draft {
        scene,
        field: NodeRef::new(),
        to: RwSignal::new(None),
        edits: RwSignal::new(None),
        excess: RwSignal::new(0),
    };
    let field = draft.field;
    Effect::new(move |_| {
        if let Some(field) = field.get() {
            let _ = field.focus();
        }
    });
    let close = say(|t| t.close);
    view! {
        <aside
            class="panel"
            data-testid="chat"
            aria-label=say(|t| t.title)
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" && !event.is_composing() {
                    if draft.edits.get_untracked().is_some() { draft.give_up() } else { scene.shut.run(()) }
                }
            }
        >
            <header class="panel-head">
                <h2>{say(|t| t.title)}</h2>
                {keeping(scene)}
                <button
                    type="button"
                    class="round"
                    data-testid="close-chat"
                    aria-label=close
                    title=close
                    on:click=move |_| scene.shut.run(())
                >
                    {icon("#close")}
                </button>
            </header>
            {messages(scene, draft)}
            {composer(scene, draft)}
        </aside>
    }
    .into_any()
}

/// Whether what is written is kept on this device, and the button that forgets it.
fn keeping(scene: ChatScene) -> AnyView {
    let kept = scene.part(|view| view.kept);
    view! {
        <details class="keeping">
            <summary class="round" aria-label=say(|t| t.chat_settings) title=say(|t| t.chat_settings)>
                {icon("#more")}
            </summary>
            <div class="card">
                <label class="check">
                    <input
                        type="checkbox"
                        data-testid="keep-chat"
                        prop:checked=move || kept.get()
                        on:change=move |event| {
                            scene.send.run(Intent::Keep(event_target_checked(&event)));
                        }
                    />
                    <span>{say(|t| t.keep_chat)}</span>
                </label>
                <p class="hint">{say(|t| t.keep_chat_hint)}</p>
                <button
                    type="button"
                    class="secondary small"
                    data-testid="clear-chat"
                    on:click=move |_| scene.send.run(Intent::Clear)
                >
                    {say(|t| t.clear_chat)}
                </button>
            </div>
        </details>
    }
    .into_any()
}

fn messages(scene: ChatScene, draft: Draft) -> AnyView {
    let list = NodeRef::<html::Ol>::new();
    let messages = scene.part(|view| view.messages.clone());
    let shortened = scene.part(|view| view.shortened);
    let lines = Memo::new(move |_| messages.with(|messages| lines(messages)));
    // Whether the latest is in sight, and stays so.
    let at_end = RwSignal::new(true);
    let to_end = move || {
        if let Some(list) = list.get_untracked() {
            ui::scroll_to_end(&list);
        }
    };
    Effect::new(move |_| {
        let any = lines.with(|lines| !lines.is_empty());
        if any && at_end.get_untracked() {
            request_animation_frame(to_end);
        }
    });
    // Where there is less room than before, the latest stay in sight.
    let watch = StoredValue::new_local(None);
    Effect::new(move |_| {
        if let Some(list) = list.get() {
            watch.set_value(Some(ui::SizeWatch::new(&list, move |_, _| {
                if at_end.try_get_untracked() == Some(true) {
                    to_end();
                }
            })));
        }
    });
    let unread = scene.part(|view| view.unread);
    Effect::new(move |_| {
        if unread.get() > 0 {
            scene.send.run(Intent::Read);
        }
    });
    let empty =
        move || lines.with(Vec::is_empty).then(|| view! { <li class="hint">{say(|t| t.chat_empty)}</li> });
    let gone = move || shortened.get().then(|| view! { <li class="hint">{say(|t| t.chat_shortened)}</li> });
    view! {
        <div class="messages">
            <ol
                node_ref=list
                role="log"
                aria-label=say(|t| t.messages)
                tabindex="0"
                on:scroll=move |_| {
                    if let Some(list) = list.get_untracked() {
                        at_end.set(ui::is_at_end(&list));
                    }
                }
            >
                {gone}
                {empty}
                <For
                    each=move || lines.get()
                    key=|line| {
                        let message = &line.message;
                        (message.id.clone(), message.revision, message.state, line.follows)
                    }
                    children=move |line| message(line, draft)
                />
            </ol>
            <button
                type="button"
                class="secondary small latest"
                data-testid="chat-latest"
                hidden=move || at_end.get()
                on:click=move |_| to_end()
            >
                {say(|t| t.latest)}
            </button>
        </div>
    }
    .into_any()
}

fn message(line: Line, draft: Draft) -> AnyView {
    provide_own_language();
    let language = language();
    let Line { message, follows } = line;
    let state = message.state;
    let (own, at, name, to) = (message.own, message.at, message.name.clone(), message.to.clone());
    let shown_name = name.clone();
    let author = move || {
        let text = language.get().chat();
        match (own, shown_name.as_str()) {
            (true, _) => text.you.to_owned(),
            (false, "") => text.nameless.to_owned(),
            (false, name) => name.to_owned(),
        }
    };
    let private = to.is_some();
    let audience = move || {
        let text = language.get().chat();
        to.as_ref().map(|to| match (own, to.as_str()) {
            (true, "") => (text.only_to)(text.nameless),
            (true, to) => (text.only_to)(to),
            (false, _) => text.only_to_you.to_owned(),
        })
    };
    let time = move || ui::clock_time(at, language.get().tag());
    let words = match state {
        MessageState::Deleted => view! { <i>{say(|t| t.was_deleted)}</i> }.into_any(),
        MessageState::Written | MessageState::Edited => text_of(&message.text),
    };
    let edited = (state == MessageState::Edited).then(|| view! { <small>{say(|t| t.was_edited)}</small> });
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
    let (edit, delete) = (say(|t| t.edit), say(|t| t.delete));
    let id = message.id.clone();
    view! {
        <span class="actions">
            <button
                type="button"
                class="round"
                data-testid="chat-edit"
                aria-label=edit
                title=edit
                on:click=move |_| draft.edit(&message)
            >
                {icon("#pencil")}
            </button>
            <button
                type="button"
                class="round"
                data-testid="chat-delete"
                aria-label=delete
                title=delete
                on:click=move |_| {
                    let (message, text, now) = (id.clone(), String::new(), ui::now_millis());
                    draft.scene.send.run(Intent::Edit { message, text, now });
                }
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

fn composer(scene: ChatScene, draft: Draft) -> AnyView {
    let language = language();
    let people = scene.part(|view| view.people.clone());
    let send = say(|t| t.send);
    let named = move |name: &str| {
        if name.is_empty() { language.get().chat().nameless.to_owned() } else { name.to_owned() }
    };
    let options = move || {
        let mut all = people.get();
        // Whoever has left stays chosen: what was meant for one must not go to all.
        let gone = draft.to.get_untracked().filter(|to| all.iter().all(|(peer, _)| *peer != to.0));
        all.extend(gone);
        let option = |(peer, name): (PeerId, String)| {
            let value = peer.to_string();
            let chosen = draft.to.with_untracked(|to| to.as_ref().is_some_and(|to| to.0 == peer));
            view! { <option value=value selected=chosen>{named(&name)}</option> }
        };
        all.into_iter().map(option).collect_view()
    };
    let choose = move |event| {
        let chosen = event_target_value(&event);
        let found =
            people.with_untracked(|people| people.iter().find(|(peer, _)| peer.as_str() == chosen).cloned());
        draft.to.set(found);
    };
    let editing = move || {
        draft.edits.with(Option::is_some).then(|| {
            view! {
                <p class="editing hint">
                    {say(|t| t.editing)}
                    <button type="button" class="quiet small" on:click=move |_| draft.give_up()>
                        {say(|t| t.cancel)}
                    </button>
                </p>
            }
        })
    };
    let too_long = move || match draft.excess.get() {
        0 if draft.is_for_nobody() => language.get().chat().nobody.to_owned(),
        0 => String::new(),
        excess => (language.get().chat().too_long)(excess),
    };
    view! {
        <form
            class="composer"
            on:submit=move |event| {
                event.prevent_default();
                draft.send();
            }
        >
            {editing}
            <label class="audience" data-private=move || draft.to.with(Option::is_some).then_some("true")>
                <span>{say(|t| t.to)}</span>
                <select class="quiet" data-testid="chat-to" on:change=choose>
                    <option value="">{say(|t| t.everyone)}</option>
                    {options}
                </select>
            </label>
            <p class="complaint" role="status">{too_long}</p>
            <div class="line">
                <textarea
                    node_ref=draft.field
                    class="field"
                    data-testid="chat-input"
                    dir="auto"
                    rows="1"
                    enterkeyhint="send"
                    aria-label=say(|t| t.message)
                    placeholder=say(|t| t.message)
                    aria-invalid=move || (draft.excess.get() > 0).then_some("true")
                    on:input=move |_| draft.measure()
                    on:keydown=move |event: ev::KeyboardEvent| {
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            draft.send();
                        }
                    }
                ></textarea>
                <button type="submit" class="round send" data-testid="chat-send" aria-label=send title=send>
                    {icon("#send")}
                </button>
            </div>
        </form>
    }
    .into_any()
}
