//! A proxy in front of the server that writes its own idea of the Host header, so that the page's origin is foreign
//! to the server.

use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader, copy_bidirectional};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// A running proxy; dropping it stops it.
#[derive(Debug)]
pub struct Gateway {
    url: String,
    task: JoinHandle<()>,
}

impl Gateway {
    /// Forwards a free port to the server on `port`.
    pub async fn before(port: u16) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A connection that breaks is no concern of the test.
                tokio::spawn(forward(stream, port));
            }
        });
        Ok(Self { url, task })
    }

    /// The address of the page behind the proxy, with the slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Gateway {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Carries one connection with one request: the rewritten head, then the bytes of both sides.
async fn forward(client: TcpStream, port: u16) -> std::io::Result<()> {
    let mut client = BufReader::new(client);
    let mut server = TcpStream::connect((Ipv4Addr::LOCALHOST, port)).await?;
    let mut line = String::new();
    while client.read_line(&mut line).await? > 0 {
        let (name, value) = line.split_once(':').unwrap_or_default();
        let upgrade = value.to_ascii_lowercase().contains("upgrade");
        let rewritten = match name.to_ascii_lowercase().as_str() {
            "host" => format!("Host: 127.0.0.1:{port}\r\n"),
            "connection" if !upgrade => "Connection: close\r\n".to_owned(),
            _ => line.clone(),
        };
        server.write_all(rewritten.as_bytes()).await?;
        if line == "\r\n" {
            break;
        }
        line.clear();
    }
    copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
