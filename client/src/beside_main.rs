//! The part of the page that is loaded beside a running call.

use futures_channel::mpsc;
use visavis_client::{
    beside::{Message, run},
    browser::{
        guest::{Function, Host, ear},
        page,
    },
    text::PanelText,
};
use wasm_bindgen::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
}

/// Begins what goes on beside a call: `host` is told what is to be done, what is given back is to be told what happens. The
/// pack of the page's language comes along, unless it is English or could not be had.
#[wasm_bindgen]
pub fn begin(host: Function, pack: Option<String>) -> Function {
    let text = PanelText::new(pack);
    let (inbox, messages) = mpsc::unbounded();
    let heard = inbox.clone();
    wasm_bindgen_futures::spawn_local(run(Host::new(host), text, inbox, messages));
    ear(move |word| {
        // Nobody hears it any more once the call has ended.
        let _ = heard.unbounded_send(Message::Heard(word));
    })
}
