//! How one uplink is shared among all that want something of it.
//!
//! Sound is always sent. Then whoever has least gets the next step of their ladder, as long as that fits their link and what is
//! left of the uplink; of two with as much, the one with the larger tile. A screen goes before faces.

use crate::ladder::{CAMERA, Rung, SCREEN, SOUND};

/// All that we send at most, in bits per second: six people in a call are less than 3 Mbit/s each.
pub(crate) const MOST: u32 = 2_600_000;

/// What somebody wants of us.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Want {
    /// Steps of the camera's ladder; 0 is nothing.
    pub(crate) camera: usize,
    /// Steps of the screen's ladder.
    pub(crate) screen: usize,
    /// The size of their tile of us, to compare.
    pub(crate) weight: u32,
    /// What their link bears, in bits per second.
    pub(crate) limit: Option<u32>,
}

/// What they get.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Share {
    pub(crate) camera: usize,
    pub(crate) screen: usize,
}

impl Share {
    /// What it takes, in bits per second.
    pub(crate) fn bits(self) -> u32 {
        SOUND + bits_of(&CAMERA, self.camera) + bits_of(&SCREEN, self.screen)
    }
}

/// The shares, in the order of the wants, and the least uplink with which somebody would have more of it.
pub(crate) fn share(wants: &[Want], uplink: Option<u32>) -> (Vec<Share>, Option<u32>) {
    let most = uplink.unwrap_or(MOST).min(MOST);
    let mut shares = vec![Share::default(); wants.len()];
    let mut total = shares.iter().fold(0_u32, |sum, share| sum.saturating_add(share.bits()));
    loop {
        let steps = wants.iter().zip(&shares).enumerate().filter_map(|(at, (want, share))| {
            let raised = raise(*want, *share)?;
            want.limit.is_none_or(|limit| raised.bits() <= limit).then_some((at, raised))
        });
        let next =
            steps.min_by_key(|(at, raised)| (rank(shares[*at], *raised), u32::MAX - wants[*at].weight, *at));
        let Some((at, raised)) = next else { return (shares, None) };
        let then = total.saturating_add(raised.bits() - shares[at].bits());
        if then > most {
            return (shares, Some(then).filter(|then| *then <= MOST));
        }
        (shares[at], total) = (raised, then);
    }
}

/// The least limit of their link with which they would get more; nothing if they want no more.
pub(crate) fn next_of(want: Want, share: Share) -> Option<u32> {
    raise(want, share).map(Share::bits)
}

/// One step more of what is wanted, the screen first.
fn raise(want: Want, share: Share) -> Option<Share> {
    let (camera, screen) = (share.camera < want.camera, share.screen < want.screen);
    // Letters that can be read, then a face that moves, then the rest of both in turn.
    if screen && (!camera || share.screen <= share.camera) {
        Some(Share { screen: share.screen + 1, ..share })
    } else {
        camera.then_some(Share { camera: share.camera + 1, ..share })
    }
}

/// The least goes first.
fn rank(share: Share, raised: Share) -> usize {
    if raised.screen > share.screen { 2 * share.screen } else { 2 * share.camera + 1 }
}

fn bits_of(ladder: &[Rung], steps: usize) -> u32 {
    steps.checked_sub(1).and_then(|at| ladder.get(at)).map_or(0, |rung| rung.bits)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn face(camera: usize, weight: u32, limit: Option<u32>) -> Want {
        Want { camera, screen: 0, weight, limit }
    }

    fn cameras(wants: &[Want], uplink: Option<u32>) -> Vec<usize> {
        share(wants, uplink).0.iter().map(|share| share.camera).collect()
    }

    fn total(shares: &[Share]) -> u32 {
        shares.iter().map(|share| share.bits()).sum()
    }

    #[test]
    fn one_gets_all_and_five_share() {
        assert_eq!(cameras(&[face(6, 1, None)], None), [6]);
        assert_eq!(cameras(&[face(6, 1, None); 5], None), [4; 5]);
        assert_eq!(cameras(&[face(6, 1, None); 7], None), [4, 3, 3, 3, 3, 3, 3]);
    }

    #[test]
    fn of_two_the_larger_tile_gets_more_and_who_sees_nothing_gets_nothing() {
        assert_eq!(cameras(&[face(6, 1, None), face(6, 2, None), face(0, 3, None)], None), [5, 6, 0]);
    }

    #[test]
    fn a_narrow_link_takes_nothing_from_the_others() {
        assert_eq!(cameras(&[face(6, 1, Some(200_000)), face(6, 1, None)], None), [2, 6]);
        assert_eq!(cameras(&[face(6, 1, Some(100_000))], None), [0]);
    }

    #[test]
    fn on_a_narrow_uplink_all_step_down_together_and_sound_stays() {
        assert_eq!(cameras(&[face(6, 1, None); 4], Some(800_000)), [2; 4]);
        let (shares, next) = share(&[face(6, 1, None); 4], Some(100_000));
        assert_eq!((shares, next), (vec![Share::default(); 4], Some(4 * SOUND + 80_000)));
    }

    #[test]
    fn a_screen_goes_first_and_leaves_room_for_a_face() {
        let want = Want { camera: 3, screen: 4, weight: 1, limit: None };
        let (shares, _) = share(&[want], Some(300_000));
        assert_eq!(shares, [Share { camera: 1, screen: 1 }]);
        let (shares, _) = share(&[want], None);
        assert_eq!(shares, [Share { camera: 3, screen: 4 }]);
    }

    fn any_want() -> impl Strategy<Value = Want> {
        let limit = proptest::option::of(0_u32..3_000_000);
        (0..=CAMERA.len(), 0..=SCREEN.len(), 0..10_u32, limit)
            .prop_map(|(camera, screen, weight, limit)| Want { camera, screen, weight, limit })
    }

    proptest! {
        #[test]
        fn nobody_gets_more_than_they_want_or_their_link_bears_and_all_together_no_more_than_there_is(
            wants in proptest::collection::vec(any_want(), 0..8), uplink in proptest::option::of(0_u32..4_000_000),
        ) {
            let (shares, next) = share(&wants, uplink);
            for (want, share) in wants.iter().zip(&shares) {
                prop_assert!(share.camera <= want.camera && share.screen <= want.screen);
                let pictures = share.bits() > SOUND;
                prop_assert!(!pictures || want.limit.is_none_or(|limit| share.bits() <= limit));
            }
            let most = uplink.unwrap_or(MOST).min(MOST);
            let sound = SOUND * u32::try_from(wants.len()).unwrap();
            prop_assert!(total(&shares) <= most.max(sound));
            if let Some(next) = next {
                prop_assert!(next > most && next <= MOST);
                prop_assert!(total(&share(&wants, Some(next)).0) > total(&shares), "the next step is one");
            }
        }
    }
}
