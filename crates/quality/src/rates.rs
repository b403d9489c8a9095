//! What a second was like: the difference of two reports, in whole numbers.

use serde::{Deserialize, Serialize};

use crate::report::{Counts, Limited, Report, Sources, Way};

/// Fewer packets than this tell nothing of how many are lost.
const FEW: u64 = 5;

/// What went one way of one source in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Flow {
    /// Bits per second.
    pub bits: u32,
    /// Thousandths of its packets that were lost.
    pub loss: u16,
    /// Milliseconds.
    pub jitter: u16,
    /// Frames per second.
    pub frames: u16,
    /// Pixels.
    pub width: u16,
    /// Pixels.
    pub height: u16,
    /// How often the picture began to stand still.
    pub freezes: u16,
    /// Milliseconds for which it did.
    pub frozen: u16,
    /// Tenths of milliseconds that it took to encode a frame.
    pub encoding: u16,
    /// Thousandths of the sound that were made up.
    pub concealed: u16,
    /// How loud it was, in thousandths; nothing where that is not told.
    pub level: Option<u16>,
    /// What held it back.
    pub limited: Limited,
}

/// What a second of a link was like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sample {
    /// When, in milliseconds of the clock that every look is told by.
    pub at: u64,
    /// How it found its way.
    pub way: Way,
    /// Milliseconds.
    pub round_trip: Option<u16>,
    /// Bits per second that the browser believes it could send.
    pub available: Option<u32>,
    /// What was sent.
    pub sent: Sources<Flow>,
    /// What came.
    pub received: Sources<Flow>,
}

impl Sample {
    /// What was sent, or came, altogether: bits per second, and thousandths of it that were lost.
    pub fn total(flows: &Sources<Flow>) -> (u32, u16) {
        let bits = flows.all().iter().fold(0_u32, |sum, flow| sum.saturating_add(flow.bits));
        let lost: u64 = flows.all().iter().map(|flow| u64::from(flow.bits) * u64::from(flow.loss)).sum();
        (bits, narrow(lost.checked_div(u64::from(bits)).unwrap_or_default()))
    }
}

/// What lies between two reports of one connection, so many milliseconds apart.
pub(crate) fn between(before: &Report, now: &Report, at: u64, millis: u64) -> Sample {
    let flows = |before: &Sources<Counts>, now: &Sources<Counts>| Sources {
        sound: flow(&before.sound, &now.sound, millis),
        camera: flow(&before.camera, &now.camera, millis),
        screen: flow(&before.screen, &now.screen, millis),
    };
    Sample {
        at,
        way: now.way,
        round_trip: now.round_trip,
        available: now.available,
        sent: flows(&before.sent, &now.sent),
        received: flows(&before.received, &now.received),
    }
}

fn flow(before: &Counts, now: &Counts, millis: u64) -> Flow {
    // A count that has fallen was begun anew.
    let grown = |of: fn(&Counts) -> u64| of(now).saturating_sub(of(before));
    let per_second = |count: u64| count.saturating_mul(1000).checked_div(millis).unwrap_or_default();
    let (packets, missing) = (grown(|counts| counts.packets), grown(|counts| counts.lost));
    let frames = grown(|counts| counts.frames);
    let loss = match now.share_lost {
        Some(share) if packets > 0 => share.min(1000),
        None if packets + missing >= FEW => share_of(missing, packets + missing),
        _ => 0,
    };
    Flow {
        bits: u32::try_from(per_second(grown(|counts| counts.bytes).saturating_mul(8))).unwrap_or(u32::MAX),
        loss,
        jitter: now.jitter,
        frames: narrow(per_second(frames)),
        width: now.size.0,
        height: now.size.1,
        freezes: narrow(u64::from(now.freezes.saturating_sub(before.freezes))),
        frozen: narrow(grown(|counts| counts.frozen)),
        encoding: narrow(
            grown(|counts| counts.encoding).saturating_mul(10).checked_div(frames).unwrap_or_default(),
        ),
        concealed: share_of(grown(|counts| counts.concealed), grown(|counts| counts.samples)),
        level: now.level,
        limited: now.limited,
    }
}

/// Thousandths.
pub(crate) fn share_of(part: u64, whole: u64) -> u16 {
    narrow(part.saturating_mul(1000).checked_div(whole).unwrap_or_default().min(1000))
}

fn narrow(count: u64) -> u16 {
    u16::try_from(count).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_second_is_the_difference_of_two_reports() {
        let before = Counts { bytes: 1000, packets: 100, frames: 10, encoding: 50, ..Counts::default() };
        let now = Counts {
            bytes: 126_000,
            packets: 180,
            lost: 20,
            frames: 40,
            encoding: 200,
            freezes: 1,
            frozen: 250,
            samples: 48_000,
            concealed: 4800,
            size: (640, 360),
            ..Counts::default()
        };
        let flow = flow(&before, &now, 1000);
        assert_eq!((flow.bits, flow.loss, flow.frames, flow.encoding), (1_000_000, 200, 30, 50));
        assert_eq!((flow.freezes, flow.frozen, flow.concealed), (1, 250, 100));
        assert_eq!((flow.width, flow.height), (640, 360));
    }

    #[test]
    fn counts_that_begin_anew_are_no_flood_and_no_time_is_no_rate() {
        let before = Counts { bytes: 1 << 40, packets: 1 << 30, lost: 99, ..Counts::default() };
        assert_eq!(flow(&before, &Counts::default(), 1000), Flow::default());
        assert_eq!(flow(&Counts::default(), &before, 0).bits, 0);
    }

    #[test]
    fn of_what_is_sent_the_other_side_tells_what_it_missed() {
        let now = |packets| Counts { packets, share_lost: Some(180), ..Counts::default() };
        assert_eq!(flow(&now(50), &now(90), 1000).loss, 180);
        assert_eq!(flow(&now(90), &now(90), 1000).loss, 0, "what is not sent is not lost");
    }

    #[test]
    fn the_loss_of_a_link_is_that_of_what_it_carries_most_of() {
        let sound = Flow { bits: 40_000, loss: 100, ..Flow::default() };
        let camera = Flow { bits: 360_000, loss: 200, ..Flow::default() };
        let flows = Sources { sound, camera, screen: Flow::default() };
        assert_eq!(Sample::total(&flows), (400_000, 190));
        assert_eq!(Sample::total(&Sources::default()), (0, 0));
    }
}
