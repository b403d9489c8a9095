//! Runs a call: owns it and everything the browser holds for it.
//!
//! One async function takes one message at a time from one inbox, hands it to [`Call::handle`], carries out the
//! effects in order, and publishes the view if it changed. Everybody else only sends. What the function owns drops
//! when it ends, and dropping closes it. It does not know why an effect is to be carried out.

mod company;
mod devices;
mod peers;
mod timers;

use futures_channel::{mpsc, oneshot};
use futures_util::{FutureExt, StreamExt, select_biased};
use gloo_timers::callback::Interval;
use leptos::prelude::{Set, WriteSignal};
use visavis_call::{
    Call, CallView, DeviceKind, Effect, Input, Intent, Mark, MediaEvent, Phase, Remembered, RequestFailure,
    RequestId, SocketEvent,
};
use visavis_protocol::ClientEvent;

use self::{
    company::{Answer, Company},
    devices::LocalDevices,
    peers::Peers,
    timers::Timers,
};
use crate::browser::{
    awake::Awake,
    levels::Levels,
    media::{LocalTrack, MediaOutcome},
    page,
    part::Told,
    socket::Socket,
    storage,
    streams::Streams,
    ui::{self, Place},
};
use crate::view::{Door, Panel};

/// Where the user's name is remembered.
pub const NAME_KEY: &str = "visavis:name";

/// Where the tab remembers the call it is in.
pub const SEAT_KEY: &str = "visavis:seat";

/// Where the chosen devices are remembered.
const DEVICES_KEY: &str = "visavis:devices";

/// Milliseconds between two measurements of the audio levels.
const LEVELS_EVERY: u32 = 100;

/// Milliseconds between two looks at what comes in ([`visavis_call::PeerEvent::Traffic`]).
const INSPECT_EVERY: u32 = 1000;

/// Milliseconds between two of these looks, beyond which the page has slept. Hidden pages are slowed down to a second,
/// and one whose machine is busy falls behind by a few.
const ASLEEP_FROM: f64 = 8000.0;

/// Where a device wish is remembered: `on` or `off`.
pub fn wish_key(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "visavis:microphone",
        DeviceKind::Camera => "visavis:camera",
    }
}

/// The devices that were chosen on this machine before.
pub fn remembered_devices() -> Remembered {
    storage::get(DEVICES_KEY).map(|text| Remembered::decode(&text)).unwrap_or_default()
}

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// For the call.
    Input(Input),
    /// A device runs: its track is kept here, the call learns its id.
    Opened(LocalTrack),
    /// A timer ran out; void if it was set anew or cleared since.
    TimedOut(timers::Ticket),
    /// A part beside the call tells something.
    Told(&'static str, Told),
    /// This panel shall stand here, or none any more.
    Place(Option<(Panel, Place)>),
    /// The ways to invite somebody shall stand here, or nowhere any more.
    Invite(Option<Place>),
    /// The user reacts, with this.
    React(String),
    /// Measure the audio levels.
    Listen,
    /// Look whether anything comes in over each connection.
    Inspect,
}

/// The inbox's sending end.
pub type Inbox = mpsc::UnboundedSender<Message>;

/// What a driver starts with.
#[derive(Debug)]
pub struct Parts {
    /// The call.
    pub call: Call,
    /// What it wants done first.
    pub effects: Vec<Effect>,
    /// Where messages are put.
    pub inbox: Inbox,
    /// Where they are taken.
    pub messages: mpsc::UnboundedReceiver<Message>,
    /// Ends when nobody looks at the call any more.
    pub owner_gone: oneshot::Receiver<()>,
    /// Where the view is published.
    pub view: WriteSignal<CallView>,
    /// Where the levels are published.
    pub levels: WriteSignal<Levels>,
    /// Where the streams are held.
    pub streams: Streams,
    /// Where the chat is opened.
    pub door: Door,
    /// The room's id, and the key for what is kept of it on this device.
    pub room: String,
    /// See there.
    pub key: String,
}

