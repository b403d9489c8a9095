//! All links together.

use visavis_protocol::PeerId;

use crate::budget::{Want, share};
use crate::cpu::Cpu;
use crate::export;
use crate::history::History;
use crate::ladder::SCREEN;
use crate::limit::Limits;
use crate::link::{Link, Offer};
use crate::rates::Sample;
use crate::report::{Report, Sources};
use crate::throttle::{Strain, Throttle};
use crate::view::QualityView;
use crate::word::{Fares, Motion, Sees, Word};

/// More than any room holds.
const MOST_LINKS: usize = 64;
/// For so many looks a device gives nothing before it is said to be still.
const STILL: u32 = 10;

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Input {
    /// Once a second: what every connection that works has counted.
    Looked {
        /// Milliseconds of a clock that does not go back.
        at: u64,
        /// One for each person.
        reports: Vec<(PeerId, Report)>,
    },
    /// How we see the others; who is not among them is not seen.
    Shown(Vec<(PeerId, Sees)>),
    /// Which of our microphone, camera and screen are on.
    Devices(Sources<bool>),
    /// This came over the channel to them.
    Heard(PeerId, String),
    /// They are called so.
    Named(PeerId, String),
    /// They are not in the call any more.
    Gone(PeerId),
}

/// One thing to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Effect {
    /// What they are sent keeps to this from now on.
    Limit(PeerId, Limits),
    /// Say it to them.
    Say(PeerId, String),
    /// No picture of theirs is to be expected, or one is again.
    Withheld(PeerId, bool),
}

/// Whether a device of ours gives anything.
#[derive(Debug, Default)]
struct Device {
    is_on: bool,
    /// Looks at which it gave nothing.
    still: u32,
}

impl Device {
    /// `gives` is nothing where that is not known.
    fn take(&mut self, gives: Option<bool>) {
        match gives {
            Some(false) if self.is_on => self.still = self.still.saturating_add(1),
            _ => self.still = 0,
        }
    }

    fn motion(&self) -> Motion {
        match self.is_on {
            false => Motion::Off,
            true if self.still >= STILL => Motion::Still,
            true => Motion::On,
        }
    }
}

/// See the crate.
#[derive(Debug)]
pub struct Quality {
    now: u64,
    /// Of the word before the next.
    number: u64,
    links: Vec<Link>,
    /// What gets through of all that we send, where many links are strained at once.
    uplink: Throttle,
    /// The least uplink with which somebody would have more of it.
    next: Option<u32>,
    cpu: Cpu,
    microphone: Device,
    camera: Device,
    shows_screen: bool,
    /// Frames that our camera had given when it was looked at last.
    camera_frames: Option<u64>,
    effects: Vec<Effect>,
}

impl Quality {
    /// `number` is less than that of any word to come: milliseconds since 1970, for a page that is loaded again must not count
    /// from where it did before.
    pub fn new(number: u64) -> Self {
        Self {
            now: 0,
            number,
            links: Vec::new(),
            uplink: Throttle::default(),
            next: None,
            cpu: Cpu::default(),
            microphone: Device::default(),
            camera: Device::default(),
            shows_screen: false,
            camera_frames: None,
            effects: Vec::new(),
        }
    }

    /// Takes one input and answers with what is to be done.
    #[must_use]
    pub fn handle(&mut self, input: Input) -> Vec<Effect> {
        match input {
            Input::Looked { at, reports } => self.look(at, reports),
            Input::Shown(tiles) => {
                for at in 0..self.links.len() {
                    let link = &mut self.links[at];
                    let tile = tiles.iter().find(|(peer, _)| *peer == link.peer);
                    let sees = tile.map(|(_, sees)| *sees).unwrap_or_default();
                    if std::mem::replace(&mut link.sees, sees) != sees {
                        self.say(at);
                    }
                }
            }
            Input::Devices(Sources { sound, camera, screen }) => {
                (self.microphone.is_on, self.camera.is_on) = (sound, camera);
                if std::mem::replace(&mut self.shows_screen, screen) != screen {
                    self.decide();
                }
            }
            Input::Heard(peer, text) => {
                let now = self.now;
                if let Some(word) = Word::decode(&text)
                    && let Some(link) = self.meet(&peer)
                    && link.hear(now, word)
                {
                    self.decide();
                }
            }
            Input::Named(peer, name) => {
                if let Some(link) = self.meet(&peer) {
                    link.name = name;
                }
            }
            Input::Gone(peer) => {
                self.links.retain(|link| link.peer != peer);
                self.decide();
            }
        }
        self.tell_withheld();
        std::mem::take(&mut self.effects)
    }

    /// How all links do.
    pub fn view(&self) -> QualityView {
        let fares = self.fares();
        let known = self.links.iter().filter(|link| link.history.last().is_some());
        QualityView { links: known.map(|link| link.view(self.now, fares)).collect() }
    }

    /// The last minutes of a link.
    pub fn history(&self, peer: &PeerId) -> Option<&History> {
        self.links.iter().find(|link| link.peer == *peer).map(|link| &link.history)
    }

    /// The last minutes of all links, as JSON.
    pub fn export(&self) -> String {
        let links = self.links.iter().map(|link| (link.peer.as_str(), link.name.as_str(), &link.history));
        export::json(self.now, links)
    }

