//! The part of the page that is loaded when somebody wants to choose or set something.

use futures_channel::mpsc;
use visavis_client::{
    browser::{
        guest::{Function, Host, ear},
        page,
    },
    more::{Message, run},
    text::SettingsText,
};
use wasm_bindgen::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
}

/// Begins to draw what can be set: `host` is told what the user wants, what is given back is to be told what there is. The
/// pack of the page's language comes along, unless it is English or could not be had.
#[wasm_bindgen]
pub fn begin(host: Function, pack: Option<String>) -> Function {
    let text = SettingsText::new(pack);
    let (inbox, messages) = mpsc::unbounded();
    wasm_bindgen_futures::spawn_local(run(Host::new(host), text, inbox.clone(), messages));
    ear(move |word| {
        // Nobody hears it any more once the call has ended.
        let _ = inbox.unbounded_send(Message::Heard(word));
    })
}
