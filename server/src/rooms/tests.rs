//! One input, the expected outcome; then random walks against a model that keeps only what each socket was told.

use std::collections::{BTreeMap, BTreeSet};

use proptest::prelude::*;

use super::*;

const ALICE: ConnectionId = ConnectionId(1);
const BOB: ConnectionId = ConnectionId(2);
const CAROL: ConnectionId = ConnectionId(3);

fn room(n: u8) -> RoomId {
    RoomId::from_bytes([n; 16])
}

fn peer(n: u8) -> PeerId {
    PeerId::from_bytes([n; 10])
}

fn signal(to: PeerId) -> SignalOut {
    SignalOut { to, seq: 7, payload: "AAAA".into() }
}

/// Alice, Bob and so on up to `count`, in room 1, each as the peer and on the connection of its number.
fn call_of(count: u8) -> Rooms {
    let mut rooms = Rooms::new(8);
    for n in 1..=count {
        rooms.join(ConnectionId(n.into()), &room(1), &peer(n)).unwrap();
    }
    rooms
}

#[test]
fn a_newcomer_gets_the_list_and_the_others_hear_of_it() {
    let mut rooms = call_of(2);
    let admission = rooms.join(CAROL, &room(1), &peer(3)).unwrap();
    assert_eq!(admission.peers, [peer(1), peer(2)]);
    let news = ServerEvent::PeerJoined(peer(3));
    assert_eq!(admission.outgoing, [(ALICE, news.clone()), (BOB, news)]);
    assert_eq!(admission.replaced, None);
}

#[test]
fn rooms_do_not_hear_of_each_other() {
    let mut rooms = call_of(1);
    let admission = rooms.join(BOB, &room(2), &peer(2)).unwrap();
    assert_eq!((admission.peers, admission.outgoing), (vec![], vec![]));
    assert_eq!(rooms.signal(BOB, signal(peer(1))), Err(SignalError::NoSuchPeer));
    assert_eq!(rooms.leave(BOB), Ok(vec![]));
}

#[test]
fn a_signal_reaches_its_receiver_only() {
    let rooms = call_of(3);
    let event = SignalIn { from: peer(1), seq: 7, payload: "AAAA".into() };
    let expected = Relay { delivery: Delivery::Delivered, outgoing: Some((BOB, ServerEvent::Signal(event))) };
    assert_eq!(rooms.signal(ALICE, signal(peer(2))), Ok(expected));
}

#[test]
fn nobody_signals_itself_a_stranger_or_from_outside() {
    let rooms = call_of(2);
    assert_eq!(rooms.signal(ALICE, signal(peer(1))), Err(SignalError::NoSuchPeer));
    assert_eq!(rooms.signal(ALICE, signal(peer(9))), Err(SignalError::NoSuchPeer));
    assert_eq!(rooms.signal(CAROL, signal(peer(1))), Err(SignalError::NotJoined));
}

#[test]
fn the_room_holds_its_capacity_and_no_more() {
    let mut rooms = Rooms::new(2);
    rooms.join(ALICE, &room(1), &peer(1)).unwrap();
    rooms.join(BOB, &room(1), &peer(2)).unwrap();
    assert_eq!(rooms.join(CAROL, &room(1), &peer(3)), Err(JoinError::RoomFull));
    assert_eq!(rooms.seat(CAROL), None);
    rooms.leave(BOB).unwrap();
    assert!(rooms.join(CAROL, &room(1), &peer(3)).is_ok());
}

#[test]
fn who_is_away_keeps_the_place() {
    let mut rooms = Rooms::new(2);
    rooms.join(ALICE, &room(1), &peer(1)).unwrap();
    rooms.join(BOB, &room(1), &peer(2)).unwrap();
    rooms.lost(BOB).unwrap();
    assert_eq!(rooms.join(CAROL, &room(1), &peer(3)), Err(JoinError::RoomFull));
    assert!(rooms.join(ConnectionId(9), &room(1), &peer(2)).is_ok());
}

#[test]
fn a_room_too_many_is_refused() {
    let mut rooms = Rooms::new(8).with_most_rooms(1);
    rooms.join(ALICE, &room(1), &peer(1)).unwrap();
    assert_eq!(rooms.join(BOB, &room(2), &peer(2)), Err(JoinError::TooManyRooms));
    assert!(rooms.join(BOB, &room(1), &peer(2)).is_ok());
    assert_eq!(rooms.rooms(), 1);
}

