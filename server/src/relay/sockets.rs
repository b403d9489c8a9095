//! The sockets of the relay, as the `turn` crate wants them: the one that clients speak to, and one per allocation.

use std::any::Any;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};

use async_trait::async_trait;
use socket2::SockRef;
use tokio::net::UdpSocket;
use turn::relay::RelayAddressGenerator;
use webrtc_util::Conn;

use super::ledger::{Holding, Ledger};
use super::rules::Rules;
use crate::config::PortRange;

/// Bytes that may wait in the socket that all clients share; the system may grant less.
const BUFFER: usize = 4 * 1024 * 1024;
/// Ports that are tried for one allocation.
const TRIES: usize = 64;
/// How an answer to an Allocate request begins that grants it (RFC 5389 §6).
const GRANTED: [u8; 2] = [0x01, 0x03];

/// The socket that clients speak to.
#[derive(Debug)]
pub(super) struct ClientSocket {
    socket: UdpSocket,
    local: SocketAddr,
    ledger: Ledger,
}

impl ClientSocket {
    pub(super) async fn bind(listen: SocketAddr, ledger: Ledger) -> io::Result<Self> {
        let socket = UdpSocket::bind(listen).await?;
        let buffers = SockRef::from(&socket);
        // What the system does not grant is not needed.
        buffers.set_recv_buffer_size(BUFFER).ok();
        buffers.set_send_buffer_size(BUFFER).ok();
        let local = socket.local_addr()?;
        Ok(Self { socket, local, ledger })
    }

    /// Where it listens.
    pub(super) fn local(&self) -> SocketAddr {
        self.local
    }

    /// The next datagram; a client of version 4 has its own address even on a socket of version 6.
    pub(super) async fn receive(&self, buffer: &mut [u8]) -> io::Result<(usize, SocketAddr)> {
        let (length, from) = self.socket.recv_from(buffer).await?;
        Ok((length, SocketAddr::new(from.ip().to_canonical(), from.port())))
    }

    /// Sends, or does not: datagrams may be lost.
    pub(super) async fn send(&self, datagram: &[u8], client: SocketAddr) {
        if datagram.starts_with(&GRANTED) {
            self.ledger.remember(client, datagram);
        }
        let to = match client.ip() {
            IpAddr::V4(ip) if self.local.is_ipv6() => {
                SocketAddr::new(Ipv4Addr::to_ipv6_mapped(&ip).into(), client.port())
            }
            IpAddr::V4(_) | IpAddr::V6(_) => client,
        };
        if self.socket.send_to(datagram, to).await.is_err() {
            tracing::debug!("datagram to a client could not be sent");
        }
    }
}

#[async_trait]
impl Conn for ClientSocket {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn recv(&self, buffer: &mut [u8]) -> webrtc_util::Result<usize> {
        Ok(self.receive(buffer).await?.0)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        Ok(self.receive(buffer).await?)
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn send_to(&self, datagram: &[u8], client: SocketAddr) -> webrtc_util::Result<usize> {
        self.send(datagram, client).await;
        Ok(datagram.len())
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.local)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// An allocation that ends asks for it, but the socket is everyone's.
    async fn close(&self) -> webrtc_util::Result<()> {
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// The socket of one allocation. It carries the allocation's entry, and keeps the rules.
#[derive(Debug)]
struct RelaySocket {
    socket: UdpSocket,
    rules: Arc<Rules>,
    holding: Mutex<Option<Holding>>,
}

#[async_trait]
impl Conn for RelaySocket {
    async fn connect(&self, _: SocketAddr) -> webrtc_util::Result<()> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn recv(&self, buffer: &mut [u8]) -> webrtc_util::Result<usize> {
        Ok(self.recv_from(buffer).await?.0)
    }

    async fn recv_from(&self, buffer: &mut [u8]) -> webrtc_util::Result<(usize, SocketAddr)> {
        loop {
            match self.socket.recv_from(buffer).await {
                Ok((length, source)) => {
                    if let Some(source) = self.rules.inward(source) {
                        return Ok((length, source));
                    }
                }
                // Windows reports what became of an earlier datagram.
                Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    async fn send(&self, _: &[u8]) -> webrtc_util::Result<usize> {
        Err(webrtc_util::Error::ErrNoRemAddr)
    }

    async fn send_to(&self, datagram: &[u8], target: SocketAddr) -> webrtc_util::Result<usize> {
        match self.rules.outward(target) {
            Some(target) => Ok(self.socket.send_to(datagram, target).await?),
            None => Ok(datagram.len()),
        }
    }

    fn local_addr(&self) -> webrtc_util::Result<SocketAddr> {
        Ok(self.socket.local_addr()?)
    }

    fn remote_addr(&self) -> Option<SocketAddr> {
        None
    }

    /// The allocation has ended; the socket itself goes with the task that reads it.
    async fn close(&self) -> webrtc_util::Result<()> {
        let ended = self.holding.lock().unwrap_or_else(PoisonError::into_inner).take();
        drop(ended);
        Ok(())
    }

    fn as_any(&self) -> &(dyn Any + Send + Sync) {
        self
    }
}

/// Makes the sockets of allocations.
#[derive(Debug)]
pub(super) struct RelaySockets {
    pub(super) bind: IpAddr,
    pub(super) public: IpAddr,
    pub(super) range: PortRange,
    pub(super) rules: Arc<Rules>,
    /// The entry of the allocation that is being made: requests are handled one at a time.
    pub(super) next: Arc<Mutex<Option<Holding>>>,
}

impl RelaySockets {
    /// A socket at a free port, found from a random one on.
    async fn open(&self) -> Result<(UdpSocket, u16), turn::Error> {
        let count = self.range.ports().len();
        let chance = getrandom::u32().map_err(|_| turn::Error::ErrMaxRetriesExceeded)?;
        let start = usize::try_from(chance).unwrap_or(0) % count;
        let from_start = self.range.ports().cycle().skip(start);
        for port in from_start.take(count.min(TRIES)) {
            if let Ok(socket) = UdpSocket::bind((self.bind, port)).await {
                return Ok((socket, port));
            }
        }
        Err(turn::Error::ErrMaxRetriesExceeded)
    }
}

#[async_trait]
impl RelayAddressGenerator for RelaySockets {
    fn validate(&self) -> Result<(), turn::Error> {
        Ok(())
    }

    async fn allocate_conn(
        &self,
        _: bool,
        _: u16,
    ) -> Result<(Arc<dyn Conn + Send + Sync>, SocketAddr), turn::Error> {
        let next = self.next.lock().unwrap_or_else(PoisonError::into_inner).take();
        let mut holding = next.ok_or(turn::Error::ErrMaxRetriesExceeded)?;
        let (socket, port) = self.open().await?;
        holding.relays_at(port);
        let holding = Mutex::new(Some(holding));
        let socket = RelaySocket { socket, rules: self.rules.clone(), holding };
        Ok((Arc::new(socket), SocketAddr::new(self.public, port)))
    }
}
