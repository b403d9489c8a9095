//! The call as the page shows it: a value, published only when it changed.

use serde::{Deserialize, Serialize};
use visavis_protocol::{NAME_CHARS, PeerId};

use crate::input::{ConnectionId, Device, DeviceFailure, Processing, TrackId};
use crate::problem::Problem;

/// All a page needs to draw the call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallView {
    /// Where the user is.
    pub phase: Phase,
    /// The user's name; may be empty.
    pub name: String,
    /// The user's microphone.
    pub microphone: DeviceView,
    /// The user's camera.
    pub camera: DeviceView,
    /// What the user hears the others through.
    pub speaker: SpeakerView,
    /// What the browser does to the microphone's sound.
    pub processing: Processing,
    /// What the user's camera sees, while it is on.
    pub preview: Option<StreamId>,
    /// The user's screen.
    pub sharing: Sharing,
    /// Everyone in the call, the user first; empty outside of it.
    pub tiles: Vec<TileView>,
    /// What others show of their screens, in the order of their tiles.
    pub screens: Vec<ScreenView>,
    /// Whose tile is the host's, if there is one.
    pub host: Option<PeerId>,
    /// Whether nobody new is let in.
    pub locked: bool,
    /// In the lobby, who is in the call already; none while that is not known.
    pub inside: Option<InsideView>,
    /// What the user should know, oldest first.
    pub notices: Vec<Notice>,
}

impl CallView {
    /// The longest name, in characters.
    pub const NAME_CHARS: usize = NAME_CHARS;

    /// Whether the user is the host.
    pub fn is_host(&self) -> bool {
        self.tiles.first().is_some_and(|own| self.host.as_ref() == Some(&own.peer))
    }
}

/// Who is in a call that the user has not joined.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InsideView {
    /// Their names, in the order in which they came; empty if not known or not given.
    pub names: Vec<String>,
    /// Nobody new is let in.
    pub locked: bool,
    /// There is room for nobody else.
    pub full: bool,
}

/// Where the user is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Phase {
    /// Before the call, with a preview.
    Lobby,
    /// Asked to join; no answer yet.
    Joining,
    /// In the call.
    InCall,
    /// In the call, without the server.
    Reconnecting,
    /// After the call.
    Left,
}

/// A capture device: what the user wants and what is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DeviceView {
    /// The user wants it on.
    pub wish: bool,
    /// What it does.
    pub state: DeviceState,
    /// All devices of this kind.
    pub devices: Vec<Device>,
    /// The chosen one, by id; `None` is the browser's choice.
    pub chosen: Option<String>,
    /// The one that runs, by id.
    pub used: Option<String>,
}

/// What the others are heard through.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SpeakerView {
    /// All there are; none where the page cannot choose.
    pub devices: Vec<Device>,
    /// The chosen one, by id; `None` is the browser's choice.
    pub chosen: Option<String>,
}

/// What a device does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeviceState {
    /// Off, or a muted microphone.
    Off,
    /// On its way.
    Starting,
    /// On.
    On,
    /// Wanted, but it does not run.
    Failed(DeviceFailure),
}

/// Whether the user shows their screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Sharing {
    /// No.
    Off,
    /// The browser asks what to show.
    Starting,
    /// Yes.
    On,
}

/// A screen that somebody shows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ScreenView {
    /// Whose.
    pub peer: PeerId,
    /// Their name; may be empty.
    pub name: String,
    /// What to show and play; none while it is on its way.
    pub stream: Option<StreamId>,
}

/// One person on the stage.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TileView {
    /// Who.
    pub peer: PeerId,
    /// Their name; empty if not known (yet) or not given.
    pub name: String,
    /// Whether this is the user.
    pub is_self: bool,
    /// How the link to them does; the user's own is `Connected`.
    pub link: Link,
    /// Why the link could not be made, as far as that is known, while it is `Failed`.
    pub trouble: Option<Trouble>,
    /// Whether they can be heard.
    pub microphone: bool,
    /// Whether they can be seen.
    pub camera: bool,
    /// Which of the raised hands is theirs, from 1; none if it is not up.
    pub hand: Option<u32>,
    /// What to show and play; set as soon as their first track is there, even while their camera is off.
    pub stream: Option<StreamId>,
}

/// How the link to a peer does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Link {
    /// Being made.
    Connecting,
    /// Carries media.
    Connected,
    /// Was connected; nothing comes through at the moment.
    Interrupted,
    /// Could not be made or mended so far; it is tried again.
    Failed,
}

/// Why a link could not be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Trouble {
    /// Nothing came from their browser.
    Unanswered,
    /// No direct way was found, and the server knows no relay.
    NoRelay,
    /// No direct way was found, and we reach no relay.
    RelayOutOfReach,
    /// No direct way was found, and they reach no relay.
    TheirRelayOutOfReach,
    /// There was a relay on both ends, and still nothing came through.
    NoWay,
}

/// Names a stream that the shell holds.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum StreamId {
    /// The user's camera.
    Local(TrackId),
    /// The microphone and camera that come over one peer connection.
    Remote(PeerId, ConnectionId),
    /// The screen that comes over it.
    Screen(PeerId, ConnectionId),
}

/// Tells notices apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct NoticeId(pub u32);

/// Something the user should know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// For [`crate::Intent::Dismiss`].
    pub id: NoticeId,
    /// What.
    pub problem: Problem,
    /// The device that it is about, if it is there.
    pub device: Option<Device>,
    /// The name of the person that it is about; empty if it is about none, or they gave none.
    pub name: String,
}
