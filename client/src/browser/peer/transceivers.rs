//! Our side of a connection's audio and video: which transceiver carries which of our tracks.
//!
//! The first of each kind carry microphone and camera, both ways. A screen and its sound have one of their own, one way,
//! added once there is something to show and the first offer has been answered; from then on they are kept.

use visavis_call::Source;
use wasm_bindgen::JsCast;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpEncodingParameters, RtcRtpSender,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSignalingState,
};

use crate::browser::{
    bindings::{Sender, settle},
    error::BrowserError,
};

/// A new connection's picture is smaller than the camera's by this factor. Chromium believes at first that a connection
/// carries 300 kbit/s, and drops four frames of more than 320x240 pixels before it makes them smaller by itself.
const SMALL: f32 = 4.0;

/// Those that every connection has transceivers for.
const OF_EVERY_CONNECTION: [Source; 2] = [Source::Microphone, Source::Camera];
const OF_THE_SCREEN: [Source; 2] = [Source::Screen, Source::ScreenSound];

/// The tracks we send, and the streams that tell the other side what to keep in sync.
#[derive(Debug)]
pub(super) struct Outgoing {
    tracks: Vec<(Source, MediaStreamTrack)>,
    stream: MediaStream,
    screen: MediaStream,
    /// The transceivers of the screen and its sound.
    screens: Vec<(Source, RtcRtpTransceiver)>,
}

impl Outgoing {
    pub(super) fn new(tracks: Vec<(Source, MediaStreamTrack)>) -> Result<Self, BrowserError> {
        Ok(Self { tracks, stream: MediaStream::new()?, screen: MediaStream::new()?, screens: Vec::new() })
    }

    /// The initiator's: one transceiver of each kind, to be offered even while it carries nothing.
    pub(super) fn add_transceivers(&self, connection: &RtcPeerConnection) {
        for source in OF_EVERY_CONNECTION {
            let init = init(RtcRtpTransceiverDirection::Sendrecv, &self.stream);
            if source == Source::Camera {
                let encoding = RtcRtpEncodingParameters::new();
                encoding.set_scale_resolution_down_by(SMALL);
                init.set_send_encodings(&js_sys::Array::of1(&encoding));
            }
            match self.track(source) {
                Some(track) => {
                    connection.add_transceiver_with_media_stream_track_and_init(track, &init);
                }
                None => {
                    connection.add_transceiver_with_str_and_init(kind(source), &init);
                }
            }
        }
    }

    /// After a remote offer: answer with our tracks on what it brought. What we had offered ourselves and was rolled
    /// back is stopped, or it would be offered once more beside it; but for the screen, which they do not bring.
    pub(super) async fn take_transceivers(&self, connection: &RtcPeerConnection) -> Result<(), BrowserError> {
        for source in OF_EVERY_CONNECTION {
            let all = transceivers(connection, source);
            let Some(carrier) = all.iter().find(|transceiver| transceiver.mid().is_some()) else { continue };
            let is_screen = |one: &RtcRtpTransceiver| self.screens.iter().any(|(_, screen)| screen == one);
            for orphan in all.iter().filter(|one| one.mid().is_none() && !is_screen(one)) {
                orphan.stop();
            }
            carrier.set_direction(RtcRtpTransceiverDirection::Sendrecv);
            let sender: Sender = carrier.sender().unchecked_into();
            // Only older browsers lack it, and then picture and sound are not kept in step.
            let _ = sender.set_streams(&self.stream);
            if sender.track().as_ref() != self.track(source) {
                settle(sender.replace_track(self.track(source))).await?;
            }
            if source == Source::Camera && connection.current_remote_description().is_none() {
                scale_picture(&sender, SMALL).await?;
            }
        }
        Ok(())
    }

