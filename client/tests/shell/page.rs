//! What the shell takes from the page and the browser besides calls.

use leptos::prelude::{GetUntracked, Owner};
use visavis_call::link::Secret;
use visavis_client::browser::{entropy, page, route, storage};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::clock;

#[wasm_bindgen_test]
fn every_hand_made_binding_is_in_this_browser() {
    for (class, member) in [
        ("RTCPeerConnection", "restartIce"),
        ("RTCPeerConnection", "setLocalDescription"),
        ("RTCRtpSender", "setStreams"),
        ("HTMLVideoElement", "requestVideoFrameCallback"),
    ] {
        let class_object = js_sys::Reflect::get(&js_sys::global(), &class.into()).unwrap();
        let prototype = js_sys::Reflect::get(&class_object, &"prototype".into()).unwrap();
        let found = js_sys::Reflect::get(&prototype, &member.into()).unwrap();
        assert!(found.is_function(), "{class}.{member}");
    }
}

#[wasm_bindgen_test]
fn random_bytes_differ() {
    let [one, other]: [[u8; 32]; 2] = [entropy::random_bytes(), entropy::random_bytes()];
    assert_ne!(one, other);
    assert_ne!(one, [0; 32]);
    assert!(entropy::new_secret() != entropy::new_secret());
}

#[wasm_bindgen_test]
fn what_is_stored_is_found_until_it_is_removed() {
    const KEY: &str = "visavis:test";
    storage::set(KEY, "爱丽丝 <b>");
    assert_eq!(storage::get(KEY).as_deref(), Some("爱丽丝 <b>"));
    storage::remove(KEY);
    assert_eq!(storage::get(KEY), None);
}

#[wasm_bindgen_test]
async fn the_fragment_is_followed_while_someone_looks() {
    let owner = Owner::new();
    let fragment = owner.with(route::fragment);
    let secret = entropy::new_secret();
    route::go(secret.as_str());
    clock::until("the new fragment", || fragment.get_untracked() == secret.as_str()).await;
    assert_eq!(Secret::parse(&route::link(&secret)), Ok(secret));
    route::go("");
    clock::until("the empty fragment", || fragment.get_untracked().is_empty()).await;
    owner.cleanup();
}

#[wasm_bindgen_test]
fn a_mark_is_left() {
    page::mark("visavis:test");
    let performance = web_sys::window().unwrap().performance().unwrap();
    assert_eq!(performance.get_entries_by_name("visavis:test").length(), 1);
}

#[wasm_bindgen_test]
fn errors_keep_the_name_and_the_message() {
    use visavis_client::browser::error::BrowserError;

    let exception = web_sys::DomException::new_with_message_and_name("gone", "NotFoundError").unwrap();
    let error = BrowserError::from(JsValue::from(exception));
    assert_eq!((error.name.as_str(), error.message.as_str()), ("NotFoundError", "gone"));
    let error =
        BrowserError::from(JsValue::from(js_sys::TypeError::new("wrong").unchecked_into::<js_sys::Error>()));
    assert_eq!((error.name.as_str(), error.message.as_str()), ("TypeError", "wrong"));
    assert_eq!(BrowserError::from(JsValue::from("words")).message, "words");
}
