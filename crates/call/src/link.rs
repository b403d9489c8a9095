//! The link: its fragment is the secret that everything else is derived from.

use hkdf::Hkdf;
use sha2::Sha256;
use visavis_protocol::{RoomId, encode_base32};

/// The secret of a room: 128 random bits as 26 digits. Whoever has it is in.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

/// Why a text is no link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum LinkError {
    /// There is no secret in it: the part behind `#` is missing.
    #[error("the part of the link behind # is missing")]
    NoSecret,
    /// The part behind `#` is no secret: cut off, or mistyped.
    #[error("the part of the link behind # is incomplete or mistyped")]
    Malformed,
}

impl Secret {
    /// The length of a secret, in characters.
    pub const CHARS: usize = 26;

    /// The secret of 16 random bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(encode_base32(&bytes))
    }

    /// Reads a secret out of a link, out of a fragment with or without its `#`, or as it is.
    pub fn parse(text: &str) -> Result<Self, LinkError> {
        let text = text.trim();
        let secret = match text.rsplit_once('#') {
            Some((_, fragment)) => fragment,
            None if text.contains('/') => return Err(LinkError::NoSecret),
            None => text,
        };
        let secret = secret.trim().to_ascii_lowercase();
        if secret.is_empty() {
            return Err(LinkError::NoSecret);
        }
        // The alphabet is that of every id, and so is the number of digits of 128 bits.
        RoomId::parse(&secret).map_err(|_| LinkError::Malformed)?;
        Ok(Self(secret))
    }

    /// The fragment of the link, without `#`.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The room, which tells nothing about the secret.
    pub fn room(&self) -> RoomId {
        RoomId::from_bytes(self.derive(b"visavis/v1/room"))
    }

    /// The key for what a page keeps of this room on its device, in the digits of ids.
    pub fn kept_key(&self) -> String {
        encode_base32(&self.derive::<32>(b"visavis/v1/kept"))
    }

    pub(crate) fn seal_key(&self) -> [u8; 32] {
        self.derive(b"visavis/v1/seal")
    }

    /// HKDF-SHA256 (RFC 5869) without salt over the secret's text.
    fn derive<const N: usize>(&self, purpose: &[u8]) -> [u8; N] {
        let mut key = [0; N];
        #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes and N is at most 32")]
        Hkdf::<Sha256>::new(None, self.0.as_bytes()).expand(purpose, &mut key).expect("N is small");
        key
    }
}

/// Never shows the secret.
impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "0123456789abcdefghjkmnpqrs";

    #[test]
    fn a_secret_is_found_in_whatever_people_paste() {
        let secret = Secret::parse(TEXT).unwrap();
        for text in [
            format!("https://call.example/#{TEXT}"),
            format!("  http://127.0.0.1:8080/#{TEXT}\n"),
            format!("#{TEXT}"),
            TEXT.to_uppercase(),
        ] {
            assert_eq!(Secret::parse(&text), Ok(secret.clone()), "{text}");
        }
    }

    #[test]
    fn what_is_wrong_with_a_link_is_told() {
        assert_eq!(Secret::parse(""), Err(LinkError::NoSecret));
        assert_eq!(Secret::parse("https://call.example/"), Err(LinkError::NoSecret));
        assert_eq!(Secret::parse("https://call.example/#"), Err(LinkError::NoSecret));
        assert_eq!(Secret::parse("#0123"), Err(LinkError::Malformed));
        assert_eq!(Secret::parse("#0123456789abcdefghijklmnop"), Err(LinkError::Malformed));
        assert_eq!(Secret::parse("#<img src=x onerror=alert()>"), Err(LinkError::Malformed));
    }

    #[test]
    fn room_and_key_are_the_ones_other_clients_derive() {
        let secret = Secret::parse(TEXT).unwrap();
        assert_eq!(secret.room().as_str(), ROOM_OF_TEXT);
        assert_ne!(secret.seal_key()[..16], secret.derive::<16>(b"visavis/v1/room"));
        assert_eq!(secret.seal_key()[..4], SEAL_KEY_START);
    }

    // Computed with another implementation of HKDF (Python's hmac and hashlib).
    const ROOM_OF_TEXT: &str = "rh7g0xne5vd9r71xa9nd54aevm";
    const SEAL_KEY_START: [u8; 4] = [30, 227, 195, 124];
}
