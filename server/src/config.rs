//! The command line: every flag has an environment variable, and a wrong value is one clear sentence.

mod origin;
mod tls;
mod turn;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Parser, ValueEnum};
use visavis_protocol::{IceServer, limits};

use crate::rate::Rate;

pub use origin::{Origin, OriginError};
pub use tls::{TlsConfig, TlsMode};
pub use turn::{
    DEFAULT_PORT, PortRange, PortRangeError, Secret, SecretError, TurnConfig, TurnListen, TurnListenError,
    TurnTcp,
};

/// Serves the Visavis page and introduces the peers of a call to each other.
#[derive(Debug, Clone, Parser)]
#[command(name = "visavis", version, about)]
pub struct Config {
    /// Address and port to listen on; port 0 takes any free one
    #[arg(long, env = "VISAVIS_LISTEN", default_value = "127.0.0.1:8080", value_name = "ADDRESS")]
    pub listen: SocketAddr,

    /// Folder of the built client [default: the client embedded in the binary]
    #[arg(long, env = "VISAVIS_DIST", value_name = "DIR")]
    pub dist: Option<PathBuf>,

    /// Scheme, host and port at which users reach this server, if not the listening address
    #[arg(long, env = "VISAVIS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<Origin>,

    /// HTTPS
    #[command(flatten)]
    pub tls: TlsConfig,

    /// File with the key of the resume tokens, made if missing [default: a new key at every start]
    #[arg(long, env = "VISAVIS_KEY_FILE", value_name = "FILE")]
    pub key_file: Option<PathBuf>,

    /// Peers in one room
    #[arg(long, env = "VISAVIS_ROOM_CAPACITY", default_value_t = limits::ROOM_CAPACITY, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub room_capacity: u32,

    /// Rooms at the same time
    #[arg(long, env = "VISAVIS_MAX_ROOMS", default_value_t = 100_000, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_rooms: u32,

    /// Another origin (scheme, host and port) whose pages may connect (repeatable)
    #[arg(
        long = "allowed-origin",
        env = "VISAVIS_ALLOWED_ORIGIN",
        value_delimiter = ' ',
        value_name = "ORIGIN"
    )]
    pub allowed_origins: Vec<Origin>,

    /// An origin (scheme, host and port) whose pages may show the call in a frame (repeatable)
    #[arg(long = "embed-origin", env = "VISAVIS_EMBED_ORIGIN", value_delimiter = ' ', value_name = "ORIGIN")]
    pub embed_origins: Vec<Origin>,

    /// STUN or TURN server for the browsers (repeatable)
    #[arg(long = "ice-server", env = "VISAVIS_ICE_SERVER", hide_env_values = true, value_delimiter = ' ',
          value_name = "URL[,USER,CREDENTIAL]", value_parser = parse_ice_server)]
    pub ice_servers: Vec<IceServer>,

    /// The embedded STUN and TURN server
    #[command(flatten)]
    pub turn: TurnConfig,

    /// Seconds for which a peer whose connection was lost keeps its place
    #[arg(long, env = "VISAVIS_GRACE_PERIOD", default_value_t = 15, value_name = "SECONDS",
          value_parser = clap::value_parser!(u32).range(..=3600))]
    pub grace_period: u32,

    /// Sockets from one address (an IPv6 network of 64 bits counts as one)
    #[arg(long, env = "VISAVIS_SOCKETS_PER_ADDRESS", default_value_t = 64, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub sockets_per_address: u32,

    /// Events per second from one socket, sustained
    #[arg(long, env = "VISAVIS_EVENTS_PER_SECOND", default_value_t = limits::EVENTS_PER_SECOND, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub events_per_second: u32,

    /// Events at once from one socket
    #[arg(long, env = "VISAVIS_EVENTS_BURST", default_value_t = limits::EVENTS_BURST, value_name = "N",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub events_burst: u32,

    /// Take the client's address from the last entry of X-Forwarded-For: only behind a proxy that sets it
    #[arg(long, env = "VISAVIS_TRUST_PROXY")]
    pub trust_proxy: bool,

    /// What to log: error, warn, info, debug, or directives like `visavis_server=debug`
    #[arg(long, env = "VISAVIS_LOG", default_value = "info", value_name = "FILTER")]
    pub log: String,

    /// How to write the log
    #[arg(long, env = "VISAVIS_LOG_FORMAT", default_value = "text", value_name = "FORMAT")]
    pub log_format: LogFormat,
}

