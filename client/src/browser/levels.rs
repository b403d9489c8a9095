//! How loud everyone is. Being written.

use std::collections::HashMap;

use visavis_call::StreamId;

/// How loud everyone is, from 0 to 1.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Levels {
    own: f32,
    remote: HashMap<StreamId, f32>,
}

impl Levels {
    /// The user's own microphone.
    pub fn own(&self) -> f32 {
        self.own
    }

    /// A remote stream's loudness; 0 for any other.
    pub fn of(&self, stream: &StreamId) -> f32 {
        self.remote.get(stream).copied().unwrap_or_default()
    }
}
