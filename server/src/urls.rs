//! Where to go: what the server tells of itself at its start.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::config::Config;

/// The addresses of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urls {
    main: String,
    here: Option<String>,
    for_others: bool,
}

impl Urls {
    /// For a server that listens at an address. `route` finds the address of the interface with the default route, of
    /// version 6 or 4.
    pub(crate) fn of(config: &Config, listens: SocketAddr, route: impl Fn(bool) -> Option<IpAddr>) -> Self {
        if let Some(origin) = &config.public_url {
            let main = format!("{}/", origin.as_str());
            return Self { main, here: None, for_others: !origin.is_this_machine() };
        }
        let scheme = if config.tls.is_on() { "https" } else { "http" };
        let url = |ip: IpAddr| format!("{scheme}://{}/", SocketAddr::new(ip, listens.port()));
        let (here, any_v6): (IpAddr, bool) = match listens.ip() {
            IpAddr::V4(ip) if ip.is_unspecified() => (Ipv4Addr::LOCALHOST.into(), false),
            IpAddr::V6(ip) if ip.is_unspecified() => (Ipv6Addr::LOCALHOST.into(), true),
            ip @ (IpAddr::V4(_) | IpAddr::V6(_)) => {
                return Self { main: url(ip), here: None, for_others: !ip.is_loopback() };
            }
        };
        // Every device has version 4, and an address that can be typed.
        let there = route(false).or_else(|| route(true).filter(|_| any_v6));
        match there {
            Some(there) => Self { main: url(there), here: Some(url(here)), for_others: true },
            None => Self { main: url(here), here: None, for_others: true },
        }
    }

    /// What a user opens.
    pub fn main(&self) -> &str {
        &self.main
    }

    /// What a user of this very machine can open as well.
    pub fn here(&self) -> Option<&str> {
        self.here.as_deref()
    }

    /// Whether other machines can come.
    pub fn is_for_others(&self) -> bool {
        self.for_others
    }
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn urls(flags: &str, listens: &str) -> (String, Option<String>, bool) {
        let config = Config::try_parse_from(["visavis"].into_iter().chain(flags.split_whitespace())).unwrap();
        let route = |v6| if v6 { "2001:db8::5" } else { "10.0.0.5" }.parse().ok();
        let urls = Urls::of(&config, listens.parse().unwrap(), route);
        (urls.main, urls.here, urls.for_others)
    }

    fn told(main: &str, here: Option<&str>, for_others: bool) -> (String, Option<String>, bool) {
        (main.to_owned(), here.map(str::to_owned), for_others)
    }

    #[test]
    fn what_is_told_can_be_opened() {
        assert_eq!(urls("", "127.0.0.1:80"), told("http://127.0.0.1:80/", None, false));
        assert_eq!(urls("", "[::1]:80"), told("http://[::1]:80/", None, false));
        assert_eq!(urls("", "10.0.0.1:80"), told("http://10.0.0.1:80/", None, true));
        let here = Some("http://127.0.0.1:80/");
        assert_eq!(urls("", "0.0.0.0:80"), told("http://10.0.0.5:80/", here, true));
        let here = Some("https://[::1]:80/");
        assert_eq!(urls("--tls self-signed", "[::]:80"), told("https://10.0.0.5:80/", here, true));
    }

    #[test]
    fn a_public_url_is_told_alone() {
        let public = "--tls self-signed --public-url";
        let main = "https://call.example/";
        assert_eq!(urls(&format!("{public} https://call.example"), "0.0.0.0:80"), told(main, None, true));
        let main = "http://localhost/";
        assert_eq!(urls(&format!("{public} http://localhost:80"), "0.0.0.0:80"), told(main, None, false));
    }

    #[test]
    fn without_a_route_only_this_machine_is_told() {
        let config = Config::try_parse_from(["visavis"]).unwrap();
        let urls = Urls::of(&config, "0.0.0.0:80".parse().unwrap(), |_| None);
        assert_eq!((urls.main(), urls.here()), ("http://127.0.0.1:80/", None));
        let v6 = |v6: bool| v6.then(|| "2001:db8::5".parse().unwrap());
        let urls = Urls::of(&config, "[::]:80".parse().unwrap(), v6);
        assert_eq!(urls.main(), "http://[2001:db8::5]:80/");
        assert_eq!(Urls::of(&config, "0.0.0.0:80".parse().unwrap(), v6).main(), "http://127.0.0.1:80/");
    }
}
