//! What others see at this moment, over a channel that loses, repeats and overtakes.

use proptest::prelude::*;
use visavis_live::{Effect, Input, Live, Point, SCALE, Timer};
use visavis_protocol::PeerId;

fn peer(byte: u8) -> PeerId {
    PeerId::from_bytes([byte; 10])
}

fn point(x: u16) -> Point {
    Point { screen: peer(9), at: (x, 1) }
}

/// What is said to everybody.
fn said(effects: &[Effect]) -> Vec<String> {
    let said = effects.iter().filter_map(|effect| match effect {
        Effect::Say(None, text) => Some(text.clone()),
        Effect::Say(Some(_), _) | Effect::SetTimer(..) => None,
    });
    said.collect()
}

fn timers(effects: &[Effect]) -> Vec<Timer> {
    let set = effects.iter().filter_map(|effect| match effect {
        Effect::SetTimer(timer, _) => Some(timer.clone()),
        Effect::Say(..) => None,
    });
    set.collect()
}

fn hear(live: &mut Live, from: u8, text: &str) -> Vec<Effect> {
    live.handle(Input::Heard(peer(from), text.to_owned()))
}

#[test]
fn who_types_is_told_now_and_then_and_ends() {
    let (mut alice, mut bob) = (Live::new(1), Live::new(2));
    let first = alice.handle(Input::Types(None));
    assert_eq!(timers(&first), [Timer::TellTyping]);
    let told = hear(&mut bob, 1, &said(&first)[0]);
    assert_eq!((bob.view().typing.clone(), timers(&told)), (vec![peer(1)], vec![Timer::Typing(peer(1))]));
    assert_eq!(alice.handle(Input::Types(None)), [], "not with every key");
    let again = alice.handle(Input::Timer(Timer::TellTyping));
    assert_eq!((said(&again).len(), timers(&again)), (1, vec![Timer::TellTyping]));
    assert_eq!(alice.handle(Input::Timer(Timer::TellTyping)), [], "no key since");

    let _ = bob.handle(Input::Timer(Timer::Typing(peer(1))));
    assert!(bob.view().typing.is_empty(), "nothing was heard for a while");
    hear(&mut bob, 1, &said(&again)[0]);
    assert_eq!(bob.view().typing, [peer(1)]);
    let sent = alice.handle(Input::Stops);
    hear(&mut bob, 1, &said(&sent)[0]);
    assert!(bob.view().typing.is_empty());
    assert_eq!(alice.handle(Input::Stops), []);
}

#[test]
fn what_is_typed_for_one_is_told_to_nobody_else() {
    let mut alice = Live::new(0);
    let to_bob = |effects: &[Effect]| {
        effects.iter().filter(|effect| matches!(effect, Effect::Say(Some(to), _) if *to == peer(2))).count()
    };
    let effects = alice.handle(Input::Types(Some(peer(2))));
    assert_eq!((to_bob(&effects), said(&effects)), (1, vec![]));
    // She changes her mind about whom it is for: he does not see her typing any longer.
    assert_eq!(alice.handle(Input::Types(None)), []);
    let effects = alice.handle(Input::Timer(Timer::TellTyping));
    assert_eq!((to_bob(&effects), said(&effects).len()), (1, 1));
    // He leaves, and nothing is said to him.
    let effects = [Input::Stops, Input::Types(Some(peer(2))), Input::Gone(peer(2)), Input::Stops]
        .map(|input| alice.handle(input));
    assert_eq!(effects[3], [], "{effects:?}");
}

#[test]
fn reactions_are_seen_for_a_moment_and_not_too_many() {
    let (mut alice, mut bob) = (Live::new(0), Live::new(0));
    for nonsense in ["", "vote for me", "\u{202e}", "👍👍👍👍👍👍👍👍👍"] {
        assert_eq!(alice.handle(Input::React(nonsense.into())), [], "{nonsense:?}");
    }
    let effects = alice.handle(Input::React("👏".into()));
    hear(&mut bob, 1, &said(&effects)[0]);
    let shown = |live: &Live| -> Vec<_> {
        live.view().reactions.iter().map(|shown| (shown.peer.clone(), shown.emoji.clone())).collect()
    };
    assert_eq!(shown(&alice), [(None, "👏".to_owned())]);
    assert_eq!(shown(&bob), [(Some(peer(1)), "👏".to_owned())]);
    let _ = bob.handle(Input::Timer(timers(&effects)[0].clone()));
    assert_eq!(shown(&bob), []);

    for number in 100..200 {
        hear(&mut bob, 1, &format!("{number} react 👍"));
    }
    assert_eq!(bob.view().reactions.len(), 6, "of one person");
    hear(&mut bob, 3, "1 react 👍");
    assert_eq!(bob.view().reactions.len(), 7);
    let _ = bob.handle(Input::Gone(peer(1)));
    assert_eq!(bob.view().reactions.len(), 1);
}

