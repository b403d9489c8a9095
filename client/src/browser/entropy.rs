//! Random bytes of `crypto.getRandomValues`.

use visavis_call::link::Secret;

/// Random bytes fit for keys.
#[expect(
    clippy::expect_used,
    clippy::missing_panics_doc,
    reason = "every browser that runs WebAssembly has crypto.getRandomValues"
)]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    getrandom::fill(&mut bytes).expect("crypto.getRandomValues");
    bytes
}

/// The secret of a new room.
pub fn new_secret() -> Secret {
    Secret::from_bytes(random_bytes())
}
