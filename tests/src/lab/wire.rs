//! A link between two namespaces: two TUN devices, and between them two lanes that decide over every packet.
//!
//! One thread carries the packets of all links of a lab, so that a busy test does not delay them.

use std::collections::VecDeque;
use std::fmt::{self, Debug, Formatter};
use std::future::pending;
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;
use std::time::Duration;

use anyhow::{Context as _, Result};
use tokio::runtime::{Builder, Handle};
use tokio::sync::oneshot;
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::lane::{Conditions, Counters, Lane, Ticket, Verdict, mixed};
use super::namespace::Namespace;
use super::platform::{Tun, open_tun};
use super::screen::Screen;

/// The thread that carries all packets. Dropping it ends the thread, and the links with it.
pub(super) struct Carrier {
    runtime: Handle,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Debug for Carrier {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        f.debug_struct("Carrier").finish_non_exhaustive()
    }
}

impl Carrier {
    /// Starts the thread.
    pub(super) fn start() -> Result<Self> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let handle = runtime.handle().clone();
        let (stop, stopped) = oneshot::channel::<()>();
        let thread = std::thread::Builder::new().name(CARRIER.to_owned()).spawn(move || {
            // Either way the carrier is gone.
            drop(runtime.block_on(stopped));
        })?;
        Ok(Self { runtime: handle, stop: Some(stop), thread: Some(thread) })
    }

    /// Joins two namespaces by a link whose ends are devices of these names, without addresses yet.
    pub(super) fn link(&self, seed: u64, near: (&Namespace, &str), far: (&Namespace, &str)) -> Result<Link> {
        let open = |(namespace, name): (&Namespace, &str)| {
            let tun = namespace.run(|| {
                let _entered = self.runtime.enter();
                Ok(open_tun(name)?)
            });
            tun.map(Arc::new).with_context(|| format!("no device {name} in {}", namespace.name()))
        };
        let (near, far) = (open(near)?, open(far)?);
        let [up, down] = [0, 1].map(|direction| Arc::new(Mutex::new(Lane::new(mixed(seed, direction)))));
        let ways = [(&near, &far, &up), (&far, &near, &down)].map(|(from, to, lane)| {
            let (from, to, lane) = (Arc::clone(from), Arc::clone(to), Arc::clone(lane));
            self.runtime.spawn(carry(from, to, lane)).abort_handle()
        });
        Ok(Link { up, down, _ways: Arc::new(Ways(ways)) })
    }
}

impl Drop for Carrier {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            // A carrier that panicked has ended as well.
            drop(thread.join());
        }
    }
}

/// The name of the thread that carries packets.
pub const CARRIER: &str = "lab-carrier";

/// A link of the lab. Whoever has it can make it better or worse at any time.
#[derive(Debug, Clone)]
pub struct Link {
    up: Arc<Mutex<Lane>>,
    down: Arc<Mutex<Lane>>,
    _ways: Arc<Ways>,
}

impl Link {
    /// Changes the conditions of both directions.
    pub fn set(&self, conditions: Conditions) {
        self.each(|lane| lane.set(conditions));
    }

    /// Pulls the cable.
    pub fn cut(&self) {
        self.each(Lane::cut);
    }

    /// Plugs the cable in again.
    pub fn restore(&self) {
        self.each(Lane::restore);
    }

    /// Lets through only what none of these keeps back; everything again if there are none.
    pub fn screen(&self, screens: &[Screen]) {
        self.each(|lane| lane.screen(screens));
    }

    /// What has gone away from the host.
    pub fn up(&self) -> Counters {
        lock(&self.up).counters()
    }

    /// What has come towards the host.
    pub fn down(&self) -> Counters {
        lock(&self.down).counters()
    }

    fn each(&self, change: impl Fn(&mut Lane)) {
        change(&mut lock(&self.up));
        change(&mut lock(&self.down));
    }
}

/// The tasks of a link, which own its devices.
#[derive(Debug)]
struct Ways([AbortHandle; 2]);

impl Drop for Ways {
    fn drop(&mut self) {
        self.0.iter().for_each(AbortHandle::abort);
    }
}

fn lock(lane: &Mutex<Lane>) -> MutexGuard<'_, Lane> {
    // A lane is whole after every call, whatever panicked around it.
    lane.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Carries the packets of one direction for ever.
async fn carry(from: Arc<Tun>, to: Arc<Tun>, lane: Arc<Mutex<Lane>>) -> io::Result<()> {
    let start = Instant::now();
    let mut under_way: VecDeque<(Ticket, Box<[u8]>)> = VecDeque::new();
    let mut buffer = vec![0; usize::from(u16::MAX)];
    loop {
        let next = under_way.front().map(|(ticket, _)| start + ticket.at);
        let packet = tokio::select! {
            biased;
            () = time(next) => None,
            received = from.recv(&mut buffer) => buffer.get(..received?),
        };
        let now = start.elapsed();
        if let Some(packet) = packet
            && let Some(ticket) = admit(&mut lock(&lane), packet, now)
        {
            under_way.push_back((ticket, packet.into()));
        }
        deliver_due(&to, &lane, &mut under_way, now).await;
    }
}

fn admit(lane: &mut Lane, packet: &[u8], now: Duration) -> Option<Ticket> {
    if lane.stops(packet) {
        return None;
    }
    match lane.offer(packet.len(), now) {
        Verdict::Carried(ticket) => Some(ticket),
        Verdict::Dropped => None,
    }
}

async fn deliver_due(
    to: &Tun,
    lane: &Mutex<Lane>,
    under_way: &mut VecDeque<(Ticket, Box<[u8]>)>,
    now: Duration,
) {
    while let Some((ticket, packet)) = under_way.pop_front_if(|(ticket, _)| ticket.at <= now) {
        if lock(lane).arrives(ticket) {
            // Refused only by a device without address yet, or no longer: to the network it is lost.
            drop(to.send(&packet).await);
        }
    }
}

async fn time(next: Option<Instant>) {
    match next {
        Some(next) => sleep_until(next).await,
        None => pending().await,
    }
}
