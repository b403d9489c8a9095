//! A browser as far as HTTPS goes: it knows whom to trust, and what it was shown.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::client::Resumption;
use tokio_rustls::rustls::crypto::ring;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};

use super::patient;

/// Trusts some certificates and nothing else.
pub(crate) struct Browser(TlsConnector);

impl Browser {
    /// Trusts the certificates in these texts (PEM).
    pub(crate) fn trusting(texts: &[&str]) -> Self {
        Self::speaking(texts, &[b"h2", b"http/1.1"])
    }

    /// The same, and says that it will speak these (RFC 7301).
    pub(crate) fn speaking(texts: &[&str], protocols: &[&[u8]]) -> Self {
        let mut roots = RootCertStore::empty();
        for text in texts {
            roots.add(CertificateDer::from_pem_slice(text.as_bytes()).unwrap()).unwrap();
        }
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap().with_root_certificates(roots);
        let mut config = config.with_no_client_auth();
        // Who resumes a session is shown no certificate.
        config.resumption = Resumption::disabled();
        config.alpn_protocols = protocols.iter().map(|protocol| protocol.to_vec()).collect();
        Self(TlsConnector::from(Arc::new(config)))
    }

    /// Opens a connection to a server of this name.
    pub(crate) async fn try_open(
        &self,
        address: SocketAddr,
        name: &'static str,
    ) -> std::io::Result<Box<TlsStream<TcpStream>>> {
        let tcp = TcpStream::connect(address).await?;
        patient(self.0.connect(ServerName::try_from(name).unwrap(), tcp)).await.map(Box::new)
    }

    /// Opens one that must stand.
    pub(crate) async fn open(&self, address: SocketAddr) -> Box<TlsStream<TcpStream>> {
        self.try_open(address, "localhost").await.unwrap()
    }

    /// The certificate that a server shows.
    pub(crate) async fn shown(&self, address: SocketAddr) -> Vec<u8> {
        let stream = self.open(address).await;
        stream.get_ref().1.peer_certificates().unwrap()[0].to_vec()
    }

    /// The whole answer to a GET, with more headers if they are given.
    pub(crate) async fn get(&self, address: SocketAddr, path: &str, headers: &str) -> String {
        let mut stream = self.open(address).await;
        let request = format!("GET {path} HTTP/1.1\r\nHost: {address}\r\n{headers}Connection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        patient(stream.read_to_string(&mut answer)).await.unwrap();
        answer
    }
}