/// How log lines look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// For people.
    Text,
    /// One JSON object a line.
    Json,
}

impl Config {
    /// How long a peer may be away.
    pub fn grace(&self) -> Duration {
        Duration::from_secs(self.grace_period.into())
    }

    /// Whether users come over HTTPS, as far as we know.
    pub fn is_secured(&self) -> bool {
        self.tls.is_on() || self.trust_proxy || self.public_url.is_some()
    }

    /// How fast one socket may speak.
    pub fn rate(&self) -> Rate {
        Rate { per_second: self.events_per_second, burst: self.events_burst }
    }
}

fn parse_ice_server(text: &str) -> Result<IceServer, String> {
    let mut parts = text.splitn(3, ',');
    let url = parts.next().unwrap_or_default();
    let (username, credential) = (parts.next(), parts.next());
    let (scheme, rest) = url.split_once(':').unwrap_or_default();
    let relays = match scheme {
        "stun" | "stuns" => false,
        "turn" | "turns" => true,
        _ => return Err("an ICE server begins with stun:, stuns:, turn: or turns:".into()),
    };
    if rest.is_empty() || rest.starts_with('/') {
        return Err("an ICE server has the form turn:host:port".into());
    }
    if username.is_some() != credential.is_some() || (credential.is_some() && !relays) {
        return Err(
            "turn: takes a user and a credential (URL,USER,CREDENTIAL) or none, stun: takes none".into()
        );
    }
    Ok(IceServer {
        urls: vec![url.to_owned()],
        username: username.map(str::to_owned),
        credential: credential.map(str::to_owned),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(args: &[&str]) -> Result<Config, String> {
        Config::try_parse_from(["visavis"].iter().chain(args)).map_err(|error| error.to_string())
    }

    #[test]
    fn the_definition_is_sound() {
        <Config as clap::CommandFactory>::command().debug_assert();
    }

    #[test]
    fn without_flags_it_listens_at_home() {
        let config = parse(&[]).unwrap();
        assert_eq!(config.listen.to_string(), "127.0.0.1:8080");
        assert_eq!((config.room_capacity, config.grace_period), (8, 15));
        assert!(config.ice_servers.is_empty() && config.allowed_origins.is_empty());
    }

    #[test]
    fn ice_servers_repeat() {
        let config =
            parse(&["--ice-server", "stun:a:1", "--ice-server", "turn:b:2?transport=tcp,u,p,q"]).unwrap();
        let [stun, turn] = config.ice_servers.as_slice() else { panic!("two servers") };
        assert_eq!((stun.urls[0].as_str(), &stun.username), ("stun:a:1", &None));
        assert_eq!(turn.urls, ["turn:b:2?transport=tcp"]);
        assert_eq!((turn.username.as_deref(), turn.credential.as_deref()), (Some("u"), Some("p,q")));
    }

    #[test]
    fn wrong_values_are_named() {
        let wrong = [
            (vec!["--listen", "here"], "--listen"),
            (vec!["--room-capacity", "0"], "--room-capacity"),
            (vec!["--ice-server", "http://x"], "begins with stun:"),
            (vec!["--ice-server", "stun:x,u,p"], "takes a user"),
            (vec!["--ice-server", "turn:x,u"], "takes a user"),
            (vec!["--ice-server", "stun:"], "turn:host:port"),
            (vec!["--allowed-origin", "example.org"], "--allowed-origin"),
            (vec!["--embed-origin", "https://example.org/page"], "--embed-origin"),
            (vec!["--embed-origin", "*"], "--embed-origin"),
            (vec!["--tls", "on"], "self-signed"),
            (vec!["--turn-listen", "on"], "it takes an address like 0.0.0.0:3478, or off"),
            (vec!["--turn-public-ip", "call.example"], "--turn-public-ip"),
            (vec!["--turn-secret", "short"], "16 characters or more"),
            (vec!["--turn-ports", "2-1"], "the lower one first"),
            (vec!["--turn-allocations", "0"], "--turn-allocations"),
            (vec!["--log-format", "xml"], "--log-format"),
        ];
        for (args, words) in wrong {
            let error = parse(&args).unwrap_err();
            assert!(error.contains(words), "{error}");
        }
    }
}
