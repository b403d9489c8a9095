//! The disk's side of files: it reads, hashes, verifies and writes blocks.
//!
//! One task takes one request at a time and answers it; see [`word`] for what is asked and answered. It runs in the Worker,
//! for only there does a private file system read and write at once (File System §2.5).

mod stored;
pub mod word;

use futures_channel::mpsc;
use futures_util::StreamExt;
use serde::Deserialize;
use visavis_files::{BLOCK_BYTES, FileId, Hash, Kept, Source, StoreOutcome, Unread, extent};
use visavis_protocol::read_text;

use self::{
    stored::{Stored, recall_blocks},
    word::{Answer, Request},
};
use crate::{
    browser::{
        buffers::{Blob, Load, Part, Spent, read_blob},
        error::BrowserError,
        page,
        store::Cabinet,
    },
    files::word::Other,
};

/// Bytes that are read together where blocks are read one after the other: each read takes its time, however much is read.
const STRETCH: u64 = 4 * BLOCK_BYTES;

/// Bytes that stay free when a file is accepted.
const SPARE: f64 = 64.0 * 1024.0 * 1024.0;

/// A request and what comes with it.
#[derive(Debug)]
pub struct Asked {
    /// Which answer is whose.
    pub ticket: u32,
    /// What.
    pub request: Request,
    /// Bytes or a file.
    pub load: Load,
}

/// Answers requests until nobody asks any more.
pub async fn run(mut asked: mpsc::UnboundedReceiver<Asked>, answer: impl Fn(u32, Answer, Load)) {
    let mut disk = Disk { cabinet: Cabinet::open().await, ..Disk::default() };
    while let Some(Asked { ticket, request, load }) = asked.next().await {
        if let Some((said, load)) = disk.take(request, load).await {
            answer(ticket, said, load);
        }
    }
}

#[derive(Debug, Default)]
struct Disk {
    /// None where the browser has none, or gives none to this page.
    cabinet: Option<Cabinet>,
    picked: Vec<(FileId, Blob)>,
    stored: Vec<(FileId, Stored)>,
    last: Option<Stretch>,
    spent: Spent,
}

/// What was read last, of a file that is not being written.
#[derive(Debug)]
struct Stretch {
    source: Source,
    from: u64,
    part: Part,
}

impl Stretch {
    fn end(&self) -> u64 {
        self.from + self.part.bytes().len() as u64
    }
}

impl Disk {
    async fn take(&mut self, request: Request, load: Load) -> Option<(Answer, Load)> {
        let nothing = |answer| Some((answer, Load::Nothing));
        match request {
            Request::Recall { room } => {
                let (kept, others) = self.recall(&room).await;
                nothing(Answer::Recalled { kept, others })
            }
            Request::Pick { file } => {
                if let Load::File(blob) = load {
                    self.picked.retain(|(of, _)| *of != file);
                    self.picked.push((file, blob));
                }
                None
            }
            Request::Release { file } => {
                self.last = None;
                self.picked.retain(|(of, _)| *of != file);
                None
            }
            Request::Read { source, block, size, gives } => match self.read(&source, block, size).await {
                Ok((hash, part)) => {
                    Some((Answer::Read(Ok(hash)), if gives { Load::Part(part) } else { Load::Nothing }))
                }
                Err(why) => nothing(Answer::Read(Err(why))),
            },
            Request::Create { store, size, about } => {
                let made = self.create(&store, size, &about).await;
                nothing(Answer::Done(made.map_or_else(|error| outcome(&error), |()| StoreOutcome::Stored)))
            }
            Request::Store { store, block, size, hash } => {
                let Load::Block(bytes) = load else { return nothing(Answer::Done(StoreOutcome::Damaged)) };
                let outcome = self.store(&store, block, size, hash, &bytes);
                Some((Answer::Done(outcome), Load::Block(bytes)))
            }
            Request::Finish { store } => {
                if let Some(stored) = self.stored_mut(&store) {
                    stored.settle();
                    stored.open = None;
                }
                None
            }
            Request::Delete { store } => {
                self.last = None;
                let at = self.stored.iter().position(|(of, _)| *of == store)?;
                // It is locked until it is closed.
                let Stored { drawer, open, .. } = self.stored.swap_remove(at).1;
                drop(open);
                self.remove(&drawer).await;
                None
            }
            Request::DeleteOther { drawer } => {
                self.remove(&drawer).await;
                None
            }
            Request::Fetch { source } => match self.blob(&source).await {
                Some(blob) => Some((Answer::Fetched(true), Load::File(blob))),
                None => nothing(Answer::Fetched(false)),
            },
        }
    }

    fn stored(&self, store: &FileId) -> Option<&Stored> {
        self.stored.iter().find(|(of, _)| of == store).map(|(_, stored)| stored)
    }

    fn stored_mut(&mut self, store: &FileId) -> Option<&mut Stored> {
        self.stored.iter_mut().find(|(of, _)| of == store).map(|(_, stored)| stored)
    }

    async fn remove(&self, drawer: &str) {
        if let Some(cabinet) = &self.cabinet {
            // If it cannot be deleted now, it is listed the next time.
            let _ = cabinet.remove(drawer).await;
        }
    }

    /// The file as a whole.
    async fn blob(&self, source: &Source) -> Option<Blob> {
        match source {
            Source::Picked(file) => {
                self.picked.iter().find(|(of, _)| of == file).map(|(_, blob)| blob.clone())
            }
            Source::Stored(store) => {
                let drawer = &self.stored(store)?.drawer;
                self.cabinet.as_ref()?.file(drawer).await.ok()
            }
        }
    }

