//! One `RTCPeerConnection` with its control channel and the stream of what comes in.
//!
//! Commands run one at a time in one task, in order; results and events leave through a sink. Dropping a [`Peer`]
//! closes the connection; nothing is reported after that. It does not know whom it connects to, nor what its
//! messages mean.

mod queue;
mod stats;
mod transceivers;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use futures_channel::mpsc;
use futures_util::future::{AbortHandle, abortable};
use gloo_events::EventListener;
use serde::Serialize;
use visavis_call::{
    Candidate, ConnectionState, IceConfig, Operation, PeerCommand, PeerEvent, Source, TrackId,
};
use visavis_protocol::{IceServer, read_text};
use visavis_quality::Limits;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{
    Event, MediaStream, MediaStreamTrack, MessageEvent, RtcDataChannel, RtcDataChannelInit,
    RtcPeerConnection, RtcPeerConnectionIceEvent, RtcPeerConnectionState, RtcRtpReceiver,
    RtcRtpSynchronizationSource, RtcTrackEvent,
};

use self::queue::{Job, Queue};
use self::transceivers::Outgoing;
use super::{bindings::PeerConnection, error::BrowserError, same};

type Sink = Rc<dyn Fn(PeerEvent)>;

/// A peer connection; closed when dropped.
pub struct Peer {
    connection: PeerConnection,
    control: RtcDataChannel,
    stream: MediaStream,
    screen: MediaStream,
    jobs: mpsc::UnboundedSender<Job>,
    task: AbortHandle,
    listeners: Vec<EventListener>,
    sink: Sink,
    /// It looks what has come in.
    looks: Rc<Cell<bool>>,
}

/// What a connection starts with.
#[derive(Debug)]
pub struct PeerOptions<'a> {
    /// Whether we make the first offer.
    pub initiator: bool,
    /// STUN and TURN.
    pub ice: &'a IceConfig,
    /// Our tracks by source.
    pub tracks: Vec<(Source, MediaStreamTrack)>,
    /// What is sent to them at most, if there is a limit.
    pub limits: Option<Limits>,
}

impl Peer {
    /// Makes a connection; its events and the results of its commands go to the sink.
    pub fn open(options: PeerOptions<'_>, sink: impl Fn(PeerEvent) + 'static) -> Result<Self, BrowserError> {
        let connection =
            RtcPeerConnection::new_with_configuration(configuration(options.ice)?.unchecked_ref())?;
        let connection: PeerConnection = connection.unchecked_into();
        let sink: Sink = Rc::new(sink);

        let control = control_channel(&connection);
        let (stream, screen) = (MediaStream::new()?, MediaStream::new()?);
        let mut listeners = connection_listeners(&connection, [&stream, &screen], &sink);
        listeners.extend(control_listeners(&control, &sink));

        let outgoing = Outgoing::new(options.tracks, options.limits)?;
        if options.initiator {
            outgoing.add_transceivers(&connection);
        }
        let (jobs, queued) = mpsc::unbounded();
        let queue = Queue { connection: connection.clone(), outgoing, sink: sink.clone() };
        // A promise of a closed connection never settles, so the task must not depend on one to end.
        let (task, handle) = abortable(queue.run(queued));
        wasm_bindgen_futures::spawn_local(async move {
            let _ = task.await;
        });
        let looks = Rc::default();
        Ok(Self { connection, control, stream, screen, jobs, task: handle, listeners, sink, looks })
    }

    /// Queues a command; `find` gives the track it names. A message is sent at once: it waits for no description, and
    /// gets out even if the connection is closed right after.
    pub fn run(&self, command: PeerCommand, find: impl FnOnce(TrackId) -> Option<MediaStreamTrack>) {
        let job = match command {
            PeerCommand::SetLocal => Job::SetLocal,
            PeerCommand::SetRemote(description) => Job::SetRemote(description),
            PeerCommand::AddCandidate(candidate) => Job::AddCandidate(candidate),
            PeerCommand::ReplaceTrack { source, track } => Job::ReplaceTrack(source, track.and_then(find)),
            PeerCommand::SendControl(text) => return self.send(&text),
            PeerCommand::RestartIce(ice) => Job::RestartIce(ice),
            PeerCommand::EnlargePicture => Job::EnlargePicture,
        };
        // The queue lives as long as we do.
        let _ = self.jobs.unbounded_send(job);
    }

