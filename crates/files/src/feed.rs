//! What one other person is sent of one file, over a channel of its own.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};
use visavis_protocol::{PeerId, read_text};

use crate::block::Hash;
use crate::input::{Effect, Source};
use crate::set::{Run, blocks};
use crate::word::FileId;

/// Blocks that are read ahead of what is sent.
const AHEAD: usize = 2;
/// Ticks for which they are let have of others what they want.
const PATIENCE: u32 = 2;
/// More than anybody asks for at once.
const MOST_ASKED: usize = 128;

/// The text message before the binary ones that are a block: which, and its hash.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Head {
    /// Which block.
    pub block: u32,
    /// Its hash.
    pub hash: Hash,
}

impl Head {
    /// As it travels.
    pub fn encode(&self) -> String {
        // A number and a text always convert.
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads what [`Head::encode`] wrote.
    pub fn decode(text: &str) -> Option<Self> {
        read_text(text.as_bytes()).ok()
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Channel {
    None,
    Opening,
    Open,
}

/// The blocks that somebody has asked for.
#[derive(Debug)]
pub(crate) struct Feed {
    pub(crate) to: PeerId,
    pub(crate) file: FileId,
    channel: Channel,
    queue: VecDeque<u32>,
    sending: Vec<u32>,
    /// Ticks for which nothing was sent, because they can have of others all that they want.
    waited: u32,
    /// They do not get it of others.
    alone: bool,
}

/// Where a feed's blocks are.
pub(crate) struct Stock<'a> {
    pub(crate) size: u64,
    pub(crate) source: Source,
    pub(crate) hash: &'a dyn Fn(u32) -> Option<Hash>,
    /// It is not to flow now.
    pub(crate) held: bool,
    /// Whether a block is to be had of somebody else.
    pub(crate) elsewhere: &'a dyn Fn(u32) -> bool,
}

impl Feed {
    pub(crate) fn new(to: PeerId, file: FileId) -> Self {
        Self {
            to,
            file,
            channel: Channel::None,
            queue: VecDeque::new(),
            sending: Vec::new(),
            waited: 0,
            alone: false,
        }
    }

    /// They want these blocks of a file that has so many; anew: and none that they asked for before.
    pub(crate) fn want(&mut self, anew: bool, runs: &[Run], of: u32) {
        if anew {
            self.queue.clear();
        }
        for block in blocks(runs, of).take(MOST_ASKED) {
            if self.queue.len() < MOST_ASKED && !self.sending.contains(&block) && !self.queue.contains(&block)
            {
                self.queue.push_back(block);
            }
        }
    }

    /// They have something of others.
    pub(crate) fn on_helped(&mut self, helped: bool) {
        self.alone &= !helped;
    }

    /// Half a second has passed.
    pub(crate) fn tick(&mut self) {
        if self.channel == Channel::Open && self.sending.is_empty() && !self.queue.is_empty() {
            self.waited += 1;
            self.alone |= self.waited >= PATIENCE;
        }
    }

    /// What is sent next: at first what nobody else has.
    fn next(&mut self, elsewhere: &dyn Fn(u32) -> bool) -> Option<u32> {
        let first = self.queue.iter().position(|block| !elsewhere(*block));
        self.queue.remove(first.or(self.alone.then_some(0))?)
    }

    /// Forgets what cannot be given.
    pub(crate) fn keep(&mut self, can: impl Fn(u32) -> bool) {
        self.queue.retain(|block| can(*block));
    }

    pub(crate) fn on_open(&mut self) {
        if self.channel == Channel::Opening {
            self.channel = Channel::Open;
        }
    }

    /// They ask anew once they know.
    pub(crate) fn on_closed(&mut self) {
        self.channel = Channel::None;
        self.queue.clear();
        self.sending.clear();
    }

    /// A block is on its way, or could not be.
    pub(crate) fn on_sent(&mut self, block: u32) {
        self.sending.retain(|sending| *sending != block);
    }

    /// Nothing more is wanted.
    pub(crate) fn close(&mut self, effects: &mut Vec<Effect>) {
        if self.channel != Channel::None {
            effects.push(Effect::Close(self.to.clone(), self.file.clone()));
        }
        self.on_closed();
    }

    /// Sends as much as it can; gives what.
    pub(crate) fn pump(&mut self, stock: &Stock<'_>, effects: &mut Vec<Effect>) -> Vec<u32> {
        let mut sent = Vec::new();
        if stock.held || self.queue.is_empty() {
            return sent;
        }
        match self.channel {
            Channel::None => {
                self.channel = Channel::Opening;
                effects.push(Effect::Open(self.to.clone(), self.file.clone()));
            }
            Channel::Opening => {}
            Channel::Open => {
                while self.sending.len() < AHEAD
                    && let Some(block) = self.next(stock.elsewhere)
                {
                    self.waited = 0;
                    self.sending.push(block);
                    sent.push(block);
                    effects.push(Effect::Send {
                        to: self.to.clone(),
                        file: self.file.clone(),
                        block,
                        size: stock.size,
                        source: stock.source.clone(),
                        hash: (stock.hash)(block),
                    });
                }
            }
        }
        sent
    }
}
