//! The key that makes and checks the tokens of peers and hosts, and the minting of peer ids.
//!
//! A token is HMAC-SHA256 over room and peer, so a server needs no memory of a peer to know that it was once let in;
//! every server with the same key agrees. So it is with who made a room: that token is over room and time.

use std::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::Path;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use visavis_protocol::{HostToken, PeerId, RoomId, Token, encode_base32};

use crate::files;

/// Separates this use of the key from any other.
const LABEL: &[u8] = b"visavis/v1/token";
/// The same for those who made a room.
const HOST_LABEL: &[u8] = b"visavis/v1/host";
/// The shortest key file that is accepted, in bytes.
const KEY_BYTES: usize = 32;
/// The longest, so that a wrong path does not read a disk into memory.
const MOST_KEY_BYTES: u64 = 4096;

/// Makes and checks tokens.
#[derive(Clone)]
pub struct TokenKey(Hmac<Sha256>);

/// Why a key file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum KeyError {
    /// It is there but cannot be read, or it is not there and cannot be made.
    #[error("the key file {path} cannot be {verb}: {source}")]
    File {
        /// The path as given.
        path: String,
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// It is too short or too long to be a key.
    #[error("the key file {0} must hold between {KEY_BYTES} and {MOST_KEY_BYTES} bytes")]
    Length(String),
    /// The system has no randomness.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

impl TokenKey {
    /// A key that lives as long as the process.
    pub fn random() -> Result<Self, KeyError> {
        let mut bytes = [0; KEY_BYTES];
        getrandom::fill(&mut bytes)?;
        Ok(Self::from_bytes(&bytes))
    }

    /// The key of a file, which is made first if it is missing.
    pub fn from_file(path: &Path) -> Result<Self, KeyError> {
        let failed = |verb| move |source| KeyError::File { path: path.display().to_string(), verb, source };
        let mut bytes = Vec::new();
        match File::open(path) {
            Ok(file) => {
                file.take(MOST_KEY_BYTES + 1).read_to_end(&mut bytes).map_err(failed("read"))?;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let mut fresh = [0; KEY_BYTES];
                getrandom::fill(&mut fresh)?;
                bytes = encode_base32(&fresh).into_bytes();
                files::write_private(path, &bytes).map_err(failed("made"))?;
            }
            Err(error) => return Err(failed("read")(error)),
        }
        let key = bytes.trim_ascii();
        if key.len() < KEY_BYTES || bytes.len() as u64 > MOST_KEY_BYTES {
            return Err(KeyError::Length(path.display().to_string()));
        }
        Ok(Self::from_bytes(key))
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn from_bytes(bytes: &[u8]) -> Self {
        Self(Hmac::new_from_slice(bytes).expect("HMAC takes a key of any length"))
    }

    /// The token of this peer in this room.
    pub fn token(&self, room: &RoomId, peer: &PeerId) -> Token {
        Token::from_bytes(self.mac(room, peer).finalize().into_bytes().into())
    }

    /// Whether a key like this one made the token for this peer in this room; takes the same time for every answer.
    pub fn is_good(&self, room: &RoomId, peer: &PeerId, token: &Token) -> bool {
        self.is_same(self.token(room, peer).as_str(), token.as_str())
    }

    /// The token of who made this room at this time, in seconds since 1970.
    pub fn host_token(&self, room: &RoomId, since: u64) -> HostToken {
        let mac = self
            .0
            .clone()
            .chain_update(HOST_LABEL)
            .chain_update(room.as_str())
            .chain_update(format!("{since:010}"));
        HostToken::new(since, mac.finalize().into_bytes().into())
    }

    /// Since when who has this token is host of this room; nothing unless a key like this one made it.
    pub fn hosts_since(&self, room: &RoomId, token: &HostToken) -> Option<u64> {
        let since = token.since()?;
        self.is_same(self.host_token(room, since).as_str(), token.as_str()).then_some(since)
    }

    fn is_same(&self, ours: &str, theirs: &str) -> bool {
        // Comparing a MAC of each under the same key tells nothing by its timing, whatever the texts are.
        let blind = |token: &str| self.0.clone().chain_update(token).finalize();
        blind(ours) == blind(theirs)
    }

    /// Both ids have a fixed length, so nothing needs to separate them.
    fn mac(&self, room: &RoomId, peer: &PeerId) -> Hmac<Sha256> {
        self.0.clone().chain_update(LABEL).chain_update(room.as_str()).chain_update(peer.as_str())
    }
}

/// Never shows the key.
impl fmt::Debug for TokenKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("TokenKey(…)")
    }
}

