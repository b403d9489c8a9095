//! What is told to the program that draws the figures.

use serde::{Deserialize, Serialize};
use visavis_quality::{LinkView, Sample};

/// All of one link.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkTold {
    /// How its person is called.
    pub name: String,
    /// How it does.
    pub link: LinkView,
    /// The last minutes, the oldest first.
    pub samples: Vec<Sample>,
    /// What is wrong, what matters most first.
    pub advice: Vec<Advised>,
}

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Advised {
    /// In a sentence or two.
    pub what: String,
    /// What to do about it; empty if there is nothing.
    pub advice: String,
}
