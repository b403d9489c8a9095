//! What to do when nobody else is there: send the link.

use leptos::{html, prelude::*};

use super::{
    Scene,
    code::{Code, code},
    controls::Copying,
    icon, say,
};
use crate::browser::ui;

/// The card in the middle of an empty stage.
pub(super) fn invite(scene: Scene) -> AnyView {
    let copying = Copying::new();
    let field = NodeRef::<html::Input>::new();
    let (copy, copied, refused) = (say(|t| t.copy_link), say(|t| t.copied), say(|t| t.copy_failed));
    Effect::new(move |_| {
        if let Some(field) = field.get().filter(|_| copying.refused.get()) {
            ui::select_all(&field);
        }
    });
    view! {
        <section class="card invite">
            <div class="invite-words">
                <h1>{say(|t| t.invite_title)}</h1>
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
                <button
                    type="button"
                    class="primary"
                    data-testid="copy-link"
                    on:click=move |_| copying.copy(scene.link.get_value())
                >
                    {move || icon(if copying.copied.get() { "#check" } else { "#link" })}
                    <span>{move || if copying.copied.get() { copied() } else { copy() }}</span>
                </button>
                <p class="hint" role="status">
                    {move || if copying.refused.get() { refused() } else { "" }}
                </p>
            </div>
            {scene.link.with_value(|link| code(link)).map(picture)}
        </section>
    }
    .into_any()
}

fn picture(code: Code) -> AnyView {
    let Code { side, path } = code;
    view! {
        <svg
            class="code"
            role="img"
            aria-label=say(|t| t.invite_code)
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <path d=path></path>
        </svg>
    }
    .into_any()
}
