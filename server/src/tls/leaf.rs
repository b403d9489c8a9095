//! What a certificate says of itself: when it is valid, and for whom.

use std::time::Duration;

use tokio_rustls::rustls::client::{verify_server_cert_signed_by_trust_anchor, verify_server_name};
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::{ServerName, UnixTime};
use tokio_rustls::rustls::server::ParsedCertificate;
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, CertificateError, Error, RootCertStore};

/// The certificate of a server, without those that lead to its issuer.
pub(super) struct Leaf<'chain>(ParsedCertificate<'chain>);

/// How a moment stands to the time of a certificate.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Validity {
    Now,
    NotYet,
    Ended,
}

impl<'chain> Leaf<'chain> {
    /// The first certificate of a chain.
    pub(super) fn of(certificate: &'chain CertifiedKey) -> Result<Self, rustls::Error> {
        Ok(Self(ParsedCertificate::try_from(certificate.end_entity_cert()?)?))
    }

    /// Whether it is valid at a time, in seconds since 1970.
    pub(super) fn validity(&self, unix: u64) -> Validity {
        // Dates come first: that nobody vouches for it is found out only for one that is valid.
        let verdict = verify_server_cert_signed_by_trust_anchor(
            &self.0,
            &RootCertStore::empty(),
            &[],
            UnixTime::since_unix_epoch(Duration::from_secs(unix)),
            ring::default_provider().signature_verification_algorithms.all,
        );
        match verdict {
            Err(Error::InvalidCertificate(
                CertificateError::Expired | CertificateError::ExpiredContext { .. },
            )) => Validity::Ended,
            Err(Error::InvalidCertificate(
                CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. },
            )) => Validity::NotYet,
            Ok(()) | Err(_) => Validity::Now,
        }
    }

    /// Whether it is good for this name or address.
    pub(super) fn is_for(&self, name: &ServerName<'_>) -> bool {
        verify_server_name(&self.0, name).is_ok()
    }
}
