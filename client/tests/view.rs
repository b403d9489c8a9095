//! The pages, drawn from made-up views in a real browser.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

#[path = "view/chat.rs"]
mod chat;
#[path = "view/embed.rs"]
mod embed;
#[path = "view/files.rs"]
mod files;
#[path = "view/floating.rs"]
mod floating;
#[path = "view/home.rs"]
mod home;
#[path = "view/idle.rs"]
mod idle;
#[path = "view/inside.rs"]
mod inside;
#[path = "view/invite.rs"]
mod invite;
#[path = "view/keys.rs"]
mod keys;
#[path = "view/made_up.rs"]
mod made_up;
#[path = "view/mounted.rs"]
mod mounted;
#[path = "view/people.rs"]
mod people;
#[path = "view/reactions.rs"]
mod reactions;
#[path = "view/seating.rs"]
mod seating;
#[path = "view/settings.rs"]
mod settings;
#[path = "view/tiles.rs"]
mod tiles;

use home::Counted;
use made_up::{ALICE, BOB, in_call, lobby, problems, tile};
use mounted::{Mounted, chinese, until};
use visavis_call::{DeviceFailure, DeviceKind, DeviceState, Intent, Notice, NoticeId, Phase, Problem};
use visavis_client::text::Words;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::{wasm_bindgen_test, wasm_bindgen_test_configure};
use web_sys::{HtmlFormElement, HtmlInputElement};

wasm_bindgen_test_configure!(run_in_browser);

#[wasm_bindgen_test]
async fn every_phase_shows_its_state() {
    let page = Mounted::new(lobby());
    for (phase, state) in [
        (Phase::Lobby, "lobby"),
        (Phase::Joining, "joining"),
        (Phase::InCall, "in-call"),
        (Phase::Reconnecting, "reconnecting"),
        (Phase::Left, "left"),
        (Phase::Lobby, "lobby"),
    ] {
        page.change(|view| view.phase = phase);
        until(|| page.attribute("app", "data-state") == state).await;
        let landmark = match phase {
            Phase::Lobby | Phase::Joining => "join",
            Phase::InCall | Phase::Reconnecting => "leave",
            Phase::Left => "rejoin",
        };
        until(|| page.has(landmark)).await;
    }
}

#[wasm_bindgen_test]
async fn buttons_show_the_wish_and_send_its_opposite() {
    for view in [lobby(), in_call(&[ALICE])] {
        let page = Mounted::new(view);
        for (testid, kind) in
            [("toggle-microphone", DeviceKind::Microphone), ("toggle-camera", DeviceKind::Camera)]
        {
            until(|| page.attribute(testid, "aria-pressed") == "true").await;
            page.click(testid);
            assert_eq!(page.sent(), [Intent::Switch(kind, false)]);
            page.change(|view| {
                view.microphone.wish = false;
                view.camera.wish = false;
            });
            until(|| page.attribute(testid, "aria-pressed") == "false").await;
            page.click(testid);
            assert_eq!(page.sent(), [Intent::Switch(kind, true)]);
            page.change(|view| {
                view.microphone.wish = true;
                view.camera.wish = true;
            });
        }
    }
}

#[wasm_bindgen_test]
async fn keys_switch_devices_but_not_while_a_name_is_typed() {
    let page = Mounted::new(lobby());
    until(|| page.has("name")).await;
    page.press("m");
    page.press("C");
    page.press("v");
    page.press("x");
    let off = |kind| Intent::Switch(kind, false);
    assert_eq!(page.sent(), [off(DeviceKind::Microphone), off(DeviceKind::Camera), off(DeviceKind::Camera)]);
    page.press_in("name", "m");
    assert_eq!(page.sent(), []);
}

#[wasm_bindgen_test]
async fn enter_in_the_name_joins_once() {
    let page = Mounted::new(lobby());
    until(|| page.has("name")).await;
    let form: HtmlFormElement = page.find("name").closest("form").unwrap().unwrap().unchecked_into();
    // What a browser does on Enter: it submits the form by its button.
    form.request_submit().unwrap();
    assert_eq!(page.sent(), [Intent::Join]);
    page.change(|view| view.phase = Phase::Joining);
    until(|| page.attribute("app", "data-state") == "joining").await;
    form.request_submit().unwrap();
    assert_eq!(page.sent(), []);
}

#[wasm_bindgen_test]
async fn a_name_is_sent_as_it_is_typed_and_stays_as_it_was_typed() {
    let page = Mounted::new(lobby());
    until(|| page.has("name")).await;
    page.type_into("name", "Ann ");
    assert_eq!(page.sent(), [Intent::Rename("Ann ".into())]);
    // The call trims it; the field must not, or nobody could write "Ann Lee".
    page.change(|view| view.name = "Ann".into());
    page.change(|view| view.camera.state = DeviceState::Starting);
    until(|| page.attribute("toggle-camera", "data-device") == "starting").await;
    assert_eq!(page.find("name").unchecked_into::<HtmlInputElement>().value(), "Ann ");
}

#[wasm_bindgen_test]
async fn a_refused_camera_is_explained_on_the_preview_with_a_retry() {
    let problem = Problem::Device(DeviceKind::Camera, DeviceFailure::Refused);
    let mut view = lobby();
    view.camera.state = DeviceState::Failed(DeviceFailure::Refused);
    view.notices.push(Notice { id: NoticeId(1), problem, device: None, name: String::new() });
    let page = Mounted::new(view);
    until(|| page.has("notice")).await;
    assert_eq!(page.all("notice").len(), 1, "said once");
    let notice = page.find("notice");
    assert_eq!(notice.get_attribute("data-problem").as_deref(), Some("camera-refused"));
    assert_eq!(notice.closest("[data-testid=preview]").unwrap(), Some(page.find("preview")));
    page.click("remedy");
    assert_eq!(page.sent(), [Intent::Retry(DeviceKind::Camera)]);
    page.change(|view| view.camera.state = DeviceState::On);
    until(|| !page.has("remedy")).await;
    assert_eq!(page.attribute("preview", "data-video"), "on");
}

