//! The people in the settings: who is there, who is the host, and what that one may do.

use leptos::prelude::*;
use visavis_call::{CallView, Intent, Notice, NoticeId, Phase, Problem};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlButtonElement, HtmlInputElement};

use crate::made_up::{ALICE, BOB, CAROL, id, in_call, lobby};
use crate::mounted::{Mounted, until};
use crate::settings::Settings;

async fn people(view: CallView) -> Settings {
    let page = Settings::open(None).await;
    let count = view.tiles.len();
    page.view.set(view);
    until(|| page.all("person").len() == count).await;
    page
}

#[wasm_bindgen_test]
async fn everybody_sees_who_is_there_and_who_the_host_is() {
    let page = people(CallView { host: Some(id(BOB)), ..in_call(&[ALICE, BOB, CAROL]) }).await;
    let words = page.text("people");
    for name in ["alice (you)", "bob", "carol", "Whoever has the link can come in."] {
        assert!(words.contains(name), "{words}");
    }
    assert_eq!((page.all("host").len(), page.text("host")), (1, "Host".to_owned()));
    for of_host in ["lock-room", "ask-mute", "remove-person"] {
        assert!(!page.has(of_host), "{of_host} is not for who is not the host");
    }
    page.view.update(|view| view.locked = true);
    until(|| page.text("lock-state").contains("nobody new can come in")).await;
    page.view.update(|view| view.tiles[1].name.clear());
    until(|| page.text("people").contains("Guest")).await;
}

#[wasm_bindgen_test]
async fn the_host_locks_the_call() {
    let page = people(CallView { host: Some(id(ALICE)), ..in_call(&[ALICE]) }).await;
    until(|| page.has("lock-room")).await;
    let switch: HtmlInputElement = page.find("lock-room").unchecked_into();
    assert!(!switch.checked());
    switch.click();
    assert_eq!(page.sent(), [Intent::Lock(true)]);
    page.view.update(|view| view.locked = true);
    until(|| page.text("lock-state").contains("locked")).await;
    assert!(switch.checked());
    switch.click();
    assert_eq!(page.sent(), [Intent::Lock(false)]);
    assert!(!page.has("remove-person"), "nobody removes themselves");
}

#[wasm_bindgen_test]
async fn the_host_asks_who_can_be_heard_to_mute() {
    let page = people(CallView { host: Some(id(ALICE)), ..in_call(&[ALICE, BOB]) }).await;
    until(|| page.has("ask-mute")).await;
    page.click("ask-mute");
    assert_eq!(page.sent(), [Intent::AskMute(id(BOB))]);
    page.view.update(|view| view.tiles[1].microphone = false);
    until(|| page.find("ask-mute").unchecked_into::<HtmlButtonElement>().disabled()).await;
}

#[wasm_bindgen_test]
async fn who_is_removed_is_removed_by_a_second_press() {
    let page = people(CallView { host: Some(id(ALICE)), ..in_call(&[ALICE, BOB]) }).await;
    until(|| page.has("remove-person")).await;
    page.click("remove-person");
    until(|| page.text("remove-person").contains("Press again")).await;
    assert_eq!(page.sent(), []);
    page.dispatch("remove-person", "blur");
    until(|| !page.text("remove-person").contains("Press again")).await;
    page.click("remove-person");
    page.click("remove-person");
    assert_eq!(page.sent(), [Intent::Remove(id(BOB))]);
    page.view.update(|view| drop(view.tiles.pop()));
    until(|| page.all("person").len() == 1).await;
}

#[wasm_bindgen_test]
async fn who_was_asked_to_mute_reads_by_whom() {
    for (name, words) in [("Bob", "Bob asked you to mute"), ("", "Guest asked you to mute")] {
        let page = Mounted::new(in_call(&[ALICE, BOB]));
        page.change(|view| {
            let (problem, name) = (Problem::AskedToMute, name.to_owned());
            view.notices.push(Notice { id: NoticeId(1), problem, device: None, name });
        });
        until(|| page.has("notice")).await;
        assert!(page.text("notice").contains(words), "{}", page.text("notice"));
        assert!(!page.has("remedy"));
    }
}

#[wasm_bindgen_test]
async fn who_was_removed_reads_it_and_may_ask_to_come_in_again() {
    let mut view = CallView { phase: Phase::Left, ..lobby() };
    let problem = Problem::Removed;
    view.notices.push(Notice { id: NoticeId(1), problem, device: None, name: String::new() });
    let page = Mounted::new(view);
    until(|| page.text("app").contains("You were removed from the call.")).await;
    assert!(!page.has("notice"), "it is said once");
    page.click("rejoin");
    assert_eq!(page.sent(), [Intent::Join]);
}
