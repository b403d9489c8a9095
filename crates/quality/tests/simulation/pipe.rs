//! A way through the network: so many bits a second, a queue before it, and what is lost without anybody's doing.

/// See the module.
#[derive(Debug, Clone)]
pub(crate) struct Pipe {
    /// Bits per second.
    pub(crate) capacity: f64,
    /// Seconds of the longest queue.
    pub(crate) queue: f64,
    /// The share that is lost anyway.
    pub(crate) loss: f64,
    /// Bits that wait.
    waits: f64,
}

impl Pipe {
    pub(crate) fn new(capacity: f64, queue: f64, loss: f64) -> Self {
        Self { capacity, queue, loss, waits: 0.0 }
    }

    /// Puts bits into it for a moment (in seconds); gives how much of it all comes out, and the share that is lost.
    pub(crate) fn carry(&mut self, bits: f64, moment: f64) -> (f64, f64) {
        let waits = self.waits + bits;
        let gone = waits.min(self.capacity * moment);
        let room = self.capacity * self.queue;
        let dropped = (waits - gone - room).max(0.0);
        self.waits = waits - gone - dropped;
        let lost = if bits > 0.0 { (dropped / bits).min(1.0) } else { 0.0 };
        (gone * (1.0 - self.loss), 1.0 - (1.0 - lost) * (1.0 - self.loss))
    }

    /// Seconds that what comes now waits.
    pub(crate) fn delay(&self) -> f64 {
        self.waits / self.capacity
    }
}
