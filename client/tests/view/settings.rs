//! Devices: what is chosen, offered and explained, in the panel that is a program of its own and on the stage.

use std::{
    cell::{Cell, RefCell},
    ops::Deref,
    rc::Rc,
};

use leptos::prelude::*;
use visavis_call::{
    CallView, DeviceKind, DeviceState, Intent, Notice, NoticeId, Phase, Problem, Processing, SpeakerView,
};
use visavis_client::{
    browser::ui,
    quality::{Advised, LinkTold},
    text::SettingsText,
    view::{Look, Panel, SettingsScene, settings_panel},
};
use visavis_quality::{Flow, LinkView, Sample, Sent, Sources, Way};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlInputElement, HtmlSelectElement};

use crate::made_up::{ALICE, BOB, device, id, in_call, lobby};
use crate::mounted::{Mounted, Shown, until};

const LINK: &str = "https://call.example/#0123456789abcdefghjkmnpqrs";

pub(crate) struct Settings {
    shown: Shown,
    pub(crate) view: RwSignal<CallView>,
    look: RwSignal<Look>,
    sent: Rc<RefCell<Vec<Intent>>>,
    links: RwSignal<Vec<LinkTold>>,
    exports: Rc<Cell<u32>>,
}

impl Deref for Settings {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Settings {
    pub(crate) async fn open(pack: Option<&str>) -> Self {
        let pack = pack.map(str::to_owned);
        let sent = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&sent);
        let exports = Rc::new(Cell::new(0));
        let counted = Rc::clone(&exports);
        let signals = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&signals);
        let shown = Shown::new(move || {
            let (view, look, links) =
                (RwSignal::new(lobby()), RwSignal::new(Look::default()), RwSignal::new(Vec::new()));
            *slot.borrow_mut() = Some((view, look, links));
            settings_panel(SettingsScene {
                text: SettingsText::new(pack),
                view: view.into(),
                look: look.into(),
                level: Signal::stored(0.5),
                see: UnsyncCallback::new(move |wish| look.set(wish)),
                links: links.into(),
                export: UnsyncCallback::new(move |()| counted.set(counted.get() + 1)),
                send: UnsyncCallback::new(move |intent| log.borrow_mut().push(intent)),
                float: UnsyncCallback::new(|()| {}),
                shut: UnsyncCallback::new(|()| {}),
                link: StoredValue::new(LINK.to_owned()),
            })
        });
        let (view, look, links) = signals.borrow().unwrap();
        until(|| shown.has("select-camera")).await;
        Self { shown, view, look, sent, links, exports }
    }

    pub(crate) fn sent(&self) -> Vec<Intent> {
        std::mem::take(&mut self.sent.borrow_mut())
    }

    fn choose(&self, testid: &str, value: &str) {
        self.find(testid).unchecked_into::<HtmlSelectElement>().set_value(value);
        self.dispatch(testid, "change");
    }

    fn chosen(&self, testid: &str) -> String {
        self.find(testid).unchecked_into::<HtmlSelectElement>().value()
    }
}

#[wasm_bindgen_test]
async fn a_device_is_chosen_by_its_id() {
    let page = Settings::open(None).await;
    assert_eq!(page.chosen("select-camera"), "", "the browser's choice");
    page.view.update(|view| view.camera.used = Some("first".into()));
    until(|| page.chosen("select-camera") == "first").await;
    page.choose("select-camera", "second");
    assert_eq!(page.sent(), [Intent::Choose(DeviceKind::Camera, Some("second".into()))]);
    page.view.update(|view| view.camera.chosen = Some("second".into()));
    until(|| page.chosen("select-camera") == "second").await;
    page.choose("select-camera", "");
    page.choose("select-microphone", "first");
    page.choose("select-speaker", "second");
    let first = Some("first".to_owned());
    assert_eq!(
        page.sent(),
        [
            Intent::Choose(DeviceKind::Camera, None),
            Intent::Choose(DeviceKind::Microphone, first),
            Intent::ChooseSpeaker(Some("second".into())),
        ]
    );
    page.view.update(|view| view.speaker = SpeakerView::default());
    until(|| !page.has("select-speaker")).await;
    assert!(page.has("test-speaker"), "who cannot choose hears it all the same");
}

#[wasm_bindgen_test]
async fn each_switch_is_one_of_the_microphones_sound() {
    let page = Settings::open(None).await;
    let all = Processing::default();
    for (testid, processing) in [
        ("echo-cancellation", Processing { echo_cancellation: false, ..all }),
        ("noise-suppression", Processing { noise_suppression: false, ..all }),
        ("auto-gain-control", Processing { auto_gain_control: false, ..all }),
    ] {
        let switch: HtmlInputElement = page.find(testid).unchecked_into();
        assert!(switch.checked());
        switch.click();
        assert_eq!(page.sent(), [Intent::Process(processing)]);
    }
}

