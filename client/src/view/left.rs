//! After the call.

use leptos::prelude::*;
use visavis_call::{Intent, Problem};

use super::{Scene, icon, language, notices::notices, parts::home_link, say};
use crate::context::{new_secret, route};

/// How long it was, if there was a call, and the way back.
pub(super) fn left(scene: Scene, seconds: Signal<Option<u64>>) -> AnyView {
    let language = language();
    let lasted = move || seconds.get().map(|seconds| language.get().text().lasted(seconds));
    let removed = scene.part(|view| view.notices.iter().any(|notice| notice.problem == Problem::Removed));
    let (left, out) = (say(|t| t.left_title), say(|t| t.removed));
    view! {
        <main class="page left" tabindex="-1">
            {home_link()}
            <section class="card">
                <h1>{move || if removed.get() { out() } else { left() }}</h1>
                <p class="hint tabular">{lasted}</p>
                <button type="button" class="primary" data-testid="rejoin" on:click=move |_| scene.send(Intent::Join)>
                    {icon("#rejoin")}
                    <span>{say(|t| t.rejoin)}</span>
                </button>
                <button
                    type="button"
                    class="secondary"
                    data-testid="new-call"
                    on:click=|_| route::go(new_secret().as_str())
                >
                    {say(|t| t.new_call)}
                </button>
            </section>
            <div class="notices">
                {notices(scene, |problem| problem != Problem::Removed)}
            </div>
        </main>
    }
    .into_any()
}
