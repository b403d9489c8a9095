//! Whether the port of the page takes TURN as well, and by which URLs browsers ask for it: pure.
//!
//! Whoever could load the page reaches its port at that name and port, so a URL with both leads there too, whatever
//! NATs are between. Only a proxy that speaks HTTP before it would be in the way.

use std::net::SocketAddr;

use super::place::Place;
use crate::config::{Config, Origin, TlsMode, TurnTcp};

/// TURN at the port of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Offer {
    page: SocketAddr,
    public: Option<Origin>,
    proxied: bool,
    https: bool,
    schemes: &'static [&'static str],
}

impl Offer {
    /// What the flags say of a page that listens here, beside a relay at this place; none if its port is for HTTP
    /// alone.
    pub(super) fn of(config: &Config, page: SocketAddr, place: Place) -> Option<Self> {
        let public = config.public_url.clone();
        let behind_https = !config.tls.is_on() && public.as_ref().is_some_and(Origin::is_https);
        let proxied = config.trust_proxy || behind_https;
        let wanted = match config.turn.turn_tcp {
            TurnTcp::Off => false,
            TurnTcp::On => true,
            // UDP to one's own machine is never blocked.
            TurnTcp::Auto => !proxied && !page.ip().is_loopback(),
        };
        let schemes: &[&str] = match config.tls.tls {
            // The proxy has the certificate.
            TlsMode::Off if behind_https => &["turns"],
            // Browsers take no TURN server whose certificate nobody vouches for, whatever they were told of the page.
            TlsMode::Off | TlsMode::SelfSigned => &["turn"],
            TlsMode::Files => &["turn", "turns"],
        };
        let page = SocketAddr::new(reached_at(page, place).ip(), page.port());
        let https = config.tls.is_on() || behind_https;
        wanted.then_some(Self { page, public, proxied, https, schemes })
    }

    /// The URLs for a browser that opened the page at this host and port, if it told.
    pub(crate) fn urls(&self, opened_at: Option<&str>) -> impl Iterator<Item = String> {
        let target = self.target(opened_at);
        self.schemes.iter().map(move |scheme| format!("{scheme}:{target}?transport=tcp"))
    }

    /// Where it can be tried without a browser: host and port.
    pub(super) fn tried_at(&self) -> String {
        self.public.as_ref().map_or_else(|| self.page.to_string(), Origin::host_and_port)
    }

    fn target(&self, opened_at: Option<&str>) -> String {
        let scheme = if self.https { "https" } else { "http" };
        let opened = opened_at.and_then(|host| format!("{scheme}://{host}").parse::<Origin>().ok());
        // A proxy need not tell by which name it was found.
        let opened = if self.proxied { self.public.clone().or(opened) } else { opened };
        opened.map_or_else(|| self.tried_at(), |origin| origin.host_and_port())
    }
}

/// The address of the page for others: that of the relay, unless they listen at different ones.
fn reached_at(page: SocketAddr, place: Place) -> SocketAddr {
    let same = page.ip() == place.listen.ip() || page.ip().is_unspecified() || place.named;
    if same { SocketAddr::new(place.public, page.port()) } else { page }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    /// On a machine with the address `10.0.0.5`.
    fn offer(flags: &str) -> Option<Offer> {
        let config = Config::try_parse_from(["visavis"].into_iter().chain(flags.split_whitespace())).unwrap();
        let place = Place::of(&config, |v6| if v6 { "2001:db8::5" } else { "10.0.0.5" }.parse().ok());
        Offer::of(&config, config.listen, place.unwrap().unwrap())
    }

    fn urls(flags: &str, opened_at: Option<&str>) -> Vec<String> {
        offer(flags).map_or_else(Vec::new, |offer| offer.urls(opened_at).collect())
    }

    #[test]
    fn the_urls_lead_to_where_the_page_was_opened() {
        let at = |flags: &str, host| urls(flags, Some(host));
        let lan = "--listen 0.0.0.0:8080";
        assert_eq!(at(lan, "10.0.0.5:8080"), ["turn:10.0.0.5:8080?transport=tcp"]);
        assert_eq!(at(lan, "home.example"), ["turn:home.example:80?transport=tcp"]);
        assert_eq!(at(lan, "[2001:db8::5]:8080"), ["turn:[2001:db8::5]:8080?transport=tcp"]);
        let own = "--listen 0.0.0.0:8443 --tls self-signed";
        assert_eq!(at(own, "home.local:8443"), ["turn:home.local:8443?transport=tcp"]);
        let files = "--listen 0.0.0.0:443 --tls files --tls-cert a --tls-key b";
        let both = ["turn:call.example:443?transport=tcp", "turns:call.example:443?transport=tcp"];
        assert_eq!(at(files, "call.example"), both);
        assert_eq!(at(&format!("{files} --public-url https://other.example"), "Call.example"), both);
    }

    #[test]
    fn who_does_not_tell_is_led_to_the_public_name_or_address() {
        let strange = ["", "a/b", "a b", "user@call.example", "call.example:99999", "call.example:x"];
        for host in strange.into_iter().map(Some).chain([None]) {
            assert_eq!(urls("--listen 0.0.0.0:80", host), ["turn:10.0.0.5:80?transport=tcp"], "{host:?}");
            let public = "--listen 0.0.0.0:80 --public-url http://call.example";
            assert_eq!(urls(public, host), ["turn:call.example:80?transport=tcp"], "{host:?}");
        }
        let cases = [
            ("--listen 192.168.1.9:80", "192.168.1.9:80"),
            ("--listen 0.0.0.0:80 --turn-public-ip 1.1.1.1", "1.1.1.1:80"),
            ("--listen 10.0.0.5:80 --turn-public-ip 1.1.1.1", "1.1.1.1:80"),
            ("--listen 10.0.0.6:80 --turn-listen 10.0.0.5:3478", "10.0.0.6:80"),
            ("--listen 10.0.0.6:80 --turn-listen 10.0.0.5:3478 --turn-public-ip 1.1.1.1", "1.1.1.1:80"),
        ];
        for (flags, expected) in cases {
            assert_eq!(offer(flags).unwrap().tried_at(), expected, "{flags}");
        }
    }

    #[test]
    fn nobody_is_sent_into_a_proxy_or_from_this_machine_to_itself() {
        for flags in [
            "",
            "--listen [::1]:80",
            "--turn-public-ip 1.1.1.1",
            "--listen 0.0.0.0:80 --trust-proxy",
            "--listen 0.0.0.0:80 --public-url https://call.example",
            "--listen 0.0.0.0:80 --turn-tcp off",
        ] {
            assert_eq!(offer(flags), None, "{flags}");
        }
    }

    #[test]
    fn who_knows_better_may_say_so() {
        assert_eq!(urls("--turn-tcp on", Some("localhost:8080")), ["turn:localhost:8080?transport=tcp"]);
        let proxied = "--turn-tcp on --public-url https://call.example --trust-proxy";
        assert_eq!(urls(proxied, Some("127.0.0.1:8080")), ["turns:call.example:443?transport=tcp"]);
        let unnamed = "--turn-tcp on --trust-proxy";
        assert_eq!(urls(unnamed, Some("call.example:81")), ["turn:call.example:81?transport=tcp"]);
    }
}
