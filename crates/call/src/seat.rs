//! What a page keeps over a reload, so that it comes back as who it was.

use serde::Serialize;
use visavis_protocol::{PeerId, Resume, RoomId, Token, member};

/// Numbers that a page may use up in one life, of each kind that must never be used twice.
const SIGNALS: u64 = 1 << 32;
const REVISIONS: u32 = 1 << 14;
const GENERATIONS: u32 = 1 << 12;
/// A page is loaded less often than this; a seat that says otherwise is made up.
const MOST_LIVES: u32 = 1 << 16;

/// A place in a room. Whoever has it can take it, so it stays in the page that got it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Seat {
    pub(crate) room: RoomId,
    pub(crate) peer: PeerId,
    token: Token,
    /// How often the page was loaded before.
    lives: u32,
}

impl Seat {
    /// Reads what [`Seat::encode`] wrote; `None` if it is no seat.
    pub fn decode(text: &str) -> Option<Self> {
        let json = serde_json::from_str(text).ok()?;
        let seat = Self {
            room: member(&json, "room")?,
            peer: member(&json, "peer")?,
            token: member(&json, "token")?,
            lives: member(&json, "lives")?,
        };
        Some(seat).filter(|seat| seat.lives < MOST_LIVES)
    }

    /// As a text.
    pub fn encode(&self) -> String {
        // Texts and a number always convert.
        serde_json::to_string(self).unwrap_or_default()
    }

    pub(crate) fn resume(&self) -> Resume {
        Resume { peer: self.peer.clone(), token: self.token.clone() }
    }
}

/// Which life of a page this is: what it counts goes on from where its last one cannot have come.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) struct Life(u32);

impl Life {
    pub(crate) fn after(seat: Option<&Seat>) -> Self {
        Self(seat.map_or(0, |seat| seat.lives + 1))
    }

    pub(crate) fn seat(self, room: RoomId, resume: Resume) -> Seat {
        Seat { room, peer: resume.peer, token: resume.token, lives: self.0 }
    }

    /// The sequence number before the first signal.
    pub(crate) fn first_signal(self) -> u64 {
        u64::from(self.0) * SIGNALS
    }

    /// The revision before the first presence.
    pub(crate) fn first_revision(self) -> u32 {
        self.0 * REVISIONS
    }

    /// The life to whose numbers this generation belongs: others may have been loaded more often than we.
    pub(crate) fn reached(self, generation: u32) -> Self {
        Self(self.0.max(generation / GENERATIONS))
    }

    /// The generation before the first connection.
    pub(crate) fn first_generation(self) -> u32 {
        self.0 * GENERATIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seat_is_read_as_it_was_written_and_nothing_else_is() {
        let resume = Resume { peer: PeerId::from_bytes([1; 10]), token: Token::from_bytes([2; 32]) };
        let room = RoomId::from_bytes([3; 16]);
        let seat = Life(7).seat(room.clone(), resume.clone());
        assert_eq!(Seat::decode(&seat.encode()), Some(seat));
        let beyond = Life(MOST_LIVES).seat(room, resume).encode();
        for text in ["", "{}", "null", &beyond] {
            assert_eq!(Seat::decode(text), None, "{text}");
        }
    }

    #[test]
    fn a_later_life_counts_on() {
        let last = Life(MOST_LIVES);
        assert!(last.first_generation() <= crate::peer::MOST_GENERATION);
        assert!(last.first_revision() > Life(1).first_revision());
        let pulled = Life(3).reached(Life(5).first_generation() + 1);
        assert_eq!((pulled, Life(7).reached(5)), (Life(5), Life(7)));
        assert!(last.first_signal() < 1 << 53, "JSON numbers are read as such by browsers");
    }
}
