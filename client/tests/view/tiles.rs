//! The tiles of a call.

use visavis_call::{Intent, Link, Phase, ScreenView, Sharing, Trouble};
use visavis_client::browser::{bars, shown};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::made_up::{ALICE, BOB, CAROL, id, in_call, tile};
use crate::mounted::{Mounted, until};

#[wasm_bindgen_test]
async fn tiles_say_who_is_there_and_how() {
    let mut view = in_call(&[ALICE, BOB]);
    view.tiles[1].link = Link::Interrupted;
    view.tiles[1].microphone = false;
    let page = Mounted::new(view);
    until(|| page.all("tile").len() == 2).await;
    let [alice, bob] = [page.tile(ALICE), page.tile(BOB)];
    let of = |element: &web_sys::Element, name: &str| element.get_attribute(name).unwrap_or_default();
    assert_eq!((of(&alice, "data-self"), of(&bob, "data-self")), ("true".into(), "false".into()));
    assert_eq!((of(&alice, "data-name"), of(&bob, "data-name")), ("alice".into(), "bob".into()));
    assert_eq!((of(&alice, "data-link"), of(&bob, "data-link")), ("connected".into(), "interrupted".into()));
    assert_eq!((of(&alice, "data-audio"), of(&bob, "data-audio")), ("on".into(), "off".into()));
    assert_eq!((of(&alice, "data-video"), of(&bob, "data-video")), ("on".into(), "on".into()));
    page.change(|view| {
        view.tiles[1].link = Link::Failed;
        view.tiles[1].camera = false;
    });
    until(|| of(&bob, "data-link") == "failed" && of(&bob, "data-video") == "off").await;
}

#[wasm_bindgen_test]
async fn a_name_of_markup_stays_text() {
    const NAME: &str = "<img src=x onerror=\"document.title='owned'\"><b>bob</b>";
    let mut view = in_call(&[ALICE, BOB]);
    view.tiles[1].name = NAME.into();
    let page = Mounted::new(view);
    until(|| page.all("tile").len() == 2).await;
    let bob = page.tile(BOB);
    assert_eq!(bob.get_attribute("data-name").as_deref(), Some(NAME));
    assert_eq!(bob.query_selector(".name").unwrap().unwrap().text_content().as_deref(), Some(NAME));
    assert!(bob.query_selector("img, b").unwrap().is_none());
}

#[wasm_bindgen_test]
async fn a_video_outlives_every_change_of_its_tile() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.all("tile").len() == 2).await;
    let videos = || [ALICE, BOB].map(|peer| page.tile(peer).query_selector("video").unwrap().unwrap());
    let before = videos();
    page.change(|view| {
        view.tiles[1].microphone = false;
        view.tiles[1].camera = false;
        view.tiles[1].link = Link::Interrupted;
        view.tiles[1].name = "bobby".into();
        view.microphone.wish = false;
        view.phase = Phase::Reconnecting;
        view.tiles.push(tile(CAROL));
    });
    until(|| page.all("tile").len() == 3 && page.tile(BOB).get_attribute("data-name").unwrap() == "bobby")
        .await;
    assert_eq!(videos(), before);
    page.change(|view| view.tiles.truncate(1));
    until(|| page.all("tile").len() == 1).await;
    assert_eq!(page.tile(ALICE).query_selector("video").unwrap().unwrap(), before[0]);
}

#[wasm_bindgen_test]
async fn a_tile_goes_with_its_person_and_leaves_the_others_alone() {
    let page = Mounted::new(in_call(&[ALICE, BOB, CAROL]));
    until(|| page.all("tile").len() == 3).await;
    let carol = page.tile(CAROL);
    page.change(|view| {
        view.tiles.remove(1);
    });
    until(|| page.all("tile").len() == 2).await;
    assert_eq!(page.tile(CAROL), carol);
}

#[wasm_bindgen_test]
async fn a_broken_link_tells_for_how_long() {
    let mut view = in_call(&[ALICE, BOB]);
    view.tiles[1].link = Link::Interrupted;
    let page = Mounted::new(view);
    let says = |text: &str| {
        let state = page.tile(BOB).query_selector(".link-state").unwrap().unwrap();
        state.text_content().unwrap_or_default() == text
    };
    until(|| page.all("tile").len() == 2 && says("Reconnecting, 0 s")).await;
    until(|| says("Reconnecting, 1 s")).await;
    page.change(|view| view.tiles[1].link = Link::Connected);
    until(|| says("")).await;
    page.change(|view| view.tiles[1].link = Link::Interrupted);
    until(|| says("Reconnecting, 0 s")).await;
}

