//! Files and their bytes, outside of the program's memory and in it.

use std::{ops::Range, rc::Rc};

use js_sys::{Array, ArrayBuffer, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue, prelude::wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::MessageChannel;

use super::error::BrowserError;

/// A file of the user's, or one that is stored.
#[derive(Debug, Clone)]
pub struct Blob(pub(super) web_sys::Blob);

impl Blob {
    /// The one that this is, if it is any.
    pub fn given(thing: &JsValue) -> Option<Self> {
        thing.dyn_ref().cloned().map(Self)
    }

    /// As it is given to others.
    pub fn value(&self) -> &JsValue {
        &self.0
    }

    /// Its media type, as far as the browser knows.
    pub fn kind(&self) -> String {
        self.0.type_()
    }

    /// How many it has.
    pub fn bytes(&self) -> u64 {
        whole(self.0.size())
    }
}

/// Buffers that are not needed any more. A Worker that gets many waits long until their memory is taken back, and by then has
/// tens of megabytes of it.
#[derive(Debug)]
pub struct Spent {
    /// Known once, for it is asked of every buffer.
    chromium: bool,
    buffers: Array,
    bytes: u32,
}

impl Default for Spent {
    fn default() -> Self {
        Self { chromium: is_chromium(), buffers: Array::new(), bytes: 0 }
    }
}

impl Spent {
    /// When there are so many bytes of them they are freed together.
    const AT_ONCE: u32 = 1024 * 1024;

    /// Nobody uses this one again.
    pub fn add(&mut self, buffer: &ArrayBuffer) {
        if !self.chromium {
            return free(buffer);
        }
        // Here what is sent to a port that closes goes at once.
        self.buffers.push(buffer);
        self.bytes = self.bytes.saturating_add(buffer.byte_length());
        if self.bytes >= Self::AT_ONCE
            && let Ok(channel) = MessageChannel::new()
        {
            let spent = std::mem::take(&mut self.buffers);
            self.bytes = 0;
            // Those that are gone already need not go again.
            let _ = channel.port1().post_message_with_transferable(&JsValue::NULL, &spent);
            channel.port2().close();
            channel.port1().close();
        }
    }
}

/// Chromium alone tells of itself in this way (User-Agent Client Hints §4), where it does.
fn is_chromium() -> bool {
    let navigator = Reflect::get(&js_sys::global(), &"navigator".into());
    navigator.and_then(|navigator| Reflect::has(&navigator, &"userAgentData".into())).unwrap_or_default()
}

/// In Firefox a buffer's memory goes at once by this (`ArrayBuffer.prototype.transfer` of ES2024); a browser that does not know
/// it takes it back some time.
fn free(buffer: &ArrayBuffer) {
    #[wasm_bindgen]
    extern "C" {
        type Movable;
        #[wasm_bindgen(method, catch, js_name = transfer)]
        fn transfer(this: &Movable, length: u32) -> Result<JsValue, JsValue>;
    }
    let _ = buffer.unchecked_ref::<Movable>().transfer(0);
}

/// A stretch of bytes in the program's memory, or a part of one that others have parts of as well.
#[derive(Debug, Clone)]
pub struct Part {
    stretch: Rc<Vec<u8>>,
    range: Range<usize>,
}

impl Part {
    /// All of a stretch.
    pub fn all(stretch: Vec<u8>) -> Self {
        Self { range: 0..stretch.len(), stretch: Rc::new(stretch) }
    }

    /// So many of its bytes, from an offset on; nothing if it has not so many.
    pub fn part(&self, from: u64, length: u64) -> Option<Self> {
        let from = self.range.start.checked_add(usize::try_from(from).ok()?)?;
        let end = from.checked_add(usize::try_from(length).ok()?)?;
        (end <= self.range.end).then(|| Self { stretch: Rc::clone(&self.stretch), range: from..end })
    }

    /// Its bytes.
    pub fn bytes(&self) -> &[u8] {
        &self.stretch[self.range.clone()]
    }
}

/// A buffer with these bytes.
pub fn buffer_of(bytes: &[u8]) -> ArrayBuffer {
    Uint8Array::from(bytes).buffer()
}

/// Puts bytes into a room, from this place on; it must be large enough.
pub fn put(bytes: &ArrayBuffer, room: &mut [u8], at: usize) {
    Uint8Array::new(bytes).copy_to(&mut room[at..at + bytes.byte_length() as usize]);
}

/// What goes along with a request or an answer.
#[derive(Debug, Clone)]
pub enum Load {
    /// Nothing.
    Nothing,
    /// A file.
    File(Blob),
    /// What was read of one.
    Part(Part),
    /// A block to be written.
    Block(Vec<u8>),
}

/// Reads part of a file.
///
/// # Errors
///
/// The file is gone or has changed.
pub async fn read_blob(
    blob: &Blob,
    from: u64,
    length: u64,
    spent: &mut Spent,
) -> Result<Vec<u8>, BrowserError> {
    let part = blob.0.slice_with_f64_and_f64(number(from), number(from + length))?;
    let buffer: ArrayBuffer = JsFuture::from(part.array_buffer()).await?.unchecked_into();
    let bytes = Uint8Array::new(&buffer).to_vec();
    spent.add(&buffer);
    Ok(bytes)
}

#[expect(clippy::cast_precision_loss, reason = "sizes are below 2^53")]
pub(super) fn number(bytes: u64) -> f64 {
    bytes as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole and positive")]
pub(super) fn whole(bytes: f64) -> u64 {
    bytes as u64
}
