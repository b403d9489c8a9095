use super::*;

fn offer(sdp: &str) -> Description {
    Description { kind: SdpKind::Offer, sdp: sdp.into() }
}

fn answer(sdp: &str) -> Description {
    Description { kind: SdpKind::Answer, sdp: sdp.into() }
}

fn candidate(text: &str) -> Candidate {
    Candidate { candidate: text.into(), sdp_mid: None, sdp_m_line_index: None, username_fragment: None }
}

fn told(exchange: u32, description: Description) -> Input {
    Input::RemoteDescription(Told { exchange, other: 0, description })
}

fn offering(role: Role) -> Negotiation {
    let mut machine = Negotiation::new(role, true);
    assert_eq!(machine.handle(Input::NegotiationNeeded), [Action::SetLocal]);
    machine
}

#[test]
fn local_candidates_wait_for_the_description() {
    let mut machine = offering(Role::Polite);
    assert_eq!(machine.handle(Input::LocalCandidate(candidate("a"))), []);
    assert_eq!(
        machine.handle(Input::LocalSet(offer("o"))),
        [
            Action::SendDescription(Told { exchange: 1, other: 0, description: offer("o") }),
            Action::SendCandidate(candidate("a"))
        ]
    );
    assert_eq!(
        machine.handle(Input::LocalCandidate(candidate("b"))),
        [Action::SendCandidate(candidate("b"))]
    );
}

#[test]
fn remote_candidates_wait_for_the_description() {
    let mut machine = Negotiation::new(Role::Impolite, false);
    assert_eq!(machine.handle(Input::RemoteCandidate(candidate("a"))), []);
    let input = told(1, offer("o"));
    assert_eq!(
        machine.handle(input),
        [Action::SetRemote(offer("o")), Action::AddCandidate(candidate("a")), Action::SetLocal]
    );
}

#[test]
fn remote_candidates_are_added_to_their_own_ice_session_only() {
    let of = |session: &str| Candidate { username_fragment: Some(session.into()), ..candidate(session) };
    let naming = |session: &str| offer(&format!("v=0\r\na=ice-ufrag:{session}\r\n"));
    let mut machine = Negotiation::new(Role::Impolite, false);
    machine.handle(told(1, naming("one")));
    machine.handle(Input::LocalSet(answer("a")));
    assert_eq!(machine.handle(Input::RemoteCandidate(of("one"))), [Action::AddCandidate(of("one"))]);
    assert_eq!(
        machine.handle(Input::RemoteCandidate(of("on"))),
        [],
        "the beginning of a name is another name"
    );
    assert_eq!(machine.handle(Input::RemoteCandidate(of("two"))), [], "it has overtaken its offer");
    assert_eq!(
        machine.handle(told(2, naming("two"))),
        [Action::SetRemote(naming("two")), Action::AddCandidate(of("two")), Action::SetLocal]
    );
    assert_eq!(machine.handle(Input::RemoteCandidate(of("one"))), [], "it is late");
    machine.handle(Input::LocalSet(answer("b")));
    machine.handle(Input::NegotiationNeeded);
    assert_eq!(machine.handle(told(3, naming("void"))), [], "our offer goes first");
    assert_eq!(machine.handle(Input::RemoteCandidate(of("void"))), [], "nor is what belongs to theirs added");
    for _ in 0..HELD_CANDIDATES {
        machine.handle(Input::RemoteCandidate(of("void")));
    }
    assert_eq!(
        machine.handle(Input::RemoteCandidate(of("three"))),
        [],
        "the newest is held, however many there are"
    );
    machine.handle(Input::LocalSet(offer("ours")));
    machine.handle(told(1, answer("theirs")));
    machine.handle(Input::RemoteSet);
    let actions = machine.handle(told(4, naming("three")));
    assert!(actions.contains(&Action::AddCandidate(of("three"))), "{actions:?}");
}

#[test]
fn only_the_polite_side_gives_way() {
    let theirs = || told(1, offer("theirs"));
    let mut impolite = offering(Role::Impolite);
    assert_eq!(impolite.handle(theirs()), []);
    let mut polite = offering(Role::Polite);
    assert_eq!(polite.handle(theirs()), [Action::SetRemote(offer("theirs")), Action::SetLocal]);
    assert_eq!(polite.handle(Input::LocalSet(offer("void"))), [], "the void offer is not sent");
    assert_eq!(
        polite.handle(Input::LocalSet(answer("a"))),
        [Action::SendDescription(Told { exchange: 1, other: 0, description: answer("a") }), Action::SetLocal],
        "and what it was for is offered again"
    );
}

#[test]
fn an_answer_to_an_earlier_offer_is_dropped() {
    let mut machine = offering(Role::Impolite);
    machine.handle(Input::LocalSet(offer("one")));
    assert_eq!(machine.handle(told(9, answer("x"))), []);
    let right = told(1, answer("y"));
    assert_eq!(machine.handle(right), [Action::SetRemote(answer("y"))]);
    let twice = told(1, answer("y"));
    assert_eq!(machine.handle(twice), []);
}

#[test]
fn who_awaits_the_first_offer_does_not_make_one() {
    let mut machine = Negotiation::new(Role::Impolite, false);
    assert_eq!(machine.handle(Input::NegotiationNeeded), []);
}

#[test]
fn an_offer_in_the_making_carries_what_was_asked_for_before() {
    let mut machine = offering(Role::Impolite);
    assert_eq!(machine.handle(Input::NegotiationNeeded), []);
    machine.handle(Input::LocalSet(offer("one")));
    machine.handle(told(1, answer("a")));
    assert_eq!(machine.handle(Input::RemoteSet), []);
}

