//! Socket.IO in, [`Rooms`] decides, Socket.IO out.
//!
//! One lock holds the rooms and the way to each socket: what is decided under it is also sent under it, so the order on
//! the wire is the order of the decisions. Handlers run inline on the task that reads the socket (a handler that is
//! spawned is overtaken), and sending only enqueues, so nothing waits under the lock.

mod ending;
mod guest;
mod hosting;
mod hub;
mod joining;
mod looking;
mod refusals;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use socketioxide::SocketIo;
use socketioxide::extract::{AckSender, Event, SocketRef, TryData};
use socketioxide::handler::ConnectHandler;
use visavis_protocol::{ClientEvent, Delivery, Limits, Refusal, Reply, SignalOut, limits};

use crate::clock::Clock;
use crate::config::Config;
use crate::gate::Gate;
use crate::ice::IceServers;
use crate::rate::Verdict;
use crate::rooms::{ConnectionId, NotJoined, Rooms};
use crate::session::Session;
use crate::tokens::TokenKey;
use guest::Guest;
use hub::Hub;

/// Seats of one address for each socket that it may have: a page that is loaded again may leave one behind for a while.
const SEATS_PER_SOCKET: u32 = 4;
/// What a client is told when the system fails us so.
const NO_RANDOM_BYTES: &str = "The server has no random bytes.";

/// The signalling of one server.
#[derive(Debug)]
pub(crate) struct Signaling {
    io: SocketIo,
    gate: Arc<Gate>,
    key: TokenKey,
    ice: IceServers,
    clock: Clock,
    limits: Limits,
    grace: Duration,
    hub: Mutex<Hub>,
    connections: AtomicU64,
}

impl Signaling {
    /// Sets up the handlers of `io`.
    pub(crate) fn start(
        io: &SocketIo,
        gate: Arc<Gate>,
        key: TokenKey,
        ice: IceServers,
        config: &Config,
    ) -> Arc<Self> {
        let capacity = config.room_capacity;
        let rooms = Rooms::new(capacity as usize)
            .with_most_rooms(config.max_rooms as usize)
            .with_most_seats_per_address(config.sockets_per_address.saturating_mul(SEATS_PER_SOCKET));
        let signaling = Arc::new(Self {
            io: io.clone(),
            gate,
            key,
            ice,
            clock: Clock::system(),
            limits: Limits { capacity, ..Limits::default() },
            grace: config.grace(),
            hub: Mutex::new(Hub::new(rooms)),
            connections: AtomicU64::new(0),
        });
        // Handlers are set before the client is told that it is connected, so its first event finds them.
        let set_up = {
            let signaling = signaling.clone();
            move |socket: SocketRef| {
                let answer = signaling.clone().welcome(&socket);
                async move { answer }
            }
        };
        io.ns("/", (|| async {}).with(set_up));
        tokio::spawn(Self::sweep(Arc::downgrade(&signaling)));
        signaling
    }

    fn welcome(self: Arc<Self>, socket: &SocketRef) -> Result<(), Refusal> {
        if self.hub().closing {
            return Err(refusals::closing());
        }
        let Some(session) = socket.req_parts().extensions.get::<Arc<Session>>() else {
            return Err(refusals::internal("The request came past the gate."));
        };
        match session.speaks() {
            Verdict::Pass if !session.is_cut() => {}
            Verdict::Pass | Verdict::Refuse => return Err(refusals::too_fast()),
            Verdict::Cut => {
                tracing::warn!("a session keeps asking for the namespace: disconnected");
                session.cut();
                return Err(refusals::too_fast());
            }
        }
        self.gate.named(socket.id, session);
        let connection = ConnectionId(self.connections.fetch_add(1, Ordering::Relaxed));
        let guest = Arc::new(Guest::new(connection, session.clone(), &socket.req_parts().headers));
        let (signaling, lost) = (self.clone(), guest.clone());
        socket.on_fallback(move |socket: SocketRef, Event(name), TryData(payload): TryData<Value>, ack| {
            signaling.on_event(&guest, &socket, &name, payload.unwrap_or_default(), ack);
            async {}
        });
        socket.on_disconnect(move || {
            lost.gone.store(true, Ordering::SeqCst);
            self.on_lost(lost.connection);
            async {}
        });
        Ok(())
    }

