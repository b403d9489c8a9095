//! TURN over a stream, for the client of the `turn` crate, which knows datagrams only: a connection that looks to it
//! like a socket. What ends where is found here once more, apart from the server's own code.

use std::any::Any;
use std::net::SocketAddr;

use async_trait::async_trait;
use tokio::io::{AsyncRead, AsyncReadExt, AsyncWrite, AsyncWriteExt, ReadHalf, WriteHalf};
use tokio::net::TcpStream;
use tokio::sync::{Mutex, MutexGuard};
use webrtc_util::{Conn, Error};

/// A connection to a relay.
pub(crate) struct Stream<S> {
    local: SocketAddr,
    relay: SocketAddr,
    reader: Mutex<ReadHalf<S>>,
    writer: Mutex<WriteHalf<S>>,
}

impl<S: AsyncRead + AsyncWrite> Stream<S> {
    /// On a connection that stands, between these addresses.
    pub(crate) fn new(io: S, local: SocketAddr, relay: SocketAddr) -> Self {
        let (reader, writer) = tokio::io::split(io);
        Self { local, relay, reader: Mutex::new(reader), writer: Mutex::new(writer) }
    }
}

impl Stream<TcpStream> {
    /// Opens one.
    pub(crate) async fn open(relay: SocketAddr) -> Self {
        let tcp = TcpStream::connect(relay).await.unwrap();
        let local = tcp.local_addr().unwrap();
        Self::new(tcp, local, relay)
    }
}

impl<S> Stream<S> {
    /// From the end of the message that is waited for, nothing is read until the answer is dropped.
    pub(crate) async fn stop_reading(&self) -> MutexGuard<'_, ReadHalf<S>> {
        self.reader.lock().await
    }
}

#[async_trait]
impl<S: AsyncRead + AsyncWrite + Send + 'static> Conn for Stream<S> {
    async fn connect(&self, _: SocketAddr) -> Result<(), Error> {
        Err(Error::ErrNoRemAddr)
    }

    async fn recv(&self, buffer: &mut [u8]) -> Result<usize, Error> {
        Ok(self.recv_from(buffer).await?.0)
    }

    /// One message; the client of the crate waits for it without giving up.
    async fn recv_from(&self, buffer: &mut [u8]) -> Result<(usize, SocketAddr), Error> {
        let mut reader = self.reader.lock().await;
        reader.read_exact(&mut buffer[..4]).await?;
        let told = usize::from(u16::from_be_bytes([buffer[2], buffer[3]]));
        let length = if buffer[0] < 0x40 { 20 + told } else { 4 + told.next_multiple_of(4) };
        reader.read_exact(&mut buffer[4..length]).await?;
        Ok((length, self.relay))
    }

    async fn send(&self, message: &[u8]) -> Result<usize, Error> {
        self.send_to(message, self.relay).await
    }

    async fn send_to(&self, message: &[u8], _: SocketAddr) -> Result<usize, Error> {
        let mut writer = self.writer.lock().await;
        writer.write_all(message).await?;
        writer.write_all(&[0; 3][..message.len().next_multiple_of(4) - message.len()]).await?;
        writer.flush().await?;
        Ok(message.len())
    }

    fn local_addr(&self) -> Result<SocketAddr, Error> {
        Ok(self.local)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        Some(self.relay)
    }

    async fn close(&self) -> Result<(), Error> {
        self.writer.lock().await.shutdown().await?;
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}
