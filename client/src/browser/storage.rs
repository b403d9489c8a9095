//! `localStorage` and `sessionStorage`, where there are any: with cookies blocked they throw, and then nothing is
//! remembered.

/// A stored text.
pub fn get(key: &str) -> Option<String> {
    local_storage()?.get_item(key).ok()?
}

/// Stores a text.
pub fn set(key: &str, value: &str) {
    if let Some(storage) = local_storage() {
        // Full, or of size 0 as in some private modes: as if there were no storage.
        let _ = storage.set_item(key, value);
    }
}

/// Forgets a text.
pub fn remove(key: &str) {
    if let Some(storage) = local_storage() {
        let _ = storage.remove_item(key);
    }
}

/// A text that this tab has stored, since it was opened.
pub fn get_of_tab(key: &str) -> Option<String> {
    session_storage()?.get_item(key).ok()?
}

/// Stores a text for as long as this tab is open, or forgets it.
pub fn set_of_tab(key: &str, value: Option<&str>) {
    if let Some(storage) = session_storage() {
        let _ = match value {
            Some(value) => storage.set_item(key, value),
            None => storage.remove_item(key),
        };
    }
}

fn session_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.session_storage().ok()?
}

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
