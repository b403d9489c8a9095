//! Who holds which allocation, and how many each may hold.
//!
//! An allocation lives in the `turn` crate, which has neither quotas nor bounds. So each is entered here before it is
//! made, and its [`Holding`] travels with the socket that relays for it: when the socket goes, the entry goes.

use std::collections::{HashMap, HashSet};
use std::hash::Hash;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use crate::addresses::network;

/// Addresses that one allocation may speak with at a time, and channels it may have: more than any call has
/// candidates.
const MOST_PEERS: usize = 128;
/// How long a permission lasts (RFC 5766 §8).
const PERMISSION: Duration = Duration::from_mins(5);
/// How long a channel lasts (RFC 5766 §11).
const CHANNEL: Duration = Duration::from_mins(10);

/// How many allocations there may be.
#[derive(Debug, Clone, Copy)]
pub(super) struct Quotas {
    pub(super) total: u32,
    pub(super) per_address: u32,
    pub(super) per_peer: u32,
}

/// How clients reach us. The same address and port over the other one is another client.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) enum Transport {
    Udp,
    /// With TLS or without.
    Tcp,
}

/// The entries, as the clients of one transport are known by them; a clone is the same ledger.
#[derive(Debug, Clone)]
pub(super) struct Ledger {
    quotas: Quotas,
    transport: Transport,
    books: Arc<Mutex<Books>>,
}

#[derive(Debug, Default)]
struct Books {
    /// By the address of the client: there is one socket for all of a transport.
    holders: HashMap<(Transport, SocketAddr), Holder>,
    by_address: HashMap<IpAddr, u32>,
    by_peer: HashMap<String, u32>,
    total: u32,
    ports: HashSet<u16>,
    entries: u64,
}

#[derive(Debug)]
struct Holder {
    entry: u64,
    username: String,
    permissions: Bounded<IpAddr>,
    channels: Bounded<u16>,
    answer: Vec<u8>,
}

/// An allocation's entry; dropping it strikes it out.
#[derive(Debug)]
pub(super) struct Holding {
    ledger: Ledger,
    entry: u64,
    client: SocketAddr,
    peer: String,
    port: Option<u16>,
}

impl Ledger {
    /// Nobody holds anything; for clients over UDP.
    pub(super) fn new(quotas: Quotas) -> Self {
        Self { quotas, transport: Transport::Udp, books: Arc::default() }
    }

    /// The same ledger for the clients of this transport.
    pub(super) fn over(&self, transport: Transport) -> Self {
        Self { transport, ..self.clone() }
    }

    /// Enters an allocation of this client under this name, unless it, its address or the peer has its share.
    pub(super) fn enter(&self, client: SocketAddr, username: &str, peer: &str) -> Option<Holding> {
        let mut books = self.books();
        let address = network(client.ip());
        let of_address = books.by_address.get(&address).copied().unwrap_or(0);
        let of_peer = books.by_peer.get(peer).copied().unwrap_or(0);
        let Quotas { total, per_address, per_peer } = self.quotas;
        if books.total >= total || of_address >= per_address || of_peer >= per_peer {
            return None;
        }
        books.total += 1;
        books.by_address.insert(address, of_address + 1);
        books.by_peer.insert(peer.to_owned(), of_peer + 1);
        books.entries += 1;
        let entry = books.entries;
        let holder = Holder {
            entry,
            username: username.to_owned(),
            permissions: Bounded::new(PERMISSION),
            channels: Bounded::new(CHANNEL),
            answer: Vec::new(),
        };
        books.holders.insert((self.transport, client), holder);
        Some(Holding { ledger: self.clone(), entry, client, peer: peer.to_owned(), port: None })
    }

    /// The name under which this client holds an allocation.
    pub(super) fn username(&self, client: SocketAddr) -> Option<String> {
        self.books().holders.get(&(self.transport, client)).map(|holder| holder.username.clone())
    }

    /// Whether this client's allocation may speak with these addresses besides those it speaks with.
    pub(super) fn permits(&self, client: SocketAddr, peers: impl IntoIterator<Item = IpAddr>) -> bool {
        let mut books = self.books();
        let Some(holder) = books.holders.get_mut(&(self.transport, client)) else { return false };
        let now = Instant::now();
        peers.into_iter().all(|peer| holder.permissions.take(peer, now))
    }

    /// Whether this client's allocation may have this channel besides those it has.
    pub(super) fn opens(&self, client: SocketAddr, channel: u16) -> bool {
        let mut books = self.books();
        books
            .holders
            .get_mut(&(self.transport, client))
            .is_some_and(|holder| holder.channels.take(channel, Instant::now()))
    }

    /// Keeps what this client was answered when it got its allocation.
    pub(super) fn remember(&self, client: SocketAddr, answer: &[u8]) {
        if let Some(holder) = self.books().holders.get_mut(&(self.transport, client)) {
            holder.answer = answer.to_vec();
        }
    }

    /// What this client was answered when it got its allocation.
    pub(super) fn remembered(&self, client: SocketAddr) -> Option<Vec<u8>> {
        self.books().holders.get(&(self.transport, client)).map(|holder| holder.answer.clone())
    }

    /// Whether an allocation relays at this port.
    pub(super) fn relays_at(&self, port: u16) -> bool {
        self.books().ports.contains(&port)
    }

