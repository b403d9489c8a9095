//! The program that has the files: loaded by the page, and once more by the Worker.

use futures_channel::mpsc;
use visavis_client::{
    browser::{
        guest::{Function, Host, ear},
        page,
    },
    files,
};
use wasm_bindgen::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
}

/// Begins the page's part: `host` is told what is to be done, what is given back is to be told what happens.
#[wasm_bindgen]
pub fn begin(host: Function) -> Function {
    let (inbox, messages) = mpsc::unbounded();
    let heard = inbox.clone();
    wasm_bindgen_futures::spawn_local(files::porter::run(Host::new(host), inbox, messages));
    ear(move |word| {
        // Nobody hears it any more once the call has ended.
        let _ = heard.unbounded_send(files::porter::Message::Heard(word));
    })
}

/// Begins the Worker's part, likewise.
#[wasm_bindgen]
pub fn work(host: Function) -> Function {
    let (inbox, messages) = mpsc::unbounded();
    let heard = inbox.clone();
    wasm_bindgen_futures::spawn_local(files::run(Host::new(host), inbox, messages));
    ear(move |word| {
        // It ends with the Worker.
        let _ = heard.unbounded_send(files::Message::Heard(word));
    })
}
