//! Who is in the call already, as the lobby says it.

use visavis_call::{CallView, InsideView};

use crate::made_up::lobby;
use crate::mounted::{Mounted, chinese, until};
use wasm_bindgen_test::wasm_bindgen_test;

#[wasm_bindgen_test]
async fn the_lobby_says_who_is_there() {
    let page = Mounted::new(lobby());
    assert_eq!(page.text("inside"), "", "nothing is known yet");
    for (names, words) in [
        (&[][..], "Nobody is here yet."),
        (&["Ana"], "Ana is here."),
        (&["Ana", ""], "Ana and Guest are here."),
        (&["Ana", "Bob", "Eve"], "Ana, Bob and 1 other are here."),
        (&["Ana", "Bob", "", "", ""], "Ana, Bob and 3 others are here."),
    ] {
        let names = names.iter().map(|name| (*name).to_owned()).collect();
        page.change(|view| view.inside = Some(InsideView { names, locked: false, full: false }));
        until(|| page.text("inside") == words).await;
    }
    page.language(chinese());
    until(|| page.text("inside") == "Ana、Bob 和另外 3 人已在通话中。").await;
}

#[wasm_bindgen_test]
async fn the_lobby_says_that_there_is_no_way_in() {
    for (locked, full, words) in [(true, true, "locked"), (false, true, "This call is full")] {
        let inside = Some(InsideView { names: vec!["Ana".into()], locked, full });
        let page = Mounted::new(CallView { inside, ..lobby() });
        until(|| page.text("inside").contains(words)).await;
        assert!(page.text("inside").starts_with("Ana is here. "));
    }
}
