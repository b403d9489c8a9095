//! How a host reaches the internet: a router with its NAT and its firewall, and a link of ours behind it.

use std::net::Ipv4Addr;

use anyhow::Result;

use super::namespace::Namespace;
use super::wire::{Carrier, Link};

/// What a router does to addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Nat {
    /// Nothing: the host has a public address, and everybody may call it.
    None,
    /// One public port for all destinations, open only to those addresses and ports the host has written to.
    PortRestricted,
    /// Another public port for every destination, picked at random.
    Symmetric,
}

/// What a router lets out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Firewall {
    /// Everything.
    Open,
    /// Everything but UDP.
    NoUdp,
    /// TCP to port 443, and nothing else.
    OnlyHttps,
    /// The same, looked into: what says in clear that it is STUN or TURN is dropped.
    OnlyTls,
}

/// How a host is connected.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Access {
    /// What happens to addresses.
    pub nat: Nat,
    /// What gets out.
    pub firewall: Firewall,
}

impl Access {
    /// A public address.
    pub const PUBLIC: Self = Self::behind(Nat::None);

    /// Behind this NAT.
    pub const fn behind(nat: Nat) -> Self {
        Self { nat, firewall: Firewall::Open }
    }

    /// The same behind this firewall.
    #[must_use]
    pub const fn with_firewall(self, firewall: Firewall) -> Self {
        Self { firewall, ..self }
    }
}

/// A router between a host and the internet. Dropping it takes both ways away.
#[derive(Debug)]
pub(super) struct Uplink {
    pub(super) link: Link,
    /// The host's device that leads to the router.
    pub(super) device: String,
    /// The host's address on it.
    pub(super) address: Ipv4Addr,
    /// The router, as the host sees it.
    pub(super) gateway: Ipv4Addr,
    router: Namespace,
}

impl Uplink {
    /// Builds the `number`-th uplink of the lab, from 1. The host has its address then, and no route over it yet.
    pub(super) fn build(
        carrier: &Carrier,
        seed: u64,
        number: u8,
        access: Access,
        internet: &Namespace,
        host: &Namespace,
    ) -> Result<Self> {
        let router = Namespace::make(&format!("router{number}"))?;
        let link = carrier.link(seed, (&router, "wan"), (internet, &format!("link{number}")))?;
        let Lan { gateway, address, length } = Lan::of(number, access.nat);
        let device = format!("eth{number}");
        router.set("ipv4/ip_forward", "1")?;
        router.load_rules(&rules(access))?;
        router.ip(&format!(
            "link add lan type veth peer name {device} netns {host}\n\
             addr add 198.18.{number}.2/30 dev wan\n\
             addr add {gateway}/{length} dev lan\n\
             link set lan up\n\
             link set wan up\n\
             route add default via 198.18.{number}.1\n",
            host = host.name(),
        ))?;
        internet.ip(&format!(
            "addr add 198.18.{number}.1/30 dev link{number}\n\
             link set link{number} up\n\
             route add 198.18.{number}.128/25 dev link{number}\n",
        ))?;
        host.ip(&format!("addr add {address}/{length} dev {device}\nlink set {device} up\n"))?;
        Ok(Self { link, device, address, gateway, router })
    }

    /// Treats what begins from now on in another way. The host keeps its address, so both accesses have a NAT, or none.
    pub(super) fn change(&self, access: Access) -> Result<()> {
        self.router.load_rules(&rules(access))
    }
}

/// The network between a host and its router.
struct Lan {
    gateway: Ipv4Addr,
    address: Ipv4Addr,
    length: u8,
}

impl Lan {
    fn of(number: u8, nat: Nat) -> Self {
        let (network, base, length) = match nat {
            Nat::None => ([198, 18, number], 128, 25),
            Nat::PortRestricted | Nat::Symmetric => ([10, number, 0], 0, 24),
        };
        let [a, b, c] = network;
        Self { gateway: Ipv4Addr::new(a, b, c, base + 1), address: Ipv4Addr::new(a, b, c, base + 2), length }
    }
}

