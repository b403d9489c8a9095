//! The user's own microphone and camera: what is wanted, what is, and one request at a time to bring them together.
//!
//! ```text
//!   Off ──► Starting ──► On ──► Off          a wish that changes while a device starts is looked at
//!               └──────► Failed ──► Off      when it has started (or failed)
//! ```
//!
//! A camera that is off is released. A microphone that is muted stays open, silent, so that it is back at once; it is not
//! sent, or everyone would encode and carry silence.

use crate::effect::{DeviceRequest, Effect};
use crate::input::{Device, DeviceFailure, DeviceKind, MediaEvent, MediaRequest, TrackId};
use crate::view::{DeviceState, DeviceView};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Fact {
    Off,
    Starting(MediaRequest),
    On(TrackId),
    Failed(DeviceFailure),
}

#[derive(Debug)]
struct Slot {
    kind: DeviceKind,
    wish: bool,
    chosen: Option<String>,
    fact: Fact,
    /// The device that `fact` is about.
    opened: Option<String>,
    /// The microphone's track makes sound.
    enabled: bool,
    /// A device that stops by itself is replaced once, until the user steps in.
    spent: bool,
}

/// Both devices.
#[derive(Debug)]
pub(crate) struct Media {
    slots: [Slot; 2],
    /// Devices are held only in the lobby and in a call.
    active: bool,
    requests: u32,
    devices: Vec<Device>,
}

impl Media {
    pub(crate) fn new(microphone: bool, camera: bool) -> Self {
        let slot = |kind, wish| Slot {
            kind,
            wish,
            chosen: None,
            fact: Fact::Off,
            opened: None,
            enabled: true,
            spent: false,
        };
        let slots = [slot(DeviceKind::Microphone, microphone), slot(DeviceKind::Camera, camera)];
        Self { slots, active: false, requests: 0, devices: Vec::new() }
    }

    pub(crate) fn activate(&mut self, active: bool) -> Vec<Effect> {
        self.active = active;
        for slot in &mut self.slots {
            slot.forgive();
        }
        self.settle()
    }

    pub(crate) fn switch(&mut self, kind: DeviceKind, wish: bool) -> Vec<Effect> {
        let slot = self.slot_mut(kind);
        slot.wish = wish;
        slot.forgive();
        self.settle()
    }

    pub(crate) fn choose(&mut self, kind: DeviceKind, device: Option<String>) -> Vec<Effect> {
        let slot = self.slot_mut(kind);
        slot.chosen = device;
        slot.forgive();
        self.settle()
    }

    pub(crate) fn retry(&mut self, kind: DeviceKind) -> Vec<Effect> {
        self.switch(kind, true)
    }

    pub(crate) fn handle(&mut self, event: MediaEvent) -> Vec<Effect> {
        let active = self.active;
        let mut effects = Vec::new();
        match event {
            MediaEvent::Opened(track) => {
                let Some(slot) = self.slot_of(track) else { return effects };
                if slot.fact == Fact::Starting(track.request) {
                    slot.fact = Fact::On(track);
                    slot.enabled = true;
                } else {
                    effects.push(Effect::CloseTrack(track));
                }
            }
            MediaEvent::Failed { track, failure } => {
                let Some(slot) = self.slot_of(track) else { return effects };
                if slot.fact == Fact::Starting(track.request) {
                    // After the call nobody minds, and the next one asks again.
                    slot.fact = if active { Fact::Failed(failure) } else { Fact::Off };
                }
            }
            MediaEvent::Ended(track) => {
                let Some(slot) = self.slot_of(track) else { return effects };
                if slot.fact == Fact::On(track) {
                    slot.fact = if slot.spent { Fact::Failed(DeviceFailure::Lost) } else { Fact::Off };
                    slot.spent = true;
                    slot.chosen = None;
                    effects.push(Effect::CloseTrack(track));
                }
            }
            MediaEvent::Devices(devices) => {
                let news = devices.iter().any(|device| !self.devices.contains(device));
                self.devices = devices;
                for slot in self.slots.iter_mut().filter(|_| news) {
                    slot.notice_new_device();
                }
            }
        }
        effects.extend(self.settle());
        effects
    }

    /// What others are to get now, microphone first.
    pub(crate) fn sent(&self) -> Vec<TrackId> {
        self.slots.iter().filter(|slot| slot.wish).filter_map(Slot::track).collect()
    }

