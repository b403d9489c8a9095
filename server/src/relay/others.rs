//! Whether the ICE servers of others, which peers are told of, can be used: asked once, at the start. A call that needs
//! one of them and does not get it cannot tell why.

use std::io;
use std::net::SocketAddr;
use std::time::Duration;

use stun::message::{CLASS_SUCCESS_RESPONSE, METHOD_BINDING, METHOD_REFRESH};
use tokio::net::{TcpStream, lookup_host};
use tokio::time::{Instant, timeout};
use turn::proto::lifetime::Lifetime;
use visavis_protocol::IceServer;

use super::line::{Line, Tcp, udp};
use super::probe::{Failure, Probe, setters};

/// How long one of them may take.
const BOUND: Duration = Duration::from_secs(5);

/// Why one cannot be used, as seen from here.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
enum Obstacle {
    #[error("its URL cannot be read")]
    Url,
    #[error("its name is not known")]
    Name,
    #[error("no answer")]
    Silence,
    #[error(
        "it refuses our credentials: compare the secret, or the user and credential, and the clocks of both machines"
    )]
    Refused,
    #[error("all its allocations are taken")]
    Full,
}

impl From<Failure> for Obstacle {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Refused => Self::Refused,
            Failure::Full => Self::Full,
            Failure::Silence | Failure::Deaf | Failure::NoSocket => Self::Silence,
        }
    }
}

/// Where a URL of an ICE server leads (RFC 7064, RFC 7065).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Target<'a> {
    host: &'a str,
    port: u16,
    relays: bool,
    transport: Transport,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Transport {
    Udp,
    Tcp,
    /// TLS or DTLS. Whether a certificate is believed, browsers know best: that somebody is there is all that is asked.
    Secured {
        udp: bool,
    },
}

impl<'a> Target<'a> {
    fn of(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once(':')?;
        let (place, query) = rest.split_once('?').unwrap_or((rest, ""));
        let secured = scheme.ends_with('s');
        let relays = scheme.starts_with("turn");
        let default = if secured { 5349 } else { 3478 };
        let (host, port) = match place.rsplit_once(':') {
            // The colons of an IPv6 address stand in brackets.
            Some((host, port)) if !port.ends_with(']') => (host, port.parse().ok()?),
            _ => (place, default),
        };
        let udp = match query {
            "transport=udp" => true,
            "transport=tcp" => false,
            _ => !secured,
        };
        let transport = match (secured, udp) {
            (true, udp) => Transport::Secured { udp },
            (false, true) => Transport::Udp,
            (false, false) => Transport::Tcp,
        };
        let host = host.strip_prefix('[').and_then(|host| host.strip_suffix(']')).unwrap_or(host);
        Some(Self { host, port, relays, transport })
    }
}

/// Asks each of them, and says in the log which cannot be used, and why.
pub(crate) async fn announce(servers: Vec<IceServer>) {
    for server in servers {
        for url in &server.urls {
            match ask(url, &server).await {
                Ok(Answer::Served) => tracing::info!("the ICE server {url} answers"),
                Ok(Answer::Connected) => {
                    tracing::info!("the ICE server {url} takes connections (TLS is not tried from here)");
                }
                Ok(Answer::NotAsked) => {}
                Err(obstacle) => tracing::warn!(
                    "the ICE server {url} cannot be used from this machine ({obstacle}): calls that need it will not \
                     come up"
                ),
            }
        }
    }
}

/// How far it was tried.
enum Answer {
    Served,
    Connected,
    NotAsked,
}

async fn ask(url: &str, server: &IceServer) -> Result<Answer, Obstacle> {
    let target = Target::of(url).ok_or(Obstacle::Url)?;
    let mut found = lookup_host((target.host, target.port)).await.map_err(|_| Obstacle::Name)?;
    let address = found.next().ok_or(Obstacle::Name)?;
    let answer = async {
        match target.transport {
            Transport::Udp => converse(udp(address).await, target, server).await,
            Transport::Tcp => converse(Tcp::open(&address.to_string()).await, target, server).await,
            Transport::Secured { udp: true } => Ok(Answer::NotAsked),
            Transport::Secured { udp: false } => connects(address).await,
        }
    };
    timeout(BOUND, answer).await.unwrap_or(Err(Obstacle::Silence))
}

async fn connects(address: SocketAddr) -> Result<Answer, Obstacle> {
    TcpStream::connect(address).await.map(|_| Answer::Connected).map_err(|_| Obstacle::Silence)
}

/// An allocation that is given back at once, or whatever a server that does not relay answers.
async fn converse<L: Line>(
    line: io::Result<L>,
    target: Target<'_>,
    server: &IceServer,
) -> Result<Answer, Obstacle> {
    let socket = line.map_err(|_| Obstacle::Silence)?;
    let mut probe = Probe { socket, end: Instant::now() + BOUND, proof: None };
    if !target.relays {
        let answer = probe.ask(probe.request(METHOD_BINDING, [])?).await?;
        return if answer.typ.class == CLASS_SUCCESS_RESPONSE {
            Ok(Answer::Served)
        } else {
            Err(Obstacle::Silence)
        };
    }
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    probe.allocate(&text(&server.username), &text(&server.credential)).await?;
    let release = probe.request(METHOD_REFRESH, setters([Lifetime(Duration::ZERO)]))?;
    probe.ask(release).await.ok();
    Ok(Answer::Served)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_lead_where_their_standards_say() {
        let target = |host, port, relays, transport| Some(Target { host, port, relays, transport });
        for (url, wanted) in [
            ("stun:a.example", target("a.example", 3478, false, Transport::Udp)),
            ("turn:a.example:99", target("a.example", 99, true, Transport::Udp)),
            ("turn:192.0.2.1:99?transport=tcp", target("192.0.2.1", 99, true, Transport::Tcp)),
            ("turn:[2001:db8::1]?transport=udp", target("2001:db8::1", 3478, true, Transport::Udp)),
            ("turns:[2001:db8::1]:443", target("2001:db8::1", 443, true, Transport::Secured { udp: false })),
            ("stuns:a", target("a", 5349, false, Transport::Secured { udp: false })),
            ("turns:a?transport=udp", target("a", 5349, true, Transport::Secured { udp: true })),
            ("turn:a:port", None),
            ("turn", None),
        ] {
            assert_eq!(Target::of(url), wanted, "{url}");
        }
    }
}
