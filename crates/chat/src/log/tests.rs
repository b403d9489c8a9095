use super::*;

fn author(digit: u8) -> Author {
    Author::of([digit; 32])
}

/// A log, and what it believes that others have.
struct Writer {
    log: Log,
    name: &'static str,
}

impl Writer {
    fn new(digit: u8, name: &'static str) -> Self {
        Self { log: Log::new(author(digit), 0), name }
    }

    fn says(&mut self, text: &str, now: u64) {
        self.log.say(text.to_owned(), self.name, None, now);
    }

    fn whispers(&mut self, text: &str, to: &Self, now: u64) {
        let to = (to.log.me().clone(), to.name.to_owned());
        self.log.say(text.to_owned(), self.name, Some(to), now);
    }

    fn texts(&mut self) -> Vec<String> {
        self.log.refresh();
        self.log.shown().iter().map(|message| message.text.clone()).collect()
    }

    fn id(&mut self, text: &str) -> MessageId {
        self.log.refresh();
        self.log.shown().iter().find(|message| message.text == text).unwrap().id.clone()
    }
}

/// One tells the other everything that it lacks; how often something was new.
fn tell(from: &Writer, to: &mut Writer) -> usize {
    let them = to.log.me().clone();
    let mut seen = to.log.seen(Some(from.log.me()));
    let told = from.log.unseen(&them, &mut seen, true);
    told.into_iter().filter(|told| to.log.take(told.clone()) == Taken::New).count()
}

#[test]
fn a_newcomer_gets_what_was_said_and_nobody_gets_it_twice() {
    let [mut alice, mut bob, mut carol] =
        [Writer::new(1, "alice"), Writer::new(2, "bob"), Writer::new(3, "carol")];
    alice.says("one", 10);
    assert_eq!(tell(&alice, &mut bob), 1);
    bob.says("two", 5);
    assert_eq!(tell(&bob, &mut alice), 1);
    assert_eq!(tell(&bob, &mut carol), 2);
    assert_eq!(tell(&alice, &mut carol), 0);
    for writer in [&mut alice, &mut bob, &mut carol] {
        assert_eq!(writer.texts(), ["one", "two"], "an answer follows its question, whatever the clocks say");
    }
    assert_eq!((alice.log.unread(), carol.log.unread()), (1, 2));
    carol.log.read();
    assert_eq!(carol.log.unread(), 0);
}

#[test]
fn what_is_written_at_the_same_time_has_one_order() {
    let [mut alice, mut bob] = [Writer::new(1, "alice"), Writer::new(2, "bob")];
    alice.says("of alice", 10);
    bob.says("of bob", 10);
    bob.says("of bob again", 11);
    tell(&alice, &mut bob);
    tell(&bob, &mut alice);
    assert_eq!(alice.texts(), bob.texts());
    assert_eq!(alice.texts().len(), 3);
}

#[test]
fn what_is_for_one_is_told_to_nobody_else() {
    let [mut alice, mut bob, mut carol] =
        [Writer::new(1, "alice"), Writer::new(2, "bob"), Writer::new(3, "carol")];
    alice.whispers("for bob", &bob, 1);
    alice.says("for all", 2);
    assert_eq!((tell(&alice, &mut carol), tell(&alice, &mut bob)), (1, 2));
    assert_eq!(tell(&bob, &mut carol), 0);
    assert_eq!(carol.texts(), ["for all"]);
    assert_eq!(bob.log.shown().len(), 0, "not refreshed yet");
    assert_eq!(bob.texts(), ["for bob", "for all"]);
    assert_eq!(bob.log.shown()[0].to.as_deref(), Some("bob"));
    let stolen = Told(0, alice.log.entries[0].clone());
    assert_eq!(carol.log.take(stolen), Taken::Refused);
}

#[test]
fn an_entry_whose_predecessor_is_missing_waits_for_it() {
    let [mut alice, mut bob] = [Writer::new(1, "alice"), Writer::new(2, "bob")];
    alice.says("one", 1);
    alice.says("two", 2);
    let told = alice.log.unseen(bob.log.me(), &mut Seen::default(), true);
    assert_eq!(bob.log.take(told[1].clone()), Taken::Gap);
    assert_eq!(bob.log.take(told[0].clone()), Taken::New);
    assert_eq!(bob.log.take(told[0].clone()), Taken::Known);
    assert_eq!(bob.log.take(told[1].clone()), Taken::New);
    assert_eq!(bob.texts(), ["one", "two"]);
}