    pub(crate) fn track(&self, kind: DeviceKind) -> Option<TrackId> {
        self.slot(kind).track()
    }

    /// Whether others hear or see something of this device.
    pub(crate) fn sends(&self, kind: DeviceKind) -> bool {
        let slot = self.slot(kind);
        slot.wish && slot.track().is_some()
    }

    pub(crate) fn failure(&self, kind: DeviceKind) -> Option<DeviceFailure> {
        match self.slot(kind).fact {
            Fact::Failed(failure) => Some(failure),
            Fact::Off | Fact::Starting(_) | Fact::On(_) => None,
        }
    }

    pub(crate) fn view(&self, kind: DeviceKind) -> DeviceView {
        let slot = self.slot(kind);
        let state = match slot.fact {
            _ if !slot.wish => DeviceState::Off,
            Fact::Off | Fact::Starting(_) if self.active => DeviceState::Starting,
            Fact::Off | Fact::Starting(_) => DeviceState::Off,
            Fact::On(_) => DeviceState::On,
            Fact::Failed(failure) => DeviceState::Failed(failure),
        };
        let devices = self.devices.iter().filter(|device| device.kind == kind).cloned().collect();
        DeviceView { wish: slot.wish, state, devices, chosen: slot.chosen.clone() }
    }

    /// Closes what is not wanted, mutes what is, and opens what is missing unless a request is already under way.
    fn settle(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = Vec::new();
        for slot in &mut self.slots {
            effects.extend(slot.close_unwanted(self.active));
        }
        if self.slots.iter().any(|slot| matches!(slot.fact, Fact::Starting(_))) {
            return effects;
        }
        let request = MediaRequest(self.requests + 1);
        let active = self.active;
        let missing = self.slots.iter_mut().filter(|slot| active && slot.wish && slot.fact == Fact::Off);
        let devices: Vec<_> = missing.map(|slot| slot.start(request)).collect();
        if !devices.is_empty() {
            self.requests += 1;
            effects.push(Effect::OpenDevices { request, devices });
        }
        effects
    }

    fn slot(&self, kind: DeviceKind) -> &Slot {
        let [microphone, camera] = &self.slots;
        match kind {
            DeviceKind::Microphone => microphone,
            DeviceKind::Camera => camera,
        }
    }

    /// The device of a track, unless it comes from the screen.
    fn slot_of(&mut self, track: TrackId) -> Option<&mut Slot> {
        track.source.device().map(|kind| self.slot_mut(kind))
    }

    fn slot_mut(&mut self, kind: DeviceKind) -> &mut Slot {
        let [microphone, camera] = &mut self.slots;
        match kind {
            DeviceKind::Microphone => microphone,
            DeviceKind::Camera => camera,
        }
    }
}

impl Slot {
    fn track(&self) -> Option<TrackId> {
        match self.fact {
            Fact::On(track) => Some(track),
            Fact::Off | Fact::Starting(_) | Fact::Failed(_) => None,
        }
    }

    /// The user stepped in: what failed may be tried again.
    fn forgive(&mut self) {
        self.spent = false;
        if matches!(self.fact, Fact::Failed(_)) {
            self.fact = Fact::Off;
        }
    }

    fn notice_new_device(&mut self) {
        if matches!(self.fact, Fact::Failed(DeviceFailure::Missing | DeviceFailure::Lost)) {
            self.forgive();
        }
    }

    fn close_unwanted(&mut self, active: bool) -> Option<Effect> {
        let track = self.track()?;
        let kept = active && (self.wish || self.kind == DeviceKind::Microphone);
        if !kept || self.opened != self.chosen {
            self.fact = Fact::Off;
            return Some(Effect::CloseTrack(track));
        }
        if self.enabled == self.wish {
            return None;
        }
        self.enabled = self.wish;
        Some(Effect::EnableTrack { track, enabled: self.wish })
    }

