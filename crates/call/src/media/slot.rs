//! One capture device: what is wanted of it, and what it does.

use std::time::Duration;

use super::News;
use crate::effect::{DeviceRequest, Effect};
use crate::input::{Device, DeviceFailure, DeviceKind, MediaRequest, Processing, TrackId};
use crate::view::DeviceState;

/// A device that the system mutes for less than this is left alone: it may only have been handed over.
pub(super) const MUTED_FOR: Duration = Duration::from_secs(3);

/// A device that was opened anew, or in place of another, and runs for this long has helped: it may be done again.
pub(super) const PROVES_ITSELF: Duration = Duration::from_secs(10);

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Off,
    Starting(MediaRequest),
    On(TrackId),
    /// Another one is to take the place of this track.
    Changing {
        running: TrackId,
        request: MediaRequest,
    },
    Failed(DeviceFailure),
}

/// How a device is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Setup {
    device: Option<String>,
    processing: Processing,
}

/// Whether the system keeps a device that runs from giving anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mute {
    No,
    /// Not long enough to do something about it.
    Short,
    /// It is to be opened anew, or is just being.
    Renewed,
    /// It was opened anew, and gives something.
    Recovered,
    /// It was opened anew, and gives nothing again, not for long yet.
    Relapsed,
    /// To open the device anew has not helped.
    Lasting,
}

#[derive(Debug)]
pub(super) struct Slot {
    pub(super) kind: DeviceKind,
    pub(super) wish: bool,
    /// The label of the device that the user has chosen.
    pub(super) preferred: Option<String>,
    wanted: Setup,
    /// What `fact` is about.
    opened: Setup,
    /// What ran before, as long as it can be gone back to.
    before: Option<Setup>,
    fact: Fact,
    /// The id of the device that runs.
    used: Option<String>,
    /// The id of the one that ended by itself before it.
    lost: Option<String>,
    mute: Mute,
    /// The microphone's track makes sound.
    enabled: bool,
    /// A device that stops by itself is replaced once, until the user steps in.
    spent: bool,
}

impl Slot {
    pub(super) fn new(
        kind: DeviceKind,
        wish: bool,
        preferred: Option<String>,
        processing: Processing,
    ) -> Self {
        let setup = Setup { device: None, processing };
        Self {
            kind,
            wish,
            preferred,
            wanted: setup.clone(),
            opened: setup,
            before: None,
            fact: Fact::Off,
            used: None,
            lost: None,
            mute: Mute::No,
            enabled: true,
            spent: false,
        }
    }

    pub(super) fn track(&self) -> Option<TrackId> {
        match self.fact {
            Fact::On(track) | Fact::Changing { running: track, .. } => Some(track),
            Fact::Off | Fact::Starting(_) | Fact::Failed(_) => None,
        }
    }

    pub(super) fn failure(&self) -> Option<DeviceFailure> {
        match self.fact {
            Fact::Failed(failure) => Some(failure),
            // What is muted by the user as well is no failure.
            Fact::On(_) | Fact::Changing { .. } if self.mute == Mute::Lasting && self.wish => {
                Some(DeviceFailure::Muted)
            }
            Fact::Off | Fact::Starting(_) | Fact::On(_) | Fact::Changing { .. } => None,
        }
    }

    pub(super) fn state(&self, active: bool) -> DeviceState {
        match (self.failure(), self.fact) {
            (Some(failure), _) | (None, Fact::Failed(failure)) => DeviceState::Failed(failure),
            (None, Fact::On(_) | Fact::Changing { .. }) => DeviceState::On,
            (None, Fact::Off | Fact::Starting(_)) if active => DeviceState::Starting,
            (None, Fact::Off | Fact::Starting(_)) => DeviceState::Off,
        }
    }

    pub(super) fn chosen(&self) -> Option<String> {
        self.wanted.device.clone()
    }

    pub(super) fn used(&self) -> Option<&str> {
        self.track().and(self.used.as_deref())
    }

    pub(super) fn processing(&self) -> Processing {
        self.wanted.processing
    }

    pub(super) fn is_muted(&self) -> bool {
        match self.mute {
            Mute::No | Mute::Recovered => false,
            Mute::Short | Mute::Renewed | Mute::Relapsed | Mute::Lasting => true,
        }
    }

