//! Channels that a browser does not give away: what comes and goes over them is passed on.

use gloo_timers::callback::Timeout;
use visavis_files::BLOCK_BYTES;
use wasm_bindgen::JsValue;

use super::{Far, Heard, Key, LOW, Message, Porter};
use crate::browser::{
    channels::{ArrayBuffer, ChannelEvent},
    helper::Array,
};

/// What has come over one of them of late.
pub(super) struct Gathered {
    key: Key,
    pieces: Array,
    bytes: u32,
    _pass: Timeout,
}

impl Porter {
    pub(super) fn on_event(&mut self, key: Key, event: ChannelEvent) {
        let of = key.to_string();
        let (what, words) = match event {
            ChannelEvent::Bytes(bytes) => return self.gather(key, &bytes),
            ChannelEvent::Text(text) => (Far::TEXT, text.into()),
            ChannelEvent::Open => (Far::OPEN, JsValue::UNDEFINED),
            ChannelEvent::Drained => (Far::DRAINED, JsValue::UNDEFINED),
            ChannelEvent::Closed => {
                self.near.retain(|(of, _)| *of != key);
                (Far::CLOSED, JsValue::UNDEFINED)
            }
        };
        self.tell(what, of.into(), words);
    }

    /// A message to the Worker costs as much as it does to receive a piece. They are passed on when there are as many as make
    /// a block, when something else is told, and when everything else that has come by now was seen to.
    fn gather(&mut self, key: Key, bytes: &ArrayBuffer) {
        let at = self.gathered.iter().position(|gathered| gathered.key == key).unwrap_or_else(|| {
            let inbox = self.inbox.clone();
            let pass = Timeout::new(0, move || {
                let _ = inbox.unbounded_send(Message::Pass);
            });
            self.gathered.push(Gathered { key, pieces: Array::new(), bytes: 0, _pass: pass });
            self.gathered.len() - 1
        });
        let gathered = &mut self.gathered[at];
        gathered.pieces.push(bytes);
        gathered.bytes = gathered.bytes.saturating_add(bytes.byte_length());
        if u64::from(gathered.bytes) >= BLOCK_BYTES {
            let whole = self.gathered.remove(at);
            self.pass_on(whole);
        }
    }

    /// Passes on all that has gathered.
    pub(super) fn pass(&mut self) {
        for gathered in std::mem::take(&mut self.gathered) {
            self.pass_on(gathered);
        }
    }

    fn pass_on(&mut self, Gathered { key, pieces, .. }: Gathered) {
        match &self.helper {
            Some(helper) if self.awake => {
                helper.give_all(Far::BYTES, &key.to_string(), &pieces);
            }
            _ => self.waiting.push((Far::BYTES.to_owned(), key.to_string().into(), pieces.into())),
        }
    }

    pub(super) fn send(&mut self, key: Key, told: &Heard) {
        let Some(at) = self.near.iter().position(|(of, _)| *of == key) else { return };
        let channel = &self.near[at].1;
        let sent = match told.bytes() {
            Some(bytes) => channel.send_bytes(&bytes),
            None => channel.send(&told.words().unwrap_or_default()),
        };
        if !sent {
            // It is closed, or takes no more although it was waited for: what was sent before may have come, or not.
            self.on_event(key, ChannelEvent::Closed);
        } else if channel.waiting() <= LOW {
            self.on_event(key, ChannelEvent::Drained);
        }
    }
}