#[wasm_bindgen_test]
async fn what_is_seen_of_the_call_is_chosen() {
    let page = Settings::open(None).await;
    let is_checked = |testid: &str| page.find(testid).unchecked_into::<HtmlInputElement>().checked();
    assert!(is_checked("layout-grid") && !is_checked("layout-speaker") && !is_checked("hide-own"));
    page.click("layout-speaker");
    page.click("hide-own");
    assert_eq!(page.look.get_untracked(), Look { spotlight: true, hides_own: true, motion: false });
    page.click("layout-grid");
    assert_eq!(page.look.get_untracked(), Look { spotlight: false, hides_own: true, motion: false });
    page.click("screen-motion");
    assert!(page.look.get_untracked().motion);
    page.look.set(Look { spotlight: true, hides_own: false, motion: true });
    until(|| is_checked("layout-speaker") && !is_checked("hide-own")).await;
    for look in
        [Look::default(), page.look.get_untracked(), Look { spotlight: false, hides_own: true, motion: true }]
    {
        assert_eq!(Look::of_code(look.code()), look);
    }
    assert_eq!(Look::of_code("of another version"), Look::default());
}

#[wasm_bindgen_test]
async fn the_settings_speak_the_language_of_the_page() {
    assert!(Settings::open(None).await.text("shortcuts").contains("Hold to talk"));
    let chinese = Settings::open(Some(include_str!("../../text/more/zh-Hans.txt"))).await;
    assert!(
        chinese.text("shortcuts").contains("静音时按住说话") && chinese.text("settings").contains("麦克风")
    );
}

#[wasm_bindgen_test]
async fn others_are_invited_from_the_settings_too() {
    let page = Settings::open(None).await;
    for way in ["invite-copy", "invite-mail", "invite-code"] {
        assert!(page.has(way), "{way}");
    }
    let selector = ".invite-section input";
    let field = page.find("settings").query_selector(selector).unwrap().unwrap();
    assert_eq!(field.unchecked_into::<HtmlInputElement>().value(), LINK);
}

#[wasm_bindgen_test]
async fn a_device_that_was_plugged_in_is_offered() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    page.change(|view| {
        let problem = Problem::DeviceFound(DeviceKind::Microphone);
        view.notices.push(Notice {
            id: NoticeId(3),
            problem,
            device: Some(device("second")),
            name: String::new(),
        });
    });
    until(|| page.has("notice")).await;
    assert!(page.text("notice").contains("“The second one” was plugged in."));
    page.click("remedy");
    assert_eq!(page.sent(), [Intent::Adopt(NoticeId(3))]);
}

#[wasm_bindgen_test]
async fn what_took_the_place_of_a_device_is_named() {
    for (problem, words) in [
        (Problem::DeviceGone(DeviceKind::Microphone), "microphone was unplugged"),
        (Problem::DeviceGone(DeviceKind::Camera), "camera was unplugged"),
        (Problem::DeviceBack(DeviceKind::Camera), "is back"),
    ] {
        let mut view = lobby();
        view.notices.push(Notice {
            id: NoticeId(4),
            problem,
            device: Some(device("first")),
            name: String::new(),
        });
        let page = Mounted::new(view);
        until(|| page.has("notice")).await;
        let told = page.text("notice");
        assert!(told.contains("The first one") && told.contains(words), "{told}");
    }
}

#[wasm_bindgen_test]
async fn space_talks_as_long_as_it_is_held() {
    let switch = |on| Intent::Switch(DeviceKind::Microphone, on);
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave")).await;
    page.press(" ");
    page.release(" ");
    assert_eq!(page.sent(), [], "they are heard already");
    page.change(|view| view.microphone.wish = false);
    page.press(" ");
    page.press(" ");
    assert_eq!(page.sent(), [switch(true)]);
    page.release(" ");
    assert_eq!(page.sent(), [switch(false)]);
    page.press(" ");
    web_sys::window().unwrap().dispatch_event(&web_sys::Event::new("blur").unwrap()).unwrap();
    assert_eq!(page.sent(), [switch(true), switch(false)], "nobody sees it let go elsewhere");
    page.change(|view| view.phase = Phase::Lobby);
    page.press(" ");
    assert_eq!(page.sent(), []);
}

