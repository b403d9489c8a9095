//! One connection to another participant: what it has told, and whether anything comes over it.

use std::cmp::Ordering;

use super::Picture;
use crate::input::{ConnectionId, ConnectionState, DeviceKind, Traffic};
use crate::negotiation::{Negotiation, Role};
use crate::signal::Presence;

/// A connection on which nothing at all comes for so many seconds is broken, whatever the browser says, which takes
/// five. Who sends sound or pictures is never still; who sends nothing is asked every 2.5 s whether they are there
/// (libwebrtc).
const STILL_WHILE_SENDING: u32 = 2;
const STILL_WHILE_SILENT: u32 = 5;
/// For so many seconds after they have begun another ICE session they are waited for as if they were silent: libwebrtc goes on
/// sending to the port that was right before, until for 2.5 s nothing has come from it, and Firefox has left that at once.
pub(super) const SETTLES: u32 = 5;

#[derive(Debug)]
pub(super) struct Connection {
    pub(super) id: ConnectionId,
    pub(super) negotiation: Negotiation,
    pub(super) state: ConnectionState,
    pub(super) control_open: bool,
    pub(super) brought: Brought,
    stage: Stage,
    /// A description could not be applied: what it carries it carries on, but nothing about it can be changed. Firefox refuses an
    /// offer that restarts ICE where it has to take back one of its own that does not.
    pub(super) spoiled: bool,
    /// Whether we, and they, could be reached over a relay.
    pub(super) relayed: Ends,
    /// Looks at the traffic during which they are restarting ICE: for a moment nothing may come then.
    pub(super) settles: u32,
    received: Count,
    sound: Count,
    picture: Count,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Stage {
    /// It has not been connected yet.
    Begun,
    /// It is connected, and not still.
    Carries,
    /// It was.
    Broken,
}

/// Of which streams a track of theirs has come.
#[derive(Debug, Default)]
pub(super) struct Brought {
    /// Microphone and camera.
    pub(super) stream: bool,
    pub(super) screen: bool,
}

/// Something of either end.
#[derive(Debug, Default)]
pub(super) struct Ends {
    pub(super) ours: bool,
    pub(super) theirs: bool,
}

/// A number that grows, and for how many seconds it has not.
#[derive(Debug, Default)]
struct Count {
    value: u64,
    still: u32,
}

impl Count {
    fn take(&mut self, value: u64) {
        match value.cmp(&self.value) {
            Ordering::Greater => self.still = 0,
            Ordering::Equal => self.still += 1,
            // What an earlier way had carried is not counted any more. That is no sign of life, nor of its end.
            Ordering::Less => {}
        }
        self.value = value;
    }
}

/// What a look at the traffic has shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Finding {
    /// All that is said to be sent comes, as far as can be told.
    Flows,
    /// Nothing at all has come for this moment short of the patience.
    Doubtful,
    /// Nothing at all comes.
    Still,
    /// Something comes, but for so many seconds none of what they say that this device sends.
    Lacks(DeviceKind, u32),
}

impl Connection {
    pub(super) fn new(id: ConnectionId, initiator: bool) -> Self {
        Self {
            id,
            negotiation: Negotiation::new(Role::of(initiator), initiator),
            state: ConnectionState::New,
            control_open: false,
            brought: Brought::default(),
            stage: Stage::Begun,
            spoiled: false,
            relayed: Ends::default(),
            settles: 0,
            received: Count::default(),
            sound: Count::default(),
            picture: Count::default(),
        }
    }

    /// Whether a description of theirs has come for it.
    pub(super) fn is_described(&self) -> bool {
        self.negotiation.is_described()
    }

    /// Whether something comes over it.
    pub(super) fn carries(&self) -> bool {
        self.stage == Stage::Carries
    }

    /// Whether something has.
    pub(super) fn has_carried(&self) -> bool {
        self.stage != Stage::Begun
    }

    /// Nothing comes any more, if it did.
    pub(super) fn break_off(&mut self) {
        if self.carries() {
            self.stage = Stage::Broken;
        }
    }

    /// Compares with what had come a second ago; `presence` is what they say that they send, and `picture` whether that of
    /// their camera is to be expected.
    pub(super) fn on_traffic(
        &mut self,
        traffic: Traffic,
        presence: Option<&Presence>,
        picture: Picture,
    ) -> Finding {
        let sends = |kind| {
            let is_due = kind != DeviceKind::Camera || picture == Picture::Due;
            is_due && presence.is_some_and(|presence| presence.sends(kind))
        };
        self.received.take(traffic.bytes);
        for (kind, count, value) in [
            (DeviceKind::Microphone, &mut self.sound, traffic.sound),
            (DeviceKind::Camera, &mut self.picture, traffic.frames),
        ] {
            count.take(value);
            if !sends(kind) {
                count.still = 0;
            }
        }
        let hasty = self.settles == 0 && DeviceKind::ALL.into_iter().any(sends);
        let patience = if hasty { STILL_WHILE_SENDING } else { STILL_WHILE_SILENT };
        self.settles = self.settles.saturating_sub(1);
        match self.received.still {
            0 if self.sound.still > 0 => Finding::Lacks(DeviceKind::Microphone, self.sound.still),
            0 if self.picture.still > 0 => Finding::Lacks(DeviceKind::Camera, self.picture.still),
            still if still >= patience => Finding::Still,
            still if still + 1 == patience => Finding::Doubtful,
            _ => Finding::Flows,
        }
    }

    /// Everything that they say that they send, and that is to be expected, has come over it.
    pub(super) fn has_shown(&self, presence: Option<&Presence>, picture: Picture) -> bool {
        let is_due = picture == Picture::Due && presence.is_some_and(|presence| presence.camera);
        self.received.value > 0 && (self.picture.value > 0 || !is_due)
    }

    /// It begins to carry something, or does so again: what was not there in between is not missed.
    pub(super) fn carry(&mut self) {
        self.stage = Stage::Carries;
        for count in [&mut self.received, &mut self.sound, &mut self.picture] {
            count.still = 0;
        }
    }
}

/// Whether a candidate, or one in a description, is that of a relay (RFC 8839 §5.1).
pub(super) fn names_relay(text: &str) -> bool {
    text.contains(" typ relay")
}
