//! Chats as their shell meets them: one input, the effects it has.

#![allow(clippy::unwrap_used, clippy::panic, reason = "a test fails by panicking")]

use std::time::Duration;

use proptest::prelude::*;
use visavis_chat::{Chat, ChatView, Config, Effect, Input, Intent, Seat, Timer};
use visavis_protocol::PeerId;

fn id(digit: u8) -> PeerId {
    PeerId::from_bytes([digit; 10])
}

fn config(digit: u8) -> Config {
    Config { seed: [digit; 32], seat: None, keeps: true, kept: None }
}

fn say(text: &str) -> Input {
    Input::Intent(Intent::Say { text: text.into(), to: None, now: 1 })
}

/// A person with a chat, and what they have still to send.
struct Person {
    id: PeerId,
    chat: Chat,
    sent: Vec<(PeerId, String)>,
}

impl Person {
    fn new(digit: u8, name: &str) -> Self {
        let mut person = Self { id: id(digit), chat: Chat::new(config(digit)).0, sent: Vec::new() };
        person.feed(Input::Me(name.into()));
        person
    }

    fn feed(&mut self, input: Input) -> Vec<Effect> {
        let effects = self.chat.handle(input);
        for effect in &effects {
            if let Effect::Send { to, text } = effect {
                self.sent.push((to.clone(), text.clone()));
            }
        }
        effects
    }

    fn whispers(&mut self, text: &str, to: u8) {
        self.feed(Input::Intent(Intent::Say { text: text.into(), to: Some(id(to)), now: 1 }));
    }

    fn texts(&self) -> Vec<String> {
        self.chat.view().messages.iter().map(|message| message.text.clone()).collect()
    }
}

/// Everything that these have to send to each other arrives; what is for others is lost.
fn exchange(people: &mut [&mut Person]) {
    loop {
        let mut sent = Vec::new();
        for person in people.iter_mut() {
            sent.extend(std::mem::take(&mut person.sent).into_iter().map(|it| (person.id.clone(), it)));
        }
        if sent.is_empty() {
            return;
        }
        for (from, (to, text)) in sent {
            if let Some(receiver) = people.iter_mut().find(|person| person.id == to) {
                receiver.feed(Input::Heard(from, text));
            }
        }
    }
}

fn link(one: &mut Person, other: &mut Person) {
    one.feed(Input::Linked(other.id.clone()));
    other.feed(Input::Linked(one.id.clone()));
    exchange(&mut [one, other]);
}

#[test]
fn what_was_written_before_anybody_came_is_read_when_they_do() {
    let [mut alice, mut bob] = [Person::new(1, "alice"), Person::new(2, "bob")];
    alice.feed(say("hello?"));
    link(&mut alice, &mut bob);
    assert_eq!(bob.texts(), ["hello?"]);
    assert_eq!(bob.chat.view().unread, 1);
    bob.feed(say("hello!"));
    exchange(&mut [&mut alice, &mut bob]);
    assert_eq!(alice.texts(), ["hello?", "hello!"]);
    assert_eq!(bob.chat.view().unread, 0, "who writes has read");
}

/// The program of one side may be there later than that of the other: what that said to it is lost without a sign.
#[test]
fn who_listens_late_reads_what_is_written_from_then_on() {
    let (mut alice, mut bob) = (Person::new(1, "alice"), Person::new(2, "bob"));
    alice.feed(Input::Linked(id(2)));
    alice.sent.clear();
    bob.feed(Input::Linked(id(1)));
    exchange(&mut [&mut alice, &mut bob]);
    alice.feed(say("one"));
    bob.feed(say("two"));
    exchange(&mut [&mut alice, &mut bob]);
    assert_eq!(
        (alice.texts(), bob.texts()),
        (vec!["one".into(), "two".into()], vec!["one".into(), "two".into()])
    );
}

#[test]
fn what_was_lost_is_asked_for_as_soon_as_it_is_missed() {
    let [mut alice, mut bob] = [Person::new(1, "alice"), Person::new(2, "bob")];
    link(&mut alice, &mut bob);
    alice.feed(say("one"));
    alice.sent.clear();
    alice.feed(say("two"));
    exchange(&mut [&mut alice, &mut bob]);
    assert_eq!(bob.texts(), ["one", "two"]);
}

#[test]
fn what_was_lost_with_a_channel_is_told_when_either_notices() {
    for noticing in [0, 1] {
        let mut people = [Person::new(1, "alice"), Person::new(2, "bob")];
        let [alice, bob] = &mut people;
        link(alice, bob);
        alice.feed(say("one"));
        alice.sent.clear();
        let other = people[1 - noticing].id.clone();
        people[noticing].feed(Input::Linked(other));
        let [alice, bob] = &mut people;
        exchange(&mut [alice, bob]);
        assert_eq!(people[1].texts(), ["one"]);
    }
}

#[test]
fn who_is_not_linked_reads_by_way_of_who_is() {
    let [mut alice, mut bob, mut carol] =
        [Person::new(1, "alice"), Person::new(2, "bob"), Person::new(3, "carol")];
    link(&mut alice, &mut bob);
    link(&mut bob, &mut carol);
    alice.feed(say("to all"));
    alice.whispers("to bob", 2);
    let mut effects = Vec::new();
    for (_, text) in std::mem::take(&mut alice.sent) {
        effects.extend(bob.feed(Input::Heard(id(1), text)));
    }
    let asks = Effect::SetTimer { timer: Timer::Gossip, after: Duration::from_secs(2) };
    assert!(effects.contains(&asks), "{effects:?}");
    exchange(&mut [&mut bob, &mut carol]);
    assert!(carol.texts().is_empty(), "most likely she has it, or is about to get it");
    bob.feed(Input::Timer(Timer::Gossip));
    exchange(&mut [&mut bob, &mut carol]);
    assert_eq!(carol.texts(), ["to all"]);
    assert_eq!(bob.texts(), ["to all", "to bob"]);
}

