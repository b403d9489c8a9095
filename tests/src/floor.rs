//! The least a first frame can take in a browser: two bare peer connections in one page.

use anyhow::Result;
use serde::Deserialize;
use serde_json::json;

use crate::person::Person;

#[derive(Deserialize)]
struct Times {
    times: Vec<f64>,
}

impl Person {
    /// Milliseconds from `createOffer` to the first frame, so many times, on the page that is open.
    pub async fn bare_floor(&self, rounds: usize) -> Result<Vec<f64>> {
        let value = self.run_async(include_str!("scripts/floor.js"), vec![json!(rounds)]).await?;
        Ok(serde_json::from_value::<Times>(value)?.times)
    }
}
