//! What a connection counts (webrtc-stats), as [`Report`]s.

use js_sys::{Map, Reflect};
use visavis_quality::{Counts, Limited, Report, Way};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{RtcPeerConnection, RtcPeerConnectionState, RtcRtpTransceiver};

use super::error::BrowserError;

/// One object of a report.
struct Entry(JsValue);

impl Entry {
    fn value(&self, name: &str) -> JsValue {
        Reflect::get(&self.0, &name.into()).unwrap_or_default()
    }

    fn text(&self, name: &str) -> String {
        self.value(name).as_string().unwrap_or_default()
    }

    fn is(&self, name: &str, wanted: &str) -> bool {
        self.value(name).as_string().is_some_and(|text| text == wanted)
    }

    /// So many of its units; nothing if it is not told.
    fn scaled(&self, name: &str, factor: f64) -> Option<u64> {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a count")]
        let whole = |number: f64| (number * factor) as u64;
        self.value(name).as_f64().filter(|number| *number >= 0.0).map(whole)
    }

    fn count(&self, name: &str) -> u64 {
        self.scaled(name, 1.0).unwrap_or_default()
    }

    fn millis(&self, name: &str) -> Option<u64> {
        self.scaled(name, 1000.0)
    }

    fn size(&self, width: &str, height: &str) -> (u16, u16) {
        (narrow(self.count(width)), narrow(self.count(height)))
    }
}