    /// The user stepped in: what failed may be tried again.
    pub(super) fn forgive(&mut self) {
        self.spent = false;
        if matches!(self.fact, Fact::Failed(_)) {
            self.fact = Fact::Off;
        }
        if self.is_muted() {
            self.mute = Mute::Renewed;
        }
    }

    pub(super) fn choose(&mut self, device: Option<String>, label: Option<String>) {
        self.preferred = label;
        self.want(device);
    }

    fn want(&mut self, device: Option<String>) {
        if device.is_some() && self.used() == device.as_deref() {
            // It is what the browser has chosen by itself.
            self.opened.device.clone_from(&device);
        }
        self.wanted.device = device;
        self.forgive();
    }

    pub(super) fn process(&mut self, processing: Processing) {
        self.wanted.processing = processing;
    }

    /// Whether a request for it is under way.
    pub(super) fn is_asked_for(&self) -> bool {
        matches!(self.fact, Fact::Starting(_) | Fact::Changing { .. })
    }

    /// Whether it, or another one in its place, is to be opened.
    pub(super) fn lacks(&self) -> bool {
        match self.fact {
            Fact::Off => self.wish,
            Fact::On(_) => self.mute == Mute::Renewed || self.opened != self.wanted,
            Fact::Starting(_) | Fact::Changing { .. } | Fact::Failed(_) => false,
        }
    }

    pub(super) fn start(&mut self, request: MediaRequest) -> DeviceRequest {
        self.fact = match self.fact {
            Fact::On(running) | Fact::Changing { running, .. } => {
                self.before = Some(self.opened.clone());
                Fact::Changing { running, request }
            }
            Fact::Off | Fact::Starting(_) | Fact::Failed(_) => Fact::Starting(request),
        };
        self.opened = self.wanted.clone();
        let Setup { device, processing } = self.wanted.clone();
        DeviceRequest { kind: self.kind, device, processing }
    }

    /// It runs. Gives what is to be closed.
    pub(super) fn on_opened(&mut self, track: TrackId) -> Option<TrackId> {
        let replaced = match self.fact {
            Fact::Starting(request) if request == track.request => None,
            Fact::Changing { running, request } if request == track.request => Some(running),
            Fact::Off | Fact::Starting(_) | Fact::On(_) | Fact::Changing { .. } | Fact::Failed(_) => {
                return Some(track);
            }
        };
        self.fact = Fact::On(track);
        self.before = None;
        self.enabled = true;
        self.mute = if self.mute == Mute::Renewed { Mute::Recovered } else { Mute::No };
        replaced
    }

    /// It could not be opened. Gives what is to be closed so that it can be tried without it, and what there is to say.
    pub(super) fn on_failed(
        &mut self,
        request: MediaRequest,
        failure: DeviceFailure,
        active: bool,
    ) -> (Option<TrackId>, Option<News>) {
        match self.fact {
            Fact::Starting(asked) if asked == request => {
                // After the call nobody minds, and the next one asks again.
                self.fact = if active { Fact::Failed(failure) } else { Fact::Off };
                if self.wanted != self.opened {
                    // Something else was wished meanwhile, which is tried next.
                    self.fact = Fact::Off;
                    return (None, None);
                }
                if let Some(before) = self.before.take().filter(|before| *before != self.opened) {
                    self.fact = Fact::Off;
                    self.wanted = before;
                    return (None, Some(News::NotChosen(self.kind)));
                }
                if failure == DeviceFailure::Missing && self.opened.device.is_some() {
                    self.fact = Fact::Off;
                    self.wanted.device = None;
                }
                (None, None)
            }
            Fact::Changing { running, request: asked } if asked == request => {
                let is_other = self.before.as_ref() != Some(&self.opened);
                if failure == DeviceFailure::Busy && is_other {
                    // Some machines run one device at a time, or lend one to one track at a time.
                    self.fact = Fact::Off;
                    return (Some(running), None);
                }
                // A device that another program has taken may give something again when that lets go of it.
                self.fact = Fact::On(running);
                if self.is_muted() {
                    self.mute = Mute::Lasting;
                }
                let Some(before) = self.before.take() else { return (None, None) };
                let was_wanted = self.wanted == self.opened;
                self.opened = before.clone();
                if !was_wanted {
                    return (None, None);
                }
                self.wanted = before;
                (None, is_other.then_some(News::NotChosen(self.kind)))
            }
            Fact::Off | Fact::Starting(_) | Fact::On(_) | Fact::Changing { .. } | Fact::Failed(_) => {
                (None, None)
            }
        }
    }

