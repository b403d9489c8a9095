//! The other side of [`super::part`]: how a part that is loaded later hears and tells.

pub use js_sys::Function;
use js_sys::{Array, ArrayBuffer};
pub use wasm_bindgen::JsValue;
use wasm_bindgen::{JsCast, closure::Closure};
use web_sys::{HtmlElement, RtcPeerConnection};

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
        self.hand(what, whom, &words.into());
    }

    /// Tells it something of a thing that goes along.
    pub fn hand(&self, what: &str, whom: &str, thing: &JsValue) {
        // It cannot fail; it only takes note.
        let _ = self.0.call3(&JsValue::NULL, &what.into(), &whom.into(), thing);
    }
}

impl Heard {
    /// In words of three.
    pub(super) fn new(what: String, whom: JsValue, words: JsValue) -> Self {
        Self { what, whom, words }
    }

    /// Of whom, or where.
    pub fn whom(&self) -> String {
        self.whom.as_string().unwrap_or_default()
    }

    /// The number of what it is about.
    pub fn number(&self) -> u32 {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "it was a u32")]
        let number = self.whom.as_f64().unwrap_or_default() as u32;
        number
    }

    /// How much, from 0 to 1.
    pub fn fraction(&self) -> f64 {
        self.whom.as_f64().unwrap_or_default()
    }

    /// Whether the first of its values says so.
    pub fn flag(&self) -> bool {
        self.whom.is_truthy()
    }

    /// Whether that is so.
    pub fn is_so(&self) -> bool {
        self.words.is_truthy()
    }

    /// In which words, if any.
    pub fn words(&self) -> Option<String> {
        self.words.as_string()
    }

    /// The connection that comes along.
    pub fn connection(&self) -> Option<RtcPeerConnection> {
        self.words.dyn_ref().cloned()
    }

    /// The bytes that come along.
    pub fn bytes(&self) -> Option<ArrayBuffer> {
        self.words.dyn_ref().cloned()
    }

    /// All bytes that come along in an array.
    pub fn all_bytes(&self) -> impl Iterator<Item = ArrayBuffer> + use<> {
        let all: Array = self.words.clone().dyn_into().unwrap_or_default();
        all.into_iter().map(JsCast::unchecked_into)
    }

    /// The four things that come along in an array; see [`together`].
    pub fn things(&self) -> [JsValue; 4] {
        let all: Array = self.words.clone().dyn_into().unwrap_or_default();
        [all.get(0), all.get(1), all.get(2), all.get(3)]
    }

    /// What comes along, as it is.
    pub fn value(&self) -> JsValue {
        self.words.clone()
    }

    /// The element that it is about.
    pub fn element(&self) -> Option<HtmlElement> {
        self.whom.dyn_ref().cloned()
    }
}

/// Four things that go along in an array; see [`Heard::things`].
pub fn together([one, other, third, last]: [&JsValue; 4]) -> JsValue {
    Array::of4(one, other, third, last).into()
}

/// The function that the host is given to tell us something. It lives until the host lets go of it.
pub fn ear(sink: impl Fn(Heard) + 'static) -> Function {
    let heard = move |what, whom, words| sink(Heard { what, whom, words });
    Closure::<dyn Fn(String, JsValue, JsValue)>::new(heard).into_js_value().unchecked_into()
}
