//! Nonces that are not kept: whoever made one can tell that it did, for whom and when.
//!
//! A server that remembers its nonces can be filled with them by anyone, from forged addresses.

use std::net::SocketAddr;
use std::time::Duration;

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use visavis_protocol::encode_base32;

/// How long a nonce is good (RFC 5766 §4 suggests an hour).
const LIFETIME: Duration = Duration::from_hours(1);
/// Bytes of the MAC that go into a nonce.
const MAC_BYTES: usize = 12;

/// Makes and checks nonces.
pub(super) struct Nonces(Hmac<Sha256>);

impl Nonces {
    /// Nonces of a new key.
    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    pub(super) fn random() -> Result<Self, getrandom::Error> {
        let mut key = [0; 32];
        getrandom::fill(&mut key)?;
        Ok(Self(Hmac::new_from_slice(&key).expect("HMAC takes a key of any length")))
    }

    /// A nonce for this client, made at this time (seconds since 1970).
    pub(super) fn make(&self, client: SocketAddr, now: u64) -> String {
        let mac = self.0.clone().chain_update(now.to_be_bytes()).chain_update(client.to_string()).finalize();
        let mac = mac.into_bytes();
        format!("{now:x}-{}", encode_base32(mac.get(..MAC_BYTES).unwrap_or(&mac)))
    }

    /// Whether it is one of ours for this client and still good.
    pub(super) fn is_good(&self, nonce: &str, client: SocketAddr, now: u64) -> bool {
        let made = nonce.split_once('-').and_then(|(made, _)| u64::from_str_radix(made, 16).ok());
        let Some(made) = made else { return false };
        let fresh = now.checked_sub(made).is_some_and(|age| age < LIFETIME.as_secs());
        // Guessing one by timing earns nothing: it is given to whoever asks.
        fresh && self.make(client, made) == nonce
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_good_for_its_client_and_for_an_hour() {
        let nonces = Nonces::random().unwrap();
        let (client, other) = ("10.0.0.1:5".parse().unwrap(), "10.0.0.1:6".parse().unwrap());
        let nonce = nonces.make(client, 10_000);
        assert!(nonces.is_good(&nonce, client, 10_000));
        assert!(nonces.is_good(&nonce, client, 13_599));
        assert!(!nonces.is_good(&nonce, client, 13_600));
        assert!(!nonces.is_good(&nonce, client, 9_999));
        assert!(!nonces.is_good(&nonce, other, 10_000));
        assert!(!Nonces::random().unwrap().is_good(&nonce, client, 10_000));
    }

    #[test]
    fn what_is_none_is_not_good() {
        let nonces = Nonces::random().unwrap();
        let client = "[2001:db8::1]:5".parse().unwrap();
        for wrong in ["", "-", "x-y", "2710-", "2710", "ffffffffffffffffff-a"] {
            assert!(!nonces.is_good(wrong, client, 10_000), "{wrong}");
        }
    }
}
