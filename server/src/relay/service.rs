//! The loop: takes datagrams one at a time and hands those that the [`Desk`] lets pass to the `turn` crate.

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

use super::desk::{Admission, Desk, Verdict};
use super::ledger::Holding;
use super::place::Place;
use super::sockets::{ClientSocket, RelaySockets};
use crate::config::PortRange;

/// The longest datagram that is read whole: what is relayed has 1500 bytes at most.
const DATAGRAM_BYTES: usize = 2048;
/// How long the loop rests when the system gives it nothing to read.
const REST: Duration = Duration::from_millis(100);

/// The nonces that the crate reckons good.
type GoodNonces = Arc<AsyncMutex<HashMap<String, Instant>>>;

/// What the loop works with.
pub(super) struct Service {
    socket: Arc<ClientSocket>,
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

impl Service {
    pub(super) fn new(socket: ClientSocket, desk: Desk, place: Place, range: PortRange) -> Self {
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
            socket: Arc::new(socket),
            desk,
            manager: Arc::new(Manager::new(config)),
            next,
            nobody: Arc::new(Key(Vec::new())),
            no_nonces: GoodNonces::default(),
        }
    }

    /// Where it listens.
    pub(super) fn port(&self) -> u16 {
        self.socket.local().port()
    }

    /// Serves for ever.
    pub(super) async fn run(self) {
        let service = Arc::new(self);
        let mut tasks = JoinSet::new();
        loop {
            let service = service.clone();
            tasks.spawn(async move { service.serve().await });
            // It ends by a panic only: no datagram may take the relay from the others.
            tasks.join_next().await;
            tracing::error!("the relay stumbled over a datagram and goes on");
        }
    }

    /// Takes one datagram after the other.
    pub(super) async fn serve(&self) {
        let mut buffer = vec![0; DATAGRAM_BYTES];
        loop {
            match self.socket.receive(&mut buffer).await {
                Ok((length, client)) => {
                    self.on_datagram(buffer.get(..length).unwrap_or_default(), client).await;
                }
                // Windows reports what became of an earlier datagram; anything else may pass as well.
                Err(_) => tokio::time::sleep(REST).await,
            }
        }
    }

    /// One datagram of this client.
    pub(super) async fn on_datagram(&self, datagram: &[u8], client: SocketAddr) {
        match self.desk.decide(datagram, client) {
            Verdict::Drop => {}
            Verdict::Answer(answer) => self.socket.send(&answer, client).await,
            Verdict::Pass => {
                self.hand_over(datagram, client, self.nobody.clone(), self.no_nonces.clone()).await;
            }
            Verdict::Admit(Admission { key, nonce, holding, more_peers }) => {
                self.put_next(holding);
                let nonces = GoodNonces::new(AsyncMutex::new(HashMap::from([(nonce, Instant::now())])));
                self.hand_over(datagram, client, Arc::new(Key(key)), nonces).await;
                // The crate made no allocation of it.
                self.put_next(None);
                self.permit(client, more_peers).await;
            }
        }
    }

    async fn hand_over(&self, datagram: &[u8], client: SocketAddr, key: Arc<Key>, nonces: GoodNonces) {
        let mut request = Request {
            conn: self.socket.clone(),
            src_addr: client,
            buff: datagram.to_vec(),
            allocation_manager: self.manager.clone(),
            nonces,
            auth_handler: key,
            // The desk is the one who challenges.
            realm: String::new(),
            channel_bind_timeout: DEFAULT_LIFETIME,
        };
        // Its words may hold addresses.
        if request.handle_request().await.is_err() {
            tracing::trace!("datagram without effect");
        }
    }

    /// Of several addresses in one request the crate sees the first.
    async fn permit(&self, client: SocketAddr, peers: Vec<SocketAddr>) {
        if peers.is_empty() {
            return;
        }
        let tuple = FiveTuple { protocol: PROTO_UDP, src_addr: client, dst_addr: self.socket.local() };
        if let Some(allocation) = self.manager.get_allocation(&tuple).await {
            for peer in peers {
                allocation.add_permission(Permission::new(peer)).await;
            }
        }
    }

    fn put_next(&self, holding: Option<Holding>) {
        *self.next.lock().unwrap_or_else(PoisonError::into_inner) = holding;
    }
}
