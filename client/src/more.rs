//! What can be set, in the lobby and in a call: devices, what is done to their sound, and what is seen; how the links do; the
//! ways to invite somebody; and the window that floats above all others. A program of its own, loaded when somebody opens it or is alone in a call: the call's tells it
//! what there is, and it tells what the user wants.

use futures_channel::mpsc;
use futures_util::StreamExt;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_call::{CallView, Phase};

use crate::{
    browser::{
        floating::{self, Floating, Kind, float_picture},
        guest::{Heard, Host},
        page, route,
    },
    quality::LinkTold,
    text::SettingsText,
    view::{
        FloatingScene, Look, SettingsScene, devices_form, floating as floating_view, invite_ways,
        settings_panel,
    },
    words::{pack, unpack},
};

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The call tells something.
    Heard(Heard),
    /// A window is open that floats.
    Floats(Floating),
    /// It was closed.
    Sank,
}

type Inbox = mpsc::UnboundedSender<Message>;

/// Runs beside a call until that ends.
pub async fn run(
    host: Host,
    text: &'static SettingsText,
    inbox: Inbox,
    mut messages: mpsc::UnboundedReceiver<Message>,
) {
    let mut more = More {
        host,
        text,
        inbox,
        view: ArcRwSignal::new(None),
        look: ArcRwSignal::new(Look::default()),
        level: ArcRwSignal::new(0.0),
        links: ArcRwSignal::new(Vec::new()),
        panel: None,
        ways: None,
        floating: None,
    };
    while let Some(message) = messages.next().await {
        let heard = match message {
            Message::Heard(heard) => heard,
            Message::Floats(floating) => {
                more.float(floating);
                continue;
            }
            Message::Sank => {
                more.sink();
                continue;
            }
        };
        match heard.what.as_str() {
            "end" => return,
            "view" => {
                if let Some(view) = unpack::<CallView>(&heard.whom()) {
                    if view.phase == Phase::Left {
                        more.sink();
                    }
                    more.view.set(Some(view));
                    more.look.set(Look::of_code(&heard.words().unwrap_or_default()));
                }
            }
            "links" => more.links.set(unpack(&heard.whom()).unwrap_or_default()),
            "level" => more.level.set(heard.fraction()),
            "open" => more.open(&heard),
            "close" => more.panel = None,
            "invite" => more.invite(&heard),
            _ => {}
        }
    }
}

struct More {
    host: Host,
    text: &'static SettingsText,
    inbox: Inbox,
    view: ArcRwSignal<Option<CallView>>,
    /// What the user wants to see.
    look: ArcRwSignal<Look>,
    /// How loud our microphone is, from 0 to 1.
    level: ArcRwSignal<f64>,
    links: ArcRwSignal<Vec<LinkTold>>,
    panel: Option<UnmountHandle<AnyViewState>>,
    /// Beside the link, on an empty stage.
    ways: Option<UnmountHandle<AnyViewState>>,
    /// What is drawn in it goes before the window does.
    floating: Option<(UnmountHandle<AnyViewState>, Floating)>,
}

impl More {
    /// What there is was told before.
    fn open(&mut self, heard: &Heard) {
        let (Some(element), Some(first)) = (heard.element(), self.view.get_untracked()) else { return };
        let [intents, looks, shut, export] = std::array::from_fn(|_| self.host.another());
        let (view, look) = (self.view.clone(), self.look.clone());
        let (level, links) = (self.level.clone(), self.links.clone());
        let (in_lobby, text, inbox) = (heard.is_so(), self.text, self.inbox.clone());
        // What stood there is taken away first.
        self.panel = None;
        self.panel = Some(mount_to(element, move || {
            let scene = SettingsScene {
                text,
                view: Memo::new(move |_| view.get().unwrap_or_else(|| first.clone())).into(),
                look: look.clone().into(),
                level: level.into(),
                see: UnsyncCallback::new(move |wish: Look| {
                    look.set(wish);
                    looks.tell("look", wish.code(), "");
                }),
                links: links.into(),
                export: UnsyncCallback::new(move |()| export.tell("export", "", "")),
                send: UnsyncCallback::new(move |intent| intents.tell("intent", &pack(&intent), "")),
                float: UnsyncCallback::new(move |()| begin_to_float(inbox.clone())),
                shut: UnsyncCallback::new(move |()| shut.tell("shut", "", "")),
                link: StoredValue::new(route::current_link()),
            };
            if in_lobby { devices_form(scene) } else { settings_panel(scene) }
        }));
    }

    /// Draws the call into the window that floats.
    fn float(&mut self, floating: Floating) {
        let (Ok(body), Some(first)) = (floating.body(), self.view.get_untracked()) else { return };
        let (view, text, intents) = (self.view.clone(), self.text, self.host.another());
        let drawn = mount_to(body, move || {
            floating_view(FloatingScene {
                text,
                view: Memo::new(move |_| view.get().unwrap_or_else(|| first.clone())).into(),
                send: UnsyncCallback::new(move |intent| intents.tell("intent", &pack(&intent), "")),
            })
        });
        self.floating = Some((drawn, floating));
        self.host.tell("floats", "yes", "");
    }

    /// Nothing floats any more.
    fn sink(&mut self) {
        if self.floating.take().is_some() {
            self.host.tell("floats", "", "");
        }
    }

    /// There is a place for the ways to invite, or none any more.
    fn invite(&mut self, heard: &Heard) {
        let text = self.text;
        self.ways = None;
        self.ways = heard
            .element()
            .map(|element| mount_to(element, move || invite_ways(text, &route::current_link())));
    }
}

/// Lets the call float, or a picture of it. The user has just asked for it: else the browser refuses.
fn begin_to_float(inbox: Inbox) {
    // What floats already goes first: its end is not to be taken for that of the next.
    let _ = inbox.unbounded_send(Message::Sank);
    wasm_bindgen_futures::spawn_local(async move {
        let sinks = inbox.clone();
        let opened = match floating::kind() {
            None => return,
            Some(Kind::Picture) => float_picture().await,
            Some(Kind::Window) => {
                let opened = Floating::open(move || {
                    let _ = sinks.unbounded_send(Message::Sank);
                });
                opened.await.map(|floating| {
                    // Nobody hears it any more once the call has ended, and it closes.
                    let _ = inbox.unbounded_send(Message::Floats(floating));
                })
            }
        };
        if let Err(error) = opened {
            page::log(&format!("does not float: {}", error.name));
        }
    });
}
