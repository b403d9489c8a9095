//! How the self-test speaks to a relay: over UDP as most do, or over TCP.

use std::io;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpStream, UdpSocket};
use tokio::sync::Mutex;

use super::clients::MESSAGE_BYTES;
use super::frames::Frames;

/// A way to a relay and back.
pub(super) trait Line {
    /// After so long without an answer a message is sent again; never if it cannot be lost.
    const AGAIN: Option<Duration>;

    async fn say(&self, message: &[u8]) -> io::Result<()>;

    /// What comes next; of a call that is given up nothing is lost.
    async fn hear(&self) -> io::Result<Vec<u8>>;
}

/// A socket that speaks to this relay alone.
pub(super) async fn udp(relay: SocketAddr) -> io::Result<UdpSocket> {
    let any = if relay.is_ipv6() { Ipv6Addr::UNSPECIFIED.into() } else { Ipv4Addr::UNSPECIFIED.into() };
    let socket = UdpSocket::bind(SocketAddr::new(any, 0)).await?;
    socket.connect(relay).await?;
    Ok(socket)
}

impl Line for UdpSocket {
    const AGAIN: Option<Duration> = Some(Duration::from_millis(250));

    async fn say(&self, message: &[u8]) -> io::Result<()> {
        self.send(message).await.map(drop)
    }

    async fn hear(&self) -> io::Result<Vec<u8>> {
        let mut datagram = Vec::with_capacity(MESSAGE_BYTES);
        self.recv_buf(&mut datagram).await?;
        Ok(datagram)
    }
}

/// A TCP connection to a relay.
pub(super) struct Tcp {
    reader: Mutex<(OwnedReadHalf, Frames)>,
    writer: Mutex<OwnedWriteHalf>,
}

impl Tcp {
    /// To this host and port.
    pub(super) async fn open(relay: &str) -> io::Result<Self> {
        let stream = TcpStream::connect(relay).await?;
        stream.set_nodelay(true)?;
        let (reader, writer) = stream.into_split();
        Ok(Self { reader: Mutex::new((reader, Frames::default())), writer: Mutex::new(writer) })
    }
}

impl Line for Tcp {
    const AGAIN: Option<Duration> = None;

    async fn say(&self, message: &[u8]) -> io::Result<()> {
        self.writer.lock().await.write_all(message).await
    }

    async fn hear(&self) -> io::Result<Vec<u8>> {
        let (reader, frames) = &mut *self.reader.lock().await;
        loop {
            match frames.next() {
                Ok(Some(message)) => return Ok(message),
                Ok(None) => {}
                Err(_) => return Err(io::ErrorKind::InvalidData.into()),
            }
            let mut part = [0; 1024];
            match reader.read(&mut part).await? {
                0 => return Err(io::ErrorKind::UnexpectedEof.into()),
                count => frames.push(part.get(..count).unwrap_or_default()),
            }
        }
    }
}
