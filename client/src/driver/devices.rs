//! Our own tracks, by id.

use visavis_call::{DeviceRequest, MediaRequest, Source, StreamId, TrackId};

use super::{Inbox, media_message, send};
use crate::browser::{
    levels::Meter,
    media::{Devices, LocalTrack, Track},
    page, same,
    streams::Streams,
};

pub(super) struct LocalDevices {
    devices: Devices,
    tracks: Vec<LocalTrack>,
    streams: Streams,
    meter: Meter,
    /// The track that is measured.
    measured: Option<TrackId>,
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
            Source::Screen | Source::ScreenSound => {}
        }
        self.tracks.push(track);
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

    /// How loud our microphone is.
    pub(super) fn amplitude(&self) -> f32 {
        self.meter.amplitude()
    }

    fn measure(&mut self, track: Option<&LocalTrack>) {
        self.measured = track.map(LocalTrack::id);
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