/// Runs a call until its owner is gone; leaves the room then, if it is in one.
pub async fn run(parts: Parts) {
    let Parts { call, effects, inbox, mut messages, owner_gone, view, levels, streams, door, room, key } =
        parts;
    let leave = inbox.clone();
    let _watch = page::PageWatch::new(move || send(&leave, Message::Input(Input::Intent(Intent::Unload))));
    let listen = inbox.clone();
    let _listening = Interval::new(LEVELS_EVERY, move || send(&listen, Message::Listen));
    let inspect = inbox.clone();
    let mut looked = ui::now();
    let _inspecting = Interval::new(INSPECT_EVERY, move || {
        let since = ui::now() - std::mem::replace(&mut looked, ui::now());
        if since > ASLEEP_FROM {
            send(&inspect, Message::Input(Input::Woke));
        }
        send(&inspect, Message::Inspect);
    });

    let mut driver = Driver {
        published: call.view(),
        company: Company::new(&room, &key, &inbox, door),
        call,
        room,
        socket: None,
        peers: Peers::new(inbox.clone(), streams),
        devices: LocalDevices::new(&inbox, streams),
        timers: Timers::new(inbox.clone()),
        inbox,
        view,
        levels,
        heard: Levels::default(),
        withheld: false,
        listens_from: 0.0,
        awake: None,
        streams,
    };
    driver.devices.favour_motion(driver.company.wanted_look().motion);
    driver.carry_out(effects);
    driver.publish();
    driver.company.tell_view(&driver.published);

    let mut owner_gone = owner_gone.fuse();
    loop {
        let message = select_biased! {
            _ = owner_gone => break,
            message = messages.next() => message,
        };
        let Some(message) = message else { break };
        driver.take(message);
    }
    driver.handle(Input::Intent(Intent::Leave));
}

/// Puts a message into the inbox; when the driver is gone there is nobody to tell, and a track in it stops.
fn send(inbox: &Inbox, message: Message) {
    let _ = inbox.unbounded_send(message);
}

struct Driver {
    call: Call,
    room: String,
    company: Company,
    inbox: Inbox,
    socket: Option<Socket>,
    peers: Peers,
    devices: LocalDevices,
    timers: Timers,
    streams: Streams,
    view: WriteSignal<CallView>,
    published: CallView,
    /// At the last `listen` an offer was being made, and the view kept back.
    withheld: bool,
    levels: WriteSignal<Levels>,
    heard: Levels,
    /// Keeps the screen on in a call.
    awake: Option<Awake>,
    /// Not before this moment are levels measured again, as [`page::now`].
    listens_from: f64,
}

impl Driver {
    fn take(&mut self, message: Message) {
        match message {
            Message::Input(input) => self.handle(input),
            Message::Opened(track) => {
                let opened = MediaEvent::Opened(track.id());
                self.devices.keep(track);
                self.handle(Input::Media(opened));
            }
            Message::TimedOut(ticket) => {
                if let Some(timer) = self.timers.redeem(&ticket) {
                    self.handle(Input::Timer(timer));
                }
            }
            Message::Told(part, told) => {
                match self.company.show(part, told) {
                    Some(Answer::Input(input)) => self.handle(input),
                    Some(Answer::Limit(peer, limits)) => self.peers.limit(peer, limits),
                    None => {}
                }
                self.devices.favour_motion(self.company.wanted_look().motion);
            }
            Message::Place(place) => {
                if place.is_some() {
                    self.handle(Input::Beside(None));
                }
                self.company.place(place, &self.published);
            }
            Message::Invite(place) => self.company.invite(place),
            Message::React(reaction) => self.company.react(&reaction),
            Message::Listen => self.listen(),
            Message::Inspect => self.peers.inspect(),
        }
    }

    fn handle(&mut self, input: Input) {
        let is_wish = matches!(input, Input::Intent(_));
        if input == Input::Intent(Intent::Unload) {
            self.company.unload();
        }
        let effects = self.call.handle(input);
        self.carry_out(effects);
        // To draw the call takes longer than to make the offer. If that takes long after all, `listen` draws. But a press
        // shows at once: the next one says the opposite of what is seen.
        if is_wish || !self.call.is_making_first_offer() {
            self.publish();
        }
    }

