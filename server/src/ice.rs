//! The servers for ICE that a peer is told of, and their credentials: those of the TURN REST form
//! (draft-uberti-behave-turn-rest-00), which any TURN server that knows the secret can check.

use std::fmt;
use std::net::SocketAddr;
use std::str::FromStr;
use std::time::Duration;

use base64::prelude::{BASE64_STANDARD, Engine};
use hmac::{Hmac, KeyInit, Mac};
use sha1::Sha1;
use visavis_protocol::{Ice, IceServer, PeerId, encode_base32};

use crate::clock::Clock;
use crate::relay::Offer;

/// How long credentials can begin something new.
pub(crate) const LIFETIME: Duration = Duration::from_mins(10);
/// The shortest secret: whoever has credentials can try secrets at home.
const SECRET_CHARS: usize = 16;

/// What makes TURN credentials, and checks them.
#[derive(Clone)]
pub struct Secret(Hmac<Sha1>);

/// Why a text cannot be the secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the secret must have {SECRET_CHARS} characters or more")]
pub struct SecretError;

/// An ICE server needs credentials, and there is nothing to make them of.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "--ice-server {0} needs a user and a credential ({0},USER,CREDENTIAL), or the secret of that server as --turn-secret"
)]
pub struct NoCredentials(String);

impl Secret {
    /// A secret that lives as long as the process.
    pub(crate) fn random() -> Result<Self, getrandom::Error> {
        let mut bytes = [0; 32];
        getrandom::fill(&mut bytes)?;
        Ok(Self::from_text(&encode_base32(&bytes)))
    }

    /// The password of this user.
    pub(crate) fn credential(&self, username: &str) -> String {
        BASE64_STANDARD.encode(self.0.clone().chain_update(username).finalize().into_bytes())
    }

    #[expect(clippy::expect_used, reason = "HMAC takes a key of any length")]
    fn from_text(text: &str) -> Self {
        Self(Hmac::new_from_slice(text.as_bytes()).expect("HMAC takes a key of any length"))
    }
}

impl FromStr for Secret {
    type Err = SecretError;

    fn from_str(text: &str) -> Result<Self, SecretError> {
        if text.chars().count() < SECRET_CHARS { Err(SecretError) } else { Ok(Self::from_text(text)) }
    }
}

/// Never shows the secret.
impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// The name of a peer until that time, in seconds since 1970.
pub(crate) fn username(end: u64, peer: &str) -> String {
    format!("{end}:{peer}")
}

/// When the credentials of this name end, and whose they are.
pub(crate) fn read_username(username: &str) -> Option<(u64, &str)> {
    let (end, peer) = username.split_once(':')?;
    Some((end.parse().ok()?, peer))
}

/// Where the embedded relay is.
#[derive(Debug)]
pub(crate) struct OwnRelay {
    /// For UDP.
    pub(crate) address: SocketAddr,
    /// For TCP and TLS, if the port of the page takes them.
    pub(crate) offer: Option<Offer>,
}

/// Every server that peers are told of.
#[derive(Debug)]
pub(crate) struct IceServers {
    own: Option<OwnRelay>,
    others: Vec<IceServer>,
    secret: Secret,
    clock: Clock,
}

impl IceServers {
    /// The embedded relay, if there is one, and the others; those `turn:` servers that have no credentials of
    /// their own must know the secret. `shared` tells whether anyone else can know it.
    pub(crate) fn new(
        own: Option<OwnRelay>,
        others: &[IceServer],
        secret: Secret,
        shared: bool,
        clock: Clock,
    ) -> Result<Self, NoCredentials> {
        if let Some(server) = others.iter().find(|server| !shared && needs_credentials(server)) {
            return Err(NoCredentials(server.urls.concat()));
        }
        Ok(Self { own, others: others.to_vec(), secret, clock })
    }

    /// Those of others, with credentials for ourselves, to see whether they can be used.
    pub(crate) fn others_for(&self, name: &str) -> Vec<IceServer> {
        let username = username(self.clock.unix() + LIFETIME.as_secs(), name);
        let credential = self.secret.credential(&username);
        let mut others = self.others.clone();
        for server in others.iter_mut().filter(|server| needs_credentials(server)) {
            (server.username, server.credential) = (Some(username.clone()), Some(credential.clone()));
        }
        others
    }

