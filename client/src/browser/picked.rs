//! Files that the user picks, drops or pastes.

use std::rc::Rc;

use gloo_events::{EventListener, EventListenerOptions};
use js_sys::Array;
use wasm_bindgen::{JsCast, JsValue};
pub use web_sys::{ClipboardEvent, DragEvent};
use web_sys::{FileList, FileSystemEntry, HtmlInputElement};

/// Files and folders as the browser gives them; [`super::parcel::unpack`] takes them out.
#[derive(Debug, Clone, Default)]
pub struct Parcel(Array);

impl Parcel {
    fn new(files: Option<FileList>) -> Self {
        Self(files.map(|files| Array::from(&files)).unwrap_or_default())
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.length() == 0
    }

    /// As another part of the program is given it.
    pub fn value(&self) -> &JsValue {
        &self.0
    }
}

/// Takes the files out of a field; it can be used for the same ones again.
pub fn take_chosen(field: &HtmlInputElement) -> Parcel {
    let chosen = Parcel::new(field.files());
    field.set_value("");
    chosen
}

/// Opens the browser's dialogue of a field.
pub fn choose(field: &HtmlInputElement) {
    field.click();
}

/// The files that are pasted.
pub fn pasted(event: &ClipboardEvent) -> Parcel {
    Parcel::new(event.clipboard_data().and_then(|data| data.files()))
}

/// Whether files are dragged.
pub fn brings_files(event: &DragEvent) -> bool {
    event.data_transfer().is_some_and(|data| data.types().iter().any(|kind| kind == "Files"))
}

/// The files that are dropped, and the folders. They can be asked for during the event alone.
pub fn dropped(event: &DragEvent) -> Parcel {
    let Some(data) = event.data_transfer() else { return Parcel::default() };
    let items = data.items();
    let all = Array::new();
    for item in (0..items.length()).filter_map(|at| items.get(at)) {
        match item.webkit_get_as_entry().ok().flatten().filter(FileSystemEntry::is_directory) {
            Some(folder) => all.push(&folder),
            None => match item.get_as_file().ok().flatten() {
                Some(file) => all.push(&file),
                None => continue,
            },
        };
    }
    Parcel(all)
}

/// Tells of files that are dragged over the whole page, dropped on it, or pasted into it, as long as it lives.
pub struct DropWatch {
    _listeners: Vec<EventListener>,
}

impl std::fmt::Debug for DropWatch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DropWatch").finish_non_exhaustive()
    }
}

impl DropWatch {
    /// `over` is told whether files are dragged over the page, `sink` is given what is dropped or pasted.
    pub fn new(over: impl Fn(bool) + 'static, sink: impl Fn(Parcel) + 'static) -> Option<Self> {
        let window = web_sys::window()?;
        let (over, sink) = (Rc::new(over), Rc::new(sink));
        // Without this the browser would open what is dropped in place of the page.
        let options = EventListenerOptions::enable_prevent_default();
        let listen = |name: &'static str, handler: Box<dyn Fn(&DragEvent)>| {
            EventListener::new_with_options(&window, name, options, move |event| {
                let event: &DragEvent = event.unchecked_ref();
                if brings_files(event) {
                    event.prevent_default();
                    handler(event);
                }
            })
        };
        let (entered, left, ended) = (Rc::clone(&over), Rc::clone(&over), over);
        let given = Rc::clone(&sink);
        let mut listeners = vec![
            listen("dragover", Box::new(move |_| entered(true))),
            listen(
                "dragleave",
                Box::new(move |event| {
                    // It has left the page, not one of its elements.
                    if event.related_target().is_none() {
                        left(false);
                    }
                }),
            ),
            listen(
                "drop",
                Box::new(move |event| {
                    ended(false);
                    let files = dropped(event);
                    if !files.is_empty() {
                        given(files);
                    }
                }),
            ),
        ];
        listeners.push(EventListener::new_with_options(&window, "paste", options, move |event| {
            let files = pasted(event.unchecked_ref());
            if !files.is_empty() {
                event.prevent_default();
                sink(files);
            }
        }));
        Some(Self { _listeners: listeners })
    }
}