#[test]
fn a_host_has_its_share_of_seats_in_all_rooms() {
    let [here, there] = [1, 2].map(|n| Some(IpAddr::from([10, 0, 0, n])));
    let mut rooms = Rooms::new(8).with_most_seats_per_host(2);
    rooms.join_from(here, ALICE, &room(1), &peer(1)).unwrap();
    rooms.join_from(here, BOB, &room(2), &peer(2)).unwrap();
    let absence = rooms.lost(BOB).unwrap();
    let refused = Err(JoinError::TooManySeats);
    assert_eq!(rooms.join_from(here, CAROL, &room(3), &peer(3)), refused, "who is away holds a seat");
    assert_eq!(rooms.rooms(), 2, "a refused join leaves no room behind");
    rooms.join_from(there, CAROL, &room(2), &peer(2)).expect("who is known always fits");
    assert_eq!(rooms.join_from(here, BOB, &room(3), &peer(3)), refused, "the seat stays where it was taken");
    rooms.join_from(there, BOB, &room(3), &peer(3)).unwrap();
    rooms.leave(ALICE).unwrap();
    rooms.join_from(here, ALICE, &room(1), &peer(1)).expect("what is given back can be had again");
    assert_eq!(rooms.grace_expired(&absence), []);
}

#[test]
fn a_peer_that_comes_back_in_time_does_so_in_silence() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(BOB).unwrap();
    let gone = Relay { delivery: Delivery::Gone, outgoing: None };
    assert_eq!(rooms.signal(ALICE, signal(peer(2))), Ok(gone));
    let admission = rooms.join(CAROL, &room(1), &peer(2)).unwrap();
    assert_eq!(admission, Admission { peers: vec![peer(1)], replaced: None, outgoing: vec![] });
    assert_eq!(rooms.grace_expired(&absence), []);
    let (to, _) = rooms.signal(ALICE, signal(peer(2))).unwrap().outgoing.unwrap();
    assert_eq!(to, CAROL);
}

#[test]
fn a_peer_that_does_not_come_back_is_lost() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(BOB).unwrap();
    let news = ServerEvent::PeerLeft(peer(2), LeftReason::Lost);
    assert_eq!(rooms.grace_expired(&absence), [(ALICE, news)]);
    assert_eq!(rooms.grace_expired(&absence), []);
}

#[test]
fn the_timer_of_an_earlier_absence_does_not_end_a_later_one() {
    let mut rooms = call_of(2);
    let first = rooms.lost(BOB).unwrap();
    rooms.join(CAROL, &room(1), &peer(2)).unwrap();
    let second = rooms.lost(CAROL).unwrap();
    assert_eq!(rooms.grace_expired(&first), []);
    assert_eq!(rooms.grace_expired(&second).len(), 1);
}

#[test]
fn a_peer_the_room_forgot_is_announced_again() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(BOB).unwrap();
    rooms.grace_expired(&absence);
    let admission = rooms.join(BOB, &room(1), &peer(2)).unwrap();
    assert_eq!(admission.outgoing, [(ALICE, ServerEvent::PeerJoined(peer(2)))]);
}

#[test]
fn a_newer_socket_takes_the_seat_of_the_older() {
    let mut rooms = call_of(2);
    let admission = rooms.join(CAROL, &room(1), &peer(2)).unwrap();
    assert_eq!(admission.replaced, Some(BOB));
    assert_eq!(admission.outgoing, []);
    assert_eq!(rooms.lost(BOB), None);
    assert_eq!(rooms.signal(BOB, signal(peer(1))), Err(SignalError::NotJoined));
    assert_eq!(rooms.peers(), 2);
}

#[test]
fn joining_twice_is_granted_only_for_the_same_seat() {
    let mut rooms = call_of(2);
    let again = rooms.join(BOB, &room(1), &peer(2)).unwrap();
    assert_eq!(again, Admission { peers: vec![peer(1)], replaced: None, outgoing: vec![] });
    assert_eq!(rooms.join(BOB, &room(1), &peer(9)), Err(JoinError::AlreadyJoined));
    assert_eq!(rooms.join(BOB, &room(2), &peer(2)), Err(JoinError::AlreadyJoined));
}

#[test]
fn leaving_is_announced_at_once_and_for_good() {
    let mut rooms = call_of(2);
    let news = ServerEvent::PeerLeft(peer(2), LeftReason::Left);
    assert_eq!(rooms.leave(BOB), Ok(vec![(ALICE, news)]));
    assert_eq!(rooms.leave(BOB), Err(NotJoined));
    assert_eq!(rooms.lost(BOB), None);
}

