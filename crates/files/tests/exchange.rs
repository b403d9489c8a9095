//! Files that go from one to others, with a shell that has discs and channels in memory.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

#[path = "exchange/world.rs"]
mod world;

use visavis_files::{BLOCK_BYTES, Effect, FileProblem, FileState, Input, Intent, MOST_BYTES, Picked};

use self::world::{World, file, peer};

#[test]
fn nothing_flows_before_it_is_accepted() {
    let mut world = World::new(2);
    world.offer(100, Some(peer(2)));
    assert_eq!((world.state(1), world.people[0].sent), (Some(FileState::Offered), 0));
    world.intent(1, Intent::Decline(file(1)));
    assert_eq!((world.state(1), world.people[0].sent), (Some(FileState::Declined), 0));
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 100);
    assert_eq!(world.state(0), Some(FileState::Done));
    assert_eq!(world.people[0].sent, 100, "each block is sent once");
}

#[test]
fn a_file_for_one_person_is_offered_to_nobody_else() {
    let mut world = World::new(3);
    world.offer(3, Some(peer(2)));
    assert_eq!((world.state(1), world.state(2)), (Some(FileState::Offered), None));
}

#[test]
fn where_nobody_else_is_a_file_comes_from_beginning_to_end() {
    let mut world = World::new(2);
    world.offer(1000, None);
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() == 300);
    assert!(world.people[1].disk.keys().copied().eq(0..300), "they are the first ones");
    world.run();
    world.assert_has(1, 1000);
}

#[test]
fn who_has_some_of_it_gives_it_to_others() {
    let mut world = World::new(4);
    world.offer(1000, None);
    for who in 1..4 {
        world.inputs.push_back((who, Input::Intent(Intent::Accept(file(1)))));
    }
    world.run();
    for who in 1..4 {
        world.assert_has(who, 1000);
    }
    assert!(world.people[0].sent < 1500, "{} blocks were sent by the first", world.people[0].sent);
}

#[test]
fn damaged_blocks_are_asked_for_again() {
    let mut world = World::new(2);
    world.damages = 60;
    world.offer(150, Some(peer(2)));
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 150);
}

#[test]
fn what_is_withdrawn_does_not_come() {
    let mut world = World::new(2);
    world.offer(10, None);
    world.intent(0, Intent::Withdraw(file(1)));
    assert_eq!(world.state(1), None, "it was not asked for");
}

#[test]
fn a_broken_link_costs_only_what_was_on_its_way() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.link();
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn who_takes_it_may_load_their_page_again() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.reload(1);
    world.link();
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn who_offers_it_may_load_their_page_again_and_pick_it_anew() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.cut_after(90);
    world.reload(0);
    world.link();
    assert_eq!(world.state(1), Some(FileState::Waiting), "nobody offers it");
    let picked = Picked {
        file: file(2),
        name: "a.bin".into(),
        size: 200 * BLOCK_BYTES,
        kind: String::new(),
        thumbnail: None,
    };
    world.intent(0, Intent::Offer { files: vec![picked], to: Some(peer(2)), now: 2 });
    world.assert_has(1, 200);
    assert!(world.people[0].sent < 200 + 40, "{} blocks were sent", world.people[0].sent);
}

#[test]
fn either_side_can_let_it_rest() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() >= 50);
    for (who, state) in [(1, FileState::Paused), (0, FileState::Held)] {
        world.intent(who, Intent::Pause(file(1), true));
        assert_eq!(world.state(1), Some(state));
        let sent = world.people[0].sent;
        assert!(sent < 200, "{sent} blocks were sent");
        world.inputs.push_back((who, Input::Intent(Intent::Pause(file(1), false))));
        world.run_until(|world| world.people[0].sent > sent);
    }
    world.run();
    world.assert_has(1, 200);
}

#[test]
fn a_file_that_changes_while_it_is_sent_ends_with_a_word() {
    let mut world = World::new(2);
    world.offer(200, Some(peer(2)));
    world.inputs.push_back((1, Input::Intent(Intent::Accept(file(1)))));
    world.run_until(|world| world.people[1].disk.len() >= 50);
    world.changed = true;
    world.run();
    for who in 0..2 {
        assert_eq!(world.state(who), Some(FileState::Ended(FileProblem::Changed)));
    }
    assert!(world.people[1].disk.is_empty(), "what is of no use is deleted");
}

#[test]
fn an_empty_file_is_a_file_and_one_too_large_is_none() {
    let mut world = World::new(2);
    world.offer(0, None);
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 0);
    let mut world = World::new(2);
    world.offer(u32::try_from(MOST_BYTES / BLOCK_BYTES).unwrap() + 1, None);
    assert_eq!((world.state(0), world.state(1)), (None, None));
}

#[test]
fn what_we_send_goes_on_when_a_channel_of_theirs_is_closed() {
    let mut world = World::new(3);
    world.offer(100, None);
    world.intent(1, Intent::Accept(file(1)));
    world.assert_has(1, 100);
    let files = &mut world.people[1].files;
    let want = |block: u32| {
        let file = file(1).as_str().to_owned();
        let text = format!(r#"{{"want":{{"file":"{file}","anew":false,"blocks":[[{block},1]]}}}}"#);
        Input::Heard(peer(3), text)
    };
    let sends = |effects: &[Effect], of: u32| {
        effects.iter().any(|effect| matches!(effect, Effect::Send { block, .. } if *block == of))
    };
    assert!(files.handle(want(7)).contains(&Effect::Open(peer(3), file(1))));
    assert!(sends(&files.handle(Input::Open(peer(3), file(1))), 7));
    assert_eq!(files.handle(Input::Cut(peer(3), file(1))), []);
    assert!(sends(&files.handle(want(8)), 8), "over the channel that is open");
}
