//! The home page, and where an address leads.

use visavis_client::{app::app, browser::route, browser::storage};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlFormElement;

use crate::mounted::{Shown, until};

const SECRET: &str = "0123456789abcdefghjkmnpqrs";
const RECENT: &str = "visavis:recent";

/// At home, in English, with nothing remembered.
async fn home() -> Shown {
    route::go("");
    storage::set("visavis:language", "en");
    storage::remove(RECENT);
    let page = Shown::new(app);
    until(|| page.has("new-call") && !page.has("notice")).await;
    page
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
    let page = Shown::new(app);
    until(|| page.all("recent-call").len() == 1).await;
    page.click("forget-call");
    until(|| page.all("recent-call").is_empty()).await;
    assert_eq!(storage::get(RECENT).as_deref(), Some(""));
    page.click("remember-calls");
    until(|| storage::get(RECENT).is_none()).await;
}

#[wasm_bindgen_test]
async fn the_chosen_language_is_kept() {
    let page = home().await;
    assert_eq!(page.text("new-call"), "New call");
    let select: web_sys::HtmlSelectElement = page.find("select-language").unchecked_into();
    select.set_value("zh-Hans");
    page.dispatch("select-language", "change");
    until(|| page.text("new-call") == "发起通话").await;
    drop(page);
    let page = Shown::new(app);
    until(|| page.text("new-call") == "发起通话").await;
    storage::remove("visavis:language");
}
