//! One direction of a link, as a pure machine: what becomes of a packet, and when it arrives.
//!
//! It knows no device, no clock and no address. Time is an input (since the lane began), chance comes from the seed:
//! the fate of the n-th packet, and the jitter of a moment, are the same in every run with the same seed.

use std::time::Duration;

use super::screen::Screen;

/// How a link treats its packets, in each direction on its own.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Conditions {
    /// How long a packet is under way.
    pub delay: Duration,
    /// How far the delay wanders to both sides. It does so in waves, as a queue ahead fills and empties: packets are
    /// never reordered.
    pub jitter: Duration,
    /// The share of packets that get lost, from 0 to 1.
    pub loss: f64,
    /// Bits per second, if there is a bottleneck.
    pub rate: Option<u64>,
    /// Bytes that wait before the bottleneck; what finds it full is dropped.
    pub queue: u64,
}

impl Conditions {
    /// Everything arrives at once.
    pub const PERFECT: Self =
        Self { delay: Duration::ZERO, jitter: Duration::ZERO, loss: 0.0, rate: None, queue: 64 * 1024 };
}

/// What becomes of an offered packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It is under way; ask [`Lane::arrives`] when its time has come.
    Carried(Ticket),
    /// It is gone.
    Dropped,
}

/// A packet under way.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ticket {
    /// When it arrives.
    pub at: Duration,
    /// How often the lane had been cut when it set out.
    cuts: u64,
}

/// What a lane has seen so far.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counters {
    /// Packets that were offered.
    pub packets: u64,
    /// Their bytes.
    pub bytes: u64,
    /// Packets that arrived.
    pub delivered: u64,
    /// Packets lost by chance.
    pub lost: u64,
    /// Packets that found the queue full.
    pub overflowed: u64,
    /// Packets that met a cut lane, or were under way when it was cut.
    pub cut: u64,
    /// Packets that a middlebox kept back, which do not count as offered.
    pub screened: u64,
}

/// One direction of a link.
#[derive(Debug)]
pub struct Lane {
    seed: u64,
    conditions: Conditions,
    is_cut: bool,
    cuts: u64,
    screens: Vec<Screen>,
    /// When the bottleneck has sent what it has.
    free_at: Duration,
    last_arrival: Duration,
    counters: Counters,
}

/// How long the delay wanders from one drawn value to the next.
const WAVE: Duration = Duration::from_millis(200);

impl Lane {
    /// A perfect lane.
    pub fn new(seed: u64) -> Self {
        Self {
            seed,
            conditions: Conditions::PERFECT,
            is_cut: false,
            cuts: 0,
            screens: Vec::new(),
            free_at: Duration::ZERO,
            last_arrival: Duration::ZERO,
            counters: Counters::default(),
        }
    }

    /// Changes the conditions for packets to come.
    pub fn set(&mut self, conditions: Conditions) {
        self.conditions = conditions;
    }

    /// Pulls the cable: what is under way is lost too.
    pub fn cut(&mut self) {
        self.is_cut = true;
        self.cuts += 1;
    }

    /// Plugs the cable in again; the conditions are as before the cut.
    pub fn restore(&mut self) {
        self.is_cut = false;
        self.free_at = Duration::ZERO;
    }

    /// Puts a middlebox before the lane, or takes it away.
    pub fn screen(&mut self, screens: &[Screen]) {
        self.screens = screens.to_vec();
    }

    /// Whether the middlebox before it keeps this packet back.
    pub fn stops(&mut self, packet: &[u8]) -> bool {
        let stops = self.screens.iter().any(|screen| screen.stops(packet));
        self.counters.screened += u64::from(stops);
        stops
    }

    /// What the lane has seen so far.
    pub fn counters(&self) -> Counters {
        self.counters
    }

    /// Decides over one packet. `now` never goes back.
    pub fn offer(&mut self, bytes: usize, now: Duration) -> Verdict {
        let bytes = u64::try_from(bytes).unwrap_or(u64::MAX);
        let number = self.counters.packets;
        self.counters.packets += 1;
        self.counters.bytes += bytes;
        if self.is_cut {
            self.counters.cut += 1;
            return Verdict::Dropped;
        }
        if share(self.seed, number) < self.conditions.loss {
            self.counters.lost += 1;
            return Verdict::Dropped;
        }
        let Some(sent) = self.pass_bottleneck(bytes, now) else {
            self.counters.overflowed += 1;
            return Verdict::Dropped;
        };
        let at = (sent + self.delay(now)).max(self.last_arrival);
        self.last_arrival = at;
        Verdict::Carried(Ticket { at, cuts: self.cuts })
    }

    /// Whether a packet whose time has come really arrives: not if the cable was pulled meanwhile.
    pub fn arrives(&mut self, ticket: Ticket) -> bool {
        let arrives = ticket.cuts == self.cuts;
        *(if arrives { &mut self.counters.delivered } else { &mut self.counters.cut }) += 1;
        arrives
    }

    /// When a packet has left the bottleneck; nothing if it finds the queue full.
    fn pass_bottleneck(&mut self, bytes: u64, now: Duration) -> Option<Duration> {
        let Some(rate) = self.conditions.rate else { return Some(now) };
        let begin = self.free_at.max(now);
        let waiting = begin.saturating_sub(now).as_nanos() * u128::from(rate) / 8_000_000_000;
        if waiting + u128::from(bytes) > u128::from(self.conditions.queue) {
            return None;
        }
        let nanos = (u128::from(bytes) * 8_000_000_000).div_ceil(u128::from(rate.max(1)));
        self.free_at = begin + Duration::from_nanos(u64::try_from(nanos).unwrap_or(u64::MAX));
        Some(self.free_at)
    }

    fn delay(&self, now: Duration) -> Duration {
        let Conditions { delay, jitter, .. } = self.conditions;
        let wave = self.wave(now);
        if wave < 0.0 { delay.saturating_sub(jitter.mul_f64(-wave)) } else { delay + jitter.mul_f64(wave) }
    }

    /// From -1 to 1, on a straight line between values drawn for the beginning of each wave.
    fn wave(&self, now: Duration) -> f64 {
        let number = u64::try_from(now.as_nanos() / WAVE.as_nanos()).unwrap_or(u64::MAX);
        let drawn = |number: u64| 2.0 * share(!self.seed, number) - 1.0;
        let begin = WAVE.saturating_mul(u32::try_from(number).unwrap_or(u32::MAX));
        let along = now.saturating_sub(begin).div_duration_f64(WAVE).min(1.0);
        drawn(number) * (1.0 - along) + drawn(number.saturating_add(1)) * along
    }
}

/// An even share of 1 for this number: the upper half of what `SplitMix64` gives.
fn share(seed: u64, number: u64) -> f64 {
    let upper = u32::try_from(mixed(seed, number) >> 32).unwrap_or(u32::MAX);
    f64::from(upper) / 4_294_967_296.0
}

/// The `number`-th output of `SplitMix64` with this seed.
pub(crate) fn mixed(seed: u64, number: u64) -> u64 {
    let state = seed.wrapping_add(number.wrapping_add(1).wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let state = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let state = (state ^ (state >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    state ^ (state >> 31)
}

#[cfg(test)]
mod tests;
