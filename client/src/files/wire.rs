//! A channel as the Worker has it: given to it, or one that stays on the page.

use std::cell::Cell;

use super::{Inbox, Message, lines::Key};
use crate::browser::{
    buffers::buffer_of,
    channels::{Channel, ChannelEvent, Unheard},
    guest::{Heard, Host},
};

/// No more is given to the channel while so much waits in it, in bytes.
pub(super) const HIGH: u32 = 1024 * 1024;
/// When no more than this waits, it is given more.
pub(super) const LOW: u32 = 256 * 1024;

pub(super) enum Wire {
    Near(Channel),
    Far(Far),
}

/// One that stays on the page, which is told what is to be sent.
pub(super) struct Far {
    host: Host,
    key: Key,
    /// Bytes sent since it was told that few wait.
    waiting: Cell<u32>,
}

impl Wire {
    /// What happens on it comes under its key.
    pub(super) fn new(heard: &Heard, key: Key, piece: u32, host: &Host, inbox: &Inbox) -> Self {
        let Some(channel) = Unheard::given(&heard.value(), piece) else {
            return Self::Far(Far { host: host.another(), key, waiting: Cell::default() });
        };
        let inbox = inbox.clone();
        let channel = channel.hear(move |event| {
            let _ = inbox.unbounded_send(Message::On(key, event));
        });
        channel.drains_at(LOW);
        Self::Near(channel)
    }

    /// Sends a text; false if it takes no more.
    pub(super) fn send(&self, text: &str) -> bool {
        match self {
            Self::Near(channel) => channel.send(text),
            Self::Far(far) => {
                far.host.tell("send", &far.key.to_string(), text);
                true
            }
        }
    }

    /// Sends a piece of these bytes from an offset on, and gives the offset of the next; nothing if it takes no more.
    pub(super) fn send_piece(&self, bytes: &[u8], from: usize) -> Option<usize> {
        match self {
            Self::Near(channel) => channel.send_piece(bytes, from),
            Self::Far(far) => {
                // All of them go to the page at once, which makes the pieces.
                let given = buffer_of(bytes);
                far.waiting.set(far.waiting.get() + given.byte_length());
                far.host.hand("send", &far.key.to_string(), &given);
                Some(bytes.len())
            }
        }
    }

    /// Bytes that were sent and wait.
    pub(super) fn waiting(&self) -> u32 {
        match self {
            Self::Near(channel) => channel.waiting(),
            Self::Far(far) => far.waiting.get(),
        }
    }

    /// Whether it takes more.
    pub(super) fn takes(&self) -> bool {
        self.waiting() < HIGH
    }

    /// Little waits any longer.
    pub(super) fn on_drained(&self) {
        if let Self::Far(far) = self {
            far.waiting.set(0);
        }
    }
}

impl Far {
    pub(super) const OPEN: &str = "channel-open";
    pub(super) const CLOSED: &str = "channel-closed";
    pub(super) const DRAINED: &str = "channel-drained";
    pub(super) const TEXT: &str = "channel-text";
    pub(super) const BYTES: &str = "channel-bytes";

    /// What has happened on one of them, if that is what is told.
    pub(super) fn events(heard: &Heard) -> Option<(Key, Vec<ChannelEvent>)> {
        let events = match heard.what.as_str() {
            Self::OPEN => vec![ChannelEvent::Open],
            Self::CLOSED => vec![ChannelEvent::Closed],
            Self::DRAINED => vec![ChannelEvent::Drained],
            Self::TEXT => vec![ChannelEvent::Text(heard.words().unwrap_or_default())],
            Self::BYTES => heard.all_bytes().map(ChannelEvent::Bytes).collect(),
            _ => return None,
        };
        Some((heard.whom().parse().ok()?, events))
    }
}

impl Drop for Far {
    fn drop(&mut self) {
        self.host.tell("shut", &self.key.to_string(), "");
    }
}
