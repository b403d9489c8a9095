//! What is of this moment alone, and the layer on which it is shown.

use gloo_timers::callback::Timeout;
use leptos::prelude::*;
use visavis_live::{Effect, Input, Live, LiveView, Point, SCALE, Timer};
use visavis_protocol::PeerId;

use super::{
    Inbox, Message,
    links::{Links, Which},
};
use crate::browser::{
    overlay::{Overlay, PointWatch},
    ui,
};

pub(super) struct Moment {
    inbox: Inbox,
    live: Live,
    timers: Vec<(Timer, Timeout)>,
    overlay: Option<Overlay>,
    /// Who types.
    pub(super) typing: ArcRwSignal<Vec<PeerId>>,
    _watch: Option<PointWatch>,
}

impl Moment {
    pub(super) fn new(inbox: &Inbox) -> Self {
        let pointed = inbox.clone();
        let watch = PointWatch::new(move |pointed_at| {
            let point = pointed_at.and_then(|(screen, (x, y))| {
                Some(Point { screen: PeerId::parse(&screen).ok()?, at: (scaled(x), scaled(y)) })
            });
            let _ = pointed.unbounded_send(Message::Live(Input::Point(point)));
        });
        Self {
            inbox: inbox.clone(),
            live: Live::new(ui::now_millis()),
            timers: Vec::new(),
            overlay: Overlay::new(),
            typing: ArcRwSignal::default(),
            _watch: watch,
        }
    }

    /// `people` are those who are there, with their names.
    pub(super) fn handle(&mut self, links: &Links, people: &[(PeerId, String)], input: Input) {
        if let Input::Timer(over) = &input {
            self.timers.retain(|(timer, _)| timer != over);
        }
        for effect in self.live.handle(input) {
            match effect {
                Effect::Say(Some(to), text) => links.say(&to, Which::Live, &text),
                Effect::Say(None, text) => links.tell_all(&text),
                Effect::SetTimer(timer, after) => {
                    let (inbox, over) = (self.inbox.clone(), timer.clone());
                    let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
                    let timeout = Timeout::new(millis, move || {
                        let _ = inbox.unbounded_send(Message::Live(Input::Timer(over)));
                    });
                    self.timers.retain(|(running, _)| *running != timer);
                    self.timers.push((timer, timeout));
                }
            }
        }
        let view = self.live.view();
        if self.typing.with_untracked(|typing| *typing != view.typing) {
            self.typing.set(view.typing.clone());
        }
        if let Some(overlay) = &mut self.overlay {
            draw(overlay, view, people);
        }
    }
}

/// The keys of reactions are numbers, those of pointers are ids.
fn draw(overlay: &mut Overlay, view: &LiveView, people: &[(PeerId, String)]) {
    let name_of = |peer: &PeerId| {
        people.iter().find(|(known, _)| known == peer).map(|(_, name)| name.as_str()).unwrap_or_default()
    };
    overlay.retain(|key| {
        view.reactions.iter().any(|reaction| reaction.id.to_string() == key)
            || view.pointers.iter().any(|pointer| pointer.peer.as_str() == key)
    });
    for reaction in &view.reactions {
        let key = reaction.id.to_string();
        if !overlay.has(&key) {
            let name = reaction.peer.as_ref().map(name_of).unwrap_or_default();
            overlay.float(&key, reaction.peer.as_ref().map(PeerId::as_str), name, &reaction.emoji);
        }
    }
    for pointer in &view.pointers {
        let (x, y) = pointer.point.at;
        let at = (f64::from(x) / f64::from(SCALE), f64::from(y) / f64::from(SCALE));
        overlay.point(pointer.peer.as_str(), name_of(&pointer.peer), pointer.point.screen.as_str(), at);
    }
}

fn scaled(share: f64) -> u16 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of it")]
    let scaled = (share.clamp(0.0, 1.0) * f64::from(SCALE)) as u16;
    scaled
}
