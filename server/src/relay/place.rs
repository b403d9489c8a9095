//! Where the relay listens, and the address at which others find it.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use super::RelayError;
use super::policy::Policy;
use crate::config::{Config, DEFAULT_PORT, TurnListen};

/// The addresses of a relay.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// Where it takes requests.
    pub(super) listen: SocketAddr,
    /// The address of this machine for the browsers, and of everything it relays.
    pub(super) public: IpAddr,
    /// The operator named the public address.
    pub(super) named: bool,
}

impl Place {
    /// What the flags say; none if they turn the relay off. `route` finds the address of the interface with the
    /// default route, of version 6 or 4.
    pub(super) fn of(
        config: &Config,
        route: impl Fn(bool) -> Option<IpAddr>,
    ) -> Result<Option<Self>, RelayError> {
        let listen = match config.turn.turn_listen {
            Some(TurnListen::Off) => return Ok(None),
            Some(TurnListen::At(address)) => address,
            None => SocketAddr::new(default_ip(config), DEFAULT_PORT),
        };
        let ip = listen.ip();
        let (public, named) = match config.turn.turn_public_ip.map(|ip| ip.to_canonical()) {
            Some(ip) => (ip, true),
            None if !ip.is_unspecified() => (ip, false),
            // Most browsers have version 4, some have nothing else.
            None => {
                let found = route(false).filter(|_| may_hold_v4(listen));
                let found = found.or_else(|| route(true).filter(|_| ip.is_ipv6()));
                (found.ok_or(RelayError::NoAddress)?, false)
            }
        };
        if public.is_unspecified() || public.is_multicast() {
            return Err(RelayError::NoHost(public));
        }
        if public.is_ipv6() != ip.is_ipv6() && !(public.is_ipv4() && may_hold_v4(listen)) {
            return Err(RelayError::Versions { public, listen });
        }
        Ok(Some(Self { listen, public, named }))
    }

    /// With whom the relay at this place may speak.
    pub(super) fn policy(self, config: &Config) -> Policy {
        Policy { networks: config.turn.turn_allow_lan, machine: self.public.is_loopback() }
    }

    /// Where the relaying sockets are bound.
    pub(super) fn bind(self) -> IpAddr {
        match (self.listen.ip().is_unspecified(), self.public) {
            (false, _) => self.listen.ip(),
            (true, IpAddr::V4(_)) => Ipv4Addr::UNSPECIFIED.into(),
            (true, IpAddr::V6(_)) => Ipv6Addr::UNSPECIFIED.into(),
        }
    }

    /// Where the relaying sockets reach each other, which a NAT before this machine need not allow at the public
    /// address.
    pub(super) fn inner(self) -> IpAddr {
        match self.bind() {
            IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
            IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
            IpAddr::V4(_) | IpAddr::V6(_) => self.bind(),
        }
    }
}

/// An address of version 4, or every address of both versions.
fn may_hold_v4(listen: SocketAddr) -> bool {
    listen.is_ipv4() || listen.ip().is_unspecified()
}