    fn on_event(
        self: &Arc<Self>,
        guest: &Guest,
        socket: &SocketRef,
        name: &str,
        payload: Value,
        ack: AckSender,
    ) {
        if guest.session.is_cut() {
            return;
        }
        match guest.session.speaks() {
            Verdict::Pass => {}
            Verdict::Refuse => {
                let refused = refusals::too_fast();
                return self.answer(guest, socket, ack, &Reply::<()>::Error(refused));
            }
            Verdict::Cut => {
                tracing::warn!(connection = guest.connection.0, "socket keeps flooding: disconnected");
                return self.cut(guest, socket);
            }
        }
        match ClientEvent::decode(name, payload) {
            Ok(ClientEvent::Join(join)) => self.on_join(guest, socket, join, ack),
            Ok(ClientEvent::Signal(signal)) => self.on_signal(guest, socket, signal, ack),
            Ok(ClientEvent::Ice) => self.on_ice(guest, socket, ack),
            Ok(ClientEvent::Leave) => self.on_leave(guest, socket, ack),
            Ok(ClientEvent::Card(card)) => self.on_card(guest, socket, card, ack),
            Ok(ClientEvent::Look(room)) => self.on_look(guest, socket, &room, ack),
            Ok(ClientEvent::Lock(locked)) => self.on_lock(guest, socket, locked, ack),
            Ok(ClientEvent::Remove(peer)) => self.on_remove(guest, socket, &peer, ack),
            Err(error) => self.answer(guest, socket, ack, &Reply::<()>::Error(refusals::unreadable(&error))),
        }
    }

    fn on_signal(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, signal: SignalOut, ack: AckSender) {
        if signal.payload.len() > limits::PAYLOAD_CHARS {
            return self.answer(
                guest,
                socket,
                ack,
                &Reply::<()>::Error(refusals::too_large(limits::PAYLOAD_CHARS)),
            );
        }
        let mut hub = self.hub();
        let relay = hub.rooms.signal(guest.connection, signal).map_err(refusals::not_relayed);
        let (reply, outgoing) = match relay {
            Ok(relay) => (Reply::Ok(relay.delivery), relay.outgoing),
            Err(refusal) => (Reply::Error(refusal), None),
        };
        let slow = hub.send(&self.io, outgoing);
        drop(hub);
        let reply = if slow.is_empty() { reply } else { Reply::Ok(Delivery::Gone) };
        self.answer(guest, socket, ack, &reply);
        self.disconnect_slow(&slow);
    }

    fn on_ice(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, ack: AckSender) {
        let seated = self.hub().rooms.seat(guest.connection).map(|(_, peer)| peer.clone());
        let reply = match seated.or_else(|| guest.stranger()) {
            Some(peer) => Reply::Ok(self.ice.of(&peer, guest.opened_at())),
            None => Reply::Error(refusals::internal(NO_RANDOM_BYTES)),
        };
        self.answer(guest, socket, ack, &reply);
    }

    fn on_leave(self: &Arc<Self>, guest: &Guest, socket: &SocketRef, ack: AckSender) {
        let mut hub = self.hub();
        let left = hub.rooms.leave(guest.connection);
        hub.lines.remove(&guest.connection);
        let (reply, slow) = match left {
            Ok(outgoing) => (Reply::Ok(()), hub.send(&self.io, outgoing)),
            Err(NotJoined) => (Reply::Error(refusals::not_joined()), Vec::new()),
        };
        drop(hub);
        tracing::info!(
            connection = guest.connection.0,
            refused = matches!(reply, Reply::Error(_)),
            "peer leaves"
        );
        self.answer(guest, socket, ack, &reply);
        self.disconnect_slow(&slow);
    }

    fn hub(&self) -> MutexGuard<'_, Hub> {
        self.hub.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