fn narrow(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

/// Whether something can come over it.
pub fn is_up(connection: &RtcPeerConnection) -> bool {
    connection.connection_state() == RtcPeerConnectionState::Connected
}

/// What it has counted; `key` tells it apart from all others.
///
/// # Errors
///
/// The browser does not tell.
pub async fn report(connection: &RtcPeerConnection, key: u32) -> Result<Report, BrowserError> {
    let map: Map = JsFuture::from(connection.get_stats()).await?.unchecked_into();
    let mut entries = Vec::new();
    map.for_each(&mut |entry, _| entries.push(Entry(entry)));
    let all = Entries { entries, camera: camera(connection) };
    Ok(all.report(key))
}

/// The identification tag of the camera's section: the first of its kind.
fn camera(connection: &RtcPeerConnection) -> Option<String> {
    let all = connection.get_transceivers();
    let mut all = all.iter().map(JsCast::unchecked_into::<RtcRtpTransceiver>);
    all.find(|one| one.mid().is_some() && one.receiver().track().kind() == "video")?.mid()
}

struct Entries {
    entries: Vec<Entry>,
    /// The identification tag of the camera's section.
    camera: Option<String>,
}

impl Entries {
    fn of<'a>(&'a self, sort: &'a str) -> impl Iterator<Item = &'a Entry> {
        self.entries.iter().filter(move |entry| entry.is("type", sort))
    }

    fn named(&self, id: &str) -> Option<&Entry> {
        self.entries.iter().find(|entry| !id.is_empty() && entry.is("id", id))
    }

    fn report(&self, key: u32) -> Report {
        let mut report = Report { connection: key, ..Report::default() };
        self.add_way(&mut report);
        for entry in self.of("inbound-rtp") {
            self.add_received(entry, self.place(entry, &mut report.received));
        }
        for entry in self.of("outbound-rtp") {
            let source = self.named(&entry.text("mediaSourceId"));
            let is_camera = self.is_of_camera(entry);
            self.add_sent(entry, source, self.place(entry, &mut report.sent));
            if let Some(source) = source.filter(|_| is_camera) {
                let size = source.size("width", "height");
                report.camera = Some(size).filter(|(width, height)| *width > 0 && *height > 0);
                report.camera_frames = source.scaled("frames", 1.0);
            }
        }
        report
    }

    /// Where the browser names no section, every picture is the camera's.
    fn is_of_camera(&self, entry: &Entry) -> bool {
        let mid = entry.value("mid").as_string();
        entry.is("kind", "video") && (mid.is_none() || mid == self.camera)
    }

    fn place<'a>(&self, entry: &Entry, sources: &'a mut visavis_quality::Sources<Counts>) -> &'a mut Counts {
        if entry.is("kind", "audio") {
            &mut sources.sound
        } else if self.is_of_camera(entry) {
            &mut sources.camera
        } else {
            &mut sources.screen
        }
    }

    fn codec(&self, entry: &Entry) -> Option<String> {
        let codec = self.named(&entry.text("codecId"))?.text("mimeType");
        codec.split_once('/').map(|(_, subtype)| subtype.to_owned())
    }

    fn add_received(&self, entry: &Entry, counts: &mut Counts) {
        // A screen's sound is counted with that of the microphone.
        counts.bytes += entry.count("bytesReceived") + entry.count("headerBytesReceived");
        counts.packets += entry.count("packetsReceived");
        counts.lost += entry.count("packetsLost");
        counts.samples += entry.count("totalSamplesReceived");
        counts.concealed += entry.count("concealedSamples");
        counts.jitter = counts.jitter.max(narrow(entry.millis("jitter").unwrap_or_default()));
        counts.frames += entry.count("framesDecoded");
        counts.dropped += entry.count("framesDropped");
        counts.freezes += u32::try_from(entry.count("freezeCount")).unwrap_or_default();
        counts.frozen += entry.millis("totalFreezesDuration").unwrap_or_default();
        counts.size = entry.size("frameWidth", "frameHeight");
        counts.level = counts.level.max(entry.millis("audioLevel").map(narrow));
        counts.codec = counts.codec.take().or_else(|| self.codec(entry));
    }

    fn add_sent(&self, entry: &Entry, source: Option<&Entry>, counts: &mut Counts) {
        counts.bytes += entry.count("bytesSent") + entry.count("headerBytesSent");
        counts.packets += entry.count("packetsSent");
        counts.frames += entry.count("framesEncoded");
        counts.encoding += entry.millis("totalEncodeTime").unwrap_or_default();
        counts.size = entry.size("frameWidth", "frameHeight");
        counts.codec = counts.codec.take().or_else(|| self.codec(entry));
        counts.limited = match entry.text("qualityLimitationReason").as_str() {
            "" | "none" => Limited::Not,
            "cpu" => Limited::Cpu,
            "bandwidth" => Limited::Bandwidth,
            _ => Limited::Other,
        };
        if let Some(source) = source {
            counts.level = counts.level.max(source.millis("audioLevel").map(narrow));
        }
        // Firefox names what the other side tells there, Chromium here.
        let told = self.named(&entry.text("remoteId"));
        let id = entry.text("id");
        if let Some(told) =
            told.or_else(|| self.of("remote-inbound-rtp").find(|told| told.is("localId", &id)))
        {
            counts.share_lost = counts.share_lost.max(told.millis("fractionLost").map(narrow));
            counts.jitter = narrow(told.millis("jitter").unwrap_or_default());
        }
    }

    /// The pair of candidates in use.
    fn add_way(&self, report: &mut Report) {
        let chosen = self.of("transport").find_map(|it| self.named(&it.text("selectedCandidatePairId")));
        let in_use =
            |pair: &&Entry| pair.value("selected").is_truthy() || pair.value("nominated").is_truthy();
        let Some(pair) = chosen.or_else(|| self.of("candidate-pair").find(in_use)) else { return };
        let is_relay =
            |end: &str| self.named(&pair.text(end)).is_some_and(|it| it.is("candidateType", "relay"));
        report.way = if is_relay("localCandidateId") || is_relay("remoteCandidateId") {
            Way::Relayed
        } else {
            Way::Direct
        };
        // What the other side has reported of a picture is told for as long as none is sent; the pair is asked all the time.
        let reported = || self.of("remote-inbound-rtp").filter_map(|told| told.millis("roundTripTime")).max();
        report.round_trip = pair.millis("currentRoundTripTime").or_else(reported).map(narrow);
        let available = pair.scaled("availableOutgoingBitrate", 1.0);
        report.available = available.and_then(|bits| u32::try_from(bits).ok());
    }
}
