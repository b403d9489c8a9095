//! `localStorage`, where there is one: with cookies blocked it throws, and then nothing is remembered.

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

fn local_storage() -> Option<web_sys::Storage> {
    web_sys::window()?.local_storage().ok()?
}
