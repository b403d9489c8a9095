//! Where a relayed datagram may go to and come from, and how our own allocations reach each other.
//!
//! Two clients of this relay speak from one relayed address to the other. They know the public address; but a NAT
//! before this machine need not lead it back here, and this machine's other ports are nobody's business. So what
//! goes to the port of a living allocation takes the inner address, and anything else to this machine is dropped.

use std::net::{IpAddr, SocketAddr};
use std::sync::atomic::{AtomicU64, Ordering};

use super::ledger::Ledger;
use super::place::Place;
use super::policy::Policy;

/// Decides about each relayed datagram.
#[derive(Debug)]
pub(super) struct Rules {
    public: IpAddr,
    inner: IpAddr,
    policy: Policy,
    ledger: Ledger,
    dropped: AtomicU64,
}

impl Rules {
    /// The rules of a relay at this place.
    pub(super) fn new(place: Place, policy: Policy, ledger: Ledger) -> Self {
        Self { public: place.public, inner: place.inner(), policy, ledger, dropped: AtomicU64::new(0) }
    }

    /// Whether relayed addresses are of version 6.
    pub(super) fn is_v6(&self) -> bool {
        self.public.is_ipv6()
    }

    /// Whether a client may ask for permission to speak with this address.
    pub(super) fn may_permit(&self, ip: IpAddr) -> bool {
        ip == self.public || self.policy.allows(ip)
    }

    /// Where a datagram for this address is sent to; none if it is dropped.
    pub(super) fn outward(&self, target: SocketAddr) -> Option<SocketAddr> {
        let own = target.ip() == self.public && self.ledger.relays_at(target.port());
        let to = if own { Some(SocketAddr::new(self.inner, target.port())) } else { self.foreign(target) };
        self.counted(to)
    }

    /// Whom a datagram from this address is said to come from; none if it is dropped.
    pub(super) fn inward(&self, source: SocketAddr) -> Option<SocketAddr> {
        let source = SocketAddr::new(source.ip(), source.port());
        let own = source.ip() == self.inner && self.ledger.relays_at(source.port());
        let from = if own { Some(SocketAddr::new(self.public, source.port())) } else { self.foreign(source) };
        self.counted(from)
    }

    /// An address that is not of one of our allocations.
    fn foreign(&self, address: SocketAddr) -> Option<SocketAddr> {
        let this_machine = [self.public, self.inner].contains(&address.ip());
        let allowed = self.policy.allows(address.ip()) && (!this_machine || self.policy.machine);
        allowed.then_some(address)
    }

    fn counted(&self, passed: Option<SocketAddr>) -> Option<SocketAddr> {
        if passed.is_none() {
            let dropped = self.dropped.fetch_add(1, Ordering::Relaxed) + 1;
            tracing::debug!(dropped, "datagram from or to a denied address dropped");
        }
        passed
    }

    /// How many datagrams were dropped.
    #[cfg(test)]
    pub(super) fn dropped(&self) -> u64 {
        self.dropped.load(Ordering::Relaxed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relay::ledger::{Holding, Quotas};

    fn address(text: &str) -> SocketAddr {
        text.parse().unwrap()
    }

    /// With one allocation at port 50000.
    fn rules(listen: &str, public: &str, policy: Policy) -> (Rules, Holding) {
        let place = Place { listen: address(listen), public: public.parse().unwrap(), named: true };
        let ledger = Ledger::new(Quotas { total: 1, per_address: 1, per_peer: 1 });
        let mut holding = ledger.enter(address("9.9.9.9:9"), "name", "bob").unwrap();
        holding.relays_at(50_000);
        (Rules::new(place, policy, ledger), holding)
    }

    #[test]
    fn own_allocations_meet_inside_and_nothing_else_of_this_machine_is_reached() {
        let strict = Policy { networks: false, machine: false };
        let (rules, _held) = rules("0.0.0.0:3478", "203.0.113.5", strict);
        assert!(rules.may_permit(rules.public));
        assert_eq!(rules.outward(address("203.0.113.5:50000")), Some(address("127.0.0.1:50000")));
        assert_eq!(rules.inward(address("127.0.0.1:50000")), Some(address("203.0.113.5:50000")));
        for denied in ["203.0.113.5:53", "203.0.113.5:50001", "127.0.0.1:53", "127.0.0.1:50001", "10.0.0.1:1"]
        {
            assert_eq!(rules.outward(address(denied)), None, "{denied}");
            assert_eq!(rules.inward(address(denied)), None, "{denied}");
        }
        // Named by its inner address an allocation is not met.
        assert_eq!(rules.outward(address("127.0.0.1:50000")), None);
        assert_eq!(rules.outward(address("1.1.1.1:53")), Some(address("1.1.1.1:53")));
        assert_eq!(rules.inward(address("1.1.1.1:53")), Some(address("1.1.1.1:53")));
        assert_eq!(rules.dropped(), 11);
    }

    #[test]
    fn a_network_that_is_allowed_does_not_open_this_machine() {
        let lan = Policy { networks: true, machine: false };
        let (rules, _held) = rules("10.0.0.5:3478", "1.1.1.1", lan);
        assert_eq!(rules.outward(address("10.0.0.6:53")), Some(address("10.0.0.6:53")));
        assert_eq!(rules.outward(address("10.0.0.5:53")), None);
        assert_eq!(rules.outward(address("1.1.1.1:53")), None);
        assert_eq!(rules.outward(address("1.1.1.1:50000")), Some(address("10.0.0.5:50000")));
        assert_eq!(rules.inward(address("10.0.0.5:50000")), Some(address("1.1.1.1:50000")));
    }

    #[test]
    fn a_relay_for_this_machine_alone_reaches_all_of_it() {
        let home = Policy { networks: false, machine: true };
        let (rules, _held) = rules("127.0.0.1:3478", "127.0.0.1", home);
        assert_eq!(rules.outward(address("127.0.0.1:53")), Some(address("127.0.0.1:53")));
        assert_eq!(rules.outward(address("10.0.0.1:53")), None);
    }

    #[test]
    fn a_mapped_address_is_no_way_around() {
        let all = Policy { networks: true, machine: true };
        let (rules, _held) = rules("[::]:3478", "2001:db8::5", all);
        assert!(!rules.may_permit("::ffff:127.0.0.1".parse().unwrap()));
        assert_eq!(rules.outward(address("[::ffff:10.0.0.1]:53")), None);
        assert_eq!(rules.inward(address("[::ffff:10.0.0.1]:53")), None);
    }
}
