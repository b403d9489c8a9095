//! The seal around every signal that passes the server: it can neither read, alter, redirect nor replay it.

use base64ct::{Base64UrlUnpadded, Encoding};
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use sha2::Sha256;
use visavis_protocol::{PeerId, RoomId};

use crate::link::Secret;

const NONCE_BYTES: usize = 24;

/// Seals and opens signals of one room: XChaCha20-Poly1305 with room, sender, receiver and sequence number as
/// associated data. A payload is base64url of nonce and ciphertext.
pub(crate) struct Seal {
    room: RoomId,
    cipher: XChaCha20Poly1305,
    /// Random bytes that nonces are drawn from; 192 bits long, they do not repeat.
    seed: [u8; 32],
    drawn: u64,
}

/// The seal is broken: wrong key, wrong way, wrong number, or not sealed at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Broken;

impl Seal {
    pub(crate) fn new(secret: &Secret, seed: [u8; 32]) -> Self {
        let cipher = XChaCha20Poly1305::new(&secret.seal_key().into());
        Self { room: secret.room(), cipher, seed, drawn: 0 }
    }

    pub(crate) fn room(&self) -> &RoomId {
        &self.room
    }

    pub(crate) fn seal(&mut self, from: &PeerId, to: &PeerId, seq: u64, text: &[u8]) -> String {
        let associated = self.associated(from, to, seq);
        self.close(&associated, text)
    }

    pub(crate) fn open(
        &self,
        from: &PeerId,
        to: &PeerId,
        seq: u64,
        payload: &str,
    ) -> Result<Vec<u8>, Broken> {
        self.reopen(&self.associated(from, to, seq), payload)
    }

    /// Seals the name of a peer, for whoever looks into the room.
    pub(crate) fn seal_card(&mut self, peer: &PeerId, name: &str) -> String {
        let associated = self.of_card(peer);
        self.close(&associated, name.as_bytes())
    }

    /// The name on the card of a peer.
    pub(crate) fn open_card(&self, peer: &PeerId, card: &str) -> Option<String> {
        String::from_utf8(self.reopen(&self.of_card(peer), card).ok()?).ok()
    }

    fn close(&mut self, associated: &[u8], text: &[u8]) -> String {
        let nonce = XNonce::from(self.draw());
        // Encryption fails only beyond 256 GiB.
        let sealed = self.cipher.encrypt(&nonce, Payload { msg: text, aad: associated }).unwrap_or_default();
        let mut bytes = nonce.to_vec();
        bytes.extend(sealed);
        Base64UrlUnpadded::encode_string(&bytes)
    }

    fn reopen(&self, associated: &[u8], payload: &str) -> Result<Vec<u8>, Broken> {
        let bytes = Base64UrlUnpadded::decode_vec(payload).map_err(|_| Broken)?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_BYTES>().ok_or(Broken)?;
        let payload = Payload { msg: sealed, aad: associated };
        self.cipher.decrypt(&XNonce::from(*nonce), payload).map_err(|_| Broken)
    }

    /// Every part has a fixed length, so no two combinations read the same.
    fn associated(&self, from: &PeerId, to: &PeerId, seq: u64) -> Vec<u8> {
        let texts = [self.room.as_str(), from.as_str(), to.as_str()];
        let mut bytes: Vec<u8> = texts.iter().flat_map(|text| text.bytes()).collect();
        bytes.extend(seq.to_be_bytes());
        bytes
    }

    /// Shorter than what is associated with any signal.
    fn of_card(&self, peer: &PeerId) -> Vec<u8> {
        [self.room.as_str(), peer.as_str(), "card"].concat().into_bytes()
    }

    fn draw(&mut self) -> [u8; NONCE_BYTES] {
        self.drawn += 1;
        let mut nonce = [0; NONCE_BYTES];
        #[expect(clippy::expect_used, reason = "HKDF-SHA256 gives up to 8160 bytes")]
        Hkdf::<Sha256>::new(None, &self.seed)
            .expand(&self.drawn.to_be_bytes(), &mut nonce)
            .expect("24 is small");
        nonce
    }
}

