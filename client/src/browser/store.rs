//! The origin private file system as a Worker has it: a cabinet with a drawer for each file (File System §2 and §3).

use js_sys::{AsyncIterator, Reflect};
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetDirectoryOptions, FileSystemGetFileOptions,
    FileSystemReadWriteOptions, FileSystemRemoveOptions, FileSystemSyncAccessHandle, StorageEstimate,
    StorageManager,
};

use super::{
    buffers::{Blob, number, whole},
    error::BrowserError,
};

/// Where everything is.
const CABINET: &str = "visavis-files";
const DATA: &str = "data";
const LOG: &str = "log";
const LABEL: &str = "label";

/// All drawers.
#[derive(Debug)]
pub struct Cabinet {
    manager: StorageManager,
    root: FileSystemDirectoryHandle,
}

impl Cabinet {
    /// Nothing where the browser has no private file system, or gives none to this page.
    pub async fn open() -> Option<Self> {
        let navigator = Reflect::get(&js_sys::global(), &"navigator".into()).ok()?;
        let manager = Reflect::get(&navigator, &"storage".into()).ok()?;
        if !Reflect::has(manager.dyn_ref::<js_sys::Object>()?, &"getDirectory".into()).ok()? {
            return None;
        }
        let manager: StorageManager = manager.unchecked_into();
        let origin: FileSystemDirectoryHandle =
            JsFuture::from(manager.get_directory()).await.ok()?.unchecked_into();
        Some(Self { manager, root: directory(&origin, CABINET).await.ok()? })
    }

    /// Bytes that this page may still store (Storage §6); nothing if the browser does not tell.
    pub async fn free(&self) -> Option<f64> {
        let estimate = JsFuture::from(self.manager.estimate().ok()?).await.ok()?;
        let estimate: StorageEstimate = estimate.unchecked_into();
        Some(estimate.get_quota()? - estimate.get_usage().unwrap_or_default())
    }

    /// The names of all drawers.
    pub async fn drawers(&self) -> Vec<String> {
        let keys: AsyncIterator = self.root.keys();
        let mut names = Vec::new();
        while let Ok(next) = keys.next_iterator() {
            let Ok(next) = JsFuture::from(next).await else { break };
            if next.done() {
                break;
            }
            names.extend(next.value().as_string());
        }
        names
    }

    /// Opens a drawer, for writing; makes it if it is not there.
    ///
    /// # Errors
    ///
    /// Another tab has it open, or the browser refuses.
    pub async fn drawer(&self, name: &str) -> Result<Drawer, BrowserError> {
        let directory = directory(&self.root, name).await?;
        let data = Sheet::open(&directory, DATA).await?;
        let log = Sheet::open(&directory, LOG).await?;
        Ok(Drawer { data, log })
    }

    /// What stands on a drawer.
    ///
    /// # Errors
    ///
    /// Nothing does.
    pub async fn label(&self, name: &str) -> Result<String, BrowserError> {
        let file = self.part(name, LABEL).await?;
        let text = JsFuture::from(file.0.text()).await?;
        Ok(text.as_string().unwrap_or_default())
    }

    /// Writes onto a drawer.
    ///
    /// # Errors
    ///
    /// There is no room, or the browser refuses.
    pub async fn set_label(&self, name: &str, label: &str) -> Result<(), BrowserError> {
        let sheet = Sheet::open(&directory(&self.root, name).await?, LABEL).await?;
        sheet.truncate(0)?;
        sheet.write(0, label.as_bytes())?;
        sheet.flush();
        Ok(())
    }

    /// The data in a drawer.
    ///
    /// # Errors
    ///
    /// There are none.
    pub async fn file(&self, name: &str) -> Result<Blob, BrowserError> {
        self.part(name, DATA).await
    }

    async fn part(&self, drawer: &str, name: &str) -> Result<Blob, BrowserError> {
        let handle = file(&directory(&self.root, drawer).await?, name, false).await?;
        Ok(Blob(JsFuture::from(handle.get_file()).await?.unchecked_into()))
    }

    /// Deletes a drawer.
    ///
    /// # Errors
    ///
    /// Another tab has it open.
    pub async fn remove(&self, name: &str) -> Result<(), BrowserError> {
        let options = FileSystemRemoveOptions::new();
        options.set_recursive(true);
        JsFuture::from(self.root.remove_entry_with_options(name, &options)).await?;
        Ok(())
    }
}

async fn directory(
    parent: &FileSystemDirectoryHandle,
    name: &str,
) -> Result<FileSystemDirectoryHandle, BrowserError> {
    let options = FileSystemGetDirectoryOptions::new();
    options.set_create(true);
    let found = JsFuture::from(parent.get_directory_handle_with_options(name, &options)).await?;
    Ok(found.unchecked_into())
}

async fn file(
    directory: &FileSystemDirectoryHandle,
    name: &str,
    create: bool,
) -> Result<FileSystemFileHandle, BrowserError> {
    let options = FileSystemGetFileOptions::new();
    options.set_create(create);
    let found = JsFuture::from(directory.get_file_handle_with_options(name, &options)).await?;
    Ok(found.unchecked_into())
}

/// What is stored of a file.
#[derive(Debug)]
pub struct Drawer {
    /// Its bytes.
    pub data: Sheet,
    /// What was written when.
    pub log: Sheet,
}

/// A file that is open for reading and writing; closed when dropped.
#[derive(Debug)]
pub struct Sheet(FileSystemSyncAccessHandle);

impl Sheet {
    async fn open(directory: &FileSystemDirectoryHandle, name: &str) -> Result<Self, BrowserError> {
        let handle = file(directory, name, true).await?;
        Ok(Self(JsFuture::from(handle.create_sync_access_handle()).await?.unchecked_into()))
    }

    /// Bytes that are in it.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn size(&self) -> Result<u64, BrowserError> {
        Ok(whole(self.0.get_size()?))
    }

    /// Cuts it off.
    ///
    /// # Errors
    ///
    /// The browser refuses.
    pub fn truncate(&self, bytes: u32) -> Result<(), BrowserError> {
        Ok(self.0.truncate_with_u32(bytes)?)
    }

    /// Reads as many bytes as there are, at most these.
    ///
    /// # Errors
    ///
    /// The disk fails.
    pub fn read(&self, from: u64, length: u64) -> Result<Vec<u8>, BrowserError> {
        let mut bytes = vec![0; usize::try_from(length).unwrap_or(usize::MAX)];
        let read = whole(self.0.read_with_u8_array_and_options(&mut bytes, &at(from))?);
        bytes.truncate(usize::try_from(read).unwrap_or(usize::MAX));
        Ok(bytes)
    }

    /// Writes all of these.
    ///
    /// # Errors
    ///
    /// There is no room, or the disk fails.
    pub fn write(&self, from: u64, bytes: &[u8]) -> Result<(), BrowserError> {
        let written = self.0.write_with_u8_array_and_options(bytes, &at(from))?;
        if whole(written) < bytes.len() as u64 {
            return Err(BrowserError {
                name: "QuotaExceededError".into(),
                message: "not all was written".into(),
            });
        }
        Ok(())
    }

    /// Makes what was written last, as far as the browser can.
    pub fn flush(&self) {
        let _ = self.0.flush();
    }
}

impl Drop for Sheet {
    fn drop(&mut self) {
        self.0.close();
    }
}

fn at(offset: u64) -> FileSystemReadWriteOptions {
    let options = FileSystemReadWriteOptions::new();
    options.set_at_f64(number(offset));
    options
}
