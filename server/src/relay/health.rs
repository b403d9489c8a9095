//! What the self-test found, for whoever watches this server and for the log at its start.

use std::fmt;
use std::net::SocketAddr;

use super::place::Place;
use super::policy::{Reach, reach};
use super::probe::Failure;
use crate::config::PortRange;

/// What the self-test found, and at which addresses.
#[derive(Debug, Clone)]
pub(crate) struct Health {
    /// Where it is over UDP.
    pub(super) address: SocketAddr,
    pub(super) found: Result<(), Failure>,
    /// The same over TCP, if the port of the page takes it: host and port.
    pub(super) over_tcp: Option<(String, Result<(), Failure>)>,
}

impl Health {
    /// Says in the log where the relay is and what to do about it.
    pub(super) fn announce(&self, place: Place, ports: PortRange) {
        let address = self.address;
        match (self.found, reach(place.public)) {
            (Err(failure), _) => tracing::warn!(
                "STUN and TURN cannot be reached from this machine at {address} (UDP; {failure}): see docs/NETWORKS.md"
            ),
            (Ok(()), Reach::Machine) => {
                tracing::info!("STUN and TURN are at {address} (UDP), for this machine alone");
            }
            (Ok(()), Reach::Network) if !place.named => tracing::info!(
                "STUN and TURN are at {address} (UDP), which only its own network can reach: if there is a public \
                 address, name it with --turn-public-ip"
            ),
            (Ok(()), Reach::World | Reach::Network | Reach::Nowhere) => {
                tracing::info!("STUN and TURN are at {address} (UDP), and relay at ports {ports}");
            }
        }
        match &self.over_tcp {
            None if reach(place.public) == Reach::Machine => {}
            None => {
                tracing::info!("TURN is not offered over TCP: see docs/NETWORKS.md for networks without UDP");
            }
            Some((target, Ok(()))) => tracing::info!("TURN is at {target} (TCP) too, the port of the page"),
            Some((target, Err(failure))) => tracing::warn!(
                "TURN cannot be reached from this machine at {target} (TCP, the port of the page; {failure}): see \
                 docs/NETWORKS.md"
            ),
        }
    }
}

/// A line for each way to the relay.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "relay: {}", At(&self.address, self.found))?;
        match &self.over_tcp {
            None => write!(f, "\nrelay over TCP: off"),
            Some((target, found)) => write!(f, "\nrelay over TCP: {}", At(target, *found)),
        }
    }
}

/// Whether it can be reached there.
struct At<'a, T>(&'a T, Result<(), Failure>);

impl<T: fmt::Display> fmt::Display for At<'_, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(place, found) = self;
        match found {
            Ok(()) => write!(f, "reachable at {place}"),
            Err(failure @ Failure::Full) => write!(f, "reachable at {place} ({failure})"),
            Err(failure) => write!(f, "not reachable at {place} ({failure})"),
        }
    }
}
