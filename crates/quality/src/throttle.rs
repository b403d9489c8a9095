//! How much gets through: over one link, and over our uplink, which all links share.
//!
//! ```text
//!            strained                calm for a while, more is wanted
//!   Open ──────────────► Held ─────────────────────────────────────► Trying
//!     ▲                   ▲ │  strained: less                          │ │
//!     │ nothing is        │ ▼                          strained: back, │ │ it holds:
//!     └ held back ────────┴─┴────────◄──────────  and wait twice as long ┘ the next step
//! ```
//!
//! What is lost without our doing (a weak radio) is told from a full queue by what happens when less is sent: if as much is
//! lost then, it is put up with.

use crate::rates::Sample;

/// Thousandths of loss beyond those that are put up with, from which a link is strained, and heavily so.
const LOSSY: u16 = 80;
const VERY_LOSSY: u16 = 250;
/// Less than this is nothing.
const SOME_LOSS: u16 = 20;
/// Beyond this nothing is put up with.
const UNBEARABLE: u16 = 300;
/// Milliseconds of a queue from which a link is strained, and heavily so.
const QUEUES: f32 = 150.0;
const QUEUES_LONG: f32 = 600.0;
/// For so many seconds in a row a light strain shows before something is done.
const PERSISTS: u8 = 2;
/// The same, where nothing but the browser's own belief tells it.
const BELIEVED: u8 = 4;
/// Seconds after a change in which what is told is still of the time before it.
const SETTLES: u32 = 3;
/// For so many seconds a step up is looked at before it is taken to hold.
const PROVES: u32 = 6;
/// Seconds between being held and trying more: at first, and at most.
const FIRST_WAIT: u32 = 8;
const LONGEST_WAIT: u32 = 64;
/// For so many seconds it must hold to be no lucky moment.
const LASTS: u32 = 40;
/// Seconds without any need of a limit, after which there is none.
const FORGOTTEN: u32 = 30;

/// How a second went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Strain {
    None,
    /// So many bits a second would get through.
    Through(u32),
}

/// Notices that a link is strained.
#[derive(Debug, Clone, Default)]
pub(crate) struct Sense {
    /// The round trip of an empty queue, in milliseconds. It rises slowly, for a way may change.
    round_trip: Option<f32>,
    /// Thousandths of loss that are put up with.
    usual: u16,
    /// The loss at which less was sent last, until it is known whether that has helped.
    at_fault: Option<u16>,
    /// Seconds in a row with a light strain, and with less believed possible than allotted.
    light: u8,
    believed: u8,
    /// The most that the browser has believed of late, in bits per second.
    belief: f32,
    /// Bits that were sent in the second before.
    sent: u32,
    settles: u32,
}

impl Sense {
    /// `allotted` is what may be sent, `arrived` what the other side says to receive, both in bits per second.
    pub(crate) fn look(&mut self, sample: &Sample, allotted: u32, arrived: Option<u32>) -> Strain {
        let (sent, loss) = Sample::total(&sample.sent);
        let queue = self.queue(sample.round_trip);
        let belief = self.belief(sample.available);
        // A round trip does not tell which way the queue is. If all arrives, it is theirs.
        let due = sent.min(std::mem::replace(&mut self.sent, sent));
        let all_arrives = loss < SOME_LOSS && arrived.is_some_and(|arrived| arrived >= due / 20 * 19);
        let queue = if all_arrives { 0.0 } else { queue };
        if self.settles > 0 {
            self.settles -= 1;
            return Strain::None;
        }
        if let Some(at_fault) = self.at_fault.take()
            && queue < QUEUES
            && u32::from(loss) * 10 >= u32::from(at_fault) * 7
        {
            self.usual = loss.min(UNBEARABLE);
        }
        self.usual = self.usual.min(loss.max(self.usual.saturating_sub(5)));
        let beyond = loss.saturating_sub(self.usual);
        let is_light = beyond > LOSSY || queue > QUEUES;
        let is_heavy = beyond > VERY_LOSSY || queue > QUEUES_LONG;
        self.light = if is_light { self.light.saturating_add(1) } else { 0 };
        let believes = belief.filter(|belief| {
            // Who sends little learns little of what would go.
            *belief < allotted / 10 * 9 && sent > belief / 2
        });
        self.believed = if believes.is_some() { self.believed.saturating_add(1) } else { 0 };
        if !(is_heavy || self.light >= PERSISTS || self.believed >= BELIEVED) {
            return Strain::None;
        }
        let got = u64::from(sent) * u64::from(1000 - loss.min(1000)) / 1000;
        let got = u32::try_from(got).unwrap_or(u32::MAX);
        let told = arrived.filter(|arrived| *arrived > 0).into_iter().chain(believes);
        let got = told.fold(got, u32::min);
        // A queue that has built up has to run empty. Where a browser only believes in less, there is none.
        Strain::Through(if self.light > 0 { got / 100 * 85 } else { got })
    }

