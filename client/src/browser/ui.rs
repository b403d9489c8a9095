//! Small wishes of the pages to the browser: sizes, keys, the language and theme of the document, the clock on the
//! wall. Knows neither calls nor pages.

use gloo_events::EventListener;
use js_sys::{Array, Date};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use web_sys::{
    Document, Element, HtmlElement, HtmlInputElement, KeyboardEvent, PointerEvent, ResizeObserver,
    ResizeObserverEntry,
};

/// An element that somebody else draws into.
pub type Place = HtmlElement;

/// Tells the size of an element's content as long as it lives.
#[derive(Debug)]
pub struct SizeWatch {
    observer: Option<ResizeObserver>,
    _resized: Closure<dyn FnMut(Array)>,
}

impl SizeWatch {
    /// Calls back with width and height in CSS pixels: soon, and at every change.
    pub fn new(element: &Element, on_size: impl Fn(f64, f64) + 'static) -> Self {
        let resized = Closure::new(move |entries: Array| {
            if let Ok(entry) = entries.get(0).dyn_into::<ResizeObserverEntry>() {
                let content = entry.content_rect();
                on_size(content.width(), content.height());
            }
        });
        let observer = ResizeObserver::new(resized.as_ref().unchecked_ref()).ok();
        if let Some(observer) = &observer {
            observer.observe(element);
        }
        Self { observer, _resized: resized }
    }
}

impl Drop for SizeWatch {
    fn drop(&mut self) {
        if let Some(observer) = &self.observer {
            observer.disconnect();
        }
    }
}

/// Puts an element at `[left, top, width, height]` of its container, in CSS pixels, or where the style sheet wants it.
pub fn put(element: &HtmlElement, place: Option<[u32; 4]>) {
    let style = element.style();
    for (at, name) in ["left", "top", "width", "height"].into_iter().enumerate() {
        // The page's policy forbids a style attribute; single properties it allows.
        let _ = match place {
            Some(place) => style.set_property(name, &format!("{}px", place[at])),
            None => style.remove_property(name).map(drop),
        };
    }
}

/// Shows what is in the middle of an element that scrolls.
pub fn scroll_to_middle(element: &Element) {
    element.set_scroll_left((element.scroll_width() - element.client_width()) / 2);
    element.set_scroll_top((element.scroll_height() - element.client_height()) / 2);
}

/// Lets an element fill the whole screen, or no longer. A browser that does not allow it does nothing.
pub fn fill_screen(element: &Element) {
    let Some(document) = document() else { return };
    if document.fullscreen_element().is_some() {
        document.exit_fullscreen();
    } else {
        let _ = element.request_fullscreen();
    }
}

/// Tells keys pressed anywhere on the page, but for those that are typed into something or are part of a chord.
#[derive(Debug)]
pub struct KeyWatch {
    _keydown: Option<EventListener>,
}

impl KeyWatch {
    /// Calls back with `KeyboardEvent.key` in lower case.
    pub fn new(on_key: impl Fn(&str) + 'static) -> Self {
        let Some(window) = web_sys::window() else { return Self { _keydown: None } };
        let keydown = EventListener::new(&window, "keydown", move |event| {
            let Some(event) = event.dyn_ref::<KeyboardEvent>() else { return };
            let chord = event.ctrl_key() || event.meta_key() || event.alt_key();
            if !(chord || event.repeat() || event.is_composing() || is_typed(event)) {
                // Where the keyboard writes other letters the place of the key counts.
                let (key, code) = (event.key(), event.code());
                let letter = code.strip_prefix("Key").filter(|_| !key.is_ascii());
                on_key(&letter.unwrap_or(&key).to_ascii_lowercase());
            }
        });
        Self { _keydown: Some(keydown) }
    }
}

/// Tells when the space bar is held anywhere on the page, but for where it types, or presses what the keyboard has chosen.
/// (`:focus-visible` is no help: with the first key it is so for what the pointer has chosen, too.)
#[derive(Debug)]
pub struct HoldWatch {
    _listeners: Vec<EventListener>,
}