    /// Queues limits of what is sent: reading a sender's parameters and writing them must not be interleaved.
    pub fn limit(&self, limits: Limits) {
        let _ = self.jobs.unbounded_send(Job::Limit(limits));
    }

    fn send(&self, text: &str) {
        if let Err(error) = self.control.send_with_str(text) {
            let (operation, error) = (Operation::SendControl, BrowserError::from(error).name);
            (self.sink)(PeerEvent::Failed { operation, error });
        }
    }

    /// The connection itself, for other channels over it.
    pub fn connection(&self) -> &RtcPeerConnection {
        &self.connection
    }

    /// Looks at what has come in, to be told as [`PeerEvent::Traffic`] if the connection is up; not while it still looks.
    pub fn inspect(&self) {
        let is_up = |connection: &RtcPeerConnection| {
            connection.connection_state() == RtcPeerConnectionState::Connected
        };
        if is_up(&self.connection) && !self.looks.replace(true) {
            let (connection, sink, looks) = (self.connection.clone(), self.sink.clone(), self.looks.clone());
            let screen = same(&self.screen);
            wasm_bindgen_futures::spawn_local(async move {
                let traffic = stats::traffic(&connection, &screen).await;
                looks.set(false);
                if let Ok(traffic) = traffic
                    && is_up(&connection)
                {
                    sink(PeerEvent::Traffic(traffic));
                }
            });
        }
    }

    /// Their microphone and camera.
    pub fn stream(&self) -> &MediaStream {
        &self.stream
    }

    /// Their screen.
    pub fn screen(&self) -> &MediaStream {
        &self.screen
    }

    /// The amplitude of what their microphone sent last, from 0 to 1 (webrtc-pc §5.3, `audioLevel`).
    pub fn audio_level(&self) -> f32 {
        let mut loudest = 0.0_f64;
        for receiver in self.connection.get_receivers() {
            let receiver: RtcRtpReceiver = receiver.unchecked_into();
            let track = receiver.track();
            if track.kind() != "audio" || self.stream.get_track_by_id(&track.id()).is_none() {
                continue;
            }
            for source in receiver.get_synchronization_sources() {
                let source: RtcRtpSynchronizationSource = source.unchecked_into();
                loudest = loudest.max(source.get_audio_level().unwrap_or_default());
            }
        }
        #[expect(clippy::cast_possible_truncation, reason = "a level between 0 and 1")]
        let loudest = loudest as f32;
        loudest
    }
}

impl std::fmt::Debug for Peer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Peer").finish_non_exhaustive()
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        self.task.abort();
        self.listeners.clear();
        self.control.close();
        self.connection.close();
        for track in self.stream.get_tracks().iter().chain(self.screen.get_tracks().iter()) {
            track.unchecked_into::<MediaStreamTrack>().stop();
        }
    }
}

/// `RTCConfiguration` (webrtc-pc §4.2.1).
fn configuration(ice: &IceConfig) -> Result<JsValue, BrowserError> {
    #[derive(Serialize)]
    #[serde(rename_all = "camelCase")]
    struct Configuration<'a> {
        ice_servers: &'a [IceServer],
        ice_transport_policy: &'static str,
        bundle_policy: &'static str,
    }
    let configuration = Configuration {
        ice_servers: &ice.servers,
        ice_transport_policy: if ice.relay_only { "relay" } else { "all" },
        bundle_policy: "max-bundle",
    };
    serde_wasm_bindgen::to_value(&configuration).map_err(|error| BrowserError::from(JsValue::from(error)))
}

