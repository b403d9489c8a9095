//! HTTPS: which certificate the server shows, and what is said to those who speak plain HTTP.

mod leaf;
mod names;
mod own;
mod pem;
pub(crate) mod plain;

use std::io;
use std::path::PathBuf;
use std::sync::{Arc, PoisonError, RwLock};

use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::server::{ClientHello, ResolvesServerCert};
use tokio_rustls::rustls::sign::CertifiedKey;
use tokio_rustls::rustls::{self, ServerConfig};
use tokio_rustls::server::TlsStream;

use crate::clock::Clock;
use crate::config::{Config, TlsMode};
use crate::wire::WireIo;
use leaf::{Leaf, Validity};
use pem::PemFile;

/// What a client may say it will speak (RFC 7301, RFC 7443). What it does speak shows in its first byte: browsers say
/// nothing before TURN.
const HTTP: &[u8] = b"http/1.1";
const TURN: &[u8] = b"stun.turn";

/// Why there can be no HTTPS.
#[derive(Debug, thiserror::Error)]
pub enum TlsError {
    /// One of the two files is missing.
    #[error("--tls files needs {0} too")]
    Needed(&'static str),
    /// A file is named that nobody will read.
    #[error("{0} is of no use without --tls files")]
    Useless(&'static str),
    /// A file cannot be read, or cannot be made.
    #[error("the TLS file {path} cannot be {verb}: {source}")]
    File {
        /// The path as given.
        path: String,
        /// What was tried.
        verb: &'static str,
        /// What the system said.
        source: io::Error,
    },
    /// A file holds no certificate.
    #[error("{0} holds no certificate in PEM (BEGIN CERTIFICATE)")]
    NoCertificate(String),
    /// A file holds no key.
    #[error("{0} holds no private key in PEM without a passphrase (BEGIN PRIVATE KEY)")]
    NoKey(String),
    /// A certificate or key is broken, or of a kind that is not supported.
    #[error("what {path} holds cannot be used: {reason}")]
    Unusable {
        /// The path as given.
        path: String,
        /// What is wrong with it.
        reason: String,
    },
    /// The key is that of another certificate.
    #[error("the key in {key} does not belong to the certificate in {chain}")]
    Strangers {
        /// The path of the certificate as given.
        chain: String,
        /// The path of the key as given.
        key: String,
    },
    /// The system has no randomness.
    #[error("no certificate can be made: {0}")]
    Make(#[from] rcgen::Error),
    /// The library refuses our settings.
    #[error("TLS cannot be set up: {0}")]
    SetUp(#[from] rustls::Error),
}

/// HTTPS for whoever connects; a clone shows the same certificate.
#[derive(Clone)]
pub(crate) struct Tls {
    acceptor: TlsAcceptor,
    files: Option<CertificateFiles>,
}

/// The certificate that is shown now.
#[derive(Debug)]
struct Shown(RwLock<Arc<CertifiedKey>>);

/// A certificate that somebody else makes, and makes anew before it ends.
#[derive(Debug, Clone)]
pub struct CertificateFiles {
    chain: PathBuf,
    key: PathBuf,
    clock: Clock,
    shown: Arc<Shown>,
}

impl Tls {
    /// What the flags say; none if they leave HTTPS to others. TURN may be spoken as well, or not.
    pub(crate) fn open(config: &Config, clock: &Clock, turn: bool) -> Result<Option<Self>, TlsError> {
        let flags = &config.tls;
        let (certificate, files) = match (flags.tls, &flags.tls_cert, &flags.tls_key) {
            (TlsMode::Off, None, None) => return Ok(None),
            (TlsMode::Off | TlsMode::SelfSigned, Some(_), _) => return Err(TlsError::Useless("--tls-cert")),
            (TlsMode::Off | TlsMode::SelfSigned, None, Some(_)) => {
                return Err(TlsError::Useless("--tls-key"));
            }
            (TlsMode::SelfSigned, None, None) => {
                let names = names::of_this_host(config);
                (own::certificate(config.key_file.as_deref(), &names, clock.unix())?, None)
            }
            (TlsMode::Files, None, _) => return Err(TlsError::Needed("--tls-cert")),
            (TlsMode::Files, Some(_), None) => return Err(TlsError::Needed("--tls-key")),
            (TlsMode::Files, Some(chain), Some(key)) => {
                (read(chain.clone(), key.clone(), clock)?, Some((chain, key)))
            }
        };
        let shown = Arc::new(Shown(RwLock::new(Arc::new(certificate))));
        let mut server = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()?
            .with_no_client_auth()
            .with_cert_resolver(shown.clone());
        let spoken = [HTTP, TURN].into_iter().take(if turn { 2 } else { 1 });
        server.alpn_protocols = spoken.map(<[u8]>::to_vec).collect();
        let files = files.map(|(chain, key)| CertificateFiles {
            chain: chain.clone(),
            key: key.clone(),
            clock: clock.clone(),
            shown,
        });
        Ok(Some(Self { acceptor: TlsAcceptor::from(Arc::new(server)), files }))
    }

    /// The files of the certificate, if somebody else makes it.
    pub(crate) fn files(&self) -> Option<&CertificateFiles> {
        self.files.as_ref()
    }

    /// Waits until the session stands; none for those who do not get so far.
    pub(crate) async fn accept(&self, wire: WireIo) -> Option<TlsStream<WireIo>> {
        self.acceptor.accept(wire).await.ok()
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tls").field("files", &self.files).finish_non_exhaustive()
    }
}

impl Shown {
    fn now(&self) -> Arc<CertifiedKey> {
        self.0.read().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl ResolvesServerCert for Shown {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.now())
    }
}

impl CertificateFiles {
    /// Reads them again, for connections to come; if they are of no use, what is shown now stays.
    pub async fn read_again(&self) {
        let (chain, key, clock) = (self.chain.clone(), self.key.clone(), self.clock.clone());
        match tokio::task::spawn_blocking(move || read(chain, key, &clock)).await {
            Ok(Ok(certificate)) => {
                *self.shown.0.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(certificate);
                tracing::info!("the certificate was read again");
            }
            Ok(Err(error)) => tracing::error!("the certificate stays as it was: {error}"),
            Err(error) => tracing::error!("the certificate stays as it was: it was not read ({error})"),
        }
    }
}

/// A certificate and its key; one that is not valid now can be used all the same, as clocks and people err.
fn read(chain: PathBuf, key: PathBuf, clock: &Clock) -> Result<CertifiedKey, TlsError> {
    let (chain, key) = (PemFile::read(chain)?, PemFile::read(key)?);
    let certificate = pem::certified(&chain, &key)?;
    let path = chain.path();
    match Leaf::of(&certificate)?.validity(clock.unix()) {
        Validity::Now => {}
        Validity::Ended => tracing::warn!("the certificate in {path} has ended: browsers will refuse it"),
        Validity::NotYet => {
            tracing::warn!("the certificate in {path} is not valid yet: browsers will refuse it");
        }
    }
    Ok(certificate)
}
