//! Errors as the user meets them. The words for them live in the page.

use serde::{Deserialize, Serialize};

use crate::input::{DeviceFailure, DeviceKind};

/// Something went wrong that the user should know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Problem {
    /// A device does not run.
    Device(DeviceKind, DeviceFailure),
    /// Another device of this kind is there, and not used.
    DeviceFound(DeviceKind),
    /// The device that was used is gone, another one is used.
    DeviceGone(DeviceKind),
    /// The device that the user has chosen is there again, and used.
    DeviceBack(DeviceKind),
    /// The device that the user has chosen does not start; the one before is used.
    DeviceNotChosen(DeviceKind),
    /// The screen cannot be shown.
    Screen(DeviceFailure),
    /// The room holds as many people as it may.
    RoomFull,
    /// The host lets nobody new in.
    RoomLocked,
    /// The host has removed the user.
    Removed,
    /// The host has asked the user to switch the microphone off, and it is off.
    AskedToMute,
    /// The server cannot be reached; it is tried again.
    ServerUnreachable,
    /// The server will not have us.
    ServerRefused,
    /// The server speaks a newer or older protocol: reload the page.
    Outdated,
    /// The server has had too much from this address for now.
    TooManyRequests,
    /// The server was lost in the middle of a call; the call goes on.
    ConnectionLost,
    /// A file that somebody gave us is here, and was not saved where the user wanted it.
    FileNotSaved,
    /// The panel that the user wanted could not be loaded.
    PanelNotLoaded,
}

impl Problem {
    /// A stable code, for `data-problem`.
    pub fn code(self) -> &'static str {
        use DeviceFailure as F;
        use DeviceKind::{Camera, Microphone};
        match self {
            Self::Device(Microphone, F::Refused) => "microphone-refused",
            Self::Device(Microphone, F::Missing) => "microphone-missing",
            Self::Device(Microphone, F::Busy) => "microphone-busy",
            Self::Device(Microphone, F::Unsupported) => "microphone-unsupported",
            Self::Device(Microphone, F::Lost) => "microphone-lost",
            Self::Device(Microphone, F::Muted) => "microphone-muted",
            Self::Device(Microphone, F::Other) => "microphone-failed",
            Self::Device(Camera, F::Refused) => "camera-refused",
            Self::Device(Camera, F::Missing) => "camera-missing",
            Self::Device(Camera, F::Busy) => "camera-busy",
            Self::Device(Camera, F::Unsupported) => "camera-unsupported",
            Self::Device(Camera, F::Lost) => "camera-lost",
            Self::Device(Camera, F::Muted) => "camera-muted",
            Self::Device(Camera, F::Other) => "camera-failed",
            Self::Screen(F::Unsupported) => "screen-unsupported",
            Self::Screen(F::Refused | F::Missing | F::Busy | F::Lost | F::Muted | F::Other) => {
                "screen-failed"
            }
            Self::DeviceFound(Microphone) => "microphone-found",
            Self::DeviceFound(Camera) => "camera-found",
            Self::DeviceGone(Microphone) => "microphone-gone",
            Self::DeviceGone(Camera) => "camera-gone",
            Self::DeviceBack(Microphone) => "microphone-back",
            Self::DeviceBack(Camera) => "camera-back",
            Self::DeviceNotChosen(Microphone) => "microphone-not-chosen",
            Self::DeviceNotChosen(Camera) => "camera-not-chosen",
            Self::RoomFull => "room-full",
            Self::RoomLocked => "room-locked",
            Self::Removed => "removed",
            Self::AskedToMute => "asked-to-mute",
            Self::ServerUnreachable => "server-unreachable",
            Self::ServerRefused => "server-refused",
            Self::Outdated => "outdated",
            Self::TooManyRequests => "too-many-requests",
            Self::ConnectionLost => "connection-lost",
            Self::FileNotSaved => "file-not-saved",
            Self::PanelNotLoaded => "panel-not-loaded",
        }
    }
}
