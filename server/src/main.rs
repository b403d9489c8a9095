//! The `visavis` binary.

fn main() {}
