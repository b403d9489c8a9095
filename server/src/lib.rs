//! The Visavis server: it serves the page, introduces peers to each other, and relays what it cannot read.

pub mod rooms;
