//! One Engine.IO session as the server sees it from outside: whose share it counts in, which connection carries it,
//! and how much of what was queued for it has gone out.

use std::net::IpAddr;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::time::Instant;

use crate::addresses::Place;
use crate::rate::{Bucket, Rate, Verdict};
use crate::wire::Wire;

/// Bytes that may wait for one reader.
const MOST_BACKLOG: u64 = 1024 * 1024;

/// A session, from the request that opens it until the last trace of it is dropped.
#[derive(Debug)]
pub(crate) struct Session {
    /// Given back when the session ends.
    place: Option<Place>,
    /// Shared by all that the session does, so that connecting anew earns nothing.
    bucket: Mutex<Bucket>,
    cut: AtomicBool,
    /// Bytes given to polling requests.
    polled: AtomicU64,
    /// The connection of the WebSocket, once there is one.
    web_socket: Mutex<Option<WebSocket>>,
}

#[derive(Debug)]
struct WebSocket {
    wire: Weak<Wire>,
    /// What had been written before it was ours.
    before: u64,
}

impl Session {
    /// A session that holds this place and may speak this fast.
    pub(crate) fn new(place: Option<Place>, rate: Rate) -> Self {
        Self {
            place,
            bucket: Mutex::new(Bucket::new(rate, Instant::now())),
            cut: AtomicBool::new(false),
            polled: AtomicU64::new(0),
            web_socket: Mutex::new(None),
        }
    }

    /// Whose share it counts in, if that is known.
    pub(crate) fn host(&self) -> Option<IpAddr> {
        self.place.as_ref().map(Place::address)
    }

    /// It speaks.
    pub(crate) fn speaks(&self) -> Verdict {
        self.bucket.lock().unwrap_or_else(PoisonError::into_inner).take(Instant::now())
    }

    /// This connection asks to carry it; false if another one does already, or if it has been cut.
    ///
    /// Claimed before Socket.IO answers, so that of two that ask at once one is refused; given back by
    /// [`Session::not_carried`] if the answer is no.
    pub(crate) fn carried_by(&self, wire: &Arc<Wire>) -> bool {
        let mut web_socket = self.web_socket();
        // Asked under the lock: either it is seen here, or the cut finds this connection.
        if self.is_cut() || web_socket.as_ref().is_some_and(|web_socket| web_socket.wire.strong_count() > 0) {
            return false;
        }
        *web_socket = Some(WebSocket { wire: Arc::downgrade(wire), before: wire.written() });
        true
    }

    /// The connection that claimed it did not become a WebSocket.
    pub(crate) fn not_carried(&self) {
        *self.web_socket() = None;
    }

    /// A polling request took so many bytes.
    pub(crate) fn polled(&self, bytes: u64) {
        self.polled.fetch_add(bytes, Ordering::Relaxed);
    }

    /// Bytes that have gone out.
    pub(crate) fn written(&self) -> u64 {
        let web_socket = self.web_socket();
        let carried = web_socket.as_ref().map_or(0, |web_socket| {
            web_socket.wire.upgrade().map_or(0, |wire| wire.written() - web_socket.before)
        });
        self.polled.load(Ordering::Relaxed) + carried
    }

    /// Ends it: a WebSocket at once; polling requests are refused from now on and the heartbeat does the rest.
    pub(crate) fn cut(&self) {
        self.cut.store(true, Ordering::Relaxed);
        let web_socket = self.web_socket();
        if let Some(wire) = web_socket.as_ref().and_then(|web_socket| web_socket.wire.upgrade()) {
            wire.cut();
        }
    }

    /// Whether it was ended from our side.
    pub(crate) fn is_cut(&self) -> bool {
        self.cut.load(Ordering::Relaxed)
    }

    fn web_socket(&self) -> MutexGuard<'_, Option<WebSocket>> {
        self.web_socket.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What was queued for a session, against what has gone out.
///
/// Sizes are lower bounds: frame headers and heartbeats count as written but not as queued. So the account starts
/// anew whenever the reader has caught up, and the error never grows.
#[derive(Debug, Default)]
pub(crate) struct Backlog {
    queued: u64,
}

impl Backlog {
    /// Queues so many bytes; false if the reader is too far behind.
    pub(crate) fn queue(&mut self, bytes: u64, written: u64) -> bool {
        self.queued = self.queued.max(written) + bytes;
        self.queued - written <= MOST_BACKLOG
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_that_keeps_up_may_have_any_amount() {
        let mut backlog = Backlog::default();
        let mut written = 0;
        for _ in 0..1000 {
            assert!(backlog.queue(64 * 1024, written));
            written += 64 * 1024 + 10;
        }
    }

    #[test]
    fn a_reader_that_does_not_is_found_out() {
        let mut backlog = Backlog::default();
        let taken = (0..1000).take_while(|_| backlog.queue(64 * 1024, 0)).count();
        assert_eq!(taken, 16);
    }

    #[test]
    fn heartbeats_earn_no_credit() {
        let mut backlog = Backlog::default();
        assert!(backlog.queue(1, 100 * MOST_BACKLOG));
        assert!(!backlog.queue(MOST_BACKLOG, 100 * MOST_BACKLOG));
    }
}
