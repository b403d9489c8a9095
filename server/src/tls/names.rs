//! By which names and addresses browsers may know this host.

use std::net::IpAddr;

use tokio_rustls::rustls::pki_types::ServerName;
use webrtc_util::ifaces::ifaces;

use crate::config::Config;

/// Its names first, then its addresses; each one once.
pub(super) fn of_this_host(config: &Config) -> Vec<ServerName<'static>> {
    let local = ["localhost", "127.0.0.1", "::1"].map(str::to_owned);
    let public = config.public_url.as_ref().map(|url| url.host().to_owned());
    let addresses = addresses(config.listen.ip()).into_iter().map(|address| address.to_string());
    let mut names = Vec::new();
    for name in local.into_iter().chain(host_names()).chain(public).chain(addresses) {
        // A host can have a name that no certificate may hold.
        if let Ok(name) = ServerName::try_from(name)
            && !names.contains(&name)
        {
            names.push(name);
        }
    }
    names
}

/// As the host calls itself, and as mDNS does in its network.
fn host_names() -> Vec<String> {
    #[cfg(unix)]
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    #[cfg(not(unix))]
    let name = std::env::var("COMPUTERNAME").unwrap_or_default();
    let name = name.to_ascii_lowercase();
    let local = (!name.contains('.')).then(|| format!("{name}.local"));
    [name].into_iter().chain(local).collect()
}

/// Those of the interfaces, as far as somebody who listens there can be reached at them. Many hosts get new addresses of
/// version 6 every day, which need not trouble one that has none.
fn addresses(listen: IpAddr) -> Vec<IpAddr> {
    let all = ifaces().unwrap_or_else(|error| {
        tracing::warn!(%error, "this host's addresses are not known");
        Vec::new()
    });
    let all = all.into_iter().filter_map(|interface| Some(interface.addr?.ip()));
    all.filter(|address| (listen.is_ipv6() || address.is_ipv4()) && !is_link_local(*address)).collect()
}

/// No browser opens one of version 6: it would need the name of an interface of its own.
fn is_link_local(address: IpAddr) -> bool {
    matches!(address, IpAddr::V6(address) if address.is_unicast_link_local())
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    fn names(flags: &[&str]) -> Vec<String> {
        let config = Config::try_parse_from(["visavis"].iter().chain(flags)).unwrap();
        of_this_host(&config).iter().map(|name| name.to_str().into_owned()).collect()
    }

    #[test]
    fn this_machine_and_the_public_name_are_among_them_once() {
        let names = names(&["--public-url", "https://Call.example:8443"]);
        for name in ["localhost", "127.0.0.1", "::1", "call.example"] {
            assert_eq!(names.iter().filter(|other| *other == name).count(), 1, "{name} in {names:?}");
        }
    }

    #[test]
    fn a_public_address_of_version_6_loses_its_brackets() {
        assert!(names(&["--public-url", "https://[2001:db8::1]:8443"]).contains(&"2001:db8::1".to_owned()));
    }

    #[test]
    fn who_listens_on_version_4_has_no_other_address_but_loopback() {
        let addresses = addresses("0.0.0.0".parse().unwrap());
        assert!(addresses.contains(&"127.0.0.1".parse().unwrap()));
        assert!(addresses.iter().all(IpAddr::is_ipv4), "{addresses:?}");
    }
}
