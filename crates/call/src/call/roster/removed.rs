//! Whom the host has removed: they are let go of, and not met again under the same id.

use visavis_protocol::PeerId;

use super::Roster;
use crate::outbox::Outbox;
use crate::peer::Peer;

/// More than any room can have; a host that removes more is not believed.
const MOST: usize = 256;

impl Roster {
    /// Lets go of whom the server calls so, now and whenever they come.
    pub(in crate::call) fn remove(&mut self, address: &PeerId) {
        if self.removed.len() < MOST && !self.has_removed(address) {
            self.removed.push(address.clone());
        }
        self.strangers.retain(|(stranger, _)| stranger != address);
        if let Some(peer) = self.find_at(address) {
            peer.gone = true;
        }
    }

    pub(in crate::call) fn has_removed(&self, address: &PeerId) -> bool {
        self.removed.contains(address)
    }

    pub(in crate::call) fn removed(&self) -> Vec<PeerId> {
        self.removed.clone()
    }

    pub(in crate::call) fn is_empty(&self) -> bool {
        self.peers.is_empty()
    }

    /// Whether somebody whom we call so is there.
    pub(in crate::call) fn knows(&self, id: &PeerId) -> bool {
        self.peers.iter().any(|peer| peer.id == *id)
    }

    /// What we call the one whom the server calls so.
    pub(in crate::call) fn called(&self, address: &PeerId) -> Option<PeerId> {
        self.peers.iter().find(|peer| peer.address == *address).map(|peer| peer.id.clone())
    }

    /// What the server calls the one whom we call so.
    pub(in crate::call) fn address(&self, id: &PeerId) -> Option<PeerId> {
        self.peers.iter().find(|peer| peer.id == *id).map(|peer| peer.address.clone())
    }

    pub(in crate::call) fn with(
        &mut self,
        id: &PeerId,
        act: impl FnOnce(&mut Peer, &mut Outbox),
        out: &mut Outbox,
    ) {
        if let Some(peer) = self.find(id) {
            act(peer, out);
        }
    }
}
