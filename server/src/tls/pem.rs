//! Certificates and keys in files, as other programs write them (PEM, RFC 7468).

use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{Error, InconsistentKeys};

use super::TlsError;

/// More than any chain has, so that a wrong path does not read a disk into memory.
const MOST_BYTES: u64 = 1024 * 1024;

/// A file as it was read.
pub(super) struct PemFile {
    path: PathBuf,
    bytes: Vec<u8>,
}

impl PemFile {
    /// Reads a file that must be there.
    pub(super) fn read(path: PathBuf) -> Result<Self, TlsError> {
        let mut bytes = Vec::new();
        match File::open(&path).and_then(|file| file.take(MOST_BYTES).read_to_end(&mut bytes)) {
            Ok(_) => Ok(Self { path, bytes }),
            Err(source) => Err(TlsError::File { path: path.display().to_string(), verb: "read", source }),
        }
    }

    /// Reads a file that may be missing.
    pub(super) fn find(path: PathBuf) -> Result<Option<Self>, TlsError> {
        match Self::read(path) {
            Ok(file) => Ok(Some(file)),
            Err(TlsError::File { source, .. }) if source.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What a file will hold.
    pub(super) fn new(path: PathBuf, text: String) -> Self {
        Self { path, bytes: text.into_bytes() }
    }

    pub(super) fn path(&self) -> String {
        self.path.display().to_string()
    }

    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    fn chain(&self) -> Result<Vec<CertificateDer<'static>>, TlsError> {
        let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&self.bytes).collect();
        let chain = chain.map_err(|error| self.unusable(&error))?;
        if chain.is_empty() { Err(TlsError::NoCertificate(self.path())) } else { Ok(chain) }
    }

    fn key(&self) -> Result<PrivateKeyDer<'static>, TlsError> {
        match PrivateKeyDer::from_pem_slice(&self.bytes) {
            Ok(key) => Ok(key),
            Err(pem::Error::NoItemsFound) => Err(TlsError::NoKey(self.path())),
            Err(error) => Err(self.unusable(&error)),
        }
    }

    fn unusable(&self, reason: &impl ToString) -> TlsError {
        TlsError::Unusable { path: self.path(), reason: reason.to_string() }
    }
}

/// A chain and the key that belongs to it; both may be in one file.
pub(super) fn certified(chain: &PemFile, key: &PemFile) -> Result<CertifiedKey, TlsError> {
    let certificates = chain.chain()?;
    let private = key.key()?;
    let private = ring::default_provider()
        .key_provider
        .load_private_key(private)
        .map_err(|error| key.unusable(&error))?;
    let certified = CertifiedKey::new(certificates, private);
    match certified.keys_match() {
        // Where the key does not tell, nobody can know before the first handshake.
        Ok(()) | Err(Error::InconsistentKeys(InconsistentKeys::Unknown)) => Ok(certified),
        Err(Error::InconsistentKeys(_)) => Err(TlsError::Strangers { chain: chain.path(), key: key.path() }),
        Err(error) => Err(chain.unusable(&error)),
    }
}
