//! The shell in a real browser with made-up devices: peer connections, devices, streams, and the page's own things.

#![cfg(target_arch = "wasm32")]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that fails panics")]

#[path = "shell/clock.rs"]
mod clock;
#[path = "shell/lane.rs"]
mod lane;
#[path = "shell/media.rs"]
mod media;
#[path = "shell/opening.rs"]
mod opening;
#[path = "shell/page.rs"]
mod page;
#[path = "shell/pair.rs"]
mod pair;
#[path = "shell/peer.rs"]
mod peer;
#[path = "shell/screen.rs"]
mod screen;
#[path = "shell/sharing.rs"]
mod sharing;
#[path = "shell/streams.rs"]
mod streams;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
