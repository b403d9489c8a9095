//! What somebody says who means ill, word by word, and what follows.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use visavis_files::{
    BLOCK_BYTES, Config, Effect, FileId, FileProblem, FileState, Files, Hash, Input, Intent, Picked,
    StoreOutcome, TakerState, Timer,
};
use visavis_protocol::PeerId;

fn peer(digit: u8) -> PeerId {
    PeerId::from_bytes([digit; 10])
}

fn file() -> FileId {
    FileId::from_bytes([1; 10])
}

fn hash(block: u8) -> Hash {
    Hash::from_bytes([block; 32])
}

const ALICE: u8 = 1;
const MALLORY: u8 = 3;

fn hear(files: &mut Files, from: u8, word: &str) -> Vec<Effect> {
    files.handle(Input::Heard(peer(from), word.replace("FILE", file().as_str())))
}

fn coming(files: &mut Files, from: u8, block: u8, hash: Hash) -> bool {
    let coming = Input::Coming { from: peer(from), file: file(), block: block.into(), hash };
    files.handle(coming).iter().any(|effect| matches!(effect, Effect::Store { .. }))
}

fn stored(files: &mut Files, from: u8, block: u8, outcome: StoreOutcome) -> Vec<Effect> {
    files.handle(Input::Stored { from: peer(from), file: file(), block: block.into(), outcome })
}

fn asked(effects: &[Effect], whom: u8) -> bool {
    let wants = |text: &str| text.starts_with("{\"want") && !text.contains("\"blocks\":[]");
    effects
        .iter()
        .any(|effect| matches!(effect, Effect::Say { to, text } if *to == peer(whom) && wants(text)))
}

