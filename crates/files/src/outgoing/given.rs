//! Who was sent which block last. What several want of a file for everybody needs to be sent once: they give it to each other.

use visavis_protocol::PeerId;

/// More people than any room holds.
const MOST: usize = 255;

#[derive(Debug, Default)]
pub(super) struct Given {
    people: Vec<PeerId>,
    /// By block: the place of that person, from 1; 0 if it was sent to nobody. Empty at first.
    last: Vec<u8>,
}

impl Given {
    /// This block, of so many, is sent to them.
    pub(super) fn note(&mut self, block: u32, of: u32, to: &PeerId) {
        let at = self.people.iter().position(|person| person == to).unwrap_or_else(|| {
            self.people.push(to.clone());
            self.people.len() - 1
        });
        self.last.resize(of as usize, 0);
        if let (Some(last), true) = (self.last.get_mut(block as usize), at < MOST) {
            *last = u8::try_from(at + 1).unwrap_or_default();
        }
    }

    /// To whom it was sent last.
    pub(super) fn to(&self, block: u32) -> Option<&PeerId> {
        let last = self.last.get(block as usize).copied().unwrap_or_default();
        self.people.get(usize::from(last).checked_sub(1)?)
    }
}
