//! End to end: the built page, the real server, real Chromium and Firefox. Run by `cargo xtask test e2e`.
//!
//! A test that needs Firefox has it in its name; all others need Chromium only.

mod accessible;
mod calls;
mod chat;
mod comings;
mod device_choice;
mod devices;
mod files;
mod files_in_trouble;
mod harness;
mod keyboard;
mod lanes;
mod languages;
mod links;
mod live;
mod missing;
mod outages;
mod pictures;
mod restarts;
mod screens;
