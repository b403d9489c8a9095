//! Whole transfers in one thread: real [`visavis_files::Files`], model disks and channels, and a seeded random order of
//! everything that can happen. Whatever the order: in the end everybody has every file that they wanted and that is
//! offered still, byte for byte, and who offers it knows.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::wildcard_enum_match_arm,
    reason = "a test fails by panicking"
)]

#[path = "simulation/check.rs"]
mod check;
#[path = "simulation/hostile.rs"]
mod hostile;
#[path = "simulation/person.rs"]
mod person;
#[path = "simulation/random.rs"]
mod random;
#[path = "simulation/trouble.rs"]
mod trouble;
#[path = "simulation/wires.rs"]
mod wires;
#[path = "simulation/world.rs"]
mod world;

use visavis_files::{FileState, Intent};
use world::{Faults, World};

const WISHES: Faults = Faults { links: 0, reloads: 0, leaves: 0, disks: 0, changes: 0, wishes: 100 };

/// Runs schedules of this many people.
fn schedules(people: usize, seeds: std::ops::Range<u64>, faults: Faults) {
    for seed in seeds {
        World::new(people, seed, faults).run(700 * people);
    }
}

#[test]
fn whatever_people_want_comes() {
    schedules(2, 0..150, WISHES);
    schedules(4, 0..30, WISHES);
}

#[test]
fn links_that_break_cost_no_file() {
    schedules(2, 1000..1150, Faults { links: 40, ..WISHES });
    schedules(3, 1000..1050, Faults { links: 40, ..WISHES });
}

#[test]
fn pages_that_are_loaded_again_go_on() {
    schedules(2, 2000..2150, Faults { reloads: 15, links: 20, ..WISHES });
    schedules(4, 2000..2040, Faults { reloads: 15, links: 20, ..WISHES });
}

#[test]
fn everything_at_once_ends_well() {
    let faults = Faults { links: 30, reloads: 10, leaves: 3, disks: 5, changes: 5, wishes: 100 };
    schedules(2, 3000..3150, faults);
    schedules(3, 3000..3070, faults);
    schedules(4, 3000..3040, faults);
}

/// How the second has what the first offers.
fn state(world: &World) -> Option<FileState> {
    world.people[1].files.view().files.first().map(|view| view.state)
}

#[test]
fn who_listens_late_hears_everything() {
    for seed in 0..30 {
        let mut world = World::new(2, seed, Faults::default());
        world.offer_new(0, 90, None);
        let late = std::mem::take(&mut world.people[1].events);
        world.rest();
        assert_eq!(state(&world), None, "it was said to nobody");
        world.people[1].events = late;
        world.rest();
        assert_eq!(state(&world), Some(FileState::Offered), "seed {seed}");
        let file = world.people[0].picks.keys().next().unwrap().clone();
        world.want(1, Intent::Accept(file));
        while world.people[1].disk.values().next().is_none_or(|place| place.blocks.len() < 30) {
            world.step();
        }
        world.cut(world.links[0].number);
        world.rest();
        world.join(0, 1);
        let late = std::mem::take(&mut world.people[1].events);
        world.rest();
        world.people[1].events = late;
        world.rest();
        assert_eq!(state(&world), Some(FileState::Done), "seed {seed}");
    }
}

#[test]
fn nothing_is_sent_twice_but_what_was_on_its_way() {
    let mut most = 0;
    for seed in 4000..4100 {
        let mut world = World::new(2, seed, Faults { links: 20, ..Faults::default() });
        world.offer_new(0, 300, None);
        world.rest();
        let file = world.people[0].picks.keys().next().unwrap().clone();
        let name = world.people[0].picks[&file].name.clone();
        world.people[1].wants.insert(name);
        world.want(1, Intent::Accept(file));
        let world = world.run(1000);
        assert!(world.sent <= 300 + world.spare, "seed {seed}: {} and {}", world.sent, world.spare);
        most = most.max(world.sent);
    }
    assert!(most > 300, "no link broke in the middle");
}

/// However late news come: what three want of one goes up about once.
#[test]
fn what_many_want_is_sent_about_once() {
    let (mut worst, mut all) = (0, 0);
    for seed in 5000..5030 {
        let mut world = World::new(4, seed, Faults::default());
        world.offer_new(0, 200, None);
        world.rest();
        let file = world.people[0].picks.keys().next().unwrap().clone();
        let name = world.people[0].picks[&file].name.clone();
        for taker in 1..4 {
            world.people[taker].wants.insert(name.clone());
            world.want(taker, Intent::Accept(file.clone()));
        }
        let world = world.run(0);
        worst = worst.max(world.sent_by[0]);
        all += world.sent_by[0];
    }
    assert!(worst <= 220, "of 200 blocks {worst} were sent at worst, {} on average", all / 30);
}

#[test]
fn who_reaches_nobody_else_has_all_of_it_from_who_offers_it() {
    for seed in 6000..6020 {
        let mut world = World::new(3, seed, Faults::default());
        let between = world.links.iter().find(|link| !link.ends.contains(&0)).unwrap().number;
        world.cut(between);
        world.offer_new(0, 200, None);
        world.rest();
        let file = world.people[0].picks.keys().next().unwrap().clone();
        for taker in 1..3 {
            world.want(taker, Intent::Accept(file.clone()));
        }
        world.rest();
        for taker in 1..3 {
            let state = world.people[taker].files.view().files[0].state;
            assert_eq!(state, FileState::Done, "seed {seed}: {taker}");
        }
        assert_eq!(world.sent_by[0], 400, "seed {seed}");
    }
}

#[test]
fn nobody_keeps_others_from_giving_each_other_files() {
    for seed in 0..60 {
        World::beset(seed);
    }
}
