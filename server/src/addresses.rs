//! How many things one address may hold at a time (connections, sockets), and which address is our own.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, UdpSocket};
use std::sync::{Arc, Mutex, PoisonError};

/// Counts by address; a clone counts together with the original.
#[derive(Debug, Clone)]
pub(crate) struct Addresses {
    most: u32,
    counts: Arc<Mutex<HashMap<IpAddr, u32>>>,
}

/// One thing held; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Place {
    address: IpAddr,
    addresses: Addresses,
}

impl Addresses {
    /// Each address may hold so many.
    pub(crate) fn new(most: u32) -> Self {
        Self { most, counts: Arc::default() }
    }

    /// One more for this address, unless it has its share.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Place> {
        let address = network(address);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        let count = counts.entry(address).or_insert(0);
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { address, addresses: self.clone() })
    }
}

impl Place {
    /// What it counts for: an address, or a whole network of version 6.
    pub(crate) fn address(&self) -> IpAddr {
        self.address
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut counts = self.addresses.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = counts.get_mut(&self.address) {
            *count -= 1;
            if *count == 0 {
                counts.remove(&self.address);
            }
        }
    }
}

/// What counts as one address: an IPv6 subscriber has a whole network of 64 bits.
pub(crate) fn network(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        v4 @ IpAddr::V4(_) => v4,
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

/// The address of the interface with the default route. Connecting sends nothing over UDP.
pub(crate) fn default_route(v6: bool) -> Option<IpAddr> {
    let (any, far): (IpAddr, IpAddr) = if v6 {
        (Ipv6Addr::UNSPECIFIED.into(), Ipv6Addr::new(0x2001, 0x4860, 0x4860, 0, 0, 0, 0, 0x8888).into())
    } else {
        (Ipv4Addr::UNSPECIFIED.into(), Ipv4Addr::new(8, 8, 8, 8).into())
    };
    let socket = UdpSocket::bind((any, 0)).ok()?;
    socket.connect((far, 53)).ok()?;
    Some(socket.local_addr().ok()?.ip())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn an_address_gets_its_share_and_others_theirs() {
        let addresses = Addresses::new(2);
        let held = [addresses.enter(address("10.0.0.1")), addresses.enter(address("10.0.0.1"))];
        assert!(held.iter().all(Option::is_some));
        assert!(addresses.enter(address("10.0.0.1")).is_none());
        assert!(addresses.enter(address("10.0.0.2")).is_some());
    }

    #[test]
    fn what_is_given_back_is_forgotten() {
        let addresses = Addresses::new(1);
        drop(addresses.enter(address("10.0.0.1")));
        assert!(addresses.counts.lock().unwrap().is_empty());
        assert!(addresses.enter(address("10.0.0.1")).is_some());
    }

    #[test]
    fn a_network_of_version_6_is_one_address() {
        let addresses = Addresses::new(1);
        let _held = addresses.enter(address("2001:db8::1"));
        assert!(addresses.enter(address("2001:db8::ffff")).is_none());
        assert!(addresses.enter(address("2001:db8:0:1::1")).is_some());
        let _mapped = addresses.enter(address("::ffff:10.0.0.1"));
        assert!(addresses.enter(address("10.0.0.1")).is_none());
    }
}
