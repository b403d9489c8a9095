//! The real coturn, set up as docs/NETWORKS.md says: what is proven with it is that the document is true.
//!
//! Only the document's example of a name and the places of certificate and key are exchanged, as the lab has no DNS.

use std::fs::File;
use std::net::SocketAddrV4;
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, Result, ensure};

use crate::certificate::Certificate;
use crate::lab::{Host, Namespace};
use crate::tool;
use crate::wait::until;

const DOCUMENT: &str = "docs/NETWORKS.md";
/// The name that stands for the machine in the document.
const NAME: &str = "turn.example.org";
/// How the block with the configuration begins.
const CONFIGURATION: &str = "# /etc/turnserver.conf";
/// The ports it listens on, once it is up.
const PORTS: [u16; 2] = [3478, 443];

/// Why there is no coturn here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "This scene cannot be played here: `turnserver` is not installed (on Debian: apt-get install coturn, as \
     `cargo xtask setup` does as root)."
)]
pub struct NotInstalled;

/// A running coturn. Dropping it stops it.
#[derive(Debug)]
pub struct Coturn {
    child: Child,
    flags: Vec<String>,
    certificate: Certificate,
}

impl Coturn {
    /// Starts it at a host of the lab and waits until it listens; `log` names its log in `target/e2e`.
    pub async fn start(host: &Host, log: &str) -> Result<Self> {
        let program = tool::turnserver().map_err(|_| NotInstalled)?;
        let document = tool::document(DOCUMENT)?;
        let address = host.address().to_string();
        let certificate = Certificate::of(&address)?;
        let configuration = block(&document, CONFIGURATION)?
            .replace(&format!("/etc/ssl/{NAME}.pem"), &certificate.chain())
            .replace(&format!("/etc/ssl/{NAME}.key"), &certificate.key())
            .replace(NAME, &address);
        std::fs::write(certificate.at("turnserver.conf"), &configuration)?;

        let log = tool::report_dir()?.join(format!("{log}-coturn.log"));
        let file = File::create(&log)?;
        let mut command = Command::new(&program);
        command
            .args([
                "-c",
                &certificate.at("turnserver.conf"),
                "--log-file",
                "stdout",
                "--pidfile",
                &certificate.at("pid"),
            ])
            .args(["--userdb", &certificate.at("turndb")])
            .stdin(Stdio::null())
            .stdout(file.try_clone()?)
            .stderr(file);
        let child = host.namespace().spawn(&mut command);
        let child = child.with_context(|| format!("cannot start {}", program.display()))?;
        let flags = flags(&document, &configuration, &address)?;
        let mut coturn = Self { child, flags, certificate };
        until("coturn listens", async || {
            ensure!(coturn.child.try_wait()?.is_none(), "it ended: see {}", log.display());
            PORTS
                .iter()
                .try_for_each(|&port| listens(host.namespace(), SocketAddrV4::new(host.address(), port)))
        })
        .await?;
        Ok(coturn)
    }

    /// The flags of a Visavis server beside it, as the document has them.
    pub fn flags(&self) -> Vec<&str> {
        self.flags.iter().map(String::as_str).collect()
    }

    /// By what a browser knows its certificate: see [`crate::Setup::trusting`].
    pub fn key(&self) -> &str {
        self.certificate.fingerprint()
    }
}

impl Drop for Coturn {
    fn drop(&mut self) {
        // Both fail only where the process has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

fn listens(namespace: &Namespace, address: SocketAddrV4) -> Result<()> {
    namespace.connect(address).with_context(|| address.to_string())?;
    Ok(())
}

/// The secret of the configuration and the `--ice-server` flags of the document.
fn flags(document: &str, configuration: &str, address: &str) -> Result<Vec<String>> {
    let secret = configuration.lines().find_map(|line| line.strip_prefix("static-auth-secret="));
    let mut flags = vec!["--turn-secret".to_owned(), secret.context("coturn has no secret")?.to_owned()];
    let command = block(document, "export VISAVIS_TURN_SECRET=")?;
    let mut words = command.split_whitespace();
    while let Some(word) = words.next() {
        if word == "--ice-server" {
            let url = words.next().context("--ice-server has a value")?;
            flags.extend([word.to_owned(), url.replace(NAME, address)]);
        }
    }
    ensure!(flags.len() == 6, "{DOCUMENT} names other ICE servers: {flags:?}");
    Ok(flags)
}

/// The code block of a document that begins so, without its fences.
fn block<'a>(document: &'a str, beginning: &str) -> Result<&'a str> {
    let mut blocks =
        document.split("\n```").skip(1).step_by(2).filter_map(|block| Some(block.split_once('\n')?.1));
    blocks
        .find(|block| block.starts_with(beginning))
        .with_context(|| format!("{DOCUMENT} has no {beginning:?}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_document_has_the_configuration_and_the_flags() {
        let document = tool::document(DOCUMENT).unwrap();
        let configuration = block(&document, CONFIGURATION).unwrap();
        assert!(configuration.ends_with("denied-peer-ip=fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        let flags = flags(&document, configuration, "198.18.1.130").unwrap();
        assert_eq!(flags[3], "turn:198.18.1.130:3478?transport=tcp");
        assert_eq!(flags[5], "turns:198.18.1.130:443?transport=tcp");
        assert!(configuration.contains(&flags[1]), "the secrets differ");
    }

    #[test]
    fn a_block_is_found_by_its_beginning() {
        let document = "Text\n```\none\n```\nmore ```quoted``` text\n```sh\ntwo\nthree\n```\n";
        assert_eq!(block(document, "two").unwrap(), "two\nthree");
        assert!(block(document, "more").is_err());
    }
}