    fn look(&mut self, at: u64, reports: Vec<(PeerId, Report)>) {
        self.now = self.now.max(at);
        self.links.iter_mut().for_each(|link| link.is_looked_at = false);
        let (mut loudest, mut frames) = (None, None);
        for (peer, report) in reports {
            loudest = loudest.max(report.sent.sound.level);
            frames = frames.max(report.camera_frames);
            if let Some(link) = self.meet(&peer) {
                link.look(at, report);
            }
        }
        self.microphone.take(loudest.map(|level| level > 0));
        let before = std::mem::replace(&mut self.camera_frames, frames);
        self.camera.take(before.zip(frames).map(|(before, frames)| frames != before));

        let highest = self.links.iter().map(Link::camera_step).max().unwrap_or_default();
        let looked_at = self.links.iter().filter(|link| link.is_looked_at);
        self.cpu.take(looked_at.filter_map(|link| link.history.last()), highest);
        self.measure();
        self.decide();
        let now = self.now;
        self.links.iter_mut().filter(|link| link.is_looked_at).for_each(|link| link.rate(now));
        for at in 0..self.links.len() {
            if self.links[at].is_looked_at {
                self.say(at);
            }
        }
    }

    /// Finds out what gets through. Where most links are strained at once it is the uplink that all of them share.
    fn measure(&mut self) {
        let (now, offer) = (self.now, self.offer());
        let looked_at = || self.links.iter().filter(|link| link.is_looked_at);
        let sending = looked_at().filter(|link| link.is_sending()).count();
        let strains: Vec<Strain> = self
            .links
            .iter_mut()
            .map(|link| if link.is_looked_at { link.strain(now) } else { Strain::None })
            .collect();
        let strained = strains.iter().filter(|strain| **strain != Strain::None).count();
        if strained >= 2 && strained * 2 >= sending {
            // What is not strained gets through as it is allotted.
            let through = self.links.iter().zip(&strains).fold(0_u32, |sum, (link, strain)| {
                sum.saturating_add(match strain {
                    Strain::Through(through) => *through,
                    Strain::None => link.history.last().map_or(0, |sample| Sample::total(&sample.sent).0),
                })
            });
            self.uplink.take(Strain::Through(through), self.next);
            self.links.iter_mut().for_each(Link::on_lowered);
        } else {
            let next = self.next.map(|next| {
                self.uplink.limit().map_or(next, |limit| next.max(limit.saturating_add(limit / 4)))
            });
            self.uplink.take(Strain::None, next);
            for (link, strain) in self.links.iter_mut().zip(&strains).filter(|(link, _)| link.is_looked_at) {
                link.throttle(*strain, now, offer);
            }
        }
    }

    /// Shares what there is, and tells who is concerned.
    fn decide(&mut self) {
        let (now, offer) = (self.now, self.offer());
        let held = (self.uplink.limit().is_some(), self.cpu.is_busy());
        let wants: Vec<Want> = self
            .links
            .iter_mut()
            .map(|link| if link.is_looked_at { link.want(now, offer) } else { Want::default() })
            .collect();
        let (shares, next) = share(&wants, self.uplink.limit());
        self.next = next;
        for at in 0..self.links.len() {
            let link = &mut self.links[at];
            if !link.is_looked_at {
                continue;
            }
            let before = link.sends;
            link.allot(wants[at], shares[at], held);
            let limits = link.limits_now(offer);
            if link.limits.replace(limits) != Some(limits) {
                let told = Effect::Limit(link.peer.clone(), limits);
                self.effects.push(told);
            }
            if self.links[at].sends != before {
                self.say(at);
            }
        }
    }

    fn offer(&self) -> Offer {
        match (self.shows_screen, self.camera.is_on) {
            (false, _) => Offer { camera: self.cpu.most(), screen: 0 },
            (true, true) => Offer { camera: self.cpu.most(), screen: SCREEN.len() },
            // A camera that is off takes little from the screen, and has something to begin with.
            (true, false) => Offer { camera: 1, screen: SCREEN.len() },
        }
    }

    fn tell_withheld(&mut self) {
        for link in &mut self.links {
            let withheld = link.is_withheld(self.now);
            if std::mem::replace(&mut link.withheld, withheld) != withheld {
                self.effects.push(Effect::Withheld(link.peer.clone(), withheld));
            }
        }
    }

    fn fares(&self) -> Fares {
        let links = || self.links.iter().filter(|link| link.is_looked_at);
        let count = |of: fn(&&Link) -> bool| u8::try_from(links().filter(of).count()).unwrap_or(u8::MAX);
        Fares {
            links: count(|link| link.is_sending()),
            lossy_out: count(|link| link.is_lossy(|sample| &sample.sent)),
            lossy_in: count(|link| link.is_lossy(|sample| &sample.received)),
            narrow: self.uplink.limit().is_some(),
            busy: self.cpu.is_busy(),
            microphone: self.microphone.motion(),
            camera: self.camera.motion(),
        }
    }

    fn say(&mut self, at: usize) {
        self.number += 1;
        let link = &self.links[at];
        let word = link.tell(self.number, self.fares());
        let said = Effect::Say(link.peer.clone(), word.encode());
        // What was about to be said to them is not so any more.
        let peer = &self.links[at].peer;
        self.effects.retain(|effect| !matches!(effect, Effect::Say(to, _) if to == peer));
        self.effects.push(said);
    }

    fn meet(&mut self, peer: &PeerId) -> Option<&mut Link> {
        let found = self.links.iter().position(|link| link.peer == *peer);
        if found.is_none() && self.links.len() < MOST_LINKS {
            self.links.push(Link::new(peer.clone()));
        }
        match found {
            Some(at) => self.links.get_mut(at),
            None => self.links.last_mut().filter(|link| link.peer == *peer),
        }
    }
}
