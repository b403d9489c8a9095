//! The chat: what it shows, and what it sends.

use std::{cell::RefCell, ops::Deref, rc::Rc, sync::Arc};

use leptos::prelude::*;
use visavis_chat::{ChatView, Intent, MessageId, MessageState, MessageView, Revision};
use visavis_client::{
    files::word::{FileWish, FilesShown},
    text::PanelText,
    view::{ChatScene, chat_panel},
};
use visavis_live::Input;
use visavis_protocol::PeerId;
use wasm_bindgen::JsCast;
use wasm_bindgen_test::wasm_bindgen_test;
use web_sys::{HtmlElement, HtmlSelectElement, HtmlTextAreaElement};

use crate::made_up::{ALICE, BOB, CAROL, Person, id, in_call, tile};
use crate::mounted::{Mounted, Shown, until};

pub(crate) fn message(from: Person, seq: u64, text: &str) -> MessageView {
    MessageView {
        id: MessageId::new(id(from), seq),
        name: tile(from).name,
        own: from == ALICE,
        to: None,
        at: 1_700_000_000_000 + seq,
        text: text.into(),
        revision: Revision::default(),
        state: MessageState::Written,
    }
}

/// The panel, with what it sends.
pub(crate) struct Panel {
    shown: Shown,
    view: RwSignal<ChatView>,
    pub(crate) files: RwSignal<FilesShown>,
    typing: RwSignal<Vec<PeerId>>,
    typed: Rc<RefCell<Vec<Input>>>,
    sent: Rc<RefCell<Vec<Intent>>>,
    pub(crate) wishes: Rc<RefCell<Vec<FileWish>>>,
    shut: Rc<RefCell<bool>>,
}

impl Deref for Panel {
    type Target = Shown;

    fn deref(&self) -> &Shown {
        &self.shown
    }
}

impl Panel {
    pub(crate) async fn open(messages: Vec<MessageView>) -> Self {
        let view = RwSignal::new(ChatView {
            people: vec![(id(BOB), "bob".into()), (id(CAROL), "carol".into())],
            messages: Arc::new(messages),
            kept: true,
            ..ChatView::default()
        });
        let (sent, shut) = (Rc::new(RefCell::new(Vec::new())), Rc::new(RefCell::new(false)));
        let (files, wishes) = (RwSignal::new(FilesShown::default()), Rc::new(RefCell::new(Vec::new())));
        let (typing, typed) = (RwSignal::new(Vec::new()), Rc::new(RefCell::new(Vec::new())));
        let keys = Rc::clone(&typed);
        let (log, asked, door) = (Rc::clone(&sent), Rc::clone(&wishes), Rc::clone(&shut));
        let shown = Shown::new(move || {
            chat_panel(ChatScene {
                text: PanelText::new(None),
                view: view.into(),
                files: files.into(),
                typing: typing.into(),
                send: UnsyncCallback::new(move |intent| log.borrow_mut().push(intent)),
                wish: UnsyncCallback::new(move |wish| asked.borrow_mut().push(wish)),
                types: UnsyncCallback::new(move |input| keys.borrow_mut().push(input)),
                shut: UnsyncCallback::new(move |()| *door.borrow_mut() = true),
            })
        });
        until(|| shown.has("chat-input")).await;
        Self { shown, view, files, typing, typed, sent, wishes, shut }
    }

    fn change(&self, change: impl FnOnce(&mut ChatView)) {
        self.view.update(change);
    }

    fn field(&self) -> HtmlTextAreaElement {
        self.find("chat-input").unchecked_into()
    }

    fn write(&self, text: &str) {
        self.field().set_value(text);
        self.dispatch("chat-input", "input");
    }

    /// What was sent since it was last asked.
    async fn sent(&self) -> Vec<Intent> {
        until(|| true).await;
        std::mem::take(&mut self.sent.borrow_mut())
    }
}

#[wasm_bindgen_test]
async fn what_is_typed_is_sent_with_enter_and_to_whom_is_chosen() {
    let page = Panel::open(Vec::new()).await;
    page.write("hello");
    page.press_in("chat-input", "Enter");
    let sent = page.sent().await;
    assert!(matches!(&sent[..], [Intent::Say { text, to: None, now: 1.. }] if text == "hello"), "{sent:?}");
    assert_eq!(page.field().value(), "");

    page.find("chat-to").unchecked_into::<HtmlSelectElement>().set_value(id(CAROL).as_str());
    page.dispatch("chat-to", "change");
    page.write("for you");
    page.click("chat-send");
    let sent = page.sent().await;
    assert!(matches!(&sent[..], [Intent::Say { to: Some(to), .. }] if *to == id(CAROL)), "{sent:?}");

    // She leaves: what was meant for her goes to nobody else, unless the user says so.
    page.change(|view| view.people.truncate(1));
    page.write("for you, too");
    until(|| page.text("chat").contains("They have left")).await;
    page.click("chat-send");
    assert_eq!(page.sent().await, []);
    assert_eq!(page.field().value(), "for you, too");
    page.find("chat-to").unchecked_into::<HtmlSelectElement>().set_value("");
    page.dispatch("chat-to", "change");
    until(|| !page.text("chat").contains("They have left")).await;
    page.click("chat-send");
    let sent = page.sent().await;
    assert!(matches!(&sent[..], [Intent::Say { to: None, .. }]), "{sent:?}");
}

