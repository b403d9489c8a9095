//! Events that wait for their acknowledgement.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::RequestId;

#[derive(Debug, Clone, Default)]
pub(super) struct Pending {
    /// By the id on the wire, which is never used twice: a late acknowledgement finds nothing.
    waiting: BTreeMap<u64, (RequestId, Duration)>,
    next: u64,
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
        self.waiting.insert(self.next, (request, deadline));
        self.next = self.next.wrapping_add(1);
    }

    pub(super) fn take(&mut self, id: u64) -> Option<RequestId> {
        self.waiting.remove(&id).map(|(request, _)| request)
    }

    pub(super) fn take_all(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.waiting).into_values().map(|(request, _)| request).collect()
    }

    pub(super) fn take_expired(&mut self, now: Duration) -> Vec<RequestId> {
        let mut expired = Vec::new();
        self.waiting.retain(|_, (request, deadline)| {
            let waits = *deadline > now;
            if !waits {
                expired.push(*request);
            }
            waits
        });
        expired
    }

    pub(super) fn deadline(&self) -> Option<Duration> {
        self.waiting.values().map(|(_, deadline)| *deadline).min()
    }
}
