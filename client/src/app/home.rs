//! The home page: begin a call, or open one from a link.

use leptos::prelude::*;
use visavis_call::link::{LinkError, Secret};

use super::{
    recent::{self, Recent},
    settings::{language, say, settings},
};
use crate::{
    browser::ui,
    context::{new_secret, route},
    view::icon,
};

/// The home page, with a word about the link if the address had something that is no secret.
pub(super) fn home(bad_link: bool) -> AnyView {
    view! {
        <main class="page home" tabindex="-1">
            {settings()}
            <div class="hero">
                <h1 class="product">
                    {icon("#mark")} <span>"Visavis"</span>
                </h1>
                <p class="promise">{say(|t| t.promise)}</p>
                {bad_link
                    .then(|| {
                        view! {
                            <div class="notice" role="alert" data-testid="notice" data-problem="bad-link">
                                {icon("#warning")}
                                <p>{say(|t| t.bad_address)}</p>
                            </div>
                        }
                    })}
                <button
                    type="button"
                    class="primary large"
                    data-testid="new-call"
                    on:click=|_| route::go(new_secret().as_str())
                >
                    {icon("#camera")}
                    <span>{say(|t| t.new_call)}</span>
                </button>
                {open_link()}
            </div>
            {recent_calls()}
        </main>
    }
    .into_any()
}

/// The field that takes a link.
fn open_link() -> AnyView {
    let language = language();
    let typed = RwSignal::new(String::new());
    let wrong = RwSignal::new(None::<LinkError>);
    let complaint = move || {
        let text = language.get().text();
        match wrong.get() {
            None => "",
            Some(LinkError::NoSecret) => text.link_without_key,
            Some(LinkError::Malformed) => text.link_malformed,
        }
    };
    view! {
        <form
            class="open-link"
            novalidate
            on:submit=move |event| {
                event.prevent_default();
                match typed.with_untracked(|typed| Secret::parse(typed)) {
                    Ok(secret) => route::go(secret.as_str()),
                    Err(error) => wrong.set(Some(error)),
                }
            }
        >
            <label class="labelled">
                <span>{say(|t| t.link_label)}</span>
                <input
                    class="field"
                    type="text"
                    inputmode="url"
                    enterkeyhint="go"
                    autocomplete="off"
                    autocapitalize="off"
                    spellcheck="false"
                    dir="ltr"
                    data-testid="link-input"
                    placeholder=say(|t| t.link_placeholder)
                    aria-describedby="link-complaint"
                    aria-invalid=move || wrong.get().map(|_| "true")
                    on:input=move |event| {
                        typed.set(event_target_value(&event));
                        wrong.set(None);
                    }
                />
            </label>
            <button type="submit" class="secondary" data-testid="open-link">
                {say(|t| t.open_link)}
            </button>
            <p id="link-complaint" class="complaint" role="alert" data-testid="link-complaint">
                {complaint}
            </p>
        </form>
    }
    .into_any()
}

/// The calls of late, if the user wants them kept.
fn recent_calls() -> AnyView {
    let language = language();
    let calls = RwSignal::new(recent::load());
    let keep = move |kept: Option<Vec<Recent>>| {
        recent::store(kept.as_deref());
        calls.set(kept);
    };
    let forget = move |secret: &Secret| {
        let rest = calls.get_untracked().map(|mut calls| {
            calls.retain(|call| &call.secret != secret);
            calls
        });
        keep(rest);
    };
    let entry = move |call: Recent| {
        let Recent { secret, when } = call;
        let href = format!("#{}", secret.as_str());
        let time = move || ui::local_time(when, language.get().text().locale);
        let label = say(|t| t.forget);
        view! {
            <li>
                <a class="quiet" data-testid="recent-call" href=href>
                    {icon("#clock")}
                    <time class="tabular">{time}</time>
                </a>
                <button
                    type="button"
                    class="quiet"
                    data-testid="forget-call"
                    aria-label=label
                    title=label
                    on:click=move |_| forget(&secret)
                >
                    {icon("#close")}
                </button>
            </li>
        }
    };
    let list = move || {
        calls.get().map(|kept| {
            let entries = if kept.is_empty() {
                view! { <p class="hint">{say(|t| t.no_recent_calls)}</p> }.into_any()
            } else {
                view! {
                    <ul>{kept.into_iter().map(entry).collect_view()}</ul>
                    <button type="button" class="quiet" on:click=move |_| keep(Some(Vec::new()))>
                        {icon("#trash")}
                        <span>{say(|t| t.forget_all)}</span>
                    </button>
                }
                .into_any()
            };
            view! {
                <h2>{say(|t| t.recent_calls)}</h2>
                {entries}
            }
        })
    };
    view! {
        <section class="recent" aria-label=say(|t| t.recent_calls)>
            {list}
            <label class="check">
                <input
                    type="checkbox"
                    data-testid="remember-calls"
                    prop:checked=move || calls.with(Option::is_some)
                    on:change=move |event| keep(event_target_checked(&event).then(Vec::new))
                />
                <span>{say(|t| t.remember_calls)}</span>
            </label>
            <p class="hint">{say(|t| t.remember_hint)}</p>
        </section>
    }
    .into_any()
}
