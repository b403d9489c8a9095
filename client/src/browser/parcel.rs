//! What of the user's files is said when they are offered, and the files in folders.

use js_sys::{Array, Function, Promise};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    CanvasRenderingContext2d, File, FileSystemDirectoryEntry, FileSystemDirectoryReader, FileSystemEntry,
    FileSystemFileEntry, HtmlCanvasElement, ImageBitmap,
};

use super::buffers::Blob;

/// Files that are offered at a time; a folder may have more.
const MOST: usize = 200;

/// The longer side of a small picture, in pixels.
const THUMBNAIL: f64 = 160.0;
/// Larger pictures take too long to read for a small one of them.
const MOST_PICTURE: f64 = 40_000_000.0;
/// The longest that others take, in characters.
const MOST_THUMBNAIL: u32 = 16 * 1024;

/// A file that the user has picked.
#[derive(Debug, Clone)]
pub struct PickedFile {
    file: File,
    name: String,
}

impl PickedFile {
    fn new(file: File) -> Self {
        let name = file.name();
        Self { file, name }
    }

    /// Its name; with the folder in which it was, if that was picked.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its media type, as far as the browser knows.
    pub fn kind(&self) -> String {
        self.file.type_()
    }

    /// Bytes.
    pub fn bytes(&self) -> u64 {
        self.blob().bytes()
    }

    /// Its content.
    pub fn blob(&self) -> Blob {
        Blob(self.file.clone().into())
    }

    /// A small picture of it, as a data URL; nothing if it is no picture that the browser reads.
    pub async fn thumbnail(&self) -> Option<String> {
        if !self.kind().starts_with("image/") || self.file.size() > MOST_PICTURE {
            return None;
        }
        let window = web_sys::window()?;
        let bitmap = JsFuture::from(window.create_image_bitmap_with_blob(&self.file).ok()?).await.ok()?;
        let bitmap: ImageBitmap = bitmap.unchecked_into();
        let (width, height) = (f64::from(bitmap.width()), f64::from(bitmap.height()));
        let scale = (THUMBNAIL / width.max(height)).min(1.0);
        let (width, height) = ((width * scale).max(1.0), (height * scale).max(1.0));
        let canvas: HtmlCanvasElement = window.document()?.create_element("canvas").ok()?.unchecked_into();
        canvas.set_width(pixels(width));
        canvas.set_height(pixels(height));
        let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.unchecked_into();
        // Pictures with holes in them stand on white.
        context.set_fill_style_str("#fff");
        context.fill_rect(0.0, 0.0, width, height);
        context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height).ok()?;
        bitmap.close();
        let url = canvas.to_data_url_with_type("image/jpeg").ok()?;
        (url.len() <= MOST_THUMBNAIL as usize).then_some(url)
    }
}

fn pixels(length: f64) -> u32 {
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 1 and 160")]
    let pixels = length as u32;
    pixels
}

/// Takes the files out of a [`Parcel`](super::picked::Parcel), those in folders as well.
pub async fn unpack(parcel: JsValue) -> Vec<PickedFile> {
    let mut found = Vec::new();
    for one in parcel.dyn_ref::<Array>().map(Array::to_vec).unwrap_or_default() {
        match one.dyn_into::<File>() {
            Ok(file) => found.push(PickedFile::new(file)),
            Err(entry) => walk(entry.unchecked_into(), &mut found).await,
        }
    }
    found.truncate(MOST);
    found
}

/// Finds the files in a folder and in those within.
async fn walk(entry: FileSystemEntry, found: &mut Vec<PickedFile>) {
    let mut open = vec![entry];
    let first = found.len();
    while let Some(entry) = open.pop().filter(|_| found.len() < MOST) {
        // Chromium shows no `FileSystemDirectoryEntry` to ask whether it is an instance.
        if entry.is_directory() {
            let reader = entry.unchecked_ref::<FileSystemDirectoryEntry>().create_reader();
            // It gives some at a time, and none when there are no more.
            while let Ok(some) = read_entries(&reader).await
                && some.length() > 0
                && open.len() < MOST
            {
                open.extend(some.iter().map(JsCast::unchecked_into::<FileSystemEntry>));
            }
        } else if let Ok(file) = read_file(entry.unchecked_ref()).await {
            let name = entry.full_path().trim_start_matches('/').to_owned();
            // By their names, whatever the order in which the folder gives them.
            let place = first + found[first..].partition_point(|other| other.name < name);
            found.insert(place, PickedFile { file, name });
        }
    }
}

async fn read_entries(reader: &FileSystemDirectoryReader) -> Result<Array, JsValue> {
    let read = Promise::new(&mut |done: Function, failed: Function| {
        let _ = reader.read_entries_with_callback_and_callback(&done, &failed);
    });
    Ok(JsFuture::from(read).await?.unchecked_into())
}

async fn read_file(entry: &FileSystemFileEntry) -> Result<File, JsValue> {
    let read = Promise::new(&mut |done: Function, failed: Function| {
        entry.file_with_callback_and_callback(&done, &failed);
    });
    Ok(JsFuture::from(read).await?.unchecked_into())
}
