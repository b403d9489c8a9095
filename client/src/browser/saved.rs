//! Files that the user saves or looks at.

use gloo_timers::callback::Timeout;
use js_sys::{Function, Promise, Reflect};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{FileSystemFileHandle, FileSystemWritableFileStream, HtmlAnchorElement, Url};

use super::{error::BrowserError, store::Blob};

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
    let options = js_sys::Object::new();
    Reflect::set(&options, &"suggestedName".into(), &name.into())?;
    let picker = Reflect::get(&js_sys::global(), &"showSaveFilePicker".into())?;
    let picker: Function = picker.dyn_into().map_err(|_| BrowserError::unsupported("to ask where"))?;
    let asked: Promise = picker.call1(&JsValue::UNDEFINED, &options)?.unchecked_into();
    match JsFuture::from(asked).await {
        Ok(handle) => Ok(Some(Chosen(handle.unchecked_into()))),
        Err(error) => {
            let error = BrowserError::from(error);
            if error.name == "AbortError" { Ok(None) } else { Err(error) }
        }
    }
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
