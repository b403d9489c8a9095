//! Who begins the DTLS handshake of a connection (`a=setup`, RFC 8842): agreed on once, and kept.
//!
//! Browsers leave it open again in every later offer, as RFC 8842 would have it. To one that restarts ICE, Firefox then
//! answers that it begins, even where it has not (its bug 1329028), and Chromium refuses that answer. So a later offer
//! says what was agreed on.

/// The part one side has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// It begins.
    Active,
    /// It is begun with.
    Passive,
}

const OPEN: &str = "a=setup:actpass";
const ACTIVE: &str = "a=setup:active";
const PASSIVE: &str = "a=setup:passive";

impl Part {
    /// The part that the maker of this answer takes, if it says so.
    pub(super) fn of_answerer(answer: &str) -> Option<Self> {
        answer.lines().find_map(|line| match line {
            ACTIVE => Some(Self::Active),
            PASSIVE => Some(Self::Passive),
            _ => None,
        })
    }

    /// The part that the other side has.
    pub(super) fn opposite(self) -> Self {
        match self {
            Self::Active => Self::Passive,
            Self::Passive => Self::Active,
        }
    }

    /// The offer, with its maker keeping this part.
    pub(super) fn kept_in(self, offer: &str) -> String {
        offer.replace(OPEN, if self == Self::Active { ACTIVE } else { PASSIVE })
    }
}

#[cfg(test)]
mod tests {
    use super::Part;

    #[test]
    fn an_answer_says_who_begins() {
        assert_eq!(Part::of_answerer("v=0\r\na=setup:active\r\n"), Some(Part::Active));
        assert_eq!(Part::of_answerer("v=0\r\na=setup:passive\r\n"), Some(Part::Passive));
        assert_eq!(Part::of_answerer("v=0\r\na=setup:actpass\r\n"), None);
        assert_eq!(Part::of_answerer(""), None);
    }

    #[test]
    fn what_was_agreed_on_is_kept_in_every_section() {
        let offer = "m=audio\r\na=setup:actpass\r\nm=video\r\na=setup:actpass\r\n";
        let kept = "m=audio\r\na=setup:passive\r\nm=video\r\na=setup:passive\r\n";
        assert_eq!(Part::Active.opposite().kept_in(offer), kept);
    }
}
