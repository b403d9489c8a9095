//! Two connections in one page, wired to each other by the plainest signalling there is.

use futures_channel::mpsc;
use futures_util::StreamExt;
use visavis_call::{
    Candidate, ConnectionState, DeviceKind, IceConfig, PeerCommand, PeerEvent, SdpKind, Traffic,
};
use visavis_client::browser::{
    media::{Devices, LocalTrack, MediaOutcome, Track},
    peer::{Peer, PeerOptions},
};

use crate::clock;
use crate::screen::Screen;

/// The two of them.
pub(crate) const ALICE: usize = 0;
pub(crate) const BOB: usize = 1;

pub(crate) struct Side {
    /// `None` once closed.
    pub(crate) peer: Option<Peer>,
    /// All that it has told.
    pub(crate) seen: Vec<PeerEvent>,
    initiator: bool,
    offering: bool,
    /// Candidates found before the description they belong to was sent.
    held: Option<Vec<Candidate>>,
}

pub(crate) struct Pair {
    pub(crate) sides: [Side; 2],
    events: mpsc::UnboundedReceiver<(usize, PeerEvent)>,
    /// Whether what the sides tell is carried over; switched off to play a scene by hand.
    pub(crate) wired: bool,
}

impl Pair {
    /// Alice makes the offer, bob answers; each with these tracks.
    pub(crate) fn open(alice: &[LocalTrack], bob: &[LocalTrack]) -> Self {
        Self::open_as([true, false], [alice, bob])
    }

    pub(crate) fn open_as(initiators: [bool; 2], tracks: [&[LocalTrack]; 2]) -> Self {
        let (sink, events) = mpsc::unbounded();
        let side = |index: usize| {
            let sink = sink.clone();
            let tracks = tracks[index].iter().map(|local| (local.id().source, handle(local))).collect();
            let options = PeerOptions {
                initiator: initiators[index],
                ice: &IceConfig::default(),
                tracks,
                limits: None,
            };
            let tell = move |event| {
                let _ = sink.unbounded_send((index, event));
            };
            let peer = Peer::open(options, tell);
            Side {
                peer: Some(peer.unwrap()),
                seen: Vec::new(),
                initiator: initiators[index],
                offering: false,
                held: Some(Vec::new()),
            }
        };
        Self { sides: [side(ALICE), side(BOB)], events, wired: true }
    }

    /// Two that are connected.
    pub(crate) async fn connected(alice: &[LocalTrack], bob: &[LocalTrack]) -> Self {
        let mut pair = Self::open(alice, bob);
        pair.until_connected().await;
        pair
    }

    pub(crate) async fn until_connected(&mut self) {
        for side in [ALICE, BOB] {
            self.until(side, &PeerEvent::State(ConnectionState::Connected)).await;
            self.until(side, &PeerEvent::ControlOpen).await;
        }
    }

    /// Carries events over until a side has told this.
    pub(crate) async fn until(&mut self, side: usize, wanted: &PeerEvent) {
        self.until_some(side, &format!("{wanted:?}"), |event| event == wanted).await;
    }

    /// Carries events over until a side has told something of this sort.
    pub(crate) async fn until_some(&mut self, side: usize, what: &str, fits: impl Fn(&PeerEvent) -> bool) {
        while !self.sides[side].seen.iter().any(&fits) {
            let (index, event) = clock::expect(what, self.events.next()).await.unwrap();
            self.take(index, event);
        }
    }

    /// Carries events over until the condition holds.
    pub(crate) async fn until_holds(&mut self, what: &str, mut holds: impl FnMut() -> bool) {
        clock::until(what, || {
            while let Ok((index, event)) = self.events.try_recv() {
                self.take(index, event);
            }
            holds()
        })
        .await;
    }

    /// Carries events over until a screen shows no more frames, and gives how many there were.
    pub(crate) async fn until_still(&mut self, screen: &Screen) -> f64 {
        let mut last = (screen.frames(), 0);
        self.until_holds("no frame in twenty looks", || {
            let now = screen.frames();
            last = if now > last.0 { (now, 0) } else { (now, last.1 + 1) };
            last.1 >= 20
        })
        .await;
        last.0
    }

    pub(crate) fn run(&self, side: usize, command: PeerCommand) {
        self.run_with(side, command, None);
    }

