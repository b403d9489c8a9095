//! Files that the user saves or looks at.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    FileSystemDirectoryHandle, FileSystemFileHandle, FileSystemGetFileOptions, FileSystemWritableFileStream,
    HtmlAnchorElement, Url,
};

use super::{buffers::Blob, error::BrowserError};

/// An address of a file within this page, until it is dropped.
#[derive(Debug)]
pub struct ObjectUrl(String);

impl ObjectUrl {
    /// # Errors
    ///
    /// The browser refuses.
    pub fn new(blob: &Blob) -> Result<Self, BrowserError> {
        Ok(Self(Url::create_object_url_with_blob(&blob.0)?))
    }

    /// As an element takes it.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl Drop for ObjectUrl {
    fn drop(&mut self) {
        let _ = Url::revoke_object_url(&self.0);
    }
}

/// A place on the user's own disk that they choose for a file.
#[derive(Debug)]
pub struct Chosen(FileSystemFileHandle);

/// Asks the user where a file is to be saved (File System Access §3.3); nothing if they do not want to.
///
/// # Errors
///
/// The browser cannot ask, or does not let us.
pub async fn ask_where(name: &str) -> Result<Option<Chosen>, BrowserError> {
    let place = ask("showSaveFilePicker", "suggestedName", name).await?;
    Ok(place.map(|place| Chosen(place.unchecked_into())))
}

/// A folder on the user's own disk that they choose for files.
#[derive(Debug)]
pub struct Folder(FileSystemDirectoryHandle);

/// Asks the user in which folder files are to be saved (File System Access §3.5); nothing if they do not want to.
///
/// # Errors
///
/// The browser cannot ask, or does not let us.
pub async fn ask_for_folder() -> Result<Option<Folder>, BrowserError> {
    let folder = ask("showDirectoryPicker", "mode", "readwrite").await?;
    Ok(folder.map(|folder| Folder(folder.unchecked_into())))
}

async fn ask(picker: &str, option: &str, value: &str) -> Result<Option<JsValue>, BrowserError> {
    let options = js_sys::Object::new();
    Reflect::set(&options, &option.into(), &value.into())?;
    let picker = Reflect::get(&js_sys::global(), &picker.into())?;
    let picker: Function = picker.dyn_into().map_err(|_| BrowserError::unsupported("to ask where"))?;
    let asked: Promise = picker.call1(&JsValue::UNDEFINED, &options)?.unchecked_into();
    match JsFuture::from(asked).await {
        Ok(handle) => Ok(Some(handle)),
        Err(error) => {
            let error = BrowserError::from(error);
            if error.name == "AbortError" { Ok(None) } else { Err(error) }
        }
    }
}

impl Folder {
    /// Writes all of a file into it, under another name if one has its name already.
    ///
    /// # Errors
    ///
    /// There is no room, or the disk fails.
    pub async fn save(&self, blob: &Blob, name: &str) -> Result<(), BrowserError> {
        let mut free = name.to_owned();
        let mut number = 1;
        while JsFuture::from(self.0.get_file_handle(&free)).await.is_ok() {
            number += 1;
            free = numbered(name, number);
        }
        let options = FileSystemGetFileOptions::new();
        options.set_create(true);
        let made = JsFuture::from(self.0.get_file_handle_with_options(&free, &options)).await?;
        Chosen(made.unchecked_into()).write(blob).await
    }
}

/// The name with a number before its ending.
fn numbered(name: &str, number: u32) -> String {
    let end = name.rfind('.').filter(|end| *end > 0).unwrap_or(name.len());
    format!("{} ({number}){}", &name[..end], &name[end..])
}

impl Chosen {
    /// Writes all of a file there.
    ///
    /// # Errors
    ///
    /// There is no room, or the disk fails.
    pub async fn write(&self, blob: &Blob) -> Result<(), BrowserError> {
        let target = JsFuture::from(self.0.create_writable()).await?;
        let target: FileSystemWritableFileStream = target.unchecked_into();
        JsFuture::from(blob.0.stream().pipe_to(&target)).await?;
        Ok(())
    }
}

/// Lets the browser download a file under a name.
///
/// # Errors
///
/// The browser refuses.
pub fn download(blob: &Blob, name: &str) -> Result<(), BrowserError> {
    /// Until then every browser has begun to read, in milliseconds.
    const BEGUN: u32 = 60_000;
    let url = ObjectUrl::new(blob)?;
    let document = web_sys::window().and_then(|window| window.document());
    let document = document.ok_or_else(|| BrowserError::unsupported("a document"))?;
    let link: HtmlAnchorElement = document.create_element("a")?.unchecked_into();
    link.set_href(url.as_str());
    link.set_download(name);
    link.click();
    Timeout::new(BEGUN, move || drop(url)).forget();
    Ok(())
}

/// Lets the browser download a text under a name.
///
/// # Errors
///
/// The browser refuses.
pub fn download_text(text: &str, name: &str) -> Result<(), BrowserError> {
    let blob = web_sys::Blob::new_with_str_sequence(&js_sys::Array::of1(&text.into()))?;
    download(&Blob(blob), name)
}

#[cfg(test)]
mod tests {
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::numbered;

    #[test]
    fn a_number_stands_before_the_ending() {
        for (name, wanted) in
            [("a.txt", "a (2).txt"), ("a.b.c", "a.b (2).c"), (".env", ".env (2)"), ("文件", "文件 (2)")]
        {
            assert_eq!(numbered(name, 2), wanted);
        }
    }
}