#[test]
fn a_wish_during_an_exchange_is_kept() {
    let mut machine = offering(Role::Impolite);
    machine.handle(Input::LocalSet(offer("one")));
    assert_eq!(machine.handle(Input::NegotiationNeeded), []);
    machine.handle(told(1, answer("a")));
    assert_eq!(machine.handle(Input::RemoteSet), [Action::SetLocal]);
}

#[test]
fn an_offer_said_again_gets_the_same_answer_and_changes_nothing() {
    let mut machine = Negotiation::new(Role::Polite, false);
    machine.handle(told(1, offer("theirs")));
    assert_eq!(machine.handle(told(1, offer("theirs"))), [], "it is being answered");
    let answered = machine.handle(Input::LocalSet(answer("a")));
    machine.handle(Input::LocalCandidate(candidate("late")));
    let again = machine.handle(told(1, offer("theirs")));
    assert_eq!(again, [answered, vec![Action::SendCandidate(candidate("late"))]].concat());
    machine.handle(Input::NegotiationNeeded);
    let ours = machine.handle(Input::LocalSet(offer("ours")));
    let again = machine.handle(told(1, offer("theirs")));
    assert_eq!(again[again.len() - 1..], ours, "they lack our offer too, and it stands");
}

#[test]
fn an_offer_that_was_taken_back_and_comes_late_is_dropped() {
    let mut machine = offering(Role::Impolite);
    machine.handle(Input::LocalSet(offer("ours")));
    let answered = Told { exchange: 1, other: 4, description: answer("a") };
    machine.handle(Input::RemoteDescription(answered));
    machine.handle(Input::RemoteSet);
    assert_eq!(machine.handle(told(4, offer("void"))), []);
    assert_eq!(machine.handle(told(5, offer("new"))), [Action::SetRemote(offer("new")), Action::SetLocal]);
}

#[test]
fn who_was_answered_does_not_give_way_but_asks_for_the_answer_again() {
    let mut machine = offering(Role::Polite);
    let ours = machine.handle(Input::LocalSet(offer("ours")));
    let theirs = Told { exchange: 1, other: 1, description: offer("theirs") };
    assert_eq!(machine.handle(Input::RemoteDescription(theirs)), ours);
}

#[test]
fn an_offer_that_is_ignored_is_told_so_once() {
    let mut machine = offering(Role::Impolite);
    let ours = machine.handle(Input::LocalSet(offer("ours")));
    assert_eq!(machine.handle(told(1, offer("theirs"))), ours);
    assert_eq!(machine.handle(told(1, offer("theirs"))), []);
}

#[test]
fn who_begins_the_handshake_is_left_open_once() {
    let (open, active, passive) = ("a=setup:actpass\r\n", "a=setup:active\r\n", "a=setup:passive\r\n");
    let mut offerer = offering(Role::Impolite);
    let mut answerer = Negotiation::new(Role::Polite, false);
    let sent =
        |exchange, other, sdp| Action::SendDescription(Told { exchange, other, description: offer(sdp) });
    assert_eq!(offerer.handle(Input::LocalSet(offer(open))), [sent(1, 0, open)]);
    answerer.handle(told(1, offer(open)));
    answerer.handle(Input::LocalSet(answer(active)));
    offerer.handle(told(1, answer(active)));
    offerer.handle(Input::RemoteSet);
    for (mut machine, exchange, other, part) in [(offerer, 2, 0, passive), (answerer, 1, 1, active)] {
        machine.handle(Input::NegotiationNeeded);
        assert_eq!(machine.handle(Input::LocalSet(offer(open))), [sent(exchange, other, part)]);
    }
}

/// The first offer says them at once, that of another browser always.
#[test]
fn libwebrtc_tells_the_candidates_of_a_restart_once_it_has_the_answer() {
    let send = |name| Action::SendCandidate(candidate(name));
    for (browser, waits) in [("a=msid-semantic: WMS\r\n", true), ("a=msid-semantic:WMS *\r\n", false)] {
        let (bare, full) = (browser.to_owned(), format!("{browser}a=candidate:1 1 udp 1 ::1 9 typ host\r\n"));
        let mut machine = offering(Role::Impolite);
        machine.handle(Input::LocalCandidate(candidate("first")));
        let first = Action::SendDescription(Told { exchange: 1, other: 0, description: offer(&full) });
        assert_eq!(machine.handle(Input::LocalSet(offer(&full))), [first, send("first")]);
        machine.handle(told(1, answer("a")));
        machine.handle(Input::RemoteSet);

        machine.handle(Input::NegotiationNeeded);
        machine.handle(Input::LocalCandidate(candidate("early")));
        let said = if waits { &bare } else { &full };
        let restart = Action::SendDescription(Told { exchange: 2, other: 0, description: offer(said) });
        let (at_once, later) = if waits {
            (vec![restart], vec![send("early"), send("late")])
        } else {
            (vec![restart, send("early")], vec![])
        };
        assert_eq!(machine.handle(Input::LocalSet(offer(&full))), at_once, "{browser}");
        let late = machine.handle(Input::LocalCandidate(candidate("late")));
        assert_eq!(late, if waits { vec![] } else { vec![send("late")] }, "{browser}");
        machine.handle(told(2, answer("b")));
        assert_eq!(machine.handle(Input::RemoteSet), later, "{browser}");
        assert_eq!(machine.handle(Input::LocalCandidate(candidate("last"))), [send("last")]);
    }
}
