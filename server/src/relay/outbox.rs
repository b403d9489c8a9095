//! What waits for one reader of a stream: answers first, and of relayed data no more than a moment's worth.
//!
//! Over UDP what a slow network cannot carry is lost on the way, and those who send learn from it how fast they may.
//! A queue that grows would tell them nothing and make everything late, so data that finds it full is dropped here.

use std::collections::VecDeque;
use std::sync::{Mutex, MutexGuard, PoisonError};

use tokio::io::{AsyncWrite, AsyncWriteExt};
use tokio::sync::Notify;

/// Bytes of relayed data that may wait: half a second of a good picture.
const MOST_DATA: usize = 128 * 1024;
/// Bytes of answers that may wait, for those who ask and do not read.
const MOST_ANSWERS: usize = 16 * 1024;
/// Bytes that are written at a time, so that an answer never waits for long.
const BATCH: usize = 8 * 1024;

/// The queue of one connection.
#[derive(Debug, Default)]
pub(super) struct Outbox {
    waiting: Mutex<Waiting>,
    news: Notify,
}

#[derive(Debug, Default)]
struct Waiting {
    answers: Queue,
    data: Queue,
}

#[derive(Debug, Default)]
struct Queue {
    messages: VecDeque<Vec<u8>>,
    bytes: usize,
}

impl Outbox {
    /// Queues a message, or drops it.
    pub(super) fn put(&self, message: &[u8]) {
        let mut waiting = self.waiting();
        let queued = if is_answer(message) {
            waiting.answers.put(message, MOST_ANSWERS)
        } else {
            waiting.data.put(message, MOST_DATA)
        };
        drop(waiting);
        if queued {
            self.news.notify_one();
        }
    }

    /// Writes what is queued, until that fails.
    pub(super) async fn write_to(&self, mut writer: impl AsyncWrite + Unpin) {
        loop {
            let batch = self.waiting().take();
            if batch.is_empty() {
                self.news.notified().await;
            } else if writer.write_all(&batch).await.is_err() || writer.flush().await.is_err() {
                return;
            }
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Waiting {
    /// What is to be written next: whole messages, answers before data.
    fn take(&mut self) -> Vec<u8> {
        let mut batch = Vec::new();
        while batch.len() < BATCH
            && let Some(message) = self.answers.take().or_else(|| self.data.take())
        {
            batch.extend(message);
        }
        batch
    }
}

impl Queue {
    fn put(&mut self, message: &[u8], most: usize) -> bool {
        let fits = self.bytes + message.len() <= most;
        if fits {
            self.bytes += message.len();
            self.messages.push_back(message.to_vec());
        }
        fits
    }

    fn take(&mut self) -> Option<Vec<u8>> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.len();
        Some(message)
    }
}

/// A STUN response (RFC 5389 §6): one of the two bits of its class says so for successes and errors alike.
fn is_answer(message: &[u8]) -> bool {
    message.first().is_some_and(|first| first & 0b1100_0001 == 0b0000_0001)
}

#[cfg(test)]
mod tests {
    use tokio::io::AsyncReadExt;

    use super::*;

    const SUCCESS: &[u8] = &[0x01, 0x03, 0, 0];
    const ERROR: &[u8] = &[0x01, 0x13, 0, 0];
    const INDICATION: &[u8] = &[0x00, 0x17, 0, 0];
    const CHANNEL: &[u8] = &[0x41, 0x01, 0, 0];

    #[test]
    fn answers_come_first() {
        let outbox = Outbox::default();
        for message in [CHANNEL, SUCCESS, INDICATION, ERROR] {
            outbox.put(message);
        }
        assert_eq!(outbox.waiting().take(), [SUCCESS, ERROR, CHANNEL, INDICATION].concat());
        assert!(outbox.waiting().take().is_empty());
    }

    #[test]
    fn who_does_not_read_loses_data_and_then_answers() {
        let outbox = Outbox::default();
        let data = [CHANNEL, &[0; 1196]].concat();
        let answer = [SUCCESS, &[0; 96]].concat();
        for _ in 0..10_000 {
            outbox.put(&data);
            outbox.put(&answer);
        }
        let data_bytes = outbox.waiting().data.bytes;
        let answer_bytes = outbox.waiting().answers.bytes;
        assert!((MOST_DATA - 1200..=MOST_DATA).contains(&data_bytes), "{data_bytes}");
        assert!((MOST_ANSWERS - 100..=MOST_ANSWERS).contains(&answer_bytes), "{answer_bytes}");
        let mut taken = 0;
        loop {
            let batch = outbox.waiting().take();
            assert!(batch.len() < BATCH + 1200);
            taken += batch.len();
            if batch.is_empty() {
                break;
            }
        }
        assert_eq!(taken, data_bytes + answer_bytes);
        outbox.put(&data);
        assert_eq!(outbox.waiting().take(), data, "there is room again");
    }

    #[tokio::test]
    async fn an_answer_overtakes_what_waits_for_a_slow_reader() {
        let outbox = Outbox::default();
        let (mut reader, writer) = tokio::io::duplex(1024);
        let data = [CHANNEL, &[0; 1196]].concat();
        for _ in 0..100 {
            outbox.put(&data);
        }
        let mut before = 0;
        let reads = async {
            let mut first = [0; 1200];
            reader.read_exact(&mut first).await.unwrap();
            outbox.put(&[SUCCESS, &[0; 1196]].concat());
            loop {
                reader.read_exact(&mut first).await.unwrap();
                if is_answer(&first) {
                    return;
                }
                before += 1;
            }
        };
        tokio::select! {
            () = outbox.write_to(writer) => unreachable!("the reader is there"),
            () = reads => {}
        }
        assert!(before < 16, "{before} messages were read first");
    }
}
