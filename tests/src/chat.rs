//! What people write to each other.

use anyhow::{Result, ensure};
use serde::Deserialize;

use crate::person::Person;

const MESSAGES: &str = "return Array.from(document.querySelectorAll('[data-testid=\"chat-message\"]'), message => ({\
     from: message.dataset.from, text: message.querySelector('.text').innerText.trim(),\
     own: message.dataset.own === 'true', private: message.dataset.private === 'true', state: message.dataset.state}));";

/// A message as somebody sees it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Message {
    /// Who wrote it.
    pub from: String,
    /// What it says.
    pub text: String,
    /// They did themselves.
    pub own: bool,
    /// It is for one alone.
    pub private: bool,
    /// Whether it was changed, or has not come yet.
    pub state: String,
}

impl Person {
    /// Writes a message to whom the panel says.
    pub async fn say(&self, text: &str) -> Result<()> {
        self.write("chat-input", text).await?;
        self.click("chat-send").await
    }

    /// All messages, in their order.
    pub async fn messages(&self) -> Result<Vec<Message>> {
        self.read(MESSAGES).await
    }

    /// Waits until they see exactly these, by writer and text.
    pub async fn reads(&self, wanted: &[(&str, &str)]) -> Result<()> {
        self.expect(&format!("reads {wanted:?}"), async || {
            let messages = self.messages().await?;
            let found: Vec<_> =
                messages.iter().map(|message| (message.from.as_str(), message.text.as_str())).collect();
            ensure!(found == wanted, "it is {found:?}");
            Ok(())
        })
        .await
    }

    /// Lets them write to one person alone, by name; to everybody if there is no name.
    pub async fn address(&self, to: &str) -> Result<()> {
        let script = format!(
            "const list = document.querySelector('[data-testid=\"chat-to\"]');\
             const option = Array.from(list.options).find(option => option.text === '{to}' || (!'{to}' && !option.value));\
             if (!option) return false; list.value = option.value;\
             list.dispatchEvent(new Event('change', {{bubbles: true}})); return true;"
        );
        self.expect(&format!("chooses {to:?}"), async || {
            let found: bool = self.read(&script).await?;
            ensure!(found, "there is nobody of that name");
            Ok(())
        })
        .await
    }
}
