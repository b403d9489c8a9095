//! The page's place: everything after `#` in the address, which browsers never send.

use gloo_events::EventListener;
use leptos::prelude::*;
use visavis_call::link::Secret;

/// The fragment without `#`, kept current while the calling component lives.
pub fn fragment() -> ReadSignal<String> {
    let (fragment, set_fragment) = signal(read());
    if let Some(window) = web_sys::window() {
        let listener = EventListener::new(&window, "hashchange", move |_| {
            set_fragment.try_set(read());
        });
        let listener = StoredValue::new_local(listener);
        on_cleanup(move || listener.dispose());
    }
    fragment
}

/// Goes to the home page (an empty fragment) or to a room (its secret).
pub fn go(fragment: &str) {
    if let Some(window) = web_sys::window() {
        // Assigning the fragment cannot fail: it never leaves the document.
        let _ = window.location().set_hash(fragment);
    }
}

/// Lets index.html load the home page, if it has not done so before.
pub fn open_home() {
    ask("visavisHome");
}

/// Lets index.html load the newest version of the page.
pub fn renew() {
    ask("visavisRenew");
}

/// Calls a function of index.html. It cannot fail; what goes wrong it writes to the console.
fn ask(name: &str) {
    let function: Option<js_sys::Function> = js_sys::Reflect::get(&js_sys::global(), &name.into())
        .ok()
        .and_then(|function| wasm_bindgen::JsCast::dyn_into(function).ok());
    if let Some(function) = function {
        let _ = function.call0(&wasm_bindgen::JsValue::NULL);
    }
}

/// The link that lets others into the room of this secret.
pub fn link(secret: &Secret) -> String {
    format!("{}#{}", page(), secret.as_str())
}

/// The link of the call that is open, by the address.
pub fn current_link() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok());
    page() + &hash.unwrap_or_default()
}

/// The address without a fragment.
fn page() -> String {
    let Some(window) = web_sys::window() else { return String::new() };
    let location = window.location();
    location.origin().unwrap_or_default() + &location.pathname().unwrap_or_default()
}

/// Loads the page anew.
pub fn reload() {
    if let Some(window) = web_sys::window() {
        let _ = window.location().reload();
    }
}

fn read() -> String {
    let hash = web_sys::window().and_then(|window| window.location().hash().ok()).unwrap_or_default();
    hash.strip_prefix('#').unwrap_or_default().to_owned()
}
