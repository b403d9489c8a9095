//! The browser, one module per kind of object: the only place that names `web_sys` and `js_sys`.
//!
//! One struct per browser object; dropping it closes it and unhooks its listeners. Nothing here knows what a call is:
//! results leave as the plain events of [`visavis_call`].

pub mod awake;
pub mod bars;
pub mod bindings;
pub mod buffers;
pub mod channels;
pub mod chime;
pub mod clipboard;
pub mod counts;
pub mod entropy;
pub mod error;
pub mod floating;
pub mod guest;
pub mod helper;
pub mod lane;
pub mod levels;
pub mod locale;
pub mod media;
pub mod overlay;
pub mod page;
pub mod parcel;
pub mod parent;
pub mod part;
pub mod peer;
pub mod picked;
pub mod route;
pub mod saved;
pub mod share;
pub mod shown;
pub mod socket;
pub mod storage;
pub mod store;
pub mod streams;
pub mod ui;

/// Another handle of the same object. `MediaStream` and `MediaStreamTrack` have a `clone()` of JavaScript's own, which
/// makes a second stream or track, and it comes before Rust's.
pub(crate) fn same<T: Clone>(object: &T) -> T {
    object.clone()
}
