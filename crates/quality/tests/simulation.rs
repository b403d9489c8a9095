//! Calls over networks that are made up: how soon less is sent where too much is, and how soon more where more goes.

#![allow(
    clippy::unwrap_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking, and tells how long it took"
)]

#[path = "simulation/pipe.rs"]
mod pipe;
#[path = "simulation/world.rs"]
mod world;

use proptest::prelude::*;

use pipe::Pipe;
use visavis_quality::{Cause, FULL_SIZE, Sent, Size};
use world::{Browser, World};

const WIDE: f64 = 20_000_000.0;
const LARGE: (u16, u16) = (1280, 720);

fn two(browser: Browser) -> World {
    World::new(2, LARGE, browser, &Pipe::new(WIDE, 0.3, 0.0))
}

fn narrow(world: &mut World, capacity: f64) {
    world.people[0].uplink = Pipe::new(capacity, 0.3, 0.0);
}

/// The mean of what somebody sends, over so many seconds.
fn mean(world: &mut World, at: usize, seconds: u32) -> f64 {
    let mut sum = 0.0;
    for _ in 0..seconds {
        world.second();
        sum += world.sent_by(at);
    }
    sum / f64::from(seconds)
}

#[test]
fn on_a_good_network_two_people_have_the_best_picture() {
    for browser in [Browser::Stubborn, Browser::Careful] {
        let mut world = two(browser);
        world.seconds(60);
        let limits = world.people[0].flows[0].limits.unwrap();
        assert_eq!((limits.camera.max_bitrate, limits.camera.scale), (1_500_000, FULL_SIZE), "{browser:?}");
        assert_eq!(world.changes, 2, "{browser:?}: once for each");
    }
}

#[test]
fn six_people_send_less_than_three_megabits_each() {
    let mut world = World::new(6, (420, 300), Browser::Stubborn, &Pipe::new(WIDE, 0.3, 0.0));
    world.seconds(5);
    for _ in 0..60 {
        world.second();
        for at in 0..6 {
            assert!(world.sent_by(at) < 3_000_000.0 && world.shows(at));
        }
    }
    // Tiles that could show all there is change nothing about that.
    world.people.iter_mut().for_each(|person| person.tile = Size::new(1920, 1080));
    world.seconds(5);
    assert!(mean(&mut world, 0, 20) < 3_000_000.0);
}

#[test]
fn a_link_of_800_kilobits_is_filled_and_no_more_within_ten_seconds() {
    for browser in [Browser::Stubborn, Browser::Careful] {
        let mut world = two(browser);
        world.seconds(20);
        narrow(&mut world, 800_000.0);
        let seconds = world.until(10, "under capacity", |world| world.sent_by(0) < 800_000.0);
        println!("{browser:?}: under 800 kbit/s after {seconds} s");
        world.seconds(10);
        let sent = mean(&mut world, 0, 120);
        assert!((250_000.0..800_000.0).contains(&sent), "{browser:?}: {sent}");
        assert!(world.shows(0), "{browser:?}");
    }
}

#[test]
fn over_a_hundred_kilobits_sound_goes_alone_and_the_picture_comes_back_by_itself() {
    for browser in [Browser::Stubborn, Browser::Careful] {
        let mut world = two(browser);
        world.seconds(20);
        narrow(&mut world, 100_000.0);
        let seconds = world.until(14, "the picture is off", |world| !world.shows(0));
        println!("{browser:?}: off after {seconds} s");
        let view = world.people[0].quality.view();
        assert_eq!(view.links[0].sends[0], Sent::Nothing(Cause::Network));
        assert_eq!(world.people[1].quality.view().links[0].gets.unwrap()[0], Sent::Nothing(Cause::Network));

        // The picture is tried now and then. Most of the time the sound has the link for itself.
        let mut broken = 0;
        world.seconds(5);
        for _ in 0..300 {
            world.second();
            let flow = &world.people[0].flows[0];
            broken += u32::from(flow.came[0] < 0.9 * flow.sent[0]);
        }
        assert!(broken <= 30, "{browser:?}: of 300 seconds of sound {broken} were broken");

        narrow(&mut world, WIDE);
        let shown = world.until(91, "a picture", |world| world.shows(0));
        let full = world.until(91, "the whole picture", |world| {
            world.people[0].flows[0].limits.is_some_and(|limits| limits.camera.max_bitrate == 1_500_000)
        });
        println!("{browser:?}: back after {shown} s, whole after {full} s more");
    }
}

