//! Where the tiles go: the arrangement that makes faces largest. Plain arithmetic; knows no page.

/// How equal tiles fill a stage, in CSS pixels.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Layout {
    /// Tiles side by side.
    pub(super) columns: u32,
    /// The width of each tile.
    pub(super) width: f64,
    /// The height of each tile.
    pub(super) height: f64,
}

impl Layout {
    /// The width that so many tiles leave free in the last row, between gaps; `None` if they fill it.
    pub(super) fn hole(&self, count: u32, gap: f64) -> Option<f64> {
        let free = (self.columns - count % self.columns) % self.columns;
        (free > 0 && count > self.columns).then(|| self.width * f64::from(free) + gap * f64::from(free - 1))
    }
}

/// The widest and the tallest a tile gets among others: a camera's picture cut to either still shows the face.
const ASPECT: (f64, f64) = (3.0 / 4.0, 16.0 / 9.0);

/// A single tile may fill a stage of almost any shape.
const ASPECT_ALONE: (f64, f64) = (9.0 / 21.0, 21.0 / 9.0);

/// Tries every number of columns and takes the one with the largest tiles; of two equals the one with the fewer
/// columns.
pub(super) fn layout(count: u32, width: f64, height: f64, gap: f64) -> Layout {
    let aspect = if count == 1 { ASPECT_ALONE } else { ASPECT };
    let mut best = Layout { columns: 1, width: 0.0, height: 0.0 };
    for columns in 1..=count {
        let rows = count.div_ceil(columns);
        let cell =
            |length: f64, cells: u32| ((length - gap * f64::from(cells - 1)) / f64::from(cells)).max(0.0);
        let (cell_width, cell_height) = (cell(width, columns), cell(height, rows));
        // Whole pixels: a rounded-up row would wrap.
        let width = cell_width.min(cell_height * aspect.1).floor();
        let height = cell_height.min(cell_width / aspect.0).floor();
        if width * height > best.width * best.height {
            best = Layout { columns, width, height };
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn columns(count: u32, width: f64, height: f64) -> u32 {
        layout(count, width, height, 8.0).columns
    }

    #[test]
    fn one_face_fills_a_desktop_and_a_phone() {
        assert_eq!(layout(1, 1280.0, 800.0, 8.0), Layout { columns: 1, width: 1280.0, height: 800.0 });
        assert_eq!(layout(1, 390.0, 844.0, 8.0), Layout { columns: 1, width: 390.0, height: 844.0 });
    }

    #[test]
    fn faces_stand_side_by_side_on_a_desktop_and_above_each_other_on_a_phone() {
        assert_eq!(columns(2, 1280.0, 720.0), 2);
        assert_eq!(columns(2, 390.0, 844.0), 1);
        assert_eq!(columns(3, 390.0, 780.0), 1);
        assert_eq!(columns(4, 1280.0, 720.0), 2);
        assert_eq!(columns(4, 390.0, 780.0), 1);
        assert_eq!(columns(7, 390.0, 780.0), 2);
        assert_eq!(columns(7, 844.0, 390.0), 4);
    }

    #[test]
    fn tiles_and_gaps_fit_the_stage_whatever_its_shape() {
        for count in 1..=12 {
            for (width, height) in
                [(320.0, 480.0), (390.0, 844.0), (844.0, 390.0), (1280.0, 800.0), (3440.0, 1440.0)]
            {
                let found = layout(count, width, height, 8.0);
                let (columns, rows) = (found.columns, count.div_ceil(found.columns));
                let used = |length: f64, cells: u32| length * f64::from(cells) + 8.0 * f64::from(cells - 1);
                assert!(found.width > 0.0 && found.height > 0.0);
                assert!(used(found.width, columns) <= width, "{count} in {width}x{height}: {found:?}");
                assert!(used(found.height, rows) <= height, "{count} in {width}x{height}: {found:?}");
            }
        }
    }

    #[test]
    fn no_arrangement_has_larger_tiles() {
        for count in 2..=8 {
            let best = layout(count, 1000.0, 700.0, 8.0);
            for columns in 1..=count {
                let rows = count.div_ceil(columns);
                let width = (1000.0 - 8.0 * f64::from(columns - 1)) / f64::from(columns);
                let height = (700.0 - 8.0 * f64::from(rows - 1)) / f64::from(rows);
                let (w, h) = (width.min(height * ASPECT.1), height.min(width / ASPECT.0));
                assert!(best.width * best.height >= w.floor() * h.floor());
            }
        }
    }

    #[test]
    fn an_unfinished_row_leaves_a_hole() {
        let four_by_two = layout(7, 1280.0, 720.0, 8.0);
        assert_eq!(four_by_two.hole(7, 8.0), Some(four_by_two.width));
        assert_eq!(four_by_two.hole(8, 8.0), None);
        assert_eq!(layout(1, 1280.0, 720.0, 8.0).hole(1, 8.0), None);
        assert_eq!(layout(2, 390.0, 844.0, 8.0).hole(2, 8.0), None);
        let one_of_three = Layout { columns: 3, width: 100.0, height: 100.0 };
        assert_eq!(one_of_three.hole(4, 8.0), Some(208.0));
    }

    #[test]
    fn a_stage_without_room_has_no_tiles_and_no_panic() {
        let nothing = Layout { columns: 1, width: 0.0, height: 0.0 };
        assert_eq!(layout(8, 0.0, 0.0, 8.0), nothing);
        assert_eq!(layout(0, 800.0, 600.0, 8.0), nothing);
        assert_eq!(layout(5, 10.0, 10.0, 8.0), nothing);
    }
}
