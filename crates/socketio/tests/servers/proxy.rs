//! A network between client and server that lets no WebSocket through.

use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;

#[derive(Debug, Clone)]
pub(crate) enum Blocked {
    /// The connection is closed.
    AtOnce,
    /// Nothing ever comes back.
    Silently,
    /// It opens, and then carries nothing either way.
    OnceOpen,
    /// Nothing comes back until this is notified; then it works.
    Until(Arc<Notify>),
}

/// Passes HTTP to `port` and blocks each WebSocket; gives the port to connect to.
pub(crate) async fn without_websocket(port: u16, how: Blocked) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().port();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass(client, port, how.clone()));
        }
    });
    own
}

async fn pass(mut client: TcpStream, port: u16, how: Blocked) {
    let mut head = [0; 4096];
    let Ok(read) = client.read(&mut head).await else { return };
    if String::from_utf8_lossy(&head[..read]).contains("transport=websocket") {
        match how {
            Blocked::AtOnce => return,
            Blocked::OnceOpen => return open_then_mute(client, port, &head[..read]).await,
            Blocked::Until(gate) => gate.notified().await,
            Blocked::Silently => {
                // Until the client gives up.
                let _ = client.read(&mut head).await;
                return;
            }
        }
    }
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    if server.write_all(&head[..read]).await.is_ok() {
        let _ = copy_bidirectional(&mut client, &mut server).await;
    }
}

/// Passes the opening of a WebSocket on, and nothing after it; the server hears of the end when the client does.
async fn open_then_mute(mut client: TcpStream, port: u16, head: &[u8]) {
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    if server.write_all(head).await.is_err() {
        return;
    }
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let Ok(byte) = server.read_u8().await else { return };
        answer.push(byte);
    }
    if client.write_all(&answer).await.is_ok() {
        let _ = tokio::io::copy(&mut client, &mut tokio::io::sink()).await;
    }
}