#[test]
fn nobody_is_written_to_who_is_not_there() {
    let [mut alice, mut bob] = [Person::new(1, "alice"), Person::new(2, "bob")];
    alice.whispers("anybody?", 2);
    assert!(alice.texts().is_empty());
    link(&mut alice, &mut bob);
    alice.feed(Input::Named(id(2), "Bob\u{202e}\n".into()));
    assert_eq!(alice.chat.view().people, [(id(2), "Bob".into())]);
    alice.whispers("you alone", 2);
    assert_eq!(alice.chat.view().messages[0].to.as_deref(), Some("Bob"));
    alice.feed(Input::Gone(id(2)));
    assert!(alice.chat.view().people.is_empty());
}

#[test]
fn what_is_written_is_kept_in_a_moment_and_when_the_page_goes() {
    let mut alice = Person::new(1, "alice");
    let soon = Effect::SetTimer { timer: Timer::Keep, after: Duration::from_secs(1) };
    assert_eq!(alice.feed(say("one")), [soon]);
    assert_eq!(alice.feed(say("two")), [], "once is enough");
    let kept = match &alice.feed(Input::Timer(Timer::Keep))[..] {
        [Effect::Keep(Some(kept))] => kept.clone(),
        other => panic!("it is kept: {other:?}"),
    };
    let (again, effects) = Chat::new(Config { kept: Some(kept), ..config(1) });
    assert_eq!(again.view().messages, alice.chat.view().messages);
    assert!(matches!(&effects[..], [Effect::KeepSeat(_)]));

    assert_eq!(alice.feed(Input::Unload), [], "nothing is new");
    alice.feed(say("three"));
    assert!(matches!(&alice.feed(Input::Unload)[..], [Effect::Keep(Some(_))]));
    assert_eq!(alice.feed(Input::Intent(Intent::Keep(false))), [Effect::Keep(None)]);
    assert_eq!(alice.feed(say("four")), []);
    assert_eq!(alice.feed(Input::Unload), []);
    alice.feed(Input::Intent(Intent::Clear));
    assert!(alice.texts().is_empty());
}

#[test]
fn who_comes_back_is_who_they_were() {
    let [mut alice, mut bob] = [Person::new(1, "alice"), Person::new(2, "bob")];
    alice.feed(say("one"));
    link(&mut alice, &mut bob);
    let seat = match &Chat::new(config(1)).1[..] {
        [Effect::KeepSeat(seat)] => Seat::decode(&seat.encode()),
        other => panic!("a seat is kept: {other:?}"),
    };
    alice.chat = Chat::new(Config { seat, seed: [9; 32], ..config(1) }).0;
    link(&mut alice, &mut bob);
    assert_eq!(alice.texts(), ["one"]);
    let message = alice.chat.view().messages[0].clone();
    assert!(message.own);
    alice.feed(Input::Intent(Intent::Edit { message: message.id, text: "first".into(), now: 2 }));
    exchange(&mut [&mut alice, &mut bob]);
    assert_eq!(bob.texts(), ["first"]);
}

#[test]
fn a_long_history_comes_in_pieces() {
    let [mut alice, mut bob] = [Person::new(1, "alice"), Person::new(2, "bob")];
    for _ in 0..100 {
        alice.feed(say(&"é".repeat(ChatView::MESSAGE_CHARS)));
    }
    alice.feed(say(&"x".repeat(ChatView::MESSAGE_CHARS + 1)));
    alice.feed(say(" \n "));
    assert!(alice.texts().iter().all(|text| text.starts_with('é')));
    alice.feed(Input::Linked(id(2)));
    bob.feed(Input::Linked(id(1)));
    let (_, have) = bob.sent.remove(0);
    alice.feed(Input::Heard(id(2), have));
    // What is larger may not go through (RFC 8831 §6.6).
    assert!(alice.sent.len() > 10 && alice.sent.iter().all(|(_, text)| text.len() < 64 * 1024));
    exchange(&mut [&mut alice, &mut bob]);
    assert!(bob.texts().len() > 60 && bob.texts() == alice.texts());
    assert!(alice.chat.view().shortened);
}

/// Anything, what looks like a greeting, and what looks like entries.
fn word() -> impl Strategy<Value = String> {
    const HAVE: &str = r#"\{"have":\{"answer":(true|false),"me":"[0-9a-f]{16}","seen":\[(\["[0-9a-f]{16}",[0-9],null,[1-9][0-9]{0,18}\])?\]\}\}"#;
    const TOLD: &str = r#"\{"told":\{"entries":\[\[[0-3],\["[0-9a-f]{16}",[0-9],null,[1-4],[1-9][0-9]{0,17},"[a-z]{0,9}","","[a-z]{0,9}",(null|\[[0-9],[1-4]\]),(null|\[[0-9],[1-4]\])\]\]\]\}\}"#;
    prop_oneof![".{0,80}", HAVE, TOLD]
}

proptest! {
    #[test]
    fn no_word_of_another_harms(texts in prop::collection::vec(word(), 0..30)) {
        let mut alice = Person::new(1, "alice");
        alice.feed(say("before"));
        for text in texts {
            alice.feed(Input::Heard(id(2), text));
        }
        alice.feed(Input::Timer(Timer::Gossip));
        alice.feed(say("after"));
        let view = alice.chat.view();
        prop_assert_eq!(view.messages.iter().filter(|message| message.own).count(), 2);
    }
}
