//! A page in the document of the test, and what a user would do with it.

use std::{cell::RefCell, ops::Deref, rc::Rc};

use gloo_timers::future::TimeoutFuture;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_call::{CallView, Intent, StreamId};
use visavis_client::{
    browser::{levels::Levels, streams::Streams, ui::Place},
    text::Words,
    view::{Door, Panel, Scene, call_pages, frame, provide_language},
};
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, EventInit, EventTarget, HtmlElement, HtmlInputElement, KeyboardEvent, KeyboardEventInit,
};

use crate::made_up::{Person, id};

/// Waits for something to become true; a test that waits in vain fails after ten seconds.
pub(crate) async fn until(condition: impl Fn() -> bool) {
    for _ in 0..1000 {
        // First of all, so that what was just changed has had its effects.
        TimeoutFuture::new(10).await;
        if condition() {
            return;
        }
    }
    panic!("waited in vain");
}

/// What the page says in Chinese.
pub(crate) fn chinese() -> Words {
    Words::new("zh-Hans", include_str!("../../text/zh-Hans.txt").to_owned())
}

/// Something in the document, taken away again when dropped.
pub(crate) struct Shown {
    root: HtmlElement,
    handle: Option<UnmountHandle<AnyViewState>>,
}

/// A page of a call.
pub(crate) struct Mounted {
    shown: Shown,
    view: RwSignal<CallView>,
    language: RwSignal<Words>,
    levels: RwSignal<Levels>,
    sent: Rc<RefCell<Vec<Intent>>>,
    door: Door,
    places: Rc<RefCell<Vec<Option<Panel>>>>,
    reactions: Rc<RefCell<Vec<String>>>,
    invites: Rc<RefCell<Option<Place>>>,
}

impl Deref for Mounted {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Mounted {
    pub(crate) fn new(view: CallView) -> Self {
        let sent = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&sent);
        let places = Rc::new(RefCell::new(Vec::new()));
        let log_places = Rc::clone(&places);
        let invites = Rc::new(RefCell::new(None));
        let log_invites = Rc::clone(&invites);
        let reactions = Rc::new(RefCell::new(Vec::new()));
        let log_reactions = Rc::clone(&reactions);
        let signals = Rc::new(RefCell::new(None));
        let slot = Rc::clone(&signals);
        let shown = Shown::new(move || {
            let view = RwSignal::new(view);
            let language = RwSignal::new(Words::english());
            let levels = RwSignal::new(Levels::default());
            provide_language(language);
            let door = Door::new(
                move |place| log_places.borrow_mut().push(place.map(|(panel, _)| panel)),
                move |place| *log_invites.borrow_mut() = place,
                move |reaction| log_reactions.borrow_mut().push(reaction),
            );
            *slot.borrow_mut() = Some((view, language, levels, door));
            let scene = Scene {
                view: view.into(),
                levels: levels.into(),
                streams: Streams::new(),
                send: UnsyncCallback::new(move |intent| log.borrow_mut().push(intent)),
                link: StoredValue::new("https://call.example/#0123456789abcdefghjkmnpqrs".to_owned()),
                door,
            };
            let state = RwSignal::new("home");
            frame(state, call_pages(scene, state, |_| {}), false)
        });
        let (view, language, levels, door) = signals.borrow().unwrap();
        Self { shown, view, language, levels, sent, door, places, reactions, invites }
    }

    pub(crate) fn change(&self, change: impl FnOnce(&mut CallView)) {
        self.view.update(change);
    }

    pub(crate) fn language(&self, words: Words) {
        self.language.set(words);
    }

    /// The user's own amplitude.
    pub(crate) fn speak(&self, amplitude: f32) {
        self.levels.set(Levels::new(amplitude, std::iter::empty()));
    }

    /// The amplitudes of what others send.
    pub(crate) fn hear(&self, amplitudes: Vec<(StreamId, f32)>) {
        self.levels.set(Levels::new(0.0, amplitudes.into_iter()));
    }

