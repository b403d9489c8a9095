//! People in a call, each behind an uplink, and browsers that send what they are told to at most.

use visavis_protocol::PeerId;
use visavis_quality::{Counts, Effect, Input, Limits, Quality, Report, Sees, Size, Sources, Way};

use super::pipe::Pipe;

/// Seconds of a step.
const MOMENT: f64 = 0.05;
/// Steps in a second.
const MOMENTS: u32 = 20;
/// Seconds there and back through empty queues.
const DISTANCE: f64 = 0.04;
/// Bits per second of sound, with its headers.
const SOUND: f64 = 42_000.0;
/// Bits of a packet of the picture.
const PACKET: f64 = 8800.0;

/// What a browser does of its own accord.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Browser {
    /// It sends what it may, whatever becomes of it.
    Stubborn,
    /// It sends what it believes to get through, and says so.
    Careful,
}

/// What somebody sends to somebody else.
#[derive(Debug, Clone)]
pub(crate) struct Flow {
    pub(crate) to: usize,
    pub(crate) limits: Option<Limits>,
    /// Bits per second that the browser believes in.
    believes: f64,
    report: Report,
    /// Of the second before, as the other side tells it.
    loss: [f64; 2],
    /// In the last second: bits of sound and of the picture that were sent, and that came.
    pub(crate) sent: [f64; 2],
    pub(crate) came: [f64; 2],
}

/// One person.
#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) id: PeerId,
    pub(crate) quality: Quality,
    pub(crate) uplink: Pipe,
    pub(crate) flows: Vec<Flow>,
    /// How they see the others.
    pub(crate) tile: Option<Size>,
}

/// All of it.
#[derive(Debug)]
pub(crate) struct World {
    pub(crate) people: Vec<Person>,
    browser: Browser,
    /// Seconds.
    pub(crate) now: u64,
    chance: u64,
    /// How often anybody's limits have changed.
    pub(crate) changes: u32,
    /// The share of words that is lost.
    pub(crate) words_lost: f64,
}

impl World {
    /// So many people who see each other in tiles of this size.
    pub(crate) fn new(people: usize, tile: (u16, u16), browser: Browser, uplink: &Pipe) -> Self {
        let person = |at: usize| Person {
            id: PeerId::from_bytes([u8::try_from(at).unwrap() + 1; 10]),
            quality: Quality::new(1),
            uplink: uplink.clone(),
            tile: Size::new(tile.0, tile.1),
            flows: (0..people)
                .filter(|to| *to != at)
                .map(|to| Flow {
                    to,
                    limits: None,
                    believes: 300_000.0,
                    report: Report { way: Way::Direct, ..Report::default() },
                    loss: [0.0; 2],
                    sent: [0.0; 2],
                    came: [0.0; 2],
                })
                .collect(),
        };
        let people: Vec<_> = (0..people).map(person).collect();
        let mut world = Self { people, browser, now: 0, chance: 7, changes: 0, words_lost: 0.0 };
        for at in 0..world.people.len() {
            let on = Sources { sound: true, camera: true, screen: false };
            world.handle(at, Input::Devices(on));
        }
        world
    }

    fn chance(&mut self) -> f64 {
        self.chance =
            self.chance.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        f64::from(u32::try_from(self.chance >> 33).unwrap()) / f64::from(1_u32 << 31)
    }

    /// Lets a second go by.
    pub(crate) fn second(&mut self) {
        self.now += 1;
        for flow in self.people.iter_mut().flat_map(|person| &mut person.flows) {
            (flow.sent, flow.came) = ([0.0; 2], [0.0; 2]);
        }
        for _ in 0..MOMENTS {
            for at in 0..self.people.len() {
                let noise = 0.8 + 0.2 * self.chance();
                moment(&mut self.people[at], self.browser, noise);
            }
        }
        let delays: Vec<f64> = self.people.iter().map(|person| person.uplink.delay()).collect();
        for (at, person) in self.people.iter_mut().enumerate() {
            for flow in &mut person.flows {
                count(flow, self.browser, delays[at], delays[flow.to]);
            }
        }
        for at in 0..self.people.len() {
            self.look(at);
        }
    }

    /// So many seconds.
    pub(crate) fn seconds(&mut self, count: u32) {
        (0..count).for_each(|_| self.second());
    }

    /// Lets time go by until that is so; gives the seconds, or panics after so many.
    pub(crate) fn until(&mut self, most: u32, what: &str, mut is_so: impl FnMut(&Self) -> bool) -> u32 {
        for second in 1..=most {
            self.second();
            if is_so(self) {
                return second;
            }
        }
        panic!("{what}: not within {most} s");
    }

