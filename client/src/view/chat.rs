//! What people write and the files they give each other, in a panel beside the stage.

mod amount;
mod composer;
mod files;
mod messages;
mod pieces;

use leptos::{ev, prelude::*};
use visavis_chat::{ChatView, Intent};
use visavis_protocol::PeerId;

use self::composer::{Draft, composer};
use self::messages::messages;
use super::icon;
use crate::{
    files::word::{FileWish, FilesShown},
    text::PanelText,
};

/// What the panel is given.
#[derive(Debug, Clone, Copy)]
pub struct ChatScene {
    /// What it says. In a call the language stays.
    pub text: &'static PanelText,
    /// What to draw.
    pub view: Signal<ChatView>,
    /// The files to draw among the messages.
    pub files: Signal<FilesShown>,
    /// Who types.
    pub typing: Signal<Vec<PeerId>>,
    /// Where wishes go.
    pub send: UnsyncCallback<Intent>,
    /// Where those about files go.
    pub wish: UnsyncCallback<FileWish>,
    /// Where it is said that the user types, or does not any more.
    pub types: UnsyncCallback<visavis_live::Input>,
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
    let text = scene.text;
    let draft = Draft::new(scene);
    view! {
        <aside
            class="panel"
            data-testid="chat"
            aria-label=text.title
            on:keydown=move |event: ev::KeyboardEvent| {
                if event.key() == "Escape" && !event.is_composing() && !draft.give_up() {
                    scene.shut.run(());
                }
            }
        >
            <header class="panel-head">
                <h2>{text.title}</h2>
                {keeping(scene)}
                <button
                    type="button"
                    class="round"
                    data-testid="close-chat"
                    aria-label=text.close
                    title=text.close
                    on:click=move |_| scene.shut.run(())
                >
                    {icon("#close")}
                </button>
            </header>
            {messages(scene, draft)}
            {files::all_at_once(scene)}
            {composer(scene, draft)}
        </aside>
    }
    .into_any()
}

/// Whether what is written is kept on this device, and the button that forgets it.
fn keeping(scene: ChatScene) -> AnyView {
    let text = scene.text;
    let kept = scene.part(|view| view.kept);
    view! {
        <details class="keeping">
            <summary
                class="round"
                aria-label=text.chat_settings
                title=text.chat_settings
                on:click=move |_| scene.wish.run(FileWish::ListOthers)
            >
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
                    <span>{text.keep_chat}</span>
                </label>
                <p class="hint">{text.keep_chat_hint}</p>
                <button
                    type="button"
                    class="secondary small"
                    data-testid="clear-chat"
                    on:click=move |_| scene.send.run(Intent::Clear)
                >
                    {text.clear_chat}
                </button>
                {files::stored(scene)}
            </div>
        </details>
    }
    .into_any()
}