    pub(crate) fn run_with(&self, side: usize, command: PeerCommand, track: Option<Track>) {
        if let Some(peer) = &self.sides[side].peer {
            peer.run(command, |_| track);
        }
    }

    /// What a side has received by now.
    pub(crate) async fn traffic(&mut self, side: usize) -> Traffic {
        let received =
            |event: &PeerEvent| if let PeerEvent::Traffic(traffic) = event { Some(*traffic) } else { None };
        self.sides[side].seen.retain(|event| received(event).is_none());
        if let Some(peer) = &self.sides[side].peer {
            peer.inspect();
        }
        self.until_some(side, "what came in", |event| received(event).is_some()).await;
        self.sides[side].seen.iter().find_map(received).unwrap()
    }

    pub(crate) fn close(&mut self, side: usize) {
        self.sides[side].peer = None;
    }

    /// Carries over what a side has told so far; the other one gives way to it.
    pub(crate) fn yield_to(&mut self, side: usize, told: Vec<PeerEvent>) {
        self.sides[side].offering = true;
        self.sides[1 - side].initiator = false;
        for event in told {
            self.carry(side, event);
        }
    }

    fn take(&mut self, index: usize, event: PeerEvent) {
        self.sides[index].seen.push(event.clone());
        if self.wired {
            self.carry(index, event);
        }
    }

    fn carry(&mut self, index: usize, event: PeerEvent) {
        let other = 1 - index;
        let side = &mut self.sides[index];
        match event {
            // The answerer's channels ask for an exchange too; the first offer serves them.
            PeerEvent::NegotiationNeeded if side.initiator && !side.offering => {
                side.offering = true;
                self.run(index, PeerCommand::SetLocal);
            }
            PeerEvent::LocalSet(description) => {
                let held = side.held.take();
                self.run(other, PeerCommand::SetRemote(description));
                for candidate in held.unwrap_or_default() {
                    self.run(other, PeerCommand::AddCandidate(candidate));
                }
            }
            PeerEvent::RemoteSet if side.offering => side.offering = false,
            PeerEvent::RemoteSet => self.run(index, PeerCommand::SetLocal),
            PeerEvent::LocalCandidate(candidate) => match &mut side.held {
                Some(held) => held.push(candidate),
                None => self.run(other, PeerCommand::AddCandidate(candidate)),
            },
            PeerEvent::Failed { operation, error } => panic!("{operation:?} of {index} failed: {error}"),
            PeerEvent::NegotiationNeeded
            | PeerEvent::State(_)
            | PeerEvent::ControlOpen
            | PeerEvent::ControlClosed
            | PeerEvent::Control(_)
            | PeerEvent::Traffic(_)
            | PeerEvent::Track(_) => {}
        }
    }
}

/// How many exchanges a side has ended, by either description.
pub(crate) fn exchanges(side: &Side) -> usize {
    let ends = |event: &&PeerEvent| {
        matches!(event, PeerEvent::LocalSet(made) if made.kind == SdpKind::Answer)
            || (side.initiator && **event == PeerEvent::RemoteSet)
    };
    side.seen.iter().filter(ends).count()
}

/// Made-up devices of both kinds, running.
pub(crate) async fn open_devices() -> (Devices, Vec<LocalTrack>) {
    let (sink, outcomes) = mpsc::unbounded();
    let devices = Devices::watch(move |outcome| {
        let _ = sink.unbounded_send(outcome);
    });
    let wanted = DeviceKind::ALL.map(|kind| visavis_call::DeviceRequest {
        kind,
        device: None,
        processing: visavis_call::Processing::default(),
    });
    devices.open(visavis_call::MediaRequest(1), wanted.into());
    let opened = outcomes.filter_map(async |outcome| match outcome {
        MediaOutcome::Opened(track) => Some(track),
        MediaOutcome::Event(_) => None,
    });
    let tracks = clock::expect("both devices", opened.take(2).collect::<Vec<_>>()).await;
    (devices, tracks)
}

/// The handle of a track.
pub(crate) fn handle(local: &LocalTrack) -> Track {
    Clone::clone(local.track())
}

/// The one of this kind.
pub(crate) fn of_kind(tracks: &[LocalTrack], kind: DeviceKind) -> Track {
    handle(tracks.iter().find(|local| local.id().source == kind.into()).unwrap())
}
