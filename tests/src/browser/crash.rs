//! The crash of a page, and its being loaded again, over Chromium's own protocol for developers: a driver gives a session
//! up whose page has crashed.

use anyhow::{Context as _, Result, ensure};
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

/// A line to one page of a running Chromium.
pub(super) struct Line {
    socket: WebSocketStream<MaybeTlsStream<TcpStream>>,
    session: String,
    sent: u64,
}

impl Line {
    /// Opens a line to the only page of the Chromium that listens at this address.
    pub(super) async fn open(debugger: &str) -> Result<Self> {
        let (socket, _) = connect_async(debugger).await.with_context(|| debugger.to_owned())?;
        let mut line = Self { socket, session: String::new(), sent: 0 };
        let targets = line.command("Target.getTargets", json!({})).await?;
        let targets = targets["targetInfos"].as_array().context("there are no targets")?;
        let page = targets.iter().find(|target| target["type"] == "page").context("there is no page")?;
        let attach = json!({"targetId": page["targetId"], "flatten": true});
        let attached = line.command("Target.attachToTarget", attach).await?;
        attached["sessionId"].as_str().context("there is no session")?.clone_into(&mut line.session);
        Ok(line)
    }

    /// Sends a command and awaits its answer.
    async fn command(&mut self, method: &str, parameters: Value) -> Result<Value> {
        let id = self.send(method, parameters).await?;
        let mut answer = self.next(|message| message["id"] == id).await?;
        ensure!(answer["error"].is_null(), "{method}: {answer}");
        Ok(answer["result"].take())
    }

    /// Lets the process of the page crash, and loads the page again. The script runs in it before all others.
    pub(super) async fn crash_and_reload(&mut self, script: &str) -> Result<()> {
        for domain in ["Inspector.enable", "Page.enable"] {
            self.command(domain, json!({})).await?;
        }
        self.command("Page.addScriptToEvaluateOnNewDocument", json!({"source": script})).await?;
        // That it is answered is not to be expected.
        self.send("Page.crash", json!({})).await?;
        self.next(|message| message["method"] == "Inspector.targetCrashed").await?;
        self.send("Page.reload", json!({})).await?;
        self.next(|message| message["method"] == "Page.loadEventFired").await?;
        Ok(())
    }

    async fn send(&mut self, method: &str, parameters: Value) -> Result<u64> {
        self.sent += 1;
        let mut message = json!({"id": self.sent, "method": method, "params": parameters});
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        self.socket.send(Message::text(message.to_string())).await?;
        Ok(self.sent)
    }

    async fn next(&mut self, wanted: impl Fn(&Value) -> bool) -> Result<Value> {
        loop {
            let message = self.socket.next().await.context("the browser is gone")??;
            let Message::Text(text) = message else { continue };
            let message: Value = serde_json::from_str(&text)?;
            if wanted(&message) {
                return Ok(message);
            }
        }
    }
}
