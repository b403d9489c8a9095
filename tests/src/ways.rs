//! How packets find their way: the candidates that peer connections have settled on.

use std::net::{Ipv4Addr, SocketAddrV4};

use anyhow::{Context as _, Result};
use serde::Deserialize;

use crate::person::Person;

/// The way of one peer connection.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Way {
    /// The kind of the candidate here: `host`, `srflx`, `prflx` or `relay`.
    pub local: String,
    /// The kind of the candidate there.
    pub remote: String,
    /// The address there, as seen from here; empty if the browser hides it.
    pub remote_address: String,
    /// The port there.
    pub remote_port: u16,
    /// `udp` or `tcp`; of a relayed way, that to the relay, which may be `tls`.
    pub protocol: String,
}

impl Way {
    /// Whether a relay carries it, at either end.
    pub fn is_relayed(&self) -> bool {
        self.local == "relay" || self.remote == "relay"
    }
}

#[derive(Deserialize)]
struct Ways {
    ways: Vec<Way>,
}

impl Person {
    /// The socket at this address to which one of their peer connections sends.
    pub async fn socket_at(&self, address: Ipv4Addr) -> Result<SocketAddrV4> {
        let ways = self.ways().await?;
        let way = ways.iter().find(|way| way.remote_address == address.to_string());
        let way = way.with_context(|| format!("{} has no way to {address}: {ways:?}", self.name()))?;
        Ok(SocketAddrV4::new(address, way.remote_port))
    }

    /// The ways of all open peer connections that have one.
    pub async fn ways(&self) -> Result<Vec<Way>> {
        let value = self.run_async(include_str!("scripts/ways.js"), Vec::new()).await?;
        Ok(serde_json::from_value::<Ways>(value)?.ways)
    }
}
