//! One participant: a real call, and a shell that keeps what its effects ask for.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde_json::Value;
use visavis_call::link::Secret;
use visavis_call::{
    Call, CallView, Config, ConnectionId, DeviceFailure, Effect, Input, Intent, MediaEvent, MediaRequest,
    PeerCommand, Remembered, RequestFailure, RequestId, Seat, SocketEvent, Source, Timer, TrackId,
};
use visavis_protocol::{ClientEvent, HostToken, PeerId};
use visavis_server::rooms;

use super::browser::Browser;
use super::random::Random;
use super::writer::Writer;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Socket {
    Closed,
    Opening,
    Open(rooms::ConnectionId),
}

/// How the word begins that somebody was removed.
pub(crate) const REMOVED: &str = "{\"removed\"";

pub(crate) type Uplink = (RequestId, ClientEvent);

pub(crate) type Key = (PeerId, ConnectionId);

#[derive(Debug)]
pub(crate) struct Person {
    pub(crate) call: Call,
    pub(crate) socket: Socket,
    pub(crate) uplink: VecDeque<Uplink>,
    pub(crate) downlink: VecDeque<SocketEvent>,
    /// Sockets closed in good order, with what they still have to say.
    pub(crate) draining: VecDeque<(rooms::ConnectionId, VecDeque<Uplink>)>,
    pub(crate) media: Vec<MediaEvent>,
    pub(crate) tracks: BTreeSet<TrackId>,
    pub(crate) timers: BTreeMap<Timer, u64>,
    pub(crate) browsers: BTreeMap<Key, Browser>,
    pub(crate) intents: Vec<Intent>,
    /// Closed in this step: the other ends are to notice.
    pub(crate) closed: Vec<u32>,
    /// What still got out over these: who was removed.
    pub(crate) last_words: Vec<(u32, String)>,
    /// Connections that were closed although they worked, as the call knew.
    pub(crate) torn: u64,
    pub(crate) writer: Writer,
    number: usize,
    seat: Option<Seat>,
    host_token: Option<HostToken>,
}

fn config(number: usize, seat: Option<Seat>, host_token: Option<HostToken>, random: &mut Random) -> Config {
    Config {
        secret: Secret::parse("0123456789abcdefghjkmnpqrs").unwrap(),
        seed: random.bytes(),
        name: format!("person {number}"),
        microphone: random.percent(70),
        camera: random.percent(70),
        remembered: Remembered::default(),
        seat,
        host_token,
    }
}

impl Person {
    pub(crate) fn new(number: usize, random: &mut Random) -> Self {
        let (call, effects) = Call::new(config(number, None, None, random));
        let mut person = Self {
            call,
            socket: Socket::Closed,
            uplink: VecDeque::new(),
            downlink: VecDeque::new(),
            draining: VecDeque::new(),
            media: Vec::new(),
            tracks: BTreeSet::new(),
            timers: BTreeMap::new(),
            browsers: BTreeMap::new(),
            intents: vec![Intent::Join],
            closed: Vec::new(),
            last_words: Vec::new(),
            torn: 0,
            writer: Writer::new(random.bytes()),
            number,
            seat: None,
            host_token: None,
        };
        person.carry_out(effects, 0, &mut 0, random);
        person
    }

    /// The page is loaded again; in good order, or all of a sudden.
    pub(crate) fn reload(&mut self, orderly: bool, now: u64, numbers: &mut u32, random: &mut Random) {
        if orderly {
            self.feed(Input::Intent(Intent::Unload), now, numbers, random);
        } else {
            self.closed.extend(self.browsers.values().map(|browser| browser.number));
        }
        let (seat, host_token) = (self.seat.clone(), self.host_token.clone());
        let (call, effects) = Call::new(config(self.number, seat, host_token, random));
        self.call = call;
        self.socket = Socket::Closed;
        self.uplink.clear();
        self.downlink.clear();
        self.media.clear();
        self.tracks.clear();
        self.timers.clear();
        self.browsers.clear();
        self.intents = vec![Intent::Join];
        self.carry_out(effects, now, numbers, random);
    }

    pub(crate) fn feed(&mut self, input: Input, now: u64, numbers: &mut u32, random: &mut Random) {
        let effects = self.call.handle(input);
        self.carry_out(effects, now, numbers, random);
    }

    /// The connection over which something is to be heard.
    pub(crate) fn hears(&self) -> Option<Key> {
        let heard =
            self.browsers.iter().find(|(_, browser)| browser.connected && !browser.control.is_empty());
        heard.map(|(key, _)| key.clone())
    }

    pub(crate) fn view(&self) -> CallView {
        self.call.view()
    }

