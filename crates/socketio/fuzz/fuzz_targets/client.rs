//! Any inputs with any bytes: `cargo fuzz run client` in crates/socketio (see entry.rs for what is asserted).

#![no_main]

#[path = "../entry.rs"]
mod entry;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    entry::run(bytes);
});
