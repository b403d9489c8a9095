//! The part of the page that is loaded in a frame of another page.

use futures_channel::mpsc;
use visavis_client::{
    browser::{
        guest::{Function, Host, ear},
        page,
        parent::Parent,
    },
    embed::{Message, run},
};
use wasm_bindgen::prelude::*;

fn main() {
    std::panic::set_hook(Box::new(|panic| page::log_error(&panic.to_string())));
}

/// Begins to hear the page around the frame: `host` is told what it wants, what is given back is to be told what becomes of
/// the call.
#[wasm_bindgen]
pub fn begin(host: Function) -> Function {
    let (inbox, messages) = mpsc::unbounded();
    let heard = inbox.clone();
    let parent = Parent::find(move |letter| {
        // Nobody hears it any more once the call has ended.
        let _ = inbox.unbounded_send(Message::Letter(letter));
    });
    if let Some(parent) = parent {
        wasm_bindgen_futures::spawn_local(run(Host::new(host), parent, messages));
    }
    ear(move |word| {
        // Likewise.
        let _ = heard.unbounded_send(Message::Heard(word));
    })
}
