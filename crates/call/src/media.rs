//! The user's own microphone, camera and speaker: what is wanted, what is, and one request at a time to bring them together.
//!
//! ```text
//!   Off ──► Starting ──► On ◄──► Changing     a wish that changes while a device starts is looked at
//!               └──────► Failed               when it has started (or failed)
//! ```
//!
//! A camera that is off is released. A microphone that is muted stays open, silent, so that it is back at once; it is not
//! sent, or everyone would encode and carry silence. While another device takes its place, the one before runs on: what
//! others get has no gap.

mod slot;
mod speaker;

use self::{slot::Slot, speaker::Speaker};
use crate::effect::{DeviceRequest, Effect, Timer};
use crate::input::{
    Device, DeviceFailure, DeviceKind, Devices, MediaEvent, MediaRequest, Processing, TrackId,
};
use crate::remembered::Remembered;
use crate::view::{DeviceState, DeviceView, SpeakerView};

/// Something about a device that the user should know, once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum News {
    /// Another one is there, which is not used.
    Found(DeviceKind, Device),
    /// The one that was used is gone. This one is used now.
    Gone(DeviceKind, Device),
    /// The one that the user has chosen once is there again, and used.
    Back(DeviceKind, Device),
    /// The one that the user has chosen does not start. The one before is used.
    NotChosen(DeviceKind),
}

/// All devices.
#[derive(Debug)]
pub(crate) struct Media {
    slots: [Slot; 2],
    speaker: Speaker,
    /// Devices are held only in the lobby and in a call.
    active: bool,
    requests: u32,
    /// None before we were told for the first time.
    devices: Option<Devices>,
    news: Vec<News>,
}