#[wasm_bindgen_test]
async fn every_problem_has_words_in_both_languages_and_can_be_dismissed() {
    for problem in problems() {
        let words = [Words::english(), chinese()].map(|words| words.text().problem(problem));
        assert!(words.iter().all(|words| words.chars().count() > 10), "{problem:?}");
        assert_ne!(words[0], words[1], "{problem:?}");
        let mut view = in_call(&[ALICE]);
        view.notices.push(Notice { id: NoticeId(7), problem, device: None, name: String::new() });
        let page = Mounted::new(view);
        until(|| page.has("notice")).await;
        assert_eq!(page.attribute("notice", "data-problem"), problem.code());
        assert!(page.text("notice").contains(words[0]), "{problem:?}");
        page.language(chinese());
        until(|| page.text("notice").contains(words[1])).await;
        page.click_within("notice", ".close");
        assert_eq!(page.sent(), [Intent::Dismiss(NoticeId(7))]);
    }
}

#[wasm_bindgen_test]
async fn a_page_that_is_too_old_is_replaced_by_the_newest() {
    let newest = Counted::new("visavisRenew");
    let mut view = lobby();
    view.notices.push(Notice {
        id: NoticeId(1),
        problem: Problem::Outdated,
        device: None,
        name: String::new(),
    });
    let page = Mounted::new(view);
    until(|| page.has("remedy")).await;
    assert_eq!(newest.times(), 0);
    page.click("remedy");
    assert_eq!((newest.times(), page.sent()), (1, vec![]));
}

#[wasm_bindgen_test]
async fn a_lost_server_is_told_once() {
    let mut view = in_call(&[ALICE, BOB]);
    view.phase = Phase::Reconnecting;
    view.notices.push(Notice {
        id: NoticeId(1),
        problem: Problem::ConnectionLost,
        device: None,
        name: String::new(),
    });
    let page = Mounted::new(view);
    until(|| page.has("notice")).await;
    assert_eq!(page.all("notice").len(), 1);
    assert_eq!(page.attribute("notice", "data-problem"), "connection-lost");
    page.change(|view| {
        view.phase = Phase::InCall;
        view.notices.clear();
    });
    until(|| !page.has("notice")).await;
}

#[wasm_bindgen_test]
async fn the_link_is_in_the_middle_alone_and_in_the_bar_among_others() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.has("copy-link")).await;
    let in_card = || page.find("copy-link").closest(".invite").unwrap().is_some();
    assert!(page.all("copy-link").len() == 1 && in_card());
    page.change(|view| view.tiles.push(tile(BOB)));
    until(|| page.has("copy-link") && !in_card()).await;
    assert_eq!(page.all("copy-link").len(), 1);
    page.change(|view| view.tiles.truncate(1));
    until(|| page.has("copy-link") && in_card()).await;
}

#[wasm_bindgen_test]
async fn the_own_tile_moves_with_the_arrow_keys_once_others_are_there() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.has("tile")).await;
    let corner = || page.tile(ALICE).get_attribute("data-corner");
    assert_eq!(corner(), None);
    page.change(|view| view.tiles.push(tile(BOB)));
    until(|| corner().as_deref() == Some("bottom-right")).await;
    page.press_in("tile", "ArrowUp");
    page.press_in("tile", "ArrowLeft");
    until(|| corner().as_deref() == Some("top-left")).await;
    assert_eq!(page.tile(BOB).get_attribute("data-corner"), None);
}

#[wasm_bindgen_test]
async fn who_comes_who_goes_and_who_is_muted_is_said_aloud() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.has("announcer")).await;
    page.change(|view| view.tiles.push(tile(BOB)));
    until(|| page.text("announcer") == "bob joined.").await;
    page.change(|view| view.tiles[1].microphone = false);
    until(|| page.text("announcer") == "bob’s microphone is off.").await;
    page.change(|view| view.microphone.wish = false);
    until(|| page.text("announcer") == "Your microphone is off.").await;
    page.change(|view| view.tiles.truncate(1));
    until(|| page.text("announcer") == "bob left.").await;
}

#[wasm_bindgen_test]
async fn a_call_can_be_left_and_entered_again() {
    let page = Mounted::new(in_call(&[ALICE]));
    until(|| page.has("leave")).await;
    page.click("leave");
    assert_eq!(page.sent(), [Intent::Leave]);
    page.change(|view| view.phase = Phase::Left);
    until(|| page.has("rejoin")).await;
    until(|| page.find("app").text_content().unwrap().contains("It lasted")).await;
    page.click("rejoin");
    assert_eq!(page.sent(), [Intent::Join]);
}

#[wasm_bindgen_test]
async fn another_language_changes_the_words_and_nothing_else() {
    let page = Mounted::new(lobby());
    until(|| page.text("join") == "Join").await;
    let button = page.find("join");
    page.language(chinese());
    until(|| page.text("join") == "加入").await;
    assert_eq!(page.find("join"), button);
    assert!(page.attribute("toggle-camera", "title").contains("关闭摄像头"));
}