impl HoldWatch {
    /// `on_press` tells whether that means something; if so, `on_release` is called when it is let go of, or cannot be watched
    /// any more.
    pub fn new(on_press: impl Fn() -> bool + 'static, on_release: impl Fn() + Clone + 'static) -> Self {
        let Some(window) = web_sys::window() else { return Self { _listeners: Vec::new() } };
        let held = std::rc::Rc::new(std::cell::Cell::new(false));
        let (holds, lost) = (held.clone(), held.clone());
        let tabbed = std::rc::Rc::new(std::cell::Cell::new(true));
        let points = tabbed.clone();
        let pointed = EventListener::new(&window, "pointerdown", move |_| points.set(false));
        let let_go = on_release.clone();
        let options = gloo_events::EventListenerOptions::enable_prevent_default();
        let keydown = EventListener::new_with_options(&window, "keydown", options, move |event| {
            let Some(key) = event.dyn_ref::<KeyboardEvent>() else { return };
            if key.key() != " " {
                return tabbed.set(tabbed.get() || key.key() == "Tab");
            }
            let chord = key.ctrl_key() || key.meta_key() || key.alt_key() || key.shift_key();
            if !(held.get() || chord || key.repeat() || is_typed(key) || tabbed.get() && is_pressed(key)) {
                held.set(on_press());
            }
            if held.get() {
                key.prevent_default();
            }
        });
        let keyup = EventListener::new_with_options(&window, "keyup", options, move |event| {
            let is_space = event.dyn_ref::<KeyboardEvent>().is_some_and(|event| event.key() == " ");
            if is_space && holds.replace(false) {
                // The button that was clicked last is not clicked once more.
                event.prevent_default();
                on_release();
            }
        });
        let blur = EventListener::new(&window, "blur", move |_| {
            if lost.replace(false) {
                let_go();
            }
        });
        Self { _listeners: vec![pointed, keydown, keyup, blur] }
    }
}

/// Whether a key press goes to something that it presses.
fn is_pressed(event: &KeyboardEvent) -> bool {
    let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
    target
        .is_some_and(|target| target.closest("button, a, summary, input").is_ok_and(|found| found.is_some()))
}

/// Whether a key press goes into a field.
fn is_typed(event: &KeyboardEvent) -> bool {
    let Some(target) = event.target().and_then(|target| target.dyn_into::<HtmlElement>().ok()) else {
        return false;
    };
    match target.tag_name().as_str() {
        "INPUT" => !target.matches("[type=checkbox], [type=radio], [type=button]").unwrap_or_default(),
        "TEXTAREA" | "SELECT" => true,
        _ => target.is_content_editable(),
    }
}

/// Sends the pointer's further moves to the element that listens now, wherever the pointer goes.
pub fn capture_pointer(event: &PointerEvent) {
    if let Some(element) = event.current_target().and_then(|target| target.dyn_into::<Element>().ok()) {
        // Fails only when the pointer is gone already.
        let _ = element.set_pointer_capture(event.pointer_id());
    }
}

/// How far from the page's left edge the place of the element begins that listens now.
pub fn left_of_place(event: &PointerEvent) -> f64 {
    let element = event.current_target().and_then(|target| target.dyn_into::<Element>().ok());
    let place = element.and_then(|element| element.parent_element());
    place.map_or(0.0, |place| place.get_bounding_client_rect().left())
}

/// The value of the button within this element that was pressed.
pub fn pressed_value(event: &web_sys::MouseEvent) -> Option<String> {
    event.target()?.dyn_ref::<Element>()?.get_attribute("value")
}

/// Puts the focus into a field and selects all of its text.
pub fn select_all(field: &HtmlInputElement) {
    let _ = field.focus();
    field.select();
}

/// Writes into the field of this test id, if it is there.
pub fn fill(testid: &str, text: &str) {
    let found =
        document().and_then(|it| it.query_selector(&format!("[data-testid={testid}]")).ok().flatten());
    if let Some(field) = found.and_then(|field| field.dyn_into::<HtmlInputElement>().ok()) {
        field.set_value(text);
    }
}