    /// Less is sent from now on, because of this sample.
    pub(crate) fn on_lowered(&mut self, sample: &Sample) {
        self.settles = SETTLES;
        (self.light, self.believed) = (0, 0);
        self.at_fault = Some(Sample::total(&sample.sent).1).filter(|loss| *loss > LOSSY);
    }

    /// What the browser believes to get through, unless that still grows.
    #[expect(clippy::cast_precision_loss, reason = "a rate need not be exact")]
    fn belief(&mut self, available: Option<u32>) -> Option<u32> {
        let before = self.belief * 0.99;
        let now = available?;
        self.belief = before.max(now as f32);
        (now as f32 <= before * 1.02).then_some(now)
    }

    /// Milliseconds that packets wait in a queue.
    fn queue(&mut self, round_trip: Option<u16>) -> f32 {
        let Some(now) = round_trip.map(f32::from) else { return 0.0 };
        let empty = self.round_trip.map_or(now, |empty| (empty * 1.002).min(now));
        self.round_trip = Some(empty);
        now - empty * 1.5
    }
}

/// What may be sent.
#[derive(Debug, Clone)]
pub(crate) struct Throttle {
    limit: Option<u32>,
    /// Seconds since it changed, and since the last strain.
    since: u32,
    calm: u32,
    /// What the limit was before this try.
    trying: Option<u32>,
    /// A limit that was too much, and for how long to wait before as much is tried again.
    failed: Option<u32>,
    wait: u32,
}

impl Default for Throttle {
    fn default() -> Self {
        Self { limit: None, since: 0, calm: 0, trying: None, failed: None, wait: FIRST_WAIT }
    }
}

impl Throttle {
    /// Bits per second; nothing if there is no need of a limit.
    pub(crate) fn limit(&self) -> Option<u32> {
        self.limit
    }

    /// Takes a second; true if less is sent from now on. `next` is the least limit with which more would be sent.
    pub(crate) fn take(&mut self, strain: Strain, next: Option<u32>) -> bool {
        (self.since, self.calm) = (self.since.saturating_add(1), self.calm.saturating_add(1));
        match strain {
            Strain::Through(through) => self.lower(through),
            Strain::None => self.go_on(next),
        }
        strain != Strain::None
    }

    fn lower(&mut self, through: u32) {
        if let Some(limit) = self.limit {
            self.wait = if self.since < LASTS { (self.wait * 2).min(LONGEST_WAIT) } else { FIRST_WAIT };
            self.failed = Some(limit);
        }
        let limit = match (self.trying.take(), self.limit) {
            // What held before holds again, unless much less gets through.
            (Some(before), _) if through >= before / 10 * 6 => before,
            (_, limit) => through.min(limit.map_or(u32::MAX, |limit| limit / 10 * 9)),
        };
        (self.limit, self.since, self.calm) = (Some(limit), 0, 0);
    }

