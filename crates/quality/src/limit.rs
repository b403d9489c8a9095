//! What a sender keeps to.

use serde::{Deserialize, Serialize};

/// [`Limit::scale`] of a picture that is sent as large as it is.
pub const FULL_SIZE: u16 = 100;

/// What one source is sent with at most (webrtc-pc §5.2.6, `RTCRtpEncodingParameters`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limit {
    /// Whether it is sent at all.
    pub active: bool,
    /// Bits per second.
    pub max_bitrate: u32,
    /// Hundredths by which its width and height are divided: never less than [`FULL_SIZE`].
    pub scale: u16,
    /// Frames per second.
    pub max_framerate: u8,
}

/// What one person is sent with at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Limits {
    /// The camera's picture.
    pub camera: Limit,
    /// The screen's picture.
    pub screen: Limit,
    /// The microphone's sound, in bits per second. It is always sent.
    pub sound: u32,
}

impl Limit {
    /// What is not sent.
    pub(crate) const OFF: Self =
        Self { active: false, max_bitrate: 50_000, scale: FULL_SIZE, max_framerate: 1 };
}
