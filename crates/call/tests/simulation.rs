//! Whole calls in one thread: real [`visavis_call::Call`]s, the server's real `Rooms`, model browsers, and a seeded
//! random order of everything that can happen. Whatever the order: no browser meets an operation in a wrong state,
//! and in the end everybody in the room is linked to everybody else and sees them as they are.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

#[path = "simulation/browser.rs"]
mod browser;
#[path = "simulation/check.rs"]
mod check;
#[path = "simulation/person.rs"]
mod person;
#[path = "simulation/random.rs"]
mod random;
#[path = "simulation/server.rs"]
mod server;
#[path = "simulation/trouble.rs"]
mod trouble;
#[path = "simulation/world.rs"]
mod world;
#[path = "simulation/writer.rs"]
mod writer;

use world::{Faults, World};

/// Runs schedules of this many people and returns how often offers met.
fn schedules(people: usize, seeds: std::ops::Range<u64>, faults: Faults) -> u64 {
    let run = |seed| {
        let story = World::new(people, seed, faults).run();
        // With new names for everybody, messages under the old ones may meet what was made under the new.
        assert!(
            story.misfits == 0 || faults.keys + faults.refusals > 0,
            "seed {seed}: a description did not fit"
        );
        story.collisions
    };
    seeds.map(run).sum()
}

#[test]
fn any_order_of_delivery_settles() {
    schedules(2, 0..4_000, Faults::none());
    schedules(3, 0..1_500, Faults::none());
    schedules(5, 0..200, Faults::none());
    schedules(8, 0..50, Faults::none());
}

#[test]
fn lost_and_repeated_messages_are_made_up_for() {
    schedules(2, 10_000..12_000, Faults { loss: 15, repetition: 15, ..Faults::none() });
    schedules(3, 10_000..10_800, Faults { loss: 15, repetition: 15, ..Faults::none() });
    schedules(6, 10_000..10_050, Faults { loss: 15, repetition: 15, ..Faults::none() });
}

#[test]
fn joins_leaves_and_lost_sockets_in_the_middle_settle() {
    schedules(2, 20_000..21_500, Faults { sockets: 8, leaves: 6, ..Faults::none() });
    schedules(4, 20_000..20_300, Faults { sockets: 12, leaves: 12, ..Faults::none() });
}

#[test]
fn pages_that_are_loaded_again_settle() {
    schedules(2, 70_000..71_500, Faults { reloads: 8, ..Faults::none() });
    schedules(4, 70_000..70_300, Faults { reloads: 12, loss: 5, repetition: 5, ..Faults::none() });
}

#[test]
fn broken_links_are_made_anew() {
    schedules(2, 30_000..31_500, Faults { links: 8, ..Faults::none() });
    schedules(4, 30_000..30_200, Faults { links: 12, ..Faults::none() });
}

#[test]
fn a_server_with_another_key_tears_nothing_down() {
    let faults = Faults { keys: 8, haste: false, ..Faults::none() };
    let mut torn = 0;
    for (people, seeds) in [(2, 50_000..52_000), (3, 50_000..51_000), (5, 50_000..50_300)] {
        torn += seeds.map(|seed| World::new(people, seed, faults).run().torn).sum::<u64>();
    }
    assert_eq!(torn, 0, "links that worked were closed");
}

#[test]
fn without_the_server_signals_are_passed_on_by_others() {
    for (people, seeds) in [(3, 60_000..61_000), (5, 60_000..60_200)] {
        for seed in seeds {
            World::new(people, seed, Faults { changes: 0, ..Faults::none() }).run_in_the_dark();
        }
    }
}

#[test]
fn answers_that_a_browser_refuses_are_made_up_for() {
    schedules(2, 80_000..81_500, Faults { refusals: 10, ..Faults::none() });
    schedules(4, 80_000..80_200, Faults { refusals: 10, links: 4, ..Faults::none() });
}

#[test]
fn whom_the_host_removes_is_out_whatever_else_happens() {
    schedules(3, 90_000..90_600, Faults { removals: 12, ..Faults::none() });
    let faults = Faults { removals: 12, loss: 8, repetition: 8, sockets: 6, links: 6, ..Faults::none() };
    schedules(3, 91_000..91_600, faults);
    schedules(5, 92_000..92_150, faults);
}

#[test]
fn who_is_removed_while_the_server_is_away_is_out_and_stays_out() {
    for (people, seeds) in [(2, 93_000..93_100), (3, 93_100..93_300), (5, 93_300..93_350)] {
        for seed in seeds {
            let faults = Faults { changes: 0, words: 0, ..Faults::none() };
            for (hears, remembers) in [(true, true), (true, false), (false, true), (false, false)] {
                World::new(people, seed, faults).run_removal(hears, remembers);
            }
        }
    }
}

#[test]
fn everything_at_once_settles() {
    let faults = Faults {
        loss: 8,
        repetition: 8,
        sockets: 6,
        leaves: 6,
        reloads: 4,
        links: 6,
        keys: 4,
        refusals: 2,
        ..Faults::none()
    };
    let collisions = schedules(2, 40_000..41_500, faults) + schedules(5, 40_000..40_150, faults);
    assert!(collisions > 500, "the schedules hardly met a collision of offers: {collisions}");
}
