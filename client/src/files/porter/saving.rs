//! Files that the user saves.

use futures_channel::mpsc;
use futures_util::StreamExt;
use wasm_bindgen::JsValue;

use super::{Deed, Message, Porter};
use crate::browser::{
    buffers::Blob,
    error::BrowserError,
    guest::Host,
    page,
    saved::{self, Folder},
};

impl Porter {
    /// Asks in which folder all of these are to be saved.
    pub(super) fn choose_folder(&self, files: String) {
        let inbox = self.inbox.clone();
        wasm_bindgen_futures::spawn_local(async move {
            let folder = match saved::ask_for_folder().await {
                Ok(None) => return,
                chosen => chosen.ok().flatten(),
            };
            let _ = inbox.unbounded_send(Message::Chosen(folder, files));
        });
    }

    /// One after the other: of two that have the same name the second sees the first.
    pub(super) fn save_all(&mut self, folder: Option<Folder>, files: String) {
        let host = self.host.another();
        let (together, mut brought) = mpsc::unbounded::<(Blob, String)>();
        self.together = Some(together);
        self.tell(Deed::SAVE_ALL, files.into(), JsValue::UNDEFINED);
        wasm_bindgen_futures::spawn_local(async move {
            while let Some((blob, name)) = brought.next().await {
                let saved = match &folder {
                    Some(folder) => folder.save(&blob, &name).await,
                    None => saved::download(&blob, &name),
                };
                told(&host, saved);
            }
        });
    }
}

/// Saves a file where the user wants to have it, or where the browser puts what it downloads.
pub(super) async fn save(host: Host, blob: Blob, name: String) {
    let saved = match saved::ask_where(&name).await {
        Ok(None) => return,
        Ok(Some(place)) => place.write(&blob).await,
        Err(_) => saved::download(&blob, &name),
    };
    told(&host, saved);
}

/// The user is told what was not saved.
fn told(host: &Host, saved: Result<(), BrowserError>) {
    if let Err(error) = saved {
        page::log_error(&error.to_string());
        host.tell("unsaved", "", "");
    }
}
