//! How somebody is invited: the card on an empty stage, and the ways that another program draws into it.

use std::{cell::RefCell, rc::Rc};

use js_sys::{Function, Object, Promise, Reflect};
use visavis_client::{text::SettingsText, view::invite_ways};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::made_up::{ALICE, BOB, in_call, tile};
use crate::mounted::{Mounted, Shown, until};

const LINK: &str = "https://call.example/#0123456789abcdefghjkmnpqrs";

fn shown(pack: Option<&str>) -> Shown {
    let text = SettingsText::new(pack.map(str::to_owned));
    Shown::new(move || invite_ways(text, LINK))
}

/// A sheet that the browser of the test may not have; it is gone when this is dropped.
struct Sheet {
    navigator: JsValue,
    shared: Rc<RefCell<Vec<Object>>>,
    _open: Closure<dyn Fn(Object) -> Promise>,
}

impl Sheet {
    fn new() -> Self {
        let navigator: JsValue = web_sys::window().unwrap().navigator().into();
        let shared = Rc::new(RefCell::new(Vec::new()));
        let log = Rc::clone(&shared);
        let open = Closure::<dyn Fn(Object) -> Promise>::new(move |what| {
            log.borrow_mut().push(what);
            Promise::reject(&js_sys::Error::new("closed by the user"))
        });
        Reflect::set(&navigator, &"share".into(), open.as_ref()).unwrap();
        Self { navigator, shared, _open: open }
    }

    fn shared(&self, key: &str) -> Option<String> {
        Reflect::get(self.shared.borrow().first()?, &key.into()).ok()?.as_string()
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        Reflect::delete_property(self.navigator.unchecked_ref::<Object>(), &"share".into()).unwrap();
    }
}

#[wasm_bindgen_test]
async fn an_empty_stage_keeps_a_place_for_the_ways_to_invite() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.invites().is_some()).await;
    let place = page.invites().unwrap();
    assert!(place.closest(".invite").unwrap().is_some() && place.child_element_count() == 0);
    page.change(|view| view.tiles.push(tile(BOB)));
    until(|| page.invites().is_none()).await;
    page.change(|view| view.tiles.truncate(1));
    until(|| page.invites().is_some()).await;
}

#[wasm_bindgen_test]
fn a_mail_says_the_link_in_the_language_of_the_page() {
    for (pack, sentence) in [
        (None, "Join my video call"),
        (Some(include_str!("../../text/more/de.txt")), "an meinem Videoanruf teil"),
        (Some(include_str!("../../text/more/zh-Hans.txt")), "加入我的视频通话"),
    ] {
        let mail = shown(pack).attribute("invite-mail", "href");
        let letter = js_sys::decode_uri_component(&mail).map(String::from).unwrap();
        assert!(letter.starts_with("mailto:?subject=") && letter.contains(sentence), "{letter}");
        assert!(letter.ends_with(&format!("\r\n\r\n{LINK}\r\n")), "{letter}");
        assert!(mail.contains("%230123") && !mail.contains('#'), "{mail}");
    }
}

#[wasm_bindgen_test]
async fn the_sheet_of_the_browser_is_offered_where_there_is_one() {
    let sheet = Sheet::new();
    let page = shown(None);
    page.click("invite-share");
    until(|| sheet.shared("url").as_deref() == Some(LINK)).await;
    assert_eq!(sheet.shared("title").as_deref(), Some("Video call"));
    assert!(sheet.shared("text").is_some_and(|text| !text.contains(LINK)), "it would be there twice");
    drop(sheet);
    let navigator: JsValue = web_sys::window().unwrap().navigator().into();
    let has_sheet = Reflect::get(&navigator, &"share".into()).unwrap().is_instance_of::<Function>();
    assert_eq!(shown(None).has("invite-share"), has_sheet);
}

#[wasm_bindgen_test]
fn the_code_of_the_link_is_drawn() {
    let page = shown(None);
    let code = page.find("invite-code");
    assert_eq!(code.get_attribute("viewBox").as_deref(), Some("0 0 41 41"));
    assert!(
        code.first_element_child().and_then(|path| path.get_attribute("d")).is_some_and(|d| d.len() > 500)
    );
    assert!(page.attribute("invite-code", "aria-label").contains("QR"));
}
