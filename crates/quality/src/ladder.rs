//! The steps in which a picture gets better: for each what it takes.

use crate::limit::{FULL_SIZE, Limit};
use crate::word::Size;

/// A step of a ladder.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Rung {
    /// Of a frame.
    pub(crate) pixels: u32,
    /// A second.
    pub(crate) frames: u8,
    /// A second.
    pub(crate) bits: u32,
}

const fn rung(width: u32, height: u32, frames: u8, bits: u32) -> Rung {
    Rung { pixels: width * height, frames, bits }
}

/// Of a camera: a face is seen best if it moves.
pub(crate) const CAMERA: [Rung; 6] = [
    rung(320, 180, 12, 80_000),
    rung(320, 180, 24, 150_000),
    rung(480, 270, 30, 280_000),
    rung(640, 360, 30, 450_000),
    rung(960, 540, 30, 900_000),
    rung(1280, 720, 30, 1_500_000),
];

/// Of a screen: letters are to be read, so it is never made smaller.
pub(crate) const SCREEN: [Rung; 4] =
    [rung(0, 0, 3, 150_000), rung(0, 0, 5, 350_000), rung(0, 0, 15, 1_000_000), rung(0, 0, 30, 2_000_000)];

/// Sound with the headers of its packets, in bits per second.
pub(crate) const SOUND: u32 = 45_000;
/// What the encoder of the sound is given of that.
pub(crate) const SOUND_ENCODER: u32 = 32_000;

/// By so much a picture is stretched where it is shown, in tenths of its pixels, before the next step is worth its bits.
const STRETCHED: u64 = 17;
/// A lower step is good enough again when it need not be stretched by more than this.
const HARDLY_STRETCHED: u64 = 13;
/// A picture that would be made smaller by less than this is sent as it is.
const HARDLY_SMALLER: u16 = 115;
/// As much smaller as a picture gets.
const SMALLEST: u16 = 1000;

/// How many steps of the camera's ladder a tile of this size has a use for, if it had `before` so far.
pub(crate) fn steps_for(tile: Size, camera: (u16, u16), before: usize) -> usize {
    let needed = pixels_for(tile, camera);
    let enough = |factor: u64| {
        let found =
            CAMERA.iter().position(|rung| u64::from(rung.pixels) * factor / 10 >= needed && rung.frames > 20);
        found.map_or(CAMERA.len(), |at| at + 1)
    };
    before.clamp(enough(STRETCHED), enough(HARDLY_STRETCHED))
}

/// The pixels of a camera's picture that covers a tile, as far as the camera has them.
fn pixels_for(tile: Size, (width, height): (u16, u16)) -> u64 {
    let [tile_width, tile_height] = [tile.width, tile.height].map(u64::from);
    let (width, height) = (u64::from(width.max(1)), u64::from(height.max(1)));
    // By whichever side it has to be stretched more.
    let pixels = if tile_width * height >= tile_height * width {
        tile_width * tile_width * height / width
    } else {
        tile_height * tile_height * width / height
    };
    pixels.min(width * height)
}

/// What a camera of this size keeps to on a step; 0 is off.
pub(crate) fn camera_limit(step: usize, camera: (u16, u16)) -> Limit {
    let Some(rung) = step.checked_sub(1).and_then(|at| CAMERA.get(at)) else { return Limit::OFF };
    let own = u32::from(camera.0) * u32::from(camera.1);
    let ratio = f64::from(own) / f64::from(rung.pixels);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive and small")]
    let scale = (ratio.sqrt() * f64::from(FULL_SIZE)) as u16;
    let scale = if scale < HARDLY_SMALLER { FULL_SIZE } else { scale.min(SMALLEST) };
    Limit { active: true, max_bitrate: rung.bits, scale, max_framerate: rung.frames }
}

/// What a screen keeps to on a step; 0 is off.
pub(crate) fn screen_limit(step: usize) -> Limit {
    let Some(rung) = step.checked_sub(1).and_then(|at| SCREEN.get(at)) else { return Limit::OFF };
    Limit { active: true, max_bitrate: rung.bits, scale: FULL_SIZE, max_framerate: rung.frames }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const HD: (u16, u16) = (1280, 720);

    fn tile(width: u16, height: u16) -> Size {
        Size { width, height }
    }

    #[test]
    fn a_tile_gets_the_step_that_fills_it() {
        for (width, height, steps) in [
            (160, 90, 2),
            (320, 180, 2),
            (480, 270, 3),
            (640, 360, 4),
            (960, 540, 5),
            (1280, 720, 6),
            (4000, 3000, 6),
        ] {
            assert_eq!(steps_for(tile(width, height), HD, 6), steps, "{width}x{height}");
        }
    }

    #[test]
    fn a_square_tile_needs_the_whole_height() {
        assert_eq!(steps_for(tile(540, 540), HD, 6), steps_for(tile(960, 540), HD, 6));
        assert_eq!(steps_for(tile(390, 844), (480, 640), 6), 5, "no more than the camera has");
    }

    #[test]
    fn a_tile_that_grows_or_shrinks_a_little_keeps_its_step() {
        assert_eq!(steps_for(tile(800, 450), HD, 4), 4);
        assert_eq!(steps_for(tile(900, 506), HD, 4), 5);
        assert_eq!(steps_for(tile(800, 450), HD, 5), 5);
        assert_eq!(steps_for(tile(700, 394), HD, 5), 4);
    }

    #[test]
    fn the_scale_makes_the_picture_as_large_as_the_step() {
        assert_eq!(camera_limit(6, HD).scale, 100);
        assert_eq!(camera_limit(4, HD).scale, 200);
        assert_eq!(camera_limit(1, HD).scale, 400);
        assert_eq!(camera_limit(4, (640, 480)).scale, 115);
        assert_eq!(camera_limit(6, (320, 240)).scale, 100);
        assert_eq!(camera_limit(0, HD), Limit::OFF);
    }

    proptest! {
        #[test]
        fn limits_are_valid_and_a_larger_tile_never_gets_less(
            width in 0_u16..5000, height in 0_u16..5000, camera in (1_u16..4000, 1_u16..4000), before in 0_usize..7, step in 0_usize..9,
        ) {
            let limit = camera_limit(step, camera);
            prop_assert!(limit.scale >= FULL_SIZE && limit.max_framerate > 0 && limit.max_bitrate > 0);
            let steps = steps_for(tile(width, height), camera, before);
            prop_assert!((1..=CAMERA.len()).contains(&steps));
            let larger = steps_for(tile(width.saturating_mul(2), height.saturating_mul(2)), camera, before);
            prop_assert!(larger >= steps);
            prop_assert_eq!(steps_for(tile(width, height), camera, steps), steps, "it stays");
        }
    }
}
