//! Data channels over a connection that somebody else made, negotiates and closes.

use std::rc::Rc;

use gloo_events::EventListener;
pub use js_sys::ArrayBuffer;
use js_sys::{Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
pub use web_sys::RtcPeerConnection as Connection;
use web_sys::{
    MessageEvent, RtcDataChannel, RtcDataChannelEvent, RtcDataChannelInit, RtcDataChannelState,
    RtcDataChannelType,
};

use super::{bindings::PeerConnection, error::BrowserError};

/// The largest message that every browser takes in one piece, in bytes.
const PIECE: u32 = 64 * 1024;

/// What a channel tells.
#[derive(Debug, Clone)]
pub enum ChannelEvent {
    /// It is open.
    Open,
    /// It is not any more; what was sent over it last may be lost.
    Closed,
    /// A text message.
    Text(String),
    /// A binary message.
    Bytes(ArrayBuffer),
    /// Little of what was sent waits any longer.
    Drained,
}

/// A data channel; closed when dropped, and nothing is told after that.
#[derive(Debug)]
pub struct Channel {
    inner: RtcDataChannel,
    /// The largest message, in bytes.
    piece: u32,
    listeners: Vec<EventListener>,
}

impl Channel {
    /// A channel that both sides make, with the same id; reliable, or one that loses and overtakes.
    ///
    /// # Errors
    ///
    /// The connection is closed, or has a channel with this id.
    pub fn negotiated(
        connection: &Connection,
        (label, id): (&str, u16),
        reliable: bool,
        sink: impl Fn(ChannelEvent) + 'static,
    ) -> Result<Self, BrowserError> {
        let init = RtcDataChannelInit::new();
        init.set_negotiated(true);
        init.set_id(id);
        if !reliable {
            init.set_ordered(false);
            init.set_max_retransmits(0);
        }
        Ok(Unheard::make(connection, label, &init)?.hear(sink))
    }

    fn of(channel: RtcDataChannel, piece: u32, sink: impl Fn(ChannelEvent) + 'static) -> Self {
        channel.set_binary_type(RtcDataChannelType::Arraybuffer);
        let sink = Rc::new(sink);
        let listen = |name: &'static str, event: ChannelEvent| {
            let sink = Rc::clone(&sink);
            EventListener::new(&channel, name, move |_| sink(event.clone()))
        };
        let mut listeners = vec![
            listen("open", ChannelEvent::Open),
            listen("close", ChannelEvent::Closed),
            listen("bufferedamountlow", ChannelEvent::Drained),
        ];
        listeners.push(EventListener::new(&channel, "message", move |event| {
            let data = event.unchecked_ref::<MessageEvent>().data();
            match data.dyn_into::<ArrayBuffer>() {
                Ok(bytes) => sink(ChannelEvent::Bytes(bytes)),
                Err(text) => sink(ChannelEvent::Text(text.as_string().unwrap_or_default())),
            }
        }));
        Self { inner: channel, piece, listeners }
    }

    /// Whether something can be sent.
    pub fn is_open(&self) -> bool {
        self.inner.ready_state() == RtcDataChannelState::Open
    }

    /// Sends a text; false if it is not open or takes no more.
    pub fn send(&self, text: &str) -> bool {
        self.is_open() && self.inner.send_with_str(text).is_ok()
    }

    /// Sends bytes in as many pieces as it takes; false if it is not open or takes no more.
    pub fn send_bytes(&self, bytes: &ArrayBuffer) -> bool {
        let (length, mut from) = (bytes.byte_length(), 0);
        while from < length && self.is_open() {
            let piece = self.piece.min(length - from);
            let view = Uint8Array::new_with_byte_offset_and_length(bytes, from, piece);
            if self.inner.send_with_array_buffer_view(&view).is_err() {
                return false;
            }
            from += piece;
        }
        from >= length
    }

    /// Sends a piece of these bytes from an offset on, and gives the offset of the next; nothing if it is not open or
    /// takes no more.
    pub fn send_piece(&self, bytes: &[u8], from: usize) -> Option<usize> {
        let end = from.saturating_add(self.piece as usize).min(bytes.len());
        let piece = bytes.get(from..end)?;
        (self.is_open() && self.inner.send_with_u8_array(piece).is_ok()).then_some(end)
    }

    /// Bytes that were sent and wait.
    pub fn waiting(&self) -> u32 {
        self.inner.buffered_amount()
    }

    /// [`ChannelEvent::Drained`] is told when no more bytes than these wait.
    pub fn drains_at(&self, bytes: u32) {
        self.inner.set_buffered_amount_low_threshold(bytes);
    }
}

impl Drop for Channel {
    fn drop(&mut self) {
        self.listeners.clear();
        self.inner.close();
    }
}

/// `RTCPeerConnection.sctp.maxMessageSize` (webrtc-pc §6.1.1): 0 is no limit, and so is what is not known yet: what is
/// negotiated is never less than [`PIECE`] between browsers.
fn largest_message(connection: &Connection) -> u32 {
    let sctp = Reflect::get(connection, &"sctp".into()).unwrap_or_default();
    let most = Reflect::get(&sctp, &"maxMessageSize".into()).ok().and_then(|most| most.as_f64());
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 1 and a number that fits"
    )]
    most.filter(|most| *most >= 1.0).map_or(PIECE, |most| most.min(f64::from(PIECE)) as u32)
}

/// A channel that nobody hears yet. Until the task ends in which it came, it can be given to a Worker where the browser has
/// that (webrtc-extensions §6).
#[derive(Debug)]
pub struct Unheard {
    channel: RtcDataChannel,
    /// The largest message, in bytes.
    pub piece: u32,
}

impl Unheard {
    /// A reliable one that the other side learns of by [`Arrivals`].
    ///
    /// # Errors
    ///
    /// The connection is closed.
    pub fn announced(connection: &Connection, label: &str) -> Result<Self, BrowserError> {
        Self::make(connection, label, &RtcDataChannelInit::new())
    }

    fn make(connection: &Connection, label: &str, init: &RtcDataChannelInit) -> Result<Self, BrowserError> {
        let channel = connection.unchecked_ref::<PeerConnection>().create_data_channel(label, init)?;
        Ok(Self { channel, piece: largest_message(connection).min(PIECE) })
    }

    /// The one that this is, if it is any.
    pub fn given(thing: &JsValue, piece: u32) -> Option<Self> {
        Some(Self { channel: thing.dyn_ref::<RtcDataChannel>()?.clone(), piece })
    }

    /// What it is called.
    pub fn label(&self) -> String {
        self.channel.label()
    }

    /// As it is given to others.
    pub fn value(&self) -> &JsValue {
        &self.channel
    }

    /// Hears what comes over it; what came before is lost.
    pub fn hear(self, sink: impl Fn(ChannelEvent) + 'static) -> Channel {
        Channel::of(self.channel, self.piece, sink)
    }
}

/// Tells of the channels that the other side makes, as long as it lives.
#[derive(Debug)]
pub struct Arrivals {
    _listener: EventListener,
}

impl Arrivals {
    /// A channel that is to be heard, or given away, must be so at once.
    pub fn new(connection: &Connection, arrived: impl Fn(Unheard) + 'static) -> Self {
        let listener = EventListener::new(connection, "datachannel", move |event| {
            let channel = event.unchecked_ref::<RtcDataChannelEvent>().channel();
            arrived(Unheard { channel, piece: PIECE });
        });
        Self { _listener: listener }
    }
}
