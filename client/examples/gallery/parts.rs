//! What other programs draw on the page: the panel of what can be set, the ways to invite, the small window.

use leptos::{mount::mount_to, prelude::*};
use visavis_call::CallView;
use visavis_client::{
    browser::ui::Place,
    quality::{Advised, LinkTold},
    text::SettingsText,
    view::{FloatingScene, Look, Panel, SettingsScene, devices_form, floating, invite_ways, settings_panel},
};
use visavis_protocol::PeerId;
use visavis_quality::{Flow, LinkView, Sample, Sent, Sources, Way};

/// The link of every call that never was.
pub(crate) const LINK: &str = "https://visavis.example/#7h2kq9w4z0m3x8v5t1r6p2n4cs";

/// Their words, by the language of the page.
pub(crate) fn text(tag: &str) -> &'static SettingsText {
    let packs =
        [("de", include_str!("../../text/more/de.txt")), ("ar", include_str!("../../text/more/ar.txt"))];
    let pack = packs.into_iter().find(|(one, _)| *one == tag);
    SettingsText::new(pack.map(|(_, pack)| pack.to_owned()))
}

/// Draws a panel, for as long as the page is there.
pub(crate) fn panel(panel: Panel, place: Place, view: RwSignal<CallView>, text: &'static SettingsText) {
    let draw = move || {
        let scene = SettingsScene {
            text,
            view: view.into(),
            look: Signal::stored(Look::default()),
            level: Signal::stored(0.6),
            see: UnsyncCallback::new(|_| {}),
            links: Signal::stored(vec![link()]),
            export: UnsyncCallback::new(|()| {}),
            send: UnsyncCallback::new(|_| {}),
            float: UnsyncCallback::new(|()| {}),
            shut: UnsyncCallback::new(|()| {}),
            link: StoredValue::new(LINK.to_owned()),
        };
        if panel == Panel::Devices { devices_form(scene) } else { settings_panel(scene) }
    };
    mount_to(place, draw).forget();
}

/// Draws the ways to invite.
pub(crate) fn ways(place: Place, text: &'static SettingsText) {
    mount_to(place, move || invite_ways(text, LINK)).forget();
}

/// What stands in the small window.
pub(crate) fn small_window(view: RwSignal<CallView>, text: &'static SettingsText) -> AnyView {
    floating(FloatingScene { text, view: view.into(), send: UnsyncCallback::new(|_| {}) })
}

/// A link that loses a lot.
fn link() -> LinkTold {
    let picture = |bits, loss| Flow { bits, loss, frames: 24, width: 640, height: 360, ..Flow::default() };
    let sample = |at: u64| {
        let wave = u32::try_from(at % 7).unwrap_or_default();
        let flows = |bits| Sources { camera: picture(bits + wave * 40_000, 30), ..Sources::default() };
        Sample {
            at: at * 1000,
            way: Way::Relayed,
            round_trip: Some(140),
            sent: flows(600_000),
            received: flows(400_000),
            ..Sample::default()
        }
    };
    let samples: Vec<_> = (0..120).map(sample).collect();
    let codecs = || Sources { camera: Some("VP9".to_owned()), ..Sources::default() };
    LinkTold {
        name: "Bob de la Cruz".into(),
        link: LinkView {
            peer: PeerId::from_bytes([1; 10]),
            bars: 1,
            verdicts: Vec::new(),
            sends: [Sent::Whole; 2],
            gets: None,
            codecs: [codecs(), codecs()],
            now: samples.last().copied(),
        },
        samples,
        advice: vec![Advised {
            what: "Bob de la Cruz’s uplink loses 18 % of packets; their video was lowered.".into(),
            advice: "They could move closer to their router or use a cable.".into(),
        }],
    }
}
