//! The words of the user's language, and how it counts.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

use super::bindings::PluralRules;

/// The name under which index.html has what fetches packs.
const FETCH: &str = "visavisWords";

/// Gives what the page says in the language with this tag, as index.html fetches it; nothing if it is not there soon.
pub fn fetch_pack(tag: &str, then: Box<dyn FnOnce(Option<String>)>) {
    let fetch: Option<Function> =
        Reflect::get(&js_sys::global(), &FETCH.into()).ok().and_then(|fetch| fetch.dyn_into().ok());
    let Some(fetch) = fetch else { return then(None) };
    let then = Closure::once_into_js(move |pack: JsValue| then(pack.as_string()));
    // It cannot fail; what goes wrong it writes to the console.
    let _ = fetch.call2(&JsValue::NULL, &tag.into(), &then);
}

/// The plural category of a number in a language (a BCP 47 tag): `one`, `few`, `other`… (ECMA-402, `Intl.PluralRules`).
pub fn plural_category(language: &str, count: u64) -> String {
    #[expect(clippy::cast_precision_loss, reason = "exact as far as anything here is counted")]
    let count = count as f64;
    PluralRules::new(language).map(|rules| rules.select(count)).unwrap_or_default()
}
