//! Everyone else in the room, in the order in which they came.

use std::collections::VecDeque;

use visavis_protocol::{PeerId, SignalIn};

use crate::input::{ConnectionId, PeerEvent};
use crate::outbox::Outbox;
use crate::peer::Peer;
use crate::view::TileView;

/// More peers than any room holds; a server that announces more is not believed.
const MOST: usize = 64;
/// Departed peers whose last signal is remembered.
const REMEMBERED: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Roster {
    peers: Vec<Peer>,
    /// Who left, with the number of their last signal: played again, it must not bring them back.
    departed: VecDeque<(PeerId, u64)>,
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
        let mut peer = self.meet(id, me);
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
                let peer = self.meet(id, me);
                self.peers.push(peer);
            }
        }
        for peer in &mut self.peers {
            if peer.is_connected() {
                peer.send_presence(out);
            } else if !peer.absent && !peer.is_coming_up() && !peer.is_offering() {
                peer.wait_for_turn(out);
            }
        }
        self.drop_unreachable(out);
    }

    /// Begins the next of the connections that wait for their turn. One offer is made after the other: making
    /// connections holds up the page, and the first picture is not to wait for the seventh.
    pub(super) fn begin_next(&mut self, out: &mut Outbox) {
        let busy = !out.present || self.peers.iter().any(Peer::is_offering);
        if let Some(next) = self.peers.iter_mut().find(|peer| !busy && peer.waits_for_turn()) {
            next.initiate(out);
        }
    }

    /// Whether the one offer under way is the first of all.
    pub(super) fn is_making_first_offer(&self) -> bool {
        let mut others = self.peers.iter().filter(|peer| !peer.is_offering());
        self.peers.iter().any(Peer::is_offering) && others.all(Peer::waits_for_turn)
    }

    /// The server no longer lists somebody. Unless they said goodbye, a link that holds is kept.
    pub(super) fn on_left(&mut self, id: &PeerId, goodbye: bool, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.absent = true;
            if goodbye {
                peer.gone = true;
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
            let mut peer = self.meet(from, me);
            if peer.on_sealed(seq, &payload, out) {
                peer.await_offer(out);
                self.peers.push(peer);
            } else {
                self.departed.extend(peer.remembered());
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
        self.drop_unreachable(out);
    }

    pub(super) fn on_mend_timeout(&mut self, id: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.on_mend_timeout(out);
        }
    }

    pub(super) fn on_enlarge_timeout(&mut self, id: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.on_enlarge_timeout(out);
        }
    }

    pub(super) fn clear(&mut self, out: &mut Outbox) {
        for mut peer in self.peers.drain(..) {
            peer.close(out);
        }
        self.departed.clear();
    }

    /// Somebody new, or somebody who was here before.
    fn meet(&mut self, id: PeerId, me: &PeerId) -> Peer {
        let known = self.departed.iter().position(|(departed, _)| *departed == id);
        let sequence = known.and_then(|at| self.departed.remove(at)).map_or(0, |(_, sequence)| sequence);
        Peer::new(id, me, sequence)
    }

    /// Who said goodbye, or is neither on the server's list nor linked to us, is gone.
    fn drop_unreachable(&mut self, out: &mut Outbox) {
        let departed = &mut self.departed;
        self.peers.retain_mut(|peer| {
            let stays = !peer.gone && (!peer.absent || peer.has_link());
            if !stays {
                peer.close(out);
                departed.extend(peer.remembered());
            }
            stays
        });
        while self.departed.len() > REMEMBERED {
            self.departed.pop_front();
        }
    }

    fn find(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == *id)
    }
}
