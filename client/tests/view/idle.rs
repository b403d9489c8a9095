//! The controls fade while nothing happens: what brings them back, and what keeps them.

use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{Element, PointerEvent, PointerEventInit};

use crate::made_up::{ALICE, BOB, in_call};
use crate::mounted::{Mounted, until};

fn part(page: &Mounted, selector: &str) -> Element {
    page.find("app").query_selector(selector).unwrap().unwrap()
}

fn is_idle(page: &Mounted) -> bool {
    part(page, "main").class_list().contains("idle")
}

/// Something a pointer of this type (`mouse`, `touch`) does to an element.
fn point(at: &Element, event: &str, pointer: &str) {
    let init = PointerEventInit::new();
    init.set_pointer_type(pointer);
    init.set_bubbles(!event.ends_with("enter") && !event.ends_with("leave"));
    let event = PointerEvent::new_with_event_init_dict(event, &init).unwrap();
    at.dispatch_event(event.unchecked_ref()).unwrap();
}

#[wasm_bindgen_test]
async fn a_finger_brings_the_controls_back_without_pressing_one() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave") && is_idle(&page)).await;
    for event in ["pointerdown", "pointermove"] {
        point(&part(&page, "main"), event, "touch");
        until(|| true).await;
        assert!(is_idle(&page), "what appears now would be under the finger when it lifts: {event}");
    }
    point(&part(&page, "main"), "click", "touch");
    until(|| !is_idle(&page)).await;
}

#[wasm_bindgen_test]
async fn a_moving_mouse_brings_the_controls_back_and_a_resting_one_keeps_them() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("leave") && is_idle(&page)).await;
    point(&part(&page, "main"), "pointermove", "mouse");
    until(|| !is_idle(&page)).await;
    until(|| is_idle(&page)).await;
    // Entering is no movement: it alone must do.
    point(&part(&page, ".controls"), "pointerenter", "mouse");
    until(|| !is_idle(&page)).await;
    point(&part(&page, ".controls"), "pointerleave", "mouse");
    until(|| is_idle(&page)).await;
}