#[test]
fn limits_settle_on_a_steady_network() {
    for browser in [Browser::Stubborn, Browser::Careful] {
        for capacity in [150_000.0, 400_000.0, 1_000_000.0] {
            let mut world = two(browser);
            narrow(&mut world, capacity);
            world.seconds(120);
            let before = world.changes;
            world.seconds(300);
            // A try and its end are two changes, and one is made every minute.
            let changes = world.changes - before;
            assert!(changes <= 14, "{browser:?} at {capacity}: {changes} changes in five minutes");
        }
    }
}

#[test]
fn on_a_shared_narrow_uplink_all_step_down_and_the_others_are_not_concerned() {
    let mut world = World::new(4, (640, 360), Browser::Stubborn, &Pipe::new(WIDE, 0.3, 0.0));
    world.seconds(20);
    narrow(&mut world, 900_000.0);
    let seconds = world.until(12, "under capacity", |world| world.sent_by(0) < 900_000.0);
    println!("three links: under 900 kbit/s after {seconds} s");
    world.seconds(30);
    let bits: Vec<u32> =
        world.people[0].flows.iter().map(|flow| flow.limits.unwrap().camera.max_bitrate).collect();
    assert!(bits.iter().max().unwrap() <= &(bits.iter().min().unwrap() * 3), "shared: {bits:?}");
    for at in 1..4 {
        let limits = world.people[at].flows.iter().map(|flow| flow.limits.unwrap().camera.max_bitrate);
        assert!(limits.min() >= Some(450_000), "{at}");
    }
}

#[test]
fn loss_that_nobody_causes_does_not_take_the_picture() {
    let mut world = two(Browser::Stubborn);
    world.people[0].uplink = Pipe::new(WIDE, 0.3, 0.18);
    world.seconds(60);
    let mut shown = 0;
    for _ in 0..120 {
        world.second();
        shown += u32::from(world.shows(0));
    }
    assert_eq!(shown, 120);
    assert!(mean(&mut world, 0, 10) > 400_000.0);
}

#[test]
fn what_nobody_sees_is_not_sent_and_is_there_at_once_when_they_look() {
    let mut world = two(Browser::Stubborn);
    world.seconds(10);
    world.people[1].tile = None;
    let off = world.until(2, "off", |world| !world.shows(0));
    world.seconds(60);
    assert!(world.sent_by(0) < 45_000.0, "sound alone");
    world.people[1].tile = Size::new(1280, 720);
    let on = world.until(2, "on", |world| world.shows(0));
    assert_eq!((off, on), (1, 1));
    assert_eq!(world.people[0].flows[0].limits.unwrap().camera.max_bitrate, 1_500_000);
}

#[test]
fn lost_words_are_made_up_for() {
    let mut world = two(Browser::Stubborn);
    world.words_lost = 0.5;
    world.seconds(10);
    world.people[1].tile = None;
    world.until(8, "off", |world| !world.shows(0));
    world.people[1].tile = Size::new(640, 360);
    world.until(8, "on", |world| world.shows(0));
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn whatever_the_network_does_limits_are_valid_and_sound_is_sent(
        stages in proptest::collection::vec((20_000.0..3_000_000.0_f64, 0.05..1.0_f64, 0.0..0.3_f64, 1_u32..40), 1..8),
        people in 2_usize..5, careful in any::<bool>(), words_lost in 0.0..0.9_f64,
    ) {
        let browser = if careful { Browser::Careful } else { Browser::Stubborn };
        let mut world = World::new(people, LARGE, browser, &Pipe::new(WIDE, 0.3, 0.0));
        world.words_lost = words_lost;
        for (capacity, queue, loss, seconds) in stages {
            world.people[0].uplink = Pipe::new(capacity, queue, loss);
            for _ in 0..seconds {
                world.second();
                for flow in world.people.iter().flat_map(|person| &person.flows) {
                    prop_assert!(flow.sent[0] > 0.0);
                    let Some(limits) = flow.limits else { continue };
                    prop_assert!(limits.sound > 0 && limits.camera.scale >= FULL_SIZE);
                    prop_assert!(limits.camera.max_bitrate > 0 && limits.camera.max_framerate > 0);
                }
                for link in world.people.iter().flat_map(|person| person.quality.view().links) {
                    prop_assert!(link.bars <= 4);
                }
            }
        }
        // And in the end all is well again.
        world.people[0].uplink = Pipe::new(WIDE, 0.3, 0.0);
        world.words_lost = 0.0;
        world.until(240, "all is well", |world| {
            world.shows(0) && world.people.iter().flat_map(|person| person.quality.view().links).all(|link| link.bars == 4)
        });
    }
}
