//! `localStorage` and `sessionStorage`, where there are any: with cookies blocked they throw, and then nothing is
//! remembered.

/// Where the rooms are listed of whose chats something is kept, the latest first.
const CHATS_KEY: &str = "visavis:chats";

/// The chats of more rooms than these are forgotten by themselves.
const MOST_CHATS: usize = 8;

/// Where the rooms are listed that were made here, the latest first: the id and at once what proves it.
const HOSTS_KEY: &str = "visavis:hosts";

/// Of more rooms than these it is forgotten that they were made here.
const MOST_HOSTS: usize = 64;

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

/// What proves that this room was made here.
pub fn host_token(room: &str) -> Option<String> {
    let hosts = get(HOSTS_KEY)?;
    let mut tokens = hosts.split(' ').filter_map(|host| host.strip_prefix(room));
    tokens.next().map(str::to_owned)
}

/// Keeps what proves that this room was made here.
pub fn set_host_token(room: &str, token: &str) {
    let hosts = get(HOSTS_KEY).unwrap_or_default();
    let made = [room, token].concat();
    let others = hosts.split(' ').filter(|host| !host.is_empty() && !host.starts_with(room));
    let kept: Vec<&str> = [made.as_str()].into_iter().chain(others).take(MOST_HOSTS).collect();
    set(HOSTS_KEY, &kept.join(" "));
}

fn chat_key(room: &str) -> String {
    format!("visavis:chat:{room}")
}

/// What is kept of the chat in this room, sealed.
pub fn chat(room: &str) -> Option<String> {
    get(&chat_key(room))
}

/// Keeps this of the chat in this room, or nothing of it.
pub fn set_chat(room: &str, kept: Option<&str>) {
    let listed = get(CHATS_KEY).unwrap_or_default();
    let others = listed.split(' ').filter(|other| !other.is_empty() && *other != room);
    let mut rooms: Vec<&str> = kept.map(|_| room).into_iter().chain(others).collect();
    for forgotten in rooms.split_off(rooms.len().min(MOST_CHATS)) {
        remove(&chat_key(forgotten));
    }
    set(CHATS_KEY, &rooms.join(" "));
    match kept {
        Some(kept) => set(&chat_key(room), kept),
        None => remove(&chat_key(room)),
    }
}

/// Keeps nothing any longer of any room's chat.
pub fn forget_chats() {
    for room in get(CHATS_KEY).unwrap_or_default().split(' ') {
        remove(&chat_key(room));
    }
    remove(CHATS_KEY);
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
