//! Equal tiles that fill a room: the arrangement that makes them largest.

use crate::place::Rect;

/// The widest and the tallest that a tile gets, as width and height: a camera's picture cut to either still shows the face.
type Shapes = [(u32, u32); 2];

/// Among others.
pub(crate) const FACE: Shapes = [(16, 9), (3, 4)];

/// One face alone may fill a stage of almost any shape.
pub(crate) const FACE_ALONE: Shapes = [(21, 9), (9, 21)];

/// What somebody shows keeps its shape.
pub(crate) const SCREEN: Shapes = [(16, 9), (16, 9)];

/// Equal tiles in rows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Grid {
    pub(crate) columns: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Grid {
    /// Tries every number of columns and takes the one with the largest tiles; of two equals the one with the fewer.
    pub(crate) fn largest(count: u32, room: &Rect, gap: u32, [widest, tallest]: Shapes) -> Self {
        let mut best = Self { columns: 1, width: 0, height: 0 };
        for columns in 1..=count {
            let cell_width = share(room.width, columns, gap);
            let cell_height = share(room.height, count.div_ceil(columns), gap);
            let width = cell_width.min(cell_height * widest.0 / widest.1);
            let height = cell_height.min(cell_width * tallest.1 / tallest.0);
            if width * height > best.width * best.height {
                best = Self { columns, width, height };
            }
        }
        best
    }
}

/// What each of so many gets of a length, with gaps between them.
pub(crate) fn share(length: u32, parts: u32, gap: u32) -> u32 {
    length.saturating_sub(gap * (parts - 1)) / parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn room(width: u32, height: u32) -> Rect {
        Rect { left: 0, top: 0, width, height }
    }

    fn columns(count: u32, width: u32, height: u32) -> u32 {
        Grid::largest(count, &room(width, height), 8, FACE).columns
    }

    #[test]
    fn faces_stand_side_by_side_on_a_desktop_and_above_each_other_on_a_phone() {
        assert_eq!(columns(2, 1280, 720), 2);
        assert_eq!(columns(2, 390, 844), 1);
        assert_eq!(columns(3, 390, 780), 1);
        assert_eq!(columns(4, 1280, 720), 2);
        assert_eq!(columns(4, 390, 780), 1);
        assert_eq!(columns(7, 390, 780), 2);
        assert_eq!(columns(7, 844, 390), 4);
    }

    #[test]
    fn one_face_fills_a_desktop_and_a_phone() {
        for (width, height) in [(1280, 800), (390, 844)] {
            let grid = Grid::largest(1, &room(width, height), 8, FACE_ALONE);
            assert_eq!(grid, Grid { columns: 1, width, height });
        }
    }

    #[test]
    fn a_stage_without_room_has_no_tiles_and_no_panic() {
        let nothing = Grid { columns: 1, width: 0, height: 0 };
        assert_eq!(Grid::largest(8, &room(0, 0), 8, FACE), nothing);
        assert_eq!(Grid::largest(0, &room(800, 600), 8, FACE), nothing);
        assert_eq!(Grid::largest(5, &room(10, 10), 8, FACE), nothing);
    }
}
