//! What goes on by itself: blocks are asked for and sent, and others are told what has come.

use std::time::Duration;

use visavis_protocol::PeerId;

use super::Files;
use crate::feed::{Feed, Stock};
use crate::incoming::{Around, Incoming};
use crate::input::{Effect, Source, Timer};
use crate::outgoing::Outgoing;

/// How often others are told what has come.
const TICK: Duration = Duration::from_millis(500);

impl Files {
    pub(super) fn tick(&mut self) {
        self.ticks = false;
        let linked = self.linked();
        for file in &mut self.incoming {
            file.tick(&Around { linked: &linked, room: &self.room, random: 0 }, &mut self.effects);
        }
        self.outgoing.iter_mut().for_each(|own| own.tick(&mut self.effects));
        self.feeds.iter_mut().for_each(Feed::tick);
    }

    fn linked(&self) -> Vec<PeerId> {
        self.others.iter().filter(|other| other.linked).map(|other| other.id.clone()).collect()
    }

    pub(super) fn pump(&mut self) {
        let wanted = self.incoming.iter().filter(|file| file.is_wanted());
        for file in wanted.map(|file| file.offer.file.clone()).collect::<Vec<_>>() {
            self.accept(&file);
        }
        let linked = self.linked();
        for file in &mut self.incoming {
            self.random =
                self.random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let random = u32::try_from(self.random >> 32).unwrap_or_default();
            file.pump(&Around { linked: &linked, room: &self.room, random }, &mut self.effects);
        }
        self.outgoing.iter_mut().for_each(|own| own.pump(&mut self.effects));
        self.pump_feeds();
        let works = !self.feeds.is_empty()
            || self.incoming.iter().any(Incoming::is_taken)
            || self.outgoing.iter().any(Outgoing::is_taken);
        if works && !std::mem::replace(&mut self.ticks, true) {
            self.effects.push(Effect::SetTimer { timer: Timer::Tick, after: TICK });
        }
    }

    /// Sends what others have asked for, as far as it can be given.
    fn pump_feeds(&mut self) {
        let Self { outgoing, incoming, feeds, effects, .. } = self;
        feeds.retain_mut(|feed| {
            let own = outgoing.iter_mut().find(|own| own.offer.file == feed.file && !own.is_ended());
            let theirs = incoming.iter().find(|theirs| theirs.offer.file == feed.file && theirs.is_given());
            match (own, theirs) {
                (Some(own), _) => {
                    let source = Source::Picked(own.offer.file.clone());
                    let hash = |block| own.hash(block);
                    let to = feed.to.clone();
                    let elsewhere = |block| own.is_with_another(block, &to);
                    let (size, held) = (own.offer.size, own.held);
                    let stock = Stock { size, source, hash: &hash, held, elsewhere: &elsewhere };
                    for block in feed.pump(&stock, effects) {
                        own.give(block, &to);
                    }
                    true
                }
                (None, Some(theirs)) => {
                    feed.keep(|block| theirs.has(block));
                    let source = Source::Stored(theirs.store().clone());
                    let hash = |block| theirs.hash(block);
                    let (size, elsewhere) = (theirs.offer.size, |_| false);
                    let stock = Stock { size, source, hash: &hash, held: false, elsewhere: &elsewhere };
                    feed.pump(&stock, effects);
                    true
                }
                (None, None) => {
                    feed.close(effects);
                    false
                }
            }
        });
    }
}