    fn books(&self) -> MutexGuard<'_, Books> {
        self.books.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Holding {
    /// The allocation relays at this port.
    pub(super) fn relays_at(&mut self, port: u16) {
        self.ledger.books().ports.insert(port);
        self.port = Some(port);
    }
}

impl Drop for Holding {
    fn drop(&mut self) {
        let mut books = self.ledger.books();
        let key = (self.ledger.transport, self.client);
        // The client may hold another one by now.
        if books.holders.get(&key).is_some_and(|holder| holder.entry == self.entry) {
            books.holders.remove(&key);
        }
        if let Some(port) = self.port {
            books.ports.remove(&port);
        }
        books.total -= 1;
        give_back(&mut books.by_address, &network(self.client.ip()));
        give_back(&mut books.by_peer, &self.peer);
    }
}

fn give_back<K: Hash + Eq>(counts: &mut HashMap<K, u32>, key: &K) {
    if let Some(count) = counts.get_mut(key) {
        *count -= 1;
        if *count == 0 {
            counts.remove(key);
        }
    }
}

/// What the `turn` crate keeps for a while for one allocation: up to so many.
#[derive(Debug)]
struct Bounded<K> {
    lifetime: Duration,
    ends: HashMap<K, Instant>,
}

impl<K: Hash + Eq> Bounded<K> {
    fn new(lifetime: Duration) -> Self {
        Self { lifetime, ends: HashMap::new() }
    }

    /// One more, or the same for longer; false if there are too many.
    fn take(&mut self, key: K, now: Instant) -> bool {
        if self.ends.len() >= MOST_PEERS && !self.ends.contains_key(&key) {
            self.ends.retain(|_, end| *end > now);
            if self.ends.len() >= MOST_PEERS {
                return false;
            }
        }
        self.ends.insert(key, now + self.lifetime);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUOTAS: Quotas = Quotas { total: 4, per_address: 3, per_peer: 2 };

    fn client(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    #[test]
    fn each_has_its_share() {
        let ledger = Ledger::new(QUOTAS);
        let enter = |address: &str, peer: &str| ledger.enter(client(address), "name", peer);
        let mut held = vec![enter("10.0.0.1:1", "bob").unwrap(), enter("10.0.0.1:2", "bob").unwrap()];
        assert!(enter("10.0.0.2:1", "bob").is_none(), "bob has two");
        held.push(enter("10.0.0.1:3", "alice").unwrap());
        assert!(enter("10.0.0.1:4", "carol").is_none(), "the address has three");
        held.push(enter("10.0.0.2:1", "carol").unwrap());
        assert!(enter("10.0.0.3:1", "dave").is_none(), "there are four");
        held.remove(0);
        assert!(enter("10.0.0.3:1", "bob").is_some(), "what is given back can be had again");
        held.clear();
        let books = ledger.books();
        assert_eq!((books.total, books.holders.len()), (0, 0));
        assert!(books.by_peer.is_empty() && books.by_address.is_empty());
    }

    #[test]
    fn the_same_address_over_another_transport_is_another_client_with_the_same_share() {
        let udp = Ledger::new(QUOTAS);
        let tcp = udp.over(Transport::Tcp);
        let bob = client("10.0.0.1:1");
        let first = udp.enter(bob, "datagrams", "bob").unwrap();
        assert_eq!(tcp.username(bob), None);
        let second = tcp.enter(bob, "streams", "bob").unwrap();
        assert!(tcp.enter(client("10.0.0.1:2"), "name", "bob").is_none(), "bob has two");
        drop(first);
        assert_eq!((udp.username(bob), tcp.username(bob).as_deref()), (None, Some("streams")));
        drop(second);
        assert!(udp.books().holders.is_empty());
    }

    #[test]
    fn an_entry_that_ends_late_does_not_strike_out_the_next() {
        let ledger = Ledger::new(QUOTAS);
        let mut first = ledger.enter(client("10.0.0.1:1"), "first", "bob").unwrap();
        first.relays_at(50_000);
        assert!(ledger.relays_at(50_000));
        let second = ledger.enter(client("10.0.0.1:1"), "second", "bob").unwrap();
        drop(first);
        assert_eq!(ledger.username(client("10.0.0.1:1")).as_deref(), Some("second"));
        assert!(!ledger.relays_at(50_000));
        drop(second);
        assert_eq!(ledger.username(client("10.0.0.1:1")), None);
    }

    #[test]
    fn permissions_and_channels_are_bounded() {
        let ledger = Ledger::new(QUOTAS);
        let bob = client("10.0.0.1:1");
        assert!(!ledger.permits(bob, ["1.1.1.1".parse().unwrap()]) && !ledger.opens(bob, 0x4000));
        let _held = ledger.enter(bob, "name", "bob").unwrap();
        let peers = |from: u8, to: u8| (from..to).map(|n| IpAddr::from([1, 1, 1, n]));
        assert!(ledger.permits(bob, peers(0, 128)));
        assert!(ledger.permits(bob, peers(0, 128)), "the same once more");
        assert!(!ledger.permits(bob, peers(128, 129)));
        assert!((0x4000..0x4080).all(|channel| ledger.opens(bob, channel)));
        assert!(!ledger.opens(bob, 0x4080));
    }

    #[test]
    fn what_has_ended_makes_room() {
        let start = Instant::now();
        let mut bounded = Bounded::new(PERMISSION);
        assert!((0..MOST_PEERS).all(|n| bounded.take(n, start)));
        assert!(!bounded.take(MOST_PEERS, start + PERMISSION / 2));
        assert!(bounded.take(0, start + PERMISSION / 2));
        assert!(bounded.take(MOST_PEERS, start + PERMISSION));
        assert_eq!(bounded.ends.len(), 2);
    }
}
