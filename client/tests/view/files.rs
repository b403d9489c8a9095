//! The cards of files: what they show, and what their buttons ask for.

use leptos::prelude::Set;
use visavis_client::files::word::{Deed, FileShown, FileWish, FilesShown};
use visavis_files::{FileId, FileProblem, FileState, FileView, TakerState, TakerView};
use wasm_bindgen_test::wasm_bindgen_test;

use crate::chat::{Panel, message};
use crate::made_up::{BOB, id};
use crate::mounted::until;

const MB: u64 = 1_000_000;

fn file(digit: u8, own: bool, state: FileState) -> FileShown {
    let file = FileId::from_bytes([digit; 10]);
    let view = FileView {
        store: file.clone(),
        file,
        name: format!("{digit}.bin"),
        size: 100 * MB,
        kind: "image/png".into(),
        thumbnail: None,
        at: 1_700_000_000_000 + u64::from(digit),
        own,
        from: if own { String::new() } else { "bob".into() },
        to: None,
        shared: true,
        state,
        done: 25 * MB,
        hash: None,
        takers: Vec::new(),
    };
    FileShown { view, is_new: false, is_saved: false, rate: 0, picture: None }
}

async fn show(panel: &Panel, shown: FileShown) {
    let state = shown.view.state;
    panel.files.set(FilesShown { files: vec![shown], ..FilesShown::default() });
    let code = format!("{state:?}").to_lowercase();
    let code = code.split('(').next().unwrap_or_default().to_owned();
    until(|| panel.has("file-offer") && panel.attribute("file-offer", "data-state") == code).await;
}

#[wasm_bindgen_test]
async fn what_can_be_done_is_what_the_state_allows() {
    const BUTTONS: [&str; 7] = [
        "file-accept",
        "file-decline",
        "file-pause",
        "file-resume",
        "file-save",
        "file-withdraw",
        "file-forget",
    ];
    let panel = Panel::open(Vec::new()).await;
    let full = FileState::Ended(FileProblem::Full);
    let gone = FileState::Ended(FileProblem::Withdrawn);
    for (own, state, wanted) in [
        (false, FileState::Offered, &["file-accept", "file-decline"][..]),
        (false, FileState::Declined, &["file-accept", "file-forget"]),
        (false, FileState::Preparing, &["file-decline"]),
        (false, FileState::Coming, &["file-decline", "file-pause"]),
        (false, FileState::Waiting, &["file-decline"]),
        (false, FileState::Paused, &["file-decline", "file-resume"]),
        (false, FileState::Held, &["file-decline"]),
        (false, FileState::Done, &["file-save", "file-forget"]),
        (false, full, &["file-accept", "file-forget"]),
        (false, gone, &["file-forget"]),
        (true, FileState::Offered, &["file-withdraw"]),
        (true, FileState::Coming, &["file-pause", "file-withdraw"]),
        (true, FileState::Paused, &["file-resume", "file-withdraw"]),
        (true, FileState::Done, &["file-withdraw"]),
        (true, gone, &["file-forget"]),
    ] {
        panel.files.set(FilesShown::default());
        until(|| !panel.has("file-offer")).await;
        show(&panel, file(1, own, state)).await;
        let found: Vec<&str> = BUTTONS.into_iter().filter(|button| panel.has(button)).collect();
        assert_eq!(found, wanted, "own: {own}, {state:?}");
    }
}

#[wasm_bindgen_test]
async fn buttons_ask_for_what_they_say() {
    let panel = Panel::open(Vec::new()).await;
    let id = FileId::from_bytes([1; 10]);
    show(&panel, file(1, false, FileState::Offered)).await;
    panel.click("file-accept");
    show(&panel, file(1, false, FileState::Coming)).await;
    until(|| panel.has("file-pause")).await;
    panel.click("file-pause");
    panel.click("file-decline");
    show(&panel, file(1, false, FileState::Done)).await;
    until(|| panel.has("file-save")).await;
    panel.click("file-save");
    panel.click("file-look");
    let wishes = panel.wishes.borrow();
    let deed = |wish: &FileWish| {
        if let FileWish::Do(deed, files) = wish {
            Some(*deed).filter(|_| *files == [id.clone()])
        } else {
            None
        }
    };
    let deeds = wishes.iter().map(deed);
    let wanted = [Deed::Accept, Deed::Pause, Deed::Decline, Deed::Save, Deed::Look];
    assert!(deeds.eq(wanted.map(Some)), "{wishes:?}");
}

