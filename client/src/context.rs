//! What components hold of a running call: signals to read, intents to send.
//!
//! [`CallHandle`] is `Copy` and travels by Leptos' context. All that components need of the browser besides the DOM is
//! re-exported here in plain Rust types, so that no component names `web_sys`. It does not know what an intent leads
//! to: that is decided by [`visavis_call::Call`] and carried out by the [driver](crate::driver).

use futures_channel::{mpsc, oneshot};
use leptos::prelude::*;
use visavis_call::{Call, CallView, Config, DeviceKind, Input, Intent, Seat, link::Secret};
use visavis_protocol::HostToken;

pub use crate::browser::{
    clipboard::copy_text, entropy::new_secret, levels::Levels, route, storage, streams::Streams,
};
pub use crate::driver::NAME_KEY;
use crate::{
    browser::{entropy, page},
    driver::{self, Inbox, Message, SEAT_KEY},
    view::Door,
};

/// A running call, for components.
#[derive(Debug, Clone, Copy)]
pub struct CallHandle {
    /// The call as it is to be drawn.
    pub view: ReadSignal<CallView>,
    /// How loud everyone is, about ten times a second.
    pub levels: ReadSignal<Levels>,
    /// The streams that [`CallView`] names by id.
    pub streams: Streams,
    /// Where the chat is opened.
    pub door: Door,
    inbox: StoredValue<Inbox, LocalStorage>,
}

impl CallHandle {
    /// Tells the call what the user wants. Does nothing once the call's owner is gone.
    pub fn send(&self, intent: Intent) {
        self.inbox.try_with_value(|inbox| {
            // The driver is gone: there is nobody left to want it from.
            let _ = inbox.unbounded_send(Message::Input(Input::Intent(intent)));
        });
    }
}

/// The handle that an ancestor component provided by `provide_context`.
///
/// # Panics
///
/// Outside of a component below the one that opened the call.
pub fn call() -> CallHandle {
    expect_context::<CallHandle>()
}

/// Opens the call of this link in its lobby; it ends with the component that calls this: camera released, room left,
/// connections closed.
pub fn open_call(secret: Secret) -> CallHandle {
    let wish = |kind| storage::get(driver::wish_key(kind)).as_deref() != Some("off");
    // A tab that is duplicated or restored has the seat as well, but is somebody else, or comes later.
    let seat = storage::get_of_tab(SEAT_KEY).filter(|_| page::is_reloaded());
    let seat = seat.and_then(|seat| Seat::decode(&seat));
    let (room, key) = (secret.room().as_str().to_owned(), secret.kept_key());
    let host_token = storage::host_token(&room).and_then(|token| HostToken::parse(&token).ok());
    let config = Config {
        secret,
        seed: entropy::random_bytes(),
        name: storage::get(NAME_KEY).unwrap_or_default(),
        microphone: wish(DeviceKind::Microphone),
        camera: wish(DeviceKind::Camera),
        remembered: driver::remembered_devices(),
        seat,
        host_token,
    };
    let (mut call, mut effects) = Call::new(config);
    if call.has_seat() {
        effects.extend(call.handle(Input::Intent(Intent::Join)));
    }
    let (view, set_view) = signal(call.view());
    let (levels, set_levels) = signal(Levels::default());
    let streams = Streams::new();
    let (inbox, messages) = mpsc::unbounded();
    let (placed, invited, reacted) = (inbox.clone(), inbox.clone(), inbox.clone());
    let place = move |place| {
        let _ = placed.unbounded_send(Message::Place(place));
    };
    let invite = move |place| {
        let _ = invited.unbounded_send(Message::Invite(place));
    };
    let react = move |reaction| {
        let _ = reacted.unbounded_send(Message::React(reaction));
    };
    let door = Door::new(place, invite, react);
    let (owner, owner_gone) = oneshot::channel::<()>();
    on_cleanup(move || drop(owner));

    wasm_bindgen_futures::spawn_local(driver::run(driver::Parts {
        call,
        effects,
        inbox: inbox.clone(),
        messages,
        owner_gone,
        view: set_view,
        levels: set_levels,
        streams,
        door,
        room,
        key,
    }));
    CallHandle { view, levels, streams, door, inbox: StoredValue::new_local(inbox) }
}
