//! What is asked of the disk, and to whom the answers are of use.

use futures_channel::mpsc;
use visavis_files::{FileId, Hash, Input, StoreOutcome, Unread};
use visavis_protocol::PeerId;

use super::{Inbox, Message, word::Deed};
use crate::{
    browser::buffers::Load,
    disk::{
        self,
        word::{Answer, Request},
    },
};

/// What a file as a whole is wanted for.
#[derive(Debug)]
pub(super) enum Purpose {
    /// To show it.
    Look(FileId),
    /// To save it under this name, by itself or with others.
    Save(String, Deed),
}

/// What an answer is for.
#[derive(Debug)]
pub(super) enum Asked {
    Recall,
    Read { to: PeerId, file: FileId, block: u32, hash: Option<Hash> },
    Hash { file: FileId, block: u32 },
    Create(FileId),
    Store { from: PeerId, file: FileId, block: u32 },
    Fetch(Purpose),
}

impl Asked {
    /// What an answer means that brings no bytes, or not those that were wanted.
    pub(super) fn answered(self, answer: Answer) -> Vec<Input> {
        let input = match (self, answer) {
            (Self::Read { to, file, block, .. }, Answer::Read(found)) => {
                let why = found.err().unwrap_or(Unread::Changed);
                Input::Unsent { to, file, block, why }
            }
            (Self::Hash { file, block }, Answer::Read(found)) => Input::Hashed(file, block, found),
            (Self::Create(file), Answer::Done(StoreOutcome::Stored)) => Input::Created(file, Ok(())),
            (Self::Create(file), Answer::Done(outcome)) => Input::Created(file, Err(outcome)),
            (Self::Store { from, file, block }, Answer::Done(outcome)) => {
                Input::Stored { from, file, block, outcome }
            }
            (asked, _) => return asked.failed().into_iter().collect(),
        };
        vec![input]
    }

    /// What it means if the answer is to something else.
    pub(super) fn failed(self) -> Option<Input> {
        Some(match self {
            Self::Recall | Self::Fetch(_) => return None,
            Self::Read { to, file, block, .. } => Input::Unsent { to, file, block, why: Unread::Changed },
            Self::Hash { file, block } => Input::Hashed(file, block, Err(Unread::Changed)),
            Self::Create(file) => Input::Created(file, Err(StoreOutcome::Failed)),
            Self::Store { from, file, block } => {
                Input::Stored { from, file, block, outcome: StoreOutcome::Failed }
            }
        })
    }
}

pub(super) struct Clerk {
    disk: mpsc::UnboundedSender<disk::Asked>,
    tickets: u32,
    asked: Vec<(u32, Asked)>,
}

impl Clerk {
    /// Starts the disk's task; what it answers is put into the inbox.
    pub(super) fn start(inbox: &Inbox) -> Self {
        let (sender, asked) = mpsc::unbounded();
        let inbox = inbox.clone();
        wasm_bindgen_futures::spawn_local(disk::run(asked, move |ticket, answer, load| {
            let _ = inbox.unbounded_send(Message::Disk(ticket, answer, load));
        }));
        Self { disk: sender, tickets: 0, asked: Vec::new() }
    }

    /// Asks.
    pub(super) fn ask(&mut self, asked: Asked, request: Request, load: Load) {
        self.tell(request, load);
        self.asked.push((self.tickets, asked));
    }

    /// Says what needs no answer.
    pub(super) fn tell(&mut self, request: Request, load: Load) {
        self.tickets = self.tickets.wrapping_add(1);
        // The task lives as long as the Worker.
        let _ = self.disk.unbounded_send(disk::Asked { ticket: self.tickets, request, load });
    }

    /// What an answer is for.
    pub(super) fn redeem(&mut self, ticket: u32) -> Option<Asked> {
        let at = self.asked.iter().position(|(of, _)| *of == ticket)?;
        Some(self.asked.swap_remove(at).1)
    }
}