/// A new peer id: 80 random bits.
pub fn mint_peer() -> Result<PeerId, getrandom::Error> {
    let mut bytes = [0; 10];
    getrandom::fill(&mut bytes)?;
    Ok(PeerId::from_bytes(bytes))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids() -> (RoomId, PeerId) {
        (RoomId::from_bytes([1; 16]), PeerId::from_bytes([2; 10]))
    }

    #[test]
    fn a_token_is_good_for_its_room_and_peer_only() {
        let key = TokenKey::random().unwrap();
        let (room, peer) = ids();
        let token = key.token(&room, &peer);
        assert!(key.is_good(&room, &peer, &token));
        assert!(!key.is_good(&RoomId::from_bytes([9; 16]), &peer, &token));
        assert!(!key.is_good(&room, &PeerId::from_bytes([9; 10]), &token));
        assert!(!key.is_good(&room, &peer, &Token::from_bytes([0; 32])));
        assert!(!TokenKey::random().unwrap().is_good(&room, &peer, &token));
    }

    #[test]
    fn a_token_is_the_documented_mac() {
        let key = TokenKey::from_bytes(&[7; 32]);
        let (room, peer) = ids();
        let text = format!("visavis/v1/token{}{}", room.as_str(), peer.as_str());
        let mac = Hmac::<Sha256>::new_from_slice(&[7; 32]).unwrap().chain_update(text).finalize();
        assert_eq!(key.token(&room, &peer), Token::from_bytes(mac.into_bytes().into()));
    }

    #[test]
    fn a_host_token_is_good_for_its_room_and_time_only() {
        let key = TokenKey::random().unwrap();
        let (room, _) = ids();
        let token = key.host_token(&room, 1_893_456_000);
        assert_eq!(key.hosts_since(&room, &token), Some(1_893_456_000));
        assert_eq!(key.hosts_since(&RoomId::from_bytes([9; 16]), &token), None);
        assert_eq!(TokenKey::random().unwrap().hosts_since(&room, &token), None);
        let earlier = token.as_str().replacen("1893456000", "0000000000", 1);
        assert_eq!(key.hosts_since(&room, &HostToken::parse(&earlier).unwrap()), None);
        let text = format!("visavis/v1/host{}1893456000", room.as_str());
        let mac = key.0.chain_update(text).finalize().into_bytes().into();
        assert_eq!(token, HostToken::new(1_893_456_000, mac));
    }

    #[test]
    fn a_missing_key_file_is_made_once() {
        let folder = std::env::temp_dir().join(mint_peer().unwrap().as_str());
        std::fs::create_dir(&folder).unwrap();
        let path = folder.join("key");
        let (room, peer) = ids();
        let token = TokenKey::from_file(&path).unwrap().token(&room, &peer);
        assert!(TokenKey::from_file(&path).unwrap().is_good(&room, &peer, &token));
        std::fs::write(&path, "short").unwrap();
        assert!(matches!(TokenKey::from_file(&path), Err(KeyError::Length(_))));
        let nowhere = TokenKey::from_file(&folder.join("no/such/folder")).unwrap_err();
        assert!(nowhere.to_string().contains("cannot be made"), "{nowhere}");
        assert!(matches!(TokenKey::from_file(&folder), Err(KeyError::File { verb: "read", .. })));
        std::fs::remove_dir_all(&folder).unwrap();
    }

    #[test]
    fn minted_peers_differ() {
        assert_ne!(mint_peer().unwrap(), mint_peer().unwrap());
    }
}
