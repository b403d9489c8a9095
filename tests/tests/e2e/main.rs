//! End to end: the built page, the real server, real Chromium and Firefox. Run by `cargo xtask test e2e`.

mod harness;
