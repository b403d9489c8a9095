//! The Socket.IO connection to the server the page came from: carries out what [`visavis_socketio::Client`] decides, with
//! the browser's WebSocket and fetch. Knows no event of ours and no room.
//!
//! One task owns the machine, its transports and its timer as local variables; [`Socket`] is the handle to its inbox.

mod transports;

use std::future::{Future, poll_fn};
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_channel::mpsc::{UnboundedReceiver, UnboundedSender, unbounded};
use futures_util::StreamExt;
use gloo_events::EventListener;
use gloo_timers::future::TimeoutFuture;
use serde_json::Value;
use visavis_call::{RequestFailure, RequestId, SocketEvent};
use visavis_socketio::{Client, Config, DisconnectReason, Emit, EmitError, Input, Output, Transport};
use wasm_bindgen_futures::spawn_local;

use self::transports::Transports;
use super::{entropy, storage};

/// How long the server may take to acknowledge a request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(10);

/// Present in `localStorage` while WebSocket is known not to work here.
const POLLING_KEY: &str = "visavis:polling";

/// The connection; it keeps itself up until closed or dropped.
#[derive(Debug)]
pub struct Socket {
    inbox: UnboundedSender<Input>,
    /// The network is back, or the page woke up.
    _listeners: Vec<EventListener>,
}

impl Socket {
    /// Connects to the server of this page. `sink` is called from a task of its own, never from inside a call of ours.
    pub fn open(sink: impl Fn(SocketEvent) + 'static) -> Self {
        let (inbox, inputs) = unbounded();
        spawn_local(run(inputs, sink));
        let listeners = listen(&inbox);
        Self { inbox, _listeners: listeners }
    }

    /// Emits an event that the server answers; the answer, or its failure, comes as [`SocketEvent::Reply`].
    pub fn request(&self, RequestId(request): RequestId, event: &str, data: Value) {
        let request = visavis_socketio::RequestId(request);
        self.tell(Input::Emit(Emit::new(request, event, vec![data]).acknowledged(REQUEST_TIMEOUT)));
    }

    /// Unless the server says something soon, the connection is made anew.
    pub fn doubt(&self) {
        self.tell(Input::Doubt);
    }

    /// While the connection is lost, whether it is needed soon.
    pub fn hurry(&self, hurry: bool) {
        self.tell(Input::Hurry(hurry));
    }

    /// Leaves in an orderly way, after what was emitted before.
    pub fn close(&self) {
        self.tell(Input::Disconnect);
    }

    fn tell(&self, input: Input) {
        // Fails only once the task has ended, and then there is no one to tell.
        let _ = self.inbox.unbounded_send(input);
    }
}

fn listen(inbox: &UnboundedSender<Input>) -> Vec<EventListener> {
    let Some(window) = web_sys::window() else { return Vec::new() };
    let on = |target: &web_sys::EventTarget, event: &'static str, input: Input| {
        let inbox = inbox.clone();
        EventListener::new(target, event, move |_| {
            let _ = inbox.unbounded_send(input.clone());
        })
    };
    let mut listeners = vec![on(&window, "online", Input::Online), on(&window, "pageshow", Input::Tick)];
    listeners.extend(window.document().map(|document| on(&document, "visibilitychange", Input::Tick)));
    listeners
}

/// Feeds the machine and carries out what it says, until the handle is gone and the last packet sent.
async fn run(mut inputs: UnboundedReceiver<Input>, sink: impl Fn(SocketEvent)) {
    let mut clock = Clock::start();
    let mut client = Client::new(config());
    let mut transports = Transports::default();
    let mut timer = Timer::default();
    let mut is_held = true;
    let mut input = Input::Connect;
    loop {
        let now = clock.now();
        if let Input::Emit(_) | Input::Transport { .. } = input {
            for report in transports.buffered() {
                client.handle(report, now);
            }
        }
        for output in client.handle(input, now) {
            let told = transports.carry_out(output).and_then(event);
            if let Some(event) = told.filter(|_| is_held) {
                sink(event);
            }
        }
        if !is_held && client.is_idle() {
            return;
        }
        timer.set(client.deadline(), now);
        input = poll_fn(|context| {
            if is_held && let Poll::Ready(input) = inputs.poll_next_unpin(context) {
                is_held = input.is_some();
                return Poll::Ready(input.unwrap_or(Input::Disconnect));
            }
            if let Poll::Ready(input) = transports.poll(context) {
                return Poll::Ready(input);
            }
            timer.poll(context).map(|()| Input::Tick)
        })
        .await;
    }
}

fn config() -> Config {
    let origin = web_sys::window().and_then(|window| window.location().origin().ok()).unwrap_or_default();
    let mut config = Config::new(origin);
    config.seed = u64::from_le_bytes(entropy::random_bytes());
    if storage::get(POLLING_KEY).is_some() {
        config.first = Transport::Polling;
    }
    config
}

