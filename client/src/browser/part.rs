//! Parts of the program that are loaded when they are needed: index.html loads them, and keeps what they are told until they
//! are there. Both sides speak in words of three: what, and up to two values.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The name under which index.html has what loads them.
const LOADER: &str = "visavisPart";

/// What another part tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub what: String,
    /// Of or to whom, or how much.
    pub whom: String,
    /// In which words.
    pub words: String,
}

/// Another part; it ends when this is dropped.
#[derive(Debug)]
pub struct Part {
    ear: Option<Function>,
    _host: Closure<dyn Fn(String, String, String)>,
}

impl Part {
    /// The one of this name; it is not loaded yet. What it tells goes to the sink.
    pub fn new(name: &str, sink: impl Fn(Told) + 'static) -> Self {
        let host = Closure::<dyn Fn(String, String, String)>::new(move |what, whom, words| {
            sink(Told { what, whom, words });
        });
        let loader = Reflect::get(&js_sys::global(), &LOADER.into()).ok().and_then(|it| it.dyn_into().ok());
        let begin = |loader: Function| {
            loader.call2(&JsValue::NULL, &name.into(), host.as_ref()).ok()?.dyn_into().ok()
        };
        Self { ear: loader.and_then(begin), _host: host }
    }

    /// It is needed in so many milliseconds.
    pub fn load(&self, after: u32) {
        self.tell("load", &after.into(), &JsValue::UNDEFINED);
    }

    /// Tells it something; it is kept until the part is there, unless it is of a connection of which `closed` is told
    /// before.
    pub fn tell(&self, what: &str, whom: &JsValue, words: &JsValue) {
        if let Some(ear) = &self.ear {
            // What goes wrong there is written to the console there.
            let _ = ear.call3(&JsValue::NULL, &what.into(), whom, words);
        }
    }
}

impl Drop for Part {
    fn drop(&mut self) {
        self.tell("end", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
}
