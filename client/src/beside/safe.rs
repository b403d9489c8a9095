//! What is kept on this device is sealed for whoever has the link (XChaCha20-Poly1305, the room's id as associated data).

use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use sha2::{Digest, Sha256};

const NONCE_BYTES: usize = 24;

pub(super) struct Safe {
    room: String,
    cipher: XChaCha20Poly1305,
}

impl Safe {
    /// `key` is what [`visavis_call::link::Secret::kept_key`] gives: 256 bits as text.
    pub(super) fn new(room: &str, key: &str) -> Self {
        Self { room: room.to_owned(), cipher: XChaCha20Poly1305::new(&Sha256::digest(key)) }
    }

    /// The nonce is random, and too long to come twice.
    pub(super) fn seal(&self, text: &str, nonce: [u8; NONCE_BYTES]) -> String {
        let payload = Payload { msg: text.as_bytes(), aad: self.room.as_bytes() };
        let mut bytes = nonce.to_vec();
        // Encryption fails only beyond 256 GiB.
        bytes.extend(self.cipher.encrypt(&XNonce::from(nonce), payload).unwrap_or_default());
        Base64UrlUnpadded::encode_string(&bytes)
    }

    /// Nothing if it was sealed for another room, or altered.
    pub(super) fn open(&self, sealed: &str) -> Option<String> {
        let bytes = Base64UrlUnpadded::decode_vec(sealed).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>()?;
        let payload = Payload { msg: sealed, aad: self.room.as_bytes() };
        String::from_utf8(self.cipher.decrypt(&XNonce::from(*nonce), payload).ok()?).ok()
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn what_is_kept_opens_with_the_link_alone() {
        let safe = Safe::new("room", "key");
        let sealed = safe.seal("what was said", [7; NONCE_BYTES]);
        assert!(!sealed.contains("said"));
        assert_eq!(safe.open(&sealed).as_deref(), Some("what was said"));
        assert_eq!(Safe::new("another", "key").open(&sealed), None);
        assert_eq!(Safe::new("room", "another").open(&sealed), None);
        assert_eq!(safe.open(&sealed[1..]), None);
        assert_eq!(safe.open(""), None);
    }
}