#[wasm_bindgen_test]
async fn several_files_are_accepted_and_saved_at_once() {
    let panel = Panel::open(Vec::new()).await;
    let several = |state| {
        let others = [file(3, true, state), file(4, false, FileState::Coming)];
        [[file(1, false, state), file(2, false, state)], others].concat()
    };
    let hidden = || panel.find("files-together").has_attribute("hidden");
    for (state, words, label, wanted) in [
        (FileState::Offered, "2 files offered, 200 MB", "Accept all", Deed::Accept),
        (FileState::Done, "2 files received, 200 MB", "Save all", Deed::SaveAll),
    ] {
        panel.files.set(FilesShown { files: several(state), ..FilesShown::default() });
        until(|| !hidden() && panel.text("files-together").contains(words)).await;
        until(|| panel.text("all-at-once") == label).await;
        panel.click("all-at-once");
        let ids = [1, 2].map(|digit| FileId::from_bytes([digit; 10]));
        let wish = panel.wishes.borrow_mut().pop();
        assert!(
            matches!(&wish, Some(FileWish::Do(deed, files)) if *deed == wanted && *files == ids),
            "{wish:?}"
        );
    }
    let mut saved = several(FileState::Done);
    saved[0].is_saved = true;
    panel.files.set(FilesShown { files: saved, ..FilesShown::default() });
    until(hidden).await;
}

#[wasm_bindgen_test]
async fn progress_is_told_in_bytes_speed_and_time() {
    let panel = Panel::open(Vec::new()).await;
    let mut coming = file(1, false, FileState::Coming);
    coming.rate = 2 * MB;
    show(&panel, coming).await;
    until(|| panel.text("file-offer").contains("25 MB of 100 MB · 2.0 MB/s · 38\u{a0}s left")).await;
    assert_eq!(panel.attribute("file-progress", "data-bytes"), "25000000");
    assert_eq!(panel.attribute("file-progress", "aria-valuenow"), "25");

    let mut own = file(2, true, FileState::Coming);
    let taker = |name: &str, state, done| TakerView { peer: id(BOB), name: name.into(), state, done };
    own.view.takers = vec![
        taker("bob", TakerState::Taking, 50 * MB),
        taker("carol", TakerState::Done, 100 * MB),
        taker("", TakerState::Asked, 0),
    ];
    show(&panel, own).await;
    let said = ["bob", "50 %", "carol", "has it", "Guest", "has not answered yet"];
    until(|| said.iter().all(|words| panel.text("file-offer").contains(words))).await;
    assert_eq!(panel.attribute("file-progress", "aria-valuenow"), "75", "of those who take it");

    show(&panel, file(3, false, FileState::Ended(FileProblem::Full))).await;
    until(|| panel.text("file-offer").contains("not enough space")).await;
}

#[wasm_bindgen_test]
async fn files_stand_among_the_messages_by_their_time() {
    let panel = Panel::open(vec![message(BOB, 1, "first"), message(BOB, 5, "last")]).await;
    let files = vec![file(3, false, FileState::Offered), file(7, true, FileState::Offered)];
    panel.files.set(FilesShown { files, ..FilesShown::default() });
    until(|| panel.all("file-offer").len() == 2).await;
    let text = panel.text("chat");
    let places: Vec<_> = ["first", "3.bin", "last", "7.bin"].iter().map(|words| text.find(words)).collect();
    assert!(places.iter().all(Option::is_some) && places.is_sorted(), "{places:?} in {text}");
}
