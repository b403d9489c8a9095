//! The host: who that is, what the user does as the host, and what is done because the host says so.
//!
//! The server says who the host is, and is believed as long as we know of none. From then on it takes the word of that
//! host too, unless they are gone: so the server alone can neither replace the host, nor name another to everybody. What the
//! host wants of us counts only over the link to them, where nobody else can say it.

use visavis_protocol::{ClientEvent, HostToken, Joined, PeerId};

use super::{Attendance, Call, Stage};
use crate::effect::Effect;
use crate::input::DeviceKind;
use crate::peer::{Peer, Standing};
use crate::problem::Problem;
use crate::signal::Signal;

#[derive(Debug, Default)]
pub(super) struct Hosting {
    /// Whom the server calls the host.
    said: Option<PeerId>,
    believed: Believed,
    /// What proves that the user made the room.
    pub(super) token: Option<HostToken>,
    pub(super) locked: bool,
    /// We have been in the room, whatever a server may know of it.
    pub(super) returns: bool,
    /// The server has taken our seat away.
    pub(super) unseated: bool,
}

/// Whom we take for the host.
#[derive(Debug, Default, PartialEq, Eq)]
enum Believed {
    #[default]
    Nobody,
    Us,
    /// By what we call them.
    Peer(PeerId),
}

impl Hosting {
    pub(super) fn new(token: Option<HostToken>) -> Self {
        Self { token, ..Self::default() }
    }
}

impl Call {
    /// The host's tile.
    pub(super) fn host_tile(&self) -> Option<PeerId> {
        match (&self.hosting.believed, &self.stage) {
            (Believed::Us, Stage::InCall { tile, .. }) => Some(tile.clone()),
            (Believed::Peer(id), _) => Some(id.clone()),
            _ => None,
        }
    }

    fn is_host(&self) -> bool {
        self.hosting.believed == Believed::Us
    }

    /// The server names another host.
    pub(super) fn learn_host(&mut self, said: Option<PeerId>) {
        self.hosting.said = said;
    }

    /// The server has let us in, or back in. What it has forgotten of the host's wishes is told again; says who of the others
    /// we know to be removed.
    pub(super) fn take_up_hosting(&mut self, joined: &mut Joined) {
        if let Some(token) =
            joined.host_token.take().filter(|token| self.hosting.token.as_ref() != Some(token))
        {
            self.hosting.token = Some(token.clone());
            self.out.push(Effect::KeepHost(token));
        }
        self.hosting.said = joined.host.take();
        if self.is_host() && self.hosting.said == self.out.me && self.hosting.locked != joined.locked {
            self.out.request(ClientEvent::Lock(self.hosting.locked));
        } else {
            self.hosting.locked = joined.locked;
        }
        self.hosting.returns = true;
        self.hosting.unseated = false;
        joined.peers.retain(|peer| !self.keeps_out(peer));
    }

    /// Whether somebody whom the server announces was removed; the host has it removed there as well.
    pub(super) fn keeps_out(&mut self, peer: &PeerId) -> bool {
        let removed = self.roster.has_removed(peer);
        if removed && self.is_host() {
            self.out.request(ClientEvent::Remove(peer.clone()));
        }
        removed
    }

    /// Goes by what is known now of the host.
    pub(super) fn settle_host(&mut self) {
        let said = self.hosting.said.as_ref();
        if said.is_some() && said == self.out.me.as_ref() {
            self.hosting.believed = Believed::Us;
            return;
        }
        match &self.hosting.believed {
            Believed::Us => {
                // Others believe it only if we say so.
                let word = Signal::Host { peer: said.cloned() };
                self.roster.for_each(|peer, out| peer.tell(&word, out), &mut self.out);
            }
            Believed::Peer(id) if self.roster.knows(id) => return,
            Believed::Nobody | Believed::Peer(_) => {}
        }
        let host = said.and_then(|said| self.roster.called(said));
        self.hosting.believed = host.map_or(Believed::Nobody, Believed::Peer);
    }

