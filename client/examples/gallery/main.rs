//! Every page with made-up views, to look at: nothing for the home page, `#lobby`, `#call-3`, `#speaker-3`, `#screen-4`, `#settings-3`,
//! `#left` and so on, `&zh-Hans` for Chinese and so on, `&light` for the light theme. Not part of the product.

mod parts;

use std::time::Duration;

use leptos::prelude::*;
use visavis_call::{
    CallView, Device, DeviceFailure, DeviceKind, DeviceState, DeviceView, InsideView, Link, Notice, NoticeId,
    Phase, Problem, Processing, ScreenView, Sharing, SpeakerView, TileView, Trouble,
};
use visavis_client::{
    app::home,
    browser::{levels::Levels, route, streams::Streams, ui},
    text::{Language, Words},
    view::{Door, Look, Panel, Scene, call_pages, frame, provide_language},
};
use visavis_protocol::PeerId;

const NAMES: [&str; 8] = [
    "Alice",
    "Bob de la Cruz",
    "王小明",
    "محمد الأحمد",
    "Donaudampfschifffahrtsgesellschaftskapitänin Gruber",
    "👩🏽‍🚀 Ada",
    "<b>Carol</b>",
    "",
];

fn device(state: DeviceState) -> DeviceView {
    let device = |id: &str, label: &str| Device { id: id.into(), label: label.into(), group: String::new() };
    DeviceView {
        wish: state != DeviceState::Off,
        state,
        devices: vec![device("1", "Integrated device (04f2:b6dd) with a long name"), device("2", "")],
        chosen: Some("2".into()),
        used: None,
    }
}

fn tile(at: u8, link: Link, microphone: bool, camera: bool) -> TileView {
    TileView {
        peer: PeerId::from_bytes([at; 10]),
        name: NAMES.get(usize::from(at) % NAMES.len()).copied().unwrap_or_default().to_owned(),
        is_self: at == 0,
        link,
        trouble: Some(Trouble::TheirRelayOutOfReach).filter(|_| link == Link::Failed),
        microphone,
        camera,
        hand: [Some(2), None, Some(1)].get(usize::from(at)).copied().flatten(),
        stream: None,
    }
}

fn tiles(count: u8) -> Vec<TileView> {
    let link = |at| match at {
        3 => Link::Interrupted,
        5 => Link::Connecting,
        6 => Link::Failed,
        _ => Link::Connected,
    };
    (0..count).map(|at| tile(at, link(at), at % 3 != 2, at % 4 != 2)).collect()
}

/// A call in which nothing is the matter.
fn meeting(count: u8) -> Vec<TileView> {
    const NAMES: [&str; 8] = ["Alice", "Ben", "小明", "Amina", "Diego", "Yuki", "Noor", "Léa"];
    let well = |(at, name): (u8, &str)| TileView {
        name: name.to_owned(),
        hand: None,
        ..tile(at, Link::Connected, at != 2, true)
    };
    (0..count).zip(NAMES).map(well).collect()
}

