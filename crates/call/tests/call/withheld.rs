//! A picture that is not sent for a while, because nobody sees it or the network does not carry it, is none that is missing.

use super::links::{connected, traffic};
use super::*;

fn peer(connection: ConnectionId, event: PeerEvent) -> Input {
    Input::Peer { peer: bob(), connection, event }
}

fn camera_is_on(call: &mut Call, connection: ConnectionId) {
    let presence = json!({"revision": 1, "name": "Bob", "microphone": true, "camera": true});
    feed(call, peer(connection, PeerEvent::Control(json!({ "presence": presence }).to_string())));
}

/// What is done in so many seconds in which sound comes, and no picture.
fn seconds(call: &mut Call, connection: ConnectionId, from: u64, count: u64) -> Vec<Vec<Effect>> {
    let second = |at| {
        let traffic = Traffic { bytes: at * 100, sound: at * 50, frames: 7 };
        feed(call, peer(connection, PeerEvent::Traffic(traffic)))
    };
    (from..from + count).map(second).collect()
}

#[test]
fn a_picture_that_is_withheld_is_not_missed() {
    let (mut call, connection, _) = connected();
    camera_is_on(&mut call, connection);
    assert_eq!(feed(&mut call, Input::Withheld(bob(), true)), []);
    let effects = seconds(&mut call, connection, 1, 120).concat();
    assert_eq!(effects, [], "neither asked for, nor a restart, nor a new connection");
    assert_eq!(call.view().tiles[1].link, Link::Connected);
}

#[test]
fn once_it_is_due_again_it_is_missed_after_a_while_of_its_own() {
    let (mut call, connection, _) = connected();
    camera_is_on(&mut call, connection);
    feed(&mut call, Input::Withheld(bob(), true));
    seconds(&mut call, connection, 1, 60);
    feed(&mut call, Input::Withheld(bob(), false));
    let steps = seconds(&mut call, connection, 61, 20);
    let acted: Vec<usize> =
        steps.iter().enumerate().filter(|(_, step)| !step.is_empty()).map(|(at, _)| at).collect();
    assert_eq!(acted, [3, 9, 19]);
}

#[test]
fn sound_is_missed_all_the_same() {
    let (mut call, connection, _) = connected();
    camera_is_on(&mut call, connection);
    feed(&mut call, Input::Withheld(bob(), true));
    let second = |call: &mut Call, at: u64| {
        let traffic = Traffic { bytes: at * 100, sound: 9, frames: 0 };
        feed(call, peer(connection, PeerEvent::Traffic(traffic)))
    };
    let effects: Vec<_> = (1..8).flat_map(|at| second(&mut call, at)).collect();
    let asks = |effect: &&Effect| matches!(effect, Effect::Peer { command: PeerCommand::SendControl(_), .. });
    assert_eq!(effects.iter().filter(asks).count(), 1, "{effects:?}");
}

#[test]
fn a_new_connection_takes_over_without_a_picture_that_is_withheld() {
    let (mut call, old, _) = connected();
    camera_is_on(&mut call, old);
    feed(&mut call, Input::Withheld(bob(), true));
    let failed = PeerEvent::Failed { operation: Operation::SetRemote, error: "InvalidAccessError".into() };
    let effects = feed(&mut call, peer(old, failed));
    let [(_, new, _)] = opened(&effects).try_into().expect("one newer connection");
    let mut effects = feed(&mut call, peer(new, PeerEvent::State(ConnectionState::Connected)));
    effects.extend(feed(&mut call, peer(new, PeerEvent::ControlOpen)));
    effects.extend(feed(&mut call, peer(new, traffic(100))));
    let closes =
        |effect: &Effect| matches!(effect, Effect::ClosePeer { connection, .. } if *connection == old);
    assert!(effects.iter().any(closes), "{effects:?}");
}

#[test]
fn of_who_is_not_there_nothing_is_withheld() {
    let (mut call, _, _) = connected();
    assert_eq!(feed(&mut call, Input::Withheld(carol(), true)), []);
}
