//! Events that wait for their acknowledgement.

use std::time::Duration;

use crate::RequestId;

#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    /// In the order in which they were sent. They are few: a map finds them no sooner, and is six kilobytes of WASM.
    waiting: Vec<Waiting>,
    next: u64,
}

#[derive(Debug, Clone)]
struct Waiting {
    /// The id on the wire, which is never used twice: a late acknowledgement finds nothing.
    id: u64,
    request: RequestId,
    deadline: Duration,
}

impl Pending {
    pub(super) fn len(&self) -> usize {
        self.waiting.len()
    }

    /// The id that the next [`insert`](Self::insert) takes.
    pub(super) fn next_id(&self) -> u64 {
        self.next
    }

    pub(super) fn insert(&mut self, request: RequestId, deadline: Duration) {
        self.waiting.push(Waiting { id: self.next, request, deadline });
        self.next = self.next.wrapping_add(1);
    }

    pub(super) fn take(&mut self, id: u64) -> Option<RequestId> {
        let at = self.waiting.iter().position(|waiting| waiting.id == id)?;
        Some(self.waiting.remove(at).request)
    }

    pub(super) fn take_all(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.waiting).into_iter().map(|waiting| waiting.request).collect()
    }

    pub(super) fn take_expired(&mut self, now: Duration) -> Vec<RequestId> {
        let mut expired = Vec::new();
        self.waiting.retain(|waiting| {
            let waits = waiting.deadline > now;
            if !waits {
                expired.push(waiting.request);
            }
            waits
        });
        expired
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.waiting.iter().map(|waiting| waiting.deadline).min()
    }
}