    /// After every description: adds what there is of a screen and has no transceiver yet, to be offered next.
    pub(super) fn add_screen(&mut self, connection: &RtcPeerConnection) {
        let is_settled = connection.signaling_state() == RtcSignalingState::Stable
            && connection.current_remote_description().is_some();
        for source in OF_THE_SCREEN.into_iter().filter(|_| is_settled) {
            if let Some(track) = self.track(source)
                && self.carrier(connection, source).is_none()
            {
                let init = init(RtcRtpTransceiverDirection::Sendonly, &self.screen);
                let added = connection.add_transceiver_with_media_stream_track_and_init(track, &init);
                self.screens.push((source, added));
            }
        }
    }

    /// Sends the camera's picture in its own size.
    pub(super) async fn enlarge_picture(&self, connection: &RtcPeerConnection) -> Result<(), BrowserError> {
        match self.carrier(connection, Source::Camera) {
            Some(carrier) => scale_picture(&carrier.sender(), 1.0).await,
            None => Ok(()),
        }
    }

    /// Sends another track of this source, or none, from now on.
    pub(super) async fn replace(
        &mut self,
        connection: &RtcPeerConnection,
        source: Source,
        track: Option<MediaStreamTrack>,
    ) -> Result<(), BrowserError> {
        self.tracks.retain(|(of, _)| *of != source);
        self.tracks.extend(track.map(|track| (source, track)));
        if let Some(carrier) = self.carrier(connection, source) {
            return settle(carrier.sender().replace_track(self.track(source))).await;
        }
        // Their offer will bring the transceiver, or ours if it is a screen.
        self.add_screen(connection);
        Ok(())
    }

    fn track(&self, source: Source) -> Option<&MediaStreamTrack> {
        self.tracks.iter().find(|(of, _)| *of == source).map(|(_, track)| track)
    }

    fn carrier(&self, connection: &RtcPeerConnection, source: Source) -> Option<RtcRtpTransceiver> {
        if OF_THE_SCREEN.contains(&source) {
            return self.screens.iter().find(|(of, _)| *of == source).map(|(_, carrier)| carrier.clone());
        }
        let all = transceivers(connection, source);
        all.iter().find(|transceiver| transceiver.mid().is_some()).or(all.first()).cloned()
    }
}

fn init(direction: RtcRtpTransceiverDirection, stream: &MediaStream) -> RtcRtpTransceiverInit {
    let init = RtcRtpTransceiverInit::new();
    init.set_direction(direction);
    init.set_streams(&js_sys::Array::of1(stream));
    init
}

/// Sends a picture that is smaller by this factor (webrtc-pc §5.2, `scaleResolutionDownBy`).
async fn scale_picture(sender: &RtcRtpSender, factor: f32) -> Result<(), BrowserError> {
    let parameters = sender.get_parameters();
    for encoding in parameters.get_encodings().unwrap_or_default() {
        encoding.unchecked_into::<RtcRtpEncodingParameters>().set_scale_resolution_down_by(factor);
    }
    settle(sender.set_parameters_with_parameters(&parameters)).await
}

/// Where the track that came over a transceiver comes from: what is not of every connection is of a screen.
pub(super) fn source_of(connection: &RtcPeerConnection, transceiver: &RtcRtpTransceiver) -> Source {
    let [own, other] = if transceiver.receiver().track().kind() == "audio" {
        [Source::Microphone, Source::ScreenSound]
    } else {
        [Source::Camera, Source::Screen]
    };
    let all = transceivers(connection, own);
    let first = all.iter().find(|transceiver| transceiver.mid().is_some());
    if first == Some(transceiver) { own } else { other }
}

/// `MediaStreamTrack.kind` of this source's tracks.
fn kind(source: Source) -> &'static str {
    if source.is_sound() { "audio" } else { "video" }
}

/// The transceivers that could carry this source and are in use, in the order in which they were made.
fn transceivers(connection: &RtcPeerConnection, source: Source) -> Vec<RtcRtpTransceiver> {
    connection
        .get_transceivers()
        .iter()
        .map(JsCast::unchecked_into::<RtcRtpTransceiver>)
        .filter(|transceiver| transceiver.direction() != RtcRtpTransceiverDirection::Stopped)
        .filter(|transceiver| transceiver.receiver().track().kind() == kind(source))
        .collect()
}