#[wasm_bindgen_test]
async fn a_link_that_could_not_be_made_says_why() {
    let mut view = in_call(&[ALICE, BOB]);
    view.tiles[1].link = Link::Failed;
    let page = Mounted::new(view);
    let says = |text: &str| {
        let state = page.tile(BOB).query_selector(".link-state").unwrap().unwrap();
        state.text_content().unwrap_or_default() == text
    };
    until(|| page.all("tile").len() == 2 && says("No connection yet. Still trying…")).await;
    page.change(|view| view.tiles[1].trouble = Some(Trouble::TheirRelayOutOfReach));
    let why = "bob’s network allows no direct connection, and no relay could be reached. Still trying…";
    until(|| says(why)).await;
}

#[wasm_bindgen_test]
async fn a_screen_takes_the_stage_and_the_own_tile_joins_the_others() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.all("tile").len() == 2).await;
    let own = page.tile(ALICE);
    assert!(own.has_attribute("data-corner"));
    page.change(|view| {
        view.screens = vec![ScreenView { peer: id(BOB), name: "bob".into(), stream: None }];
    });
    until(|| page.has("screen") && !own.has_attribute("data-corner")).await;
    assert_eq!(page.attribute("screen", "data-name"), "bob");
    page.change(|view| view.screens.clear());
    until(|| !page.has("screen") && own.has_attribute("data-corner")).await;
}

#[wasm_bindgen_test]
async fn the_share_button_starts_and_stops() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("share-screen")).await;
    page.click("share-screen");
    assert_eq!(page.sent(), [Intent::Share(true)]);
    page.change(|view| view.sharing = Sharing::On);
    until(|| page.attribute("share-screen", "aria-pressed") == "true").await;
    page.click("share-screen");
    assert_eq!(page.sent().last(), Some(&Intent::Share(false)));
}

#[wasm_bindgen_test]
async fn bars_stand_on_a_tile_while_its_link_is_not_fine() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.all("tile").len() == 2).await;
    let bob = page.tile(BOB);
    let peer = id(BOB);
    bars::show(peer.as_str(), 4, "");
    assert!(!page.has("bars"));
    bars::show(peer.as_str(), 2, "Packets are lost.");
    let sign = page.find("bars");
    assert_eq!(bob.get_attribute("data-bars").as_deref(), Some("2"));
    for name in ["title", "aria-label"] {
        assert_eq!(sign.get_attribute(name).as_deref(), Some("Packets are lost."));
    }
    bars::show(peer.as_str(), 1, "More are lost.");
    assert_eq!(page.all("bars").len(), 1);
    assert_eq!(sign.get_attribute("title").as_deref(), Some("More are lost."));
    page.change(|view| view.tiles[1].name = "bobby".into());
    until(|| bob.get_attribute("data-name").as_deref() == Some("bobby")).await;
    assert!(page.has("bars"), "a change of the tile leaves them there");
    bars::show(peer.as_str(), 4, "");
    assert!(!page.has("bars") && bob.get_attribute("data-bars").is_none());
    bars::show(id(CAROL).as_str(), 1, "She is not there.");
    assert!(!page.has("bars"));
}

#[wasm_bindgen_test]
async fn it_is_known_how_large_the_page_shows_whom() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.all("tile").len() == 2).await;
    let place = || shown::places().into_iter().find(|place| place.peer == id(BOB).as_str()).unwrap();
    let bob: web_sys::HtmlElement = wasm_bindgen::JsCast::unchecked_into(page.tile(BOB));
    let style = bob.style();
    for (name, value) in
        [("position", "fixed"), ("left", "0"), ("top", "0"), ("width", "80px"), ("height", "60px")]
    {
        style.set_property(name, value).unwrap();
    }
    let scale = web_sys::window().unwrap().device_pixel_ratio();
    let pixels = |size: f64| (size * scale).round();
    let size = place().size.map(|(width, height)| (f64::from(width), f64::from(height)));
    assert_eq!(size, Some((pixels(80.0), pixels(60.0))));
    assert_eq!((place().is_self, place().is_screen, place().on), (false, false, [true, true]));
    for (name, hidden, shown) in [
        ("left", "-90px", "0"),
        ("top", "20000px", "0"),
        ("visibility", "hidden", "visible"),
        ("display", "none", "block"),
    ] {
        style.set_property(name, hidden).unwrap();
        assert_eq!(place().size, None, "{name}: {hidden}");
        style.set_property(name, shown).unwrap();
        assert!(place().size.is_some(), "{name}: {shown}");
    }
}
