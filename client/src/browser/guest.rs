//! The other side of [`super::beside`]: how the part that is loaded later hears and tells.

pub use js_sys::Function;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::HtmlElement;

/// The part that was there before.
#[derive(Debug)]
pub struct Host(Function);

/// What it tells.
#[derive(Debug)]
pub struct Heard {
    /// What.
    pub what: String,
    whom: JsValue,
    words: JsValue,
}

impl Host {
    /// The one behind this function.
    pub fn new(host: Function) -> Self {
        Self(host)
    }

    /// Another handle of it.
    #[must_use]
    pub fn another(&self) -> Self {
        Self(self.0.clone())
    }

    /// Tells it something.
    pub fn tell(&self, what: &str, whom: &str, words: &str) {
        // It cannot fail; it only takes note.
        let _ = self.0.call3(&JsValue::NULL, &what.into(), &whom.into(), &words.into());
    }
}

impl Heard {
    /// Of whom, or where.
    pub fn whom(&self) -> String {
        self.whom.as_string().unwrap_or_default()
    }

    /// In which words, if any.
    pub fn words(&self) -> Option<String> {
        self.words.as_string()
    }

    /// The element that it is about.
    pub fn element(&self) -> Option<HtmlElement> {
        self.whom.dyn_ref().cloned()
    }
}

/// The function that the host is given to tell us something. It lives until the host lets go of it.
pub fn ear(sink: impl Fn(Heard) + 'static) -> Function {
    let heard = move |what, whom, words| sink(Heard { what, whom, words });
    Closure::<dyn Fn(String, JsValue, JsValue)>::new(heard).into_js_value().unchecked_into()
}
