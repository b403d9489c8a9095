//! A way into a namespace for the tests themselves, past the lab's network: what ICE sees stays clean.

use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

use super::namespace::Namespace;

/// A port outside that leads to the same port on the loopback device inside. Dropping it closes it to newcomers.
#[derive(Debug)]
pub(crate) struct Door {
    port: u16,
    task: JoinHandle<()>,
}

impl Door {
    /// Opens a port that is free outside. Drivers are picky about the port by which they are addressed, so that it has
    /// to be the same inside.
    pub(crate) async fn open(namespace: &Namespace) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let port = listener.local_addr()?.port();
        let namespace = namespace.clone();
        let task = tokio::spawn(async move {
            while let Ok((outer, _)) = listener.accept().await {
                let inner = namespace.connect_to_loopback(port);
                tokio::spawn(forward(outer, inner));
            }
        });
        Ok(Self { port, task })
    }

    /// The port.
    pub(crate) fn port(&self) -> u16 {
        self.port
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries one connection; one that breaks is told to its two ends only.
async fn forward(mut outer: TcpStream, inner: Result<std::net::TcpStream>) -> Result<()> {
    outer.set_nodelay(true)?;
    let mut inner = TcpStream::from_std(inner?)?;
    copy_bidirectional(&mut outer, &mut inner).await?;
    Ok(())
}
