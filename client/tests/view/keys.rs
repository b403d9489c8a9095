//! Keys: whichever letters the keyboard writes, and what has the focus.

use visavis_call::{DeviceKind, Intent};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, HtmlInputElement, KeyboardEvent, KeyboardEventInit, PointerEvent, PointerEventInit};

use crate::made_up::{ALICE, BOB, in_call};
use crate::mounted::{Mounted, until};

const fn switch(on: bool) -> Intent {
    Intent::Switch(DeviceKind::Microphone, on)
}

/// Presses or lets go of the key that has this place and writes this; whether the browser would still do what it does by itself.
fn key(at: &Element, event: &str, key: &str, code: &str) -> bool {
    let init = KeyboardEventInit::new();
    init.set_key(key);
    init.set_code(code);
    init.set_bubbles(true);
    init.set_cancelable(true);
    let event = KeyboardEvent::new_with_keyboard_event_init_dict(event, &init).unwrap();
    at.dispatch_event(&event).unwrap()
}

fn tap(at: &Element) {
    let init = PointerEventInit::new();
    init.set_bubbles(true);
    let event = PointerEvent::new_with_event_init_dict("pointerdown", &init).unwrap();
    at.dispatch_event(event.unchecked_ref()).unwrap();
}

#[wasm_bindgen_test]
async fn a_shortcut_is_what_is_written_or_where_it_would_be() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave")).await;
    let app = page.find("app");
    for (written, place, means) in [
        ("m", "KeyM", true),
        ("M", "KeyM", true),
        // As on a French keyboard: the letter counts.
        ("m", "Semicolon", true),
        ("b", "KeyM", false),
        // Cyrillic, Arabic: the place does.
        ("ь", "KeyM", true),
        ("ة", "KeyM", true),
        ("ь", "KeyB", false),
    ] {
        key(&app, "keydown", written, place);
        let wanted = if means { vec![switch(false)] } else { Vec::new() };
        assert_eq!(page.sent(), wanted, "{written} at {place}");
    }
}

#[wasm_bindgen_test]
async fn space_presses_the_switch_that_the_keyboard_has_chosen() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave")).await;
    page.change(|view| view.microphone.wish = false);
    // As one in the settings, which another program draws.
    let app = page.find("app");
    let input: HtmlInputElement =
        app.owner_document().unwrap().create_element("input").unwrap().unchecked_into();
    input.set_type("checkbox");
    app.append_child(&input).unwrap();
    key(&app, "keydown", "Tab", "Tab");
    assert!(key(&input, "keydown", " ", "Space"), "the browser presses it");
    assert!(key(&input, "keyup", " ", "Space"));
    assert_eq!(page.sent(), []);
    // What was clicked is done with: space talks.
    tap(&input);
    assert!(!key(&input, "keydown", " ", "Space"), "the browser does not press it once more");
    assert!(!key(&input, "keyup", " ", "Space"));
    assert_eq!(page.sent(), [switch(true), switch(false)]);
    input.remove();
}
