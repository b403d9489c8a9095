//! What can be set, in the lobby and in a call: devices, and what is done to their sound. A program of its own, loaded when
//! somebody opens it: the call's tells it what there is, and it tells what the user wants.

use futures_channel::mpsc;
use futures_util::StreamExt;
use leptos::{
    mount::{UnmountHandle, mount_to},
    prelude::*,
    tachys::view::any_view::AnyViewState,
};
use visavis_call::CallView;

use crate::{
    browser::guest::{Heard, Host},
    text::SettingsText,
    view::{SettingsScene, devices_form, settings_panel},
    words::{pack, unpack},
};

/// Runs beside a call until that ends.
pub async fn run(host: Host, text: &'static SettingsText, mut messages: mpsc::UnboundedReceiver<Heard>) {
    let mut more =
        More { host, text, view: ArcRwSignal::new(None), level: ArcRwSignal::new(0.0), panel: None };
    while let Some(heard) = messages.next().await {
        match heard.what.as_str() {
            "end" => return,
            "view" => {
                if let Some(view) = unpack::<CallView>(&heard.whom()) {
                    more.view.set(Some(view));
                }
            }
            "level" => more.level.set(heard.fraction()),
            "open" => more.open(&heard),
            "close" => more.panel = None,
            _ => {}
        }
    }
}

struct More {
    host: Host,
    text: &'static SettingsText,
    view: ArcRwSignal<Option<CallView>>,
    /// How loud our microphone is, from 0 to 1.
    level: ArcRwSignal<f64>,
    panel: Option<UnmountHandle<AnyViewState>>,
}

impl More {
    /// What there is was told before.
    fn open(&mut self, heard: &Heard) {
        let (Some(element), Some(first)) = (heard.element(), self.view.get_untracked()) else { return };
        let (intents, shut) = (self.host.another(), self.host.another());
        let (view, level) = (self.view.clone(), self.level.clone());
        let (in_lobby, text) = (heard.is_so(), self.text);
        // What stood there is taken away first.
        self.panel = None;
        self.panel = Some(mount_to(element, move || {
            let scene = SettingsScene {
                text,
                view: Memo::new(move |_| view.get().unwrap_or_else(|| first.clone())).into(),
                level: level.into(),
                send: UnsyncCallback::new(move |intent| intents.tell("intent", &pack(&intent), "")),
                shut: UnsyncCallback::new(move |()| shut.tell("shut", "", "")),
            };
            if in_lobby { devices_form(scene) } else { settings_panel(scene) }
        }));
    }
}
