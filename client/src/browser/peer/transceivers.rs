//! Our side of a connection's audio and video: which transceiver carries which of our tracks.
//!
//! The first of each kind carry microphone and camera, both ways. A screen and its sound have one of their own, one way,
//! added once there is something to show and the first offer has been answered; from then on they are kept.

use js_sys::Reflect;
use visavis_call::Source;
use visavis_quality::{FULL_SIZE, Limit, Limits};
use wasm_bindgen::JsCast;
use web_sys::{
    MediaStream, MediaStreamTrack, RtcPeerConnection, RtcRtpEncodingParameters, RtcRtpSender,
    RtcRtpTransceiver, RtcRtpTransceiverDirection, RtcRtpTransceiverInit, RtcSignalingState,
};

use crate::browser::{
    bindings::{Codec, Sender, Transceiver, receivable, sendable, settle},
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
    /// The camera's picture is divided by this at least.
    small: f32,
    /// What is kept to, if there is something.
    limits: Option<Limits>,
}

impl Outgoing {
    pub(super) fn new(
        tracks: Vec<(Source, MediaStreamTrack)>,
        limits: Option<Limits>,
    ) -> Result<Self, BrowserError> {
        let (stream, screen) = (MediaStream::new()?, MediaStream::new()?);
        Ok(Self { tracks, stream, screen, screens: Vec::new(), small: SMALL, limits })
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
                if source == Source::Screen {
                    prefer_sharp(&added);
                }
                self.screens.push((source, added));
            }
        }
    }

    /// Sends the camera's picture in its own size, as far as the limits let it.
    pub(super) async fn enlarge_picture(
        &mut self,
        connection: &RtcPeerConnection,
    ) -> Result<(), BrowserError> {
        self.small = 1.0;
        self.keep_limits(connection).await
    }

    /// Keeps to these limits from now on.
    pub(super) async fn limit(
        &mut self,
        connection: &RtcPeerConnection,
        limits: Limits,
    ) -> Result<(), BrowserError> {
        self.limits = Some(limits);
        self.keep_limits(connection).await
    }

    pub(super) fn is_limited(&self) -> bool {
        self.limits.is_some()
    }

    /// Tells every sender what it keeps to.
    pub(super) async fn keep_limits(&self, connection: &RtcPeerConnection) -> Result<(), BrowserError> {
        for (source, limit) in [
            (Source::Camera, self.limits.map(|limits| limits.camera)),
            (Source::Screen, self.limits.map(|limits| limits.screen)),
        ] {
            if let Some(carrier) = self.carrier(connection, source) {
                let least = if source == Source::Camera { self.small } else { 1.0 };
                keep_to(&carrier.sender(), least, limit).await?;
            }
        }
        if let (Some(carrier), Some(limits)) = (self.carrier(connection, Source::Microphone), self.limits) {
            let sender = carrier.sender();
            let parameters = sender.get_parameters();
            for encoding in parameters.get_encodings().unwrap_or_default() {
                encoding.unchecked_into::<RtcRtpEncodingParameters>().set_max_bitrate(limits.sound);
            }
            settle(sender.set_parameters_with_parameters(&parameters)).await?;
        }
        Ok(())
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

/// Which codecs keep text sharp at the fewest bits, the best first.
const SHARP: [&str; 3] = ["video/AV1", "video/VP9", "video/VP8"];

/// Offers what both ends can do in that order. An older browser has an order of its own.
fn prefer_sharp(transceiver: &RtcRtpTransceiver) {
    let (Ok(sent), Ok(known)) = (sendable("video"), receivable("video")) else { return };
    let named = |of: &js_sys::Array, name: &str| -> Vec<Codec> {
        of.iter().map(Codec::unchecked_from_js).filter(|codec| codec.mime_type() == name).collect()
    };
    let ordered = js_sys::Array::new();
    for name in SHARP {
        if !named(&sent.codecs(), name).is_empty() {
            for codec in named(&known.codecs(), name) {
                ordered.push(&codec);
            }
        }
    }
    for codec in known.codecs().iter() {
        if !ordered.includes(&codec, 0) {
            ordered.push(&codec);
        }
    }
    let _ = transceiver.unchecked_ref::<Transceiver>().set_codec_preferences(&ordered);
}

/// Sends a picture that is smaller by this factor at least, and keeps to a limit (webrtc-pc §5.2.6). Older browsers do not
/// know `maxFramerate`, and leave it out.
async fn keep_to(sender: &RtcRtpSender, least: f32, limit: Option<Limit>) -> Result<(), BrowserError> {
    let parameters = sender.get_parameters();
    for encoding in parameters.get_encodings().unwrap_or_default() {
        let encoding: RtcRtpEncodingParameters = encoding.unchecked_into();
        let scale = limit.map_or(FULL_SIZE, |limit| limit.scale);
        encoding.set_scale_resolution_down_by(least.max(f32::from(scale) / f32::from(FULL_SIZE)));
        if let Some(limit) = limit {
            encoding.set_active(limit.active);
            encoding.set_max_bitrate(limit.max_bitrate);
            Reflect::set(&encoding, &"maxFramerate".into(), &limit.max_framerate.into())?;
        }
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
