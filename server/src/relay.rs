//! The embedded STUN and TURN server, over UDP.
//!
//! The `turn` crate knows the protocol and keeps the allocations. Its own server keeps every nonce that it ever gave
//! away, has no quotas and cuts who goes on after the end of their credentials; so the loop is ours, and each
//! datagram passes the [`desk`] before the crate sees it. The relay knows nothing of rooms, nor of who is in a call.

mod desk;
mod ledger;
mod nonce;
mod place;
mod policy;
mod probe;
mod rules;
mod service;
mod sockets;

use std::fmt;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::Mutex;
use tokio::task::JoinSet;
use tokio::time::Instant;

use crate::addresses;
use crate::clock::Clock;
use crate::config::{Config, PortRange};
use crate::files;
use crate::ice::{self, Secret};
use desk::Desk;
use ledger::{Ledger, Quotas};
use nonce::Nonces;
use place::Place;
use policy::{Policy, Reach, reach};
use probe::Failure;
use rules::Rules;
use service::Service;
use sockets::ClientSocket;

/// How long a finding of the self-test is told.
const FRESH: Duration = Duration::from_mins(1);
/// The name of the self-test among the peers.
const SELF_TEST: &str = "self-test";

/// Why there is no relay.
#[derive(Debug, thiserror::Error)]
pub enum RelayError {
    /// The address is taken or is not ours.
    #[error(
        "STUN and TURN cannot listen on {address} (UDP): {source}; name another address with --turn-listen, or off"
    )]
    Listen {
        /// The address as given.
        address: SocketAddr,
        /// What the system said.
        source: io::Error,
    },
    /// It listens everywhere, and this machine has no route to anywhere.
    #[error("STUN and TURN have no address to be reached at: name it with --turn-public-ip")]
    NoAddress,
    /// The public address cannot belong to one machine.
    #[error("--turn-public-ip {0} is not the address of a machine")]
    NoHost(IpAddr),
    /// The public address cannot lead to the listening one.
    #[error("--turn-public-ip {public} does not lead to {listen}: one is IPv4, the other IPv6")]
    Versions {
        /// The public address as given.
        public: IpAddr,
        /// The listening address.
        listen: SocketAddr,
    },
    /// The system has no randomness.
    #[error("no random bytes: {0}")]
    Random(#[from] getrandom::Error),
}

/// A relay that runs until it is dropped.
#[derive(Debug)]
pub(crate) struct Relay {
    place: Place,
    address: SocketAddr,
    ports: PortRange,
    secret: Secret,
    clock: Clock,
    last: Mutex<Option<(Instant, Health)>>,
    _tasks: JoinSet<()>,
}

/// What the self-test found, and at which address.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Health {
    address: SocketAddr,
    found: Result<(), Failure>,
}

impl Relay {
    /// Starts a relay as the flags say; none if they turn it off. One that nobody asked for and that cannot start is
    /// only reported: the page and the calls work without it.
    pub(crate) async fn open(
        config: &Config,
        secret: &Secret,
        clock: &Clock,
    ) -> Result<Option<Arc<Self>>, RelayError> {
        let asked_for = config.turn.turn_listen.is_some() || config.turn.turn_public_ip.is_some();
        let started = match Place::of(config, addresses::default_route) {
            Ok(None) => return Ok(None),
            Ok(Some(place)) => {
                Self::start(config, place, place.policy(config), secret.clone(), clock.clone()).await
            }
            Err(error) => Err(error),
        };
        match started {
            Ok(relay) => Ok(Some(Arc::new(relay))),
            Err(error) if asked_for => Err(error),
            Err(error) => {
                tracing::warn!("calls get no help through strict networks: {error}");
                Ok(None)
            }
        }
    }