    async fn read(&mut self, source: &Source, block: u32, size: u64) -> Result<(Hash, Part), Unread> {
        let (from, length) = extent(size, block);
        let part = self.read_part(source, from, length, size).await.map_err(|error| {
            page::log(&format!("a block could not be read: {error}"));
            Unread::Changed
        })?;
        let part = part.filter(|_| length > 0).ok_or(Unread::Changed)?;
        Ok((Hash::of_block(size, block, part.bytes()), part))
    }

    /// Nothing if the file is not what it was.
    async fn read_part(
        &mut self,
        source: &Source,
        from: u64,
        length: u64,
        size: u64,
    ) -> Result<Option<Part>, BrowserError> {
        if let Source::Stored(store) = source
            && let Some(Stored { open: Some(drawer), .. }) = self.stored(store)
        {
            return Ok(Part::all(drawer.data.read(from, length)?).part(0, length));
        }
        let last = self.last.as_ref().filter(|last| last.source == *source);
        let known = last.and_then(|last| last.part.part(from.checked_sub(last.from)?, length));
        if known.is_some() {
            return Ok(known);
        }
        let much = if last.is_some_and(|last| last.end() == from) { STRETCH } else { length };
        // Fewer bytes than it had: it has changed.
        let Some(blob) = self.blob(source).await.filter(|blob| blob.bytes() == size) else { return Ok(None) };
        let part =
            Part::all(read_blob(&blob, from, much.min(size.saturating_sub(from)), &mut self.spent).await?);
        let first = part.part(0, length);
        self.last = Some(Stretch { source: source.clone(), from, part });
        Ok(first)
    }

    async fn create(&mut self, store: &FileId, size: u64, about: &str) -> Result<(), BrowserError> {
        let cabinet = self.cabinet.as_ref().ok_or_else(|| BrowserError::unsupported("a private disk"))?;
        let known = self.stored.iter_mut().find(|(of, _)| of == store).map(|(_, stored)| stored);
        let there = match &known {
            Some(Stored { open: Some(drawer), .. }) => drawer.data.size()?,
            _ => 0,
        };
        #[expect(clippy::cast_precision_loss, reason = "sizes are below 2^53")]
        let wanted = size.saturating_sub(there) as f64;
        if cabinet.free().await.is_some_and(|free| wanted + SPARE > free) {
            return Err(BrowserError { name: QUOTA.into(), message: "there is no room for it".into() });
        }
        if let Some(stored) = known {
            if stored.open.is_none() {
                stored.open = Some(cabinet.drawer(&stored.drawer).await?);
            }
        } else {
            // Another tab may have it under the same name.
            let names = (0..4)
                .map(|at| if at == 0 { store.as_str().into() } else { format!("{}-{at}", store.as_str()) });
            let mut refused = BrowserError::unsupported("a private disk");
            let mut found = None;
            for name in names {
                match cabinet.drawer(&name).await {
                    Ok(drawer) => {
                        found = Some((name, drawer));
                        break;
                    }
                    Err(error) => refused = error,
                }
            }
            let (name, drawer) = found.ok_or(refused)?;
            drawer.data.truncate(0)?;
            drawer.log.truncate(0)?;
            self.stored.push((store.clone(), Stored::new(name, drawer, 0)));
        }
        let stored = self.stored(store).map(|stored| stored.drawer.clone()).unwrap_or_default();
        cabinet.set_label(&stored, about).await
    }

    fn store(&mut self, store: &FileId, block: u32, size: u64, hash: Hash, bytes: &[u8]) -> StoreOutcome {
        let (from, length) = extent(size, block);
        if length == 0 || bytes.len() as u64 != length || Hash::of_block(size, block, bytes) != hash {
            return StoreOutcome::Damaged;
        }
        // What is finished or deleted meanwhile takes no more.
        let Some(stored) = self.stored_mut(store) else { return StoreOutcome::Cut };
        match stored.write(block, from, hash, bytes) {
            Ok(true) => StoreOutcome::Stored,
            Ok(false) => StoreOutcome::Cut,
            Err(error) => outcome(&error),
        }
    }

    /// What is kept of this room, and what of others.
    async fn recall(&mut self, room: &str) -> (Vec<Kept>, Vec<Other>) {
        let Some(cabinet) = &self.cabinet else { return (Vec::new(), Vec::new()) };
        let (mut kept, mut others) = (Vec::new(), Vec::new());
        for drawer in cabinet.drawers().await {
            let about = cabinet.label(&drawer).await.unwrap_or_default();
            let label = read_text::<Label>(about.as_bytes()).ok();
            match label {
                Some(label) if label.room == room && self.stored(&label.store).is_some() => {}
                Some(label) if label.room == room => {
                    // Locked: another tab is in the same call.
                    let Ok(open) = cabinet.drawer(&drawer).await else { continue };
                    let (records, blocks) = recall_blocks(&open, label.offer.size);
                    self.stored.push((label.store, Stored::new(drawer, open, records)));
                    kept.push(Kept { about, blocks });
                }
                label => {
                    let bytes = cabinet.file(&drawer).await.map_or(0, |blob| blob.bytes());
                    let name = label.map(|label| label.offer.name).unwrap_or_default();
                    others.push(Other { drawer, name, bytes });
                }
            }
        }
        (kept, others)
    }
}

const QUOTA: &str = "QuotaExceededError";

fn outcome(error: &BrowserError) -> StoreOutcome {
    if error.name == QUOTA { StoreOutcome::Full } else { StoreOutcome::Failed }
}

/// What a label says; see `About` of the files' machine.
#[derive(Debug, Deserialize)]
struct Label {
    room: String,
    store: FileId,
    offer: LabelOffer,
}

#[derive(Debug, Deserialize)]
struct LabelOffer {
    name: String,
    size: u64,
}
