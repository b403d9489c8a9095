//! The flags of the embedded STUN and TURN server.

use std::fmt;
use std::net::{IpAddr, SocketAddr};
use std::ops::RangeInclusive;
use std::str::FromStr;

use clap::{Args, ValueEnum};

pub use crate::ice::{Secret, SecretError};

/// The port that STUN and TURN have by their standards.
pub const DEFAULT_PORT: u16 = 3478;

/// The embedded STUN and TURN server.
#[derive(Debug, Clone, Args)]
pub struct TurnConfig {
    /// Where STUN and TURN listen (UDP), or `off` [default: the address of --listen, or every address if
    /// --public-url or --trust-proxy says that users come through a proxy; port 3478]
    #[arg(long, env = "VISAVIS_TURN_LISTEN", value_name = "ADDRESS|off")]
    pub turn_listen: Option<TurnListen>,

    /// The address at which browsers reach STUN and TURN [default: that of --turn-listen, or of the interface
    /// with the default route]
    #[arg(long, env = "VISAVIS_TURN_PUBLIC_IP", value_name = "IP")]
    pub turn_public_ip: Option<IpAddr>,

    /// TURN over TCP and TLS at the port of --listen, for networks without UDP: auto (unless a proxy stands before it,
    /// as --trust-proxy or an https --public-url without --tls says, or it listens on this machine alone), on or off
    #[arg(
        long,
        env = "VISAVIS_TURN_TCP",
        default_value = "auto",
        value_name = "auto|on|off",
        hide_possible_values = true
    )]
    pub turn_tcp: TurnTcp,

    /// Key of the TURN credentials, to be shared with a coturn beside it [default: a new one at every start]
    #[arg(long, env = "VISAVIS_TURN_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub turn_secret: Option<Secret>,

    /// UDP ports for relaying
    #[arg(long, env = "VISAVIS_TURN_PORTS", default_value = "49152-65535", value_name = "LOW-HIGH")]
    pub turn_ports: PortRange,

    /// Relay into private networks too (10/8, 172.16/12, 192.168/16, 100.64/10, `fc00::/7`)
    #[arg(long, env = "VISAVIS_TURN_ALLOW_LAN")]
    pub turn_allow_lan: bool,

    /// TURN allocations at the same time
    #[arg(long, env = "VISAVIS_TURN_ALLOCATIONS", default_value_t = 4000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub turn_allocations: u32,

    /// TURN allocations of one address (an IPv6 network of 64 bits counts as one)
    #[arg(long, env = "VISAVIS_TURN_ALLOCATIONS_PER_ADDRESS", default_value_t = 1000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub turn_allocations_per_address: u32,

    /// TURN allocations of one peer: a browser makes up to three for each other person in the room, on each network
    #[arg(long, env = "VISAVIS_TURN_ALLOCATIONS_PER_PEER", default_value_t = 200, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub turn_allocations_per_peer: u32,
}

/// Whether the port of the page takes TURN as well.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TurnTcp {
    /// If browsers reach it.
    Auto,
    /// Whatever the other flags say.
    On,
    /// It is for HTTP alone.
    Off,
}

/// Where the relay listens.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TurnListen {
    /// Nowhere.
    Off,
    /// At this address and port; port 0 takes any free one.
    At(SocketAddr),
}

/// Why a text is no [`TurnListen`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("it takes an address like 0.0.0.0:3478, or off")]
pub struct TurnListenError;

impl FromStr for TurnListen {
    type Err = TurnListenError;

    fn from_str(text: &str) -> Result<Self, TurnListenError> {
        if text == "off" {
            return Ok(Self::Off);
        }
        let whole = text.parse::<SocketAddr>();
        let address = whole.or_else(|_| text.parse::<IpAddr>().map(|ip| SocketAddr::new(ip, DEFAULT_PORT)));
        address.map(Self::At).map_err(|_| TurnListenError)
    }
}

/// A range of UDP ports, both ends included; never empty.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PortRange {
    low: u16,
    high: u16,
}

/// Why a text is no range of ports.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a range of ports has the form 49152-65535, the lower one first and not 0")]
pub struct PortRangeError;

impl PortRange {
    /// Its ports, in order.
    pub fn ports(self) -> RangeInclusive<u16> {
        self.low..=self.high
    }
}

impl FromStr for PortRange {
    type Err = PortRangeError;

    fn from_str(text: &str) -> Result<Self, PortRangeError> {
        let (low, high) = text.split_once('-').ok_or(PortRangeError)?;
        let port = |text: &str| text.parse::<u16>().map_err(|_| PortRangeError);
        let (low, high) = (port(low)?, port(high)?);
        if low == 0 || low > high { Err(PortRangeError) } else { Ok(Self { low, high }) }
    }
}

impl fmt::Display for PortRange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.low, self.high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_may_leave_the_port_out() {
        let at = |text: &str| Ok(TurnListen::At(text.parse().unwrap()));
        assert_eq!("0.0.0.0:1".parse(), at("0.0.0.0:1"));
        assert_eq!("10.0.0.1".parse(), at("10.0.0.1:3478"));
        assert_eq!("::".parse(), at("[::]:3478"));
        assert_eq!("off".parse(), Ok(TurnListen::Off));
        for wrong in ["", "on", "3478", "call.example:3478", "10.0.0.1:x"] {
            assert_eq!(wrong.parse::<TurnListen>(), Err(TurnListenError), "{wrong}");
        }
    }

    #[test]
    fn a_range_has_its_ends_in_order() {
        let range: PortRange = "50000-50002".parse().unwrap();
        assert_eq!(range.ports().collect::<Vec<_>>(), [50000, 50001, 50002]);
        assert_eq!("7-7".parse::<PortRange>().map(|one| one.ports().count()), Ok(1));
        for wrong in ["", "50000", "2-1", "0-5", "1-65536", "a-b", "1-2-3"] {
            assert_eq!(wrong.parse::<PortRange>(), Err(PortRangeError), "{wrong}");
        }
    }
}
