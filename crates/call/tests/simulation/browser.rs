//! The signaling half of an `RTCPeerConnection`: a serial queue of operations, states as webrtc-pc §4.3.1 has them.

use std::collections::VecDeque;

use visavis_call::{
    Candidate, Description, Operation, PeerCommand, PeerEvent, SdpKind, Source, TrackId, Traffic,
};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Stable,
    HaveLocalOffer,
    HaveRemoteOffer,
}

#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "they are the flags that webrtc-pc gives a connection")]
pub(crate) struct Browser {
    /// Unique among all connections of all people; stands in every SDP it makes.
    pub(crate) number: u32,
    pub(crate) initiator: bool,
    state: State,
    pub(crate) operations: VecDeque<PeerCommand>,
    pub(crate) events: VecDeque<PeerEvent>,
    /// The connection whose description is applied.
    pub(crate) remote: Option<u32>,
    /// The ICE session that it names.
    session: Option<String>,
    has_local: bool,
    /// The offer of the last exchange that ended here. An offer fits only where the one ended that it builds on.
    agreed: String,
    /// The offer, ours or theirs, of the exchange under way.
    open: String,
    made: u32,
    needs: bool,
    asked: bool,
    pub(crate) connected: bool,
    /// Only a new exchange brings the connection back.
    pub(crate) dead: bool,
    pub(crate) tracks: [Option<TrackId>; 4],
    /// Whether there are senders for the screen and its sound: they are added after the first exchange.
    has_screen: [bool; 2],
    /// What they say over the control channel, on its way to us.
    pub(crate) control: VecDeque<String>,
    /// What they say over the chat's channel, on its way to us.
    pub(crate) chat: VecDeque<String>,
    /// The chat's channel is open, as the page knows.
    pub(crate) chats: bool,
    pub(crate) collisions: u64,
    /// Descriptions that did not fit.
    pub(crate) misfits: u64,
    received: u64,
}

pub(crate) fn slot(source: Source) -> usize {
    Source::ALL.into_iter().position(|one| one == source).unwrap()
}

impl Browser {
    pub(crate) fn new(number: u32, initiator: bool, tracks: &[TrackId]) -> Self {
        let mut browser = Self {
            number,
            initiator,
            state: State::Stable,
            operations: VecDeque::new(),
            events: VecDeque::new(),
            remote: None,
            session: None,
            has_local: false,
            agreed: String::new(),
            open: String::new(),
            made: 0,
            // Both make data channels, which asks for a negotiation on either side.
            needs: true,
            asked: false,
            connected: false,
            dead: false,
            tracks: [None; 4],
            has_screen: [false; 2],
            control: VecDeque::new(),
            chat: VecDeque::new(),
            chats: false,
            collisions: 0,
            misfits: 0,
            received: 0,
        };
        for track in tracks {
            browser.tracks[slot(track.source)] = Some(*track);
        }
        browser.ask(false);
        browser
    }

    /// Offer and answer are done on this side, or were before a description was refused.
    pub(crate) fn settled(&self) -> Option<u32> {
        self.remote.filter(|_| self.has_local && (self.state == State::Stable || self.misfits > 0))
    }

    /// Runs the next operation, but refuses an answer if it `refuses`; what is sent on the control channel is returned.
    pub(crate) fn run_operation(&mut self, event_first: bool, refuses: bool) -> Option<String> {
        let mut sent = None;
        match self.operations.pop_front().expect("an operation is queued") {
            PeerCommand::SetLocal => self.set_local(),
            PeerCommand::SetRemote(description) => self.set_remote(&description, refuses),
            PeerCommand::AddCandidate(candidate) => {
                let known = candidate.username_fragment == self.session;
                assert!(known || self.misfits > 0, "a candidate of a session that no description has named");
            }
            PeerCommand::EnlargePicture => {}
            PeerCommand::ReplaceTrack { source, track } => self.tracks[slot(source)] = track,
            PeerCommand::SendControl(text) => sent = Some(text),
            PeerCommand::RestartIce(_) => {
                self.needs = true;
                self.asked = false;
            }
        }
        self.add_screen();
        self.ask(event_first);
        sent
    }

    /// A screen that is shown for the first time has to be negotiated.
    fn add_screen(&mut self) {
        if self.settled().is_none() {
            return;
        }
        for (has, track) in self.has_screen.iter_mut().zip(&self.tracks[2..]) {
            if track.is_some() && !std::mem::replace(has, true) {
                self.needs = true;
                self.asked = false;
            }
        }
    }