    fn go_on(&mut self, next: Option<u32>) {
        let Some(limit) = self.limit else { return };
        self.trying = self.trying.filter(|_| self.since < PROVES);
        if self.trying.is_some() {
            return;
        }
        if self.since >= LASTS && self.failed.is_some_and(|failed| failed <= limit) {
            (self.failed, self.wait) = (None, FIRST_WAIT);
        }
        match next.filter(|next| *next > limit) {
            Some(next) => {
                let has_failed = self.failed.is_some_and(|failed| failed <= next);
                if self.calm >= if has_failed { self.wait } else { FIRST_WAIT } {
                    (self.trying, self.limit, self.since) = (Some(limit), Some(next), 0);
                }
            }
            None if self.since >= FORGOTTEN => *self = Self::default(),
            None => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::Flow;
    use crate::report::Sources;

    fn sample(bits: u32, loss: u16, round_trip: u16) -> Sample {
        let camera = Flow { bits, loss, ..Flow::default() };
        let sent = Sources { camera, ..Sources::default() };
        Sample { sent, round_trip: Some(round_trip), ..Sample::default() }
    }

    #[test]
    fn heavy_loss_is_acted_upon_at_once_and_light_loss_when_it_persists() {
        let mut sense = Sense::default();
        assert_eq!(sense.look(&sample(1_000_000, 0, 50), 1_000_000, None), Strain::None);
        assert_eq!(sense.look(&sample(1_000_000, 500, 50), 1_000_000, None), Strain::Through(425_000));
        let mut sense = Sense::default();
        assert_eq!(sense.look(&sample(1_000_000, 100, 50), 1_000_000, None), Strain::None);
        assert_eq!(sense.look(&sample(1_000_000, 100, 50), 1_000_000, None), Strain::Through(765_000));
    }

    #[test]
    fn a_queue_is_a_strain_and_a_long_way_is_none() {
        let mut sense = Sense::default();
        for _ in 0..10 {
            assert_eq!(sense.look(&sample(1_000_000, 0, 400), 1_000_000, None), Strain::None);
        }
        let mut sense = Sense::default();
        assert_eq!(sense.look(&sample(1_000_000, 0, 40), 1_000_000, None), Strain::None);
        assert_eq!(
            sense.look(&sample(1_000_000, 0, 900), 1_000_000, Some(300_000)),
            Strain::Through(255_000)
        );
    }

    #[test]
    fn loss_that_stays_when_less_is_sent_is_put_up_with() {
        let mut sense = Sense::default();
        let weak = sample(1_000_000, 180, 50);
        sense.look(&weak, 1_000_000, None);
        assert!(matches!(sense.look(&weak, 1_000_000, None), Strain::Through(_)));
        sense.on_lowered(&weak);
        for _ in 0..20 {
            assert_eq!(sense.look(&sample(700_000, 170, 50), 700_000, None), Strain::None);
        }
        assert!(matches!(sense.look(&sample(700_000, 600, 50), 700_000, None), Strain::Through(_)));
    }

    #[test]
    fn what_the_browser_believes_counts_if_it_has_the_occasion_to_learn() {
        let believing = |bits| Sample { available: Some(100_000), ..sample(bits, 0, 50) };
        let looks = |bits| {
            let mut sense = Sense::default();
            (0..6).map(|_| sense.look(&believing(bits), 500_000, None)).last()
        };
        assert_eq!(looks(90_000), Some(Strain::Through(90_000)));
        assert_eq!(looks(20_000), Some(Strain::None));
    }

    /// Seconds until the limit is another one.
    fn until_changed(throttle: &mut Throttle, next: Option<u32>) -> u32 {
        let before = throttle.limit();
        let mut seconds = 0;
        while throttle.limit() == before {
            throttle.take(Strain::None, next);
            seconds += 1;
        }
        seconds
    }

    #[test]
    fn tries_that_fail_become_rare_and_what_is_below_them_does_not() {
        let mut throttle = Throttle::default();
        assert!(throttle.take(Strain::Through(85_000), Some(125_000)));
        let mut waits = Vec::new();
        for _ in 0..5 {
            assert_eq!(throttle.limit(), Some(85_000));
            waits.push((
                until_changed(&mut throttle, Some(125_000)),
                until_changed(&mut throttle, Some(195_000)),
            ));
            assert_eq!(throttle.limit(), Some(195_000));
            throttle.take(Strain::Through(70_000), None);
            assert_eq!(throttle.limit(), Some(70_000), "much less than what held before");
            throttle.limit = Some(85_000);
        }
        assert_eq!(waits, [(8, 6), (8, 8), (8, 24), (8, 56), (8, 56)]);
    }

    #[test]
    fn a_try_that_fails_ends_where_it_began_and_one_that_holds_is_followed_by_the_next() {
        let mut throttle = Throttle::default();
        throttle.take(Strain::Through(300_000), Some(500_000));
        until_changed(&mut throttle, Some(500_000));
        throttle.take(Strain::Through(290_000), None);
        assert_eq!(throttle.limit(), Some(300_000));
        assert_eq!(until_changed(&mut throttle, Some(500_000)), 16);
        assert_eq!(until_changed(&mut throttle, Some(900_000)), PROVES);
        assert_eq!(until_changed(&mut throttle, Some(1_500_000)), PROVES);
    }

    #[test]
    fn a_limit_that_holds_nothing_back_is_forgotten() {
        let mut throttle = Throttle::default();
        throttle.take(Strain::Through(1_000_000), None);
        assert_eq!(until_changed(&mut throttle, Some(300_000)), FORGOTTEN);
        assert_eq!(throttle.limit(), None);
    }
}
