//! Everyone else in the room, in the order in which they came.
//!
//! A server that comes back without its key gives everybody a new id. Who is linked to us tells theirs over the link; until
//! all have, an unknown id that the server announces may be one of them, and waits a moment before it is somebody new.

mod removed;

use std::collections::VecDeque;
use std::time::Duration;

use visavis_protocol::{PeerId, SignalIn};

use crate::effect::{Effect, Timer};
use crate::input::{ConnectionId, PeerEvent};
use crate::outbox::Outbox;
use crate::peer::{Peer, Picture, Standing, Way};
use crate::view::{ScreenView, TileView};

/// More peers than any room holds; a server that announces more is not believed.
const MOST: usize = 64;
/// Departed peers whose last signal is remembered.
const REMEMBERED: usize = 256;
/// How long somebody who may be known is given to say so.
const ANNOUNCE: Duration = Duration::from_secs(1);

/// Somebody who left.
#[derive(Debug)]
struct Departed {
    id: PeerId,
    /// The number of their last signal, which must not bring them back when it is played again, and the generation of their
    /// last connection, whose id must not be used again.
    memory: (u64, u32),
    /// Where they were among the others: who loads the page again comes back to it.
    place: usize,
}

#[derive(Debug, Default)]
pub(super) struct Roster {
    peers: Vec<Peer>,
    departed: VecDeque<Departed>,
    /// Ids that may belong to somebody we know, and whether we are to make the offer if they do not.
    strangers: Vec<(PeerId, bool)>,
    /// Whom the host has removed, as the server calls them.
    removed: Vec<PeerId>,
}

impl Roster {
    pub(super) fn tiles(&self) -> impl Iterator<Item = TileView> {
        self.peers.iter().map(Peer::tile)
    }

    pub(super) fn screens(&self) -> impl Iterator<Item = ScreenView> {
        self.peers.iter().filter_map(Peer::screen)
    }

    pub(super) fn for_each(&mut self, mut act: impl FnMut(&mut Peer, &mut Outbox), out: &mut Outbox) {
        for peer in &mut self.peers {
            act(peer, out);
        }
    }

    /// Somebody came in after us, or came back to a server that had forgotten them.
    pub(super) fn on_joined(&mut self, id: PeerId, me: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find_at(&id) {
            peer.standing = Standing::Listed;
        } else {
            self.welcome(id, false, me, out);
        }
    }

    /// Somebody new, unless they are one of those who have not told their new id yet.
    fn welcome(&mut self, id: PeerId, offers: bool, me: &PeerId, out: &mut Outbox) {
        if id == *me || self.peers.len() + self.strangers.len() >= MOST {
            return out.log("impossible peer announced");
        }
        if self.peers.iter().any(Peer::can_announce) {
            self.strangers.retain(|(stranger, _)| *stranger != id);
            self.strangers.push((id, offers));
            return out.push(Effect::SetTimer { timer: Timer::Strangers, after: ANNOUNCE });
        }
        self.admit(id, offers, me, out);
    }

    /// Somebody is there to be linked to.
    fn admit(&mut self, id: PeerId, offers: bool, me: &PeerId, out: &mut Outbox) {
        let (mut peer, place) = self.meet(id, me, out);
        if offers {
            peer.wait_for_turn(out);
        } else {
            peer.await_offer(out);
        }
        self.peers.insert(place, peer);
    }

    /// Nobody has claimed these ids.
    pub(super) fn on_strangers_timeout(&mut self, me: &PeerId, out: &mut Outbox) {
        for (id, offers) in std::mem::take(&mut self.strangers) {
            self.admit(id, offers, me, out);
        }
    }

