//! Which part of a stage is whose.

use crate::{
    Cast, Layout, Subject,
    grid::{FACE, FACE_ALONE, Grid, SCREEN, share},
};

/// A part of the stage, in CSS pixels from its top left.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Rect {
    /// From the left edge of the stage.
    pub left: u32,
    /// From its top.
    pub top: u32,
    /// Its own.
    pub width: u32,
    /// Its own.
    pub height: u32,
}

/// Where a last row that is not full leaves its room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Hole {
    /// At both sides.
    Beside,
    /// At the left: the user's own tile stands there.
    Left,
    /// At the right: the user's own tile stands there.
    Right,
}

/// What there is to be shared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// In CSS pixels.
    pub width: u32,
    /// In CSS pixels.
    pub height: u32,
    /// Between two tiles, in CSS pixels.
    pub gap: u32,
    /// The first is at the right, where lines begin.
    pub mirrored: bool,
    /// For the last row of a grid.
    pub hole: Hole,
}

/// The width of a row of faces beside something large is so much of the stage's, within these bounds, in CSS pixels.
const STRIP: (u32, u32, u32) = (18, 144, 280);

impl<Id: Clone + PartialEq> Layout<Id> {
    /// Gives everybody a place, but for the user's own tile when it stands in a corner, or is hidden. Places do not overlap,
    /// and none is beyond the stage.
    pub fn place(&self, cast: &Cast<Id>, stage: &Stage) -> Vec<(Subject<Id>, Rect)> {
        let (large, small) = self.parts(cast);
        let whole = Rect { left: 0, top: 0, width: stage.width, height: stage.height };
        let shapes = if large.len() == 1 { FACE_ALONE } else { FACE };
        let mut places = match self {
            Self::Alone | Self::Grid => rows(&large, whole, stage.gap, shapes, stage.hole),
            Self::Spotlight(_) | Self::Screens | Self::Screen(_) => {
                let [room, strip] = if small.is_empty() {
                    [whole, Rect::default()]
                } else {
                    divide(whole, stage.gap, large.len(), matches!(self, Self::Spotlight(_)))
                };
                let mut places = cells(large, room, stage.gap);
                places.extend(rows(&small, strip, stage.gap, FACE, Hole::Beside));
                places
            }
        };
        if stage.mirrored {
            for (_, place) in &mut places {
                place.left = stage.width - place.left - place.width;
            }
        }
        places
    }
}

/// The room of what is large, and that of the others: at its right, or below it where there is more height.
fn divide(whole: Rect, gap: u32, large: usize, is_face: bool) -> [Rect; 2] {
    if whole.height > whole.width {
        // Screens are wider than they are high, and there is no use in bars above and below them.
        let count = u32::try_from(large).unwrap_or(1);
        let needed = if is_face { whole.height } else { (whole.width * 5 / 8 + gap) * count };
        let height = needed.min(whole.height * 64 / 100);
        let top = (height + gap).min(whole.height);
        let strip = Rect { top, height: whole.height - top, ..whole };
        return [Rect { height, ..whole }, strip];
    }
    let (share, least, most) = STRIP;
    let width = (whole.width * share / 100).clamp(least, most).min(whole.width / 3);
    let left = whole.width - width;
    [Rect { width: left.saturating_sub(gap), ..whole }, Rect { left, width, ..whole }]
}

/// Equal tiles in rows, in the middle of a room.
fn rows<Id: Clone>(
    subjects: &[Subject<Id>],
    room: Rect,
    gap: u32,
    shapes: [(u32, u32); 2],
    hole: Hole,
) -> Vec<(Subject<Id>, Rect)> {
    let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let Grid { columns, width, height } = Grid::largest(count, &room, gap, shapes);
    let used = |length: u32, cells: u32| length * cells + gap * cells.saturating_sub(1);
    let all = count.div_ceil(columns);
    let left = room.left + room.width.saturating_sub(used(width, columns)) / 2;
    let top = room.top + room.height.saturating_sub(used(height, all)) / 2;
    let place = |at: u32| {
        let (row, column) = (at / columns, at % columns);
        let free = columns - (count - row * columns).min(columns);
        let shift = free * (width + gap);
        let shift = match hole {
            Hole::Beside => shift / 2,
            Hole::Left => shift,
            Hole::Right => 0,
        };
        let (left, top) = (left + shift + column * (width + gap), top + row * (height + gap));
        Rect { left, top, width, height }
    };
    subjects.iter().cloned().zip((0..count).map(place)).collect()
}

/// A room in equal parts, in the rows that leave the largest pictures of screens.
fn cells<Id>(subjects: Vec<Subject<Id>>, room: Rect, gap: u32) -> Vec<(Subject<Id>, Rect)> {
    let count = u32::try_from(subjects.len()).unwrap_or(u32::MAX);
    let columns = Grid::largest(count, &room, gap, SCREEN).columns;
    let width = share(room.width, columns, gap);
    let height = share(room.height, count.div_ceil(columns), gap);
    let place = |at: u32| {
        let (left, top) = (at % columns * (width + gap), at / columns * (height + gap));
        Rect { left: room.left + left, top: room.top + top, width, height }
    };
    subjects.into_iter().zip((0..count).map(place)).collect()
}
