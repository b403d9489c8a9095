//! Everyone else in the room, in the order in which they came.

use visavis_protocol::{PeerId, SignalIn};

use crate::input::{ConnectionId, PeerEvent};
use crate::outbox::Outbox;
use crate::peer::Peer;
use crate::view::TileView;

/// More peers than any room holds; a server that announces more is not believed.
const MOST: usize = 64;

#[derive(Debug, Default)]
pub(super) struct Roster {
    peers: Vec<Peer>,
}

impl Roster {
    pub(super) fn tiles(&self) -> impl Iterator<Item = TileView> {
        self.peers.iter().map(Peer::tile)
    }

    pub(super) fn for_each(&mut self, mut act: impl FnMut(&mut Peer, &mut Outbox), out: &mut Outbox) {
        for peer in &mut self.peers {
            act(peer, out);
        }
    }

    /// Somebody came in after us, or came back to a server that had forgotten them.
    pub(super) fn on_joined(&mut self, id: PeerId, me: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(&id) {
            peer.absent = false;
            return;
        }
        if id == *me || self.peers.len() >= MOST {
            return out.log("impossible peer announced");
        }
        let mut peer = Peer::new(id, me);
        peer.await_offer(out);
        self.peers.push(peer);
    }

    /// We came in, or came back: these are there, and whoever has no link to us is to get one.
    pub(super) fn on_listed(&mut self, listed: Vec<PeerId>, me: &PeerId, out: &mut Outbox) {
        for peer in &mut self.peers {
            peer.absent = !listed.contains(&peer.id);
        }
        for id in listed {
            if id != *me && self.find(&id).is_none() && self.peers.len() < MOST {
                self.peers.push(Peer::new(id, me));
            }
        }
        for peer in &mut self.peers {
            if peer.is_connected() {
                peer.send_presence(out);
            } else if !peer.absent {
                peer.initiate(out);
            }
        }
        self.drop_unreachable(out);
    }

    /// The server no longer lists somebody. Unless they said goodbye, a link that holds is kept.
    pub(super) fn on_left(&mut self, id: &PeerId, goodbye: bool, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.absent = true;
            if goodbye {
                peer.close(out);
                self.peers.retain(|peer| peer.id != *id);
            }
        }
        self.drop_unreachable(out);
    }

    /// A sealed signal came. Its sender holds the key, so they are believed to be there even if their coming was missed.
    pub(super) fn on_sealed(&mut self, signal: SignalIn, me: &PeerId, out: &mut Outbox) {
        let SignalIn { from, seq, payload } = signal;
        if let Some(peer) = self.find(&from) {
            peer.on_sealed(seq, &payload, out);
        } else if from != *me && self.peers.len() < MOST {
            let mut peer = Peer::new(from, me);
            if peer.on_sealed(seq, &payload, out) {
                peer.await_offer(out);
                self.peers.push(peer);
            }
        }
    }

    pub(super) fn on_event(
        &mut self,
        id: &PeerId,
        connection: ConnectionId,
        event: PeerEvent,
        out: &mut Outbox,
    ) {
        if let Some(peer) = self.find(id) {
            peer.on_event(connection, event, out);
        }
        self.drop_unreachable(out);
    }

    pub(super) fn on_establish_timeout(&mut self, id: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.on_establish_timeout(out);
        }
    }

    pub(super) fn on_mend_timeout(&mut self, id: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.on_mend_timeout(out);
        }
    }

    pub(super) fn clear(&mut self, out: &mut Outbox) {
        for mut peer in self.peers.drain(..) {
            peer.close(out);
        }
    }

    /// Who said goodbye, or is neither on the server's list nor linked to us, is gone.
    fn drop_unreachable(&mut self, out: &mut Outbox) {
        self.peers.retain_mut(|peer| {
            let stays = !peer.gone && (!peer.absent || peer.is_connected());
            if !stays {
                peer.close(out);
            }
            stays
        });
    }

    fn find(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == *id)
    }
}
