//! Where the parts of a call leave their effects, and how a signal is put on its way.

use std::collections::BTreeMap;

use visavis_protocol::{ClientEvent, IceServer, PeerId, SignalOut};

use crate::effect::Effect;
use crate::input::{RequestId, TrackId};
use crate::seal::Seal;
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
    /// Signals that the server has not answered for yet.
    in_flight: BTreeMap<RequestId, PeerId>,
    next_request: u32,
    /// One count for all receivers, so that it never falls back for any of them.
    sequence: u64,
}

impl Outbox {
    pub(crate) fn new(seal: Seal) -> Self {
        let presence = Presence { revision: 0, name: String::new(), microphone: false, camera: false };
        Self {
            effects: Vec::new(),
            seal,
            me: None,
            present: false,
            ice: Vec::new(),
            presence,
            tracks: Vec::new(),
            doubt: false,
            in_flight: BTreeMap::new(),
            next_request: 0,
            sequence: 0,
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

    /// Seals a signal and hands it to the server, if there is one.
    pub(crate) fn relay(&mut self, to: &PeerId, signal: &Signal) {
        let Some(me) = self.me.clone().filter(|_| self.present) else {
            return self.log("signal dropped: no server");
        };
        self.sequence += 1;
        let seq = self.sequence;
        let payload = self.seal.seal(&me, to, seq, signal.encode().as_bytes());
        let request = self.request(ClientEvent::Signal(SignalOut { to: to.clone(), seq, payload }));
        self.in_flight.insert(request, to.clone());
    }

    /// Awaits no answer to any signal any more: nobody is left whom it would be about.
    pub(crate) fn forget_signals(&mut self) {
        self.in_flight.clear();
    }

    /// To whom the signal of this request went, if it was one; it is answered for now.
    pub(crate) fn answered(&mut self, request: RequestId) -> Option<PeerId> {
        self.in_flight.remove(&request)
    }
}
