//! What a connection has counted so far (webrtc-stats), in the words of this crate.

use serde::{Deserialize, Serialize};

/// How a connection finds its way.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Way {
    /// It is not known (yet).
    #[default]
    Unknown,
    /// From browser to browser.
    Direct,
    /// Over a relay.
    Relayed,
}

/// What keeps an encoder from sending all that it should (`qualityLimitationReason`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Limited {
    /// Nothing.
    #[default]
    Not,
    /// The processor.
    Cpu,
    /// The network.
    Bandwidth,
    /// Something else.
    Other,
}

/// How sound or a picture is encoded: the subtype of its media type, such as `VP8`.
pub type Codec = String;

/// One of each kind of what is sent or received.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sources<T> {
    /// The microphone, and the sound of the screen with it.
    pub sound: T,
    /// The camera's picture.
    pub camera: T,
    /// The screen's picture.
    pub screen: T,
}

impl<T> Sources<T> {
    /// All of them.
    pub fn all(&self) -> [&T; 3] {
        [&self.sound, &self.camera, &self.screen]
    }

    /// The same of each.
    pub fn map<U>(&self, of: impl Fn(&T) -> U) -> Sources<U> {
        Sources { sound: of(&self.sound), camera: of(&self.camera), screen: of(&self.screen) }
    }
}

/// What has gone one way of one source so far. What is not counted that way, or by that browser, is 0.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Counts {
    /// Bytes of packets, their headers included.
    pub bytes: u64,
    /// Packets that came, or were sent.
    pub packets: u64,
    /// Packets that did not come. Of what is sent the other side tells a share instead.
    pub lost: u64,
    /// The thousandths of it that the other side says to have missed of late (`fractionLost`).
    pub share_lost: Option<u16>,
    /// Milliseconds.
    pub jitter: u16,
    /// Frames encoded, or decoded.
    pub frames: u64,
    /// Frames that came and were not shown.
    pub dropped: u64,
    /// Of a frame, in pixels.
    pub size: (u16, u16),
    /// How often the picture stood still for too long.
    pub freezes: u32,
    /// Milliseconds for which it did, altogether.
    pub frozen: u64,
    /// Milliseconds that were spent on encoding.
    pub encoding: u64,
    /// Samples of sound that came, and those that were made up because they had not come in time.
    pub samples: u64,
    /// See there.
    pub concealed: u64,
    /// How loud it is at the moment, in thousandths; nothing where the browser does not tell.
    pub level: Option<u16>,
    /// What holds it back.
    pub limited: Limited,
    /// Nothing while it is not known.
    pub codec: Option<Codec>,
}

/// What one connection has counted so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Tells the connection apart from all others: of two that lead to one person only one is counted.
    pub connection: u32,
    /// How it finds its way.
    pub way: Way,
    /// Milliseconds to the other side and back.
    pub round_trip: Option<u16>,
    /// Bits per second that the browser believes it could send (`availableOutgoingBitrate`).
    pub available: Option<u32>,
    /// What is sent.
    pub sent: Sources<Counts>,
    /// What comes.
    pub received: Sources<Counts>,
    /// The camera's own size, in pixels.
    pub camera: Option<(u16, u16)>,
    /// Frames that the camera has given.
    pub camera_frames: Option<u64>,
}
