//! What is spoken on a new connection: its first byte tells, before TLS and within it (RFC 7983 has the numbers).

use std::sync::Arc;
use std::time::Duration;

use tokio::io::AsyncBufReadExt;
use tokio_rustls::server::TlsStream;

use crate::tls::{Tls, plain};
use crate::wire::{Wire, WireIo};

/// How long a connection may take until it is clear what is spoken on it, the handshake of TLS included.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is spoken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Tongue {
    /// STUN and TURN: a message of theirs begins with two zero bits, and what they have in use with six.
    Turn,
    /// TLS: the content type of a handshake record (RFC 8446 §5.1).
    Tls,
    /// HTTP begins with a letter; it also has the words for what is nothing at all.
    Http,
}

/// A connection on which it is clear what is spoken.
pub(crate) enum Greeted {
    /// As it came.
    Plain(Tongue, WireIo),
    /// Within TLS.
    Secured(Tongue, Box<TlsStream<WireIo>>),
}

impl Tongue {
    fn of(first: u8) -> Self {
        match first {
            0..=3 => Self::Turn,
            22 => Self::Tls,
            _ => Self::Http,
        }
    }
}

/// Waits for the first byte, and for TLS if there is a certificate; none for those who do not get so far in time, or
/// speak plain HTTP where there is HTTPS.
pub(crate) async fn greet(wire: Arc<Wire>, tls: Option<&Tls>) -> Option<Greeted> {
    let greeting = async {
        let tongue = Tongue::of(wire.first_byte().await?);
        let plain = WireIo(wire);
        match (tls, tongue) {
            (None, _) | (Some(_), Tongue::Turn) => Some(Greeted::Plain(tongue, plain)),
            (Some(tls), Tongue::Tls) => {
                let mut secured = Box::new(tls.accept(plain).await?);
                let first = *secured.fill_buf().await.ok()?.first()?;
                Some(Greeted::Secured(Tongue::of(first), secured))
            }
            (Some(_), Tongue::Http) => {
                plain::answer(plain).await;
                None
            }
        }
    };
    tokio::time::timeout(TIMEOUT, greeting).await.ok().flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_byte_tells() {
        for (first, tongue) in [(0, Tongue::Turn), (1, Tongue::Turn), (3, Tongue::Turn), (22, Tongue::Tls)] {
            assert_eq!(Tongue::of(first), tongue, "{first}");
        }
        for first in (4..22).chain(23..=255) {
            assert_eq!(Tongue::of(first), Tongue::Http, "{first}");
        }
    }
}
