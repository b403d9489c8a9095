//! Our side of a connection's audio and video: which transceiver carries which of our tracks.

use visavis_call::DeviceKind;
use wasm_bindgen::JsCast;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpEncodingParameters, RtcRtpSender,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit,
};

use super::queue::settle;
use crate::browser::{bindings::Sender, error::BrowserError};

/// A new connection's picture is smaller than the camera's by this factor. Chromium believes at first that a connection
/// carries 300 kbit/s, and drops four frames of more than 320x240 pixels before it makes them smaller by itself.
const SMALL: f32 = 4.0;

/// The tracks we send, and the stream that tells the other side to keep them in sync.
#[derive(Debug)]
pub(super) struct Outgoing {
    tracks: [Option<MediaStreamTrack>; 2],
    stream: MediaStream,
}

impl Outgoing {
    pub(super) fn new(tracks: Vec<(DeviceKind, MediaStreamTrack)>) -> Result<Self, BrowserError> {
        let mut outgoing = Self { tracks: [None, None], stream: MediaStream::new()? };
        for (kind, track) in tracks {
            *outgoing.track_mut(kind) = Some(track);
        }
        Ok(outgoing)
    }

    /// The initiator's: one transceiver of each kind, to be offered even while it carries nothing.
    pub(super) fn add_transceivers(&self, connection: &RtcPeerConnection) {
        let init = RtcRtpTransceiverInit::new();
        init.set_direction(RtcRtpTransceiverDirection::Sendrecv);
        init.set_streams(&js_sys::Array::of1(&self.stream));
        for kind in DeviceKind::ALL {
            if kind == DeviceKind::Camera {
                let encoding = RtcRtpEncodingParameters::new();
                encoding.set_scale_resolution_down_by(SMALL);
                init.set_send_encodings(&js_sys::Array::of1(&encoding));
            }
            match self.track(kind) {
                Some(track) => {
                    connection.add_transceiver_with_media_stream_track_and_init(track, &init);
                }
                None => {
                    connection.add_transceiver_with_str_and_init(name_of(kind), &init);
                }
            }
        }
    }

    /// After a remote offer: answer with our tracks on what it brought. What we had offered ourselves and was rolled
    /// back is stopped, or it would be offered once more beside it.
    pub(super) async fn take_transceivers(&self, connection: &RtcPeerConnection) -> Result<(), BrowserError> {
        for kind in DeviceKind::ALL {
            let all = transceivers(connection, kind);
            let Some(carrier) = all.iter().find(|transceiver| transceiver.mid().is_some()) else { continue };
            for orphan in all.iter().filter(|transceiver| transceiver.mid().is_none()) {
                orphan.stop();
            }
            carrier.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            let sender: Sender = carrier.sender().unchecked_into();
            // Only older browsers lack it, and then picture and sound are not kept in step.
            let _ = sender.set_streams(&self.stream);
            if sender.track().as_ref() != self.track(kind) {
                settle(sender.replace_track(self.track(kind))).await?;
            }
            if kind == DeviceKind::Camera && connection.current_remote_description().is_none() {
                scale_picture(&sender, SMALL).await?;
            }
        }
        Ok(())
    }

    /// Sends the camera's picture in its own size.
    pub(super) async fn enlarge_picture(&self, connection: &RtcPeerConnection) -> Result<(), BrowserError> {
        for transceiver in transceivers(connection, DeviceKind::Camera) {
            scale_picture(&transceiver.sender(), 1.0).await?;
        }
        Ok(())
    }

    /// Sends another track of this kind, or none, from now on.
    pub(super) async fn replace(
        &mut self,
        connection: &RtcPeerConnection,
        kind: DeviceKind,
        track: Option<MediaStreamTrack>,
    ) -> Result<(), BrowserError> {
        *self.track_mut(kind) = track;
        let all = transceivers(connection, kind);
        let carrier = all.iter().find(|transceiver| transceiver.mid().is_some()).or(all.first());
        match carrier {
            Some(carrier) => settle(carrier.sender().replace_track(self.track(kind))).await,
            // Their offer will bring the transceiver.
            None => Ok(()),
        }
    }

    fn track(&self, kind: DeviceKind) -> Option<&MediaStreamTrack> {
        let [microphone, camera] = &self.tracks;
        match kind {
            DeviceKind::Microphone => microphone.as_ref(),
            DeviceKind::Camera => camera.as_ref(),
        }
    }

    fn track_mut(&mut self, kind: DeviceKind) -> &mut Option<MediaStreamTrack> {
        let [microphone, camera] = &mut self.tracks;
        match kind {
            DeviceKind::Microphone => microphone,
            DeviceKind::Camera => camera,
        }
    }
}

/// Sends a picture that is smaller by this factor (webrtc-pc §5.2, `scaleResolutionDownBy`).
async fn scale_picture(sender: &RtcRtpSender, factor: f32) -> Result<(), BrowserError> {
    let parameters = sender.get_parameters();
    for encoding in parameters.get_encodings().unwrap_or_default() {
        encoding.unchecked_into::<RtcRtpEncodingParameters>().set_scale_resolution_down_by(factor);
    }
    settle(sender.set_parameters_with_parameters(&parameters)).await
}

/// The kind of device that makes tracks like this one.
pub(super) fn kind_of(track: &MediaStreamTrack) -> DeviceKind {
    if track.kind() == "audio" { DeviceKind::Microphone } else { DeviceKind::Camera }
}

/// `MediaStreamTrack.kind` of this device's tracks.
fn name_of(kind: DeviceKind) -> &'static str {
    match kind {
        DeviceKind::Microphone => "audio",
        DeviceKind::Camera => "video",
    }
}

/// The transceivers of a kind that are in use, in the order in which they were made.
fn transceivers(connection: &RtcPeerConnection, kind: DeviceKind) -> Vec<RtcRtpTransceiver> {
    connection
        .get_transceivers()
        .iter()
        .map(JsCast::unchecked_into::<RtcRtpTransceiver>)
        .filter(|transceiver| transceiver.direction() != RtcRtpTransceiverDirection::Stopped)
        .filter(|transceiver| kind_of(&transceiver.receiver().track()) == kind)
        .collect()
}