/// The rules of a router, as `iptables-restore` reads them.
///
/// What comes unasked is dropped in silence: an answer of the router would leave a trace in its connection table, and
/// the host's own packet to that sender would then get another port.
fn rules(Access { nat, firewall }: Access) -> String {
    let translation = match nat {
        Nat::None => "",
        Nat::PortRestricted => "-A POSTROUTING -o wan -j MASQUERADE\n",
        Nat::Symmetric => "-A POSTROUTING -o wan -j MASQUERADE --random-fully\n",
    };
    let inwards = match nat {
        Nat::None => "-A FORWARD -i wan -j ACCEPT\n",
        Nat::PortRestricted | Nat::Symmetric => "",
    };
    let outwards = match firewall {
        Firewall::Open => "-A FORWARD -i lan -j ACCEPT\n",
        Firewall::NoUdp => "-A FORWARD -i lan -p udp -j DROP\n-A FORWARD -i lan -j ACCEPT\n",
        Firewall::OnlyHttps => "-A FORWARD -i lan -p tcp --dport 443 -j ACCEPT\n",
        Firewall::OnlyTls => {
            "-A FORWARD -i lan -p tcp --dport 443 -j ACCEPT\n\
             -I FORWARD -i lan -p tcp -m u32 --u32 0>>22&0x3C@12>>26&0x3C@4=0x2112a442 -j DROP\n"
        }
    };
    // What a firewall keeps in, an open door from outside must not let in.
    let inwards = if firewall == Firewall::Open { inwards } else { "" };
    format!(
        "*nat\n{translation}COMMIT\n\
         *filter\n:INPUT ACCEPT\n:FORWARD DROP\n\
         -A INPUT -i wan -m conntrack --ctstate NEW -j DROP\n\
         -A FORWARD -m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT\n\
         {outwards}{inwards}COMMIT\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn forwarded(access: Access) -> Vec<String> {
        rules(access).lines().filter_map(|line| line.strip_prefix("-A FORWARD ")).map(str::to_owned).collect()
    }

    const ANSWERS: &str = "-m conntrack --ctstate ESTABLISHED,RELATED -j ACCEPT";

    #[test]
    fn only_a_public_host_may_be_called_unasked() {
        assert_eq!(forwarded(Access::PUBLIC), [ANSWERS, "-i lan -j ACCEPT", "-i wan -j ACCEPT"]);
        for nat in [Nat::PortRestricted, Nat::Symmetric] {
            assert_eq!(forwarded(Access::behind(nat)), [ANSWERS, "-i lan -j ACCEPT"]);
        }
    }

    #[test]
    fn a_firewall_keeps_udp_in() {
        let closed = Access::PUBLIC.with_firewall(Firewall::NoUdp);
        assert_eq!(forwarded(closed), [ANSWERS, "-i lan -p udp -j DROP", "-i lan -j ACCEPT"]);
        let narrow = Access::PUBLIC.with_firewall(Firewall::OnlyHttps);
        assert_eq!(forwarded(narrow), [ANSWERS, "-i lan -p tcp --dport 443 -j ACCEPT"]);
        let keen = rules(Access::PUBLIC.with_firewall(Firewall::OnlyTls));
        // Before the answers, or it would see but the beginning of a connection.
        assert!(keen.contains("-I FORWARD -i lan -p tcp -m u32") && !keen.contains("-i wan -j ACCEPT"));
    }

    #[test]
    fn a_symmetric_nat_is_told_from_a_port_restricted_one() {
        assert!(rules(Access::behind(Nat::Symmetric)).contains("--random-fully"));
        let restricted = rules(Access::behind(Nat::PortRestricted));
        assert!(restricted.contains("MASQUERADE") && !restricted.contains("random"));
        assert!(!rules(Access::PUBLIC).contains("MASQUERADE"));
    }
}
