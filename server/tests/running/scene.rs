//! The scene of every attack: a server in its own process with a call going on in it, which must notice nothing.

use std::time::Duration;

use serde_json::json;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::support::{Client, Process, patient};

const CALL_ROOM: &str = "yyyyyyyyyyyyyyyyyyyyyyyyyy";
const NEW_ROOM: &str = "zzzzzzzzzzzzzzzzzzzzzzzzzz";

/// A server in its own process, with a call going on in it.
pub(crate) struct Scene {
    pub(crate) server: Process,
    stop: oneshot::Sender<()>,
    call: JoinHandle<u64>,
    before: u64,
}

impl Scene {
    /// With room for any crowd.
    pub(crate) async fn start() -> Self {
        Self::with(&["--sockets-per-address", "1000"]).await
    }

    /// With these flags.
    pub(crate) async fn with(flags: &[&str]) -> Self {
        let server = Process::start(flags);
        let (mut alice, mut bob) =
            (Client::connect(server.address).await, Client::connect(server.address).await);
        alice.join(CALL_ROOM).await;
        let to = bob.join(CALL_ROOM).await["peer"].clone();
        assert_eq!(alice.event().await.0, "peer-joined");
        let (stop, mut stopped) = oneshot::channel();
        let call = tokio::spawn(async move {
            let mut seq = 0;
            while stopped.try_recv() == Err(oneshot::error::TryRecvError::Empty) {
                let signal = json!({"to": to, "seq": seq, "payload": "A".repeat(1500)});
                assert_eq!(alice.request("signal", signal).await, json!({"ok": "delivered"}));
                assert_eq!(bob.event().await.1["seq"], seq);
                seq += 1;
                // As fast as a peer may speak.
                tokio::time::sleep(Duration::from_millis(20)).await;
            }
            alice.assert_silence().await;
            bob.assert_silence().await;
            seq
        });
        let before = server.peak_bytes();
        Self { server, stop, call, before }
    }

    /// The call went on in order, the memory never grew much, and newcomers are welcome.
    pub(crate) async fn end(self) {
        let mut carol = Client::connect_when_free(self.server.address).await;
        assert_eq!(carol.join(NEW_ROOM).await["peers"], json!([]));
        self.stop.send(()).unwrap();
        assert!(patient(self.call).await.unwrap() > 0);
        let (before, after) = (self.before, self.server.peak_bytes());
        assert!(after < before + (32 << 20), "{before} bytes before, {after} after");
    }
}
