//! Who is in the call already, as the lobby shows it.

use visavis_call::InsideView;

use super::*;

/// The request of this kind among the effects.
fn asked(effects: &[Effect], wanted: fn(&ClientEvent) -> bool) -> Option<RequestId> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { request, event } if wanted(event) => Some(*request),
        _ => None,
    })
}

fn look(effects: &[Effect]) -> Option<RequestId> {
    asked(effects, |event| matches!(event, ClientEvent::Look(_)))
}

fn card(effects: &[Effect]) -> Option<String> {
    effects.iter().find_map(|effect| match effect {
        Effect::Send { event: ClientEvent::Card(card), .. } => Some(card.clone()),
        _ => None,
    })
}

fn inside(people: &Value, locked: bool) -> Value {
    json!({"ok": {"people": people, "locked": locked, "capacity": 3}})
}

fn looks_again(effects: &[Effect]) -> bool {
    effects.iter().any(|effect| matches!(effect, Effect::SetTimer { timer: Timer::Look, .. }))
}

/// What the server gets of Alice when she joins.
fn card_of_alice() -> String {
    card(&in_call_with(&[]).1).expect("a card is given")
}

#[test]
fn the_lobby_shows_the_names_that_came_sealed() {
    let sealed = card_of_alice();
    let mut call = call();
    assert_eq!(call.view().inside, None);
    let request = look(&socket(&mut call, SocketEvent::Connected)).expect("it looks at once");
    let altered = format!("{}A", &sealed[..sealed.len() - 1]);
    let people =
        json!([{"peer": alice(), "card": sealed}, {"peer": bob()}, {"peer": carol(), "card": altered}]);
    let effects = reply(&mut call, request, inside(&people, true));
    assert!(looks_again(&effects), "{effects:?}");
    let names = vec!["Alice".to_owned(), String::new(), String::new()];
    assert_eq!(call.view().inside, Some(InsideView { names, locked: true, full: true }));
    let request = look(&feed(&mut call, Input::Timer(Timer::Look))).expect("it looks again");
    reply(&mut call, request, inside(&json!([]), false));
    assert_eq!(call.view().inside, Some(InsideView { names: vec![], locked: false, full: false }));
}

#[test]
fn no_name_passes_the_server() {
    use base64ct::{Base64UrlUnpadded, Encoding};
    let card = card_of_alice();
    let bytes = Base64UrlUnpadded::decode_vec(&card).unwrap();
    assert!(!bytes.windows(5).any(|part| part == b"Alice"));
    let (mut call, _) = in_call_with(&[bob()]);
    let effects = intent(&mut call, Intent::Rename("Alexandra".into()));
    assert!(self::card(&effects).is_some_and(|renewed| renewed != card));
    let sent: Vec<_> = effects.iter().filter(|effect| matches!(effect, Effect::Send { .. })).collect();
    assert!(!format!("{sent:?}").contains("Alexandra"));
}

#[test]
fn a_look_that_fails_is_made_again_and_shows_what_was_known() {
    let mut call = call();
    let request = look(&socket(&mut call, SocketEvent::Connected)).unwrap();
    reply(&mut call, request, inside(&json!([{"peer": bob()}]), false));
    let request = look(&feed(&mut call, Input::Timer(Timer::Look))).unwrap();
    assert!(looks_again(&reply(&mut call, request, refused("too_many_requests"))));
    assert!(call.view().inside.is_some());
}

#[test]
fn who_joins_looks_no_more() {
    let mut call = call();
    let late = look(&socket(&mut call, SocketEvent::Connected)).unwrap();
    let (request, _) = join_request(&intent(&mut call, Intent::Join));
    assert!(!looks_again(&reply(&mut call, late, inside(&json!([{"peer": bob()}]), false))));
    assert_eq!((call.view().inside, look(&feed(&mut call, Input::Timer(Timer::Look)))), (None, None));
    let effects = reply(&mut call, request, refused("room_full"));
    assert!(look(&effects).is_some(), "back in the lobby it looks again");
}
