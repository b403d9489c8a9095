//! Where messages are written, to everybody or to one person, and changed.

use leptos::{ev, html, prelude::*};
use visavis_chat::{ChatView, Intent, MessageId, MessageView};
use visavis_live::Input;
use visavis_protocol::PeerId;

use super::{ChatScene, files::attach};
use crate::{
    browser::ui,
    view::{icon, watch},
};

/// What is being written: to whom, or in place of which message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Draft {
    pub(super) scene: ChatScene,
    field: NodeRef<html::Textarea>,
    to: RwSignal<Option<(PeerId, String)>>,
    edits: RwSignal<Option<MessageId>>,
    /// How many characters it has too many.
    excess: RwSignal<usize>,
}

impl Draft {
    /// An empty one to everybody; whoever opens the panel can write at once.
    pub(super) fn new(scene: ChatScene) -> Self {
        let field = NodeRef::<html::Textarea>::new();
        watch(move || {
            if let Some(field) = field.get() {
                let _ = field.focus();
            }
        });
        let (to, edits, excess) = (RwSignal::new(None), RwSignal::new(None), RwSignal::new(0));
        Self { scene, field, to, edits, excess }
    }

    pub(super) fn edit(self, message: &MessageView) {
        self.edits.set(Some(message.id.clone()));
        self.write(&message.text);
    }

    pub(super) fn delete(self, message: MessageId) {
        self.scene.send.run(Intent::Edit { message, text: String::new(), now: ui::now_millis() });
    }

    /// Leaves a message as it is; says whether one was being changed.
    pub(super) fn give_up(self) -> bool {
        let changes = self.edits.with_untracked(Option::is_some);
        if changes {
            self.clear();
        }
        changes
    }

    fn clear(self) {
        self.edits.set(None);
        self.write("");
        self.scene.types.run(Input::Stops);
    }

    fn write(self, text: &str) {
        if let Some(field) = self.field.get_untracked() {
            field.set_value(text);
            let _ = field.focus();
        }
        self.measure();
    }

    /// Whom it is for alone.
    fn addressee(self) -> Signal<Option<PeerId>> {
        let to = self.to;
        Signal::derive(move || to.get().map(|(peer, _)| peer))
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
        self.clear();
    }

    /// Others see that the user types, but not what, and not that something is edited.
    fn on_type(self) {
        self.measure();
        let empty = self.field.get_untracked().is_none_or(|field| field.value().trim().is_empty());
        let input = if empty || self.edits.with_untracked(Option::is_some) {
            Input::Stops
        } else {
            Input::Types(self.to.get_untracked().map(|(peer, _)| peer))
        };
        self.scene.types.run(input);
    }
}

pub(super) fn composer(scene: ChatScene, draft: Draft) -> AnyView {
    let text = scene.text;
    let people = scene.part(|view| view.people.clone());
    let named = move |name: &str| {
        if name.is_empty() { text.nameless.to_owned() } else { name.to_owned() }
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
                    {text.editing}
                    <button type="button" class="quiet small" on:click=move |_| draft.clear()>
                        {text.cancel}
                    </button>
                </p>
            }
        })
    };
    let too_long = move || match draft.excess.get() {
        0 if draft.is_for_nobody() => text.nobody.to_owned(),
        0 => String::new(),
        excess => text.too_long(excess as u64),
    };
    let typing = move || {
        let typing = scene.typing.get();
        let who: Vec<String> = people.with(|people| {
            people.iter().filter(|(peer, _)| typing.contains(peer)).map(|(_, name)| named(name)).collect()
        });
        text.typing(&who)
    };
    view! {
        <form
            class="composer"
            on:submit=move |event| {
                event.prevent_default();
                draft.send();
            }
        >
            <p class="typing hint" data-testid="typing">
                {typing}
            </p>
            {editing}
            <label class="audience" data-private=move || draft.to.with(Option::is_some).then_some("true")>
                <span>{text.to}</span>
                <select class="quiet" data-testid="chat-to" on:change=choose>
                    <option value="">{text.everyone}</option>
                    {options}
                </select>
            </label>
            <p class="complaint" role="status">{too_long}</p>
            <div class="line">
                {attach(scene, draft.addressee())}
                <textarea
                    node_ref=draft.field
                    class="field"
                    data-testid="chat-input"
                    dir="auto"
                    rows="1"
                    enterkeyhint="send"
                    aria-label=text.message
                    placeholder=text.message
                    aria-invalid=move || (draft.excess.get() > 0).then_some("true")
                    on:input=move |_| draft.on_type()
                    on:keydown=move |event: ev::KeyboardEvent| {
                        if event.key() == "Enter" && !event.shift_key() && !event.is_composing() {
                            event.prevent_default();
                            draft.send();
                        }
                    }
                ></textarea>
                <button type="submit" class="round send" data-testid="chat-send" aria-label=text.send title=text.send>
                    {icon("#send")}
                </button>
            </div>
        </form>
    }
    .into_any()
}
