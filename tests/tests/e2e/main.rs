//! End to end: the built page, the real server, real Chromium and Firefox. Run by `cargo xtask test e2e`.
//!
//! A test that needs Firefox has it in its name; all others need Chromium only.

mod accessible;
mod calls;
mod chat;
mod comings;
mod device_choice;
mod devices;
mod embed;
mod files;
mod files_in_trouble;
mod floating;
mod gallery;
mod harness;
mod host;
mod inside;
mod install;
mod invite;
mod keyboard;
mod lanes;
mod languages;
mod layouts;
mod links;
mod live;
mod missing;
mod outages;
mod pictures;
mod quality;
mod restarts;
mod screens;
