//! The part of the program that a call does without: index.html loads it beside a running call, and keeps what it is told
//! until it is there. Both sides speak in words of three: what, and up to two values.

use js_sys::{Function, Reflect};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};

/// The name under which index.html has what loads it.
const LOADER: &str = "visavisBeside";

/// What the other part tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// What.
    pub what: String,
    /// Of or to whom, or how much.
    pub whom: String,
    /// In which words.
    pub words: String,
}

/// The other part; it ends when this is dropped.
#[derive(Debug)]
pub struct Beside {
    ear: Option<Function>,
    _host: Closure<dyn Fn(String, String, String)>,
}

impl Beside {
    /// What it tells goes to the sink.
    pub fn new(sink: impl Fn(Told) + 'static) -> Self {
        let host = Closure::<dyn Fn(String, String, String)>::new(move |what, whom, words| {
            sink(Told { what, whom, words });
        });
        let loader = Reflect::get(&js_sys::global(), &LOADER.into()).ok().and_then(|it| it.dyn_into().ok());
        let begin = |loader: Function| loader.call1(&JsValue::NULL, host.as_ref()).ok()?.dyn_into().ok();
        Self { ear: loader.and_then(begin), _host: host }
    }

    /// Tells it something.
    pub fn tell(&self, what: &str, whom: &JsValue, words: &JsValue) {
        if let Some(ear) = &self.ear {
            // What goes wrong there is written to the console there.
            let _ = ear.call3(&JsValue::NULL, &what.into(), whom, words);
        }
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.tell("end", &JsValue::UNDEFINED, &JsValue::UNDEFINED);
    }
}
