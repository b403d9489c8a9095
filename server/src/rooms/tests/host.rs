//! Who is the host, and what they alone may do.

use super::*;

/// Somebody who is host since then, as they have proved.
fn since(claim: u64, connection: ConnectionId, peer: PeerId) -> Arrival {
    Arrival { hosts_since: Some(claim), ..Arrival::new(connection, peer) }
}

/// Somebody whom the room has forgotten.
fn returning(connection: ConnectionId, peer: PeerId) -> Arrival {
    Arrival { resumes: true, makes_at: None, ..Arrival::new(connection, peer) }
}

fn host_is(peer: Option<PeerId>) -> ServerEvent {
    ServerEvent::Host(peer)
}

#[test]
fn who_makes_the_room_is_its_host_until_they_leave() {
    let mut rooms = Rooms::new(8);
    let admission = rooms.join(ALICE, &room(1), &peer(1)).unwrap();
    assert_eq!((admission.host, admission.hosts_since), (Some(peer(1)), Some(0)));
    let admission = rooms.join(BOB, &room(1), &peer(2)).unwrap();
    assert_eq!((admission.host, admission.hosts_since), (Some(peer(1)), None));
    let left = ServerEvent::PeerLeft(peer(1), LeftReason::Left);
    assert_eq!(rooms.leave(ALICE), Ok(vec![(BOB, left), (BOB, host_is(None))]), "nobody inherits");
    let admission = rooms.join(CAROL, &room(1), &peer(3)).unwrap();
    assert_eq!((admission.host, admission.hosts_since), (None, None));
}

#[test]
fn a_host_that_is_away_is_still_the_host() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(ALICE).unwrap();
    assert_eq!(rooms.join(CAROL, &room(1), &peer(3)).unwrap().host, Some(peer(1)));
    let left = ServerEvent::PeerLeft(peer(1), LeftReason::Lost);
    let told = [(BOB, left.clone()), (CAROL, left), (BOB, host_is(None)), (CAROL, host_is(None))];
    assert_eq!(rooms.grace_expired(&absence), told);
}

#[test]
fn who_proves_to_be_host_is_host_again() {
    let mut rooms = call_of(2);
    rooms.leave(ALICE).unwrap();
    let admission = rooms.admit(&room(1), since(0, CAROL, peer(3))).unwrap();
    assert_eq!((admission.host, admission.hosts_since), (Some(peer(3)), Some(0)));
    assert_eq!(admission.outgoing[1..], [(BOB, host_is(Some(peer(3))))]);
}

#[test]
fn who_made_the_room_first_wins_and_who_made_it_anew_is_next() {
    let mut rooms = Rooms::new(8);
    rooms.admit(&room(1), Arrival { makes_at: Some(9), ..Arrival::new(BOB, peer(2)) }).unwrap();
    let admission = rooms.admit(&room(1), since(5, ALICE, peer(1))).unwrap();
    assert_eq!(admission.host, Some(peer(1)));
    let admission = rooms.admit(&room(1), since(9, CAROL, peer(3))).unwrap();
    assert_eq!(admission.host, Some(peer(1)), "a later claim waits");
    let told = rooms.leave(ALICE).unwrap();
    assert_eq!(
        told[2..],
        [(BOB, host_is(Some(peer(3)))), (CAROL, host_is(Some(peer(3))))],
        "the newest of equals"
    );
}

#[test]
fn whom_the_room_has_forgotten_makes_it_without_being_its_host() {
    let mut rooms = Rooms::new(8);
    let admission = rooms.admit(&room(1), returning(BOB, peer(2))).unwrap();
    assert_eq!((admission.host, admission.hosts_since), (None, None));
}

