//! Who is in the call already, as the lobby shows it, and what we show of ourselves there.
//!
//! The server keeps a card of each of us: the name, sealed. Somebody in the lobby asks for them every few seconds.

use std::time::Duration;

use visavis_protocol::{ClientEvent, FromJson, Inside, Reply, Seated, tidy_name};

use super::{Call, Stage};
use crate::effect::{Effect, Timer};
use crate::input::{RequestFailure, RequestId};
use crate::view::InsideView;

/// How long until the lobby looks again.
const LOOK_AGAIN: Duration = Duration::from_secs(4);

/// What the lobby knows.
#[derive(Debug, Default)]
pub(super) struct Look {
    pub(super) request: Option<RequestId>,
    pub(super) inside: Option<InsideView>,
}

impl Call {
    /// Asks who is in the call.
    pub(super) fn look(&mut self) {
        if self.online && matches!(self.stage, Stage::Lobby) {
            let room = self.out.seal.room().clone();
            self.look.request = Some(self.out.request(ClientEvent::Look(room)));
        }
    }

    pub(super) fn on_looked(&mut self, reply: Result<serde_json::Value, RequestFailure>) {
        self.look.request = None;
        // Whoever has left the lobby meanwhile sees for themselves.
        if !matches!(self.stage, Stage::Lobby) {
            return;
        }
        if let Ok(Some(Reply::Ok(inside))) = reply.map(|reply| Reply::from_json(&reply)) {
            let Inside { people, locked, capacity } = inside;
            let seal = &self.out.seal;
            let full = people.len() >= capacity as usize;
            let names = people.into_iter().map(|Seated { peer, card }| {
                let name = card.and_then(|card| seal.open_card(&peer, &card));
                tidy_name(&name.unwrap_or_default())
            });
            self.look.inside = Some(InsideView { names: names.collect(), locked, full });
        }
        self.out.push(Effect::SetTimer { timer: Timer::Look, after: LOOK_AGAIN });
    }

    /// Lets who looks in see our name.
    pub(super) fn show_card(&mut self) {
        if self.out.present
            && let Some(me) = self.out.me.clone()
        {
            let name = self.out.presence.name.clone();
            let card = self.out.seal.seal_card(&me, &name);
            self.out.request(ClientEvent::Card(card));
        }
    }
}
