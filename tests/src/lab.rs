//! A laboratory of networks: an internet, hosts behind routers with NATs and firewalls, and links between them that
//! can be made slow, lossy, narrow or dead at any moment.
//!
//! ```text
//!  host ── veth ── router (NAT, firewall) ── TUN ═ lanes of ours ═ TUN ── internet: the server, and other links
//! ```
//!
//! Everything lives in network namespaces, so nothing leaves the machine and no other program meets it. It takes root
//! and Linux; [`obstacle`] says in one sentence why it cannot run. Public addresses are those set aside for
//! benchmarks and documents, hosts behind a NAT have private ones. There is no DNS.

mod door;
mod host;
mod lane;
mod namespace;
mod platform;
mod screen;
pub mod stun;
mod uplink;
mod wire;
mod world;

use std::cell::RefCell;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::path::Path;
use std::rc::Rc;

use anyhow::Result;

pub(crate) use door::Door;
pub use host::Host;
pub use lane::{Conditions, Counters, Lane, Ticket, Verdict};
pub use namespace::{Namespace, Sleep};
pub use screen::Screen;
pub use uplink::{Access, Firewall, Nat};
pub use wire::{CARRIER, Link};

use crate::tool;
use world::World;

/// Where the lab's internet has the server: on the port of HTTPS, which is open everywhere.
pub const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 1), 443);
/// Where it has a STUN server, on request.
pub const STUN: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 2), 3478);
/// Another address of the internet, for whatever a test wants there.
pub const ELSEWHERE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(203, 0, 113, 3), 3478);

/// Why there can be no lab here.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Obstacle {
    /// Another operating system.
    #[error("The lab cannot run here: it needs the network namespaces of Linux.")]
    NotLinux,
    /// An ordinary user.
    #[error("The lab cannot run here: network namespaces and NATs take root, and this is an ordinary user.")]
    NotRoot,
    /// No TUN devices.
    #[error(
        "The lab cannot run here: there is no /dev/net/tun (`modprobe tun`, or pass the device to the container)."
    )]
    NoTun,
    /// A program is missing.
    #[error(
        "The lab cannot run here: `{0}` is not installed (on Debian: apt-get install iproute2 iptables)."
    )]
    NoProgram(&'static str),
    /// The kernel says no.
    #[error("The lab cannot run here: the system refuses what it is made of ({0}).")]
    Refused(String),
}

/// Why a lab could not run here; nothing if it can. What only the kernel knows is found out by [`Lab::new`].
pub fn obstacle() -> Option<Obstacle> {
    if !cfg!(target_os = "linux") {
        return Some(Obstacle::NotLinux);
    }
    if !platform::is_root() {
        return Some(Obstacle::NotRoot);
    }
    if !Path::new("/dev/net/tun").exists() {
        return Some(Obstacle::NoTun);
    }
    let programs = [("ip", tool::ip()), ("iptables-restore", tool::iptables_restore())];
    programs.into_iter().find(|(_, found)| found.is_err()).map(|(name, _)| Obstacle::NoProgram(name))
}

/// The internet and those connected to it. Dropping it removes all of it.
#[derive(Debug)]
pub struct Lab {
    hosts: RefCell<Vec<Rc<Host>>>,
    world: Rc<World>,
}

impl Lab {
    /// An internet without hosts. The seed decides over loss and jitter.
    pub fn new(seed: u64) -> Result<Self, Obstacle> {
        if let Some(obstacle) = obstacle() {
            return Err(obstacle);
        }
        Self::build(seed).map_err(|error| Obstacle::Refused(format!("{error:#}")))
    }

    fn build(seed: u64) -> Result<Self> {
        namespace::sweep()?;
        // Whether devices, routes and NATs are allowed shows only by trying.
        Host::connect(Rc::new(World::begin(seed)?), "trial", Access::behind(Nat::Symmetric))?;
        Ok(Self { hosts: RefCell::default(), world: Rc::new(World::begin(seed)?) })
    }

    /// Connects a host to the internet. The lab keeps it for as long as itself.
    pub fn host(&self, name: &str, access: Access) -> Result<Rc<Host>> {
        let host = Rc::new(Host::connect(Rc::clone(&self.world), name, access)?);
        self.hosts.borrow_mut().push(Rc::clone(&host));
        Ok(host)
    }

    /// Where the server runs, and everything else that is public.
    pub fn internet(&self) -> &Namespace {
        &self.world.internet
    }
}
