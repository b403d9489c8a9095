//! The flags of TURN.

use clap::Args;

pub use crate::ice::{Secret, SecretError};

/// How TURN servers know who may use them.
#[derive(Debug, Clone, Args)]
pub struct TurnConfig {
    /// Key of the TURN credentials, shared with the TURN servers that are named without a credential
    #[arg(long, env = "VISAVIS_TURN_SECRET", hide_env_values = true, value_name = "SECRET")]
    pub turn_secret: Option<Secret>,
}
