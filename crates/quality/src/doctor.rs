//! Compares both ends of a link and says what is wrong, and with whom. It has no words for it.
//!
//! One end alone sees that packets are lost, but not where. Who loses on its way to several people loses it on its own uplink;
//! to whom several people's packets do not come has a bad downlink; else it is lost between the two.

use serde::{Deserialize, Serialize};

use crate::history::History;
use crate::rates::Sample;
use crate::word::{Cause, Fares, Motion, Sent};

/// Thousandths of loss from which it is heard and seen.
pub(crate) const LOSSY: u32 = 50;
/// Milliseconds of a round trip from which people interrupt each other.
const FAR: u32 = 400;
/// Thousandths of the sound that are made up, from which words are hard to understand.
const BROKEN: u32 = 80;
/// What is told is the mean of so many seconds.
pub(crate) const LOOKS_BACK: usize = 5;

/// One of the two ends of a link.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Whose {
    /// This one.
    Ours,
    /// The other.
    Theirs,
}

impl Whose {
    fn other(self) -> Self {
        match self {
            Self::Ours => Self::Theirs,
            Self::Theirs => Self::Ours,
        }
    }
}

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Verdict {
    /// Somebody's way out loses packets.
    UplinkLoses {
        /// Whose.
        whose: Whose,
        /// Thousandths.
        loss: u16,
        /// What they make of their picture.
        sent: Sent,
    },
    /// Somebody's way in loses packets.
    DownlinkLoses {
        /// Whose.
        whose: Whose,
        /// Thousandths.
        loss: u16,
        /// What is made of the picture for them.
        sent: Sent,
    },
    /// They are lost somewhere between the two.
    PathLoses {
        /// Whose packets.
        whose: Whose,
        /// Thousandths.
        loss: u16,
        /// What is made of their picture.
        sent: Sent,
    },
    /// Somebody's way out carries less than their picture takes.
    UplinkNarrow {
        /// Whose.
        whose: Whose,
        /// What they make of it.
        sent: Sent,
    },
    /// The way between the two does.
    PathNarrow {
        /// Whose picture.
        whose: Whose,
        /// What is made of it.
        sent: Sent,
    },
    /// Somebody's processor does not keep up.
    Busy {
        /// Whose.
        whose: Whose,
    },
    /// What is said arrives late.
    Far {
        /// Milliseconds.
        round_trip: u16,
    },
    /// Packets come so unevenly that their sound is made up in part.
    Unsteady {
        /// Milliseconds.
        jitter: u16,
    },
    /// Somebody's microphone is on, and perfectly silent.
    Silent {
        /// Whose.
        whose: Whose,
    },
    /// Somebody's camera is on, and gives no picture.
    Still {
        /// Whose.
        whose: Whose,
    },
}

/// What is known of a link and its two ends.
#[derive(Debug)]
pub(crate) struct Case<'a> {
    pub(crate) history: &'a History,
    pub(crate) ours: Fares,
    /// Nothing if they have not told.
    pub(crate) theirs: Option<Fares>,
    /// What we make of our picture, and they of theirs.
    pub(crate) we_send: Sent,
    pub(crate) they_send: Sent,
}

impl Case<'_> {
    /// What is wrong, what matters most first.
    pub(crate) fn verdicts(&self) -> Vec<Verdict> {
        let mean = |of: fn(&Sample) -> u32| narrow(self.history.mean(LOOKS_BACK, of));
        let lost_in = mean(|sample| Sample::total(&sample.received).1.into());
        let lost_out = mean(|sample| Sample::total(&sample.sent).1.into());
        let (round_trip, jitter) = (
            mean(|sample| sample.round_trip.unwrap_or_default().into()),
            mean(|sample| sample.received.sound.jitter.into()),
        );
        let concealed = mean(|sample| sample.received.sound.concealed.into());
        let theirs = self.theirs.unwrap_or_default();

        let mut found = Vec::new();
        found.extend(self.network(Whose::Theirs, lost_in));
        found.extend(self.network(Whose::Ours, lost_out));
        for (whose, fares) in [(Whose::Theirs, theirs), (Whose::Ours, self.ours)] {
            if fares.microphone == Motion::Still {
                found.push(Verdict::Silent { whose });
            }
            if fares.camera == Motion::Still {
                found.push(Verdict::Still { whose });
            }
            if fares.busy {
                found.push(Verdict::Busy { whose });
            }
        }
        if u32::from(round_trip) >= FAR {
            found.push(Verdict::Far { round_trip });
        }
        if u32::from(concealed) >= BROKEN && u32::from(lost_in) < LOSSY {
            found.push(Verdict::Unsteady { jitter });
        }
        found
    }

    /// What becomes of somebody's packets on their way to the other.
    fn network(&self, whose: Whose, loss: u16) -> Option<Verdict> {
        let theirs = self.theirs.unwrap_or_default();
        let (sender, receiver, sent) = match whose {
            Whose::Ours => (self.ours, theirs, self.we_send),
            Whose::Theirs => (theirs, self.ours, self.they_send),
        };
        if u32::from(loss) >= LOSSY {
            return Some(if is_most(sender.lossy_out, sender.links) {
                Verdict::UplinkLoses { whose, loss, sent }
            } else if is_most(receiver.lossy_in, receiver.links) {
                Verdict::DownlinkLoses { whose: whose.other(), loss, sent }
            } else {
                Verdict::PathLoses { whose, loss, sent }
            });
        }
        match sent {
            Sent::Less(Cause::Network) | Sent::Nothing(Cause::Network) if sender.narrow => {
                Some(Verdict::UplinkNarrow { whose, sent })
            }
            Sent::Less(Cause::Network) | Sent::Nothing(Cause::Network) => {
                Some(Verdict::PathNarrow { whose, sent })
            }
            Sent::Whole | Sent::Less(_) | Sent::Nothing(_) => None,
        }
    }
}

