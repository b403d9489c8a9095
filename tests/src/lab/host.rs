//! A machine of the lab: what runs in it has one address and one way out.

use std::cell::RefCell;
use std::net::Ipv4Addr;
use std::rc::Rc;

use anyhow::Result;

use super::namespace::{Namespace, Sleep};
use super::uplink::{Access, Uplink};
use super::wire::Link;
use super::world::World;

/// A connected machine.
#[derive(Debug)]
pub struct Host {
    namespace: Namespace,
    /// The one in use.
    uplink: RefCell<Uplink>,
    world: Rc<World>,
}

impl Host {
    pub(super) fn connect(world: Rc<World>, name: &str, access: Access) -> Result<Self> {
        let namespace = Namespace::make(name)?;
        let uplink = world.uplink(&namespace, access)?;
        namespace.ip(&format!("route add default via {}\n", uplink.gateway))?;
        Ok(Self { namespace, uplink: RefCell::new(uplink), world })
    }

    /// Where its programs run.
    pub fn namespace(&self) -> &Namespace {
        &self.namespace
    }

    /// Its link to the internet, as long as it does not roam.
    pub fn link(&self) -> Link {
        self.uplink.borrow().link.clone()
    }

    /// Its own address, which behind a NAT is a private one.
    pub fn address(&self) -> Ipv4Addr {
        self.uplink.borrow().address
    }

    /// Stops all its programs, as a machine that sleeps; they go on when the value given is dropped.
    pub fn suspend(&self) -> Result<Sleep> {
        self.namespace.suspend()
    }

    /// Ends all its programs at once, as where the power fails. Its network tells the others of it, unless it is cut.
    pub fn crash(&self) -> Result<()> {
        self.namespace.end_all()
    }

    /// Lets its router treat what begins from now on in another way. The host keeps its address, so it is behind a NAT
    /// as before, or behind none as before.
    pub fn change_router(&self, access: Access) -> Result<()> {
        self.uplink.borrow().change(access)
    }

    /// Gets another address, of another network with another link, and then loses the one it has: as a phone does
    /// between Wi-Fi and mobile.
    pub fn roam(&self, access: Access) -> Result<()> {
        let next = self.world.uplink(&self.namespace, access)?;
        let old = self.uplink.borrow().device.clone();
        self.namespace.ip(&format!("route replace default via {}\nlink del {old}\n", next.gateway))?;
        self.uplink.replace(next);
        Ok(())
    }
}
