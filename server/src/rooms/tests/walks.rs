//! Random walks against a model that keeps only what each socket was told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

#[derive(Debug, Clone, Copy)]
enum Step {
    Join { connection: u64, room: u8, peer: u8, resumes: bool, since: Option<u64> },
    Signal { connection: u64, to: u8 },
    Leave { connection: u64 },
    Lost { connection: u64 },
    Expire { absence: usize },
    Lock { connection: u64, locked: bool },
    Remove { connection: u64, peer: u8 },
}

fn step() -> impl Strategy<Value = Step> {
    let connection = 0_u64..12;
    prop_oneof![
        4 => (connection.clone(), 1_u8..3, 1_u8..8, any::<bool>(), prop::option::of(5_u64..8)).prop_map(
            |(connection, room, peer, resumes, since)| Step::Join { connection, room, peer, resumes, since }
        ),
        4 => (connection.clone(), 1_u8..8).prop_map(|(connection, to)| Step::Signal { connection, to }),
        1 => connection.clone().prop_map(|connection| Step::Leave { connection }),
        2 => connection.clone().prop_map(|connection| Step::Lost { connection }),
        2 => (connection.clone(), any::<bool>()).prop_map(|(connection, locked)| Step::Lock { connection, locked }),
        2 => (connection, 1_u8..8).prop_map(|(connection, peer)| Step::Remove { connection, peer }),
        2 => (0_usize..8).prop_map(|absence| Step::Expire { absence }),
    ]
}

/// What a socket in a room believes: its room, its own id, and what it was told of the others.
#[derive(Debug)]
struct Belief {
    room: RoomId,
    own: PeerId,
    peers: BTreeSet<PeerId>,
    host: Option<PeerId>,
    locked: bool,
}

#[derive(Debug, Default)]
struct Model {
    believes: BTreeMap<ConnectionId, Belief>,
    absences: Vec<Absence>,
}

impl Model {
    fn hear(&mut self, outgoing: Vec<Outgoing>) {
        for (connection, event) in outgoing {
            let belief = self.believes.get_mut(&connection).expect("only sockets in a room hear");
            match event {
                ServerEvent::PeerJoined(peer) => {
                    assert_ne!(belief.own, peer);
                    assert!(belief.peers.insert(peer), "joined twice");
                }
                ServerEvent::PeerLeft(peer, _) => {
                    assert!(belief.peers.remove(&peer), "left without joining");
                }
                ServerEvent::Host(host) => {
                    assert_ne!(belief.host, host, "no news");
                    belief.host = host;
                }
                ServerEvent::Locked(locked) => {
                    assert_ne!(belief.locked, locked, "no news");
                    belief.locked = locked;
                }
                ServerEvent::Removed => drop(self.believes.remove(&connection)),
                ServerEvent::Signal(_) | ServerEvent::Closing(_) => panic!("not asked for"),
            }
        }
    }

    fn is_host(&self, connection: ConnectionId) -> bool {
        self.believes.get(&connection).is_some_and(|belief| belief.host.as_ref() == Some(&belief.own))
    }