    fn start(&mut self, request: MediaRequest) -> DeviceRequest {
        self.fact = Fact::Starting(request);
        self.opened.clone_from(&self.chosen);
        DeviceRequest { kind: self.kind, device: self.chosen.clone() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use DeviceKind::{Camera, Microphone};

    fn track(request: u32, kind: DeviceKind) -> TrackId {
        TrackId { request: MediaRequest(request), source: kind.into() }
    }

    fn open(request: u32, kinds: &[DeviceKind]) -> Effect {
        let devices = kinds.iter().map(|&kind| DeviceRequest { kind, device: None }).collect();
        Effect::OpenDevices { request: MediaRequest(request), devices }
    }

    fn running() -> Media {
        let mut media = Media::new(true, true);
        assert_eq!(media.activate(true), [open(1, &[Microphone, Camera])], "the user is asked once");
        assert_eq!(media.handle(MediaEvent::Opened(track(1, Microphone))), []);
        assert_eq!(media.handle(MediaEvent::Opened(track(1, Camera))), []);
        media
    }

    #[test]
    fn a_camera_switched_off_is_released_and_a_muted_microphone_is_not() {
        let mut media = running();
        assert_eq!(media.switch(Camera, false), [Effect::CloseTrack(track(1, Camera))]);
        let mute = Effect::EnableTrack { track: track(1, Microphone), enabled: false };
        assert_eq!(media.switch(Microphone, false), [mute]);
        assert!(!media.sends(Microphone));
        let unmute = Effect::EnableTrack { track: track(1, Microphone), enabled: true };
        assert_eq!(media.switch(Microphone, true), [unmute]);
    }

    #[test]
    fn only_the_last_wish_counts_when_the_device_has_started() {
        let mut media = Media::new(false, true);
        assert_eq!(media.activate(true), [open(1, &[Camera])]);
        for wish in [false, true, false, true, false] {
            assert_eq!(media.switch(Camera, wish), [], "one request at a time");
        }
        let effects = media.handle(MediaEvent::Opened(track(1, Camera)));
        assert_eq!(effects, [Effect::CloseTrack(track(1, Camera))]);
        assert_eq!(media.view(Camera).state, DeviceState::Off);
    }

    #[test]
    fn a_late_camera_is_stopped() {
        let mut media = Media::new(false, true);
        media.activate(true);
        media.activate(false);
        let effects = media.handle(MediaEvent::Opened(track(1, Camera)));
        assert_eq!(effects, [Effect::CloseTrack(track(1, Camera))]);
        let again = media.handle(MediaEvent::Opened(track(7, Camera)));
        assert_eq!(again, [Effect::CloseTrack(track(7, Camera))], "nobody asked for this one");
    }

    #[test]
    fn a_failed_device_waits_for_the_user_or_for_a_new_device() {
        let mut media = Media::new(false, true);
        media.activate(true);
        let failure = DeviceFailure::Missing;
        assert_eq!(media.handle(MediaEvent::Failed { track: track(1, Camera), failure }), []);
        assert_eq!(media.view(Camera).state, DeviceState::Failed(failure));
        let device = Device { kind: Camera, id: "usb".into(), label: String::new() };
        assert_eq!(media.handle(MediaEvent::Devices(vec![device.clone()])), [open(2, &[Camera])]);
        let failure = DeviceFailure::Refused;
        media.handle(MediaEvent::Failed { track: track(2, Camera), failure });
        assert_eq!(media.handle(MediaEvent::Devices(vec![device])), []);
        assert_eq!(media.retry(Camera), [open(3, &[Camera])]);
    }

    #[test]
    fn an_unplugged_device_is_replaced_once() {
        let mut media = Media::new(true, false);
        media.activate(true);
        media.handle(MediaEvent::Opened(track(1, Microphone)));
        let ended = media.handle(MediaEvent::Ended(track(1, Microphone)));
        assert_eq!(ended, [Effect::CloseTrack(track(1, Microphone)), open(2, &[Microphone])]);
        media.handle(MediaEvent::Opened(track(2, Microphone)));
        media.handle(MediaEvent::Ended(track(2, Microphone)));
        assert_eq!(media.failure(Microphone), Some(DeviceFailure::Lost), "no endless loop");
    }

    #[test]
    fn another_choice_reopens_the_device() {
        let mut media = running();
        let effects = media.choose(Camera, Some("usb".into()));
        let devices = vec![DeviceRequest { kind: Camera, device: Some("usb".into()) }];
        let reopen = Effect::OpenDevices { request: MediaRequest(2), devices };
        assert_eq!(effects, [Effect::CloseTrack(track(1, Camera)), reopen]);
    }

    #[test]
    fn leaving_releases_everything() {
        let mut media = running();
        let closed = [Effect::CloseTrack(track(1, Microphone)), Effect::CloseTrack(track(1, Camera))];
        assert_eq!(media.activate(false), closed);
    }
}
