//! Files and their bytes, outside of the program's memory.

use js_sys::{Array, ArrayBuffer, Uint8Array};
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

/// Buffers that are not needed any more. A page that gets many waits long until their memory is taken back, and by then has
/// tens of megabytes of it. In Chromium, what is sent to a port that closes goes at once.
#[derive(Debug, Default)]
pub struct Spent(Array);

impl Spent {
    /// So many are freed together.
    const AT_ONCE: u32 = 16;

    /// Nobody uses this one again.
    pub fn add(&mut self, buffer: &ArrayBuffer) {
        self.0.push(buffer);
        if self.0.length() >= Self::AT_ONCE {
            self.free();
        }
    }

    fn free(&mut self) {
        let spent = std::mem::take(&mut self.0);
        if let Ok(channel) = MessageChannel::new() {
            // Those that are gone already need not go again.
            let _ = channel.port1().post_message_with_transferable(&JsValue::NULL, &spent);
            channel.port2().close();
            channel.port1().close();
        }
    }
}

/// Nobody uses this buffer again. In Firefox its memory goes at once by this (`ArrayBuffer.prototype.transfer` of ES2024); a
/// browser that does not know it takes it back some time.
pub fn free(buffer: &ArrayBuffer) {
    #[wasm_bindgen]
    extern "C" {
        type Movable;
        #[wasm_bindgen(method, catch, js_name = transfer)]
        fn transfer(this: &Movable, length: u32) -> Result<JsValue, JsValue>;
    }
    let _ = buffer.unchecked_ref::<Movable>().transfer(0);
}

/// Some bytes, outside of the program's memory.
#[derive(Debug, Clone)]
pub struct Bytes(pub(super) ArrayBuffer);

impl Bytes {
    /// These.
    pub fn new(bytes: ArrayBuffer) -> Self {
        Self(bytes)
    }

    /// As the browser has them.
    pub fn buffer(&self) -> &ArrayBuffer {
        &self.0
    }

    /// Puts them in place of what is there.
    pub fn copy_to(&self, target: &mut Vec<u8>) {
        target.resize(self.0.byte_length() as usize, 0);
        Uint8Array::new(&self.0).copy_to(target);
    }
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
    /// Bytes.
    Bytes(Bytes),
    /// A block, in the program's memory.
    Block(Vec<u8>),
}

/// Reads part of a file.
///
/// # Errors
///
/// The file is gone or has changed.
pub async fn read_blob(blob: &Blob, from: u64, length: u64) -> Result<Bytes, BrowserError> {
    let part = blob.0.slice_with_f64_and_f64(number(from), number(from + length))?;
    let bytes = JsFuture::from(part.array_buffer()).await?;
    Ok(Bytes(bytes.unchecked_into()))
}

#[expect(clippy::cast_precision_loss, reason = "sizes are below 2^53")]
pub(super) fn number(bytes: u64) -> f64 {
    bytes as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "sizes are whole and positive")]
pub(super) fn whole(bytes: f64) -> u64 {
    bytes as u64
}