    fn take(&mut self, rooms: &mut Rooms, step: Step) {
        match step {
            Step::Join { connection, room: r, peer: p, resumes, since } => {
                let connection = ConnectionId(connection);
                let address = IpAddr::from([10, 0, 0, p % 2]);
                let arrival = from(Some(address), connection, peer(p));
                let arrival = Arrival { resumes, hosts_since: since, makes_at: Some(6), ..arrival };
                let Ok(admission) = rooms.admit(&room(r), arrival) else { return };
                if let Some(older) = admission.replaced {
                    self.believes.remove(&older).expect("the older socket had a seat");
                }
                let peers = admission.peers.into_iter().collect();
                let Admission { host, locked, .. } = admission;
                assert!(host.as_ref() != Some(&peer(p)) || admission.hosts_since.is_some());
                self.believes.insert(connection, Belief { room: room(r), own: peer(p), peers, host, locked });
                self.hear(admission.outgoing);
            }
            Step::Signal { connection, to } => {
                let connection = ConnectionId(connection);
                let belief = self.believes.get(&connection);
                match rooms.signal(connection, signal(peer(to))) {
                    Err(SignalError::NotJoined) => assert!(belief.is_none()),
                    Err(SignalError::NoSuchPeer) => assert!(!belief.unwrap().peers.contains(&peer(to))),
                    Ok(relay) => {
                        let sender = belief.expect("only a peer in a room signals");
                        assert!(sender.peers.contains(&peer(to)));
                        if let Some((receiver, event)) = relay.outgoing {
                            let receiver = &self.believes[&receiver];
                            assert_eq!((&receiver.room, &receiver.own), (&sender.room, &peer(to)));
                            let ServerEvent::Signal(event) = event else { panic!("not a signal") };
                            assert_eq!(event.from, sender.own);
                        }
                    }
                }
            }
            Step::Leave { connection } => {
                let left = rooms.leave(ConnectionId(connection));
                assert_eq!(left.is_ok(), self.believes.remove(&ConnectionId(connection)).is_some());
                self.hear(left.unwrap_or_default());
            }
            Step::Lost { connection } => {
                let absence = rooms.lost(ConnectionId(connection));
                assert_eq!(absence.is_some(), self.believes.remove(&ConnectionId(connection)).is_some());
                self.absences.extend(absence);
            }
            Step::Lock { connection, locked } => {
                let connection = ConnectionId(connection);
                let told = rooms.lock(connection, locked);
                assert_eq!(told.is_ok(), self.is_host(connection));
                self.hear(told.unwrap_or_default());
            }
            Step::Remove { connection, peer: p } => {
                let connection = ConnectionId(connection);
                let removal = rooms.remove(connection, &peer(p));
                let may = self.is_host(connection) && self.believes[&connection].peers.contains(&peer(p));
                assert_eq!(removal.is_ok(), may);
                let Ok(removal) = removal else { return };
                self.hear(removal.outgoing);
                assert!(removal.removed.is_none_or(|removed| !self.believes.contains_key(&removed)));
            }
            Step::Expire { absence } => {
                if absence < self.absences.len() {
                    let absence = self.absences.remove(absence);
                    self.hear(rooms.grace_expired(&absence));
                }
            }
        }
    }
}

proptest! {
    #[test]
    fn everybody_believes_what_is_so(steps in prop::collection::vec(step(), 1..200), capacity in 1_usize..5) {
        let mut rooms = Rooms::new(capacity).with_most_seats_per_address(3);
        let mut model = Model::default();
        for step in steps {
            model.take(&mut rooms, step);
            for (connection, Belief { room, own, peers, host, locked }) in &model.believes {
                prop_assert_eq!(rooms.seat(*connection), Some((room, own)));
                let room = &rooms.open[room];
                prop_assert!(room.members.len() <= capacity);
                let others = room.members.iter().map(|m| m.peer.clone()).filter(|p| p != own);
                prop_assert_eq!(peers, &others.collect::<BTreeSet<_>>());
                prop_assert_eq!((host.as_ref(), *locked), (room.host(), room.is_locked()));
            }
            prop_assert!(rooms.open.values().all(|room| !room.members.is_empty()));
            prop_assert_eq!(rooms.seats.len(), model.believes.len());
            prop_assert!(rooms.held.values().all(|held| (1..=3).contains(held)));
            prop_assert_eq!(rooms.held.values().sum::<u32>() as usize, rooms.peers());
        }
        // Once everyone is gone and every grace period is over, nothing is left.
        for connection in 0..12 {
            model.take(&mut rooms, Step::Lost { connection });
        }
        while !model.absences.is_empty() {
            model.take(&mut rooms, Step::Expire { absence: 0 });
        }
        prop_assert_eq!((rooms.rooms(), rooms.peers()), (0, 0));
    }
}
