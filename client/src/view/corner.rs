//! Where the user's own small tile is: in one of four corners, dragged there or sent there with the arrow keys.

use leptos::prelude::*;
use visavis_layout::Hole;

use super::parts::whole;
use crate::browser::ui;

/// A corner of the stage.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Corner {
    pub(super) right: bool,
    pub(super) bottom: bool,
}

impl Corner {
    /// The corner nearest to a point of a stage of this size.
    fn nearest((x, y): (f64, f64), (width, height): (f64, f64)) -> Self {
        Self { right: x > width / 2.0, bottom: y > height / 2.0 }
    }

    fn moved(self, key: &str) -> Option<Self> {
        match key {
            "ArrowLeft" => Some(Self { right: false, ..self }),
            "ArrowRight" => Some(Self { right: true, ..self }),
            "ArrowUp" => Some(Self { bottom: false, ..self }),
            "ArrowDown" => Some(Self { bottom: true, ..self }),
            _ => None,
        }
    }

    fn name(self) -> &'static str {
        match (self.bottom, self.right) {
            (false, false) => "top-left",
            (false, true) => "top-right",
            (true, false) => "bottom-left",
            (true, true) => "bottom-right",
        }
    }
}

#[derive(Debug, Clone, Copy)]
struct Drag {
    from: (f64, f64),
    by: (f64, f64),
}

/// The corner in use and the drag under way.
#[derive(Debug, Clone, Copy)]
pub(super) struct CornerTile {
    corner: RwSignal<Corner>,
    drag: RwSignal<Option<Drag>>,
    stage: Signal<(f64, f64)>,
}

impl CornerTile {
    /// At the bottom of a stage of this size, where lines end.
    pub(super) fn new(stage: Signal<(f64, f64)>) -> Self {
        let corner = Corner { right: ui::root_attribute("dir") != "rtl", bottom: true };
        Self { corner: RwSignal::new(corner), drag: RwSignal::new(None), stage }
    }

    pub(super) fn name(self) -> &'static str {
        self.corner.get().name()
    }

    /// Where it leaves no room for the faces of the last row.
    pub(super) fn hole(self) -> Hole {
        match self.corner.get() {
            Corner { bottom: true, right: true } => Hole::Right,
            Corner { bottom: true, right: false } => Hole::Left,
            Corner { bottom: false, .. } => Hole::Beside,
        }
    }

    pub(super) fn is_dragged(self) -> bool {
        self.drag.with(Option::is_some)
    }

    /// How far the tile is from its corner, as a CSS translation.
    pub(super) fn offset(self) -> String {
        self.drag.get().map_or_else(
            || "none".to_owned(),
            |drag| format!("translate({}px, {}px)", whole(drag.by.0), whole(drag.by.1)),
        )
    }

    pub(super) fn grab(self, at: (f64, f64)) {
        self.drag.set(Some(Drag { from: at, by: (0.0, 0.0) }));
    }

    pub(super) fn pull(self, to: (f64, f64)) {
        if let Some(Drag { from, .. }) = self.drag.get_untracked() {
            self.drag.set(Some(Drag { from, by: (to.0 - from.0, to.1 - from.1) }));
        }
    }

    /// Lets go, on a stage that begins so far from the left; a press without a move leaves the tile where it is.
    pub(super) fn drop_at(self, at: (f64, f64), left: f64) {
        const CLICK: f64 = 8.0;
        let Some(Drag { from, .. }) = self.drag.get_untracked() else { return };
        self.drag.set(None);
        if (at.0 - from.0).hypot(at.1 - from.1) > CLICK {
            self.corner.set(Corner::nearest((at.0 - left, at.1), self.stage.get_untracked()));
        }
    }

    /// The pointer was taken away in the middle of a drag.
    pub(super) fn cancel(self) {
        self.drag.set(None);
    }

    /// Whether the key was one of ours.
    pub(super) fn press(self, key: &str) -> bool {
        let moved = self.corner.get_untracked().moved(key);
        if let Some(corner) = moved {
            self.corner.set(corner);
        }
        moved.is_some()
    }
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_tile_lands_in_the_nearest_corner() {
        let size = (1000.0, 600.0);
        assert_eq!(Corner::nearest((20.0, 30.0), size).name(), "top-left");
        assert_eq!(Corner::nearest((800.0, 30.0), size).name(), "top-right");
        assert_eq!(Corner::nearest((499.0, 599.0), size).name(), "bottom-left");
        assert_eq!(Corner::nearest((999.0, 301.0), size).name(), "bottom-right");
    }

    #[test]
    fn arrow_keys_lead_to_every_corner() {
        let start = Corner { right: true, bottom: true };
        let name =
            |keys: &[&str]| keys.iter().fold(start, |corner, key| corner.moved(key).unwrap_or(corner)).name();
        assert_eq!(name(&["ArrowLeft"]), "bottom-left");
        assert_eq!(name(&["ArrowLeft", "ArrowUp"]), "top-left");
        assert_eq!(name(&["ArrowUp"]), "top-right");
        assert_eq!(name(&["ArrowUp", "ArrowDown", "Tab"]), "bottom-right");
    }
}
