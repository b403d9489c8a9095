//! Raised hands: who is next is the same for everybody.

use super::*;

/// Bob's hand has this number; 0 is down.
fn bobs(call: &mut Call, connection: ConnectionId, revision: u32, hand: u32) {
    let presence = json!({"presence": {
        "revision": revision, "name": "Bob", "microphone": true, "camera": false, "hand": hand,
    }});
    let event = PeerEvent::Control(presence.to_string());
    feed(call, Input::Peer { peer: bob(), connection, event });
}

/// The places of our hand and of Bob's.
fn places(call: &Call) -> [Option<u32>; 2] {
    let places: Vec<Option<u32>> = call.view().tiles.iter().map(|tile| tile.hand).collect();
    places.try_into().expect("two of us")
}

/// The number that is told of our hand.
fn told(effects: &[Effect]) -> Option<u64> {
    effects.iter().find_map(|effect| match effect {
        Effect::Peer { command: PeerCommand::SendControl(text), .. } => {
            let signal: serde_json::Value = serde_json::from_str(text).ok()?;
            Some(signal["presence"]["hand"].as_u64().unwrap_or(0))
        }
        _ => None,
    })
}

#[test]
fn hands_have_an_order_that_all_agree_on() {
    let (mut call, connection, _) = links::connected();
    assert_eq!(places(&call), [None, None]);
    bobs(&mut call, connection, 100, 7);
    assert_eq!(places(&call), [None, Some(1)]);
    let effects = intent(&mut call, Intent::RaiseHand(true));
    assert_eq!((places(&call), told(&effects)), ([Some(2), Some(1)], Some(8)));
    assert_eq!(told(&intent(&mut call, Intent::RaiseHand(true))), None, "it is up already");
    bobs(&mut call, connection, 101, 0);
    assert_eq!(places(&call), [Some(1), None]);
    bobs(&mut call, connection, 102, 8);
    assert_eq!(places(&call), [Some(1), Some(2)], "of two at once the lesser id goes first");
    let effects = intent(&mut call, Intent::RaiseHand(false));
    assert_eq!((places(&call), told(&effects)), ([None, Some(1)], Some(0)));
}

#[test]
fn a_number_without_end_is_an_end() {
    let (mut call, connection, _) = links::connected();
    bobs(&mut call, connection, 100, u32::MAX);
    intent(&mut call, Intent::RaiseHand(true));
    assert_eq!(places(&call), [Some(1), Some(2)]);
}

#[test]
fn a_hand_is_of_one_call() {
    let (mut call, _, _) = links::connected();
    intent(&mut call, Intent::RaiseHand(true));
    intent(&mut call, Intent::Leave);
    intent(&mut call, Intent::RaiseHand(true));
    intent(&mut call, Intent::Join);
    socket(&mut call, SocketEvent::Connected);
    let effects = intent(&mut call, Intent::RaiseHand(true));
    assert_eq!(told(&effects), None, "nobody has let us in yet: {effects:?}");
}
