//! End to end: the built page, the real server, real Chromium and Firefox. Run by `cargo xtask test e2e`.
//!
//! Scenes that are not about browsers play in Chromium, or in the one browser that `VISAVIS_BROWSER` names.

mod calls;
mod comings;
mod devices;
mod harness;
mod keyboard;
mod links;
mod outages;
mod pictures;
