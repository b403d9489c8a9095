//! A bounded run of the fuzz target on the stable compiler: random programs from fixed seeds, the same every time.

#![allow(
    clippy::indexing_slicing,
    clippy::wildcard_enum_match_arm,
    unreachable_pub,
    reason = "the entry is shared with the fuzz target, which panics on purpose"
)]

#[path = "../fuzz/entry.rs"]
mod entry;

/// A linear congruential generator's high bytes: plain, and the same everywhere.
fn program(seed: u64) -> Vec<u8> {
    let mut state = seed;
    let mut next = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        state.to_be_bytes()[0]
    };
    next();
    let length = usize::from(next()) * 4;
    (0..length).map(|_| next()).collect()
}

#[test]
fn random_programs_keep_every_promise() {
    let mut all = entry::Reached::default();
    for seed in 0..20_000 {
        let reached = entry::run(&program(seed));
        all.connected += reached.connected;
        all.upgraded += reached.upgraded;
        all.refused += reached.refused;
        all.events += reached.events;
        all.attachments += reached.attachments;
        all.acknowledged += reached.acknowledged;
        all.timed_out += reached.timed_out;
        all.lost += reached.lost;
    }
    let entry::Reached { connected, upgraded, refused, events, attachments, acknowledged, timed_out, lost } =
        all;
    let least =
        [connected, upgraded, refused, events, attachments, acknowledged, timed_out, lost].into_iter().min();
    assert!(least >= Some(10), "the programs lead nowhere: {all:?}");
}
