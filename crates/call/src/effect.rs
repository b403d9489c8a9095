//! Everything a call asks of its shell.

use std::time::Duration;

use visavis_protocol::{ClientEvent, HostToken, IceServer, PeerId};

use crate::input::{
    Candidate, ConnectionId, Description, DeviceKind, MediaRequest, Processing, RequestId, Source, TrackId,
};
use crate::remembered::Remembered;
use crate::seat::Seat;

/// One thing to do. The shell carries effects out in the order in which they are given.
#[derive(Debug, Clone, PartialEq)]
pub enum Effect {
    /// Open the signalling connection and keep it open.
    Connect,
    /// Close it, once everything sent before is out.
    Disconnect,
    /// The signalling connection may be dead without a word: unless the server says something soon, make it anew. A
    /// request goes out beside it.
    Doubt,
    /// Whether the signalling connection, while it is lost, is needed soon: links wait for it to be mended.
    Hurry(bool),
    /// Send this and answer with [`crate::SocketEvent::Reply`].
    Send {
        /// To be echoed.
        request: RequestId,
        /// What.
        event: ClientEvent,
    },
    /// Make a peer connection with its `control` (id 0) and `live` (id 1) channels.
    OpenPeer {
        /// To whom.
        peer: PeerId,
        /// Under which id.
        connection: ConnectionId,
        /// Whether we make the first offer. If so, add an audio and a video transceiver, `sendrecv`, carrying the
        /// tracks below; if not, their offer brings the transceivers: when it is applied, turn them to `sendrecv`
        /// and let them carry our tracks before the answer is made. What there is of a screen is added once the first
        /// offer has been answered.
        initiator: bool,
        /// For `RTCConfiguration`.
        ice: IceConfig,
        /// Our tracks at this moment.
        tracks: Vec<TrackId>,
    },
    /// Close a peer connection and forget it and its stream.
    ClosePeer {
        /// To whom.
        peer: PeerId,
        /// Which.
        connection: ConnectionId,
    },
    /// Queue a command for a peer connection: they run one at a time, in order.
    Peer {
        /// To whom.
        peer: PeerId,
        /// Which.
        connection: ConnectionId,
        /// What to do.
        command: PeerCommand,
    },
    /// Open devices with one `getUserMedia`, so that the user is asked once; when that fails, each alone.
    OpenDevices {
        /// To be echoed in each track's id.
        request: MediaRequest,
        /// Which.
        devices: Vec<DeviceRequest>,
    },
    /// Let the user choose what to show of their screen (`getDisplayMedia`), with sound where the browser has it.
    OpenScreen(MediaRequest),
    /// Stop a track and forget it; its device is released.
    CloseTrack(TrackId),
    /// Set `MediaStreamTrack.enabled`.
    EnableTrack {
        /// Which.
        track: TrackId,
        /// To what.
        enabled: bool,
    },
    /// Let the others be heard through this speaker (`setSinkId`); `None` is the browser's choice.
    UseSpeaker(Option<String>),
    /// Start a timer, or start it over.
    SetTimer {
        /// Which.
        timer: Timer,
        /// It fires as [`crate::Input::Timer`] after this long.
        after: Duration,
    },
    /// Stop a timer; nothing if it does not run.
    ClearTimer(Timer),
    /// Keep the user's name for next time.
    RememberName(String),
    /// Keep this for next time, as [`crate::Config::remembered`].
    RememberDevices(Remembered),
    /// Keep this for when the page is loaded again, as [`crate::Config::seat`].
    KeepSeat(Seat),
    /// Forget it: the user has left.
    GiveUpSeat,
    /// Keep this for whenever the user comes to this room again, as [`crate::Config::host_token`].
    KeepHost(HostToken),
    /// Leave a performance mark.
    Mark(Mark),
    /// Write a line to the console's debug log. Holds no name, address, SDP or secret.
    Log(String),
}

/// A command to one peer connection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PeerCommand {
    /// `setLocalDescription()` without argument; answered by `LocalSet`.
    SetLocal,
    /// `setRemoteDescription`; answered by `RemoteSet`.
    SetRemote(Description),
    /// `addIceCandidate`; not answered.
    AddCandidate(Candidate),
    /// `replaceTrack` on the sender of this source; not answered unless it fails. A screen's sender is added when there
    /// is something to show for the first time, which has to be negotiated.
    ReplaceTrack {
        /// Which sender.
        source: Source,
        /// The new track; `None` sends nothing.
        track: Option<TrackId>,
    },
    /// Send a text on the `control` channel.
    SendControl(String),
    /// `restartIce()`, with these servers from now on.
    RestartIce(IceConfig),
    /// Send the picture in its full size from now on. A connection begins with a small one: a browser drops the first
    /// frames of a picture too large for the little that it believes a new connection carries.
    EnlargePicture,
}

/// How a connection finds its way (webrtc-pc §4.2.1).
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct IceConfig {
    /// `iceServers`.
    pub servers: Vec<IceServer>,
    /// `iceTransportPolicy` is `relay`: no direct way is tried.
    pub relay_only: bool,
}

/// A device to open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeviceRequest {
    /// Audio in or video in.
    pub kind: DeviceKind,
    /// By `deviceId`; `None` leaves it to the browser.
    pub device: Option<String>,
    /// What is done to its sound.
    pub processing: Processing,
}

/// What a timer is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Timer {
    /// The link to this peer should be up by now.
    Establish(PeerId),
    /// A broken link should be back by now.
    Mend(PeerId),
    /// The link to this peer carries more than the small picture it began with.
    Enlarge(PeerId),
    /// A device has been as it is for a while: muted by the system, or opened anew and well.
    Device(DeviceKind),
    /// Whoever the server calls by an unknown id could have said by now that they are known.
    Strangers,
    /// Ask to be let into the room again.
    Rejoin,
    /// The lobby shows who is in the call as it was a while ago.
    Look,
    /// The credentials of the ICE servers end before long.
    RenewIce,
}

/// The performance marks of the page that the call knows of; each is left as `visavis:` and its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Mark {
    /// The user asked to join.
    Join,
    /// The server let us in.
    Joined,
    /// A link broke.
    LinkInterrupted,
    /// It is back.
    LinkRestored,
}

impl Mark {
    /// The mark's full name.
    pub fn name(self) -> &'static str {
        match self {
            Self::Join => "visavis:join",
            Self::Joined => "visavis:joined",
            Self::LinkInterrupted => "visavis:link-interrupted",
            Self::LinkRestored => "visavis:link-restored",
        }
    }
}
