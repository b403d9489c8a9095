//! Clients that come over TCP, with TLS or without: many connections that together are one socket for the loop.
//!
//! ```text
//!  connection ── frames ──┐                                ┌── outbox ── connection
//!  connection ── frames ──┼── arrivals ── loop ── by address ┼── outbox ── connection
//!  connection ── frames ──┘                                └── outbox ── connection
//! ```
//!
//! That a connection has ended goes the same way as its messages, so it comes after all of them and nothing is
//! allocated for who is gone.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::future::pending;
use std::io;
use std::net::{IpAddr, SocketAddr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite};
use tokio::sync::{Mutex as AsyncMutex, OwnedSemaphorePermit, Semaphore, mpsc};
use tokio::time::{Instant, interval_at, sleep_until};

use super::clients::{Arrival, Clients, MESSAGE_BYTES};
use super::frames::Frames;
use super::ledger::{Ledger, Quotas};
use super::outbox::Outbox;
use crate::addresses::{Addresses, Place};

/// How long a connection may be without an allocation, and how long a message may take from its first byte to its last.
const PATIENCE: Duration = Duration::from_secs(10);
/// Messages that may wait for the loop; when they are too many, nothing is read.
const ARRIVALS: usize = 256;

type Outboxes = Arc<Mutex<HashMap<SocketAddr, Arc<Outbox>>>>;

/// All connections, as the loop sees them.
#[derive(Debug)]
pub(super) struct StreamSocket {
    local: SocketAddr,
    arrivals: AsyncMutex<mpsc::Receiver<Arrival>>,
    outboxes: Outboxes,
}

/// The way in for connections; a clone leads to the same loop.
#[derive(Debug, Clone)]
pub(crate) struct Streams {
    arrivals: mpsc::Sender<Arrival>,
    outboxes: Outboxes,
    ledger: Ledger,
    shares: Addresses,
    total: Arc<Semaphore>,
}

/// The right of one connection to be served; dropping it gives it back.
#[derive(Debug)]
pub(crate) struct Seat {
    _place: Place,
    _permit: OwnedSemaphorePermit,
}

/// Both ends, for a port at this address; as many connections as allocations may be there.
pub(super) fn streams(local: SocketAddr, ledger: Ledger, quotas: Quotas) -> (Streams, StreamSocket) {
    let (sender, receiver) = mpsc::channel(ARRIVALS);
    let outboxes = Outboxes::default();
    let socket = StreamSocket { local, arrivals: AsyncMutex::new(receiver), outboxes: outboxes.clone() };
    let total = usize::try_from(quotas.total).unwrap_or(Semaphore::MAX_PERMITS);
    let streams = Streams {
        arrivals: sender,
        outboxes,
        ledger,
        shares: Addresses::new(quotas.per_address),
        total: Arc::new(Semaphore::new(total.min(Semaphore::MAX_PERMITS))),
    };
    (streams, socket)
}

impl Streams {
    /// A seat for a connection from this address, unless it or everybody has as many as they may.
    pub(crate) fn enter(&self, address: IpAddr) -> Option<Seat> {
        let permit = self.total.clone().try_acquire_owned().ok()?;
        Some(Seat { _place: self.shares.enter(address)?, _permit: permit })
    }

    /// Serves a connection of this client until it ends, misbehaves or is to stop.
    pub(crate) async fn serve(
        self,
        io: impl AsyncRead + AsyncWrite + Unpin,
        client: SocketAddr,
        stop: impl Future<Output = ()>,
    ) {
        let client = SocketAddr::new(client.ip().to_canonical(), client.port());
        let outbox = Arc::new(Outbox::default());
        // Of two that come to different addresses of ours from the same port, or of which one is about to end, the
        // later one would be taken for the first.
        match lock(&self.outboxes).entry(client) {
            Entry::Occupied(_) => return,
            Entry::Vacant(free) => drop(free.insert(outbox.clone())),
        }
        let (reader, writer) = tokio::io::split(io);
        tokio::select! {
            () = self.read(reader, client) => {}
            () = outbox.write_to(writer) => {}
            () = stop => {}
        }
        // Without a loop there are no allocations either.
        self.arrivals.send(Arrival::End(client)).await.ok();
    }

    async fn read(&self, mut reader: impl AsyncRead + Unpin, client: SocketAddr) {
        let (mut frames, mut part) = (Frames::default(), vec![0; MESSAGE_BYTES]);
        let mut checks = interval_at(Instant::now() + PATIENCE, PATIENCE);
        let mut whole_until = None;
        loop {
            let late = async {
                match whole_until {
                    Some(end) => sleep_until(end).await,
                    None => pending().await,
                }
            };
            tokio::select! {
                read = reader.read(&mut part) => match read {
                    Ok(count) if count > 0 => frames.push(part.get(..count).unwrap_or_default()),
                    Ok(_) | Err(_) => return,
                },
                () = late => return,
                _ = checks.tick() => {
                    if self.ledger.username(client).is_none() {
                        return;
                    }
                    continue;
                }
            }
            loop {
                match frames.next() {
                    Ok(Some(message)) => {
                        whole_until = None;
                        if self.arrivals.send(Arrival::Message(message, client)).await.is_err() {
                            return;
                        }
                    }
                    Ok(None) => break,
                    Err(_) => return,
                }
            }
            whole_until = frames.is_waiting().then(|| whole_until.unwrap_or(Instant::now() + PATIENCE));
        }
    }
}

#[async_trait]
impl Clients for StreamSocket {
    async fn next(&self) -> io::Result<Arrival> {
        match self.arrivals.lock().await.recv().await {
            Some(arrival) => Ok(arrival),
            // Nobody can come any more.
            None => pending().await,
        }
    }

    async fn post(&self, message: &[u8], client: SocketAddr) {
        let outbox = lock(&self.outboxes).get(&client).cloned();
        if let Some(outbox) = outbox {
            outbox.put(message);
        }
    }

    fn forget(&self, client: SocketAddr) {
        lock(&self.outboxes).remove(&client);
    }

    fn local(&self) -> SocketAddr {
        self.local
    }
}

fn lock(outboxes: &Outboxes) -> MutexGuard<'_, HashMap<SocketAddr, Arc<Outbox>>> {
    outboxes.lock().unwrap_or_else(PoisonError::into_inner)
}
