//! A tiny HTTP server inside the test: for pages of the test's own, and for a page whose server says no.

use std::net::Ipv4Addr;

use anyhow::Result;
use tokio::io::{AsyncBufReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// What a [`Site`] answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// Status code and reason, such as `200 OK`.
    pub status: &'static str,
    /// The media type of the body.
    pub media_type: &'static str,
    /// The body.
    pub body: Vec<u8>,
}

impl Answer {
    /// A body that was found.
    pub fn found(media_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        Self { status: "200 OK", media_type, body: body.into() }
    }

    /// A refusal without a body.
    pub fn refused(status: &'static str) -> Self {
        Self { status, media_type: "text/plain", body: Vec::new() }
    }
}

/// A running tiny server. It answers one request per connection; dropping it stops it.
#[derive(Debug)]
pub struct Site {
    url: String,
    task: JoinHandle<()>,
}

impl Site {
    /// Serves what `answer` gives for a path (query included) on a free port.
    pub async fn serve(answer: impl Fn(&str) -> Answer + Clone + Send + 'static) -> Result<Self> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let url = format!("http://{}/", listener.local_addr()?);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // A client that goes away in the middle is no concern of the test.
                tokio::spawn(respond(stream, answer.clone()));
            }
        });
        Ok(Self { url, task })
    }

    /// The site's address, with the slash at its end.
    pub fn url(&self) -> &str {
        &self.url
    }
}

impl Drop for Site {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn respond(stream: TcpStream, answer: impl Fn(&str) -> Answer) -> std::io::Result<()> {
    let mut stream = BufReader::new(stream);
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        if stream.read_until(b'\n', &mut head).await? == 0 {
            return Ok(());
        }
    }
    let head = String::from_utf8_lossy(&head);
    let path = head.split(' ').nth(1).unwrap_or("/");
    let Answer { status, media_type, body } = answer(path);
    let head = format!(
        "HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {}\r\nConnection: close\r\n\
         Content-Security-Policy: default-src 'self'; script-src 'self' 'unsafe-inline' 'wasm-unsafe-eval'; \
         style-src 'self' 'unsafe-inline'; frame-src *\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).await?;
    stream.write_all(&body).await?;
    stream.shutdown().await
}
