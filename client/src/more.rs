//! What can be set, in the lobby and in a call: devices, what is done to their sound, and what is seen; how the links do; and
//! the ways to invite somebody. A program of its own, loaded when somebody opens it or is alone in a call: the call's tells it
//! what there is, and it tells what the user wants.

use futures_channel::mpsc;
use futures_util::StreamExt;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_call::CallView;

use crate::{
    browser::{
        guest::{Heard, Host},
        route,
    },
    quality::LinkTold,
    text::SettingsText,
    view::{Look, SettingsScene, devices_form, invite_ways, settings_panel},
    words::{pack, unpack},
};

/// Runs beside a call until that ends.
pub async fn run(host: Host, text: &'static SettingsText, mut messages: mpsc::UnboundedReceiver<Heard>) {
    let mut more = More {
        host,
        text,
        view: ArcRwSignal::new(None),
        look: ArcRwSignal::new(Look::default()),
        level: ArcRwSignal::new(0.0),
        links: ArcRwSignal::new(Vec::new()),
        panel: None,
        ways: None,
    };
    while let Some(heard) = messages.next().await {
        match heard.what.as_str() {
            "end" => return,
            "view" => {
                if let Some(view) = unpack::<CallView>(&heard.whom()) {
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
    view: ArcRwSignal<Option<CallView>>,
    /// What the user wants to see.
    look: ArcRwSignal<Look>,
    /// How loud our microphone is, from 0 to 1.
    level: ArcRwSignal<f64>,
    links: ArcRwSignal<Vec<LinkTold>>,
    panel: Option<UnmountHandle<AnyViewState>>,
    /// Beside the link, on an empty stage.
    ways: Option<UnmountHandle<AnyViewState>>,
}

impl More {
    /// What there is was told before.
    fn open(&mut self, heard: &Heard) {
        let (Some(element), Some(first)) = (heard.element(), self.view.get_untracked()) else { return };
        let [intents, looks, shut, export] = std::array::from_fn(|_| self.host.another());
        let (view, look) = (self.view.clone(), self.look.clone());
        let (level, links) = (self.level.clone(), self.links.clone());
        let (in_lobby, text) = (heard.is_so(), self.text);
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
                shut: UnsyncCallback::new(move |()| shut.tell("shut", "", "")),
                link: StoredValue::new(route::current_link()),
            };
            if in_lobby { devices_form(scene) } else { settings_panel(scene) }
        }));
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