impl Media {
    pub(crate) fn new(microphone: bool, camera: bool, remembered: Remembered) -> Self {
        let Remembered { microphone: heard, camera: seen, speaker, processing } = remembered;
        let slots = [
            Slot::new(DeviceKind::Microphone, microphone, heard, processing),
            Slot::new(DeviceKind::Camera, camera, seen, Processing::default()),
        ];
        let speaker = Speaker::new(speaker);
        Self { slots, speaker, active: false, requests: 0, devices: None, news: Vec::new() }
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

    /// Takes this device from now on, whatever there was before; it is remembered by its label.
    pub(crate) fn choose(&mut self, kind: DeviceKind, device: Option<String>) -> Vec<Effect> {
        let label = self.label(kind, device.as_deref());
        self.slot_mut(kind).choose(device, label);
        self.settle()
    }

    pub(crate) fn choose_speaker(&mut self, device: Option<String>) -> Vec<Effect> {
        self.speaker.choose(device)
    }

    /// Takes a device that was found, and the speaker that belongs to it.
    pub(crate) fn adopt(&mut self, kind: DeviceKind, device: &Device) -> Vec<Effect> {
        let mut effects = Vec::new();
        if kind == DeviceKind::Microphone
            && let Some(speaker) = self.speaker.beside(device)
        {
            effects = self.choose_speaker(Some(speaker));
        }
        effects.extend(self.choose(kind, Some(device.id.clone())));
        effects
    }

    pub(crate) fn process(&mut self, processing: Processing) -> Vec<Effect> {
        self.slot_mut(DeviceKind::Microphone).process(processing);
        self.settle()
    }

    pub(crate) fn retry(&mut self, kind: DeviceKind) -> Vec<Effect> {
        self.switch(kind, true)
    }

    /// The page has slept: a device that was taken away may be free again.
    pub(crate) fn on_wake(&mut self) -> Vec<Effect> {
        for slot in self.slots.iter_mut().filter(|slot| slot.is_muted()) {
            slot.forgive();
        }
        self.settle()
    }

    pub(crate) fn on_timeout(&mut self, kind: DeviceKind) -> Vec<Effect> {
        self.slot_mut(kind).on_timeout();
        self.settle()
    }

    pub(crate) fn handle(&mut self, event: MediaEvent) -> Vec<Effect> {
        let active = self.active;
        let mut effects = Vec::new();
        match event {
            MediaEvent::Opened(track) => {
                let Some(slot) = self.slot_of(track) else { return effects };
                effects.extend(slot.on_opened(track).map(Effect::CloseTrack));
                if slot.track() == Some(track) && slot.is_on_trial() {
                    let timer = Timer::Device(slot.kind);
                    effects.push(Effect::SetTimer { timer, after: slot::PROVES_ITSELF });
                }
            }
            MediaEvent::Failed { track, failure } => {
                let Some(slot) = self.slot_of(track) else { return effects };
                let (closed, news) = slot.on_failed(track.request, failure, active);
                effects.extend(closed.map(Effect::CloseTrack));
                self.news.extend(news);
            }
            MediaEvent::Ended(track) => {
                let Some(kind) = track.source.device() else { return effects };
                effects.extend(self.slot_mut(kind).on_ended(track).map(Effect::CloseTrack));
                // The list may have said so before.
                if let Some(devices) = self.devices.clone() {
                    self.slot_mut(kind).forget_missing(devices.of(kind));
                }
            }
            MediaEvent::Uses(track, id) => {
                let devices = self.devices.as_ref();
                let [microphone, camera] = &mut self.slots;
                let Some(kind) = track.source.device() else { return effects };
                let slot = if kind == DeviceKind::Camera { camera } else { microphone };
                let device = devices.and_then(|devices| devices.find(kind, &id)).cloned();
                if slot.on_uses(track, id) {
                    self.news.extend(device.map(|device| News::Gone(kind, device)));
                }
            }
            MediaEvent::Muted(track, muted) => {
                let Some(slot) = self.slot_of(track) else { return effects };
                if slot.on_muted(track, muted) {
                    let timer = Timer::Device(slot.kind);
                    effects.push(if muted {
                        Effect::SetTimer { timer, after: slot::MUTED_FOR }
                    } else {
                        Effect::ClearTimer(timer)
                    });
                }
            }
            MediaEvent::Devices(devices) => effects.extend(self.on_devices(devices)),
        }
        effects.extend(self.settle());
        effects
    }

    fn on_devices(&mut self, devices: Devices) -> Vec<Effect> {
        let before = self.devices.replace(devices);
        let (before, devices) = (before.unwrap_or_default(), self.devices.clone().unwrap_or_default());
        for slot in &mut self.slots {
            let kind = slot.kind;
            let (known, now) = (before.of(kind), devices.of(kind));
            // As long as they have no names the browser hides most of them.
            let knew = known.iter().any(|device| !device.label.is_empty());
            for device in now.iter().filter(|now| !known.iter().any(|known| known == *now)) {
                slot.notice_new_device();
                if slot.prefers(device) {
                    if slot.take_back(device) && knew {
                        self.news.push(News::Back(kind, device.clone()));
                    }
                } else if knew
                    && self.active
                    && device.is_real()
                    && !known.iter().any(|it| it.id == device.id)
                {
                    self.news.push(News::Found(kind, device.clone()));
                }
            }
            slot.forget_missing(now);
        }
        self.speaker.on_devices(&before.speakers, devices.speakers)
    }

    /// What the user should know since this was asked for last.
    pub(crate) fn take_news(&mut self) -> Vec<News> {
        std::mem::take(&mut self.news)
    }

    /// Whether this device can be chosen, and is not used already.
    pub(crate) fn has_spare(&self, kind: DeviceKind, device: &Device) -> bool {
        let slot = self.slot(kind);
        let is_there = self.devices.as_ref().is_some_and(|devices| devices.find(kind, &device.id).is_some());
        is_there && slot.used() != Some(&*device.id) && slot.chosen().as_ref() != Some(&device.id)
    }

    /// What is kept for next time.
    pub(crate) fn remembered(&self) -> Remembered {
        let [microphone, camera] = &self.slots;
        Remembered {
            microphone: microphone.preferred.clone(),
            camera: camera.preferred.clone(),
            speaker: self.speaker.preferred.clone(),
            processing: microphone.processing(),
        }
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
        slot.wish && slot.track().is_some() && slot.failure().is_none()
    }

    pub(crate) fn failure(&self, kind: DeviceKind) -> Option<DeviceFailure> {
        self.slot(kind).failure()
    }

    pub(crate) fn view(&self, kind: DeviceKind) -> DeviceView {
        let slot = self.slot(kind);
        let devices = self.devices.as_ref().map(|devices| devices.of(kind).to_vec()).unwrap_or_default();
        let (chosen, used) = (slot.chosen(), slot.used().map(str::to_owned));
        let state = if slot.wish { slot.state(self.active) } else { DeviceState::Off };
        DeviceView { wish: slot.wish, state, devices, chosen, used }
    }

    pub(crate) fn speaker_view(&self) -> SpeakerView {
        let devices = self.devices.as_ref().map(|devices| devices.speakers.clone()).unwrap_or_default();
        SpeakerView { devices, chosen: self.speaker.chosen.clone() }
    }

    pub(crate) fn processing(&self) -> Processing {
        self.slot(DeviceKind::Microphone).processing()
    }

    /// Closes what is not wanted, mutes what is, and opens what is missing unless a request is already under way.
    fn settle(&mut self) -> Vec<Effect> {
        let mut effects: Vec<Effect> = Vec::new();
        for slot in &mut self.slots {
            effects.extend(slot.close_unwanted(self.active));
        }
        // A device that was chosen once cannot be asked for before we know its id.
        let unknown = self.devices.is_none();
        if self.slots.iter().any(|slot| slot.is_asked_for() || (unknown && slot.preferred.is_some())) {
            return effects;
        }
        let request = MediaRequest(self.requests + 1);
        let active = self.active;
        let missing = self.slots.iter_mut().filter(|slot| active && slot.lacks());
        let devices: Vec<DeviceRequest> = missing.map(|slot| slot.start(request)).collect();
        if !devices.is_empty() {
            self.requests += 1;
            effects.push(Effect::OpenDevices { request, devices });
        }
        effects
    }

    fn label(&self, kind: DeviceKind, device: Option<&str>) -> Option<String> {
        let device = self.devices.as_ref()?.find(kind, device?)?;
        Some(device.label.clone()).filter(|label| !label.is_empty())
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

#[cfg(test)]
mod tests;
