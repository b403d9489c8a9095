//! A certificate that nobody vouches for, in files, and by what a browser may believe it all the same.

use anyhow::Result;
use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use rcgen::{CertificateParams, KeyPair, PublicKeyData as _};
use sha2::{Digest as _, Sha256};
use tempfile::TempDir;

/// A certificate and its key. Dropping it removes the files.
#[derive(Debug)]
pub struct Certificate {
    fingerprint: String,
    folder: TempDir,
}

impl Certificate {
    /// For a host of this name or address.
    pub fn of(host: &str) -> Result<Self> {
        let folder = tempfile::Builder::new().prefix("visavis-e2e-").tempdir()?;
        let key = KeyPair::generate()?;
        let certificate = CertificateParams::new([host.to_owned()])?.self_signed(&key)?;
        let fingerprint = BASE64_STANDARD.encode(Sha256::digest(key.subject_public_key_info()));
        let made = Self { fingerprint, folder };
        std::fs::write(made.chain(), certificate.pem())?;
        std::fs::write(made.key(), key.serialize_pem())?;
        Ok(made)
    }

    /// The file of the certificate (PEM).
    pub fn chain(&self) -> String {
        self.at("cert.pem")
    }

    /// The file of its key (PEM).
    pub fn key(&self) -> String {
        self.at("key.pem")
    }

    /// The SHA-256 of its public key, in Base64: see [`crate::Setup::trusting`].
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }

    /// The path of a file beside them.
    pub fn at(&self, name: &str) -> String {
        self.folder.path().join(name).display().to_string()
    }
}