#[wasm_bindgen_test]
async fn who_speaks_while_muted_is_told_so() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    let is_told = || page.has("notice") && page.attribute("notice", "data-problem") == "unheard";
    until(|| page.has("leave")).await;
    let speak = async || {
        for _ in 0..4 {
            for amplitude in [0.2, 0.3] {
                page.speak(amplitude);
                until(|| true).await;
            }
        }
    };
    speak().await;
    assert!(!is_told());
    page.speak(0.0);
    page.change(|view| {
        view.microphone.wish = false;
        view.microphone.state = DeviceState::Off;
    });
    until(|| true).await;
    page.speak(0.3);
    until(|| true).await;
    page.speak(0.0);
    until(|| true).await;
    assert!(!is_told(), "a cough");
    speak().await;
    until(is_told).await;
    page.click("remedy");
    assert_eq!(page.sent(), [Intent::Switch(DeviceKind::Microphone, true)]);
    page.change(|view| view.microphone.wish = true);
    until(|| !page.has("notice")).await;
}

#[wasm_bindgen_test]
async fn coughs_with_pauses_between_them_are_no_speech() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave")).await;
    page.change(|view| {
        view.microphone.wish = false;
        view.microphone.state = DeviceState::Off;
    });
    for _ in 0..2 {
        for amplitude in [0.3, 0.31, 0.3] {
            page.speak(amplitude);
            until(|| true).await;
        }
        let since = ui::now();
        until(|| ui::now() - since > 1600.0).await;
    }
    assert!(!page.has("notice"));
}

#[wasm_bindgen_test]
async fn every_panel_is_given_its_place() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("open-settings")).await;
    page.click("open-settings");
    until(|| page.attribute("open-settings", "aria-expanded") == "true").await;
    page.press("t");
    until(|| page.attribute("open-chat", "aria-expanded") == "true").await;
    assert_eq!(page.attribute("open-settings", "aria-expanded"), "false");
    page.press("?");
    until(|| page.attribute("open-settings", "aria-expanded") == "true").await;
    page.press("?");
    let wanted = [None, Some(Panel::Settings), Some(Panel::Chat), Some(Panel::Settings), None];
    until(|| page.places() == wanted).await;
    page.change(|view| view.phase = Phase::Lobby);
    until(|| page.has("open-devices")).await;
    page.click("open-devices");
    until(|| page.places().last() == Some(&Some(Panel::Devices))).await;
}

/// A link to Bob, whose uplink is bad.
fn link_to_bob(round_trip: u16) -> LinkTold {
    let camera = Flow { bits: 400_000, loss: 180, frames: 24, width: 640, height: 360, ..Flow::default() };
    let received = Sources { camera, ..Sources::default() };
    let now = Sample { way: Way::Relayed, round_trip: Some(round_trip), received, ..Sample::default() };
    let codecs = [Sources::default(), Sources { camera: Some("VP9".to_owned()), ..Sources::default() }];
    LinkTold {
        name: "<b>bob</b>".into(),
        link: LinkView {
            peer: id(BOB),
            bars: 1,
            verdicts: Vec::new(),
            sends: [Sent::Whole; 2],
            gets: None,
            codecs,
            now: Some(now),
        },
        samples: vec![now; 3],
        advice: vec![Advised { what: "Packets are lost.".into(), advice: "Use a cable.".into() }],
    }
}

#[wasm_bindgen_test]
async fn links_are_shown_in_figures_words_and_graphs() {
    let page = Settings::open(None).await;
    assert!(!page.has("links"), "nobody is linked");
    page.links.set(vec![link_to_bob(40)]);
    until(|| page.has("link")).await;
    let text = |testid: &str| page.find(testid).text_content().unwrap_or_default();
    assert_eq!(text("verdict"), "Packets are lost. Use a cable.");
    assert_eq!(text("way"), "over a relay");
    assert!(text("link-picture").contains("640×360, 24 fps, VP9"), "{}", text("link-picture"));
    assert!(text("link-bitrate").contains("400 kbit/s") && text("link-loss").contains("18 %"));
    assert!(text("link-round-trip").contains("40 ms"));
    let link = page.find("link");
    assert!(link.text_content().unwrap().contains("<b>bob</b>"), "a name of markup stays text");
    let lines = link.query_selector_all("polyline").unwrap();
    assert_eq!(lines.length(), 5);
    page.links.set(vec![link_to_bob(90)]);
    until(|| text("link-round-trip").contains("90 ms")).await;
    assert_eq!(page.find("link"), link, "it is the same element");
    page.click("export-quality");
    assert_eq!(page.exports.get(), 1);
    page.links.set(Vec::new());
    until(|| !page.has("links")).await;
}