/// What the driver hears of an output that no transport has taken.
fn event(output: Output) -> Option<SocketEvent> {
    match output {
        Output::Connected { .. } => Some(SocketEvent::Connected),
        Output::Disconnected { reason } => (reason != DisconnectReason::ClientDisconnect)
            .then(|| SocketEvent::Lost { reason: reason.to_string() }),
        Output::Refused { message, .. } => Some(SocketEvent::Refused { message }),
        Output::Retrying { failures, reason, .. } => retrying(failures, &reason),
        Output::Event { name, args, .. } => Some(SocketEvent::Event { name, data: first(args) }),
        Output::Acknowledged { request, args, .. } => {
            Some(SocketEvent::Reply { request: RequestId(request.0), reply: Ok(first(args)) })
        }
        Output::EmitFailed { request, error } => {
            Some(SocketEvent::Reply { request: RequestId(request.0), reply: Err(failure(error)) })
        }
        Output::Learned(Transport::Polling) => {
            storage::set(POLLING_KEY, "1");
            None
        }
        Output::Learned(Transport::WebSocket) => {
            storage::remove(POLLING_KEY);
            None
        }
        Output::OpenWebSocket { .. }
        | Output::SendText { .. }
        | Output::SendBinary { .. }
        | Output::CloseWebSocket { .. }
        | Output::HttpGet { .. }
        | Output::HttpPost { .. }
        | Output::Abort { .. }
        | Output::NeedAuth
        | Output::Upgraded
        | Output::ReplyFailed { .. } => None,
    }
}

/// An answer that names a fault of ours (RFC 9110 §15.5) is a refusal; any other failure says only that nobody is there.
fn retrying(failures: u32, reason: &DisconnectReason) -> Option<SocketEvent> {
    // `Output::Refused` has told the refusal of a CONNECT.
    if failures == 0 || *reason == DisconnectReason::Refused {
        return None;
    }
    if let DisconnectReason::HttpStatus(400..=499) = reason {
        return Some(SocketEvent::Refused { message: reason.to_string() });
    }
    Some(SocketEvent::Unreachable { attempts: failures })
}

fn failure(error: EmitError) -> RequestFailure {
    match error {
        EmitError::NotConnected | EmitError::ConnectionLost => RequestFailure::Disconnected,
        EmitError::TimedOut | EmitError::OutgoingFull | EmitError::TooManyPending => RequestFailure::TimedOut,
        EmitError::TooLarge { .. } | EmitError::ReservedName | EmitError::BadAttachments => {
            RequestFailure::TooLarge
        }
    }
}

fn first(args: Vec<Value>) -> Value {
    args.into_iter().next().unwrap_or_default()
}

/// One timer, set to the machine's deadline.
#[derive(Default)]
struct Timer {
    running: Option<(Duration, TimeoutFuture)>,
}

impl Timer {
    fn set(&mut self, deadline: Option<Duration>, now: Duration) {
        if self.running.as_ref().map(|(at, _)| *at) == deadline {
            return;
        }
        self.running = deadline.map(|at| {
            // One more than the remaining whole milliseconds, so that it does not come early; a longer wait than the
            // browser can count is cut short, which costs one tick for nothing.
            let millis = at.saturating_sub(now).as_millis().saturating_add(1);
            (at, TimeoutFuture::new(u32::try_from(millis).unwrap_or(u32::MAX).min(i32::MAX.unsigned_abs())))
        });
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<()> {
        let Some((_, timeout)) = &mut self.running else { return Poll::Pending };
        let over = Pin::new(timeout).poll(context);
        if over.is_ready() {
            self.running = None;
        }
        over
    }
}

/// Time that neither runs backwards nor stands still while the machine sleeps: of the page's clock, which some systems
/// stop during sleep, and the wall clock, which may be set back, the one that went further since the last look.
struct Clock {
    performance: Option<web_sys::Performance>,
    seen: [f64; 2],
    millis: f64,
}

impl Clock {
    fn start() -> Self {
        let performance = web_sys::window().and_then(|window| window.performance());
        let mut clock = Self { performance, seen: [0.0; 2], millis: 0.0 };
        clock.seen = clock.read();
        clock
    }

    fn read(&self) -> [f64; 2] {
        [self.performance.as_ref().map_or(0.0, web_sys::Performance::now), js_sys::Date::now()]
    }

    fn now(&mut self) -> Duration {
        let [page, wall] = self.read();
        let [page_seen, wall_seen] = self.seen;
        self.millis += (page - page_seen).max(wall - wall_seen).max(0.0);
        self.seen = [page, wall];
        Duration::try_from_secs_f64(self.millis / 1000.0).unwrap_or_default()
    }
}
