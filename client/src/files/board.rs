//! What is shown of the files: as their machine sees them, with how fast they come, and what was not seen yet.

use std::collections::VecDeque;

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
    seen: Vec<FileId>,
    saved: Vec<FileId>,
    rates: Vec<Rate>,
    pictures: Vec<(FileId, ObjectUrl)>,
}

/// When how much of a file had come or gone.
struct Rate(FileId, VecDeque<(f64, u64)>);

impl Board {
    pub(super) fn draw(&mut self, view: FilesView) -> FilesShown {
        self.files = view.files;
        if self.in_sight {
            for file in &self.files {
                add(&mut self.seen, &file.file);
            }
        }
        let now = ui::now();
        let files = &self.files;
        let is_known = |file: &FileId| files.iter().any(|known| known.file == *file);
        self.rates.retain(|Rate(file, _)| is_known(file));
        self.pictures.retain(|(file, _)| is_known(file));
        let files = self.files.iter().map(|file| FileShown {
            rate: rate(&mut self.rates, file, now),
            picture: picture(&self.pictures, file),
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
        add(&mut self.saved, file);
        Some(name)
    }

    /// Where it can be had as a whole.
    pub(super) fn source_of(&self, file: &FileId) -> Option<Source> {
        let file = self.find(file)?;
        Some(if file.own { Source::Picked(file.file.clone()) } else { Source::Stored(file.store.clone()) })
    }

    pub(super) fn look(&mut self, file: &FileId, blob: &Blob) {
        if let Ok(url) = ObjectUrl::new(blob) {
            self.pictures.retain(|(of, _)| of != file);
            self.pictures.push((file.clone(), url));
        }
    }

    /// What is stored under this id is deleted.
    pub(super) fn forget(&mut self, store: &FileId) {
        let gone = self.files.iter().find(|file| file.store == *store);
        if let Some(file) = gone.map(|file| file.file.clone()) {
            self.pictures.retain(|(of, _)| *of != file);
        }
    }
}

fn add(files: &mut Vec<FileId>, file: &FileId) {
    if !files.contains(file) {
        files.push(file.clone());
    }
}

fn picture(pictures: &[(FileId, ObjectUrl)], file: &FileView) -> Option<String> {
    pictures.iter().find(|(of, _)| *of == file.file).map(|(_, url)| url.as_str().to_owned())
}

fn is_new(seen: &[FileId], file: &FileView) -> bool {
    file.state == FileState::Offered && !file.own && !seen.contains(&file.file)
}

/// Bytes per second, of late.
fn rate(rates: &mut Vec<Rate>, file: &FileView, now: f64) -> u64 {
    if file.state != FileState::Coming {
        rates.retain(|Rate(of, _)| *of != file.file);
        return 0;
    }
    let bytes = if file.own { file.takers.iter().map(|taker| taker.done).sum() } else { file.done };
    let at = rates.iter().position(|Rate(of, _)| *of == file.file).unwrap_or_else(|| {
        rates.push(Rate(file.file.clone(), VecDeque::new()));
        rates.len() - 1
    });
    let Rate(_, samples) = &mut rates[at];
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
