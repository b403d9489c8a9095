//! The user's own screen, shown to the others: asked for, shown, and over, whoever ends it.
//!
//! ```text
//!   Off ──► Asking ──► On      the browser asks what to show, and has a button of its own to end it
//!    ▲         │        │
//!    └─────────┴────────┘
//! ```

use crate::effect::Effect;
use crate::input::{DeviceFailure, MediaEvent, MediaRequest, Source, TrackId};
use crate::view::Sharing;

#[derive(Debug, Default)]
enum State {
    #[default]
    Off,
    /// The browser asks the user. The sound of what they choose may come before the picture.
    Asking {
        request: MediaRequest,
        sound: Option<TrackId>,
    },
    On {
        picture: TrackId,
        sound: Option<TrackId>,
    },
}

/// What the user shows besides themselves.
#[derive(Debug, Default)]
pub(crate) struct Screen {
    state: State,
    requests: u32,
    /// Why it could not be shown, unless the user only changed their mind.
    failure: Option<DeviceFailure>,
}

impl Screen {
    /// Shows it, or no longer.
    pub(crate) fn share(&mut self, wish: bool) -> Vec<Effect> {
        if !wish {
            return self.end();
        }
        if !matches!(self.state, State::Off) {
            return Vec::new();
        }
        self.failure = None;
        self.requests += 1;
        let request = MediaRequest(self.requests);
        self.state = State::Asking { request, sound: None };
        vec![Effect::OpenScreen(request)]
    }

    /// Takes what is told of one of its tracks.
    pub(crate) fn handle(&mut self, event: &MediaEvent) -> Vec<Effect> {
        match *event {
            MediaEvent::Opened(track) => self.on_opened(track),
            MediaEvent::Failed { track, failure } => {
                if matches!(self.state, State::Asking { request, .. } if request == track.request)
                    && track.source == Source::Screen
                {
                    self.failure = Some(failure).filter(|failure| *failure != DeviceFailure::Refused);
                    return self.end();
                }
                Vec::new()
            }
            MediaEvent::Ended(track) => match &mut self.state {
                State::On { picture, .. } if *picture == track => self.end(),
                State::On { sound, .. } if *sound == Some(track) => {
                    *sound = None;
                    vec![Effect::CloseTrack(track)]
                }
                State::Off | State::Asking { .. } | State::On { .. } => Vec::new(),
            },
            MediaEvent::Uses(..) | MediaEvent::Muted(..) | MediaEvent::Devices(_) => Vec::new(),
        }
    }

    /// What others are to get of it now.
    pub(crate) fn sent(&self) -> impl Iterator<Item = TrackId> {
        let (picture, sound) = match self.state {
            State::On { picture, sound } => (Some(picture), sound),
            State::Off | State::Asking { .. } => (None, None),
        };
        picture.into_iter().chain(sound)
    }

    pub(crate) fn is_shown(&self) -> bool {
        matches!(self.state, State::On { .. })
    }

    pub(crate) fn failure(&self) -> Option<DeviceFailure> {
        self.failure
    }

    pub(crate) fn view(&self) -> Sharing {
        match self.state {
            State::Off => Sharing::Off,
            State::Asking { .. } => Sharing::Starting,
            State::On { .. } => Sharing::On,
        }
    }

    fn on_opened(&mut self, track: TrackId) -> Vec<Effect> {
        match &mut self.state {
            State::Asking { request, sound } if *request == track.request => {
                if track.source == Source::Screen {
                    self.state = State::On { picture: track, sound: *sound };
                } else {
                    *sound = Some(track);
                }
            }
            State::On { picture, sound } if picture.request == track.request => *sound = Some(track),
            State::Off | State::Asking { .. } | State::On { .. } => return vec![Effect::CloseTrack(track)],
        }
        Vec::new()
    }

    fn end(&mut self) -> Vec<Effect> {
        let (picture, sound) = match std::mem::take(&mut self.state) {
            State::Off => (None, None),
            State::Asking { sound, .. } => (None, sound),
            State::On { picture, sound } => (Some(picture), sound),
        };
        picture.into_iter().chain(sound).map(Effect::CloseTrack).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(request: u32, source: Source) -> TrackId {
        TrackId { request: MediaRequest(request), source }
    }

    fn opened(track: TrackId) -> MediaEvent {
        MediaEvent::Opened(track)
    }

    #[test]
    fn a_screen_is_shown_with_its_sound_until_the_user_ends_it() {
        let (picture, sound) = (track(1, Source::Screen), track(1, Source::ScreenSound));
        for order in [[picture, sound], [sound, picture]] {
            let mut screen = Screen::default();
            assert_eq!(screen.share(true), [Effect::OpenScreen(MediaRequest(1))]);
            assert_eq!(screen.share(true), [], "it is asked once");
            assert_eq!(screen.view(), Sharing::Starting);
            for track in order {
                assert_eq!(screen.handle(&opened(track)), []);
            }
            assert!(screen.is_shown());
            assert_eq!(screen.sent().collect::<Vec<_>>(), [picture, sound]);
            let closed = [Effect::CloseTrack(picture), Effect::CloseTrack(sound)];
            assert_eq!(screen.share(false), closed);
            assert_eq!(screen.view(), Sharing::Off);
        }
    }

    #[test]
    fn the_browsers_own_button_ends_it_too() {
        let (picture, sound) = (track(1, Source::Screen), track(1, Source::ScreenSound));
        let mut screen = Screen::default();
        screen.share(true);
        screen.handle(&opened(picture));
        screen.handle(&opened(sound));
        assert_eq!(screen.handle(&MediaEvent::Ended(sound)), [Effect::CloseTrack(sound)]);
        assert!(screen.is_shown(), "without its sound");
        assert_eq!(screen.handle(&MediaEvent::Ended(picture)), [Effect::CloseTrack(picture)]);
        assert!(!screen.is_shown());
        assert_eq!(screen.handle(&MediaEvent::Ended(picture)), []);
    }

    #[test]
    fn who_changes_their_mind_hears_nothing_of_it_and_who_may_not_does() {
        let mut screen = Screen::default();
        for (request, failure, told) in
            [(1, DeviceFailure::Refused, None), (2, DeviceFailure::Busy, Some(DeviceFailure::Busy))]
        {
            screen.share(true);
            let failed = MediaEvent::Failed { track: track(request, Source::Screen), failure };
            assert_eq!(screen.handle(&failed), []);
            assert_eq!((screen.view(), screen.failure()), (Sharing::Off, told));
        }
        screen.share(true);
        assert_eq!(screen.failure(), None, "it is tried again");
    }

    #[test]
    fn what_comes_too_late_is_stopped() {
        let mut screen = Screen::default();
        screen.share(true);
        assert_eq!(screen.share(false), []);
        let late = track(1, Source::Screen);
        assert_eq!(screen.handle(&opened(late)), [Effect::CloseTrack(late)]);
        screen.share(true);
        assert_eq!(screen.handle(&opened(late)), [Effect::CloseTrack(late)], "of the first time");
        let failed = MediaEvent::Failed { track: late, failure: DeviceFailure::Other };
        assert_eq!(screen.handle(&failed), []);
        assert_eq!(screen.view(), Sharing::Starting);
    }
}
