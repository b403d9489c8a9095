//! The home page, and where an address leads.

use futures_channel::oneshot;
use js_sys::{Function, Reflect};
use leptos::prelude::*;
use visavis_client::{
    app::{calls, home as home_page, with_first_words},
    browser::{route, storage, ui},
    text::{HomeText, Table, Text, Words},
};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlFormElement;

use crate::mounted::{Shown, until};

const SECRET: &str = "0123456789abcdefghjkmnpqrs";
const RECENT: &str = "visavis:recent";

/// Both programs that go by the address, one of which shows something. Each with words of its own.
fn both(at_home: Words<HomeText>) -> AnyView {
    view! {
        {move || home_page(at_home)}
        {move || calls(Words::english())}
    }
    .into_any()
}

/// At home, in English, with nothing remembered.
async fn home() -> Shown {
    route::go("");
    storage::remove(RECENT);
    let page = Shown::new(|| both(Words::english()));
    until(|| page.has("new-call") && !page.has("notice")).await;
    page
}

/// A function of index.html, counted.
pub(crate) struct Counted {
    name: &'static str,
    times: std::rc::Rc<std::cell::Cell<u32>>,
    _function: Closure<dyn Fn()>,
}

impl Counted {
    pub(crate) fn new(name: &'static str) -> Self {
        let times = std::rc::Rc::new(std::cell::Cell::new(0));
        let count = times.clone();
        let function = Closure::<dyn Fn()>::new(move || count.set(count.get() + 1));
        Reflect::set(&js_sys::global(), &name.into(), function.as_ref()).unwrap();
        Self { name, times, _function: function }
    }

    pub(crate) fn times(&self) -> u32 {
        self.times.get()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        Reflect::delete_property(&js_sys::global(), &self.name.into()).unwrap();
    }
}

/// The packs that index.html would fetch.
struct Packs {
    _fetch: Closure<dyn Fn(String, Function)>,
}

impl Packs {
    const NAME: &str = "visavisWords";

    fn new(packs: &'static [(&str, &str)]) -> Self {
        let fetch = Closure::<dyn Fn(String, Function)>::new(|tag: String, then: Function| {
            let pack = packs.iter().find(|(one, _)| *one == tag).map(|(_, pack)| *pack);
            then.call1(&JsValue::NULL, &pack.map_or(JsValue::UNDEFINED, JsValue::from)).unwrap();
        });
        Reflect::set(&js_sys::global(), &Self::NAME.into(), fetch.as_ref()).unwrap();
        Self { _fetch: fetch }
    }
}

impl Drop for Packs {
    fn drop(&mut self) {
        Reflect::delete_property(&js_sys::global(), &Self::NAME.into()).unwrap();
    }
}

async fn first_words<T: Table>() -> Words<T> {
    let (told, words) = oneshot::channel();
    with_first_words(move |words| assert!(told.send(words).is_ok()));
    words.await.unwrap()
}

fn submit(page: &Shown) {
    page.find("link-input")
        .closest("form")
        .unwrap()
        .unwrap()
        .unchecked_into::<HtmlFormElement>()
        .request_submit()
        .unwrap();
}

#[wasm_bindgen_test]
async fn addresses_lead_home_to_a_word_about_the_link_and_to_a_call() {
    let page = home().await;
    assert_eq!(page.attribute("app", "data-state"), "home");
    route::go("0123");
    until(|| page.has("notice")).await;
    assert_eq!(page.attribute("notice", "data-problem"), "bad-link");
    assert_eq!(page.attribute("app", "data-state"), "home");
    route::go(SECRET);
    until(|| page.attribute("app", "data-state") == "lobby").await;
    route::go("");
    until(|| page.attribute("app", "data-state") == "home" && page.has("new-call")).await;
}

#[wasm_bindgen_test]
async fn a_pasted_link_opens_and_a_wrong_one_is_explained() {
    let page = home().await;
    page.type_into("link-input", "https://call.example/");
    submit(&page);
    until(|| page.text("link-complaint").contains("after # is missing")).await;
    page.type_into("link-input", "https://call.example/#0123");
    until(|| page.text("link-complaint").is_empty()).await;
    submit(&page);
    until(|| page.text("link-complaint").contains("cut off or mistyped")).await;
    assert_eq!(page.attribute("app", "data-state"), "home");
    page.type_into("link-input", &format!(" https://call.example/#{SECRET}\n"));
    submit(&page);
    until(|| page.attribute("app", "data-state") == "lobby").await;
    route::go("");
    until(|| page.has("new-call")).await;
}

#[wasm_bindgen_test]
async fn calls_are_remembered_only_on_wish_and_forgotten_on_wish() {
    let page = home().await;
    assert_eq!(storage::get(RECENT), None);
    page.click("remember-calls");
    until(|| storage::get(RECENT).is_some()).await;
    drop(page);
    storage::set(RECENT, &format!("{SECRET} 1790000000000"));
    let page = Shown::new(|| both(Words::english()));
    until(|| page.all("recent-call").len() == 1).await;
    page.click("forget-call");
    until(|| page.all("recent-call").is_empty()).await;
    assert_eq!(storage::get(RECENT).as_deref(), Some(""));
    page.click("remember-calls");
    until(|| storage::get(RECENT).is_none()).await;
}

#[wasm_bindgen_test]
async fn the_chosen_language_is_kept() {
    let packs = Packs::new(&[("home/zh-Hans", include_str!("../../text/home/zh-Hans.txt"))]);
    let page = home().await;
    assert_eq!(page.text("new-call"), "New call");
    let select: web_sys::HtmlSelectElement = page.find("select-language").unchecked_into();
    select.set_value("zh-Hans");
    page.dispatch("select-language", "change");
    until(|| page.text("new-call") == "发起通话").await;
    assert_eq!(storage::get("visavis:language").as_deref(), Some("zh-Hans"));
    // What index.html finds there the next time.
    assert_eq!(ui::root_attribute("lang"), "zh-Hans");
    drop(page);
    let words = first_words().await;
    let page = Shown::new(move || both(words));
    assert_eq!(page.text("new-call"), "发起通话");
    drop(packs);
    storage::remove("visavis:language");
    ui::set_root_attribute("lang", None);
}

#[wasm_bindgen_test]
async fn a_language_whose_words_cannot_be_had_is_not_spoken() {
    let packs = Packs::new(&[]);
    let page = home().await;
    let select: web_sys::HtmlSelectElement = page.find("select-language").unchecked_into();
    select.set_value("zh-Hans");
    page.dispatch("select-language", "change");
    until(|| select.value() == "en").await;
    assert_eq!(page.text("new-call"), "New call");
    assert_eq!(ui::root_attribute("lang"), "en");
    ui::set_root_attribute("lang", Some("zh-Hans"));
    assert_eq!(first_words().await, Words::<HomeText>::english());
    assert_eq!(first_words().await, Words::<Text>::english());
    drop(packs);
    storage::remove("visavis:language");
    ui::set_root_attribute("lang", None);
}
