//! Our own tracks, by id.

use visavis_call::{DeviceRequest, MediaEvent, MediaRequest, Source, StreamId, TrackId};

use super::{Inbox, media_message, send};
use crate::browser::{
    levels::Meter,
    media::{Devices, LocalTrack, Track},
    page, same,
    streams::Streams,
};

/// Milliseconds of perfect silence from its beginning on, after which a microphone is taken to be muted, whatever it says of
/// itself. Those that suppress all noise are silent in a quiet room, but not before they have heard anything.
const SILENT_FROM: f64 = 10_000.0;

/// Whether anything has been heard of a microphone.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Hearing {
    /// Not yet, since this moment ([`page::now`]) if it is measured.
    Nothing(Option<f64>),
    /// Nothing for so long that we said so.
    Silent,
    Something,
}

pub(super) struct LocalDevices {
    devices: Devices,
    tracks: Vec<LocalTrack>,
    streams: Streams,
    meter: Meter,
    /// The track that is measured.
    measured: Option<TrackId>,
    hearing: Hearing,
    /// Of a screen smooth motion is to be kept, not sharp text.
    motion: bool,
}

impl LocalDevices {
    pub(super) fn new(inbox: &Inbox, streams: Streams) -> Self {
        let inbox = inbox.clone();
        Self {
            devices: Devices::watch(move |outcome| send(&inbox, media_message(outcome))),
            tracks: Vec::new(),
            streams,
            meter: Meter::default(),
            measured: None,
            hearing: Hearing::Nothing(None),
            motion: false,
        }
    }

    pub(super) fn open(&self, request: MediaRequest, devices: Vec<DeviceRequest>) {
        self.devices.open(request, devices);
    }

    pub(super) fn open_screen(&self, request: MediaRequest) {
        self.devices.open_screen(request);
    }

    /// Keeps a track that runs, until it is closed.
    pub(super) fn keep(&mut self, track: LocalTrack) {
        let id = track.id();
        match id.source {
            Source::Microphone => self.measure(Some(&track)),
            Source::Camera => self.streams.insert(StreamId::Local(id), same(track.stream())),
            // Who sees their screen in their screen sees it in there once more, and so on.
            Source::Screen => track.favour_motion(self.motion),
            Source::ScreenSound => {}
        }
        self.tracks.push(track);
    }

    /// Whether of a screen smooth motion is to be kept, not sharp text, from now on.
    pub(super) fn favour_motion(&mut self, motion: bool) {
        self.motion = motion;
        for track in self.tracks.iter().filter(|track| track.id().source == Source::Screen) {
            track.favour_motion(self.motion);
        }
    }

    pub(super) fn close(&mut self, id: TrackId) {
        self.tracks.retain(|track| track.id() != id);
        self.streams.remove(&StreamId::Local(id));
        if self.measured == Some(id) {
            self.measure(None);
        }
    }

    pub(super) fn enable(&self, id: TrackId, enabled: bool) {
        if let Some(track) = self.find(id) {
            track.enable(enabled);
        }
    }

    pub(super) fn track(&self, id: TrackId) -> Option<Track> {
        self.find(id).map(|local| same(local.track()))
    }

    fn find(&self, id: TrackId) -> Option<&LocalTrack> {
        self.tracks.iter().find(|track| track.id() == id)
    }

    /// How loud our microphone is; whether anything at all comes from it is told as it changes.
    pub(super) fn amplitude(&mut self, now: f64) -> (f32, Option<MediaEvent>) {
        let amplitude = self.meter.amplitude();
        let (hearing, muted) = match self.hearing {
            Hearing::Something => return (amplitude, None),
            Hearing::Nothing(_) if amplitude > 0.0 => (Hearing::Something, None),
            Hearing::Silent if amplitude > 0.0 => (Hearing::Something, Some(false)),
            Hearing::Nothing(_) if !self.meter.is_running() => (Hearing::Nothing(None), None),
            Hearing::Nothing(Some(since)) if now > since + SILENT_FROM => (Hearing::Silent, Some(true)),
            Hearing::Nothing(since) => (Hearing::Nothing(Some(since.unwrap_or(now))), None),
            Hearing::Silent => (Hearing::Silent, None),
        };
        self.hearing = hearing;
        (amplitude, muted.zip(self.measured).map(|(muted, track)| MediaEvent::Muted(track, muted)))
    }

    fn measure(&mut self, track: Option<&LocalTrack>) {
        self.measured = track.map(LocalTrack::id);
        self.hearing = Hearing::Nothing(None);
        if let Err(error) = self.meter.measure(track.map(LocalTrack::stream)) {
            page::log(&format!("the microphone is not measured: {error}"));
        }
    }
}

impl Drop for LocalDevices {
    fn drop(&mut self) {
        for track in &self.tracks {
            self.streams.remove(&StreamId::Local(track.id()));
        }
    }
}
