//! What a page holds, seen from outside by Chromium's own counters: heaps, connections, nodes, listeners.

use std::fmt::{self, Display, Formatter};

use anyhow::{Context as _, Result, ensure};
use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::person::Person;

/// What a page holds after its garbage has been collected. Chromium only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gauge {
    /// Bytes of the JavaScript heap in use.
    pub heap: u64,
    /// Bytes of all WebAssembly memories.
    pub wasm: u64,
    /// Peer connections that exist, open or not.
    pub connections: u64,
    /// DOM nodes that exist, in the page or not.
    pub nodes: u64,
    /// Listeners for events.
    pub listeners: u64,
}

impl Display for Gauge {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let Self { heap, wasm, connections, nodes, listeners } = self;
        let (heap, wasm) = (heap / 1024, wasm / 1024);
        write!(
            f,
            "{heap} KiB JavaScript, {wasm} KiB WASM, {connections} connections, {nodes} nodes, {listeners} listeners"
        )
    }
}

impl Person {
    /// Collects the garbage of the page and tells what it holds then. The instruments let go of what is closed.
    pub async fn gauge(&self) -> Result<Gauge> {
        self.peek::<()>(include_str!("scripts/let_go.js")).await?;
        self.browser().command("Performance.enable", json!({})).await?;
        // What the first collection finalizes, the second one frees.
        for _ in 0..2 {
            self.browser().command("HeapProfiler.collectGarbage", json!({})).await?;
        }
        let metrics = self.browser().command("Performance.getMetrics", json!({})).await?;
        let metric = |name: &str| {
            let metrics = metrics["metrics"].as_array().context("there are no metrics")?;
            let found = metrics.iter().find(|metric| metric["name"] == name);
            let value = found.and_then(|metric| metric["value"].as_u64());
            value.with_context(|| format!("there is no metric {name}: {metrics:?}"))
        };
        Ok(Gauge {
            heap: metric("JSHeapUsedSize")?,
            wasm: self.wasm_memory().await?,
            connections: metric("RTCPeerConnections")?,
            nodes: metric("Nodes")?,
            listeners: metric("JSEventListeners")?,
        })
    }

    /// Runs a script (it may await) for its value, past the driver: that one leaves something in the page with every
    /// script and keeps every element it has touched. Chromium only.
    pub async fn peek<T: DeserializeOwned>(&self, script: &str) -> Result<T> {
        let expression = format!("(async () => {{ {script}\n }})()");
        let evaluate = json!({"expression": expression, "awaitPromise": true, "returnByValue": true});
        let mut answer = self.browser().command("Runtime.evaluate", evaluate).await?;
        ensure!(answer["exceptionDetails"].is_null(), "{}'s page says {}", self.name(), answer["result"]);
        Ok(serde_json::from_value(answer["result"]["value"].take())?)
    }

    /// The page keeps its memory to itself; the debugger finds it by its kind.
    async fn wasm_memory(&self) -> Result<u64> {
        const GROUP: &str = "gauge";
        const SUM: &str =
            "function () { return this.reduce((sum, memory) => sum + memory.buffer.byteLength, 0); }";
        let kind = json!({"expression": "WebAssembly.Memory.prototype", "objectGroup": GROUP});
        let kind = self.browser().command("Runtime.evaluate", kind).await?;
        let query = json!({"prototypeObjectId": kind["result"]["objectId"], "objectGroup": GROUP});
        let found = self.browser().command("Runtime.queryObjects", query).await?;
        let sum = json!({
            "objectId": found["objects"]["objectId"], "functionDeclaration": SUM, "returnByValue": true,
        });
        let sum = self.browser().command("Runtime.callFunctionOn", sum).await?;
        self.browser().command("Runtime.releaseObjectGroup", json!({"objectGroup": GROUP})).await?;
        let bytes: &Value = &sum["result"]["value"];
        bytes.as_u64().filter(|&bytes| bytes > 0).with_context(|| format!("there is no memory: {sum}"))
    }
}
