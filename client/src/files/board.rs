//! What is shown of the files: as their machine sees them, with how fast they come, and what was not seen yet.

use std::collections::{HashMap, HashSet, VecDeque};

use visavis_files::{FileId, FileState, FileView, FilesView, Source};

use super::word::{FileShown, FilesShown, Other};
use crate::browser::{buffers::Blob, saved::ObjectUrl, ui};

/// Over how long the speed is measured, in milliseconds.
const WINDOW: f64 = 3000.0;

#[derive(Default)]
pub(super) struct Board {
    /// What is stored of other rooms.
    pub(super) others: Vec<Other>,
    /// The files are in sight.
    pub(super) in_sight: bool,
    files: Vec<FileView>,
    seen: HashSet<FileId>,
    saved: HashSet<FileId>,
    /// When how much had come or gone.
    rates: HashMap<FileId, VecDeque<(f64, u64)>>,
    pictures: HashMap<FileId, ObjectUrl>,
}

impl Board {
    pub(super) fn draw(&mut self, view: FilesView) -> FilesShown {
        self.files = view.files;
        if self.in_sight {
            self.seen.extend(self.files.iter().map(|file| file.file.clone()));
        }
        let now = ui::now();
        let known: HashSet<&FileId> = self.files.iter().map(|file| &file.file).collect();
        self.rates.retain(|file, _| known.contains(file));
        self.pictures.retain(|file, _| known.contains(file));
        let files = self.files.iter().map(|file| FileShown {
            rate: rate(&mut self.rates, file, now),
            picture: self.pictures.get(&file.file).map(|url| url.as_str().to_owned()),
            is_new: is_new(&self.seen, file),
            is_saved: self.saved.contains(&file.file),
            view: file.clone(),
        });
        let files: Vec<FileShown> = files.collect();
        let unseen = files.iter().filter(|file| file.is_new).count();
        FilesShown { files, others: self.others.clone(), unseen }
    }

    fn find(&self, file: &FileId) -> Option<&FileView> {
        self.files.iter().find(|known| known.file == *file)
    }

    /// It is to be saved, under this name.
    pub(super) fn save(&mut self, file: &FileId) -> Option<String> {
        let name = self.find(file)?.name.clone();
        self.saved.insert(file.clone());
        Some(name)
    }

    /// Where it can be had as a whole.
    pub(super) fn source_of(&self, file: &FileId) -> Option<Source> {
        let file = self.find(file)?;
        Some(if file.own { Source::Picked(file.file.clone()) } else { Source::Stored(file.store.clone()) })
    }

    pub(super) fn look(&mut self, file: &FileId, blob: &Blob) {
        if let Ok(url) = ObjectUrl::new(blob) {
            self.pictures.insert(file.clone(), url);
        }
    }

    /// What is stored under this id is deleted.
    pub(super) fn forget(&mut self, store: &FileId) {
        let gone = self.files.iter().find(|file| file.store == *store);
        if let Some(file) = gone.map(|file| file.file.clone()) {
            self.pictures.remove(&file);
        }
    }
}

fn is_new(seen: &HashSet<FileId>, file: &FileView) -> bool {
    file.state == FileState::Offered && !file.own && !seen.contains(&file.file)
}

/// Bytes per second, of late.
fn rate(rates: &mut HashMap<FileId, VecDeque<(f64, u64)>>, file: &FileView, now: f64) -> u64 {
    if file.state != FileState::Coming {
        rates.remove(&file.file);
        return 0;
    }
    let bytes = if file.own { file.takers.iter().map(|taker| taker.done).sum() } else { file.done };
    let samples = rates.entry(file.file.clone()).or_default();
    samples.push_back((now, bytes));
    while samples.len() > 2 && samples.front().is_some_and(|(time, _)| now - time > WINDOW) {
        samples.pop_front();
    }
    let Some((time, before)) = samples.front().copied().filter(|(time, _)| now - time >= 400.0) else {
        return 0;
    };
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "no speed is that high, and none is negative"
    )]
    let rate = (bytes.saturating_sub(before) as f64 * 1000.0 / (now - time)) as u64;
    rate
}
