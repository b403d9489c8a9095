//! What can happen to our own devices and to our screen, and how tracks are named.

use serde::{Deserialize, Serialize};

/// The two kinds of capture device.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DeviceKind {
    /// Audio in.
    Microphone,
    /// Video in.
    Camera,
}

impl DeviceKind {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Microphone, Self::Camera];
}

/// Where a track comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Source {
    /// The user's microphone.
    Microphone,
    /// The user's camera.
    Camera,
    /// What the user shows of their screen.
    Screen,
    /// The sound of it.
    ScreenSound,
}

impl Source {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Microphone, Self::Camera, Self::Screen, Self::ScreenSound];

    /// The kind of device that it is, unless it is none.
    pub fn device(self) -> Option<DeviceKind> {
        match self {
            Self::Microphone => Some(DeviceKind::Microphone),
            Self::Camera => Some(DeviceKind::Camera),
            Self::Screen | Self::ScreenSound => None,
        }
    }

    /// Whether it is heard; else it is seen.
    pub fn is_sound(self) -> bool {
        match self {
            Self::Microphone | Self::ScreenSound => true,
            Self::Camera | Self::Screen => false,
        }
    }
}

impl From<DeviceKind> for Source {
    fn from(kind: DeviceKind) -> Self {
        match kind {
            DeviceKind::Microphone => Self::Microphone,
            DeviceKind::Camera => Self::Camera,
        }
    }
}

/// Numbers an [`crate::Effect::OpenDevices`] or [`crate::Effect::OpenScreen`]; late answers are told by it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MediaRequest(pub u32);

/// A local track: the one of this source that this request brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct TrackId {
    /// The request that brought it.
    pub request: MediaRequest,
    /// Where it comes from.
    pub source: Source,
}

/// What our own devices and the screen tell. Every device of a request is answered by exactly one `Opened` or `Failed`,
/// and so is the screen; its sound may be `Opened` besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaEvent {
    /// A device runs; the shell holds its track under this id.
    Opened(TrackId),
    /// A device could not be opened.
    Failed {
        /// The track that was asked for.
        track: TrackId,
        /// Why.
        failure: DeviceFailure,
    },
    /// A running device stopped by itself (unplugged, taken by the system); a screen by the browser's own button too.
    Ended(TrackId),
    /// Which device, by its id, a running track is of (`MediaTrackSettings.deviceId`).
    Uses(TrackId, String),
    /// The system gives nothing of a running device (`mute`, mediacapture-main §4.3.1), or does again.
    Muted(TrackId, bool),
    /// The devices there are, with the names the browser lets us see.
    Devices(Devices),
}

/// What `enumerateDevices()` lists.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Devices {
    /// `audioinput`.
    pub microphones: Vec<Device>,
    /// `videoinput`.
    pub cameras: Vec<Device>,
    /// `audiooutput`; none where the page cannot choose.
    pub speakers: Vec<Device>,
}

impl Devices {
    /// Those of a kind.
    pub fn of(&self, kind: DeviceKind) -> &[Device] {
        match kind {
            DeviceKind::Microphone => &self.microphones,
            DeviceKind::Camera => &self.cameras,
        }
    }

    /// The one of a kind with this id.
    pub fn find(&self, kind: DeviceKind, id: &str) -> Option<&Device> {
        self.of(kind).iter().find(|device| device.id == id)
    }
}

/// One of `enumerateDevices()`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Device {
    /// `deviceId`.
    pub id: String,
    /// `label`; empty before permission is given.
    pub label: String,
    /// `groupId`: the same for all that belongs to one thing.
    pub group: String,
}

impl Device {
    /// Whether it is one; Chromium lists those that the system uses once more, under names of its own.
    pub fn is_real(&self) -> bool {
        self.id != "default" && self.id != "communications"
    }
}

/// What the browser does to a microphone's sound (mediacapture-main §4.3.8).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Processing {
    /// `echoCancellation`: takes away what comes out of the speakers.
    pub echo_cancellation: bool,
    /// `noiseSuppression`: takes away what is no voice.
    pub noise_suppression: bool,
    /// `autoGainControl`: makes quiet voices louder.
    pub auto_gain_control: bool,
}

impl Default for Processing {
    fn default() -> Self {
        Self { echo_cancellation: true, noise_suppression: true, auto_gain_control: true }
    }
}

/// Why a device does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum DeviceFailure {
    /// The user or a policy said no (`NotAllowedError`).
    Refused,
    /// There is none (`NotFoundError`, `OverconstrainedError`).
    Missing,
    /// Another program has it (`NotReadableError`).
    Busy,
    /// This page may not ask: not https, or a browser without `mediaDevices`.
    Unsupported,
    /// It stopped while in use.
    Lost,
    /// It runs, but the system gives nothing of it.
    Muted,
    /// Anything else.
    Other,
}
