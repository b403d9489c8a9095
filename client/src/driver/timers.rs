//! The timers that run, each for something else. They are few: a list is searched as fast as a map, and takes less of the page.

use std::time::Duration;

use gloo_timers::callback::Timeout;
use visavis_call::Timer;

use super::{Inbox, Message, send};

/// What a timer leaves in the inbox when it runs out. It may be void by the time it is read.
#[derive(Debug)]
pub struct Ticket(u64);

struct Running {
    timer: Timer,
    number: u64,
    _timeout: Timeout,
}

pub(super) struct Timers {
    inbox: Inbox,
    running: Vec<Running>,
    started: u64,
}

impl Timers {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self { inbox, running: Vec::new(), started: 0 }
    }

    /// Starts a timer, or starts it over.
    pub(super) fn set(&mut self, timer: Timer, after: Duration) {
        self.clear(&timer);
        self.started += 1;
        let number = self.started;
        let (inbox, ticket) = (self.inbox.clone(), Ticket(number));
        let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        let timeout = Timeout::new(millis, move || send(&inbox, Message::TimedOut(ticket)));
        self.running.push(Running { timer, number, _timeout: timeout });
    }

    pub(super) fn clear(&mut self, timer: &Timer) {
        self.running.retain(|running| running.timer != *timer);
    }

    /// The timer that has run out, if it is still the one that was set last.
    pub(super) fn redeem(&mut self, ticket: &Ticket) -> Option<Timer> {
        let at = self.running.iter().position(|running| running.number == ticket.0)?;
        Some(self.running.swap_remove(at).timer)
    }
}