    fn carry_out(&mut self, effects: Vec<Effect>) {
        for effect in effects {
            match effect {
                Effect::Connect => self.connect(),
                Effect::Disconnect => {
                    if let Some(socket) = &self.socket {
                        socket.close();
                    }
                }
                Effect::Doubt => {
                    if let Some(socket) = &self.socket {
                        socket.doubt();
                    }
                }
                Effect::Hurry(hurry) => {
                    if let Some(socket) = &self.socket {
                        socket.hurry(hurry);
                    }
                }
                Effect::Send { request, event } => self.request(request, &event),
                Effect::OpenPeer { peer, connection, initiator, ice, tracks } => {
                    let tracks = tracks.iter().filter_map(|id| Some((id.source, self.devices.track(*id)?)));
                    self.peers.open(peer.clone(), connection, initiator, &ice, tracks.collect());
                    if let Some(opened) = self.peers.get(&peer, connection) {
                        self.company.share(&peer, opened);
                    }
                }
                Effect::ClosePeer { peer, connection } => {
                    if let Some(closing) = self.peers.get(&peer, connection) {
                        self.company.withdraw(&peer, closing);
                    }
                    self.peers.close(&peer, connection);
                }
                Effect::Peer { peer, connection, command } => {
                    self.peers.run(&peer, connection, command, |id| self.devices.track(id));
                }
                Effect::OpenDevices { request, devices } => self.devices.open(request, devices),
                Effect::OpenScreen(request) => self.devices.open_screen(request),
                Effect::CloseTrack(track) => self.devices.close(track),
                Effect::EnableTrack { track, enabled } => self.devices.enable(track, enabled),
                Effect::SetTimer { timer, after } => self.timers.set(timer, after),
                Effect::ClearTimer(timer) => self.timers.clear(&timer),
                Effect::UseSpeaker(speaker) => self.streams.play_through(speaker),
                Effect::RememberDevices(devices) => storage::set(DEVICES_KEY, &devices.encode()),
                Effect::RememberName(name) => storage::set(NAME_KEY, &name),
                Effect::KeepSeat(seat) => storage::set_of_tab(SEAT_KEY, Some(&seat.encode())),
                Effect::GiveUpSeat => storage::set_of_tab(SEAT_KEY, None),
                Effect::KeepHost(token) => storage::set_host_token(&self.room, token.as_str()),
                Effect::Mark(mark) => {
                    if mark == Mark::Join {
                        self.streams.expect_first_frame();
                    }
                    page::mark(mark.name());
                }
                Effect::Log(line) => page::log(&line),
            }
        }
    }

    fn connect(&mut self) {
        let inbox = self.inbox.clone();
        self.socket = Some(Socket::open(move |event| {
            send(&inbox, Message::Input(Input::Socket(event)));
        }));
    }

    fn request(&self, request: RequestId, event: &ClientEvent) {
        if let Some(socket) = &self.socket {
            socket.request(request, event.name(), event.payload());
        } else {
            let reply = Err(RequestFailure::Disconnected);
            send(&self.inbox, Message::Input(Input::Socket(SocketEvent::Reply { request, reply })));
        }
    }

    fn publish(&mut self) {
        let view = self.call.view();
        if view == self.published {
            return;
        }
        for (kind, before, now) in [
            (DeviceKind::Microphone, self.published.microphone.wish, view.microphone.wish),
            (DeviceKind::Camera, self.published.camera.wish, view.camera.wish),
        ] {
            if before != now {
                storage::set(wish_key(kind), if now { "on" } else { "off" });
            }
        }
        let in_call = matches!(view.phase, Phase::InCall | Phase::Reconnecting);
        if in_call != self.awake.is_some() {
            self.awake = in_call.then(Awake::new);
        }
        self.company.look(&self.published, &view);
        self.published = view.clone();
        // Gone together with the owner.
        let _ = self.view.try_set(view);
    }

    fn listen(&mut self) {
        let waits = self.call.is_making_first_offer();
        if !waits || self.withheld {
            self.publish();
        }
        self.withheld = waits;
        let now = page::now();
        if now < self.listens_from {
            return;
        }
        let heard = match self.published.phase {
            Phase::Left => Levels::default(),
            Phase::Lobby | Phase::Joining | Phase::InCall | Phase::Reconnecting => {
                // Who is muted is not worth the wait.
                let tiles = self.published.tiles.iter();
                let audible = tiles.filter(|tile| tile.microphone).filter_map(|tile| tile.stream.as_ref());
                let (own, muted) = self.devices.amplitude(now);
                let heard = Levels::new(own, self.peers.amplitudes(audible));
                self.company.hear(heard.own());
                if let Some(muted) = muted {
                    self.handle(Input::Media(muted));
                }
                heard
            }
        };
        // To measure one halts the page until another thread answers. On a busy machine that takes long, and is done less
        // often, so that a twentieth of the page's time goes into it at most.
        self.listens_from = now + 20.0 * (page::now() - now);
        if heard != self.heard {
            self.heard = heard.clone();
            let _ = self.levels.try_set(heard);
        }
    }
}

/// The message that a media outcome is.
fn media_message(outcome: MediaOutcome) -> Message {
    match outcome {
        MediaOutcome::Opened(track) => Message::Opened(track),
        MediaOutcome::Event(event) => Message::Input(Input::Media(event)),
    }
}