/// Of one link alone nothing can be told.
fn is_most(lossy: u8, links: u8) -> bool {
    lossy >= 2 && u16::from(lossy) * 2 > u16::from(links)
}

fn narrow(number: u32) -> u16 {
    u16::try_from(number).unwrap_or(u16::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::rates::Flow;
    use crate::report::Sources;

    /// A link over which so many thousandths of theirs, and of ours, are lost.
    fn history(theirs: u16, ours: u16) -> History {
        let camera = |loss| Flow { bits: 300_000, loss, ..Flow::default() };
        let flows = |loss| Sources { camera: camera(loss), ..Sources::default() };
        let mut history = History::default();
        for at in 0..10 {
            let (sent, received) = (flows(ours), flows(theirs));
            history.push(Sample { at, round_trip: Some(40), sent, received, ..Sample::default() });
        }
        history
    }

    fn lossy(links: u8, lossy_out: u8, lossy_in: u8) -> Fares {
        Fares { links, lossy_out, lossy_in, ..Fares::default() }
    }

    fn verdicts(history: &History, ours: Fares, theirs: Option<Fares>) -> Vec<Verdict> {
        Case { history, ours, theirs, we_send: Sent::Whole, they_send: Sent::Less(Cause::Network) }.verdicts()
    }

    #[test]
    fn who_loses_to_several_people_has_a_bad_uplink() {
        let sent = Sent::Less(Cause::Network);
        assert_eq!(
            verdicts(&history(180, 0), lossy(3, 0, 1), Some(lossy(3, 3, 0))),
            [Verdict::UplinkLoses { whose: Whose::Theirs, loss: 180, sent }]
        );
        assert_eq!(
            verdicts(&history(180, 0), lossy(3, 0, 3), Some(lossy(3, 1, 0))),
            [Verdict::DownlinkLoses { whose: Whose::Ours, loss: 180, sent }]
        );
        assert_eq!(
            verdicts(&history(180, 0), lossy(1, 0, 1), Some(lossy(1, 1, 0))),
            [Verdict::PathLoses { whose: Whose::Theirs, loss: 180, sent }],
            "of two people nobody can tell"
        );
    }

    #[test]
    fn our_own_packets_are_judged_the_same_way() {
        let found = verdicts(&history(0, 120), lossy(2, 2, 0), None);
        assert!(found.contains(&Verdict::UplinkLoses { whose: Whose::Ours, loss: 120, sent: Sent::Whole }));
        let found = verdicts(&history(0, 120), lossy(3, 1, 0), Some(lossy(2, 0, 2)));
        assert!(found.contains(&Verdict::DownlinkLoses {
            whose: Whose::Theirs,
            loss: 120,
            sent: Sent::Whole
        }));
    }

    #[test]
    fn a_picture_that_does_not_fit_tells_of_a_narrow_way() {
        let sent = Sent::Less(Cause::Network);
        let narrow = Fares { narrow: true, ..lossy(2, 0, 0) };
        assert_eq!(
            verdicts(&history(0, 0), lossy(2, 0, 0), Some(narrow)),
            [Verdict::UplinkNarrow { whose: Whose::Theirs, sent }]
        );
        assert_eq!(
            verdicts(&history(0, 0), lossy(2, 0, 0), Some(lossy(2, 0, 0))),
            [Verdict::PathNarrow { whose: Whose::Theirs, sent }]
        );
    }

    #[test]
    fn devices_and_processors_are_told_of() {
        let theirs =
            Fares { busy: true, microphone: Motion::Still, camera: Motion::Still, ..Fares::default() };
        let case = Case {
            history: &history(0, 0),
            ours: Fares::default(),
            theirs: Some(theirs),
            we_send: Sent::Whole,
            they_send: Sent::Nothing(Cause::Unseen),
        };
        let whose = Whose::Theirs;
        let found = [Verdict::Silent { whose }, Verdict::Still { whose }, Verdict::Busy { whose }];
        assert_eq!(case.verdicts(), found);
    }
}
