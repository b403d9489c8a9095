//! What must be true in the end.

use visavis_call::{Link, Phase, Problem, Sharing, Source, TrackId};

use super::browser::slot;
use super::world::World;

impl World {
    /// Whoever is in the room is linked to everybody else there, and sees them as they are.
    pub(super) fn check(&self, phase: Phase) {
        let inside: Vec<_> = self.people.iter().filter(|person| person.view().phase == phase).collect();
        for (number, person) in self.people.iter().enumerate() {
            let view = person.view();
            let context = format!("seed {}, person {number}: {view:#?}", self.seed);
            if view.phase != phase {
                // The seats of those who vanished are kept for a while.
                let full = view.notices.iter().any(|notice| notice.problem == Problem::RoomFull);
                assert!(view.phase == Phase::Left || (view.phase == Phase::Lobby && full), "{context}");
                assert!(person.browsers.is_empty() && person.timers.is_empty(), "{context}");
                continue;
            }
            assert_eq!(view.tiles.len(), inside.len(), "{context}");
            assert_eq!(person.browsers.len(), inside.len() - 1, "a connection too many: {context}");
            for other in inside.iter().filter(|other| other.view().name != view.name) {
                let truth = &other.view().tiles[0];
                let tile = view.tiles.iter().find(|tile| tile.name == truth.name).expect(&context);
                assert_eq!(tile.link, Link::Connected, "{context}");
                let (seen, real) = (
                    (&tile.name, tile.microphone, tile.camera),
                    (&truth.name, truth.microphone, truth.camera),
                );
                assert_eq!(seen, real, "{context}");
                let screen = view.screens.iter().find(|screen| screen.name == truth.name);
                assert_eq!(screen.is_some(), other.view().sharing == Sharing::On, "{context}");
                assert!(screen.is_none_or(|screen| screen.stream.is_some()), "{context}");
                let (_, browser) =
                    person.browsers.iter().find(|(key, _)| key.0 == tile.peer).expect(&context);
                assert!(browser.connected && browser.is_negotiated(), "{context}\n{browser:?}");
                // A muted microphone is open, and not sent.
                let muted =
                    |track: &&TrackId| track.source == Source::Microphone && !view.tiles[0].microphone;
                let sent: Vec<_> = person.tracks.iter().filter(|track| !muted(track)).collect();
                for track in &sent {
                    assert_eq!(browser.tracks[slot(track.source)], Some(**track), "{context}");
                }
                assert_eq!(browser.tracks.iter().flatten().count(), sent.len(), "{context}");
            }
        }
    }
}
