//! Whatever the call and the stage: everybody has a place, no two overlap, and none is beyond the edge.

use proptest::prelude::*;
use visavis_layout::{Cast, Hole, Layout, Rect, Stage, Subject};

const SIZES: [(u32, u32); 6] = [(390, 844), (844, 390), (1280, 800), (2560, 1440), (320, 568), (3440, 1440)];

fn stage(width: u32, height: u32) -> Stage {
    Stage { width, height, gap: 8, mirrored: false, hole: Hole::Right }
}

fn cast(others: u8, screens: u8) -> Cast<u8> {
    Cast {
        own: 0,
        others: (1..=others).collect(),
        screens: (1..=screens.min(others)).collect(),
        pinned: None,
        speaker: None,
        shows_own: true,
    }
}

fn any_cast() -> impl Strategy<Value = Cast<u8>> {
    let subject = prop_oneof![
        Just(None),
        (0_u8..9).prop_map(|id| Some(Subject::Face(id))),
        (0_u8..9).prop_map(|id| Some(Subject::Screen(id)))
    ];
    (0_u8..9, 0_u8..4, subject, proptest::option::of(0_u8..9), any::<bool>()).prop_map(
        |(others, screens, pinned, speaker, shows_own)| Cast {
            pinned,
            speaker,
            shows_own,
            ..cast(others, screens)
        },
    )
}

fn any_stage() -> impl Strategy<Value = Stage> {
    let hole = prop_oneof![Just(Hole::Beside), Just(Hole::Left), Just(Hole::Right)];
    (0_u32..4000, 0_u32..3000, 0_u32..17, any::<bool>(), hole)
        .prop_map(|(width, height, gap, mirrored, hole)| Stage { width, height, gap, mirrored, hole })
}

fn overlap(one: &Rect, other: &Rect) -> bool {
    let apart = |(from, length): (u32, u32), (start, size): (u32, u32)| {
        from + length <= start || start + size <= from
    };
    let empty = |rect: &Rect| rect.width == 0 || rect.height == 0;
    !(empty(one)
        || empty(other)
        || apart((one.left, one.width), (other.left, other.width))
        || apart((one.top, one.height), (other.top, other.height)))
}

fn area(places: &[(Subject<u8>, Rect)]) -> u64 {
    places.iter().map(|(_, place)| u64::from(place.width) * u64::from(place.height)).sum()
}

proptest! {
    #[test]
    fn no_two_overlap_and_none_is_beyond_the_edge(cast in any_cast(), stage in any_stage()) {
        let layout = Layout::choose(&cast);
        let places = layout.place(&cast, &stage);
        for (at, (subject, place)) in places.iter().enumerate() {
            let is_within = place.width == 0 || place.height == 0
                || place.left + place.width <= stage.width && place.top + place.height <= stage.height;
            prop_assert!(is_within, "{subject:?} at {place:?} of {layout:?}");
            for (other, beside) in &places[at + 1..] {
                prop_assert!(!overlap(place, beside), "{subject:?} at {place:?} and {other:?} at {beside:?} of {layout:?}");
            }
        }
    }

    #[test]
    fn everybody_has_one_place(cast in any_cast(), stage in any_stage()) {
        let layout = Layout::choose(&cast);
        let places = layout.place(&cast, &stage);
        let times = |subject: &Subject<u8>| places.iter().filter(|(one, _)| one == subject).count();
        for other in &cast.others {
            prop_assert_eq!(times(&Subject::Face(*other)), 1);
        }
        for screen in &cast.screens {
            prop_assert_eq!(times(&Subject::Screen(*screen)), 1);
        }
        let shows_own = layout == Layout::Alone || cast.shows_own && !layout.has_corner();
        prop_assert_eq!(times(&Subject::Face(cast.own)), usize::from(shows_own));
        prop_assert_eq!(places.len(), cast.others.len() + cast.screens.len() + usize::from(shows_own));
    }

    #[test]
    fn no_face_is_cropped(cast in any_cast(), stage in any_stage()) {
        let layout = Layout::choose(&cast);
        let places = layout.place(&cast, &stage);
        let alone = |subject: &Subject<u8>| matches!(&layout, Layout::Spotlight(id) if *subject == Subject::Face(*id))
            || places.len() == 1;
        for (subject, place) in places.iter().filter(|(one, _)| matches!(one, Subject::Face(_)) && !alone(one)) {
            // A pixel more or less, for they are whole.
            prop_assert!(place.width * 9 <= (place.height + 1) * 16, "{subject:?} is too wide: {place:?}");
            prop_assert!(place.height * 3 <= (place.width + 1) * 4, "{subject:?} is too tall: {place:?}");
        }
    }

    #[test]
    fn a_mirrored_stage_is_its_image(cast in any_cast(), stage in any_stage()) {
        let layout = Layout::choose(&cast);
        let [plain, mirrored] = [false, true].map(|mirrored| layout.place(&cast, &Stage { mirrored, ..stage }));
        for ((_, one), (_, other)) in plain.iter().zip(&mirrored) {
            prop_assert_eq!(one.left + one.width + other.left, stage.width);
            prop_assert_eq!((one.top, one.width, one.height), (other.top, other.width, other.height));
        }
    }
}

#[test]
fn faces_use_the_stage() {
    for (width, height) in SIZES {
        for others in 2..=7 {
            let places = Layout::Grid.place(&cast(others, 0), &stage(width, height));
            let used = area(&places) * 100 / (u64::from(width) * u64::from(height));
            assert!(used >= 45, "{others} others use {used} % of {width}x{height}");
            let smallest = places.iter().map(|(_, place)| place.width.min(place.height)).min();
            assert!(smallest >= Some(90), "{others} others are {smallest:?} at {width}x{height}");
        }
    }
}

#[test]
fn a_screen_gets_most_of_the_stage_and_every_face_can_be_made_out() {
    for (width, height) in SIZES {
        for others in 1..=7 {
            let places = Layout::Screens.place(&cast(others, 1), &stage(width, height));
            let (screen, faces) = places.split_first().unwrap();
            let share = area(std::slice::from_ref(screen)) * 100 / (u64::from(width) * u64::from(height));
            assert!(share >= if height > width { 25 } else { 60 }, "{share} % of {width}x{height}");
            let smallest = faces.iter().map(|(_, place)| place.width.min(place.height)).min();
            assert!(
                smallest >= Some(40),
                "{others} faces are {smallest:?} beside a screen at {width}x{height}"
            );
        }
    }
}

#[test]
fn the_hole_of_the_last_row_is_where_it_is_wanted() {
    let ends = |hole| {
        let places = Layout::Grid.place(&cast(7, 0), &Stage { hole, ..stage(1280, 720) });
        let edges = |row: &[(Subject<u8>, Rect)]| {
            let (first, last) = (row[0].1, row[row.len() - 1].1);
            (first.left, last.left + last.width)
        };
        let first = places[0].1.top;
        let split = places.iter().position(|(_, place)| place.top > first).unwrap();
        let (above, below) = places.split_at(split);
        assert_eq!((above.len(), below.len()), (4, 3));
        let ((from, to), (start, end)) = (edges(above), edges(below));
        (start - from, to - end)
    };
    assert_eq!(ends(Hole::Right).0, 0);
    assert_eq!(ends(Hole::Left).1, 0);
    let (before, behind) = ends(Hole::Beside);
    assert!(before.abs_diff(behind) <= 1 && before > 0, "{before} and {behind}");
}
