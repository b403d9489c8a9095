//! One link: what it has counted, what was heard over it, and what is sent.

use visavis_protocol::PeerId;

use crate::budget::{Share, Want, next_of};
use crate::doctor::{Case, LOOKS_BACK};
use crate::history::History;
use crate::ladder::{CAMERA, SCREEN, SOUND_ENCODER, camera_limit, screen_limit, steps_for};
use crate::limit::Limits;
use crate::rates::{Sample, between};
use crate::report::{Codec, Report, Sources};
use crate::throttle::{Sense, Strain, Throttle};
use crate::view::{FINE, LinkView};
use crate::word::{Cause, Fares, Gets, Sees, Sent, Size, Word};

/// Milliseconds after which what somebody said last is not so any more.
const STALE: u64 = 15_000;
/// How large we believe to be seen by who has not told.
const USUAL_TILE: Size = Size { width: 1280, height: 720 };
/// The camera that is reckoned with until it is known.
const USUAL_CAMERA: (u16, u16) = (1280, 720);
/// On a link that bears less than this the sound is sent with fewer bits.
const THIN: u32 = 70_000;
const THIN_SOUND: u32 = 20_000;
/// For so many looks a link must do better before a bar comes back.
const RECOVERS: u8 = 5;
/// Looks at nothing, after which nothing comes.
const NOTHING: usize = 3;

/// The steps of each ladder that we could send.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Offer {
    pub(crate) camera: usize,
    pub(crate) screen: usize,
}

/// See the module.
#[derive(Debug)]
pub(crate) struct Link {
    pub(crate) peer: PeerId,
    /// How its person is called.
    pub(crate) name: String,
    report: Option<(u64, Report)>,
    /// It was part of the last look.
    pub(crate) is_looked_at: bool,
    pub(crate) history: History,
    sense: Sense,
    throttle: Throttle,
    /// What they said last, and when we had it.
    word: Option<(u64, Word)>,
    /// How we see them.
    pub(crate) sees: Sees,
    /// Steps of the camera's ladder that their tile of us has a use for.
    steps: usize,
    share: Share,
    pub(crate) sends: [Sent; 2],
    /// What the sender was last told to keep to.
    pub(crate) limits: Option<Limits>,
    /// Whether the call was last told that their picture is withheld.
    pub(crate) withheld: bool,
    bars: u8,
    better: u8,
}

impl Link {
    pub(crate) fn new(peer: PeerId) -> Self {
        Self {
            peer,
            name: String::new(),
            report: None,
            is_looked_at: false,
            history: History::default(),
            sense: Sense::default(),
            throttle: Throttle::default(),
            word: None,
            sees: Sees { camera: Some(USUAL_TILE), screen: Some(USUAL_TILE) },
            steps: CAMERA.len(),
            share: Share::default(),
            sends: [Sent::Whole; 2],
            limits: None,
            withheld: false,
            bars: FINE,
            better: 0,
        }
    }

    /// Takes what its connection has counted; a sample follows from the second report on.
    pub(crate) fn look(&mut self, at: u64, report: Report) {
        self.is_looked_at = true;
        if let Some((then, before)) = &self.report
            && before.connection == report.connection
            && at > *then
        {
            self.history.push(between(before, &report, at, at - then));
        }
        self.report = Some((at, report));
    }

    /// Takes what they said; false if it is old.
    pub(crate) fn hear(&mut self, at: u64, word: Word) -> bool {
        let newest = self.word.is_none_or(|(_, before)| word.number > before.number);
        if newest {
            self.word = Some((at, word));
        }
        newest
    }

    /// What they said, as long as it may still be so.
    pub(crate) fn word(&self, now: u64) -> Option<&Word> {
        self.word.as_ref().filter(|(at, _)| now < at + STALE).map(|(_, word)| word)
    }

    /// How the second went that was looked at last.
    pub(crate) fn strain(&mut self, now: u64) -> Strain {
        let arrived = self.word(now).map(|word| word.gets.bits());
        match self.history.last() {
            Some(sample) => self.sense.look(sample, self.share.bits(), arrived),
            None => Strain::None,
        }
    }

    /// Whether something is sent.
    pub(crate) fn is_sending(&self) -> bool {
        self.history.last().is_some_and(|sample| Sample::total(&sample.sent).0 > 0)
    }

    /// Takes how the second went for this link alone.
    pub(crate) fn throttle(&mut self, strain: Strain, now: u64, offer: Offer) {
        let next = next_of(self.want(now, offer), self.share);
        if self.throttle.take(strain, next) {
            self.on_lowered();
        }
    }

    /// Less is sent from now on.
    pub(crate) fn on_lowered(&mut self) {
        if let Some(sample) = self.history.last() {
            self.sense.on_lowered(sample);
        }
    }

    /// What they want of us.
    pub(crate) fn want(&mut self, now: u64, offer: Offer) -> Want {
        let usual = Sees { camera: Some(USUAL_TILE), screen: Some(USUAL_TILE) };
        let sees = self.word(now).map_or(usual, |word| word.sees);
        if let Some(tile) = sees.camera {
            self.steps = steps_for(tile, self.camera(), self.steps);
        }
        Want {
            camera: if sees.camera.is_some() { self.steps.min(offer.camera) } else { 0 },
            screen: if sees.screen.is_some() { offer.screen } else { 0 },
            weight: sees.camera.map_or(0, Size::pixels),
            limit: self.throttle.limit(),
        }
    }

    fn camera(&self) -> (u16, u16) {
        self.report.as_ref().and_then(|(_, report)| report.camera).unwrap_or(USUAL_CAMERA)
    }

