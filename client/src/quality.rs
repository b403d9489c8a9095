//! Watches over the links of a call: how much is sent to whom, and how each does. A program of its own, loaded some seconds
//! after somebody is linked. It looks at what the connections count and at the tiles on the page, speaks with its like over a
//! channel of its own, tells the call what each sender keeps to, and draws bars on tiles.

mod lines;
mod told;
mod words;

use futures_channel::mpsc;
use futures_util::StreamExt;
use gloo_timers::callback::Interval;
use visavis_protocol::PeerId;
use visavis_quality::{Effect, Input, Quality, Report, Sees, Size, Sources};

pub use self::told::{Advised, LinkTold};
use self::{
    lines::{Key, Lines},
    words::Speaker,
};
use crate::{
    browser::{
        bars,
        channels::ChannelEvent,
        counts,
        guest::{Heard, Host},
        page, saved,
        shown::{self, Place},
        ui,
    },
    text::QualityText,
    words::pack,
};

/// Milliseconds between two looks at the page, and as many of these make a second, in which connections are looked at.
const LOOK_EVERY: u32 = 250;
const LOOKS_A_SECOND: u32 = 4;

/// What is put into the inbox.
#[derive(Debug)]
pub enum Message {
    /// The call tells something.
    Heard(Heard),
    /// Something happened on our channel over this connection to them.
    Line(PeerId, Key, ChannelEvent),
    /// It is time to look.
    Look,
    /// All connections were looked at.
    Looked(Vec<(PeerId, Report)>),
}

type Inbox = mpsc::UnboundedSender<Message>;

/// Runs beside a call until that ends.
pub async fn run(
    host: Host,
    text: &'static QualityText,
    inbox: Inbox,
    mut messages: mpsc::UnboundedReceiver<Message>,
) {
    let ticks = inbox.clone();
    let _ticking = Interval::new(LOOK_EVERY, move || {
        let _ = ticks.unbounded_send(Message::Look);
    });
    let shows = inbox.clone();
    // A page that is shown again is not to wait for a timer.
    let _turning = page::VisibilityWatch::new(move || {
        let _ = shows.unbounded_send(Message::Look);
    });
    let mut watch = Watch {
        host,
        quality: Quality::new(ui::now_millis()),
        lines: Lines::new(inbox.clone()),
        inbox,
        speaker: Speaker::new(text),
        looks: 0,
        is_looking: false,
        is_watched: false,
    };
    while let Some(message) = messages.next().await {
        match message {
            Message::Heard(heard) if heard.what == "end" => return watch.clear(),
            Message::Heard(heard) => watch.hear(&heard),
            Message::Line(peer, key, event) => watch.on_line(peer, key, event),
            Message::Look => watch.look(),
            Message::Looked(reports) => watch.on_looked(reports),
        }
    }
}

struct Watch {
    host: Host,
    inbox: Inbox,
    quality: Quality,
    lines: Lines,
    speaker: Speaker,
    looks: u32,
    /// Connections are being looked at.
    is_looking: bool,
    /// The user looks at the figures.
    is_watched: bool,
}

impl Watch {
    fn hear(&mut self, heard: &Heard) {
        match (heard.what.as_str(), PeerId::parse(&heard.whom())) {
            ("named", Ok(peer)) => {
                let name = heard.words().unwrap_or_default();
                self.speaker.name(&peer, &name);
                self.handle(Input::Named(peer, name));
            }
            ("connection", Ok(peer)) => {
                if let Some(connection) = heard.connection() {
                    self.lines.add(peer, connection);
                }
            }
            ("closed", Ok(_)) => {
                if let Some(closed) = heard.connection() {
                    self.lines.remove(&closed);
                }
            }
            ("gone", Ok(peer)) => self.handle(Input::Gone(peer)),
            ("watched", _) => {
                self.is_watched = heard.flag();
                self.tell_links();
            }
            ("export", _) => {
                if let Err(error) = saved::download_text(&self.quality.export(), "visavis-links.json") {
                    page::log_error(&error.to_string());
                }
            }
            _ => {}
        }
    }

    fn on_line(&mut self, peer: PeerId, key: Key, event: ChannelEvent) {
        match event {
            ChannelEvent::Text(text) => self.handle(Input::Heard(peer, text)),
            ChannelEvent::Closed => self.lines.close(key),
            ChannelEvent::Open | ChannelEvent::Bytes(_) | ChannelEvent::Drained => {}
        }
    }

    fn look(&mut self) {
        let places = shown::places();
        if let Some(own) = places.iter().find(|place| place.is_self) {
            let [sound, camera] = own.on;
            self.handle(Input::Devices(Sources { sound, camera, screen: shown::shares_screen() }));
        }
        self.handle(Input::Shown(sees(&places)));
        self.looks += 1;
        if self.looks >= LOOKS_A_SECOND && !self.is_looking {
            (self.looks, self.is_looking) = (0, true);
            let (inbox, lines) = (self.inbox.clone(), self.lines.in_use());
            wasm_bindgen_futures::spawn_local(async move {
                let mut reports = Vec::new();
                for (peer, key, connection) in lines {
                    if let Ok(report) = counts::report(&connection, key).await {
                        reports.push((peer, report));
                    }
                }
                let _ = inbox.unbounded_send(Message::Looked(reports));
            });
        }
    }

    fn on_looked(&mut self, reports: Vec<(PeerId, Report)>) {
        self.is_looking = false;
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "since the page was loaded"
        )]
        let at = page::now() as u64;
        self.handle(Input::Looked { at, reports });
        for link in self.quality.view().links {
            let sentence = self.speaker.sentence(&link);
            bars::show(link.peer.as_str(), link.bars, &sentence);
        }
        self.tell_links();
    }

    fn handle(&mut self, input: Input) {
        for effect in self.quality.handle(input) {
            match effect {
                Effect::Limit(peer, limits) => self.host.tell("limit", peer.as_str(), &pack(&limits)),
                Effect::Say(peer, text) => self.lines.say(&peer, &text),
                Effect::Withheld(peer, withheld) => {
                    self.host.tell("withheld", peer.as_str(), if withheld { "yes" } else { "" });
                }
            }
        }
    }

    /// Tells all there is to who draws the figures.
    fn tell_links(&self) {
        if self.is_watched {
            let links = self.quality.view().links.into_iter();
            let told: Vec<LinkTold> = links.map(|link| self.speaker.tell(&self.quality, link)).collect();
            self.host.tell("links", &pack(&told), "");
        }
    }

    /// Takes away what it has drawn.
    fn clear(&self) {
        for link in self.quality.view().links {
            bars::show(link.peer.as_str(), bars::FINE, "");
        }
    }
}

/// How we see each of the others.
fn sees(places: &[Place]) -> Vec<(PeerId, Sees)> {
    let mut all: Vec<(PeerId, Sees)> = Vec::new();
    for place in places.iter().filter(|place| !place.is_self) {
        let (Ok(peer), size) = (PeerId::parse(&place.peer), place.size) else { continue };
        let size = size.and_then(|(width, height)| Size::new(width, height));
        let at = all.iter().position(|(known, _)| *known == peer).unwrap_or_else(|| {
            all.push((peer, Sees::default()));
            all.len() - 1
        });
        if let Some((_, sees)) = all.get_mut(at) {
            *(if place.is_screen { &mut sees.screen } else { &mut sees.camera }) = size;
        }
    }
    all
}
