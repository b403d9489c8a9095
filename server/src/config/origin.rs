//! Where a page comes from, as browsers tell it.

use std::net::IpAddr;
use std::str::FromStr;

use axum::http::Uri;

/// Scheme, host and port of a page (RFC 6454), lower case, without a default port.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Origin(String);

/// Why a text is no origin.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("an origin has the form https://host or http://host:port and no path")]
pub struct OriginError;

impl Origin {
    /// As a browser writes it in the Origin header.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the host is the machine of whoever opens it.
    pub fn is_this_machine(&self) -> bool {
        let host = self.host();
        let ip = host.parse::<IpAddr>();
        host == "localhost" || host.ends_with(".localhost") || ip.is_ok_and(|ip| ip.is_loopback())
    }

    /// A name, or an address (one of version 6 without its brackets).
    pub fn host(&self) -> &str {
        let authority = self.authority();
        let port = authority.rsplit_once(':').filter(|(_, port)| !port.ends_with(']'));
        port.map_or(authority, |(host, _)| host).trim_matches(['[', ']'])
    }

    /// The host and its port, also if it is the scheme's own.
    pub fn host_and_port(&self) -> String {
        let authority = self.authority();
        let has_port = authority.rsplit_once(':').is_some_and(|(_, port)| !port.ends_with(']'));
        if has_port {
            authority.to_owned()
        } else {
            format!("{authority}:{}", if self.is_https() { 443 } else { 80 })
        }
    }

    /// Whether the page came over HTTPS.
    pub fn is_https(&self) -> bool {
        self.0.starts_with("https://")
    }

    /// The host, and the port unless it is the scheme's own.
    pub fn authority(&self) -> &str {
        self.0.split_once("://").map_or("", |(_, authority)| authority)
    }
}

impl FromStr for Origin {
    type Err = OriginError;

    fn from_str(text: &str) -> Result<Self, OriginError> {
        let uri: Uri = text.parse().map_err(|_| OriginError)?;
        let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else {
            return Err(OriginError);
        };
        let default_port = match scheme {
            "https" => 443,
            "http" => 80,
            _ => return Err(OriginError),
        };
        if uri.path() != "/" || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(OriginError);
        }
        let host = authority.host().to_ascii_lowercase();
        // What follows the host must be a port: `Uri` lets other texts pass.
        if authority.as_str().len() > host.len() && authority.port_u16().is_none() || host.is_empty() {
            return Err(OriginError);
        }
        Ok(Self(match authority.port_u16() {
            Some(port) if port != default_port => format!("{scheme}://{host}:{port}"),
            _ => format!("{scheme}://{host}"),
        }))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_has_several_names() {
        let here = |text: &str| text.parse::<Origin>().unwrap().is_this_machine();
        for own in [
            "http://localhost",
            "http://a.localhost:1",
            "http://127.0.0.1:8080",
            "http://[::1]",
            "https://[::1]:1",
        ] {
            assert!(here(own), "{own}");
        }
        for other in [
            "http://localhost.example",
            "https://10.0.0.1:443",
            "https://[2001:db8::1]:8080",
            "https://[2001:db8::1]",
        ] {
            assert!(!here(other), "{other}");
        }
    }

    #[test]
    fn a_port_is_told_even_if_it_is_the_usual_one() {
        for (origin, told) in [
            ("https://call.example", "call.example:443"),
            ("http://call.example:443", "call.example:443"),
            ("http://[::1]", "[::1]:80"),
            ("https://[::1]:8443", "[::1]:8443"),
        ] {
            assert_eq!(origin.parse::<Origin>().unwrap().host_and_port(), told);
        }
    }

    #[test]
    fn origins_are_normal() {
        let origin = |text: &str| text.parse::<Origin>().map(|o| o.as_str().to_owned());
        assert_eq!(origin("https://Example.org").as_deref(), Ok("https://example.org"));
        assert_eq!(origin("https://example.org:443/").as_deref(), Ok("https://example.org"));
        assert_eq!(origin("http://localhost:8080").as_deref(), Ok("http://localhost:8080"));
        assert_eq!(origin("http://[::1]:8080").as_deref(), Ok("http://[::1]:8080"));
        for wrong in ["", "null", "example.org", "ftp://x", "https://x/path", "https://x/?q", "https://u@x"] {
            assert_eq!(origin(wrong), Err(OriginError), "{wrong}");
        }
    }
}
