//! The timers that run, by what they are for.

use std::collections::HashMap;
use std::time::Duration;

use gloo_timers::callback::Timeout;
use visavis_call::Timer;

use super::{Inbox, Message, send};

/// What a timer leaves in the inbox when it runs out. It may be void by the time it is read.
#[derive(Debug)]
pub struct Ticket {
    timer: Timer,
    number: u64,
}

pub(super) struct Timers {
    inbox: Inbox,
    running: HashMap<Timer, (u64, Timeout)>,
    started: u64,
}

impl Timers {
    pub(super) fn new(inbox: Inbox) -> Self {
        Self { inbox, running: HashMap::new(), started: 0 }
    }

    /// Starts a timer, or starts it over.
    pub(super) fn set(&mut self, timer: Timer, after: Duration) {
        self.started += 1;
        let number = self.started;
        let (inbox, ticket) = (self.inbox.clone(), Ticket { timer: timer.clone(), number });
        let millis = u32::try_from(after.as_millis()).unwrap_or(u32::MAX);
        let timeout = Timeout::new(millis, move || send(&inbox, Message::TimedOut(ticket)));
        self.running.insert(timer, (number, timeout));
    }

    pub(super) fn clear(&mut self, timer: &Timer) {
        self.running.remove(timer);
    }

    /// The timer that has run out, if it is still the one that was set last.
    pub(super) fn redeem(&mut self, ticket: Ticket) -> Option<Timer> {
        if self.running.get(&ticket.timer)?.0 != ticket.number {
            return None;
        }
        self.running.remove(&ticket.timer);
        Some(ticket.timer)
    }
}
