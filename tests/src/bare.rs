//! A call without a product around it, negotiated by the tests: what browsers can do at best.

use anyhow::{Context as _, Result};
use serde_json::{Value, json};

use crate::person::Person;

/// Two people whose pages are at home, linked by a peer connection of the tests' own.
#[derive(Debug)]
pub struct Bare<'a> {
    offerer: &'a Person,
    answerer: &'a Person,
}

impl<'a> Bare<'a> {
    /// Links them: picture and sound in both directions.
    pub async fn link(offerer: &'a Person, answerer: &'a Person) -> Result<Self> {
        let bare = Self { offerer, answerer };
        for person in [offerer, answerer] {
            step(person, "open", json!({})).await?;
        }
        bare.negotiate(json!({})).await?;
        Ok(bare)
    }

    /// Restarts ICE, past whatever became of the network between them.
    pub async fn restart(&self) -> Result<()> {
        self.negotiate(json!({"iceRestart": true})).await
    }

    /// Ends the call.
    pub async fn close(self) -> Result<()> {
        for person in [self.offerer, self.answerer] {
            step(person, "close", Value::Null).await?;
        }
        Ok(())
    }

    async fn negotiate(&self, options: Value) -> Result<()> {
        let offer = step(self.offerer, "offer", options).await?;
        let answer = step(self.answerer, "answer", offer).await?;
        step(self.offerer, "accept", answer).await?;
        Ok(())
    }
}

async fn step(person: &Person, name: &str, given: Value) -> Result<Value> {
    let mut answer = person.run_async(include_str!("scripts/bare.js"), vec![json!(name), given]).await?;
    Ok(answer.get_mut("value").with_context(|| format!("{name} has no answer"))?.take())
}
