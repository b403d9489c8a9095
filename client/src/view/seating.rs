//! Who sits where on the stage: what the user wants to see, carried out by [`visavis_layout`].

use leptos::prelude::*;
use visavis_call::TileView;
use visavis_layout::{Cast, Hole, Layout, Rect, Speaker, Stage, Subject};
use visavis_protocol::PeerId;

use super::{Scene, corner::CornerTile, icon, parts::whole, say, watch};
use crate::browser::ui::{self, Place};

/// Between two tiles, in CSS pixels; `--gap` of the style sheet.
const GAP: u32 = 8;

/// How the stage is shared at the moment.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Plan {
    pub(super) layout: Layout<PeerId>,
    places: Vec<(Subject<PeerId>, Rect)>,
}

impl Plan {
    fn of(&self, subject: &Subject<PeerId>) -> Option<Rect> {
        self.places.iter().find(|(one, _)| one == subject).map(|(_, place)| *place)
    }
}

/// What everything on the stage is told of its place.
#[derive(Debug, Clone, Copy)]
pub(super) struct Seating {
    /// How many other people there are.
    pub(super) others: Memo<u32>,
    pub(super) plan: Memo<Plan>,
    /// The user's own tile, where it stands before the others.
    pub(super) corner: CornerTile,
    pinned: RwSignal<Option<Subject<PeerId>>>,
}

impl Seating {
    /// On a stage whose size is told in CSS pixels.
    pub(super) fn new(scene: Scene, size: Signal<(f64, f64)>) -> Self {
        let others = scene.part(|view| {
            u32::try_from(view.tiles.iter().filter(|tile| !tile.is_self).count()).unwrap_or(u32::MAX)
        });
        let corner = CornerTile::new(size);
        let pinned = RwSignal::new(None);
        let speaker = speaker(scene);
        let people = scene.part(|view| {
            let of_others = view.tiles.iter().filter(|tile| !tile.is_self).map(|tile| tile.peer.clone());
            let own = view.tiles.iter().find(|tile| tile.is_self).map(|tile| tile.peer.clone());
            let screens = view.screens.iter().map(|screen| screen.peer.clone());
            (own, of_others.collect::<Vec<_>>(), screens.collect::<Vec<_>>())
        });
        let look = scene.door.look;
        let is_mirrored = ui::root_attribute("dir") == "rtl";
        let plan = Memo::new(move |_| {
            let (own, others, screens) = people.get();
            let look = look.get();
            let cast = Cast {
                // There is none while the call ends, and nothing to be seen.
                own: own.unwrap_or_else(|| PeerId::from_bytes([0; 10])),
                speaker: speaker.get().or_else(|| others.first().cloned()).filter(|_| look.spotlight),
                others,
                screens,
                pinned: pinned.get(),
                shows_own: !look.hides_own,
            };
            let (width, height) = size.get();
            let [width, height] = [width, height].map(|length| u32::try_from(whole(length)).unwrap_or(0));
            let hole = if look.hides_own { Hole::Beside } else { corner.hole() };
            let stage = Stage { width, height, gap: GAP, mirrored: is_mirrored, hole };
            let layout = Layout::choose(&cast);
            Plan { places: layout.place(&cast, &stage), layout }
        });
        Self { others, plan, corner, pinned }
    }

    /// Puts an element where its subject belongs, whenever that changes; one without a place goes by the style sheet.
    pub(super) fn seat(self, subject: Subject<PeerId>, element: impl Fn() -> Option<Place> + 'static) {
        watch(move || {
            if let Some(element) = element() {
                let place = self.plan.with(|plan| plan.of(&subject));
                ui::put(&element, place.map(|place| [place.left, place.top, place.width, place.height]));
            }
        });
    }

    /// Whether the user's own tile stands in a corner.
    pub(super) fn has_corner(self) -> bool {
        self.plan.with(|plan| plan.layout.has_corner())
    }

    /// The button that makes something large, or no longer.
    pub(super) fn pin_button(self, subject: Subject<PeerId>) -> AnyView {
        let pinned = self.pinned;
        let label = say(|t| t.pin);
        let (seen, wished) = (subject.clone(), subject);
        view! {
            <button
                type="button"
                class="tool pin"
                data-testid="pin"
                aria-pressed=move || if pinned.with(|pinned| pinned.as_ref() == Some(&seen)) { "true" } else { "false" }
                aria-label=label
                title=label
                on:click=move |_| {
                    pinned.update(|pinned| *pinned = Some(wished.clone()).filter(|wished| pinned.as_ref() != Some(wished)));
                }
            >
                {icon("#pin")}
            </button>
        }
        .into_any()
    }
}

/// Who is heard, as long as the user wants to see who speaks.
fn speaker(scene: Scene) -> RwSignal<Option<PeerId>> {
    let speaker = RwSignal::new(None);
    let heard = StoredValue::new(Speaker::default());
    watch(move || {
        if !scene.door.look.get().spotlight {
            return;
        }
        let levels: Vec<_> = scene.levels.with(|levels| {
            let loudness = |tile: &TileView| {
                let stream = tile.stream.as_ref().filter(|_| tile.microphone);
                stream.map_or(0.0, |stream| levels.of(stream))
            };
            scene.view.with_untracked(|view| {
                let others = view.tiles.iter().filter(|tile| !tile.is_self);
                others.map(|tile| (tile.peer.clone(), loudness(tile))).collect()
            })
        });
        let current = heard.try_update_value(|heard| {
            heard.hear(ui::now(), &levels);
            heard.current().cloned()
        });
        let current = current.flatten();
        if speaker.with_untracked(|before| *before != current) {
            speaker.set(current);
        }
    });
    speaker
}