#[wasm_bindgen_test]
async fn nothing_and_too_much_are_not_sent() {
    let page = Panel::open(Vec::new()).await;
    page.write(" \n ");
    page.click("chat-send");
    page.write(&"é".repeat(ChatView::MESSAGE_CHARS + 2));
    until(|| page.text("chat").contains("2 characters too many")).await;
    page.click("chat-send");
    page.press_in("chat-input", "Enter");
    until(|| true).await;
    assert_eq!(page.sent().await, []);
    page.write(&"é".repeat(ChatView::MESSAGE_CHARS));
    until(|| !page.text("chat").contains("too many")).await;
    page.click("chat-send");
    until(|| true).await;
    assert_eq!(page.sent().await.len(), 1);
}

#[wasm_bindgen_test]
async fn links_can_be_followed_and_all_else_is_text() {
    let text = "<b>see</b> https://a.example/x, javascript:alert(1)";
    let page = Panel::open(vec![message(BOB, 1, text)]).await;
    until(|| page.has("chat-message")).await;
    let shown = page.find("chat-message");
    assert!(shown.text_content().unwrap().contains(text));
    assert!(shown.query_selector("b").unwrap().is_none());
    let links = shown.query_selector_all("a").unwrap();
    assert_eq!(links.length(), 1);
    let link: HtmlElement = links.get(0).unwrap().unchecked_into();
    assert_eq!(link.get_attribute("href").as_deref(), Some("https://a.example/x"));
    assert!(link.get_attribute("rel").unwrap().contains("noopener"));
}

#[wasm_bindgen_test]
async fn what_is_seen_is_read_and_escape_closes() {
    let page = Panel::open(vec![message(BOB, 1, "hello")]).await;
    assert_eq!(page.sent().await, []);
    page.change(|view| view.unread = 1);
    until(|| !page.sent.borrow().is_empty()).await;
    assert_eq!(page.sent().await, [Intent::Read]);
    assert!(!*page.shut.borrow());
    page.press_in("chat-input", "Escape");
    until(|| *page.shut.borrow()).await;
}

#[wasm_bindgen_test]
async fn what_is_kept_is_for_the_user_to_say() {
    let page = Panel::open(vec![message(BOB, 1, "hello")]).await;
    page.click("keep-chat");
    page.click("clear-chat");
    assert_eq!(page.sent().await, [Intent::Keep(false), Intent::Clear]);
}

#[wasm_bindgen_test]
async fn the_stage_counts_and_says_what_was_written() {
    let page = Mounted::new(in_call(&[ALICE, BOB]));
    until(|| page.has("open-chat")).await;
    until(|| page.text("announcer").is_empty()).await;
    page.door().unread.set("2".into());
    page.door().wrote.set(("bob".into(), "hear, hear".into()));
    until(|| page.text("open-chat") == "2").await;
    assert!(page.attribute("open-chat", "aria-label").contains("2 new messages"));
    until(|| page.text("announcer") == "bob: hear, hear").await;
    page.click("open-chat");
    until(|| page.attribute("open-chat", "aria-expanded") == "true").await;
    until(|| page.places() == [None, Some(visavis_client::view::Panel::Chat)]).await;
    page.click("open-chat");
    until(|| page.places() == [None, Some(visavis_client::view::Panel::Chat), None]).await;
}

#[wasm_bindgen_test]
async fn ones_own_messages_are_changed_and_taken_back() {
    let page = Panel::open(vec![message(ALICE, 1, "teh"), message(BOB, 1, "hello")]).await;
    until(|| page.all("chat-message").len() == 2).await;
    assert_eq!((page.all("chat-edit").len(), page.all("chat-delete").len()), (1, 1));
    page.click("chat-edit");
    until(|| page.field().value() == "teh").await;
    // Escape gives the change up, not the chat.
    page.press_in("chat-input", "Escape");
    until(|| page.field().value().is_empty()).await;
    page.click("chat-edit");
    page.write("the");
    page.click("chat-send");
    page.click("chat-delete");
    let sent = page.sent().await;
    let of = |message| message == message_id();
    assert!(
        matches!(&sent[..], [Intent::Edit { message, text, .. }, Intent::Edit { message: other, text: none, .. }]
            if of(message.clone()) && of(other.clone()) && text == "the" && none.is_empty()),
        "{sent:?}"
    );
    page.change(|view| {
        let mut deleted = message(ALICE, 1, "");
        deleted.state = MessageState::Deleted;
        view.messages = Arc::new(vec![deleted]);
    });
    until(|| page.text("chat-message").contains("Message deleted")).await;
    assert!(!page.has("chat-edit"));
}

fn message_id() -> MessageId {
    message(ALICE, 1, "").id
}

#[wasm_bindgen_test]
async fn who_types_is_shown_and_told() {
    let page = Panel::open(Vec::new()).await;
    page.typing.set(vec![id(BOB)]);
    until(|| page.text("typing") == "bob is typing…").await;
    page.typing.set(vec![id(CAROL), id(BOB)]);
    until(|| page.text("typing") == "bob and carol are typing…").await;
    page.typing.set(Vec::new());
    until(|| page.text("typing").is_empty()).await;

    let typed = |page: &Panel| std::mem::take(&mut *page.typed.borrow_mut());
    page.write("h");
    assert_eq!(typed(&page), [Input::Types(None)]);
    page.write(" ");
    assert_eq!(typed(&page), [Input::Stops]);
    page.write("hello");
    page.press_in("chat-input", "Enter");
    assert_eq!(typed(&page), [Input::Types(None), Input::Stops]);
}