    /// It stopped by itself. Gives what is to be closed.
    pub(super) fn on_ended(&mut self, track: TrackId) -> Option<TrackId> {
        self.fact = match self.fact {
            Fact::On(running) if running == track => {
                self.lost = self.used.take();
                if self.spent { Fact::Failed(DeviceFailure::Lost) } else { Fact::Off }
            }
            Fact::Changing { running, request } if running == track => Fact::Starting(request),
            Fact::Off | Fact::Starting(_) | Fact::On(_) | Fact::Changing { .. } | Fact::Failed(_) => {
                return None;
            }
        };
        // If the device that was chosen is gone it cannot be opened, and the browser's choice takes its place.
        self.spent |= self.fact == Fact::Off;
        self.before = None;
        self.mute = Mute::No;
        Some(track)
    }

    /// Which device a track is of. Gives whether it took the place of another one that has ended.
    pub(super) fn on_uses(&mut self, track: TrackId, id: String) -> bool {
        if self.track() != Some(track) {
            return false;
        }
        let other = self.lost.take().is_some_and(|lost| lost != id);
        self.used = Some(id);
        other
    }

    /// The system gives nothing of it, or does again. Gives whether that changes something.
    pub(super) fn on_muted(&mut self, track: TrackId, muted: bool) -> bool {
        if self.track() != Some(track) || muted == self.is_muted() {
            return false;
        }
        self.mute = match (muted, self.mute) {
            (false, _) => Mute::No,
            (true, Mute::Recovered) => Mute::Relapsed,
            (true, Mute::No | Mute::Short | Mute::Renewed | Mute::Relapsed | Mute::Lasting) => Mute::Short,
        };
        true
    }

    /// Whether it is to be seen if it runs for a while.
    pub(super) fn is_on_trial(&self) -> bool {
        self.mute == Mute::Recovered || self.spent
    }

    /// It has been as it is for a while. Some systems forget to give a device back: it is opened anew, once.
    pub(super) fn on_timeout(&mut self) {
        match self.mute {
            Mute::No | Mute::Recovered => {
                self.mute = Mute::No;
                self.spent = false;
            }
            Mute::Short => self.mute = Mute::Renewed,
            Mute::Relapsed => self.mute = Mute::Lasting,
            Mute::Renewed | Mute::Lasting => {}
        }
    }

    pub(super) fn notice_new_device(&mut self) {
        if matches!(self.fact, Fact::Failed(DeviceFailure::Missing | DeviceFailure::Lost)) {
            self.forgive();
        }
    }

    pub(super) fn prefers(&self, device: &Device) -> bool {
        !device.label.is_empty() && self.preferred.as_ref() == Some(&device.label)
    }

    /// The device that the user has chosen once is there. Gives whether another one was used.
    pub(super) fn take_back(&mut self, device: &Device) -> bool {
        if self.wanted.device.as_ref() == Some(&device.id) {
            return false;
        }
        self.want(Some(device.id.clone()));
        self.used().is_some_and(|used| used != device.id)
    }

    /// A device that is not there any more cannot be asked for.
    pub(super) fn forget_missing(&mut self, devices: &[Device]) {
        let is_there = |id: &String| devices.iter().any(|device| device.id == *id);
        if self.track().is_none() && self.wanted.device.as_ref().is_some_and(|id| !is_there(id)) {
            self.wanted.device = None;
        }
    }

    pub(super) fn close_unwanted(&mut self, active: bool) -> Option<Effect> {
        let track = self.track()?;
        if !active || !(self.wish || self.kind == DeviceKind::Microphone) {
            self.fact = match self.fact {
                // It is looked at when it comes.
                Fact::Changing { request, .. } => Fact::Starting(request),
                Fact::Off | Fact::Starting(_) | Fact::On(_) | Fact::Failed(_) => Fact::Off,
            };
            self.before = None;
            self.mute = Mute::No;
            return Some(Effect::CloseTrack(track));
        }
        if self.enabled == self.wish {
            return None;
        }
        self.enabled = self.wish;
        Some(Effect::EnableTrack { track, enabled: self.wish })
    }
}