#[test]
fn an_empty_room_is_forgotten() {
    let mut rooms = call_of(1);
    rooms.leave(ALICE).unwrap();
    assert_eq!((rooms.rooms(), rooms.peers()), (0, 0));
    assert_eq!(rooms.join(ALICE, &room(1), &peer(1)).unwrap().peers, []);
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Join { connection: u64, room: u8, peer: u8 },
    Signal { connection: u64, to: u8 },
    Leave { connection: u64 },
    Lost { connection: u64 },
    Expire { absence: usize },
}

fn step() -> impl Strategy<Value = Step> {
    let connection = 0_u64..12;
    prop_oneof![
        4 => (connection.clone(), 1_u8..3, 1_u8..8)
            .prop_map(|(connection, room, peer)| Step::Join { connection, room, peer }),
        4 => (connection.clone(), 1_u8..8).prop_map(|(connection, to)| Step::Signal { connection, to }),
        1 => connection.clone().prop_map(|connection| Step::Leave { connection }),
        2 => connection.prop_map(|connection| Step::Lost { connection }),
        2 => (0_usize..8).prop_map(|absence| Step::Expire { absence }),
    ]
}

/// What each socket in a room believes: its room, its own id, and the peers it was told of.
#[derive(Debug, Default)]
struct Model {
    believes: BTreeMap<ConnectionId, (RoomId, PeerId, BTreeSet<PeerId>)>,
    absences: Vec<Absence>,
}

impl Model {
    fn hear(&mut self, outgoing: Vec<Outgoing>) {
        for (connection, event) in outgoing {
            let (_, own, peers) = self.believes.get_mut(&connection).expect("only sockets in a room hear");
            match event {
                ServerEvent::PeerJoined(peer) => {
                    assert_ne!(*own, peer);
                    assert!(peers.insert(peer), "joined twice");
                }
                ServerEvent::PeerLeft(peer, _) => assert!(peers.remove(&peer), "left without joining"),
                ServerEvent::Signal(_) | ServerEvent::Closing(_) => panic!("not asked for"),
            }
        }
    }

    fn take(&mut self, rooms: &mut Rooms, step: Step) {
        match step {
            Step::Join { connection, room: r, peer: p } => {
                let connection = ConnectionId(connection);
                let host = IpAddr::from([10, 0, 0, p % 2]);
                let joined = rooms.join_from(Some(host), connection, &room(r), &peer(p));
                let Ok(admission) = joined else { return };
                if let Some(older) = admission.replaced {
                    self.believes.remove(&older).expect("the older socket had a seat");
                }
                let known = admission.peers.into_iter().collect();
                self.believes.insert(connection, (room(r), peer(p), known));
                self.hear(admission.outgoing);
            }
            Step::Signal { connection, to } => {
                let connection = ConnectionId(connection);
                let belief = self.believes.get(&connection);
                match rooms.signal(connection, signal(peer(to))) {
                    Err(SignalError::NotJoined) => assert!(belief.is_none()),
                    Err(SignalError::NoSuchPeer) => assert!(!belief.unwrap().2.contains(&peer(to))),
                    Ok(relay) => {
                        let (at, from, known) = belief.expect("only a peer in a room signals");
                        assert!(known.contains(&peer(to)));
                        if let Some((receiver, event)) = relay.outgoing {
                            let (room, own, _) = &self.believes[&receiver];
                            assert_eq!((room, own), (at, &peer(to)));
                            let ServerEvent::Signal(event) = event else { panic!("not a signal") };
                            assert_eq!(&event.from, from);
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
        let mut rooms = Rooms::new(capacity).with_most_seats_per_host(3);
        let mut model = Model::default();
        for step in steps {
            model.take(&mut rooms, step);
            for (connection, (room, own, believed)) in &model.believes {
                prop_assert_eq!(rooms.seat(*connection), Some((room, own)));
                let members = &rooms.members[room];
                prop_assert!(members.len() <= capacity);
                let others = members.iter().map(|m| m.peer.clone()).filter(|p| p != own);
                prop_assert_eq!(believed, &others.collect::<BTreeSet<_>>());
            }
            prop_assert!(rooms.members.values().all(|members| !members.is_empty()));
            prop_assert_eq!(rooms.seats.len(), model.believes.len());
            prop_assert!(rooms.hosts.values().all(|held| (1..=3).contains(held)));
            prop_assert_eq!(rooms.hosts.values().sum::<u32>() as usize, rooms.peers());
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