fn made_up(scene: &str) -> CallView {
    let on = DeviceState::On;
    let (name, number) = scene.rsplit_once('-').unwrap_or((scene, ""));
    let mut view = CallView {
        phase: Phase::Lobby,
        name: "Alice".into(),
        microphone: device(on),
        camera: device(on),
        speaker: SpeakerView::default(),
        processing: Processing::default(),
        preview: None,
        sharing: Sharing::Off,
        tiles: Vec::new(),
        screens: Vec::new(),
        host: None,
        locked: false,
        inside: None,
        notices: Vec::new(),
    };
    match name {
        "off" => view.camera = device(DeviceState::Off),
        "starting" => view.camera = device(DeviceState::Starting),
        "refused" => {
            view.camera = device(DeviceState::Failed(DeviceFailure::Refused));
            view.microphone = device(DeviceState::Failed(DeviceFailure::Busy));
        }
        "nomic" => {
            view.microphone = device(DeviceState::Failed(DeviceFailure::Missing));
        }
        "joining" => view.phase = Phase::Joining,
        "full" => {
            let problem = Problem::RoomFull;
            view.notices = vec![Notice { id: NoticeId(0), problem, device: None, name: String::new() }];
        }
        "inside" => {
            let names = ["Bob de la Cruz", "王小明", ""].map(str::to_owned).into();
            view.inside = Some(InsideView { names, locked: true, full: false });
        }
        "call" | "speaker" | "alone" | "notices" | "lost" | "settings" | "floating" => {
            view.phase = Phase::InCall;
            view.tiles = tiles(number.parse().unwrap_or(1));
        }
        "meeting" | "slides" => {
            view.phase = Phase::InCall;
            view.tiles = meeting(number.parse().unwrap_or(2));
            if name == "slides" {
                let peer = PeerId::from_bytes([1; 10]);
                view.screens = vec![ScreenView { peer, name: "Ben".into(), stream: None }];
            }
        }
        "screen" | "screens" => {
            view.phase = Phase::InCall;
            view.tiles = tiles(number.parse().unwrap_or(2));
            let shown = if name == "screen" { 1..2 } else { 1..3 };
            let peer = |at| PeerId::from_bytes([at; 10]);
            let screen =
                |at: u8| ScreenView { peer: peer(at), name: NAMES[usize::from(at)].into(), stream: None };
            view.screens = shown.map(screen).collect();
            view.sharing = Sharing::On;
        }
        "left" => view.phase = Phase::Left,
        _ => {}
    }
    if name == "settings" {
        view.host = view.tiles.first().map(|tile| tile.peer.clone());
    }
    if name == "lost" {
        view.phase = Phase::Reconnecting;
    }
    if name == "notices" {
        let problems = [Problem::Device(DeviceKind::Camera, DeviceFailure::Lost), Problem::Outdated];
        view.camera = device(DeviceState::Failed(DeviceFailure::Lost));
        let notice = |(id, problem)| Notice { id: NoticeId(id), problem, device: None, name: String::new() };
        view.notices = (0..).zip(problems).map(notice).collect();
    }
    view
}

fn gallery() -> AnyView {
    let fragment = route::fragment().get_untracked();
    let (name, rest) = fragment.split_once('&').unwrap_or((&fragment, ""));
    if name.is_empty() || name == "bad-link" {
        return home(Words::english());
    }
    let packs = [
        ("de", include_str!("../../text/de.txt")),
        ("es", include_str!("../../text/es.txt")),
        ("fr", include_str!("../../text/fr.txt")),
        ("pt-BR", include_str!("../../text/pt-BR.txt")),
        ("ar", include_str!("../../text/ar.txt")),
        ("ja", include_str!("../../text/ja.txt")),
        ("zh-Hans", include_str!("../../text/zh-Hans.txt")),
    ];
    let pack = packs.into_iter().find(|(tag, _)| rest.split('&').any(|wish| wish == *tag));
    let words = pack.map_or_else(Words::english, |(tag, pack)| Words::new(tag, pack.to_owned()));
    provide_language(RwSignal::new(words));
    ui::set_root_attribute("lang", Some(words.tag()));
    ui::set_root_attribute("dir", Language::of_tag(words.tag()).map(Language::direction));
    ui::set_root_attribute("data-theme", Some(if rest.contains("light") { "light" } else { "dark" }));
    let view = RwSignal::new(made_up(name));
    let text = parts::text(words.tag());
    if name.starts_with("floating") {
        return frame(RwSignal::new("in-call"), parts::small_window(view, text), false);
    }
    let door = Door::new(
        move |place| {
            if let Some((panel, place)) = place {
                parts::panel(panel, place, view, text);
            }
        },
        move |place| {
            if let Some(place) = place {
                parts::ways(place, text);
            }
        },
        |_| {},
    );
    door.look.set(Look {
        spotlight: name.starts_with("speaker"),
        hides_own: name.starts_with("alone"),
        motion: false,
    });
    match name.split('-').next() {
        Some("settings") => door.open.set(Some(Panel::Settings)),
        Some("devices") => door.open.set(Some(Panel::Devices)),
        _ => {}
    }
    if name == "left" {
        view.update(|view| view.phase = Phase::InCall);
        set_timeout(move || view.update(|view| view.phase = Phase::Left), Duration::from_millis(1_500));
    }
    let scene = Scene {
        view: view.into(),
        levels: Signal::stored(Levels::new(0.2, std::iter::empty())),
        streams: Streams::new(),
        send: UnsyncCallback::new(|_| {}),
        link: StoredValue::new(parts::LINK.to_owned()),
        door,
    };
    let state = RwSignal::new("home");
    frame(state, call_pages(scene, state, |_| {}), false)
}

fn main() {
    leptos::mount::mount_to_body(gallery);
}