/// Puts the focus onto the element of this test id if it is nowhere.
pub fn focus_if_lost(testid: &str) {
    let Some(document) = document() else { return };
    let somewhere = document.active_element().is_some_and(|element| element.tag_name() != "BODY");
    let found = document.query_selector(&format!("[data-testid={testid}]")).ok().flatten();
    if let Some(found) = found.and_then(|found| found.dyn_into::<HtmlElement>().ok()).filter(|_| !somewhere) {
        let _ = found.focus();
    }
}

/// Puts the focus onto the page's `<main>` if it is nowhere, so that the next Tab goes on from the page's start.
pub fn focus_main() {
    let Some(document) = document() else { return };
    let somewhere = document.active_element().is_some_and(|element| element.tag_name() != "BODY");
    let main = document.query_selector("main").ok().flatten().filter(|_| !somewhere);
    if let Some(main) = main.and_then(|main| main.dyn_into::<HtmlElement>().ok()) {
        let _ = main.focus();
    }
}

fn document() -> Option<Document> {
    web_sys::window().and_then(|window| window.document())
}

/// Sets an attribute of `<html>`, or takes it away.
pub fn set_root_attribute(name: &str, value: Option<&str>) {
    let Some(root) = document().and_then(|document| document.document_element()) else { return };
    // Fails only for names that are none.
    let _ = match value {
        Some(value) => root.set_attribute(name, value),
        None => root.remove_attribute(name),
    };
}

/// Whether `<html>` has an attribute.
pub fn has_root_attribute(name: &str) -> bool {
    let root = document().and_then(|document| document.document_element());
    root.is_some_and(|root| root.has_attribute(name))
}

/// An attribute of `<html>`; empty if it is not there.
pub fn root_attribute(name: &str) -> String {
    let root = document().and_then(|document| document.document_element());
    root.and_then(|root| root.get_attribute(name)).unwrap_or_default()
}

/// The wall clock, in milliseconds since 1970.
pub fn now() -> f64 {
    Date::now()
}

/// The wall clock, in whole milliseconds since 1970.
pub fn now_millis() -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "positive, and exact for ever"
    )]
    let millis = now().max(0.0) as u64;
    millis
}

/// Scrolls to the end of what is in an element.
pub fn scroll_to_end(element: &Element) {
    element.set_scroll_top(element.scroll_height());
}

/// Screen readers read what is added to an element, when they have read what they are at (WAI-ARIA §6.6, `aria-live`). As an
/// attribute in a view it takes 400 bytes more.
pub fn read_as_it_comes(element: &Element) {
    // Fails only for names that are none.
    let _ = element.set_attribute("aria-live", "polite");
}

/// Whether the end of what is in an element is in sight, but for the height of a line or two.
pub fn is_at_end(element: &Element) -> bool {
    element.scroll_height() - element.scroll_top() - element.client_height() < 48
}

/// A moment of the wall clock as people of a language (a BCP 47 tag) write the time of day.
pub fn clock_time(millis: u64, language: &str) -> String {
    let options = js_sys::Object::new();
    let _ = js_sys::Reflect::set(&options, &"timeStyle".into(), &"short".into());
    #[expect(clippy::cast_precision_loss, reason = "exact for the next 285,000 years")]
    let millis = millis as f64;
    let time = Date::new(&JsValue::from_f64(millis));
    // Both take the same options.
    if time.get_time().is_nan() { String::new() } else { time.to_locale_string(language, &options).into() }
}

/// A moment of the wall clock as people of a language (a BCP 47 tag) write it, to the minute.
pub fn local_time(millis: i64, language: &str) -> String {
    let options = js_sys::Object::new();
    for key in ["dateStyle", "timeStyle"] {
        let _ = js_sys::Reflect::set(&options, &key.into(), &"short".into());
    }
    #[expect(clippy::cast_precision_loss, reason = "exact for the next 285,000 years")]
    let millis = millis as f64;
    Date::new(&JsValue::from_f64(millis)).to_locale_string(language, &options).into()
}
