//! What the others are heard through.

use crate::effect::Effect;
use crate::input::Device;

#[derive(Debug)]
pub(super) struct Speaker {
    /// The label of the one that the user has chosen.
    pub(super) preferred: Option<String>,
    /// By its id; none is the browser's choice.
    pub(super) chosen: Option<String>,
    devices: Vec<Device>,
}

impl Speaker {
    pub(super) fn new(preferred: Option<String>) -> Self {
        Self { preferred, chosen: None, devices: Vec::new() }
    }

    pub(super) fn choose(&mut self, device: Option<String>) -> Vec<Effect> {
        let found = self.devices.iter().find(|one| Some(&one.id) == device.as_ref());
        self.preferred = found.map(|device| device.label.clone()).filter(|label| !label.is_empty());
        self.use_now(device)
    }

    /// The one that belongs to the same thing as this microphone.
    pub(super) fn beside(&self, microphone: &Device) -> Option<String> {
        let belongs = |one: &&Device| one.is_real() && one.group == microphone.group;
        let found = self.devices.iter().find(belongs).filter(|_| !microphone.group.is_empty());
        found.map(|speaker| speaker.id.clone())
    }

    pub(super) fn on_devices(&mut self, before: &[Device], now: Vec<Device>) -> Vec<Effect> {
        self.devices = now;
        let new = self.devices.iter().find(|device| {
            let is_known = before.iter().any(|known| known == *device);
            !is_known && !device.label.is_empty() && self.preferred.as_ref() == Some(&device.label)
        });
        if let Some(device) = new {
            let device = device.id.clone();
            return self.use_now(Some(device));
        }
        if self.chosen.as_ref().is_some_and(|chosen| self.devices.iter().all(|one| one.id != *chosen)) {
            return self.use_now(None);
        }
        Vec::new()
    }

    fn use_now(&mut self, device: Option<String>) -> Vec<Effect> {
        if self.chosen == device {
            return Vec::new();
        }
        self.chosen.clone_from(&device);
        vec![Effect::UseSpeaker(device)]
    }
}