#[test]
fn a_message_is_changed_and_taken_back_by_its_writer_alone() {
    let [mut alice, mut bob] = [Writer::new(1, "alice"), Writer::new(2, "bob")];
    alice.says("teh", 1);
    tell(&alice, &mut bob);
    let id = alice.id("teh");
    bob.log.change(&id, "hacked".into(), "bob", 2);
    assert_eq!(bob.log.written(), 0, "it is not his");
    alice.log.change(&id, "the".into(), "alice", 3);
    tell(&alice, &mut bob);
    assert_eq!((alice.texts(), bob.texts()), (vec!["the".into()], vec!["the".into()]));
    assert_eq!(bob.log.shown()[0].state, MessageState::Edited);
    alice.log.change(&id, String::new(), "alice", 4);
    alice.log.change(&id, "again".into(), "alice", 5);
    tell(&alice, &mut bob);
    assert_eq!(bob.texts(), [""]);
    assert_eq!(bob.log.shown()[0].state, MessageState::Deleted);
    let mut carol = Writer::new(3, "carol");
    tell(&bob, &mut carol);
    assert!(!format!("{:?}", carol.log).contains("the\""), "what is taken back reaches no newcomer");
    assert_eq!(carol.texts(), [""]);
}

#[test]
fn the_log_goes_on_after_a_reload() {
    let [mut alice, mut bob] = [Writer::new(1, "alice"), Writer::new(2, "bob")];
    alice.says("one", 1);
    bob.says("two", 2);
    tell(&bob, &mut alice);
    tell(&alice, &mut bob);
    let kept = serde_json::to_vec(&alice.log.kept()).unwrap();
    let mut again = Writer { log: Log::new(author(1), 1), name: "alice" };
    again.log.recall(visavis_protocol::read_text(&kept).unwrap());
    assert_eq!(again.texts(), ["one", "two"]);
    assert_eq!(tell(&bob, &mut again), 0);
    again.says("three", 1);
    assert_eq!(tell(&again, &mut bob), 1);

    // One that kept nothing gets its own words back, and can change them.
    let mut anew = Writer { log: Log::new(author(1), 2), name: "alice" };
    anew.says("four", 5);
    assert_eq!((tell(&anew, &mut bob), tell(&bob, &mut anew)), (1, 3));
    let id = anew.id("one");
    anew.log.change(&id, "first".into(), "alice", 6);
    assert_eq!(tell(&anew, &mut bob), 1);
    assert_eq!((anew.texts(), bob.texts()[0].as_str()), (bob.texts(), "first"));
}

#[test]
fn what_was_forgotten_does_not_come_back() {
    let [mut alice, mut bob] = [Writer::new(1, "alice"), Writer::new(2, "bob")];
    alice.says("one", 1);
    tell(&alice, &mut bob);
    bob.log.clear();
    assert_eq!(tell(&alice, &mut bob), 0);
    assert!(bob.texts().is_empty());
    let mut kept = Writer::new(2, "bob");
    kept.log.recall(bob.log.kept());
    assert_eq!(tell(&alice, &mut kept), 0);
}

#[test]
fn a_flood_drowns_itself() {
    let [mut alice, mut mallory] = [Writer::new(1, "alice"), Writer::new(2, "mallory")];
    alice.says("still here", 1);
    for round in 0..200 {
        mallory.says(&"x".repeat(Log::TEXT_CHARS), round);
        tell(&mallory, &mut alice);
    }
    for round in 0..2 * MOST as u64 {
        mallory.says("y", round);
        tell(&mallory, &mut alice);
    }
    assert_eq!(alice.texts()[0], "still here");
    assert!(alice.log.entries.len() <= MOST && alice.log.is_shortened());
    assert!(alice.log.entries.iter().map(Entry::bytes).sum::<usize>() <= MOST_BYTES);
}

#[test]
fn what_nobody_would_write_is_refused() {
    let mut alice = Writer::new(1, "alice");
    let told = |seq: u64, at: u64, text: &str| {
        let entry = Entry {
            stream: Stream { from: author(2), life: 0, to: None },
            seq,
            at,
            name: "mallory\u{202e}\n".into(),
            to_name: String::new(),
            text: text.into(),
            of: None,
            revision: None,
        };
        Told(0, entry)
    };
    for refused in [
        told(1, u64::MAX, "late"),
        told(u64::MAX, 1, "far"),
        told(1, 1, " \u{0} "),
        told(1, 1, &"x".repeat(Log::TEXT_CHARS + 1)),
    ] {
        assert_eq!(alice.log.take(refused), Taken::Refused);
    }
    assert_eq!(alice.log.take(told(1, LAST, "a\u{202e}b\u{7}\n\nc")), Taken::New);
    assert_eq!(alice.texts(), ["ab\n\nc"]);
    assert_eq!(alice.log.shown()[0].name, "mallory");
    assert_eq!(alice.log.take(told(2, LAST - 1, "no later than the one before")), Taken::Refused);
    alice.says("and on", 1);
    assert_eq!(alice.texts().len(), 2);
}
