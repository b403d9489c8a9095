//! The embedded STUN and TURN server: over UDP at a port of its own, and over TCP and TLS at that of the page.
//!
//! The `turn` crate knows the protocol and keeps the allocations. Its own server keeps every nonce that it ever gave
//! away, has no quotas and cuts who goes on after the end of their credentials; so the loop is ours, and each
//! message passes the [`desk`] before the crate sees it. The relay knows nothing of rooms, nor of who is in a call.

mod clients;
mod datagrams;
mod desk;
mod frames;
mod health;
mod ledger;
mod line;
mod nonce;
mod offer;
pub(crate) mod others;
mod outbox;
mod place;
mod policy;
mod probe;
mod rules;
mod service;
mod sockets;
mod streams;

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
use crate::ice::{self, OwnRelay, Secret};
use clients::Clients;
use datagrams::DatagramSocket;
use desk::Desk;
use health::Health;
use ledger::{Ledger, Quotas, Transport};
use nonce::Nonces;
use place::Place;
use policy::Policy;
use probe::Failure;
use rules::Rules;
use service::Service;
use streams::streams;

pub(crate) use offer::Offer;
pub(crate) use streams::Streams;

/// How long a finding of the self-test is told.
const FRESH: Duration = Duration::from_mins(1);
/// The name of the self-test among the peers.
pub(crate) const SELF_TEST: &str = "self-test";

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
    /// What the port of the page offers, and the way in from there.
    over_tcp: Option<(Offer, Streams)>,
    last: Mutex<Option<(Instant, Health)>>,
    _tasks: JoinSet<()>,
}

impl Relay {
    /// Starts a relay as the flags say, beside a page that listens there; none if they turn it off. One that nobody
    /// asked for and that cannot start is only reported: the page and the calls work without it.
    pub(crate) async fn open(
        config: &Config,
        page: SocketAddr,
        secret: &Secret,
        clock: &Clock,
    ) -> Result<Option<Arc<Self>>, RelayError> {
        let asked_for = config.turn.turn_listen.is_some() || config.turn.turn_public_ip.is_some();
        let started = match Place::of(config, addresses::default_route) {
            Ok(None) => return Ok(None),
            Ok(Some(place)) => {
                let offer = Offer::of(config, page, place);
                let grounds = Grounds { config, place, policy: place.policy(config), secret, clock };
                Self::start(&grounds, offer.map(|offer| (offer, page))).await
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

    async fn start(grounds: &Grounds<'_>, page: Option<(Offer, SocketAddr)>) -> Result<Self, RelayError> {
        let Grounds { config, place, .. } = *grounds;
        let quotas = quotas(config);
        let ledger = Ledger::new(quotas);
        let listening = DatagramSocket::bind(place.listen, ledger.clone()).await;
        let socket = listening.map_err(|source| RelayError::Listen { address: place.listen, source })?;
        let address = SocketAddr::new(place.public, socket.local().port());
        let mut tasks = JoinSet::new();
        tasks.spawn(grounds.service(socket, &ledger)?.run());
        let mut over_tcp = None;
        if let Some((offer, page)) = page {
            let ledger = ledger.over(Transport::Tcp);
            let (streams, socket) = streams(page, ledger.clone(), connections(quotas));
            tasks.spawn(grounds.service(socket, &ledger)?.run());
            over_tcp = Some((offer, streams));
        }
        Ok(Self {
            place,
            address,
            ports: config.turn.turn_ports,
            secret: grounds.secret.clone(),
            clock: grounds.clock.clone(),
            over_tcp,
            last: Mutex::new(None),
            _tasks: tasks,
        })
    }

    /// Where clients reach it over UDP.
    pub(crate) fn address(&self) -> SocketAddr {
        self.address
    }

    /// What peers are told of it.
    pub(crate) fn told(&self) -> OwnRelay {
        let offer = self.over_tcp.as_ref().map(|(offer, _)| offer.clone());
        OwnRelay { address: self.address, offer }
    }

    /// The way in for connections to the port of the page, if it takes them.
    pub(crate) fn streams(&self) -> Option<Streams> {
        self.over_tcp.as_ref().map(|(_, streams)| streams.clone())
    }

    /// What the self-test finds, or found less than a minute ago.
    pub(crate) async fn health(self: &Arc<Self>) -> Health {
        let relay = self.clone();
        // On a task of its own: whoever asks may go away, and the finding is kept all the same.
        let found = tokio::spawn(async move { relay.test().await }).await;
        found.unwrap_or(Health { address: self.address, found: Err(Failure::Refused), over_tcp: None })
    }

    /// Tests it, and says once in the log where it is and what to do about it.
    pub(crate) async fn announce(self: Arc<Self>) {
        self.health().await.announce(self.place, self.ports);
    }

    async fn test(&self) -> Health {
        let mut last = self.last.lock().await;
        if let Some((at, health)) = &*last
            && at.elapsed() < FRESH
        {
            return health.clone();
        }
        let username = ice::username(self.clock.unix() + ice::LIFETIME.as_secs(), SELF_TEST);
        let credential = self.secret.credential(&username);
        // One after the other: together they could need more than is left, or than one peer may have.
        let found = probe::probe(self.address, &username, &credential).await;
        let over_tcp = match &self.over_tcp {
            Some((offer, _)) => {
                let target = offer.tried_at();
                let found = probe::probe_tcp(&target, &username, &credential).await;
                Some((target, found))
            }
            None => None,
        };
        let health = Health { address: self.address, found, over_tcp };
        *last = Some((Instant::now(), health.clone()));
        health
    }
}

/// What every way to the relay is built on.
#[derive(Clone, Copy)]
struct Grounds<'a> {
    config: &'a Config,
    place: Place,
    policy: Policy,
    secret: &'a Secret,
    clock: &'a Clock,
}

impl Grounds<'_> {
    fn service<C: Clients>(&self, clients: C, ledger: &Ledger) -> Result<Service<C>, RelayError> {
        let (secret, clock, ledger) = (self.secret.clone(), self.clock.clone(), ledger.clone());
        let rules = Arc::new(Rules::new(self.place, self.policy, ledger.clone()));
        let desk = Desk { secret, clock, nonces: Nonces::random()?, ledger, rules };
        Ok(Service::new(clients, desk, self.place, self.config.turn.turn_ports))
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

/// Connections that there may be for TURN: as many as allocations, and no more than leave the page its files.
fn connections(quotas: Quotas) -> Quotas {
    let possible = files::limit().map_or(u32::MAX, |files| u32::try_from(files / 4).unwrap_or(u32::MAX));
    Quotas { total: quotas.total.min(possible), ..quotas }
}

#[cfg(test)]
mod tests;