    async fn start(
        config: &Config,
        place: Place,
        policy: Policy,
        secret: Secret,
        clock: Clock,
    ) -> Result<Self, RelayError> {
        let service = service(config, place, policy, secret.clone(), clock.clone()).await?;
        let address = SocketAddr::new(place.public, service.port());
        let mut tasks = JoinSet::new();
        tasks.spawn(service.run());
        let ports = config.turn.turn_ports;
        Ok(Self { place, address, ports, secret, clock, last: Mutex::new(None), _tasks: tasks })
    }

    /// Where clients reach it.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What the self-test finds, or found less than a minute ago.
    pub(crate) async fn health(self: &Arc<Self>) -> Health {
        let relay = self.clone();
        // On a task of its own: whoever asks may go away, and the finding is kept all the same.
        let found = tokio::spawn(async move { relay.test().await }).await;
        found.unwrap_or(Health { address: self.address, found: Err(Failure::Refused) })
    }

    /// Tests it, and says once in the log where it is and what to do about it.
    pub(crate) async fn announce(self: Arc<Self>) {
        let health = self.health().await;
        let (address, ports) = (self.address, self.ports);
        match (health.found, reach(self.place.public)) {
            (Err(failure), _) => tracing::warn!(
                "STUN and TURN cannot be reached from this machine at {address} (UDP; {failure}): see docs/NETWORKS.md"
            ),
            (Ok(()), Reach::Machine) => {
                tracing::info!("STUN and TURN are at {address} (UDP), for this machine alone");
            }
            (Ok(()), Reach::Network) if !self.place.named => tracing::info!(
                "STUN and TURN are at {address} (UDP), which only its own network can reach: if there is a public \
                 address, name it with --turn-public-ip"
            ),
            (Ok(()), Reach::World | Reach::Network | Reach::Nowhere) => {
                tracing::info!("STUN and TURN are at {address} (UDP), and relay at ports {ports}");
            }
        }
    }

    async fn test(&self) -> Health {
        let mut last = self.last.lock().await;
        if let Some((at, health)) = *last
            && at.elapsed() < FRESH
        {
            return health;
        }
        let username = ice::username(self.clock.unix() + ice::LIFETIME.as_secs(), SELF_TEST);
        let credential = self.secret.credential(&username);
        let found = probe::probe(self.address, &username, &credential).await;
        let health = Health { address: self.address, found };
        *last = Some((Instant::now(), health));
        health
    }
}

async fn service(
    config: &Config,
    place: Place,
    policy: Policy,
    secret: Secret,
    clock: Clock,
) -> Result<Service, RelayError> {
    let ledger = Ledger::new(quotas(config));
    let socket = ClientSocket::bind(place.listen, ledger.clone())
        .await
        .map_err(|source| RelayError::Listen { address: place.listen, source })?;
    let rules = Arc::new(Rules::new(place, policy, ledger.clone()));
    let desk = Desk { secret, clock, nonces: Nonces::random()?, ledger, rules };
    Ok(Service::new(socket, desk, place, config.turn.turn_ports))
}

/// A line for whoever watches this server.
impl fmt::Display for Health {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.found {
            Ok(()) => write!(f, "reachable at {}", self.address),
            Err(failure @ Failure::Full) => write!(f, "reachable at {} ({failure})", self.address),
            Err(failure) => write!(f, "not reachable at {} ({failure})", self.address),
        }
    }
}

/// The quotas of the flags, as far as this process may open sockets: half of them are for the page and the calls.
fn quotas(config: &Config) -> Quotas {
    let wanted = config.turn.turn_allocations;
    let possible = files::limit().map_or(u32::MAX, |files| u32::try_from(files / 2).unwrap_or(u32::MAX));
    if possible < wanted {
        tracing::warn!("this process may open few files: {possible} TURN allocations instead of {wanted}");
    }
    Quotas {
        total: wanted.min(possible),
        per_address: config.turn.turn_allocations_per_address,
        per_peer: config.turn.turn_allocations_per_peer,
    }
}

#[cfg(test)]
mod tests;
