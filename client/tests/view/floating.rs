//! The small window above all others, from made-up views.

use std::{cell::RefCell, rc::Rc};

use leptos::prelude::*;
use visavis_call::{CallView, DeviceKind, Intent, Phase, ScreenView};
use visavis_client::{
    text::SettingsText,
    view::{FloatingScene, floating},
};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::made_up::{ALICE, BOB, CAROL, id, in_call};
use crate::mounted::{Shown, until};

struct Window {
    shown: Shown,
    view: RwSignal<CallView>,
    sent: Rc<RefCell<Vec<Intent>>>,
}

impl Window {
    async fn new(view: CallView) -> Self {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&sent);
        let signal = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&signal);
        let shown = Shown::new(move || {
            let view = RwSignal::new(view);
            *slot.borrow_mut() = Some(view);
            floating(FloatingScene {
                text: SettingsText::new(None),
                view: view.into(),
                send: UnsyncCallback::new(move |intent| log.borrow_mut().push(intent)),
            })
        });
        until(|| shown.has("floating")).await;
        let view = signal.borrow().unwrap();
        Self { shown, view, sent }
    }

    /// Who is seen, and as what.
    fn seen(&self) -> Vec<(String, String)> {
        let all = self.shown.find("floating").query_selector_all("[data-floats]").unwrap();
        let elements = (0..all.length()).map(|at| all.get(at).unwrap());
        let attribute = |element: &web_sys::Element, name| element.get_attribute(name).unwrap();
        elements
            .map(wasm_bindgen::JsCast::unchecked_into::<web_sys::Element>)
            .map(|element| (attribute(&element, "data-name"), attribute(&element, "data-floats")))
            .collect()
    }

    async fn shows(&self, wanted: &[(&str, &str)]) {
        until(|| {
            self.seen().iter().map(|(name, what)| (name.as_str(), what.as_str())).eq(wanted.iter().copied())
        })
        .await;
    }
}

#[wasm_bindgen_test]
async fn the_others_are_seen_and_a_screen_before_them() {
    let window = Window::new(in_call(&[ALICE])).await;
    window.shows(&[("alice", "face")]).await;
    window.view.set(in_call(&[ALICE, BOB, CAROL]));
    window.shows(&[("bob", "face"), ("carol", "face")]).await;
    window.view.update(|view| {
        view.screens.push(ScreenView { peer: id(BOB), name: "bob".into(), stream: None });
    });
    window.shows(&[("bob", "screen"), ("bob", "face"), ("carol", "face")]).await;
    window.view.update(|view| {
        view.screens.clear();
        view.tiles.retain(|tile| tile.peer != id(BOB));
    });
    window.shows(&[("carol", "face")]).await;
    window.view.update(|view| view.phase = Phase::Left);
    window.shows(&[]).await;
}

#[wasm_bindgen_test]
async fn its_buttons_say_what_is_wished() {
    let window = Window::new(in_call(&[ALICE, BOB])).await;
    for (testid, wanted) in [
        ("floating-microphone", Intent::Switch(DeviceKind::Microphone, false)),
        ("floating-camera", Intent::Switch(DeviceKind::Camera, false)),
        ("floating-leave", Intent::Leave),
    ] {
        window.shown.click(testid);
        assert_eq!(std::mem::take(&mut *window.sent.borrow_mut()), [wanted]);
    }
    window.view.update(|view| view.microphone.wish = false);
    until(|| window.shown.attribute("floating-microphone", "aria-pressed") == "false").await;
    window.shown.click("floating-microphone");
    assert_eq!(*window.sent.borrow(), [Intent::Switch(DeviceKind::Microphone, true)]);
}
