//! Views of calls that never were.

use visavis_call::{
    CallView, Device, DeviceFailure, DeviceKind, DeviceState, DeviceView, Link, Phase, Problem, Processing,
    Sharing, SpeakerView, TileView,
};
use visavis_protocol::PeerId;

/// A person, by the byte their id is made of.
pub(crate) type Person = u8;

/// The user.
pub(crate) const ALICE: Person = 1;
pub(crate) const BOB: Person = 2;
pub(crate) const CAROL: Person = 3;

pub(crate) fn id(person: Person) -> PeerId {
    PeerId::from_bytes([person; 10])
}

pub(crate) fn tile(person: Person) -> TileView {
    let name = match person {
        ALICE => "alice",
        BOB => "bob",
        _ => "carol",
    };
    TileView {
        peer: id(person),
        name: name.into(),
        is_self: person == ALICE,
        link: Link::Connected,
        trouble: None,
        microphone: true,
        camera: true,
        hand: None,
        stream: None,
    }
}

/// One of two.
pub(crate) fn device(id: &str) -> Device {
    Device { id: id.into(), label: format!("The {id} one"), group: String::new() }
}

fn running() -> DeviceView {
    DeviceView {
        wish: true,
        state: DeviceState::On,
        devices: vec![device("first"), device("second")],
        chosen: None,
        used: None,
    }
}

/// The lobby with both devices on.
pub(crate) fn lobby() -> CallView {
    CallView {
        phase: Phase::Lobby,
        name: "alice".into(),
        microphone: running(),
        camera: running(),
        speaker: SpeakerView { devices: vec![device("first"), device("second")], chosen: None },
        processing: Processing::default(),
        preview: None,
        sharing: Sharing::Off,
        tiles: Vec::new(),
        screens: Vec::new(),
        host: None,
        locked: false,
        inside: None,
        notices: Vec::new(),
    }
}

/// A call of these people.
pub(crate) fn in_call(people: &[Person]) -> CallView {
    CallView { phase: Phase::InCall, tiles: people.iter().map(|&person| tile(person)).collect(), ..lobby() }
}

/// All there are.
pub(crate) fn problems() -> Vec<Problem> {
    use DeviceFailure::{Busy, Lost, Missing, Muted, Other, Refused, Unsupported};
    let mut problems = vec![
        Problem::RoomFull,
        Problem::RoomLocked,
        Problem::Removed,
        Problem::ServerUnreachable,
        Problem::ServerRefused,
        Problem::Outdated,
        Problem::TooManyRequests,
        Problem::ConnectionLost,
        Problem::FileNotSaved,
        Problem::PanelNotLoaded,
    ];
    for kind in DeviceKind::ALL {
        let failures = [Refused, Missing, Busy, Unsupported, Lost, Muted, Other];
        problems.extend(failures.map(|why| Problem::Device(kind, why)));
        problems.push(Problem::DeviceNotChosen(kind));
    }
    problems.extend([Unsupported, Other].map(Problem::Screen));
    problems
}
