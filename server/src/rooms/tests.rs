//! One input, the expected outcome.

mod host;
mod walks;

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

/// Comes from this address, or from one that is not known.
fn from(address: Option<IpAddr>, connection: ConnectionId, peer: PeerId) -> Arrival {
    Arrival { address, ..Arrival::new(connection, peer) }
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

/// Of somebody whom the room knows: who made it is there besides.
fn silent(host: PeerId) -> Admission {
    Admission {
        peers: vec![host.clone()],
        host: Some(host),
        hosts_since: None,
        locked: false,
        replaced: None,
        outgoing: vec![],
    }
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
fn an_address_has_its_share_of_seats_in_all_rooms() {
    let [here, there] = [1, 2].map(|n| Some(IpAddr::from([10, 0, 0, n])));
    let mut rooms = Rooms::new(8).with_most_seats_per_address(2);
    rooms.admit(&room(1), from(here, ALICE, peer(1))).unwrap();
    rooms.admit(&room(2), from(here, BOB, peer(2))).unwrap();
    let absence = rooms.lost(BOB).unwrap();
    let refused = Err(JoinError::TooManySeats);
    assert_eq!(rooms.admit(&room(3), from(here, CAROL, peer(3))), refused, "who is away holds a seat");
    assert_eq!(rooms.rooms(), 2, "a refused join leaves no room behind");
    rooms.admit(&room(2), from(there, CAROL, peer(2))).expect("who is known always fits");
    assert_eq!(rooms.admit(&room(3), from(here, BOB, peer(3))), refused, "the seat stays where it was taken");
    rooms.admit(&room(3), from(there, BOB, peer(3))).unwrap();
    rooms.leave(ALICE).unwrap();
    rooms.admit(&room(1), from(here, ALICE, peer(1))).expect("what is given back can be had again");
    assert_eq!(rooms.grace_expired(&absence), []);
}

#[test]
fn a_peer_that_comes_back_in_time_does_so_in_silence() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(BOB).unwrap();
    let gone = Relay { delivery: Delivery::Gone, outgoing: None };
    assert_eq!(rooms.signal(ALICE, signal(peer(2))), Ok(gone));
    let admission = rooms.join(CAROL, &room(1), &peer(2)).unwrap();
    assert_eq!(admission, silent(peer(1)));
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
    assert_eq!(again, silent(peer(1)));
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
fn who_looks_in_sees_who_is_there_and_what_they_show_of_themselves() {
    let mut rooms = call_of(2);
    assert_eq!(rooms.set_card(BOB, "sealed".into()), Ok(()));
    assert_eq!(rooms.set_card(CAROL, "sealed".into()), Err(NotJoined));
    rooms.lost(BOB).unwrap();
    let people =
        vec![Seated { peer: peer(1), card: None }, Seated { peer: peer(2), card: Some("sealed".into()) }];
    assert_eq!(rooms.look(&room(1)), Inside { people, locked: false, capacity: 8 });
    assert_eq!(rooms.look(&room(2)), Inside { people: vec![], locked: false, capacity: 8 });
    assert_eq!(rooms.rooms(), 1, "to look makes no room");
    rooms.lock(ALICE, true).unwrap();
    assert!(rooms.look(&room(1)).locked);
    rooms.join(CAROL, &room(1), &peer(2)).unwrap();
    assert!(rooms.look(&room(1)).people[1].card.is_some(), "who comes back in time shows the same");
    rooms.leave(CAROL).unwrap();
    assert_eq!(rooms.look(&room(1)).people.len(), 1);
}

#[test]
fn an_empty_room_is_forgotten() {
    let mut rooms = call_of(1);
    rooms.leave(ALICE).unwrap();
    assert_eq!((rooms.rooms(), rooms.peers()), (0, 0));
    assert_eq!(rooms.join(ALICE, &room(1), &peer(1)).unwrap().peers, []);
}
