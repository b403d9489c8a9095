//! Where the parts of a call leave their effects, and how a signal is put on its way.

use visavis_protocol::{ClientEvent, IceServer, PeerId, SignalOut};

use crate::effect::Effect;
use crate::input::{RequestId, TrackId};
use crate::seal::Seal;
use crate::seat::Life;
use crate::signal::{Presence, Signal};

/// What every part of a call may use while it handles one input.
#[derive(Debug)]
pub(crate) struct Outbox {
    pub(crate) effects: Vec<Effect>,
    pub(crate) seal: Seal,
    /// Us, once the server has let us in.
    pub(crate) me: Option<PeerId>,
    /// Whether the server takes signals from us at this moment.
    pub(crate) present: bool,
    pub(crate) ice: Vec<IceServer>,
    /// What we tell of ourselves.
    pub(crate) presence: Presence,
    /// Our tracks, for connections made from now on.
    pub(crate) tracks: Vec<TrackId>,
    /// Something makes believe that the network is gone.
    pub(crate) doubt: bool,
    /// Somebody is linked to us who could pass a signal on.
    pub(crate) helped: bool,
    /// For others to pass on, or to be passed on to others: whom to hand it to (if not everybody), and what.
    pub(crate) passing: Vec<(Option<PeerId>, Signal)>,
    /// Sealed signals that others passed on to us: of whom, number and payload.
    pub(crate) passed: Vec<(PeerId, u64, String)>,
    /// What only the host may say, and who said it over the link to them.
    pub(crate) orders: Vec<(PeerId, Signal)>,
    /// Signals that the server has not answered for yet.
    in_flight: Vec<(RequestId, PeerId)>,
    next_request: u32,
    pub(crate) life: Life,
    /// One count for all receivers, so that it never falls back for any of them.
    sequence: u64,
}

impl Outbox {
    pub(crate) fn new(seal: Seal, life: Life) -> Self {
        let presence = Presence {
            revision: life.first_revision(),
            name: String::new(),
            microphone: false,
            camera: false,
            screen: false,
            hand: 0,
        };
        Self {
            effects: Vec::new(),
            seal,
            me: None,
            present: false,
            ice: Vec::new(),
            presence,
            tracks: Vec::new(),
            doubt: false,
            helped: false,
            passing: Vec::new(),
            passed: Vec::new(),
            orders: Vec::new(),
            in_flight: Vec::new(),
            next_request: 0,
            sequence: life.first_signal(),
            life,
        }
    }

    pub(crate) fn push(&mut self, effect: Effect) {
        self.effects.push(effect);
    }

    pub(crate) fn log(&mut self, line: impl Into<String>) {
        self.effects.push(Effect::Log(line.into()));
    }

    pub(crate) fn request(&mut self, event: ClientEvent) -> RequestId {
        self.next_request += 1;
        let request = RequestId(self.next_request);
        self.effects.push(Effect::Send { request, event });
        request
    }

    /// Seals a signal; not before the server has said who we are.
    pub(crate) fn seal(&mut self, to: &PeerId, signal: &Signal) -> Option<SignalOut> {
        let me = self.me.clone()?;
        self.sequence += 1;
        let payload = self.seal.seal(&me, to, self.sequence, signal.encode().as_bytes());
        Some(SignalOut { to: to.clone(), seq: self.sequence, payload })
    }

    /// Hands a sealed signal to the server.
    pub(crate) fn relay(&mut self, sealed: SignalOut) {
        let to = sealed.to.clone();
        let request = self.request(ClientEvent::Signal(sealed));
        self.in_flight.push((request, to));
    }

    /// Hands a sealed signal to whoever is linked to us: one of them may reach whom it is for.
    pub(crate) fn ask_to_pass(&mut self, sealed: SignalOut) {
        let SignalOut { to, seq, payload } = sealed;
        self.passing.push((None, Signal::Pass { to, seq, payload }));
    }

    /// Passes a sealed signal on.
    pub(crate) fn pass_on(&mut self, from: &PeerId, to: PeerId, seq: u64, payload: String) {
        self.passing.push((Some(to), Signal::Passed { from: from.clone(), seq, payload }));
    }

    /// Whether a relay is known.
    pub(crate) fn has_relay(&self) -> bool {
        self.ice.iter().flat_map(|server| &server.urls).any(|url| url.starts_with("turn"))
    }

    /// Awaits no answer to any signal any more: nobody is left whom it would be about.
    pub(crate) fn forget_signals(&mut self) {
        self.in_flight.clear();
    }

    /// To whom the signal of this request went, if it was one; it is answered for now.
    pub(crate) fn answered(&mut self, request: RequestId) -> Option<PeerId> {
        let at = self.in_flight.iter().position(|(sent, _)| *sent == request)?;
        Some(self.in_flight.swap_remove(at).1)
    }
}