/// Bob, who has accepted a file of four blocks of Alice; he knows all hashes, and Mallory is there.
fn bob() -> Files {
    let mut bob = offered();
    let _ = bob.handle(Input::Intent(Intent::Accept(file())));
    let _ = bob.handle(Input::Created(file(), Ok(())));
    let hashes: Vec<String> = (0..4).map(|block| format!("\"{}\"", hash(block))).collect();
    let word = format!(r#"{{"hashes":{{"file":"FILE","from":0,"hashes":[{}]}}}}"#, hashes.join(","));
    hear(&mut bob, ALICE, &word);
    bob
}

fn offered() -> Files {
    let mut bob = Files::new(Config { room: "room".into(), seed: 1 });
    let _ = bob.handle(Input::Linked(peer(ALICE)));
    let _ = bob.handle(Input::Linked(peer(MALLORY)));
    let size = 4 * BLOCK_BYTES;
    let word = format!(r#"{{"offer":{{"file":"FILE","name":"a","size":{size},"at":1,"shared":true}}}}"#);
    hear(&mut bob, ALICE, &word);
    bob
}

const HAVE: &str = r#"{"have":{"file":"FILE","blocks":[[0,4]]}}"#;

/// Alice gives nothing for a while, so that what she was asked for is asked of others.
fn give_back(bob: &mut Files) -> Vec<Effect> {
    let mut effects = hear(bob, MALLORY, HAVE);
    effects.extend(bob.handle(Input::Cut(peer(ALICE), file())));
    effects
}

#[test]
fn who_gives_damaged_blocks_is_not_asked_again() {
    let mut bob = bob();
    let mut effects = give_back(&mut bob);
    for _ in 0..3 {
        assert!(asked(&effects, MALLORY));
        let block = (0..4).find(|block| coming(&mut bob, MALLORY, *block, hash(*block))).unwrap();
        effects = stored(&mut bob, MALLORY, block, StoreOutcome::Damaged);
        effects.extend(hear(&mut bob, MALLORY, HAVE));
        effects.extend(bob.handle(Input::Cut(peer(MALLORY), file())));
    }
    assert!(!asked(&effects, MALLORY));
    let all = (0..4).filter(|block| {
        let comes = coming(&mut bob, ALICE, *block, hash(*block));
        stored(&mut bob, ALICE, *block, StoreOutcome::Stored);
        comes
    });
    assert_eq!(all.count(), 4);
    assert_eq!(bob.view().files[0].state, FileState::Done);
}

#[test]
fn who_stops_in_the_middle_of_a_block_keeps_it_from_nobody() {
    let mut bob = bob();
    give_back(&mut bob);
    let block = (0..4).find(|block| coming(&mut bob, MALLORY, *block, hash(*block))).unwrap();
    for _ in 0..40 {
        let _ = bob.handle(Input::Timer(Timer::Tick));
    }
    assert!(coming(&mut bob, ALICE, block, hash(block)));
}

#[test]
fn nobody_but_who_offers_it_sends_what_was_not_asked_for() {
    let mut bob = bob();
    hear(&mut bob, MALLORY, r#"{"have":{"file":"FILE","blocks":[]}}"#);
    assert!((0..4).all(|block| !coming(&mut bob, MALLORY, block, hash(block))));
}

#[test]
fn what_is_here_is_not_deleted_by_what_its_sender_says_later() {
    let mut bob = bob();
    for block in 0..4 {
        assert!(coming(&mut bob, ALICE, block, hash(block)));
        stored(&mut bob, ALICE, block, StoreOutcome::Stored);
    }
    let before = bob.view();
    assert_eq!(before.files[0].state, FileState::Done);
    assert!(!coming(&mut bob, ALICE, 0, hash(9)));
    hear(&mut bob, ALICE, &format!(r#"{{"root":{{"file":"FILE","hash":"{}"}}}}"#, hash(9)));
    assert_eq!(bob.view(), before);
}

#[test]
fn what_finds_room_later_does_not_look_as_if_it_did_not() {
    let mut bob = offered();
    let _ = bob.handle(Input::Intent(Intent::Accept(file())));
    let _ = bob.handle(Input::Created(file(), Err(StoreOutcome::Full)));
    let _ = bob.handle(Input::Intent(Intent::Accept(file())));
    let _ = bob.handle(Input::Created(file(), Ok(())));
    assert_eq!(bob.view().files[0].state, FileState::Coming);
}

#[test]
fn a_disk_that_becomes_full_takes_the_rest_when_there_is_room() {
    let mut bob = bob();
    assert!(coming(&mut bob, ALICE, 0, hash(0)) && coming(&mut bob, ALICE, 1, hash(1)));
    stored(&mut bob, ALICE, 0, StoreOutcome::Stored);
    stored(&mut bob, ALICE, 1, StoreOutcome::Full);
    assert_eq!(bob.view().files[0].state, FileState::Ended(FileProblem::Full));
    let effects = bob.handle(Input::Intent(Intent::Accept(file())));
    assert!(asked(&effects, ALICE), "{effects:?}");
    for block in 1..4 {
        assert!(coming(&mut bob, ALICE, block, hash(block)));
        stored(&mut bob, ALICE, block, StoreOutcome::Stored);
    }
    assert_eq!(bob.view().files[0].state, FileState::Done);
}

#[test]
fn a_size_that_lies_costs_no_memory() {
    let mut bob = Files::new(Config { room: "room".into(), seed: 1 });
    let word =
        format!(r#"{{"offer":{{"file":"FILE","name":"a","size":{},"at":1,"shared":true}}}}"#, 1_u64 << 40);
    hear(&mut bob, MALLORY, &word);
    hear(&mut bob, 4, r#"{"have":{"file":"FILE","blocks":[[0,4294967295]]}}"#);
    assert!(format!("{bob:?}").len() < 5_000);
}

#[test]
fn what_is_asked_for_again_and_again_is_kept_once() {
    let mut alice = Files::new(Config { room: "room".into(), seed: 1 });
    let _ = alice.handle(Input::Linked(peer(MALLORY)));
    let (name, kind) = ("a".into(), String::new());
    let picked = Picked { file: file(), name, size: 1000 * BLOCK_BYTES, kind, thumbnail: None };
    let _ = alice.handle(Input::Intent(Intent::Offer { files: vec![picked], to: None, now: 1 }));
    let (check, want, take) = (
        r#"{"check":{"file":"FILE","blocks":[[0,1000]]}}"#,
        r#"{"want":{"file":"FILE","anew":false,"blocks":[[0,1000],[0,1000]]}}"#,
        r#"{"take":{"file":"FILE"}}"#,
    );
    let mut sizes = Vec::new();
    for _ in 0..3 {
        for word in [take, check, want, r#"{"have":{"file":"FILE","blocks":[[0,1000]]}}"#, check] {
            hear(&mut alice, MALLORY, word);
        }
        sizes.push(format!("{alice:?}").len());
    }
    assert!(sizes[2] <= sizes[0] + 200, "{sizes:?}");
    // Who has it has it, also if they delete it.
    hear(&mut alice, MALLORY, r#"{"leave":{"file":"FILE"}}"#);
    assert_eq!(alice.view().files[0].takers[0].state, TakerState::Done);
}