    /// Does what others have said over their links that only the host may say.
    pub(super) fn obey_host(&mut self) {
        for (from, word) in std::mem::take(&mut self.out.orders) {
            if self.hosting.believed != Believed::Peer(from) {
                self.out.log("not said by the host, and not done");
                continue;
            }
            match word {
                Signal::Mute {} => self.mute_as_asked(),
                Signal::Removed { peer } if self.out.me.as_ref() == Some(&peer) => self.end_as_removed(),
                Signal::Removed { peer } => self.roster.remove(&peer),
                Signal::Host { peer } => {
                    self.hosting.said = peer;
                    self.hosting.believed = Believed::Nobody;
                    self.settle_host();
                }
                Signal::Presence(_)
                | Signal::Description { .. }
                | Signal::Candidate { .. }
                | Signal::Refresh { .. }
                | Signal::Goodbye {}
                | Signal::Moved { .. }
                | Signal::Pass { .. }
                | Signal::Passed { .. } => {}
            }
        }
    }

    fn mute_as_asked(&mut self) {
        if !self.media.view(DeviceKind::Microphone).wish {
            return;
        }
        let effects = self.media.switch(DeviceKind::Microphone, false);
        self.carry_out_media(effects);
        let host = self.host_tile();
        let name = self.roster.tiles().find(|tile| Some(&tile.peer) == host.as_ref()).map(|tile| tile.name);
        self.notices.tell_of(Problem::AskedToMute, name.unwrap_or_default());
    }

    pub(super) fn lock(&mut self, locked: bool) {
        if !self.is_host() {
        } else if self.out.present {
            self.out.request(ClientEvent::Lock(locked));
        } else {
            self.hosting.locked = locked;
        }
    }

    pub(super) fn ask_to_mute(&mut self, id: &PeerId) {
        if self.is_host() {
            self.roster.with(id, |peer, out| peer.tell(&Signal::Mute {}, out), &mut self.out);
        }
    }

    /// Everybody who is linked to us lets go of them, and so do we; the server takes their seat now, or when it lists them
    /// the next time.
    pub(super) fn remove(&mut self, id: &PeerId) {
        let Some(removed) = self.roster.address(id).filter(|_| self.is_host()) else { return };
        let word = Signal::Removed { peer: removed.clone() };
        self.roster.for_each(|peer, out| peer.tell(&word, out), &mut self.out);
        self.roster.remove(&removed);
        if self.out.present {
            self.out.request(ClientEvent::Remove(removed));
        }
    }

    /// Whoever was not linked to us may not know yet who was removed.
    pub(super) fn repeat_removals(&mut self, id: &PeerId) {
        if self.is_host() {
            for removed in self.roster.removed() {
                let word = Signal::Removed { peer: removed };
                self.roster.with(id, |peer, out| peer.tell(&word, out), &mut self.out);
            }
        }
    }

    /// The server says that the host has removed us. That ends no link: only the host itself can end those, and has. When none is
    /// left, so is the call.
    pub(super) fn lose_seat(&mut self) {
        self.hosting.unseated = true;
        self.out.present = false;
        self.out.push(Effect::GiveUpSeat);
        if let Stage::InCall { attendance, .. } = &mut self.stage {
            *attendance = Attendance::Away;
        }
        self.roster.for_each(|peer: &mut Peer, _| peer.standing = Standing::Absent, &mut self.out);
    }

    /// Leaves once nobody is left to whom one without a seat is linked.
    pub(super) fn leave_if_alone(&mut self) {
        if self.hosting.unseated && self.roster.is_empty() {
            self.end_as_removed();
        }
    }

    fn end_as_removed(&mut self) {
        self.former = None;
        self.out.push(Effect::GiveUpSeat);
        self.leave();
        self.notices.add(Problem::Removed);
    }

    /// The call is over; what proves that the user made the room stays.
    pub(super) fn forget_host(&mut self) {
        self.hosting = Hosting::new(self.hosting.token.take());
    }
}