    /// The socket is gone: what was on its way in is lost, and no request will be answered any more.
    pub(crate) fn lose_socket(&mut self) {
        let unanswered: Vec<_> = self.uplink.drain(..).collect();
        self.downlink.retain(|event| matches!(event, SocketEvent::Reply { .. }));
        for (request, _) in unanswered {
            self.fail(request);
        }
        self.downlink.push_back(SocketEvent::Lost { reason: "cut".into() });
        self.socket = Socket::Opening;
    }

    pub(crate) fn reply(&mut self, request: RequestId, value: Value) {
        self.downlink.push_back(SocketEvent::Reply { request, reply: Ok(value) });
    }

    pub(crate) fn fail(&mut self, request: RequestId) {
        let reply = Err(RequestFailure::Disconnected);
        self.downlink.push_back(SocketEvent::Reply { request, reply });
    }

    fn carry_out(&mut self, effects: Vec<Effect>, now: u64, numbers: &mut u32, random: &mut Random) {
        for effect in effects {
            match effect {
                Effect::Connect => self.socket = Socket::Opening,
                Effect::Disconnect => match self.socket {
                    Socket::Open(socket) => {
                        self.draining.push_back((socket, std::mem::take(&mut self.uplink)));
                        self.downlink.clear();
                        self.socket = Socket::Closed;
                    }
                    Socket::Opening | Socket::Closed => self.socket = Socket::Closed,
                },
                Effect::Send { request, event } => match self.socket {
                    Socket::Open(_) => self.uplink.push_back((request, event)),
                    Socket::Opening | Socket::Closed => self.fail(request),
                },
                Effect::OpenPeer { peer, connection, initiator, ice: _, tracks } => {
                    *numbers += 1;
                    let browser = Browser::new(*numbers, initiator, &tracks);
                    let known = self.browsers.insert((peer, connection), browser);
                    assert!(known.is_none(), "a connection id is used once");
                }
                Effect::ClosePeer { peer, connection } => {
                    let browser =
                        self.browsers.remove(&(peer, connection)).expect("only what is open closes");
                    self.torn += u64::from(browser.connected && browser.events.is_empty());
                    for command in browser.operations {
                        if let PeerCommand::SendControl(text) = command
                            && text.contains(REMOVED)
                        {
                            self.last_words.push((browser.number, text));
                        }
                    }
                    self.closed.push(browser.number);
                }
                Effect::Peer { peer, connection, command } => self.command(&(peer, connection), command),
                Effect::OpenDevices { request, devices } => {
                    for device in devices {
                        let track = TrackId { request, source: device.kind.into() };
                        if random.percent(15) {
                            self.media.push(MediaEvent::Failed { track, failure: DeviceFailure::Busy });
                        } else {
                            assert!(self.tracks.insert(track), "a track opens once");
                            self.media.push(MediaEvent::Opened(track));
                        }
                    }
                }
                Effect::OpenScreen(request) => self.open_screen(request, random),
                Effect::CloseTrack(track) => {
                    assert!(self.tracks.remove(&track), "only what is open closes");
                }
                Effect::SetTimer { timer, after } if timer != Timer::Look => {
                    self.timers.insert(timer, now + u64::try_from(after.as_millis()).unwrap());
                }
                Effect::ClearTimer(timer) => {
                    self.timers.remove(&timer);
                }
                Effect::EnableTrack { track, .. } => assert!(self.tracks.contains(&track)),
                Effect::KeepSeat(seat) => {
                    let known = Seat::decode(&seat.encode());
                    assert_eq!(known.as_ref(), Some(&seat), "a seat is read as it was written");
                    self.seat = known;
                }
                Effect::GiveUpSeat => self.seat = None,
                Effect::KeepHost(token) => self.host_token = Some(token),
                Effect::RememberDevices(remembered) => {
                    assert_eq!(
                        Remembered::decode(&remembered.encode()),
                        remembered,
                        "it is read as it was written"
                    );
                }
                // Who looks on for ever keeps nobody from settling.
                Effect::SetTimer { .. }
                | Effect::UseSpeaker(_)
                | Effect::Doubt
                | Effect::Hurry(_)
                | Effect::RememberName(_)
                | Effect::Mark(_)
                | Effect::Log(_) => {}
            }
        }
    }

    fn open_screen(&mut self, request: MediaRequest, random: &mut Random) {
        let track = |source| TrackId { request, source };
        if random.percent(15) {
            let failure = DeviceFailure::Refused;
            return self.media.push(MediaEvent::Failed { track: track(Source::Screen), failure });
        }
        let mut sources = vec![Source::Screen];
        if random.percent(50) {
            sources.insert(random.below(2), Source::ScreenSound);
        }
        for track in sources.into_iter().map(track) {
            assert!(self.tracks.insert(track), "a track opens once");
            self.media.push(MediaEvent::Opened(track));
        }
    }

    fn command(&mut self, key: &Key, command: PeerCommand) {
        let browser = self.browsers.get_mut(key).expect("only open connections get commands");
        browser.operations.push_back(command);
    }
}
