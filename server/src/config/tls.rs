//! The flags of HTTPS.

use std::path::PathBuf;

use clap::{Args, ValueEnum};

/// HTTPS in the server itself.
#[derive(Debug, Clone, Args)]
pub struct TlsConfig {
    /// HTTPS: off, with a self-signed certificate that is kept beside the file of --key-file, or with the files of
    /// --tls-cert and --tls-key
    #[arg(long, env = "VISAVIS_TLS", default_value = "off", value_name = "MODE")]
    pub tls: TlsMode,

    /// File with the certificate and those that lead to its issuer (PEM); SIGHUP reads both files again
    #[arg(long, env = "VISAVIS_TLS_CERT", value_name = "FILE")]
    pub tls_cert: Option<PathBuf>,

    /// File with the private key of the certificate (PEM, without a passphrase)
    #[arg(long, env = "VISAVIS_TLS_KEY", value_name = "FILE")]
    pub tls_key: Option<PathBuf>,
}

/// Where the certificate comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TlsMode {
    /// Plain HTTP.
    Off,
    /// The server makes it.
    SelfSigned,
    /// Somebody else makes it.
    Files,
}

impl TlsConfig {
    /// Whether the server speaks HTTPS.
    pub fn is_on(&self) -> bool {
        self.tls != TlsMode::Off
    }
}
