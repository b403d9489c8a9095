//! What must be true in the end.

use std::collections::HashSet;

use visavis_call::{Link, Phase, Problem, Sharing, Source, TrackId};
use visavis_chat::MessageView;

use super::browser::slot;
use super::person::Person;
use super::world::World;

impl World {
    /// Everybody has read the same, in the same order: all that was written, each once, and no word that is for another.
    fn check_chat(&self, inside: &[&Person]) {
        let read: Vec<_> = inside.iter().map(|person| person.writer.chat.view().messages).collect();
        let public = |messages: &[MessageView]| {
            let public = messages.iter().filter(|message| message.to.is_none());
            public
                .map(|message| (message.id.clone(), message.text.clone(), message.state))
                .collect::<Vec<_>>()
        };
        let seed = self.seed;
        for (person, messages) in inside.iter().zip(&read) {
            let name = person.view().name;
            assert_eq!(public(messages), public(&read[0]), "seed {seed}: {name} has read something else");
            let ids: HashSet<_> = messages.iter().map(|message| &message.id).collect();
            assert_eq!(ids.len(), messages.len(), "seed {seed}: {name} has read something twice");
            for message in messages.iter().filter(|message| !message.own) {
                assert!(
                    message.to.as_ref().is_none_or(|to| *to == name),
                    "seed {seed}: {name} has read {message:?}"
                );
            }
            for (id, to) in &person.writer.said {
                let readers = inside.iter().zip(&read).filter(|(reader, _)| {
                    let reader = reader.view().name;
                    reader == name || to.as_ref().is_none_or(|to| *to == reader)
                });
                for (reader, messages) in readers {
                    let found = messages.iter().any(|message| message.id == *id);
                    assert!(found, "seed {seed}: {} has not read {id:?} of {name}", reader.view().name);
                }
            }
        }
    }

    /// Whoever is in the room is linked to everybody else there, and sees them as they are.
    pub(super) fn check(&self, phase: Phase) {
        let inside: Vec<_> = self.people.iter().filter(|person| person.view().phase == phase).collect();
        self.check_chat(&inside);
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