    /// Takes the share of the uplink that it has for these wants. `is_narrow` is whether the uplink as a whole is held back,
    /// `is_busy` whether our processor is.
    pub(crate) fn allot(&mut self, want: Want, share: Share, (is_narrow, is_busy): (bool, bool)) {
        self.share = share;
        let is_narrow = is_narrow || want.limit.is_some();
        self.sends = [
            match share.camera {
                0 if want.camera == 0 => Sent::Nothing(Cause::Unseen),
                0 => Sent::Nothing(Cause::Network),
                step if step < want.camera && is_narrow => Sent::Less(Cause::Network),
                _ if is_busy && want.camera < self.steps => Sent::Less(Cause::Processor),
                _ => Sent::Whole,
            },
            match share.screen {
                step if step == want.screen => Sent::Whole,
                0 => Sent::Nothing(Cause::Network),
                _ if is_narrow => Sent::Less(Cause::Network),
                _ => Sent::Whole,
            },
        ];
    }

    /// What the sender keeps to.
    pub(crate) fn limits_now(&self, offer: Offer) -> Limits {
        Limits {
            camera: camera_limit(self.share.camera, self.camera()),
            // One that is begun to be shown must not wait for the next look.
            screen: screen_limit(if offer.screen > 0 { self.share.screen } else { SCREEN.len() }),
            sound: if self.throttle.limit().is_some_and(|limit| limit < THIN) {
                THIN_SOUND
            } else {
                SOUND_ENCODER
            },
        }
    }

    /// The greatest step that is sent.
    pub(crate) fn camera_step(&self) -> usize {
        self.share.camera
    }

    /// Whether no picture of theirs is to be expected: we do not see it, or they say that they do not send it.
    pub(crate) fn is_withheld(&self, now: u64) -> bool {
        let told = self.word(now).map(|word| word.sends[0]);
        self.sees.camera.is_none() || matches!(told, Some(Sent::Nothing(_)))
    }

    /// Whether much is lost on its way out, and in.
    pub(crate) fn is_lossy(&self, of: fn(&Sample) -> &Sources<crate::rates::Flow>) -> bool {
        self.history.mean(LOOKS_BACK, |sample| Sample::total(of(sample)).1.into()) >= crate::doctor::LOSSY
    }

    /// What we tell them.
    pub(crate) fn tell(&self, number: u64, fares: Fares) -> Word {
        let gets = self.history.last().filter(|_| self.is_looked_at).map(|sample| {
            let Sources { sound, camera, screen } = &sample.received;
            Gets {
                kilobits: [sound.bits / 1000, camera.bits / 1000, screen.bits / 1000],
                loss: Sample::total(&sample.received).1,
                jitter: sound.jitter,
                frames: camera.frames,
                frozen: camera.frozen,
                concealed: sound.concealed,
            }
        });
        Word { number, sees: self.sees, gets: gets.unwrap_or_default(), sends: self.sends, fares }
    }

    /// Counts the bars of the second that was looked at last. They go at once, and come back after a while.
    pub(crate) fn rate(&mut self, now: u64) {
        let rated = self.rated(now);
        self.better = if rated > self.bars { self.better + 1 } else { 0 };
        if rated < self.bars || self.better >= RECOVERS {
            (self.bars, self.better) = (rated, 0);
        }
    }

    fn rated(&self, now: u64) -> u8 {
        let mean = |of: fn(&Sample) -> u32| self.history.mean(LOOKS_BACK, of);
        let silent =
            self.history.newest(NOTHING).filter(|sample| Sample::total(&sample.received).0 == 0).count();
        // Who has nothing on is silent as well; but they still tell how they fare.
        if silent == NOTHING && self.word(now).is_none_or(|word| word.fares.links > 0) {
            return u8::from(self.word(now).is_some());
        }
        let loss = mean(|sample| Sample::total(&sample.received).1.max(Sample::total(&sample.sent).1).into());
        let round_trip = mean(|sample| sample.round_trip.unwrap_or_default().into());
        let frozen = mean(|sample| sample.received.camera.frozen.into());
        let sends = self.word(now).map_or(Sent::Whole, |word| word.sends[0]);
        let by_loss = match loss {
            0..30 => 4,
            30..80 => 3,
            80..150 => 2,
            _ => 1,
        };
        let by_delay = match round_trip {
            0..300 => 4,
            300..600 => 3,
            600..1200 => 2,
            _ => 1,
        };
        let by_picture = match sends {
            Sent::Whole | Sent::Less(Cause::Unseen) | Sent::Nothing(Cause::Unseen) => 4,
            Sent::Less(Cause::Network | Cause::Processor) => 3,
            Sent::Nothing(Cause::Network | Cause::Processor) => 2,
        };
        let by_freezes = if frozen >= 200 { 2 } else { 4 };
        by_loss.min(by_delay).min(by_picture).min(by_freezes)
    }

    pub(crate) fn view(&self, now: u64, ours: Fares) -> LinkView {
        let word = self.word(now);
        let they_send = word.map(|word| word.sends);
        let case = Case {
            history: &self.history,
            ours,
            theirs: word.map(|word| word.fares),
            we_send: self.sends[0],
            they_send: they_send.map_or(Sent::Whole, |sends| sends[0]),
        };
        let codecs = |of: fn(&Report) -> &Sources<crate::report::Counts>| -> Sources<Option<Codec>> {
            let report =
                self.report.as_ref().map(|(_, report)| of(report).map(|counts| counts.codec.clone()));
            report.unwrap_or_default()
        };
        LinkView {
            peer: self.peer.clone(),
            bars: self.bars,
            verdicts: case.verdicts(),
            sends: self.sends,
            gets: they_send,
            codecs: [codecs(|report| &report.sent), codecs(|report| &report.received)],
            now: self.history.last().copied(),
        }
    }
}
