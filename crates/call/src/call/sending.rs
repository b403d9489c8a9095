//! What we send: the tracks of our devices and of our screen, and what we say of them.

use super::Call;
use crate::effect::Effect;
use crate::input::{DeviceKind, MediaEvent, Source};
use crate::peer::Peer;
use crate::problem::Problem;

impl Call {
    pub(super) fn on_media(&mut self, event: MediaEvent) {
        let is_of_screen = match &event {
            MediaEvent::Opened(track)
            | MediaEvent::Failed { track, .. }
            | MediaEvent::Ended(track)
            | MediaEvent::Uses(track, _)
            | MediaEvent::Muted(track, _) => track.source.device().is_none(),
            MediaEvent::Devices(_) => false,
        };
        let effects = if is_of_screen { self.screen.handle(&event) } else { self.media.handle(event) };
        self.carry_out_media(effects);
    }

    /// Passes on what the devices ask for, and tells everyone what that changes.
    pub(super) fn carry_out_media(&mut self, effects: Vec<Effect>) {
        let sent = self.media.sent().into_iter().chain(self.screen.sent()).collect();
        let before = std::mem::replace(&mut self.out.tracks, sent);
        for source in Source::ALL {
            let track = self.out.tracks.iter().find(|track| track.source == source).copied();
            if track != before.iter().find(|track| track.source == source).copied() {
                self.roster.for_each(|peer, out| peer.replace_track(source, track, out), &mut self.out);
            }
        }
        // Senders let go of a track before it is stopped.
        self.out.effects.extend(effects);
        for kind in DeviceKind::ALL {
            self.notices.set_device(kind, self.media.failure(kind));
        }
        self.notices.set_screen(self.screen.failure());
        for news in self.media.take_news() {
            self.notices.tell(news);
        }
        let media = &self.media;
        self.notices.keep_found(|kind, device| media.has_spare(kind, device));
        let presence = &self.out.presence;
        if self.sends() != (presence.microphone, presence.camera, presence.screen) {
            self.publish_presence();
        }
    }

    /// The user has chosen something that is to be so the next time as well.
    pub(super) fn carry_out_choice(&mut self, effects: Vec<Effect>) {
        // What was said of a choice before is of no interest any more.
        for kind in DeviceKind::ALL {
            self.notices.clear(Problem::DeviceNotChosen(kind));
        }
        self.carry_out_media(effects);
        self.out.push(Effect::RememberDevices(self.media.remembered()));
    }

    /// Whether others get our sound, our picture, and our screen.
    fn sends(&self) -> (bool, bool, bool) {
        let device = |kind| self.media.sends(kind);
        (device(DeviceKind::Microphone), device(DeviceKind::Camera), self.screen.is_shown())
    }

    pub(super) fn publish_presence(&mut self) {
        self.refresh_presence();
        if self.out.me.is_some() {
            self.roster.for_each(Peer::send_presence, &mut self.out);
        }
    }

    pub(super) fn refresh_presence(&mut self) {
        let sends = self.sends();
        let presence = &mut self.out.presence;
        presence.revision += 1;
        (presence.microphone, presence.camera, presence.screen) = sends;
    }
}
