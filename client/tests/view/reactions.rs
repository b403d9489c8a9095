//! The raised hand and the reactions.

use visavis_call::Intent;
use wasm_bindgen_test::wasm_bindgen_test;

use crate::made_up::{ALICE, BOB, in_call};
use crate::mounted::{Mounted, until};

#[wasm_bindgen_test]
async fn a_reaction_is_passed_on() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("react")).await;
    page.click("react");
    page.click("reaction");
    assert_eq!(page.reactions(), ["👍"]);
    assert_eq!(page.sent(), []);
}

#[wasm_bindgen_test]
async fn a_hand_is_raised_and_taken_down() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("raise-hand")).await;
    page.click("raise-hand");
    assert_eq!(page.sent(), [Intent::RaiseHand(true)]);
    assert_eq!(page.attribute("raise-hand", "aria-pressed"), "false", "the call has not said so yet");
    page.change(|view| {
        let mut tiles = view.tiles.iter_mut();
        tiles.next().unwrap().hand = Some(2);
        tiles.next().unwrap().hand = Some(1);
    });
    until(|| page.attribute("raise-hand", "aria-pressed") == "true").await;
    let shown = |at: usize| page.all("tile")[at].get_attribute("data-hand").unwrap_or_default();
    assert_eq!([shown(0), shown(1)], ["2", "1"]);
    until(|| page.text("announcer").contains("bob raised a hand.")).await;
    page.click("raise-hand");
    assert_eq!(page.sent(), [Intent::RaiseHand(false)]);
}
