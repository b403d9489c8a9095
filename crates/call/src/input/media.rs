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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct MediaRequest(pub u32);

/// A local track: the one of this source that this request brought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
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
    /// The devices there are, with the names the browser lets us see.
    Devices(Vec<Device>),
}

/// One of `enumerateDevices()`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// Audio in or video in.
    pub kind: DeviceKind,
    /// `deviceId`.
    pub id: String,
    /// `label`; empty before permission is given.
    pub label: String,
}

/// Why a device does not run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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
    /// Anything else.
    Other,
}
