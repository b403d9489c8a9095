//! What went wrong in the browser, in its own words.

use wasm_bindgen::{JsCast, JsValue};

/// A DOM exception, or anything else that JavaScript threw.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{name}: {message}")]
pub struct BrowserError {
    /// The exception's name, such as `NotAllowedError`.
    pub name: String,
    /// Its message, for the log.
    pub message: String,
}

impl BrowserError {
    /// An error of our own: the browser lacks something.
    pub fn unsupported(what: &str) -> Self {
        Self { name: "NotSupportedError".into(), message: what.into() }
    }
}

impl From<JsValue> for BrowserError {
    fn from(value: JsValue) -> Self {
        // DOMException inherits Error's prototype but not its internal slot, so `instanceof` is what both pass.
        match value.dyn_ref::<js_sys::Error>() {
            Some(error) => Self { name: error.name().into(), message: error.message().into() },
            None => Self { name: "Error".into(), message: value.as_string().unwrap_or_default() },
        }
    }
}
