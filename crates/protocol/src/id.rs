//! Ids as checked newtypes: a value of such a type is well formed.

use std::fmt;

use serde::{Deserialize, Serialize};

/// The digits of every id and of the link's secret: Crockford's base 32 in lower case (no i, l, o, u).
const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// Why a text is not an id.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdError {
    /// The text is shorter or longer than every id of its kind.
    #[error("an id of this kind has {expected} characters, not {found}")]
    Length {
        /// The length it must have, in characters.
        expected: usize,
        /// The length it has, in bytes.
        found: usize,
    },
    /// The text has a character that ids do not use.
    #[error("an id has only the characters 0-9 and a-z without i, l, o, u")]
    Character,
}

/// Writes bytes in the alphabet of the ids, most significant bit first, the last digit padded with zero bits.
pub fn encode_base32(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(5) * 8);
    let (mut pending, mut bits) = (0_u32, 0_u32);
    for &byte in bytes {
        pending = (pending << 8) | u32::from(byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            text.push(digit(pending >> bits));
        }
        pending &= (1 << bits) - 1;
    }
    if bits > 0 {
        text.push(digit(pending << (5 - bits)));
    }
    text
}

fn digit(value: u32) -> char {
    char::from(ALPHABET[(value & 31) as usize])
}

fn check(text: &str, expected: usize) -> Result<(), IdError> {
    if text.len() != expected {
        return Err(IdError::Length { expected, found: text.len() });
    }
    if text.bytes().all(|byte| ALPHABET.contains(&byte)) { Ok(()) } else { Err(IdError::Character) }
}

macro_rules! id {
    ($(#[$doc:meta])* $name:ident, $chars:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(String);

        impl $name {
            /// The length of every value, in characters.
            pub const CHARS: usize = $chars;

            /// Checks length and alphabet.
            pub fn parse(text: &str) -> Result<Self, IdError> {
                check(text, Self::CHARS)?;
                Ok(Self(text.to_owned()))
            }

            /// The text as it travels.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl TryFrom<String> for $name {
            type Error = IdError;

            fn try_from(text: String) -> Result<Self, IdError> {
                check(&text, Self::CHARS)?;
                Ok(Self(text))
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.0
            }
        }
    };
}

id! {
    /// A room: 128 bits derived from the link's secret, so it tells nothing about the key.
    RoomId, 26
}
id! {
    /// A peer: 80 random bits minted by the server at the first join. Two ids compare as text; the smaller one is the polite peer.
    PeerId, 16
}
id! {
    /// Proof that a peer was let into a room by this server: HMAC-SHA256 over room and peer.
    Token, 52
}
id! {
    /// Proof that somebody made a room: when that was, in seconds since 1970 (ten digits), and HMAC-SHA256 over room and time.
    HostToken, 62
}

impl RoomId {
    /// The room id of 16 derived bytes.
    pub fn from_bytes(bytes: [u8; 16]) -> Self {
        Self(encode_base32(&bytes))
    }
}

impl PeerId {
    /// The peer id of 10 random bytes.
    pub fn from_bytes(bytes: [u8; 10]) -> Self {
        Self(encode_base32(&bytes))
    }
}

impl Token {
    /// The token of the 32 bytes of a MAC.
    pub fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(encode_base32(&bytes))
    }
}

impl HostToken {
    /// The token of who made a room at this time, with the 32 bytes of its MAC.
    pub fn new(since: u64, mac: [u8; 32]) -> Self {
        let since = since.min(Self::LATEST);
        Self(format!("{since:0width$}{mac}", width = Self::DIGITS, mac = encode_base32(&mac)))
    }

    /// When the room was made, as it says; whether that is true only the MAC tells.
    pub fn since(&self) -> Option<u64> {
        self.0.get(..Self::DIGITS)?.parse().ok()
    }

    const DIGITS: usize = 10;
    const LATEST: u64 = 9_999_999_999;
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "RoomId({})", self.0)
    }
}

impl fmt::Debug for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "PeerId({})", self.0)
    }
}

/// Never shows the token: it opens the room to whoever reads a log.
impl fmt::Debug for Token {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Token(…)")
    }
}

/// Never shows the token: it gives power over the room.
impl fmt::Debug for HostToken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("HostToken(…)")
    }
}

impl fmt::Display for PeerId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base32_packs_five_bits_a_digit() {
        assert_eq!(encode_base32(&[]), "");
        assert_eq!(encode_base32(&[0xff]), "zw");
        assert_eq!(encode_base32(&[0, 0, 0, 0, 1]), "00000001");
        assert_eq!(encode_base32(&[0xff; 10]), "z".repeat(16));
    }

    #[test]
    fn ids_made_from_bytes_parse() {
        let room = RoomId::from_bytes([0xa5; 16]);
        assert_eq!(RoomId::parse(room.as_str()), Ok(room));
        let peer = PeerId::from_bytes([1; 10]);
        assert_eq!(PeerId::parse(peer.as_str()), Ok(peer));
        let token = Token::from_bytes([7; 32]);
        assert_eq!(Token::parse(token.as_str()), Ok(token));
        for since in [0, 1_893_456_000, u64::MAX] {
            let token = HostToken::new(since, [7; 32]);
            assert_eq!(token.since(), Some(since.min(9_999_999_999)));
            assert_eq!(HostToken::parse(token.as_str()), Ok(token));
        }
        assert_eq!(HostToken::parse(&"z".repeat(62)).unwrap().since(), None);
    }

    #[test]
    fn wrong_length_and_wrong_digit_are_told_apart() {
        assert_eq!(PeerId::parse("abc"), Err(IdError::Length { expected: 16, found: 3 }));
        assert_eq!(PeerId::parse("iiiiiiiiiiiiiiii"), Err(IdError::Character));
        assert_eq!(PeerId::parse("ABCDEFGHABCDEFGH"), Err(IdError::Character));
        assert!(serde_json::from_str::<PeerId>("\"nope\"").is_err());
    }

    #[test]
    fn a_token_stays_out_of_debug_output() {
        assert_eq!(format!("{:?}", Token::from_bytes([7; 32])), "Token(…)");
        assert_eq!(format!("{:?}", HostToken::new(7, [7; 32])), "HostToken(…)");
    }
}
