//! The Worker beside the page, from the page: both speak in words of three, as the parts of the page do (see
//! [`super::part`]).

use gloo_events::EventListener;
pub use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{MessageEvent, Worker, WorkerOptions, WorkerType};

use super::{error::BrowserError, guest::Heard};

/// What the Worker runs.
const SCRIPT: &str = "disk.js";

/// The Worker; it ends when this is dropped.
#[derive(Debug)]
pub struct Helper {
    worker: Worker,
    _listeners: [EventListener; 2],
}

impl Helper {
    /// Starts it. What it says goes to the sink; nothing, if it does not work.
    ///
    /// # Errors
    ///
    /// The browser has no Workers that are modules.
    pub fn start(sink: impl Fn(Option<Heard>) + Clone + 'static) -> Result<Self, BrowserError> {
        let options = WorkerOptions::new();
        options.set_type(WorkerType::Module);
        let worker = Worker::new_with_options(SCRIPT, &options)?;
        let broken = sink.clone();
        let listeners = [
            EventListener::new(&worker, "error", move |_| broken(None)),
            EventListener::new(&worker, "message", move |event| {
                let word = Array::from(&event.unchecked_ref::<MessageEvent>().data());
                let what = word.get(0).as_string().unwrap_or_default();
                sink(Some(Heard::new(what, word.get(1), word.get(2))));
            }),
        ];
        Ok(Self { worker, _listeners: listeners })
    }

    /// Tells it something.
    pub fn tell(&self, what: &str, whom: &JsValue, words: &JsValue) {
        // What it hears can be copied, all of it.
        let _ = self.worker.post_message(&Array::of3(&what.into(), whom, words));
    }

    /// Gives it something, which is gone from here then; false if it cannot be given.
    pub fn give(&self, what: &str, whom: &str, thing: &JsValue) -> bool {
        self.give_with(what, whom, thing, &Array::of1(thing))
    }

    /// Gives it several things, as an array.
    pub fn give_all(&self, what: &str, whom: &str, things: &Array) -> bool {
        self.give_with(what, whom, things, things)
    }

    fn give_with(&self, what: &str, whom: &str, thing: &JsValue, given: &Array) -> bool {
        let word = Array::of3(&what.into(), &whom.into(), thing);
        self.worker.post_message_with_transfer(&word, given).is_ok()
    }
}

impl Drop for Helper {
    fn drop(&mut self) {
        self.worker.terminate();
    }
}
