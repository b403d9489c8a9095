//! The loop: takes messages of clients one at a time and hands those that the [`Desk`] lets pass to the `turn` crate.
//!
//! There is one for each transport, with allocations of its own: a client over UDP and one over TCP may have the same
//! address and port. Quotas and rules are shared.

use std::collections::HashMap;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::sync::Mutex as AsyncMutex;
use tokio::task::JoinSet;
use tokio::time::Instant;
use turn::allocation::allocation_manager::{Manager, ManagerConfig};
use turn::allocation::five_tuple::FiveTuple;
use turn::allocation::permission::Permission;
use turn::auth::AuthHandler;
use turn::proto::PROTO_UDP;
use turn::proto::lifetime::DEFAULT_LIFETIME;
use turn::server::request::Request;

use super::clients::{Arrival, Clients, Front};
use super::desk::{Admission, Desk, Verdict};
use super::ledger::Holding;
use super::place::Place;
use super::sockets::RelaySockets;
use crate::config::PortRange;

/// How long the loop rests when the system gives it nothing to read.
const REST: Duration = Duration::from_millis(100);

/// The nonces that the crate reckons good.
type GoodNonces = Arc<AsyncMutex<HashMap<String, Instant>>>;

/// What the loop works with.
pub(super) struct Service<C> {
    front: Arc<Front<C>>,
    desk: Desk,
    manager: Arc<Manager>,
    /// The entry of the allocation that is being made.
    next: Arc<Mutex<Option<Holding>>>,
    nobody: Arc<Key>,
    no_nonces: GoodNonces,
}

/// The key of the one whose request it is: the desk has checked who that is.
struct Key(Vec<u8>);

impl AuthHandler for Key {
    fn auth_handle(&self, _: &str, _: &str, _: SocketAddr) -> Result<Vec<u8>, turn::Error> {
        Ok(self.0.clone())
    }
}

impl<C: Clients> Service<C> {
    pub(super) fn new(clients: C, desk: Desk, place: Place, range: PortRange) -> Self {
        let next = Arc::<Mutex<Option<Holding>>>::default();
        let sockets = RelaySockets {
            bind: place.bind(),
            public: place.public,
            range,
            rules: desk.rules.clone(),
            next: next.clone(),
        };
        let config = ManagerConfig { relay_addr_generator: Box::new(sockets), alloc_close_notify: None };
        Self {
            front: Arc::new(Front(clients)),
            desk,
            manager: Arc::new(Manager::new(config)),
            next,
            nobody: Arc::new(Key(Vec::new())),
            no_nonces: GoodNonces::default(),
        }
    }

    /// Serves for ever.
    pub(super) async fn run(self) {
        let service = Arc::new(self);
        let mut tasks = JoinSet::new();
        loop {
            let service = service.clone();
            tasks.spawn(async move { service.serve().await });
            // It ends by a panic only: no message may take the relay from the others.
            tasks.join_next().await;
            tracing::error!("the relay stumbled over a message and goes on");
        }
    }

    /// Takes what comes, one after the other.
    pub(super) async fn serve(&self) {
        loop {
            match self.front.0.next().await {
                Ok(Arrival::Message(message, client)) => self.on_message(message, client).await,
                Ok(Arrival::End(client)) => self.on_end(client).await,
                // Windows reports what became of an earlier datagram; anything else may pass as well.
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
    }

    /// One message of this client.
    pub(super) async fn on_message(&self, message: Vec<u8>, client: SocketAddr) {
        match self.desk.decide(&message, client) {
            Verdict::Drop => {}
            Verdict::Answer(answer) => self.front.0.post(&answer, client).await,
            Verdict::Pass => {
                self.hand_over(message, client, self.nobody.clone(), self.no_nonces.clone()).await;
            }
            Verdict::Admit(Admission { key, nonce, holding, more_peers }) => {
                self.put_next(holding);
                let nonces = GoodNonces::new(AsyncMutex::new(HashMap::from([(nonce, Instant::now())])));
                self.hand_over(message, client, Arc::new(Key(key)), nonces).await;
                // The crate made no allocation of it.
                self.put_next(None);
                self.permit(client, more_peers).await;
            }
        }
    }

    async fn hand_over(&self, message: Vec<u8>, client: SocketAddr, key: Arc<Key>, nonces: GoodNonces) {
        let mut request = Request {
            conn: self.front.clone(),
            src_addr: client,
            buff: message,
            allocation_manager: self.manager.clone(),
            nonces,
            auth_handler: key,
            // The desk is the one who challenges.
            realm: String::new(),
            channel_bind_timeout: DEFAULT_LIFETIME,
        };
        // Its words may hold addresses.
        if request.handle_request().await.is_err() {
            tracing::trace!("message without effect");
        }
    }

    /// Of several addresses in one request the crate sees the first.
    async fn permit(&self, client: SocketAddr, peers: Vec<SocketAddr>) {
        if peers.is_empty() {
            return;
        }
        if let Some(allocation) = self.manager.get_allocation(&self.tuple(client)).await {
            for peer in peers {
                allocation.add_permission(Permission::new(peer)).await;
            }
        }
    }

    /// Whose connection has ended holds nothing.
    async fn on_end(&self, client: SocketAddr) {
        self.manager.delete_allocation(&self.tuple(client)).await;
        self.front.0.forget(client);
    }

    /// By what the crate knows a client; it says UDP whatever the transport is.
    fn tuple(&self, client: SocketAddr) -> FiveTuple {
        FiveTuple { protocol: PROTO_UDP, src_addr: client, dst_addr: self.front.0.local() }
    }

    fn put_next(&self, holding: Option<Holding>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = holding;
    }
}