    fn look(&mut self, at: usize) {
        let ids: Vec<PeerId> = self.people.iter().map(|person| person.id.clone()).collect();
        let mut reports = Vec::new();
        for flow in &self.people[at].flows {
            let mut report = flow.report.clone();
            let back = self.people[flow.to].flows.iter().find(|back| back.to == at).unwrap();
            report.received = back.report.sent.clone();
            report.received.sound.share_lost = Some(thousandths(back.loss[0]));
            report.received.camera.share_lost = Some(thousandths(back.loss[1]));
            reports.push((ids[flow.to].clone(), report));
        }
        let sees = Sees { camera: self.people[at].tile, screen: None };
        let others = ids.iter().enumerate().filter(|(other, _)| *other != at);
        let shown = others.map(|(_, id)| (id.clone(), sees)).collect();
        self.handle(at, Input::Shown(shown));
        self.handle(at, Input::Looked { at: self.now * 1000, reports });
    }

    fn handle(&mut self, at: usize, input: Input) {
        for effect in self.people[at].quality.handle(input) {
            match effect {
                Effect::Limit(peer, limits) => {
                    self.changes += 1;
                    let to = self.people.iter().position(|person| person.id == peer).unwrap();
                    let flow = self.people[at].flows.iter_mut().find(|flow| flow.to == to).unwrap();
                    flow.limits = Some(limits);
                }
                Effect::Say(peer, text) => {
                    if self.chance() >= self.words_lost {
                        let (from, to) =
                            (self.people[at].id.clone(), self.people.iter().position(|p| p.id == peer));
                        self.handle(to.unwrap(), Input::Heard(from, text));
                    }
                }
                Effect::Withheld(..) => {}
            }
        }
    }

    /// The bits that somebody has sent in the last second.
    pub(crate) fn sent_by(&self, at: usize) -> f64 {
        self.people[at].flows.iter().flat_map(|flow| flow.sent).sum()
    }

    /// Whether somebody sends everybody a picture.
    pub(crate) fn shows(&self, at: usize) -> bool {
        self.people[at].flows.iter().all(|flow| flow.limits.is_none_or(|limits| limits.camera.active))
    }
}

/// What a person sends in a moment, and what comes of it.
fn moment(person: &mut Person, browser: Browser, noise: f64) {
    let picture = |flow: &Flow| {
        let most = match flow.limits {
            Some(limits) if !limits.camera.active => return 0.0,
            Some(limits) => f64::from(limits.camera.max_bitrate),
            None => 2_000_000.0,
        };
        let believed = if browser == Browser::Careful { (flow.believes - SOUND).max(0.0) } else { f64::MAX };
        (most * noise).min(believed)
    };
    let wanted: Vec<[f64; 2]> =
        person.flows.iter().map(|flow| [SOUND * MOMENT, picture(flow) * MOMENT]).collect();
    let all: f64 = wanted.iter().flatten().sum();
    let (gone, lost) = person.uplink.carry(all, MOMENT);
    for (flow, wanted) in person.flows.iter_mut().zip(wanted) {
        for (kind, bits) in wanted.into_iter().enumerate() {
            flow.sent[kind] += bits;
            flow.came[kind] += gone * bits / all;
            // Smoothed, as reports of the other side are.
            flow.loss[kind] += (lost - flow.loss[kind]) * 0.1;
        }
    }
}

fn count(flow: &mut Flow, browser: Browser, there: f64, back: f64) {
    let round_trip = DISTANCE + there + back;
    let grow = |counts: &mut Counts, bits: f64, loss: f64| {
        counts.bytes += whole(bits / 8.0);
        counts.packets += whole(bits / PACKET).max(u64::from(bits > 0.0));
        counts.share_lost = Some(thousandths(loss));
        counts.level = Some(100);
    };
    grow(&mut flow.report.sent.sound, flow.sent[0], flow.loss[0]);
    grow(&mut flow.report.sent.camera, flow.sent[1], flow.loss[1]);
    flow.report.sent.camera.frames += u64::from(flow.sent[1] > 0.0) * 30;
    flow.report.round_trip = Some(u16::try_from(whole(round_trip * 1000.0)).unwrap_or(u16::MAX));
    flow.report.camera = Some((1280, 720));
    flow.report.camera_frames = Some(flow.report.camera_frames.unwrap_or(0) + 30);
    if browser == Browser::Careful {
        let (sent, came): (f64, f64) = (flow.sent.iter().sum(), flow.came.iter().sum());
        flow.believes = if there > 0.1 || flow.loss[1] > 0.1 {
            (came * 0.85).min(flow.believes)
        } else {
            // Nobody learns that more would go by sending less.
            (flow.believes * 1.08).min((sent * 2.0).max(flow.believes))
        };
        flow.report.available = Some(u32::try_from(whole(flow.believes)).unwrap());
    }
}

fn thousandths(share: f64) -> u16 {
    u16::try_from(whole(share * 1000.0)).unwrap()
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive, and small enough")]
fn whole(number: f64) -> u64 {
    number as u64
}