#[test]
fn a_pointer_is_told_as_often_as_is_of_use_and_the_latest_place_counts() {
    let (mut alice, mut bob) = (Live::new(0), Live::new(0));
    let first = alice.handle(Input::Point(Some(point(1))));
    for x in 2..50 {
        assert_eq!(alice.handle(Input::Point(Some(point(x)))), []);
    }
    let next = alice.handle(Input::Timer(Timer::TellPoint));
    for text in [said(&first), said(&next)].concat() {
        hear(&mut bob, 1, &text);
    }
    let at = |live: &Live| live.view().pointers.iter().map(|shown| shown.point.at.0).collect::<Vec<_>>();
    assert_eq!(at(&bob), [49]);
    let _ = alice.handle(Input::Point(None));
    let last = alice.handle(Input::Timer(Timer::TellPoint));
    hear(&mut bob, 1, &said(&last)[0]);
    assert_eq!(at(&bob), [] as [u16; 0]);
    let _ = alice.handle(Input::Timer(Timer::TellPoint));
    assert_eq!(alice.handle(Input::Point(None)), [], "she has pressed something else");
}

#[test]
fn a_page_that_was_loaded_again_is_heard() {
    let mut bob = Live::new(0);
    for now in [1_000_000, 2_000_000] {
        let effects = Live::new(now).handle(Input::React("👍".into()));
        hear(&mut bob, 1, &said(&effects)[0]);
    }
    assert_eq!(bob.view().reactions.len(), 2);
}

#[test]
fn no_more_are_known_than_any_room_holds() {
    let mut bob = Live::new(0);
    for other in 0..=255 {
        hear(&mut bob, other, "1 typing 1");
    }
    assert_eq!(bob.view().typing.len(), 64);
}

#[derive(Debug, Clone)]
enum Act {
    Types(bool),
    Points(Option<u16>),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![any::<bool>().prop_map(Act::Types), proptest::option::of(0..=SCALE).prop_map(Act::Points),]
}

proptest! {
    /// Of all words that come, whatever their order and however often, the newest counts.
    #[test]
    fn the_newest_word_wins(
        acts in proptest::collection::vec(act(), 1..30),
        order in proptest::collection::vec(any::<prop::sample::Index>(), 1..60),
    ) {
        let mut alice = Live::new(1000);
        let mut words = Vec::new();
        for act in &acts {
            let input = match act {
                Act::Types(true) => Input::Types(None),
                Act::Types(false) => Input::Stops,
                Act::Points(x) => Input::Point(x.map(point)),
            };
            words.extend(said(&alice.handle(input)));
            for timer in [Timer::TellTyping, Timer::TellPoint] {
                words.extend(said(&alice.handle(Input::Timer(timer))));
            }
        }
        prop_assume!(!words.is_empty());
        let mut bob = Live::new(0);
        let heard: Vec<usize> = order.iter().map(|at| at.index(words.len())).collect();
        for &at in &heard {
            hear(&mut bob, 1, &words[at]);
        }
        let newest = |kind: &str| heard.iter().filter(|at| words[**at].contains(kind)).max().map(|at| &words[*at]);
        let types = newest("typing").is_some_and(|word| word.ends_with('1'));
        prop_assert_eq!(!bob.view().typing.is_empty(), types);
        let points = newest("point").and_then(|word| Some(word.split(' ').nth(3)?.parse::<u16>().unwrap()));
        let shown = bob.view().pointers.first().map(|shown| shown.point.at.0);
        prop_assert_eq!(shown, points);
    }

    #[test]
    fn nonsense_changes_nothing(text in ".{0,60}") {
        let mut bob = Live::new(0);
        prop_assert_eq!(hear(&mut bob, 1, &text), []);
    }
}
