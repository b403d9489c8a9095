//! The page around the frame that this page is in, and the messages that go between both (HTML §9.3, "Cross-document
//! messaging"). Only that page is heard, and nobody else is told anything.

use gloo_events::EventListener;
use js_sys::{JSON, Object, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Window};

/// What every message has that is one of ours: the version of its words.
const MARK: &str = "visavis";

/// The page around the frame, heard as long as this lives.
#[derive(Debug)]
pub struct Parent {
    window: Window,
    /// Where it is from, once it has said something: nobody else in its place is told anything.
    origin: Option<String>,
    _listener: EventListener,
}

/// A message.
#[derive(Debug)]
pub struct Letter {
    content: JsValue,
    origin: String,
}

/// A value is of another kind than it should be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Misfit;

impl Parent {
    /// The page around this one; none if this is in no frame. The sink is given its messages.
    pub fn find(sink: impl Fn(Letter) + 'static) -> Option<Self> {
        let own = web_sys::window()?;
        let window = own.parent().ok()?.filter(|parent| *parent != own)?;
        let source = window.clone();
        let listener = EventListener::new(&own, "message", move |event| {
            let Some(event) = event.dyn_ref::<MessageEvent>() else { return };
            if event.source().as_deref() != Some(source.unchecked_ref()) {
                return;
            }
            let letter = Letter { content: event.data(), origin: event.origin() };
            if letter.is_one() {
                sink(letter);
            }
        });
        Some(Self { window, origin: None, _listener: listener })
    }

    /// Whether it has said something.
    pub fn is_known(&self) -> bool {
        self.origin.is_some()
    }

    /// It has said this; gives whether that is the first. The policy of this page lets only those frame it that may know of
    /// the call.
    pub fn meet(&mut self, letter: &Letter) -> bool {
        let is_first = self.origin.is_none();
        self.origin.get_or_insert_with(|| letter.origin.clone());
        is_first
    }

    /// Tells it something: whoever it is, as long as that is not known.
    pub fn tell(&self, letter: &Letter) {
        // Fails only for an origin that is none, to which nothing can be told.
        let _ = self.window.post_message(&letter.content, self.origin.as_deref().unwrap_or("*"));
    }
}

impl Letter {
    /// A message of this type.
    pub fn new(version: f64, kind: &str) -> Self {
        let letter = Self { content: Object::new().into(), origin: String::new() };
        letter.with(MARK, version).with("type", kind)
    }

    /// From JSON, for tests: what is no JSON is nothing.
    pub fn parse(json: &str) -> Self {
        Self { content: JSON::parse(json).unwrap_or_default(), origin: String::new() }
    }

    /// As JSON, for tests.
    pub fn to_json(&self) -> String {
        JSON::stringify(&self.content).map(String::from).unwrap_or_default()
    }

    /// The same with a value.
    #[must_use]
    pub fn with(self, key: &str, value: impl Into<JsValue>) -> Self {
        // Cannot fail on a plain object.
        let _ = Reflect::set(&self.content, &key.into(), &value.into());
        self
    }

    /// The version of its words.
    pub fn version(&self) -> Option<f64> {
        self.get(MARK).as_f64()
    }

    /// A text, if it is there.
    pub fn text(&self, key: &str) -> Result<Option<String>, Misfit> {
        let value = self.get(key);
        if value.is_undefined() { Ok(None) } else { value.as_string().map(Some).ok_or(Misfit) }
    }

    /// Yes or no, if it is there.
    pub fn flag(&self, key: &str) -> Result<Option<bool>, Misfit> {
        let value = self.get(key);
        if value.is_undefined() { Ok(None) } else { value.as_bool().map(Some).ok_or(Misfit) }
    }

    /// Whether it is one of ours: a page may say other things to a frame.
    fn is_one(&self) -> bool {
        !self.get(MARK).is_undefined()
    }

    /// What is copied from another page has no getters, and nothing of it runs.
    fn get(&self, key: &str) -> JsValue {
        if self.content.is_object() {
            Reflect::get(&self.content, &key.into()).unwrap_or_default()
        } else {
            JsValue::UNDEFINED
        }
    }
}
