//! Raised hands, in an order that all agree on.
//!
//! Who raises their hand takes the number after the greatest that is up; of two that were raised at once, and have the same
//! number, the lesser id goes first.

use visavis_protocol::PeerId;

use super::{Call, Stage};
use crate::view::TileView;

impl Call {
    /// Raises the user's hand, or takes it down.
    pub(super) fn raise_hand(&mut self, up: bool) {
        let Stage::InCall { .. } = self.stage else { return };
        if up == (self.out.presence.hand > 0) {
            return;
        }
        let last = self.roster.tiles().filter_map(|tile| tile.hand).max().unwrap_or_default();
        self.out.presence.hand = if up { last.saturating_add(1) } else { 0 };
        self.publish_presence();
    }
}

/// Puts the place in the order of hands where the number was, from 1.
pub(super) fn order(tiles: &mut [TileView]) {
    let up: Vec<(u32, PeerId)> =
        tiles.iter().filter_map(|tile| Some((tile.hand?, tile.peer.clone()))).collect();
    for tile in tiles {
        let before = |(hand, peer): &(u32, PeerId)| (Some(*hand), peer) < (tile.hand, &tile.peer);
        let place = up.iter().filter(|other| before(other)).fold(1, |place, _| place + 1);
        tile.hand = tile.hand.map(|_| place);
    }
}