    /// We came in, or came back: these are there, and whoever has no link to us is to get one.
    pub(super) fn on_listed(&mut self, listed: Vec<PeerId>, me: &PeerId, out: &mut Outbox) {
        self.strangers.clear();
        for peer in &mut self.peers {
            let is_listed = listed.contains(&peer.address);
            peer.standing = if is_listed { Standing::Listed } else { Standing::Absent };
            peer.announce(out);
            if peer.is_connected() {
                peer.send_presence(out);
            } else if is_listed && !peer.is_coming_up() && !peer.is_offering() {
                peer.wait_for_turn(out);
            }
        }
        for id in listed {
            if self.find_at(&id).is_none() {
                self.welcome(id, true, me, out);
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
        self.strangers.retain(|(stranger, _)| stranger != id);
        if let Some(peer) = self.find_at(id) {
            peer.standing = Standing::Absent;
            if goodbye {
                peer.gone = true;
            }
        }
        self.drop_unreachable(out);
    }

    /// A signal did not reach them: what is to be mended with them is said by way of others too.
    pub(super) fn on_cut_off(&mut self, address: &PeerId) {
        if let Some(peer) = self.find_at(address).filter(|peer| !peer.is_absent()) {
            peer.standing = Standing::CutOff;
        }
    }

    /// A sealed signal came. Its sender holds the key, so they are believed to be there even if their coming was missed.
    pub(super) fn on_sealed(&mut self, signal: SignalIn, me: &PeerId, out: &mut Outbox) {
        let SignalIn { from, seq, payload } = signal;
        if let Some(peer) = self.find_at(&from) {
            peer.on_sealed(Way::Served, seq, &payload, out);
        } else if from != *me && self.peers.len() < MOST {
            let (mut peer, place) = self.meet(from, me, out);
            if peer.on_sealed(Way::Served, seq, &payload, out) {
                self.strangers.retain(|(stranger, _)| *stranger != peer.id);
                peer.await_offer(out);
                self.peers.insert(place, peer);
            } else if peer.memory().0 > 0 {
                self.remember(&peer, place);
            }
        }
    }

    /// Passes on what others asked us to, takes what was passed on to us, and asks others to pass on what is ours.
    pub(super) fn pass_signals(&mut self, out: &mut Outbox) {
        for (from, seq, payload) in std::mem::take(&mut out.passed) {
            if let Some(peer) = self.find_at(&from) {
                peer.on_sealed(Way::Passed, seq, &payload, out);
            }
        }
        self.drop_unreachable(out);
        for (to, signal) in std::mem::take(&mut out.passing) {
            let helpers = self.peers.iter().filter(|peer| to.as_ref().is_none_or(|to| peer.address == *to));
            for peer in helpers.filter(|peer| peer.passes()) {
                peer.tell(&signal, out);
            }
        }
        out.helped = self.peers.iter().any(Peer::passes);
    }

    /// Whether somebody's link is broken, so that the server may be needed to mend it.
    pub(super) fn awaits_server(&self) -> bool {
        self.peers.iter().any(Peer::is_broken)
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
            if let Some(address) = peer.take_move() {
                self.relocate(id, address, out);
            }
        }
        self.drop_unreachable(out);
    }

    /// The server calls somebody otherwise now. If we took that for somebody new, it was them.
    fn relocate(&mut self, id: &PeerId, address: PeerId, out: &mut Outbox) {
        if out.me.as_ref() == Some(&address) {
            return out.log("impossible id claimed");
        }
        if self.find(id).is_some_and(|peer| peer.address == address) {
            return; // We know.
        }
        let linked = self.peers.iter().any(|peer| peer.address == address && peer.has_link())
            || self.has_removed(&address);
        if let Some(peer) = self.find(id).filter(|_| linked) {
            peer.gone = true; // The link that they have under their new id stays, if they have not been removed.
            return;
        }
        let strangers = self.strangers.len();
        self.strangers.retain(|(stranger, _)| *stranger != address);
        let mut listed = self.strangers.len() < strangers;
        self.peers.retain_mut(|twin| {
            let is_twin = twin.address == address;
            if is_twin {
                twin.close(out);
                listed = true;
            }
            !is_twin
        });
        if let Some(peer) = self.find(id) {
            peer.address = address;
            peer.standing = if listed { Standing::Listed } else { Standing::Absent };
        }
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
        self.drop_unreachable(out);
    }

    pub(super) fn on_enlarge_timeout(&mut self, id: &PeerId, out: &mut Outbox) {
        if let Some(peer) = self.find(id) {
            peer.on_enlarge_timeout(out);
        }
    }

    pub(super) fn on_withheld(&mut self, id: &PeerId, withheld: bool) {
        if let Some(peer) = self.find(id) {
            peer.picture = if withheld { Picture::Withheld } else { Picture::Due };
        }
    }

    pub(super) fn clear(&mut self, out: &mut Outbox) {
        for mut peer in self.peers.drain(..) {
            peer.close(out);
        }
        self.departed.clear();
        self.strangers.clear();
        self.removed.clear();
        out.push(Effect::ClearTimer(Timer::Strangers));
    }

    /// Somebody new, or somebody who was here before, and their place among the others.
    fn meet(&mut self, id: PeerId, me: &PeerId, out: &Outbox) -> (Peer, usize) {
        let known = self.departed.iter().position(|departed| departed.id == id);
        let known = known.and_then(|at| self.departed.remove(at));
        let (memory, place) =
            known.map_or(((0, 0), usize::MAX), |departed| (departed.memory, departed.place));
        (Peer::new(id, me, memory, out.life), place.min(self.peers.len()))
    }

    fn remember(&mut self, peer: &Peer, place: usize) {
        let (id, memory) = (peer.address.clone(), peer.memory());
        self.departed.push_back(Departed { id, memory, place });
        if self.departed.len() > REMEMBERED {
            self.departed.pop_front();
        }
    }

    /// Who said goodbye, or is neither on the server's list nor linked to us, is gone.
    fn drop_unreachable(&mut self, out: &mut Outbox) {
        let goes = |peer: &Peer| peer.gone || (peer.is_absent() && !peer.has_link() && !peer.is_coming_up());
        while let Some(place) = self.peers.iter().position(goes) {
            let mut peer = self.peers.remove(place);
            peer.close(out);
            self.remember(&peer, place);
        }
    }

    fn find(&mut self, id: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.id == *id)
    }

    /// Whom the server calls so.
    fn find_at(&mut self, address: &PeerId) -> Option<&mut Peer> {
        self.peers.iter_mut().find(|peer| peer.address == *address)
    }
}