/// Never shows a key.
impl std::fmt::Debug for Seal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Seal").field("room", &self.room).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seal(digit: char) -> Seal {
        Seal::new(&Secret::parse(&digit.to_string().repeat(26)).unwrap(), [1; 32])
    }

    fn peer(digit: char) -> PeerId {
        PeerId::parse(&digit.to_string().repeat(16)).unwrap()
    }

    #[test]
    fn what_is_sealed_opens_for_its_receiver_alone() {
        let (alice, bob, carol) = (peer('a'), peer('b'), peer('c'));
        let mut room = seal('1');
        let payload = room.seal(&alice, &bob, 7, b"hello");
        assert_eq!(room.open(&alice, &bob, 7, &payload), Ok(b"hello".to_vec()));
        assert_eq!(room.open(&alice, &carol, 7, &payload), Err(Broken), "redirected");
        assert_eq!(room.open(&carol, &bob, 7, &payload), Err(Broken), "sender forged");
        assert_eq!(room.open(&alice, &bob, 8, &payload), Err(Broken), "renumbered");
        assert_eq!(seal('2').open(&alice, &bob, 7, &payload), Err(Broken), "another room");
    }

    #[test]
    fn a_card_is_of_one_peer_and_no_signal() {
        let (alice, bob) = (peer('a'), peer('b'));
        let mut room = seal('1');
        let card = room.seal_card(&alice, "Alice");
        assert_eq!(room.open_card(&alice, &card).as_deref(), Some("Alice"));
        assert_eq!(room.open_card(&bob, &card), None, "of somebody else");
        assert_eq!(seal('2').open_card(&alice, &card), None, "of another room");
        let signal = room.seal(&alice, &bob, 1, b"Alice");
        assert_eq!(room.open_card(&alice, &signal), None);
        let longest = "\u{1f469}".repeat(visavis_protocol::NAME_CHARS);
        assert!(room.seal_card(&alice, &longest).len() <= visavis_protocol::limits::CARD_CHARS);
    }

    #[test]
    fn a_signal_sealed_by_another_implementation_opens() {
        const PROTOCOL: &str = include_str!("../../../docs/PROTOCOL.md");
        let vector = PROTOCOL.split_once("```json\n\"AAECAw").unwrap().1.split_once('"').unwrap().0;
        let room = Seal::new(&Secret::parse("0123456789abcdefghjkmnpqrs").unwrap(), [1; 32]);
        let (from, to) = ("5e0rk3jx7p2hn6sa", "w2t9qz04v8m1ykcd");
        assert!(PROTOCOL.contains(&format!("`{{\"goodbye\":{{}}}}` from\n`{from}` to `{to}` with `seq` 1")));
        let [from, to] = [from, to].map(|id| PeerId::parse(id).unwrap());
        let payload = format!("AAECAw{vector}");
        assert_eq!(room.open(&from, &to, 1, &payload), Ok(br#"{"goodbye":{}}"#.to_vec()));
        let bytes = Base64UrlUnpadded::decode_vec(&payload).unwrap();
        assert!(bytes[..NONCE_BYTES].iter().copied().eq(0..24));
        let hex = |text: String, byte: &u8| text + &format!("{byte:02x}");
        let sealed = bytes[NONCE_BYTES..].iter().fold(String::new(), hex);
        assert!(PROTOCOL.contains(&sealed), "{sealed}");
    }

    #[test]
    fn any_altered_character_breaks_the_seal() {
        let (alice, bob) = (peer('a'), peer('b'));
        let mut room = seal('1');
        let payload = room.seal(&alice, &bob, 1, b"x");
        for at in 0..payload.len() {
            let mut altered = payload.clone().into_bytes();
            altered[at] = if altered[at] == b'A' { b'B' } else { b'A' };
            let altered = String::from_utf8(altered).unwrap();
            assert_eq!(room.open(&alice, &bob, 1, &altered), Err(Broken), "at {at}");
        }
        for garbage in ["", "A", "!!!!", &"A".repeat(40)] {
            assert_eq!(room.open(&alice, &bob, 1, garbage), Err(Broken));
        }
    }

    #[test]
    fn equal_texts_never_look_equal() {
        let (alice, bob) = (peer('a'), peer('b'));
        let mut room = seal('1');
        assert_ne!(room.seal(&alice, &bob, 1, b"x"), room.seal(&alice, &bob, 1, b"x"));
    }
}