/// The address of the page's server; every address if users are to come from elsewhere, through a proxy.
fn default_ip(config: &Config) -> IpAddr {
    let elsewhere = config.trust_proxy
        || config.public_url.as_ref().is_some_and(|url| !url.is_this_machine())
        || config.turn.turn_public_ip.is_some_and(|ip| !ip.is_loopback());
    match config.listen.ip() {
        IpAddr::V4(ip) if ip.is_loopback() && elsewhere => Ipv4Addr::UNSPECIFIED.into(),
        IpAddr::V6(ip) if ip.is_loopback() && elsewhere => Ipv6Addr::UNSPECIFIED.into(),
        IpAddr::V4(_) | IpAddr::V6(_) => config.listen.ip(),
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// On a machine with the addresses `10.0.0.5` and `2001:db8::5`.
    fn place(flags: &str) -> Result<Option<Place>, RelayError> {
        let config = Config::try_parse_from(["visavis"].into_iter().chain(flags.split_whitespace())).unwrap();
        Place::of(&config, |v6| if v6 { "2001:db8::5" } else { "10.0.0.5" }.parse().ok())
    }

    fn found(flags: &str) -> [String; 4] {
        let place = place(flags).unwrap().expect(flags);
        [
            place.listen.to_string(),
            place.public.to_string(),
            place.bind().to_string(),
            place.inner().to_string(),
        ]
    }

    #[test]
    fn the_flags_say_where_it_is() {
        let cases = [
            ("", ["127.0.0.1:3478", "127.0.0.1", "127.0.0.1", "127.0.0.1"]),
            ("--listen [::1]:8080", ["[::1]:3478", "::1", "::1", "::1"]),
            ("--listen 0.0.0.0:80", ["0.0.0.0:3478", "10.0.0.5", "0.0.0.0", "127.0.0.1"]),
            ("--listen [::]:80", ["[::]:3478", "10.0.0.5", "0.0.0.0", "127.0.0.1"]),
            ("--listen 192.168.1.9:80", ["192.168.1.9:3478", "192.168.1.9", "192.168.1.9", "192.168.1.9"]),
            ("--public-url http://localhost:80", ["127.0.0.1:3478", "127.0.0.1", "127.0.0.1", "127.0.0.1"]),
            ("--public-url https://call.example", ["0.0.0.0:3478", "10.0.0.5", "0.0.0.0", "127.0.0.1"]),
            ("--trust-proxy", ["0.0.0.0:3478", "10.0.0.5", "0.0.0.0", "127.0.0.1"]),
            ("--turn-public-ip 1.1.1.1", ["0.0.0.0:3478", "1.1.1.1", "0.0.0.0", "127.0.0.1"]),
            ("--turn-public-ip ::ffff:1.1.1.1", ["0.0.0.0:3478", "1.1.1.1", "0.0.0.0", "127.0.0.1"]),
            ("--turn-listen 10.0.0.5:9", ["10.0.0.5:9", "10.0.0.5", "10.0.0.5", "10.0.0.5"]),
            (
                "--turn-listen 10.0.0.5 --turn-public-ip 1.1.1.1",
                ["10.0.0.5:3478", "1.1.1.1", "10.0.0.5", "10.0.0.5"],
            ),
            ("--turn-listen :: --turn-public-ip 2001:db8::7", ["[::]:3478", "2001:db8::7", "::", "::1"]),
        ];
        for (flags, expected) in cases {
            assert_eq!(found(flags), expected, "{flags}");
        }
        assert_eq!(place("--turn-listen off --turn-public-ip 1.1.1.1").unwrap(), None);
    }

    #[test]
    fn what_cannot_be_is_one_sentence() {
        let cases = [
            ("--turn-public-ip 0.0.0.0", "--turn-public-ip"),
            ("--turn-public-ip ff02::1", "--turn-public-ip"),
            ("--turn-public-ip ::1 --turn-listen 0.0.0.0", "one is IPv4"),
            ("--turn-public-ip 1.1.1.1 --turn-listen 2001:db8::5", "one is IPv4"),
        ];
        for (flags, words) in cases {
            let error = place(flags).unwrap_err().to_string();
            assert!(error.contains(words) && !error.contains('\n'), "{error}");
        }
    }

    #[test]
    fn a_machine_without_a_route_does_not_know_itself() {
        let config = Config::try_parse_from(["visavis", "--turn-listen", "0.0.0.0"]).unwrap();
        assert!(matches!(Place::of(&config, |_| None), Err(RelayError::NoAddress)));
        let config = Config::try_parse_from(["visavis", "--turn-listen", "::"]).unwrap();
        let place = Place::of(&config, |v6| v6.then(|| "2001:db8::5".parse().unwrap())).unwrap().unwrap();
        assert_eq!(place.bind(), Ipv6Addr::UNSPECIFIED);
    }
}