/// Both sides make the channel with the same id, so it needs no announcement.
fn control_channel(connection: &PeerConnection) -> RtcDataChannel {
    let init = RtcDataChannelInit::new();
    init.set_negotiated(true);
    init.set_id(0);
    connection.create_data_channel_with_data_channel_dict("control", &init)
}

fn connection_listeners(
    connection: &PeerConnection,
    [stream, screen]: [&MediaStream; 2],
    sink: &Sink,
) -> Vec<EventListener> {
    let listen =
        |event, handler: Box<dyn Fn(&Event)>| EventListener::new(connection, event, move |e| handler(e));
    let (needed, candidate, state, track) = (sink.clone(), sink.clone(), sink.clone(), sink.clone());
    let (stream, screen) = (same(stream), same(screen));
    let unmuted = RefCell::new(Vec::new());
    vec![
        listen("negotiationneeded", Box::new(move |_| needed(PeerEvent::NegotiationNeeded))),
        listen(
            "icecandidate",
            Box::new(move |event| {
                if let Some(found) = local_candidate(event) {
                    candidate(PeerEvent::LocalCandidate(found));
                }
            }),
        ),
        listen(
            "connectionstatechange",
            Box::new(move |event| {
                if let Some(connection) = event.target() {
                    let connection: RtcPeerConnection = connection.unchecked_into();
                    state(PeerEvent::State(connection_state(connection.connection_state())));
                }
            }),
        ),
        listen(
            "track",
            Box::new(move |event| {
                let Some(connection) = event.target() else { return };
                let event: &RtcTrackEvent = event.unchecked_ref();
                let source = transceivers::source_of(connection.unchecked_ref(), &event.transceiver());
                let stream = match source {
                    Source::Microphone | Source::Camera => &stream,
                    Source::Screen | Source::ScreenSound => &screen,
                };
                unmuted.borrow_mut().extend(add_when_alive(stream, &event.track()));
                track(PeerEvent::Track(source));
            }),
        ),
    ]
}

/// Each joins the stream with its first packet. An element waits for a frame of every picture in its stream before it plays
/// the sound, and who has no camera on never sends one; and for sound that never comes it would keep the loudspeakers awake.
/// The listener must be kept.
fn add_when_alive(stream: &MediaStream, track: &MediaStreamTrack) -> Option<EventListener> {
    if !track.muted() {
        stream.add_track(track);
        return None;
    }
    let (stream, added) = (same(stream), same(track));
    Some(EventListener::new(track, "unmute", move |_| stream.add_track(&added)))
}

fn control_listeners(control: &RtcDataChannel, sink: &Sink) -> [EventListener; 3] {
    let (open, closed, message) = (sink.clone(), sink.clone(), sink.clone());
    [
        EventListener::new(control, "open", move |_| open(PeerEvent::ControlOpen)),
        EventListener::new(control, "close", move |_| closed(PeerEvent::ControlClosed)),
        EventListener::new(control, "message", move |event| {
            // Binary messages are none of ours.
            if let Some(text) = event.unchecked_ref::<MessageEvent>().data().as_string() {
                message(PeerEvent::Control(text));
            }
        }),
    ]
}

/// The candidate of an `icecandidate` event; the event without one only says that gathering has ended.
fn local_candidate(event: &Event) -> Option<Candidate> {
    let candidate = event.unchecked_ref::<RtcPeerConnectionIceEvent>().candidate()?;
    let text = js_sys::JSON::stringify(&candidate.to_json()).ok()?;
    read_text(String::from(text).as_bytes()).ok()
}

fn connection_state(state: RtcPeerConnectionState) -> ConnectionState {
    match state {
        RtcPeerConnectionState::Connecting => ConnectionState::Connecting,
        RtcPeerConnectionState::Connected => ConnectionState::Connected,
        RtcPeerConnectionState::Disconnected => ConnectionState::Disconnected,
        RtcPeerConnectionState::Failed => ConnectionState::Failed,
        RtcPeerConnectionState::Closed => ConnectionState::Closed,
        // A state of tomorrow says nothing about the link.
        RtcPeerConnectionState::New | _ => ConnectionState::New,
    }
}
