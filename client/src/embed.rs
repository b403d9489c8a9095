//! A page that shows the call in a frame, and what it may do with it: it tells what it wants by messages, and is told what
//! becomes of the call. A program of its own, loaded only in a frame. The words are those of docs/EMBEDDING.md.

pub mod event;
pub mod wish;

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_call::{CallView, Intent};

use self::{
    event::{Event, changes},
    wish::Wish,
};
use crate::{
    browser::{
        guest::{Heard, Host},
        parent::{Letter, Parent},
        ui,
    },
    words::{pack, unpack},
};

/// The test id of the field in the lobby that keeps the user's name as it was typed.
const NAME_FIELD: &str = "name";

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The call's program tells something.
    Heard(Heard),
    /// The page around the frame wants something.
    Letter(Letter),
}

/// Runs beside a call until that ends.
pub async fn run(host: Host, mut parent: Parent, mut messages: mpsc::UnboundedReceiver<Message>) {
    parent.tell(&Event::Ready.letter());
    let mut view = None;
    while let Some(message) = messages.next().await {
        match message {
            Message::Heard(heard) => match heard.what.as_str() {
                "end" => return,
                "view" => {
                    let Some(now) = unpack::<CallView>(&heard.whom()) else { continue };
                    if parent.is_known() {
                        tell_all(&parent, &changes(view.as_ref(), &now));
                    }
                    view = Some(now);
                }
                _ => {}
            },
            Message::Letter(letter) => {
                // Who it is shows in its first letter: from then on it is told of the call.
                if parent.meet(&letter) {
                    tell_all(&parent, &view.as_ref().map(|view| changes(None, view)).unwrap_or_default());
                }
                match Wish::read(&letter) {
                    Ok(wish) => wish.intents().iter().for_each(|intent| carry_out(&host, intent)),
                    Err(wrong) => parent.tell(&Event::Wrong(wrong).letter()),
                }
            }
        }
    }
}

fn tell_all(parent: &Parent, events: &[Event]) {
    for event in events {
        parent.tell(&event.letter());
    }
}

fn carry_out(host: &Host, intent: &Intent) {
    if let Intent::Rename(name) = intent {
        ui::fill(NAME_FIELD, name);
    }
    host.tell("intent", &pack(intent), "");
}