    /// The servers, with credentials of this peer, whose browser opened the page at this host and port.
    pub(crate) fn of(&self, peer: &PeerId, opened_at: Option<&str>) -> Ice {
        let username = username(self.clock.unix() + LIFETIME.as_secs(), peer.as_str());
        let credential = self.secret.credential(&username);
        let mut ttl = None;
        let with_credentials = |mut server: IceServer| {
            if needs_credentials(&server) {
                (server.username, server.credential) = (Some(username.clone()), Some(credential.clone()));
                ttl = u32::try_from(LIFETIME.as_secs()).ok();
            }
            server
        };
        let own = self.own.iter().flat_map(|own| own.servers(opened_at));
        let servers = own.chain(self.others.iter().cloned()).map(with_credentials).collect();
        Ice { servers, ttl }
    }
}

impl OwnRelay {
    /// STUN, and TURN on every way there is; a browser tries all of them and takes UDP if it can.
    fn servers(&self, opened_at: Option<&str>) -> [IceServer; 2] {
        let bare = |urls| IceServer { urls, username: None, credential: None };
        let address = self.address;
        let mut turn = vec![format!("turn:{address}?transport=udp")];
        turn.extend(self.offer.iter().flat_map(|offer| offer.urls(opened_at)));
        [bare(vec![format!("stun:{address}")]), bare(turn)]
    }
}

/// It relays, and was given no credentials that last.
fn needs_credentials(server: &IceServer) -> bool {
    server.credential.is_none() && server.urls.iter().any(|url| url.starts_with("turn"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn secret() -> Secret {
        "a secret of the tests".parse().unwrap()
    }

    fn server(url: &str, credential: Option<&str>) -> IceServer {
        let credential = credential.map(str::to_owned);
        IceServer { urls: vec![url.to_owned()], username: credential.clone(), credential }
    }

    fn peer() -> PeerId {
        PeerId::parse("0123456789abcdef").unwrap()
    }

    #[test]
    fn a_credential_is_the_documented_mac() {
        // echo -n 1600:0123456789abcdef | openssl dgst -sha1 -hmac 'a secret of the tests' -binary | base64
        assert_eq!(secret().credential("1600:0123456789abcdef"), "BwN8EVrIJDPWjaTpEbskuUy+Ez4=");
    }

    #[test]
    fn names_are_read_as_they_are_written() {
        assert_eq!(read_username(&username(17, "bob")), Some((17, "bob")));
        assert_eq!(read_username("17:"), Some((17, "")));
        assert_eq!(read_username("17:a:b"), Some((17, "a:b")));
        for wrong in ["", "17", "bob:17", "-1:bob", ":bob", "99999999999999999999:bob"] {
            assert_eq!(read_username(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn each_server_has_the_credentials_that_fit_it() {
        let others = [server("stun:a:1", None), server("turn:b:1", Some("own")), server("turns:c:1", None)];
        let own = OwnRelay { address: "[2001:db8::1]:3478".parse().unwrap(), offer: None };
        let (clock, _) = Clock::by_hand(1000);
        let ice = IceServers::new(Some(own), &others, secret(), true, clock).unwrap().of(&peer(), None);
        let told: Vec<_> = ice.servers.iter().map(|s| (s.urls[0].as_str(), s.username.as_deref())).collect();
        let made = Some("1600:0123456789abcdef");
        let expected = [
            ("stun:[2001:db8::1]:3478", None),
            ("turn:[2001:db8::1]:3478?transport=udp", made),
            ("stun:a:1", None),
            ("turn:b:1", Some("own")),
            ("turns:c:1", made),
        ];
        assert_eq!(told, expected);
        assert_eq!(ice.servers[4].credential, Some(secret().credential("1600:0123456789abcdef")));
        assert_eq!(ice.ttl, Some(600));
    }

    #[test]
    fn what_never_ends_has_no_ttl() {
        let others = [server("stun:a:1", None), server("turn:b:1", Some("own"))];
        let servers = IceServers::new(None, &others, secret(), false, Clock::system()).unwrap();
        assert_eq!(servers.of(&peer(), None), Ice { servers: others.to_vec(), ttl: None });
    }

    #[test]
    fn a_turn_server_without_any_secret_is_refused() {
        let others = [server("turn:b:1", None)];
        let refused = IceServers::new(None, &others, secret(), false, Clock::system()).unwrap_err();
        assert!(refused.to_string().contains("--ice-server turn:b:1 needs"), "{refused}");
    }

    #[test]
    fn a_short_secret_is_refused_and_a_good_one_is_not_shown() {
        assert_eq!("fifteen chars..".parse::<Secret>().unwrap_err(), SecretError);
        assert!(!format!("{:?}", secret()).contains("tests"));
    }
}
