//! Everything that can happen to a call.

mod media;

use serde::{Deserialize, Serialize};
use serde_json::Value;
use visavis_protocol::PeerId;

pub use self::media::{
    Device, DeviceFailure, DeviceKind, Devices, MediaEvent, MediaRequest, Processing, Source, TrackId,
};
use crate::effect::Timer;
use crate::problem::Problem;
use crate::view::NoticeId;

/// One thing that happened; the only way to change a [`crate::Call`].
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// The user wants something.
    Intent(Intent),
    /// The signalling connection.
    Socket(SocketEvent),
    /// One of the peer connections.
    Peer {
        /// Whose.
        peer: PeerId,
        /// Which of its connections: an event of an earlier one is late and dropped.
        connection: ConnectionId,
        /// What.
        event: PeerEvent,
    },
    /// Our own devices.
    Media(MediaEvent),
    /// A timer set by [`crate::Effect::SetTimer`] has run out.
    Timer(Timer),
    /// What runs beside the call could not do what the user wanted; nothing, when they open its panel, and so try again.
    Beside(Option<Problem>),
    /// Whether a picture of theirs is to be expected: none is that we do not see, or that they say not to send for now.
    Withheld(PeerId, bool),
    /// The page has slept for long enough that others may have given it up.
    Woke,
}

/// What the user wants.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Intent {
    /// Enter the room (from the lobby), or enter it again (after leaving).
    Join,
    /// Leave the call.
    Leave,
    /// The page goes away: leave, but keep the seat, for the page may be loaded again.
    Unload,
    /// Go by this name. Trimmed and cut to [`crate::CallView::NAME_CHARS`].
    Rename(String),
    /// Switch a device on or off.
    Switch(DeviceKind, bool),
    /// Use this device, by `MediaDeviceInfo.deviceId`; `None` is the browser's choice.
    Choose(DeviceKind, Option<String>),
    /// Hear the others through this speaker, by `MediaDeviceInfo.deviceId`; `None` is the browser's choice.
    ChooseSpeaker(Option<String>),
    /// Use the device that this notice is about, and the speaker that belongs to it.
    Adopt(NoticeId),
    /// Let the browser do this to the microphone's sound.
    Process(Processing),
    /// Try a device that failed once more.
    Retry(DeviceKind),
    /// Show the screen, or no longer.
    Share(bool),
    /// Raise the user's hand, or take it down.
    RaiseHand(bool),
    /// As the host: let nobody new in, or do again.
    Lock(bool),
    /// As the host: ask somebody to switch their microphone off.
    AskMute(PeerId),
    /// As the host: remove somebody from the call.
    Remove(PeerId),
    /// Take a notice away.
    Dismiss(NoticeId),
}

/// Numbers a request to the server; echoed in its reply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RequestId(pub u32);

/// What the signalling connection tells.
#[derive(Debug, Clone, PartialEq)]
pub enum SocketEvent {
    /// Requests can be made now.
    Connected,
    /// The connection is gone; it is made anew without our doing.
    Lost {
        /// For the log.
        reason: String,
    },
    /// The server answered but would not have us (`CONNECT_ERROR`).
    Refused {
        /// The server's words, for the log.
        message: String,
    },
    /// A connection could not be made; it is tried again without our doing.
    Unreachable {
        /// Failed attempts since the last success, from 1.
        attempts: u32,
    },
    /// The server sent an event.
    Event {
        /// Its name.
        name: String,
        /// Its payload.
        data: Value,
    },
    /// The server answered a request, or never will.
    Reply {
        /// Which.
        request: RequestId,
        /// The acknowledgement as it came.
        reply: Result<Value, RequestFailure>,
    },
}

/// Why a request has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum RequestFailure {
    /// There was no connection, or it was lost before the answer came.
    Disconnected,
    /// No answer within the time-out.
    TimedOut,
    /// The request is larger than the server takes.
    TooLarge,
}

/// Tells the connections to one peer apart. The greater one is the newer; of two made at the same time, that of the peer with
/// the greater id wins.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ConnectionId {
    /// Counts up with every connection made between the two.
    pub generation: u32,
    /// Whether the peer with the greater id made it.
    pub greater: bool,
}

/// What one peer connection tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerEvent {
    /// `negotiationneeded` (webrtc-pc §4.7.3).
    NegotiationNeeded,
    /// [`crate::PeerCommand::SetLocal`] ended with this description.
    LocalSet(Description),
    /// [`crate::PeerCommand::SetRemote`] ended.
    RemoteSet,
    /// A command failed. A candidate that does not apply is not reported: it may belong to a void offer.
    Failed {
        /// Which.
        operation: Operation,
        /// Name and message of the DOM exception, for the log.
        error: String,
    },
    /// ICE found a way we can be reached.
    LocalCandidate(Candidate),
    /// `connectionState` changed.
    State(ConnectionState),
    /// The `control` channel is open.
    ControlOpen,
    /// The `control` channel is closed.
    ControlClosed,
    /// A text message on the `control` channel.
    Control(String),
    /// Told once a second while `connectionState` is `connected`.
    Traffic(Traffic),
    /// A remote track of this source is part of its stream now.
    Track(Source),
}

/// What has come over a connection so far (webrtc-stats).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Traffic {
    /// The sum of `bytesReceived` over all ways and streams.
    pub bytes: u64,
    /// `packetsReceived` of the microphone's sound.
    pub sound: u64,
    /// `framesDecoded` of the camera's picture.
    pub frames: u64,
}

/// `RTCPeerConnectionState` (webrtc-pc §4.3.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ConnectionState {
    /// Nothing yet.
    New,
    /// ICE or DTLS is under way.
    Connecting,
    /// Media can flow.
    Connected,
    /// No answer for a while; may heal.
    Disconnected,
    /// Will not heal by itself.
    Failed,
    /// Closed.
    Closed,
}

/// The operations of a peer connection that can fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operation {
    /// Making the connection.
    Open,
    /// `setLocalDescription`.
    SetLocal,
    /// `setRemoteDescription`.
    SetRemote,
    /// `replaceTrack`.
    ReplaceTrack,
    /// `send` on the control channel.
    SendControl,
}

/// `RTCSessionDescriptionInit` of the two kinds in use.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Description {
    /// Offer or answer.
    #[serde(rename = "type")]
    pub kind: SdpKind,
    /// The SDP (RFC 8866, RFC 8829).
    pub sdp: String,
}

/// `RTCSdpType` without `pranswer` and `rollback`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SdpKind {
    /// Begins an exchange.
    Offer,
    /// Ends it.
    Answer,
}

/// `RTCIceCandidateInit` (webrtc-pc §4.8.1), as `toJSON()` gives it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Candidate {
    /// The candidate attribute; empty means the end of candidates.
    pub candidate: String,
    /// The media section by identification tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_mid: Option<String>,
    /// The media section by index.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sdp_m_line_index: Option<u16>,
    /// Which ICE generation it belongs to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username_fragment: Option<String>,
}
