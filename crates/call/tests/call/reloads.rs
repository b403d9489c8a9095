//! Pages that are loaded again in the middle of a call.

use super::*;

#[test]
fn a_page_that_is_loaded_again_comes_back_as_who_it_was() {
    let config = |seat| Config {
        secret: Secret::parse("0123456789abcdefghjkmnpqrs").unwrap(),
        seed: [1; 32],
        name: "Alice".into(),
        microphone: false,
        camera: false,
        remembered: Remembered::default(),
        seat,
        host_token: None,
    };
    let enter = |call: &mut Call| {
        socket(call, SocketEvent::Connected);
        let (request, resumes) = join_request(&intent(call, Intent::Join));
        (reply(call, request, joined(&[bob()])), resumes)
    };
    let seat = |effects: &[Effect]| {
        effects.iter().find_map(|effect| match effect {
            Effect::KeepSeat(seat) => Some(seat.clone()),
            _ => None,
        })
    };
    let (mut call, _) = Call::new(config(None));
    let (effects, resumes) = enter(&mut call);
    assert!(!resumes);
    let kept = seat(&effects).expect("a seat is kept");
    let effects = intent(&mut call, Intent::Unload);
    assert!(effects.iter().any(|effect| matches!(effect, Effect::Send { event: ClientEvent::Leave, .. })));
    assert!(!effects.contains(&Effect::GiveUpSeat));

    let (mut call, _) = Call::new(config(Some(kept.clone())));
    let (effects, resumes) = enter(&mut call);
    assert!(resumes);
    assert_ne!(seat(&effects), Some(kept.clone()), "the next life counts on from this one");
    let (_, connection, _) = opened(&effects).remove(0);
    assert!(connection.generation > 1, "newer than any connection of the life before");
    let sequence = effects.iter().find_map(|effect| match effect {
        Effect::Send { event: ClientEvent::Signal(signal), .. } => Some(signal.seq),
        _ => None,
    });
    assert!(sequence.is_some_and(|sequence| sequence > 1 << 32), "{sequence:?}");
    assert!(intent(&mut call, Intent::Leave).contains(&Effect::GiveUpSeat));

    let (mut call, _) = Call::new(config(Some(kept)));
    socket(&mut call, SocketEvent::Connected);
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    let (_, resumes) = join_request(&reply(&mut call, request, refused("bad_token")));
    assert!(!resumes, "a server without its key lets everybody in anew");
}

#[test]
fn who_comes_back_has_the_same_place() {
    let (mut call, _) = in_call_with(&[bob(), carol()]);
    let names = |call: &Call| call.view().tiles.iter().map(|tile| tile.peer.clone()).collect::<Vec<_>>();
    event(&mut call, "peer-left", json!({"peer": bob(), "reason": "left"}));
    assert_eq!(names(&call), [alice(), carol()]);
    event(&mut call, "peer-joined", json!({"peer": bob()}));
    assert_eq!(names(&call), [alice(), bob(), carol()]);
}
