//! The internet itself, and the numbers of the uplinks to it.

use std::cell::Cell;

use anyhow::{Context as _, Result};

use super::lane::mixed;
use super::namespace::Namespace;
use super::uplink::{Access, Uplink};
use super::wire::Carrier;

/// What all hosts of a lab share.
#[derive(Debug)]
pub(super) struct World {
    pub(super) internet: Namespace,
    carrier: Carrier,
    seed: u64,
    uplinks: Cell<u8>,
}

impl World {
    /// An internet to which nobody is connected.
    pub(super) fn begin(seed: u64) -> Result<Self> {
        let internet = Namespace::make("internet")?;
        internet.set("ipv4/ip_forward", "1")?;
        // All of this network is the internet's own; private addresses lead nowhere.
        internet.ip("addr add 203.0.113.1/24 dev lo\nroute add unreachable 10.0.0.0/8\n")?;
        Ok(Self { internet, carrier: Carrier::start()?, seed, uplinks: Cell::new(0) })
    }

    /// Builds one more uplink for a host.
    pub(super) fn uplink(&self, host: &Namespace, access: Access) -> Result<Uplink> {
        let number = self.uplinks.get().checked_add(1).context("a lab has 255 uplinks")?;
        self.uplinks.set(number);
        let seed = mixed(self.seed, number.into());
        Uplink::build(&self.carrier, seed, number, access, &self.internet, host)
    }
}
