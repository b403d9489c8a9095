//! The part of the page that watches over links.

use futures_channel::mpsc;
use visavis_client::{
    browser::{
        guest::{Function, Host, ear},
        page,
    },
    quality::{Message, run},
    text::QualityText,
};
use wasm_bindgen::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
}

/// Begins to watch over the links of a call: `host` is told what is to be done, what is given back is to be told what happens.
/// The pack of the page's language comes along, unless it is English or could not be had.
#[wasm_bindgen]
pub fn begin(host: Function, pack: Option<String>) -> Function {
    let text = QualityText::new(pack);
    let (inbox, messages) = mpsc::unbounded();
    let heard = inbox.clone();
    wasm_bindgen_futures::spawn_local(run(Host::new(host), text, inbox, messages));
    ear(move |word| {
        // Nobody hears it any more once the call has ended.
        let _ = heard.unbounded_send(Message::Heard(word));
    })
}
