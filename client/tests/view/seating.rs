//! Who is large: what is pinned, what is shown, who speaks.

use leptos::prelude::Update;
use visavis_call::{ConnectionId, ScreenView, StreamId};
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::HtmlElement;

use crate::made_up::{ALICE, BOB, CAROL, Person, id, in_call, tile};
use crate::mounted::{Mounted, until};

fn layout(page: &Mounted) -> String {
    page.find("app").query_selector("main").unwrap().unwrap().get_attribute("data-layout").unwrap_or_default()
}

fn pin(page: &Mounted, person: Person) -> HtmlElement {
    page.tile(person).query_selector("[data-testid=pin]").unwrap().unwrap().unchecked_into()
}

fn is_pinned(page: &Mounted, person: Person) -> bool {
    pin(page, person).get_attribute("aria-pressed").as_deref() == Some("true")
}

fn stream(person: Person) -> StreamId {
    StreamId::Remote(id(person), ConnectionId { generation: 1, greater: true })
}

#[wasm_bindgen_test]
async fn who_is_pinned_is_large_until_they_are_no_longer() {
    let page = Mounted::new(in_call(&[ALICE, BOB, CAROL]));
    until(|| page.all("tile").len() == 3 && layout(&page) == "grid").await;
    assert!(
        page.tile(ALICE).query_selector("[data-testid=pin]").unwrap().is_none(),
        "nobody pins themselves"
    );
    pin(&page, BOB).click();
    until(|| layout(&page) == "spotlight" && is_pinned(&page, BOB)).await;
    assert!(!page.tile(ALICE).has_attribute("data-corner"), "the user's own tile is one of the others");
    pin(&page, CAROL).click();
    until(|| is_pinned(&page, CAROL) && !is_pinned(&page, BOB)).await;
    pin(&page, CAROL).click();
    until(|| layout(&page) == "grid" && !is_pinned(&page, CAROL)).await;
    assert!(page.tile(ALICE).has_attribute("data-corner"));
}

#[wasm_bindgen_test]
async fn who_is_pinned_and_leaves_takes_nothing_along() {
    let page = Mounted::new(in_call(&[ALICE, BOB, CAROL]));
    until(|| page.all("tile").len() == 3).await;
    pin(&page, CAROL).click();
    until(|| layout(&page) == "spotlight").await;
    page.change(|view| view.tiles.truncate(2));
    until(|| layout(&page) == "grid").await;
    page.change(|view| view.tiles.truncate(1));
    until(|| layout(&page) == "alone").await;
    page.change(|view| view.tiles.extend([tile(BOB), tile(CAROL)]));
    until(|| layout(&page) == "spotlight").await;
}

#[wasm_bindgen_test]
async fn one_of_several_screens_is_pinned() {
    let mut view = in_call(&[ALICE, BOB, CAROL]);
    let screen = |person, name: &str| ScreenView { peer: id(person), name: name.into(), stream: None };
    view.screens = vec![screen(BOB, "bob"), screen(CAROL, "carol")];
    let page = Mounted::new(view);
    until(|| page.all("screen").len() == 2 && layout(&page) == "screens").await;
    page.click_within("screen", "[data-testid=pin]");
    until(|| layout(&page) == "screen").await;
    page.change(|view| view.screens.clear());
    until(|| layout(&page) == "grid").await;
}

#[wasm_bindgen_test]
async fn a_screen_is_zoomed_in_steps_and_back() {
    let mut view = in_call(&[ALICE, BOB]);
    view.screens = vec![ScreenView { peer: id(BOB), name: "bob".into(), stream: None }];
    let page = Mounted::new(view);
    until(|| page.has("zoom")).await;
    for step in ["2", "3", "1", "2"] {
        page.click("zoom");
        until(|| page.attribute("screen", "data-zoom") == step).await;
    }
}

#[wasm_bindgen_test]
async fn whoever_speaks_is_large_if_that_is_wanted() {
    let mut view = in_call(&[ALICE, BOB, CAROL]);
    for tile in &mut view.tiles[1..] {
        tile.stream = Some(stream(if tile.peer == id(BOB) { BOB } else { CAROL }));
    }
    let page = Mounted::new(view);
    until(|| page.all("tile").len() == 3).await;
    let width = |person| page.tile(person).unchecked_into::<HtmlElement>().offset_width();
    let sheet =
        "main, .tiles {position: absolute; inset: 0; width: 900px; height: 600px} .tile {position: absolute}";
    page.style(sheet);
    page.hear(vec![(stream(CAROL), 0.5)]);
    until(|| layout(&page) == "grid" && width(BOB) > 300 && width(BOB) == width(CAROL)).await;
    page.door().look.update(|look| look.spotlight = true);
    until(|| layout(&page) == "spotlight" && width(BOB) > 2 * width(CAROL)).await;
    until(|| {
        page.hear(vec![(stream(BOB), 0.01), (stream(CAROL), 0.5)]);
        width(CAROL) > 2 * width(BOB)
    })
    .await;
    page.change(|view| view.tiles[2].microphone = false);
    until(|| {
        page.hear(vec![(stream(BOB), 0.4), (stream(CAROL), 0.5)]);
        width(BOB) > 2 * width(CAROL)
    })
    .await;
    page.door().look.update(|look| look.spotlight = false);
    until(|| layout(&page) == "grid").await;
}

#[wasm_bindgen_test]
async fn the_own_picture_can_be_hidden_but_not_alone() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.has("tile")).await;
    page.door().look.update(|look| look.hides_own = true);
    assert!(!page.tile(ALICE).has_attribute("hidden"));
    page.change(|view| view.tiles.push(tile(BOB)));
    until(|| page.tile(ALICE).has_attribute("hidden") && !page.tile(ALICE).has_attribute("data-corner"))
        .await;
    page.door().look.update(|look| look.hides_own = false);
    until(|| !page.tile(ALICE).has_attribute("hidden") && page.tile(ALICE).has_attribute("data-corner"))
        .await;
}