    pub(crate) fn door(&self) -> Door {
        self.door
    }

    /// Which panel was given a place, each time it was said.
    pub(crate) fn places(&self) -> Vec<Option<Panel>> {
        self.places.borrow().clone()
    }

    /// Where the ways to invite shall stand.
    pub(crate) fn invites(&self) -> Option<Place> {
        self.invites.borrow().clone()
    }

    /// How the user has reacted.
    pub(crate) fn reactions(&self) -> Vec<String> {
        self.reactions.borrow().clone()
    }

    /// What was sent since it was last asked.
    pub(crate) fn sent(&self) -> Vec<Intent> {
        std::mem::take(&mut self.sent.borrow_mut())
    }
}

impl Shown {
    pub(crate) fn new(page: impl FnOnce() -> AnyView + 'static) -> Self {
        let document = document();
        let root: HtmlElement = document.create_element("div").unwrap().unchecked_into();
        document.body().unwrap().append_child(&root).unwrap();
        let handle = mount_to(root.clone(), page);
        Self { root, handle: Some(handle) }
    }

    /// For tests that measure: there is no style sheet else.
    pub(crate) fn style(&self, css: &str) {
        let sheet = document().create_element("style").unwrap();
        sheet.set_text_content(Some(css));
        self.root.append_child(&sheet).unwrap();
    }

    pub(crate) fn all(&self, testid: &str) -> Vec<Element> {
        let found = self.root.query_selector_all(&format!("[data-testid={testid}]")).unwrap();
        (0..found.length()).filter_map(|at| found.get(at)).map(JsCast::unchecked_into).collect()
    }

    pub(crate) fn has(&self, testid: &str) -> bool {
        !self.all(testid).is_empty()
    }

    /// The first of these.
    pub(crate) fn find(&self, testid: &str) -> Element {
        self.all(testid).into_iter().next().unwrap_or_else(|| panic!("there is no {testid}"))
    }

    pub(crate) fn tile(&self, person: Person) -> Element {
        let selector = format!("[data-testid=tile][data-peer='{}']", id(person));
        self.root.query_selector(&selector).unwrap().unwrap()
    }

    pub(crate) fn attribute(&self, testid: &str, name: &str) -> String {
        self.find(testid).get_attribute(name).unwrap_or_default()
    }

    pub(crate) fn text(&self, testid: &str) -> String {
        self.find(testid).text_content().unwrap_or_default()
    }

    pub(crate) fn click(&self, testid: &str) {
        self.find(testid).unchecked_into::<HtmlElement>().click();
    }

    pub(crate) fn click_within(&self, testid: &str, selector: &str) {
        let element = self.find(testid).query_selector(selector).unwrap().unwrap();
        element.unchecked_into::<HtmlElement>().click();
    }

    pub(crate) fn type_into(&self, testid: &str, text: &str) {
        self.find(testid).unchecked_into::<HtmlInputElement>().set_value(text);
        self.dispatch(testid, "input");
    }

    pub(crate) fn dispatch(&self, testid: &str, event: &str) {
        let init = EventInit::new();
        init.set_bubbles(true);
        let event = Event::new_with_event_init_dict(event, &init).unwrap();
        self.find(testid).dispatch_event(&event).unwrap();
    }

    /// Presses a key while nothing has the focus.
    pub(crate) fn press(&self, key: &str) {
        press(self.root.unchecked_ref(), "keydown", key);
    }

    /// Lets go of it.
    pub(crate) fn release(&self, key: &str) {
        press(self.root.unchecked_ref(), "keyup", key);
    }

    pub(crate) fn press_in(&self, testid: &str, key: &str) {
        press(self.find(testid).unchecked_ref(), "keydown", key);
    }
}

impl Drop for Shown {
    fn drop(&mut self) {
        drop(self.handle.take());
        self.root.remove();
    }
}

fn press(target: &EventTarget, event: &str, key: &str) {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_bubbles(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict(event, &init).unwrap();
    target.dispatch_event(&event).unwrap();
}
