//! What to do when nobody else is there: send the link.

use leptos::{html, prelude::*};

use super::{Scene, controls::Copying, icon, say, watch};
use crate::browser::ui;

/// The card in the middle of an empty stage. Another program draws the further ways to invite into a place of it that is
/// kept free ([`super::ways`]).
pub(super) fn invite(scene: Scene) -> AnyView {
    let copying = Copying::new();
    let field = NodeRef::<html::Input>::new();
    let place = NodeRef::<html::Section>::new();
    let (copy, copied, refused) = (say(|t| t.copy_link), say(|t| t.copied), say(|t| t.copy_failed));
    watch(move || {
        if let Some(field) = field.get().filter(|_| copying.refused.get()) {
            ui::select_all(&field);
        }
    });
    watch(move || scene.door.invite.run(place.get()));
    on_cleanup(move || scene.door.invite.run(None));
    view! {
        <section class="card invite">
            <div class="invite-words">
                <h2>{say(|t| t.invite_title)}</h2>
                <p>{say(|t| t.invite_hint)}</p>
                <input
                    class="field"
                    type="text"
                    readonly
                    dir="ltr"
                    node_ref=field
                    aria-label=say(|t| t.invite_link)
                    value=scene.link.get_value()
                    on:focus=move |event| ui::select_all(&event_target(&event))
                />
            </div>
            <button
                type="button"
                class="primary"
                data-testid="copy-link"
                on:click=move |_| copying.copy(scene.link.get_value())
            >
                {move || icon(if copying.copied.get() { "#check" } else { "#link" })}
                <span>{move || if copying.copied.get() { copied() } else { copy() }}</span>
            </button>
            <section class="ways" node_ref=place></section>
            <p class="hint" role="status">
                {move || if copying.refused.get() { refused() } else { "" }}
            </p>
        </section>
    }
    .into_any()
}