    /// A look at what has come, after more has.
    pub(crate) fn traffic(&mut self) -> PeerEvent {
        self.received += 1;
        self.still()
    }

    /// A look at what has come, and that is no more than before.
    pub(crate) fn still(&self) -> PeerEvent {
        let received = self.received;
        PeerEvent::Traffic(Traffic { bytes: received, sound: received, frames: received })
    }

    /// Something was added that has to be negotiated.
    pub(crate) fn change(&mut self) {
        self.needs = true;
        self.ask(false);
    }

    /// Everything there was to negotiate has been.
    pub(crate) fn is_negotiated(&self) -> bool {
        !self.needs && self.operations.is_empty()
    }

    /// `negotiationneeded` fires in the stable state with nothing queued. Browsers differ on whether it comes before or
    /// after the promise of the last operation.
    fn ask(&mut self, event_first: bool) {
        if self.needs && !self.asked && self.state == State::Stable && self.operations.is_empty() {
            self.asked = true;
            let at = if event_first { self.events.len().saturating_sub(2) } else { self.events.len() };
            self.events.insert(at, PeerEvent::NegotiationNeeded);
        }
    }

    fn set_local(&mut self) {
        self.made += 1;
        let kind = match self.state {
            State::Stable => {
                self.state = State::HaveLocalOffer;
                SdpKind::Offer
            }
            // After an offer that did not fit; the browser has kept its own.
            State::HaveLocalOffer if self.misfits > 0 => SdpKind::Offer,
            State::HaveRemoteOffer => {
                self.state = State::Stable;
                self.has_local = true;
                self.agreed.clone_from(&self.open);
                self.dead = false;
                self.asked = false;
                // Our channels fit into their offer; anything else of ours stays to be offered.
                self.needs = self.needs && self.made > 1;
                SdpKind::Answer
            }
            State::HaveLocalOffer => panic!("setLocalDescription although our offer is open"),
        };
        let made = format!("{}/{}", self.number, self.made);
        let sdp = match kind {
            SdpKind::Offer => {
                self.open.clone_from(&made);
                format!("{made}/{}", self.agreed.replace('/', "-"))
            }
            SdpKind::Answer => format!("{made}/{}", self.open.replace('/', "-")),
        };
        let candidate = Candidate {
            candidate: format!("candidate of {sdp}"),
            sdp_mid: Some("0".into()),
            sdp_m_line_index: None,
            username_fragment: Some(made.clone()),
        };
        // Stricter than a browser, which begins an ICE session only if it is to.
        let sdp = format!("{sdp}\r\na=ice-ufrag:{made}\r\n");
        self.events.push_back(PeerEvent::LocalSet(Description { kind, sdp }));
        self.events.push_back(PeerEvent::LocalCandidate(candidate));
    }

    fn set_remote(&mut self, description: &Description, refuses: bool) {
        let (session, _) = description.sdp.split_once("\r\n").expect("what another browser made");
        let parts: Vec<&str> = session.split('/').collect();
        let [number, made, to] = parts.try_into().expect("what another browser made");
        let to = to.replace('-', "/");
        let theirs = number.parse().ok();
        let fits = match description.kind {
            SdpKind::Offer => to == self.agreed,
            SdpKind::Answer => to == self.open && !refuses,
        };
        if !fits {
            self.misfits += 1;
            let error = "InvalidAccessError".to_owned();
            return self.events.push_back(PeerEvent::Failed { operation: Operation::SetRemote, error });
        }
        match description.kind {
            SdpKind::Offer => {
                assert_ne!(self.state, State::HaveRemoteOffer, "an offer on top of an offer");
                if self.state == State::HaveLocalOffer {
                    assert!(self.initiator, "only the polite side takes its offer back");
                    self.collisions += 1;
                    self.asked = false;
                }
                self.open = format!("{number}/{made}");
                self.state = State::HaveRemoteOffer;
            }
            SdpKind::Answer => {
                assert_eq!(self.state, State::HaveLocalOffer, "an answer in a wrong state");
                self.agreed.clone_from(&self.open);
                self.state = State::Stable;
                self.has_local = true;
                self.dead = false;
                self.needs = false;
                self.asked = false;
            }
        }
        self.remote = theirs;
        self.session = Some(format!("{number}/{made}"));
        self.events.push_back(PeerEvent::RemoteSet);
        for source in Source::ALL {
            self.events.push_back(PeerEvent::Track(source));
        }
    }
}
