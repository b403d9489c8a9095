//! The ways to invite somebody: the browser's own sheet, a mail, a code for a phone's camera. Drawn by a program of its own
//! ([`crate::more`]): beside the link on an empty stage, and in the settings.

use leptos::{html, prelude::*};

use super::{
    code::{Code, code},
    controls::Copying,
    icon, watch,
};
use crate::{
    browser::{share, ui},
    text::SettingsText,
};

/// What is drawn into the place beside the link on an empty stage.
pub fn invite_ways(text: &'static SettingsText, link: &str) -> AnyView {
    view! {
        <div class="way-buttons">{share_button(text, link)} {mail_button(text, link)}</div>
        {picture(text, link)}
    }
    .into_any()
}

/// The same in the settings, with the link: others are there already.
pub(super) fn invite_section(text: &'static SettingsText, link: String) -> AnyView {
    let copying = Copying::new();
    let field = NodeRef::<html::Input>::new();
    watch(move || {
        if let Some(field) = field.get().filter(|_| copying.refused.get()) {
            ui::select_all(&field);
        }
    });
    let (shared, mailed, drawn) = (share_button(text, &link), mail_button(text, &link), picture(text, &link));
    view! {
        <input
            class="field"
            type="text"
            readonly
            dir="ltr"
            node_ref=field
            aria-label=text.invite_link
            value=link.clone()
            on:focus=move |event| ui::select_all(&event_target(&event))
        />
        <div class="way-buttons">
            <button
                type="button"
                class="secondary"
                data-testid="invite-copy"
                on:click=move |_| copying.copy(link.clone())
            >
                {move || icon(if copying.copied.get() { "#check" } else { "#link" })}
                <span>{move || if copying.copied.get() { text.copied } else { text.copy_link }}</span>
            </button>
            {shared}
            {mailed}
        </div>
        <p class="hint" role="status">
            {move || if copying.refused.get() { text.copy_failed } else { "" }}
        </p>
        {drawn}
    }
    .into_any()
}

/// The sheet of the browser or the system, where there is one.
fn share_button(text: &'static SettingsText, link: &str) -> Option<AnyView> {
    let link = link.to_owned();
    let button = view! {
        <button
            type="button"
            class="secondary"
            data-testid="invite-share"
            aria-label=text.invite_share
            title=text.invite_share
            on:click=move |_| {
                let link = link.clone();
                leptos::task::spawn_local(async move {
                    share::share(text.invite_subject, text.invite_letter, &link).await;
                });
            }
        >
            {icon("#share")}
        </button>
    };
    share::can_share().then(|| button.into_any())
}

/// A mail that needs nothing more but an address. It opens elsewhere: what writes mail in the browser must not take the place
/// of the call.
fn mail_button(text: &'static SettingsText, link: &str) -> AnyView {
    view! {
        <a
            class="secondary"
            data-testid="invite-mail"
            aria-label=text.invite_mail
            title=text.invite_mail
            target="_blank"
            rel="noopener"
            href=share::mail(text.invite_subject, &format!("{}\r\n\r\n{link}\r\n", text.invite_letter))
        >
            {icon("#mail")}
        </a>
    }
    .into_any()
}

fn picture(text: &'static SettingsText, link: &str) -> Option<AnyView> {
    let Code { side, path } = code(link)?;
    let picture = view! {
        <svg
            class="code"
            role="img"
            data-testid="invite-code"
            aria-label=text.invite_code
            viewBox=format!("0 0 {side} {side}")
            shape-rendering="crispEdges"
        >
            <path d=path></path>
        </svg>
    };
    Some(picture.into_any())
}
