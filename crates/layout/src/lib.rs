//! Where everybody stands on the stage of a call: who is large, who is beside them, and which part of the stage is whose.
//!
//! ```text
//!   who is there, who shows a screen, what is pinned, who speaks
//!                │ Layout::choose
//!                ▼
//!   Alone · Grid · Spotlight(face) · Screens · Screen(one)
//!                │ Layout::place, on a stage of some size
//!                ▼
//!   a Rect for each of them, in whole CSS pixels
//! ```
//!
//! Plain arithmetic: it knows no page, no clock and nobody's name.

mod grid;
mod place;
mod speaker;

pub use self::{
    place::{Hole, Rect, Stage},
    speaker::Speaker,
};

/// Something that can be on the stage.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject<Id> {
    /// Somebody's face.
    Face(Id),
    /// What somebody shows of their screen.
    Screen(Id),
}

/// Who there is to be shown, and what the user wants to see.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cast<Id> {
    /// The user.
    pub own: Id,
    /// Everybody else, in the order in which they came.
    pub others: Vec<Id>,
    /// Who of the others shows a screen.
    pub screens: Vec<Id>,
    /// What the user has pinned; it may be gone.
    pub pinned: Option<Subject<Id>>,
    /// Who is to be large because they speak, if that is what the user wants.
    pub speaker: Option<Id>,
    /// Whether the user wants to see themselves.
    pub shows_own: bool,
}

/// How the stage is shared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Layout<Id> {
    /// Nobody else is there: the user's own picture is all there is to see.
    Alone,
    /// All others are equally large, and the user's own tile stands in a corner before them.
    Grid,
    /// One face is large, and the others stand beside it.
    Spotlight(Id),
    /// All screens are large, and the faces stand beside them.
    Screens,
    /// One screen is large, and the other screens and the faces stand beside it.
    Screen(Id),
}

impl<Id: Clone + PartialEq> Layout<Id> {
    /// What is pinned comes before what is shown, and that before who speaks. Of two people nobody has to be made larger.
    pub fn choose(cast: &Cast<Id>) -> Self {
        match &cast.pinned {
            Some(Subject::Face(id)) if cast.others.contains(id) => return Self::spotlight(id, cast),
            Some(Subject::Screen(id)) if cast.screens.contains(id) => return Self::Screen(id.clone()),
            Some(Subject::Face(_) | Subject::Screen(_)) | None => {}
        }
        if !cast.screens.is_empty() {
            return Self::Screens;
        }
        match &cast.speaker {
            _ if cast.others.is_empty() => Self::Alone,
            Some(id) if cast.others.contains(id) => Self::spotlight(id, cast),
            Some(_) | None => Self::Grid,
        }
    }

    fn spotlight(id: &Id, cast: &Cast<Id>) -> Self {
        if cast.others.len() == 1 && cast.screens.is_empty() {
            Self::Grid
        } else {
            Self::Spotlight(id.clone())
        }
    }

    /// Its name, in one word.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Grid => "grid",
            Self::Spotlight(_) => "spotlight",
            Self::Screens => "screens",
            Self::Screen(_) => "screen",
        }
    }

    /// Whether the user's own tile stands in a corner before the others.
    pub fn has_corner(&self) -> bool {
        matches!(self, Self::Grid)
    }

    /// What is large, and what stands beside it.
    fn parts(&self, cast: &Cast<Id>) -> (Vec<Subject<Id>>, Vec<Subject<Id>>) {
        let mut faces: Vec<_> = cast.others.iter().cloned().map(Subject::Face).collect();
        let mut screens: Vec<_> = cast.screens.iter().cloned().map(Subject::Screen).collect();
        let own = Subject::Face(cast.own.clone());
        let large = match self {
            Self::Alone => return (vec![own], Vec::new()),
            Self::Grid => return (faces, Vec::new()),
            Self::Screens => std::mem::take(&mut screens),
            Self::Spotlight(id) => vec![Subject::Face(id.clone())],
            Self::Screen(id) => vec![Subject::Screen(id.clone())],
        };
        screens.append(&mut faces);
        screens.retain(|one| !large.contains(one));
        if cast.shows_own {
            screens.push(own);
        }
        (large, screens)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cast(others: &[u8], screens: &[u8]) -> Cast<u8> {
        Cast {
            own: 0,
            others: others.to_vec(),
            screens: screens.to_vec(),
            pinned: None,
            speaker: None,
            shows_own: true,
        }
    }

    #[test]
    fn a_call_is_a_grid_until_there_is_something_to_see() {
        assert_eq!(Layout::choose(&cast(&[], &[])), Layout::Alone);
        assert_eq!(Layout::choose(&cast(&[1], &[])), Layout::Grid);
        assert_eq!(Layout::choose(&cast(&[1, 2, 3], &[])), Layout::Grid);
        assert_eq!(Layout::choose(&cast(&[1, 2, 3], &[2, 3])), Layout::Screens);
    }

    #[test]
    fn who_speaks_is_large_but_before_a_screen_and_in_a_call_of_two() {
        let speaks = |others: &[u8], screens: &[u8]| {
            Layout::choose(&Cast { speaker: Some(1), ..cast(others, screens) })
        };
        assert_eq!(speaks(&[1, 2], &[]), Layout::Spotlight(1));
        assert_eq!(speaks(&[1], &[]), Layout::Grid);
        assert_eq!(speaks(&[1, 2], &[2]), Layout::Screens);
        assert_eq!(speaks(&[2, 3], &[]), Layout::Grid, "who has left does not speak");
        assert_eq!(speaks(&[], &[]), Layout::Alone);
    }

    #[test]
    fn what_is_pinned_is_large_as_long_as_it_is_there() {
        let pins = |subject, screens: &[u8]| {
            Layout::choose(&Cast { pinned: Some(subject), speaker: Some(2), ..cast(&[1, 2], screens) })
        };
        assert_eq!(pins(Subject::Face(1), &[]), Layout::Spotlight(1));
        assert_eq!(pins(Subject::Face(1), &[2]), Layout::Spotlight(1), "even before a screen");
        assert_eq!(pins(Subject::Screen(1), &[1, 2]), Layout::Screen(1));
        assert_eq!(pins(Subject::Screen(1), &[2]), Layout::Screens);
        assert_eq!(pins(Subject::Face(3), &[]), Layout::Spotlight(2));
        assert_eq!(pins(Subject::Face(0), &[]), Layout::Spotlight(2), "nobody pins themselves");
    }

    #[test]
    fn everybody_is_somewhere() {
        use Subject::{Face, Screen};
        let cast = cast(&[1, 2, 3], &[1, 2]);
        assert_eq!(Layout::Grid.parts(&cast), (vec![Face(1), Face(2), Face(3)], vec![]));
        let faces = vec![Face(1), Face(2), Face(3), Face(0)];
        assert_eq!(Layout::Screens.parts(&cast), (vec![Screen(1), Screen(2)], faces));
        let beside = vec![Screen(2), Face(1), Face(2), Face(3), Face(0)];
        assert_eq!(Layout::Screen(1).parts(&cast), (vec![Screen(1)], beside));
        let beside = vec![Screen(1), Screen(2), Face(1), Face(3), Face(0)];
        assert_eq!(Layout::Spotlight(2).parts(&cast), (vec![Face(2)], beside));
        let hidden = Cast { shows_own: false, ..cast };
        assert_eq!(Layout::Screens.parts(&hidden).1, [Face(1), Face(2), Face(3)]);
        assert_eq!(Layout::Alone.parts(&hidden).0, [Face(0)], "else there is nothing to see");
    }
}
