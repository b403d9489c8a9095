//! Says in one sentence why there can be no lab on this machine, and nothing if there can be one.

use std::io::Write as _;

use visavis_e2e::Lab;

fn main() -> std::io::Result<()> {
    match Lab::new(0) {
        Ok(_) => Ok(()),
        Err(obstacle) => writeln!(std::io::stdout(), "{obstacle}"),
    }
}
