//! The running server and real clients: literal wire text over real sockets.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "a test fails by panicking")]

mod call;
mod host;
mod hostile;
mod limits;
mod looking;
mod page;
mod process;
mod relay;
mod relay_streams;
mod relay_streams_bounds;
mod resume;
mod scene;
mod support;
mod tls;
mod tls_files;
mod upgrade;
