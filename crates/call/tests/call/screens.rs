//! Screens that people show.

use super::links::connected;
use super::*;

fn peer(connection: ConnectionId, event: PeerEvent) -> Input {
    Input::Peer { peer: bob(), connection, event }
}

fn track(source: Source) -> TrackId {
    TrackId { request: MediaRequest(1), source }
}

fn replacements(effects: &[Effect]) -> Vec<(Source, bool)> {
    let replacement = |effect: &Effect| match effect {
        Effect::Peer { command: PeerCommand::ReplaceTrack { source, track }, .. } => {
            Some((*source, track.is_some()))
        }
        _ => None,
    };
    effects.iter().filter_map(replacement).collect()
}

fn told(effects: &[Effect]) -> Vec<&str> {
    let told = |effect| match effect {
        &Effect::Peer { command: PeerCommand::SendControl(ref text), .. } => Some(text.as_str()),
        _ => None,
    };
    effects.iter().filter_map(told).collect()
}

#[test]
fn a_screen_is_sent_and_told_and_taken_back_before_it_stops() {
    let (mut call, _, _) = connected();
    assert_eq!(intent(&mut call, Intent::Share(true)), [Effect::OpenScreen(MediaRequest(1))]);
    let effects = feed(&mut call, Input::Media(MediaEvent::Opened(track(Source::Screen))));
    assert_eq!(replacements(&effects), [(Source::Screen, true)]);
    assert!(told(&effects)[0].contains(r#""screen":true"#), "{effects:?}");
    assert_eq!(call.view().sharing, Sharing::On);

    let effects = feed(&mut call, Input::Media(MediaEvent::Ended(track(Source::Screen))));
    assert_eq!(replacements(&effects), [(Source::Screen, false)]);
    let close = effects.iter().position(|e| *e == Effect::CloseTrack(track(Source::Screen)));
    let replace = effects.iter().position(|e| matches!(e, Effect::Peer { .. }));
    assert!(replace < close, "{effects:?}");
    assert!(!told(&effects)[0].contains("screen"), "{effects:?}");
    assert_eq!(call.view().sharing, Sharing::Off);
}

#[test]
fn their_screen_is_shown_while_they_say_so() {
    let (mut call, connection, _) = connected();
    let presence = |revision: u32, screen: bool| {
        let presence = json!({"presence": {
            "revision": revision, "name": "Bob", "microphone": true, "camera": true, "screen": screen,
        }});
        peer(connection, PeerEvent::Control(presence.to_string()))
    };
    feed(&mut call, presence(100, true));
    let [screen] = call.view().screens.try_into().expect("one");
    assert_eq!((screen.name.as_str(), screen.stream), ("Bob", None), "it is on its way");
    feed(&mut call, peer(connection, PeerEvent::Track(Source::Screen)));
    let stream = StreamId::Screen(bob(), connection);
    assert_eq!(call.view().screens[0].stream, Some(stream));
    feed(&mut call, presence(101, false));
    assert!(call.view().screens.is_empty());
}

#[test]
fn nothing_is_shown_outside_of_a_call_or_after_it() {
    let (mut call, _, _) = connected();
    intent(&mut call, Intent::Share(true));
    feed(&mut call, Input::Media(MediaEvent::Opened(track(Source::Screen))));
    let effects = intent(&mut call, Intent::Leave);
    assert!(effects.contains(&Effect::CloseTrack(track(Source::Screen))));
    assert_eq!(intent(&mut call, Intent::Share(true)), []);
    assert_eq!(call.view().sharing, Sharing::Off);
}

#[test]
fn a_screen_that_cannot_be_shown_is_a_notice_and_a_change_of_mind_is_none() {
    let (mut call, _, _) = connected();
    let mut fail = |request, failure| {
        intent(&mut call, Intent::Share(true));
        let track = TrackId { request: MediaRequest(request), source: Source::Screen };
        feed(&mut call, Input::Media(MediaEvent::Failed { track, failure }));
        call.view().notices.iter().map(|notice| notice.problem).collect::<Vec<_>>()
    };
    assert_eq!(fail(1, DeviceFailure::Refused), []);
    assert_eq!(fail(2, DeviceFailure::Busy), [Problem::Screen(DeviceFailure::Busy)]);
}

#[test]
fn an_offer_that_was_lost_when_the_link_broke_is_made_again_when_it_is_back() {
    let (mut call, connection, _) = connected();
    feed(&mut call, peer(connection, PeerEvent::NegotiationNeeded));
    let effects = feed(&mut call, peer(connection, local_offer()));
    assert!(told(&effects)[0].contains("offer"), "{effects:?}");
    feed(&mut call, peer(connection, PeerEvent::State(ConnectionState::Disconnected)));
    let effects = feed(&mut call, peer(connection, PeerEvent::State(ConnectionState::Connected)));
    assert!(told(&effects).iter().any(|text| text.contains("offer")), "{effects:?}");
}
