//! Which addresses the relay may speak with: pure.
//!
//! A relay stands inside of what a firewall protects, so it must not be a way in: whoever has credentials could
//! else send to this machine's own services and to those of its network.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// From where an address can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// From everywhere.
    World,
    /// From the networks that use it among themselves: private, shared (CGNAT) or unique local.
    Network,
    /// From this machine: loopback.
    Machine,
    /// It is no address of a single host on a network beyond ours: link-local, multicast, reserved, documentation,
    /// or a form of another address.
    Nowhere,
}

/// What the operator allows besides the world.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Policy {
    /// Private networks.
    pub(crate) networks: bool,
    /// This machine: only for a relay that nobody else can reach.
    pub(crate) machine: bool,
}

impl Policy {
    /// Whether datagrams to and from this address pass.
    pub(crate) fn allows(self, ip: IpAddr) -> bool {
        match reach(ip) {
            Reach::World => true,
            Reach::Network => self.networks,
            Reach::Machine => self.machine,
            Reach::Nowhere => false,
        }
    }
}

/// From where this address can be reached (the special-purpose registries of IANA).
pub(crate) fn reach(ip: IpAddr) -> Reach {
    match ip {
        IpAddr::V4(ip) => reach_v4(ip),
        IpAddr::V6(ip) => reach_v6(ip),
    }
}

fn reach_v4(ip: Ipv4Addr) -> Reach {
    match ip.octets() {
        [127, ..] => Reach::Machine,
        [10, ..] | [172, 16..=31, ..] | [192, 168, ..] | [100, 64..=127, ..] => Reach::Network,
        [0 | 224..=255, ..]
        | [169, 254, ..]
        | [192, 0, 0 | 2, _]
        | [192, 88, 99, _]
        | [198, 18 | 19, ..]
        | [198, 51, 100, _]
        | [203, 0, 113, _] => Reach::Nowhere,
        _ => Reach::World,
    }
}

fn reach_v6(ip: Ipv6Addr) -> Reach {
    match ip.segments() {
        [0, 0, 0, 0, 0, 0, 0, 1] => Reach::Machine,
        [0xfc00..=0xfdff, ..] => Reach::Network,
        // NAT64 and 6to4 lead to the address of version 4 inside of them.
        [0x64, 0xff9b, 0, 0, 0, 0, high, low] | [0x2002, high, low, ..] => embedded(high, low),
        [0x2001, 0..=0x1ff | 0xdb8, ..] | [0x3fff, 0..=0xfff, ..] => Reach::Nowhere,
        [0x2000..=0x3fff, ..] => Reach::World,
        _ => Reach::Nowhere,
    }
}

fn embedded(high: u16, low: u16) -> Reach {
    match reach_v4(Ipv4Addr::from_bits(u32::from(high) << 16 | u32::from(low))) {
        Reach::World => Reach::World,
        Reach::Network | Reach::Machine | Reach::Nowhere => Reach::Nowhere,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TABLE: [(Reach, &[&str]); 4] = [
        (
            Reach::World,
            &[
                "1.1.1.1",
                "9.255.255.255",
                "11.0.0.0",
                "100.63.255.255",
                "100.128.0.0",
                "126.255.255.255",
                "128.0.0.1",
                "169.253.0.1",
                "172.15.255.255",
                "172.32.0.0",
                "192.0.1.1",
                "192.167.255.255",
                "198.17.0.1",
                "198.20.0.1",
                "223.255.255.255",
                "2001:4860:4860::8888",
                "2606:4700::1111",
                "2002:101:101::1",
                "64:ff9b::101:101",
            ],
        ),
        (
            Reach::Network,
            &[
                "10.0.0.1",
                "10.255.255.255",
                "172.16.0.1",
                "172.31.255.255",
                "192.168.1.1",
                "100.64.0.1",
                "100.127.255.255",
                "fc00::1",
                "fdff::1",
            ],
        ),
        (Reach::Machine, &["127.0.0.1", "127.255.255.254", "::1"]),
        (
            Reach::Nowhere,
            &[
                "0.0.0.0",
                "0.1.2.3",
                "169.254.169.254",
                "192.0.0.8",
                "192.0.2.1",
                "192.88.99.1",
                "198.18.0.1",
                "198.19.255.255",
                "198.51.100.1",
                "203.0.113.5",
                "224.0.0.1",
                "239.255.255.255",
                "240.0.0.1",
                "255.255.255.255",
                "::",
                "::127.0.0.1",
                "::ffff:1.1.1.1",
                "::ffff:127.0.0.1",
                "64:ff9b::a00:1",
                "64:ff9b::7f00:1",
                "64:ff9b:1::1",
                "2002:7f00:1::1",
                "2002:a00:1::1",
                "2001::1",
                "2001:2::1",
                "2001:10::1",
                "2001:db8::1",
                "3fff::1",
                "4000::1",
                "fe80::1",
                "fec0::1",
                "ff02::1",
            ],
        ),
    ];

    #[test]
    fn every_address_has_its_reach() {
        for (expected, addresses) in TABLE {
            for address in addresses {
                assert_eq!(reach(address.parse().unwrap()), expected, "{address}");
            }
        }
    }

    #[test]
    fn only_what_is_allowed_passes() {
        for (reach, addresses) in TABLE {
            for (networks, machine) in [(false, false), (true, false), (false, true), (true, true)] {
                let expected = match reach {
                    Reach::World => true,
                    Reach::Network => networks,
                    Reach::Machine => machine,
                    Reach::Nowhere => false,
                };
                for address in addresses {
                    let allowed = Policy { networks, machine }.allows(address.parse().unwrap());
                    assert_eq!(allowed, expected, "{address} with {networks} {machine}");
                }
            }
        }
    }
}
