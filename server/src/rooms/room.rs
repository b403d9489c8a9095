//! One room: who is in it, who of them is its host, and whether it is locked.
//!
//! The host is not chosen but follows from who is there: whoever made the room has a claim from that time on, and proves it
//! when they come again. Of all claims the earliest counts, so who made a room anew after everybody had left gives way
//! to who made it first; of equal ones (two pages of the same person) the one that came last.

use std::net::IpAddr;

use visavis_protocol::{LeftReason, PeerId, ServerEvent};

use super::{Admission, Arrival, ConnectionId, Outgoing};

/// Removed peers that a room remembers: more than any room holds.
const REMEMBERED: usize = 256;

#[derive(Debug, Default)]
pub(super) struct Room {
    pub(super) members: Vec<Member>,
    /// The claim of the host who has locked it.
    lock: Option<u64>,
    /// Who does not come back as who they were.
    removed: Vec<PeerId>,
}

#[derive(Debug)]
pub(super) struct Member {
    pub(super) peer: PeerId,
    pub(super) presence: Presence,
    /// Where it first came from: its seat counts there until it has left, wherever it comes back from.
    pub(super) address: Option<IpAddr>,
    /// Since when it is host, as far as nobody else has been for longer.
    pub(super) claim: Option<u64>,
    /// What is shown of it to those who look in.
    pub(super) card: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Presence {
    Here(ConnectionId),
    /// The number tells this absence from an earlier one of the same peer.
    Away(u64),
}

impl Room {
    /// Seats a peer, which fits, or gives it the seat that it has.
    pub(super) fn admit(&mut self, arrival: Arrival) -> Admission {
        let Arrival { connection, peer, address, resumes: _, hosts_since, makes_at } = arrival;
        let before = self.host().cloned();
        let (mut replaced, mut outgoing) = (None, Vec::new());
        if let Some(member) = self.member_mut(&peer) {
            if let Presence::Here(older) = member.presence
                && older != connection
            {
                replaced = Some(older);
            }
            member.presence = Presence::Here(connection);
            member.claim = member.claim.into_iter().chain(hosts_since).min();
        } else {
            outgoing = self.tell(&ServerEvent::PeerJoined(peer.clone()));
            let claim = hosts_since.or_else(|| makes_at.filter(|_| self.members.is_empty()));
            let presence = Presence::Here(connection);
            self.members.push(Member { peer: peer.clone(), presence, address, claim, card: None });
        }
        let host = self.host().cloned();
        if host != before {
            let told = self.tell(&ServerEvent::Host(host.clone()));
            outgoing.extend(told.into_iter().filter(|(to, _)| *to != connection));
        }
        Admission {
            peers: self.members.iter().filter(|m| m.peer != peer).map(|m| m.peer.clone()).collect(),
            host,
            hosts_since: self.member(&peer).and_then(|member| member.claim),
            locked: self.is_locked(),
            replaced,
            outgoing,
        }
    }

    /// Takes a peer's seat away; who held it, and what the others are told.
    pub(super) fn dismiss(&mut self, peer: &PeerId, reason: LeftReason) -> (Vec<Member>, Vec<Outgoing>) {
        let before = self.host().cloned();
        let left = self.members.extract_if(.., |member| member.peer == *peer).collect();
        let mut outgoing = self.tell(&ServerEvent::PeerLeft(peer.clone(), reason));
        let host = self.host().cloned();
        if host != before {
            outgoing.extend(self.tell(&ServerEvent::Host(host)));
        }
        (left, outgoing)
    }

    pub(super) fn member(&self, peer: &PeerId) -> Option<&Member> {
        self.members.iter().find(|member| member.peer == *peer)
    }

    pub(super) fn member_mut(&mut self, peer: &PeerId) -> Option<&mut Member> {
        self.members.iter_mut().find(|member| member.peer == *peer)
    }

    pub(super) fn host(&self) -> Option<&PeerId> {
        let claims = self.members.iter().rev().filter_map(|member| Some((member.claim?, &member.peer)));
        claims.min_by_key(|(since, _)| *since).map(|(_, peer)| peer)
    }

    pub(super) fn is_locked(&self) -> bool {
        self.lock.is_some()
    }

    /// Lets nobody new in, or does again, as the host with this claim wants it; says whether that is a change.
    pub(super) fn set_lock(&mut self, lock: Option<u64>) -> bool {
        let changes = lock.is_some() != self.is_locked();
        self.lock = lock;
        changes
    }

    /// Whether somebody who is not in here may come in. The lock holds for those alone who have never been here, and are not
    /// host before the one who has locked it.
    pub(super) fn lets_in(&self, arrival: &Arrival) -> bool {
        let outranks = |lock| arrival.hosts_since.is_some_and(|since| since <= lock);
        arrival.resumes || self.lock.is_none_or(outranks)
    }

    pub(super) fn has_removed(&self, peer: &PeerId) -> bool {
        self.removed.contains(peer)
    }

    pub(super) fn remember_removed(&mut self, peer: &PeerId) {
        if self.removed.len() == REMEMBERED {
            self.removed.remove(0);
        }
        self.removed.push(peer.clone());
    }

    /// How many removed peers it remembers.
    #[cfg(test)]
    pub(super) fn remembers(&self) -> usize {
        self.removed.len()
    }

    /// The event for everyone who is present.
    pub(super) fn tell(&self, event: &ServerEvent) -> Vec<Outgoing> {
        let present = self.members.iter().filter_map(|member| match member.presence {
            Presence::Here(connection) => Some(connection),
            Presence::Away(_) => None,
        });
        present.map(|connection| (connection, event.clone())).collect()
    }
}