#[test]
fn only_the_host_locks_and_removes() {
    let mut rooms = call_of(3);
    assert_eq!(rooms.lock(BOB, true), Err(HostError::NotHost));
    assert_eq!(rooms.remove(BOB, &peer(3)), Err(HostError::NotHost));
    assert_eq!(rooms.remove(BOB, &peer(1)), Err(HostError::NotHost));
    let stranger = ConnectionId(9);
    assert_eq!(rooms.lock(stranger, true), Err(HostError::NotJoined));
    assert_eq!(rooms.remove(stranger, &peer(3)), Err(HostError::NotJoined));
    rooms.join(stranger, &room(2), &peer(9)).unwrap();
    assert_eq!(rooms.remove(stranger, &peer(3)), Err(HostError::NoSuchPeer), "host of another room");
    assert_eq!(rooms.remove(ALICE, &peer(1)), Err(HostError::NoSuchPeer), "oneself");
    assert_eq!(rooms.peers(), 4);
}

#[test]
fn a_locked_room_lets_nobody_new_in() {
    let mut rooms = call_of(2);
    let locked = ServerEvent::Locked(true);
    assert_eq!(rooms.lock(ALICE, true), Ok(vec![(ALICE, locked.clone()), (BOB, locked)]));
    assert_eq!(rooms.lock(ALICE, true), Ok(vec![]), "no news");
    assert_eq!(rooms.join(CAROL, &room(1), &peer(3)), Err(JoinError::RoomLocked));
    assert_eq!(rooms.admit(&room(1), since(1, CAROL, peer(3))), Err(JoinError::RoomLocked), "a later host");
    assert!(rooms.join(CAROL, &room(1), &peer(2)).unwrap().locked, "bob on a newer socket");
    rooms.leave(CAROL).unwrap();
    assert!(rooms.admit(&room(1), returning(BOB, peer(2))).is_ok(), "who was in here");
    rooms.leave(ALICE).unwrap();
    assert_eq!(rooms.join(CAROL, &room(1), &peer(3)), Err(JoinError::RoomLocked), "it stays locked");
    let admission = rooms.admit(&room(1), since(0, ALICE, peer(4))).unwrap();
    assert!(admission.locked && admission.host == Some(peer(4)), "but for the host");
    let unlocked = ServerEvent::Locked(false);
    assert_eq!(rooms.lock(ALICE, false), Ok(vec![(BOB, unlocked.clone()), (ALICE, unlocked)]));
    assert!(rooms.join(CAROL, &room(1), &peer(3)).is_ok());
}

#[test]
fn who_is_removed_does_not_come_back_as_who_they_were() {
    let mut rooms = call_of(3);
    let removal = rooms.remove(ALICE, &peer(2)).unwrap();
    let left = ServerEvent::PeerLeft(peer(2), LeftReason::Removed);
    let told = vec![(BOB, ServerEvent::Removed), (ALICE, left.clone()), (CAROL, left)];
    assert_eq!(removal, Removal { removed: Some(BOB), outgoing: told });
    assert_eq!(rooms.seat(BOB), None);
    assert_eq!(rooms.admit(&room(1), returning(BOB, peer(2))), Err(JoinError::Removed));
    assert!(rooms.join(BOB, &room(1), &peer(4)).is_ok(), "as somebody new, for the room is not locked");
}

#[test]
fn who_is_away_can_be_removed() {
    let mut rooms = call_of(2);
    let absence = rooms.lost(BOB).unwrap();
    let left = ServerEvent::PeerLeft(peer(2), LeftReason::Removed);
    let removal = rooms.remove(ALICE, &peer(2)).unwrap();
    assert_eq!(removal, Removal { removed: None, outgoing: vec![(ALICE, left)] });
    assert_eq!(rooms.grace_expired(&absence), []);
    assert_eq!(rooms.join(BOB, &room(1), &peer(2)), Err(JoinError::Removed));
}

#[test]
fn a_room_remembers_only_so_many_who_were_removed() {
    let mut rooms = call_of(1);
    let ids = (0_u16..300)
        .map(|n| PeerId::from_bytes([&n.to_be_bytes()[..], &[7; 8]].concat().try_into().unwrap()));
    for id in ids {
        rooms.join(BOB, &room(1), &id).unwrap();
        rooms.remove(ALICE, &id).unwrap();
    }
    assert_eq!(rooms.open[&room(1)].remembers(), 256);
}
